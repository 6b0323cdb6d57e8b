//! Digests of what a decision rests on besides the request's page. As long as one is the same, the page need not be read
//! again.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::desk::Desk;
use crate::desk::minutes::Item;
use crate::desk::roster::{Role, Roster, Term};
use crate::page::Time;
use crate::records::ledger::EVERYBODY;

/// Raised with every change of this program after which old pages may read, or be decided, otherwise than before.
const READING: u32 = 8;

/// What all decisions of a pass rest on.
#[derive(Debug)]
pub struct Basis {
    configuration: String,
    terms: Vec<Term>,
    /// Whether rules look at all members, not at those who voted alone.
    everybody: bool,
    closed: Mutex<HashMap<NaiveDate, String>>,
    /// Digests of what minutes say of requests, by the ids of their pages.
    minutes: HashMap<u64, String>,
}

impl Basis {
    /// For a pass over this desk with this roster.
    pub fn new(desk: &Desk, roster: &Roster) -> Self {
        let Desk { rules, statuses, fields, votes, templates, pages, safety, .. } = desk;
        let trust = (&safety.trusted, &safety.trusted_groups, safety.redirect_age, desk.claim_by);
        let configuration = digest(&(READING, &pages.intake, rules, statuses, fields, votes, templates, trust));
        Basis {
            configuration: match &desk.electorate {
                Some(electorate) => digest(&(&configuration, electorate)),
                None => configuration,
            },
            terms: roster.terms.clone(),
            everybody: rules.iter().any(|r| r.when.rests_on_roster()),
            closed: Mutex::default(),
            minutes: HashMap::new(),
        }
    }

    /// The same where minutes say this of requests, by the ids of their pages.
    #[must_use]
    pub fn with_minutes(mut self, items: &BTreeMap<u64, Vec<Item>>) -> Self {
        self.minutes = items.iter().map(|(request, items)| (*request, digest(items))).collect();
        self
    }

    /// A digest of what minutes say of a request; none where they say nothing.
    pub fn minutes_of(&self, request: u64) -> Option<&str> {
        self.minutes.get(&request).map(String::as_str)
    }

    /// The digest with what minutes say of a request.
    fn with_items(&self, digest: String, request: u64) -> String {
        self.minutes.get(&request).map(|items| self::digest(&(&digest, items))).unwrap_or(digest)
    }

    /// Of the request page with this id, whose ledger names these people: the terms of all others make no difference to it. What
    /// templates' names mean makes none either: words mean what they meant when they were written. [`EVERYBODY`] among the
    /// names stands for all members.
    pub fn of_page(&self, request: u64, people: &[String]) -> String {
        let everybody = self.everybody || people.iter().any(|name| name == EVERYBODY);
        let terms: Vec<_> = self.terms.iter().filter(|t| everybody || people.contains(&t.user.name)).collect();
        self.with_items(digest(&(&self.configuration, terms)), request)
    }

    /// Of a request, by the id of its page, that was closed at that time: terms that began later, and what became of others
    /// later, make no difference to it.
    pub fn of_closed(&self, request: u64, at: Time) -> String {
        let day = at.date_naive();
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let computed = closed.entry(day).or_insert_with(|| {
            // Nobody's list of helpers is to make old requests new ones.
            let before = self.terms.iter().filter(|t| t.role != Role::Helper && t.from.is_none_or(|from| from <= day));
            let terms: Vec<_> =
                before.map(|t| (t.user.id, t.role, t.from, t.until.filter(|until| *until <= day))).collect();
            digest(&(&self.configuration, terms))
        });
        self.with_items(computed.clone(), request)
    }
}

/// Sixteen hexadecimal digits.
fn digest(parts: &impl Serialize) -> String {
    // Plain data always has a JSON form.
    let json = serde_json::to_string(parts).unwrap_or_default();
    Sha256::digest(json).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Electorate;
    use crate::testing::{at, roster};

    #[test]
    fn only_what_a_request_rests_on_changes_its_basis() {
        let desk = crate::config::shipped();
        let basis = Basis::new(&desk, &roster());
        let people = ["User 1".to_owned()];
        let before = basis.of_page(1, &people);

        let mut later = roster();
        later.terms[1].until = Some(at(24 * 40).date_naive());
        let mut newcomer = later.terms[2].clone();
        newcomer.from = Some(at(24 * 30).date_naive());
        later.terms.push(newcomer);
        let later = Basis::new(&desk, &later);
        assert_eq!(later.of_page(1, &people), before, "other people's terms");
        assert_eq!(later.of_closed(1, at(24)), basis.of_closed(1, at(24)), "terms that began or ended afterwards");
        assert_ne!(later.of_closed(1, at(24 * 30)), basis.of_closed(1, at(24 * 30)));

        // What an account was when it voted does not change; what it has to be does.
        let mut open = desk.clone();
        open.electorate = Some(Electorate { min_edits: 50, ..Electorate::default() });
        let of_fifty = Basis::new(&open, &roster()).of_page(1, &people);
        open.electorate = Some(Electorate { min_edits: 51, ..Electorate::default() });
        assert_ne!(of_fifty, before);
        assert_ne!(Basis::new(&open, &roster()).of_page(1, &people), of_fifty);

        let mut stricter = desk.clone();
        stricter.rules[0].name = "another".to_owned();
        let stricter = Basis::new(&stricter, &roster());
        assert_ne!(stricter.of_page(1, &people), before);
        assert_ne!(stricter.of_closed(1, at(24)), basis.of_closed(1, at(24)));
    }
}
