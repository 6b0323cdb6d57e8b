//! The committee page: lines of the roster, and whose they are.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::desk::TemplateKind;
use crate::desk::roster::{Role, Roster, Term};
use crate::page::User;
use crate::wikitext::names::Names;

/// A line of the roster as written, before the account is looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The account's name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// First day (UTC); none: always.
    pub from: Option<NaiveDate>,
    /// Last day (UTC), included; none: open.
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
pub fn lines(text: &str, names: &Names) -> (Vec<Line>, Vec<BadLine>) {
    let mut lines = Vec::new();
    let mut bad = Vec::new();
    for call in names.syntax().calls(text) {
        if call.nested() || call.struck() || !names.is(TemplateKind::Member, &call.name) {
            continue;
        }
        let date = |name: &str| match call.value(name) {
            "" => Ok(None),
            written => NaiveDate::parse_from_str(written, "%Y-%m-%d")
                .map(Some)
                .map_err(|_| format!("{name}={written} is no date such as 2026-12-31")),
        };
        let read = || {
            let name = names.titles().account_of_parameter(call.value("user")).ok_or("user= is empty")?;
            let role = match call.value("role").to_lowercase().as_str() {
                "" => Role::Member,
                written => Role::parse(written)
                    .ok_or_else(|| format!("role={written} is none of {}", Role::ALL.map(Role::id).join(", ")))?,
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

/// The roster from its lines and the accounts they mean, by the names on them; names without an account are given
/// back.
pub fn resolve(lines: &[Line], accounts: &BTreeMap<String, User>) -> (Roster, Vec<String>) {
    let mut roster = Roster::default();
    let mut unknown = Vec::new();
    for Line { name, role, from, until } in lines.iter().cloned() {
        match accounts.get(&name).filter(|u| u.id != 0 && !u.temporary) {
            Some(user) => roster.terms.push(Term { user: user.clone(), listed: name, role, from, until }),
            None if unknown.contains(&name) => {}
            None => unknown.push(name),
        }
    }
    (roster, unknown)
}

/// Names of people who are listed for the same day more than once. Their roles add up; a line too many may be
/// forgotten when a term ends.
pub fn twice(roster: &Roster) -> Vec<String> {
    let overlap = |a: &Term, b: &Term| {
        a.user.id == b.user.id
            && a.from.is_none_or(|from| b.until.is_none_or(|until| from <= until))
            && b.from.is_none_or(|from| a.until.is_none_or(|until| from <= until))
    };
    let terms = roster.terms.iter().enumerate();
    let mut names: Vec<String> = terms
        .filter(|(i, term)| roster.terms[..*i].iter().any(|before| overlap(before, term)))
        .map(|(_, term)| term.user.name.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(text: &str) -> (Vec<Line>, Vec<BadLine>) {
        lines(text, &crate::testing::names(&crate::config::shipped(), &[]))
    }

    #[test]
    fn lines_say_who_in_which_role_and_when() {
        let (lines, bad) = lines_of(
            "{{Helpdesk member|user=anna_Exempel|role=Chair|from=2026-01-01}} <s>{{Helpdesk member|user=B}}</s>\n\
             <!-- {{Helpdesk member|user=C}} --> {{tl|{{Helpdesk member|user=D}}}} {{helpdesk_member|user=User:E}}\n\
             {{Helpdesk member|user=F|role=king}} {{Helpdesk member|user=|role=member}}\n\
             {{Helpdesk member|user=G|from=2026-02-01|until=2026-01-31}} {{Helpdesk member|user=H|until=31 May}}",
        );
        let seen: Vec<_> = lines.iter().map(|l| (l.name.as_str(), l.role, l.from.is_some())).collect();
        assert_eq!(seen, [("Anna Exempel", Role::Chair, true), ("E", Role::Member, false)]);
        assert_eq!(bad.len(), 4);
        assert!(bad[2].why.contains("until=2026-01-31") && bad[3].why.contains("31 May"), "{bad:?}");
    }

    #[test]
    fn who_is_listed_twice_for_a_day_is_named() {
        let (lines, _) = lines_of(
            "{{Helpdesk member|user=A|until=2026-06-30}}{{Helpdesk member|user=A|role=staff|from=2026-07-01}}\n\
             {{Helpdesk member|user=B}}{{Helpdesk member|user=B|role=chair|from=2026-01-01}}",
        );
        let user = |id: u64, name: &str| (name.to_owned(), User { id, name: name.to_owned(), temporary: false });
        let (roster, unknown) = resolve(&lines, &BTreeMap::from([user(1, "A"), user(2, "B")]));
        assert_eq!((twice(&roster), unknown.len()), (vec!["B".to_owned()], 0));
    }
}
