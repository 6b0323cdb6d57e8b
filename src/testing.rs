//! A request told as a story, for tests: a committee of twelve, and what happened hour by hour.

use std::sync::LazyLock;

use chrono::{TimeDelta, TimeZone, Utc};
use serde_json::json;

use crate::desk::milestones::Milestones;
use crate::desk::request::{Edit, NamedAccounts, StatusEdit, Version, value};
use crate::desk::roster::{Role, Roster, Term};
use crate::desk::ruling::Ruling;
use crate::desk::signed::{Signature, Signed, Standing};
use crate::desk::vote::Vote;
use crate::desk::{Choice, Desk, Facts};
use crate::page::{PageRef, Time, User};
use crate::wikitext::Titles;
use crate::wikitext::names::{Led, Names, Redirect};
use crate::wikitext::syntax::Syntax;

pub const BOT: u64 = 99;
pub const REQUESTER: u64 = 50;
pub const STAFF: u64 = 40;
pub const CHAIR: u64 = 30;
pub const SECRETARY: u64 = 41;

/// What happened to a request that was filed then.
pub fn filed_at(at: Time) -> Milestones {
    Milestones { statuses: vec![("incomplete".to_owned(), at)], ..Milestones::default() }
}

/// A wiki whose own language is Swedish, with an alias in German and prefixes for other wikis.
static TITLES: LazyLock<Titles> = LazyLock::new(|| {
    let swedish = [
        (-1, "Special", "Special"),
        (0, "", ""),
        (1, "Diskussion", "Talk"),
        (2, "Användare", "User"),
        (3, "Användardiskussion", "User talk"),
        (4, "Desk wiki", "Project"),
        (10, "Mall", "Template"),
        (11, "Malldiskussion", "Template talk"),
        (14, "Kategori", "Category"),
    ];
    let namespace = |(id, name, canonical): (i32, &str, &str)| {
        (id.to_string(), json!({ "id": id, "case": "first-letter", "name": name, "canonical": canonical }))
    };
    let siteinfo = json!({
        "general": {
            "mainpage": "Huvudsida",
            "lang": "sv",
            "legaltitlechars": r#" %!"$&'()*,\-.\/0-9:;=?@A-Z\\^_`a-z~\x80-\xFF+"#,
        },
        "namespaces": swedish.map(namespace).into_iter().collect::<serde_json::Map<_, _>>(),
        "namespacealiases": [{ "id": 10, "alias": "Vorlage" }],
        "interwikimap": [{ "prefix": "sv" }, { "prefix": "w" }],
    });
    Titles::new(serde_json::from_value(siteinfo).expect("siteinfo")).expect("titles")
});

pub fn titles() -> Titles {
    TITLES.clone()
}

/// What templates mean to a desk on that wiki, with pages that always redirected to one.
pub fn names(desk: &Desk, redirects: &[(String, String)]) -> Names {
    let always = |(from, to): &(String, String)| {
        let since = Time::UNIX_EPOCH;
        let led = Led { to: to.clone(), from: since, counts_from: since, until: None, has_counted: true };
        (from.clone(), Redirect { led: vec![led], known_from: None })
    };
    Names::new(desk, &TITLES, &Syntax::default()).with(redirects.iter().map(always))
}

pub fn user(id: u64) -> User {
    User { id, name: format!("User {id}"), temporary: false }
}

pub fn at(hours: i64) -> Time {
    Utc.with_ymd_and_hms(2026, 3, 1, 0, 0, 0).unwrap() + TimeDelta::hours(hours)
}

/// Twelve members, a chair and staff.
pub fn roster() -> Roster {
    let term = |id, role| Term {
        user: user(id),
        listed: user(id).name,
        role,
        from: None,
        until: None,
        leave: Vec::new(),
        ended: None,
        silent: false,
    };
    let members = (1..=12).map(|id| term(id, Role::Member));
    Roster { terms: members.chain([term(CHAIR, Role::Chair), term(STAFF, Role::Staff)]).collect(), electorate: None }
}

/// The same with a secretary.
pub fn roster_with_secretary() -> Roster {
    let mut roster = roster();
    let (user, listed) = (user(SECRETARY), user(SECRETARY).name);
    roster.terms.push(Term { user, listed, role: Role::Secretary, ..roster.terms[0].clone() });
    roster
}

pub fn desk(rules: &str) -> Desk {
    crate::config::parse(rules, "rules").unwrap_or_else(|m| panic!("{m:?}"))
}

pub fn rule(name: &str, from: &str, to: &str, when: &str) -> String {
    format!("[[rule]]\nname = \"{name}\"\nfrom = [\"{from}\"]\nto = \"{to}\"\nwhen = {{ {when} }}\n")
}

/// A version of the template, of which `requester` names accounts as `User 1, User 2`.
pub fn version(who: u64, hour: i64, params: Vec<(String, String)>) -> Version {
    let names = value(&params, "requester").split(", ").filter(|n| !n.is_empty()).map(str::to_owned).collect();
    let named = NamedAccounts { names, linked: false };
    Version { at: at(hour), by: Some(user(who)), revision: hour.unsigned_abs(), params, named }
}

/// A story: a complete request of hour 0, and what came after. An hour is a revision.
pub fn story() -> Facts {
    let params: Vec<(String, String)> = ["title", "type", "description", "justification"]
        .map(|name| (name.to_owned(), if name == "type" { "data" } else { "words" }.to_owned()))
        .to_vec();
    Facts {
        page: PageRef { id: 1, title: "Desk/Requests/R".to_owned() },
        revision: 1,
        filer: Some(user(REQUESTER)),
        owners: vec![user(REQUESTER)],
        versions: vec![version(REQUESTER, 0, params.clone())],
        params,
        accounts: (1..100).map(|id| (user(id).name, user(id))).collect(),
        filed: at(0),
        edits: vec![Edit { at: at(0), revision: 0, by: Some(user(REQUESTER)), wrote: true }],
        ..Facts::default()
    }
}

pub fn signed<T>(content: T, who: u64, hour: i64) -> Signed<T> {
    Signed {
        content,
        author: Some(user(who)),
        at: at(hour),
        revision: hour.unsigned_abs(),
        signature: Signature::default(),
        signed_by_other: None,
        copied: false,
        born: Standing::Plain,
        touches: Vec::new(),
        place: None,
        meeting: None,
    }
}

pub trait Story {
    fn edited(self, who: u64, hour: i64) -> Self;
    fn filled_in(self, who: u64, hour: i64, field: &str, value: &str) -> Self;
    fn voted(self, who: u64, hour: i64, choice: Choice) -> Self;
    fn ruled(self, who: u64, hour: i64, to: &str) -> Self;
    fn status(self, who: u64, hour: i64, to: &str) -> Self;
}

impl Story for Facts {
    fn edited(mut self, who: u64, hour: i64) -> Self {
        self.revision = hour.unsigned_abs();
        self.edits.push(Edit { at: at(hour), revision: self.revision, by: Some(user(who)), wrote: true });
        self
    }

    fn filled_in(mut self, who: u64, hour: i64, field: &str, value: &str) -> Self {
        self.params.retain(|(name, _)| name != field);
        self.params.push((field.to_owned(), value.to_owned()));
        let params = self.params.clone();
        self.versions.push(version(who, hour, params));
        self.edited(who, hour)
    }

    fn voted(mut self, who: u64, hour: i64, choice: Choice) -> Self {
        self.statements.votes.push(signed(Vote { choice, on_behalf_of: None, question: String::new() }, who, hour));
        self.edited(who, hour)
    }

    fn ruled(mut self, who: u64, hour: i64, to: &str) -> Self {
        let ruling = Ruling { to: to.to_owned(), withdrawal: to.is_empty(), reason: String::new() };
        self.statements.rulings.push(signed(ruling, who, hour));
        self.edited(who, hour)
    }

    fn status(mut self, who: u64, hour: i64, to: &str) -> Self {
        let before = self.status_edits.last().map(|e| e.to.clone()).unwrap_or_default();
        let edit = StatusEdit {
            before,
            to: to.to_owned(),
            since: None,
            read: None,
            rule: None,
            by: Some(user(who)),
            at: at(hour),
            revision: hour.unsigned_abs(),
        };
        self.status_edits.push(edit);
        if who == BOT { self } else { self.edited(who, hour) }
    }
}
