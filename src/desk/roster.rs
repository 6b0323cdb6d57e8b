//! The roster: who votes, chairs and decides, and when.

use chrono::{Days as Span, NaiveDate};
use serde::Serialize;

use super::codes::codes;
use super::electorate::Electorate;
use crate::page::{Time, User};

codes! {
    /// What a person on the roster may do.
    pub enum Role {
        /// Votes, and does not decide.
        Member = "member",
        /// Votes and decides.
        Chair = "chair",
        /// Decides and records, does not vote.
        Staff = "staff",
        /// Keeps agenda and minutes, and records; neither votes nor decides.
        Secretary = "secretary",
        /// Gives advice: the votes are shown and never count.
        Adviser = "adviser",
        /// Carries requests out.
        Helper = "helper",
    }
}

impl Role {
    /// Whether this role votes.
    pub fn votes(self) -> bool {
        matches!(self, Role::Member | Role::Chair)
    }

    /// Whether this role decides.
    pub fn decides(self) -> bool {
        matches!(self, Role::Chair | Role::Staff)
    }

    /// Whether a term in the one role goes on with one in the other.
    fn is_like(self, other: Role) -> bool {
        self.votes() == other.votes() && (self == Role::Helper) == (other == Role::Helper)
    }

    /// Whether this role records for others: votes, minutes, whose a request is.
    pub fn records(self) -> bool {
        self.decides() || self == Role::Secretary
    }
}

/// Days in a row, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Days {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub until: NaiveDate,
}

impl Days {
    /// Whether that moment is on one of them (UTC).
    pub fn cover(self, at: Time) -> bool {
        (self.from..=self.until).contains(&at.date_naive())
    }
}

/// So many days before a term ends, the committee page says so.
const ENDS_SOON: Span = Span::new(60);

/// One line of the roster.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Term {
    /// Whose term it is.
    pub user: User,
    /// The name on the roster, which an account that was renamed has no more.
    pub listed: String,
    /// What the term is for.
    pub role: Role,
    /// First day (UTC); none: always.
    pub from: Option<NaiveDate>,
    /// Last day (UTC), included; none: open.
    pub until: Option<NaiveDate>,
    /// When the person is away, and not waited for.
    pub leave: Vec<Days>,
    /// When its line was taken away or changed.
    pub ended: Option<Time>,
    /// The person wants no messages.
    pub silent: bool,
}

impl Term {
    /// Whether the term is running at that moment, by the roster of that moment or a later one.
    pub fn covers(&self, at: Time) -> bool {
        let day = at.date_naive();
        self.ended.is_none_or(|ended| at < ended)
            && self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
    }

    /// The moment from which on the term ends soon.
    pub fn soon_over(&self) -> Option<Time> {
        Some(self.until?.checked_sub_days(ENDS_SOON)?.and_hms_opt(0, 0, 0)?.and_utc())
    }

    /// The last day that the person is away, if they are at that moment.
    pub fn away_until(&self, at: Time) -> Option<NaiveDate> {
        self.leave.iter().filter(|days| days.cover(at)).map(|days| days.until).max()
    }

    /// Whether the term had begun by that moment, and runs no more.
    pub fn is_over(&self, at: Time) -> bool {
        let begun = |end: NaiveDate| self.from.is_none_or(|from| from <= end);
        self.last_day(at).is_some_and(|end| begun(end) && !self.covers(at))
    }

    /// The last day of a term that ended, or ends, before that moment.
    pub fn last_day(&self, at: Time) -> Option<NaiveDate> {
        let ended = self.ended.filter(|ended| *ended <= at).map(|ended| ended.date_naive());
        let until = self.until.filter(|until| *until < at.date_naive());
        ended.into_iter().chain(until).min()
    }
}

/// All terms that trusted accounts ever gave on the committee page, and who votes where that is not a matter of these.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Roster {
    /// The terms, oldest first, and as the page has them.
    pub terms: Vec<Term>,
    /// Who votes; none: those whose roles do. Where there is one, a role gives nobody a vote, and takes it only from advisers.
    pub electorate: Option<Electorate>,
}

impl Roster {
    /// The roles that the account with this id holds at that moment.
    pub fn roles(&self, user_id: u64, at: Time) -> impl Iterator<Item = Role> + '_ {
        self.terms.iter().filter(move |t| t.user.id == user_id && t.covers(at)).map(|t| t.role)
    }

    /// Whether the account has a role at that moment that votes.
    pub fn votes(&self, user_id: u64, at: Time) -> bool {
        self.roles(user_id, at).any(Role::votes)
    }

    /// Whether the account may decide at that moment.
    pub fn decides(&self, user_id: u64, at: Time) -> bool {
        self.roles(user_id, at).any(Role::decides)
    }

    /// Whether the account may record for others at that moment.
    pub fn records(&self, user_id: u64, at: Time) -> bool {
        self.roles(user_id, at).any(Role::records)
    }

    /// Whether the account has a role at that moment other than to carry requests out.
    pub fn is_of_desk(&self, user_id: u64, at: Time) -> bool {
        self.roles(user_id, at).any(|role| role != Role::Helper)
    }

    /// Whether the account ever had a term.
    pub fn knows(&self, user_id: u64) -> bool {
        self.terms.iter().any(|t| t.user.id == user_id)
    }

    /// The account of this name, or listed under it.
    pub fn named(&self, name: &str) -> Option<&User> {
        let term = self.terms.iter().find(|t| t.user.name == name);
        term.or_else(|| self.terms.iter().find(|t| t.listed == name)).map(|t| &t.user)
    }

    /// The members that may vote at that moment, each once, in the roster's order; none where others vote too.
    pub fn voters(&self, at: Time) -> Vec<&User> {
        let mut voters: Vec<&User> = Vec::new();
        let by_role = self.electorate.is_none();
        for term in self.terms.iter().filter(|t| by_role && t.role.votes() && t.covers(at)) {
            if !voters.iter().any(|user| user.id == term.user.id) {
                voters.push(&term.user);
            }
        }
        voters
    }

    /// The accounts whose votes are waited for at that moment: those that may vote and are not on leave.
    pub fn awaited(&self, at: Time) -> Vec<&User> {
        let away = |user: &User| {
            let mut terms = self.terms.iter().filter(|t| t.user.id == user.id && t.role.votes() && t.covers(at));
            terms.all(|term| term.leave.iter().any(|days| days.cover(at)))
        };
        self.voters(at).into_iter().filter(|user| !away(user)).collect()
    }

    /// The accounts with such a role that are in office and not on leave at that moment, each once.
    pub fn present(&self, at: Time, is: impl Fn(Role) -> bool) -> Vec<&User> {
        let here = |t: &&Term| is(t.role) && t.covers(at) && t.away_until(at).is_none();
        let mut present: Vec<&User> = Vec::new();
        for term in self.terms.iter().filter(here) {
            if !present.iter().any(|user| user.id == term.user.id) {
                present.push(&term.user);
            }
        }
        present
    }

    /// Whether a term ends soon, and no other of the same kind goes on from there.
    pub fn ends_soon(&self, term: &Term, at: Time) -> bool {
        let Some(next) = term.until.and_then(|until| until.succ_opt()?.and_hms_opt(0, 0, 0)) else { return false };
        let goes_on = |t: &Term| t.user.id == term.user.id && t.role.is_like(term.role) && t.covers(next.and_utc());
        term.soon_over().is_some_and(|soon| soon <= at) && !self.terms.iter().any(goes_on)
    }

    /// The last moment up to `at` at which a term or a leave began or ended.
    pub fn last_change(&self, at: Time) -> Option<Time> {
        self.changes().filter(|t| *t <= at).max()
    }

    /// When terms and leaves begin and end.
    fn changes(&self) -> impl Iterator<Item = Time> {
        let days = |t: &Term| {
            let term = [t.from, t.until.and_then(|day| day.succ_opt())];
            term.into_iter().chain(t.leave.iter().flat_map(|d| [Some(d.from), d.until.succ_opt()])).collect::<Vec<_>>()
        };
        let begins = self.terms.iter().flat_map(days).flatten().filter_map(|day| day.and_hms_opt(0, 0, 0));
        begins.map(|time| time.and_utc()).chain(self.terms.iter().filter_map(|t| t.ended))
    }

    /// The first moment after `at` at which a term or a leave begins or ends, or a term begins to end soon.
    pub fn next_change(&self, at: Time) -> Option<Time> {
        let soon = self.terms.iter().filter_map(Term::soon_over);
        self.changes().chain(soon).filter(|t| *t > at).min()
    }
}
