//! The committee page: lines of the roster, and which revision of the page is believed.

use chrono::NaiveDate;

use crate::desk::roster::{Role, Roster, Term};
use crate::desk::{Revision, User};

use super::names::{Meaning, Names, account};
use super::wikitext;

/// A line of the roster as written, before the account is looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The account's name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// A line that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// The line as written.
    pub written: String,
    /// What is wrong with it.
    pub why: String,
}

/// The lines of a committee page, and those that could not be read.
#[must_use]
pub fn lines(text: &str, names: &Names) -> (Vec<Line>, Vec<BadLine>) {
    let mut lines = Vec::new();
    let mut bad = Vec::new();
    for call in wikitext::calls(text) {
        if call.nested || call.struck || names.meaning(&call.name) != Some(&Meaning::Member) {
            continue;
        }
        let date = |name: &str| match call.value(name) {
            "" => Ok(None),
            written => NaiveDate::parse_from_str(written, "%Y-%m-%d")
                .map(Some)
                .map_err(|_| format!("{name}={written} is no date such as 2026-12-31")),
        };
        let read = || {
            let name = account(call.value("user")).ok_or("user= is empty")?;
            let role = match call.value("role").to_lowercase().as_str() {
                "" | "member" => Role::Member,
                "chair" => Role::Chair,
                "staff" => Role::Staff,
                other => return Err(format!("role={other} is none of member, chair, staff")),
            };
            let (from, until) = (date("from")?, date("until")?);
            match (from, until) {
                (Some(f), Some(u)) if u < f => Err(format!("until={u} is before from={f}")),
                _ => Ok(Line { name, role, from, until }),
            }
        };
        match read() {
            Ok(line) => lines.push(line),
            Err(why) => bad.push(BadLine { written: text[call.span.clone()].to_owned(), why }),
        }
    }
    (lines, bad)
}

/// The newest revision whose author is trusted and that has a roster with somebody who votes; and whether newer
/// ones were passed over.
pub fn believed<'a>(
    newest_first: &'a [Revision],
    trusted: impl Fn(&User) -> bool,
    names: &Names,
) -> Option<(&'a Revision, bool)> {
    let is_good = |r: &&Revision| {
        r.user.as_ref().is_some_and(&trusted)
            && r.text.as_deref().is_some_and(|t| lines(t, names).0.iter().any(|l| l.role.votes()))
    };
    let at = newest_first.iter().position(|r| is_good(&r))?;
    Some((&newest_first[at], at > 0))
}

/// The roster from its lines and the accounts they name; names without an account are given back.
#[must_use]
pub fn resolve(lines: &[Line], accounts: &[User]) -> (Roster, Vec<String>) {
    let mut roster = Roster::default();
    let mut unknown = Vec::new();
    for line in lines {
        match accounts.iter().find(|u| u.name == line.name && u.id != 0 && !u.temporary) {
            Some(user) => {
                let Line { name, role, from, until } = line.clone();
                roster.terms.push(Term { user: user.clone(), listed: name, role, from, until });
            }
            None => unknown.push(line.name.clone()),
        }
    }
    (roster, unknown)
}
