//! When a desk decided on a request, took it on, answered and closed it, by what happened to it.

use super::milestones::Milestones;
use super::{CountsAs, Desk, Status};
use crate::page::Time;

impl Milestones {
    /// The status by which it was last decided on, and when: it came from one in which that is open to one in which it is not.
    pub fn decided<'m>(&'m self, desk: &'m Desk) -> Option<&'m (String, Time)> {
        self.decisions(desk).next_back()
    }

    fn decisions<'m>(&'m self, desk: &'m Desk) -> impl DoubleEndedIterator<Item = &'m (String, Time)> {
        let decides = |pair: &&[(String, Time)]| desk.is_undecided(&pair[0].0) && !desk.is_undecided(&pair[1].0);
        self.statuses.windows(2).filter(decides).map(|pair| &pair[1])
    }

    /// When it first came to a status that counts as that.
    pub fn first(&self, counts_as: CountsAs, desk: &Desk) -> Option<Time> {
        self.first_that(desk, |status| status.counts_as == Some(counts_as))
    }

    /// When the desk first took it on or declined it. Who takes a request back, or lets it rest, decides nothing.
    pub fn first_decided(&self, desk: &Desk) -> Option<Time> {
        self.first_that(desk, |status| status.counts_as.is_some())
    }

    fn first_that(&self, desk: &Desk, is: impl Fn(&Status) -> bool) -> Option<Time> {
        self.statuses.iter().find(|(id, _)| desk.status(id).is_some_and(&is)).map(|(_, at)| *at)
    }

    /// When it was closed, if it is.
    pub fn closed(&self, desk: &Desk) -> Option<Time> {
        let is_closed = |(id, _): &&(String, Time)| desk.status(id).is_some_and(|status| status.closed);
        self.statuses.iter().rev().take_while(is_closed).last().map(|(_, at)| *at)
    }

    /// When its owners first heard from the desk: by an answer, or by a decision.
    pub fn replied(&self, desk: &Desk) -> Option<Time> {
        self.first_reply.into_iter().chain(self.first_decided(desk)).min()
    }
}
