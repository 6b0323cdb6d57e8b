//! What the committee's next meeting has to talk about. Pure.
//!
//! A request is on the agenda for the first reason that holds. It leaves it by a decision, or once a meeting has talked about it
//! after that reason came up; else it stays, and shows at how many meetings it was passed over.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::decide::rules::after;
use crate::desk::Desk;
use crate::desk::meetings::{Meetings, Reason};
use crate::desk::waiting::{Queue, WaitingFor};
use crate::page::Time;
use crate::records::tables::Row;

/// Questions answered in so long are listed where there was no meeting yet.
const WITHOUT_MEETING: TimeDelta = TimeDelta::days(31);

/// A request on the agenda.
#[derive(Debug)]
pub struct OnAgenda<'r> {
    /// The request.
    pub row: &'r Row,
    /// Why it is there.
    pub reason: Reason,
    /// How many meetings it has stood there.
    pub meetings: usize,
}

/// What a pass looks at to make the agenda.
pub struct AgendaInput<'a> {
    /// The configuration.
    pub desk: &'a Desk,
    /// What meetings said.
    pub meetings: &'a Meetings,
    /// The time.
    pub now: Time,
}

impl AgendaInput<'_> {
    /// The requests on the agenda, by reason, then the oldest first.
    pub fn items<'r>(&self, rows: impl Iterator<Item = &'r Arc<Row>>) -> Vec<OnAgenda<'r>> {
        let mut items: Vec<OnAgenda> = rows.filter_map(|row| self.item(row)).collect();
        items.sort_by(|a, b| {
            let key = |item: &OnAgenda| (item.reason, item.row.filed(), item.row.page.id);
            key(a).cmp(&key(b))
        });
        items
    }

    fn item<'r>(&self, row: &'r Row) -> Option<OnAgenda<'r>> {
        if row.lost || row.unreadable {
            return None;
        }
        let closed = self.desk.status(&row.status).is_some_and(|status| status.closed);
        if closed {
            let since = self.meetings.last(self.now).unwrap_or(self.now - WITHOUT_MEETING);
            let ended = ["withdrawn", "stale"].contains(&row.status.as_str());
            let told = row.kind == "question" && row.since > since && !ended;
            return told.then_some(OnAgenda { row, reason: Reason::Answered, meetings: 0 });
        }
        // Where too few members are left, no word said about it changes that.
        let stays =
            |reason: Reason, since| reason == Reason::Deadlock || !self.meetings.talked_since(row.page.id, since);
        let on = |(reason, since): &(Reason, Time)| *since <= self.now && stays(*reason, *since);
        let (reason, since) = self.reasons(row).into_iter().find(on)?;
        Some(OnAgenda { row, reason, meetings: self.meetings.between(since, self.now) })
    }

    /// The reasons that an open request has, each with since when, or from when on.
    fn reasons(&self, row: &Row) -> Vec<(Reason, Time)> {
        let Desk { agenda, queue, .. } = self.desk;
        let filed = row.filed();
        let undecided = self.desk.is_undecided(&row.status);
        let is_new = undecided && self.meetings.last(self.now).is_none_or(|last| filed > last);
        let waits = row.waiting.code.queue();
        let stalled = silent_from(row, self.desk);
        let all = [
            (is_new, Reason::New, filed),
            (row.waiting.code == WaitingFor::Deadlock, Reason::Deadlock, row.since),
            (waits == Some(Queue::Votes), Reason::Votes, row.since),
            (row.assessed == Some(false) && waits == Some(Queue::Time), Reason::Assessment, filed),
            (waits == Some(Queue::Requester), Reason::Owner, after(row.since, agenda.owner_after)),
            (row.owed.is_some(), Reason::Reply, after(row.owed.unwrap_or(filed), agenda.reply_after)),
            (row.status == queue.status && row.scores.0.is_empty(), Reason::Order, row.since),
            (row.status == queue.status && row.helpers.is_empty(), Reason::Helper, row.since),
            (stalled.is_some(), Reason::Stalled, stalled.unwrap_or(Time::MAX_UTC)),
            (undecided, Reason::Passed, filed),
        ];
        all.into_iter().filter(|(is, ..)| *is).map(|(_, reason, since)| (reason, since)).collect()
    }

    /// When time alone will bring a request onto the agenda.
    pub fn due<'r>(&self, rows: impl Iterator<Item = &'r Arc<Row>>) -> Option<Time> {
        rows.flat_map(|row| self.reasons(row)).map(|(_, since)| since).filter(|since| *since > self.now).min()
    }
}

/// From when on the helpers of a request have been silent for too long; none where nobody is to be at work on it.
pub fn silent_from(row: &Row, desk: &Desk) -> Option<Time> {
    let (worked, silence) = row.worked.zip(desk.notices.nudge_after).filter(|_| desk.is_at_work(&row.status))?;
    // Before that there was nothing to be done.
    Some(after(worked.max(row.since), silence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::meetings::Said;
    use crate::desk::score::Scores;
    use crate::desk::waiting::{ConditionKind, Waiting};
    use crate::page::PageRef;
    use crate::testing::{at, filed_at};

    const DAY: i64 = 24;

    fn row(status: &str, waits: WaitingFor) -> Row {
        Row {
            page: PageRef { id: 7, title: "Desk/Requests/A".to_owned() },
            status: status.to_owned(),
            kind: "data".to_owned(),
            since: at(0),
            milestones: filed_at(at(0)),
            waiting: Waiting { code: waits, ..Waiting::default() },
            ..Row::default()
        }
    }

    /// Why the request is on the agenda on that day, and how many meetings it has stood there; meetings are on these days, and
    /// those after it talked about it.
    fn on(row: &Row, held: &[i64], talked: &[i64], day: i64) -> Option<(&'static str, usize)> {
        let said =
            |day: &i64| Said { date: at(day * DAY).date_naive(), at: at(day * DAY), recommendation: String::new() };
        let meetings = Meetings {
            held: held.iter().map(|day| at(day * DAY)).collect(),
            said: [(7, talked.iter().map(said).collect())].into(),
        };
        let desk = crate::config::shipped();
        let input = AgendaInput { desk: &desk, meetings: &meetings, now: at(day * DAY) };
        input.item(row).map(|item| (item.reason.id(), item.meetings))
    }

    const QUORUM: WaitingFor = WaitingFor::Condition(ConditionKind::Quorum);

    #[test]
    fn a_request_stays_until_it_is_decided_or_talked_about() {
        let waits = row("review", QUORUM);
        assert_eq!(on(&waits, &[], &[], 5), Some(("new", 0)));
        assert_eq!(on(&waits, &[6], &[], 8), Some(("votes", 1)), "passed over");
        assert_eq!(on(&waits, &[6, 36, 66], &[], 70), Some(("votes", 3)));
        assert_eq!(on(&waits, &[6, 36], &[36], 40), None, "talked about");
        // A new reason brings it back.
        let again = Row { since: at(50 * DAY), ..row("review", QUORUM) };
        assert_eq!(on(&again, &[6, 36], &[36], 52), Some(("votes", 0)));
        let silent = row("review", WaitingFor::Condition(ConditionKind::OpenFor));
        assert_eq!(on(&silent, &[6], &[], 8), Some(("passed", 1)), "nobody has looked at it");
        assert_eq!(on(&row("declined", WaitingFor::Nothing), &[6], &[], 8), None);
        assert_eq!(on(&Row { lost: true, ..waits }, &[], &[], 5), None);
    }

    #[test]
    fn each_reason() {
        let old = |row: Row| on(&row, &[1], &[1], 60);
        assert_eq!(old(Row { since: at(2 * DAY), ..row("review", WaitingFor::Deadlock) }), Some(("deadlock", 0)));
        let asked = |since: i64| Row {
            since: at(since * DAY),
            ..row("more-info", WaitingFor::Condition(ConditionKind::InfoWanted))
        };
        assert_eq!((old(asked(10)), old(asked(40))), (Some(("owner", 0)), None), "after a month");
        let owed = |since: i64| Row { owed: Some(at(since * DAY)), ..row("in-progress", WaitingFor::Person) };
        assert_eq!((old(owed(50)), old(owed(55))), (Some(("reply", 0)), None), "after a week");
        let approved = Row { since: at(2 * DAY), ..row("approved", WaitingFor::Person) };
        assert_eq!(old(approved.clone()), Some(("order", 0)));
        let scored = Row { scores: Scores(vec![("A".to_owned(), 8)]), ..approved };
        assert_eq!(old(scored.clone()), Some(("helper", 0)));
        let at_work = |worked: i64| Row {
            status: "in-progress".to_owned(),
            helpers: vec!["B".to_owned()],
            worked: Some(at(worked * DAY)),
            ..scored.clone()
        };
        assert_eq!((old(at_work(20)), old(at_work(40))), (Some(("stalled", 0)), None), "silent for a month");
        let unassessed =
            Row { assessed: Some(false), ..row("review", WaitingFor::Condition(ConditionKind::SettledFor)) };
        assert_eq!(on(&unassessed, &[1], &[], 60), Some(("assessment", 1)));
        let answered = |since: i64| Row {
            kind: "question".to_owned(),
            since: at(since * DAY),
            ..row("done", WaitingFor::Nothing)
        };
        assert_eq!((old(answered(30)), on(&answered(0), &[1], &[], 2)), (Some(("answered", 0)), None));
    }
}
