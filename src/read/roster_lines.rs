//! The committee page: lines of the roster, who wrote them, and whose terms they are.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::lines::{LineHistory, WrittenLine};
use crate::desk::TemplateKind;
use crate::desk::problem::{Cause, CauseCode};
use crate::desk::roster::{Days, Role, Roster, Term};
use crate::page::{Revision, RevisionInfo, Time, User, parse_day};
use crate::wikitext::Call;
use crate::wikitext::names::{Names, Questions};

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
    /// When the person is away.
    pub leave: Vec<Days>,
    /// When it was first written so.
    pub since: Time,
    /// When it was taken away or changed.
    pub ended: Option<Time>,
    /// The person wants no messages.
    pub silent: bool,
}

/// A line that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// The line as written.
    pub written: String,
    /// What is wrong with it.
    pub why: Cause,
}

/// The lines of a committee page as trusted accounts wrote them, followed through its history.
#[derive(Debug, Default)]
pub struct RosterHistory {
    lines: LineHistory<Result<Line, BadLine>>,
    /// The newest revision by a trusted account that left nobody to vote.
    pub broken: Option<RevisionInfo>,
    /// Others vote than those on it: a page without anybody is as good as any.
    may_be_empty: bool,
}

impl RosterHistory {
    /// Of a page from the beginning.
    pub fn new(may_be_empty: bool) -> Self {
        RosterHistory { may_be_empty, ..Self::default() }
    }

    /// Follows the page into its next revision, the oldest first; one that the wiki hides is passed over. `trusted` tells
    /// whether what its author writes there counts.
    pub fn feed(&mut self, revision: &Revision, trusted: bool, names: &Names) {
        let says = |_, call: &Call, by: &RevisionInfo| {
            let written = || revision.text.as_deref().and_then(|text| text.get(call.span.clone())).unwrap_or_default();
            line(call, names, by.at).map_err(|why| BadLine { written: written().to_owned(), why })
        };
        let votes = |lines: &[WrittenLine<_>]| {
            let is_voter = |line: &WrittenLine<Result<Line, BadLine>>| line.says.as_ref().is_ok_and(|l| l.role.votes());
            lines.iter().any(|line| line.ended.is_none() && is_voter(line))
        };
        let had = !self.may_be_empty && votes(&self.lines.lines);
        let broken = &mut self.broken;
        let accept = |lines: &[WrittenLine<_>]| {
            let has = votes(lines);
            if has || had {
                *broken = (!has).then(|| RevisionInfo::of(revision));
            }
            has || !had
        };
        self.lines.feed(revision, trusted, names, &[(TemplateKind::Member, "user")], says, accept);
    }

    /// What has to be looked up to know what names meant when they were written.
    pub fn questions(&self) -> &Questions {
        &self.lines.questions
    }

    /// The lines that could be read, oldest first, those that ended too; and those that could not, as far as they stand.
    pub fn lines(&self) -> (Vec<Line>, Vec<BadLine>) {
        let good = self.lines.lines.iter().filter_map(|line| {
            let ended = line.ended.as_ref().map(|by| by.at);
            line.says.as_ref().ok().map(|says| Line { ended, ..says.clone() })
        });
        (good.collect(), self.lines.standing().filter_map(|line| line.says.as_ref().err()).cloned().collect())
    }

    /// The newest revision by somebody who is not trusted, where the page shows other lines than those that count.
    pub fn untrusted(&self) -> Option<&RevisionInfo> {
        self.lines.untrusted().filter(|_| self.broken.is_none())
    }
}

/// The names that a committee page lists.
pub fn listed(text: &str, names: &Names) -> Vec<String> {
    let calls = names.syntax().calls(text).into_iter().filter(|call| names.is(TemplateKind::Member, &call.name));
    calls.filter_map(|call| names.titles().account_of_parameter(call.value("user"))).collect()
}

fn line(call: &Call, names: &Names, since: Time) -> Result<Line, Cause> {
    let date = |name: &str| match call.value(name) {
        "" => Ok(None),
        written => {
            parse_day(written).map(Some).ok_or_else(|| Cause::new(CauseCode::RosterDate, format!("{name}={written}")))
        }
    };
    let name = names.titles().account_of_parameter(call.value("user"));
    let name = name.ok_or_else(|| Cause::new(CauseCode::RosterUser, "user="))?;
    let role = match call.value("role").to_lowercase().as_str() {
        "" => Role::Member,
        written => Role::parse(written)
            .ok_or_else(|| Cause::new(CauseCode::RosterRole, format!("role={}", call.value("role"))))?,
    };
    let (from, until) = (date("from")?, date("until")?);
    let leave = leave(call.value("leave"))?;
    match (from, until) {
        (Some(f), Some(u)) if u < f => Err(Cause::new(CauseCode::RosterOrder, format!("from={f}, until={u}"))),
        _ => Ok(Line {
            name,
            role,
            from,
            until,
            leave,
            since,
            ended: None,
            silent: !["", "yes"].contains(&call.value("notify").trim().to_lowercase().as_str()),
        }),
    }
}

/// Reads `2026-07-01/2026-08-31`, or several such with commas between them.
fn leave(written: &str) -> Result<Vec<Days>, Cause> {
    let days = |part: &str| {
        let (from, until) = part.split_once('/')?;
        Some(Days { from: parse_day(from)?, until: parse_day(until)? }).filter(|days| days.from <= days.until)
    };
    let parts = written.split([',', ';']).filter(|part| !part.trim().is_empty());
    let wrong = |part: &str| Cause::new(CauseCode::RosterLeave, format!("leave={}", part.trim()));
    parts.map(|part| days(part).ok_or_else(|| wrong(part))).collect()
}

/// The roster from its lines and the accounts they mean, by the names on them; names without an account are given
/// back.
pub fn resolve(lines: &[Line], accounts: &BTreeMap<String, User>) -> (Roster, Vec<String>) {
    let mut roster = Roster::default();
    let mut unknown = Vec::new();
    for Line { name, role, from, until, leave, ended, silent, .. } in lines.iter().cloned() {
        match accounts.get(&name).filter(|u| u.id != 0 && !u.temporary) {
            Some(user) => {
                let user = user.clone();
                roster.terms.push(Term { user, listed: name, role, from, until, leave, ended, silent });
            }
            None if ended.is_some() || unknown.contains(&name) => {}
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
            && a.ended.is_none()
            && b.ended.is_none()
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

    fn history(told: &[(bool, &str)]) -> RosterHistory {
        let names = crate::testing::names(&crate::config::shipped(), &[]);
        let mut history = RosterHistory::default();
        for (number, (trusted, text)) in told.iter().enumerate() {
            let user = crate::testing::user(u64::from(*trusted) + 1);
            let (id, at) = (number as u64 + 1, crate::testing::at(number as i64));
            let text = Some((*text).to_owned());
            history.feed(&Revision { id, parent: id - 1, at, user: Some(user), text }, *trusted, &names);
        }
        history
    }

    fn lines_of(text: &str) -> (Vec<Line>, Vec<BadLine>) {
        history(&[(true, text)]).lines()
    }

    /// Who is listed by those who may, with the hour at which their line ended.
    fn listed(told: &[(bool, &str)]) -> Vec<(String, Option<i64>)> {
        let hour = |at: Time| (at - crate::testing::at(0)).num_hours();
        history(told).lines().0.into_iter().map(|l| (l.name, l.ended.map(hour))).collect()
    }

    #[test]
    fn lines_count_as_trusted_accounts_wrote_them() {
        let (a, b, eve) =
            ("{{Helpdesk member|user=A}}\n", "{{Helpdesk member|user=B}}\n", "{{Helpdesk member|user=Eve}}\n");
        let both = format!("{a}{b}");
        let with_eve = format!("{both}{eve}");
        let is = |told: &[(bool, &str)], expect: &[(&str, Option<i64>)]| {
            let expect: Vec<_> = expect.iter().map(|(name, ended)| ((*name).to_owned(), *ended)).collect();
            assert_eq!(listed(told), expect, "{told:#?}");
        };
        let (all, none) = ([("A", None), ("B", None)], None);
        is(&[(true, &both), (false, &with_eve)], &all);
        // To save the page is not to confirm what others wrote on it.
        is(&[(true, &both), (false, &with_eve), (true, &format!("{with_eve}Welcome.\n"))], &all);
        is(&[(true, &both), (false, a), (true, &format!("{a}Welcome.\n"))], &all);
        is(&[(false, eve), (true, &format!("{eve}{both}"))], &all);
        is(&[(true, &both), (false, &with_eve), (true, &both), (true, &with_eve)], &all);
        // To write in a line is.
        let confirmed = with_eve.replace("Eve", "Eve|role=member");
        is(&[(true, &both), (false, &with_eve), (true, &confirmed)], &[("A", none), ("B", none), ("Eve", none)]);
        // A line taken away ends a term; one changed begins another.
        is(&[(true, &both), (true, a)], &[("A", None), ("B", Some(1))]);
        is(&[(true, &both), (true, a), (true, &both)], &[("A", None), ("B", Some(1)), ("B", None)]);
        let changed = both.replace("user=B", "user=B|role=staff");
        is(&[(true, &both), (true, &changed)], &[("A", None), ("B", Some(1)), ("B", None)]);
        is(&[(true, &both), (false, &changed), (true, &format!("{changed}.\n"))], &all);
        // Also one that somebody else had typed anew, elsewhere on the page.
        let (other, again) = (format!("{both}{eve}"), format!("{a}{eve}{b}"));
        let typed =
            [(true, other.as_str()), (false, &format!("{a}{eve}")), (false, &again), (true, &format!("{a}{eve}"))];
        is(&typed, &[("A", None), ("B", Some(3)), ("Eve", None)]);
        // Mistyped, and put back as it was.
        let typo = both.replace("user=B", "user=Bb");
        is(
            &[(true, &both), (true, &typo), (true, &both)],
            &[("A", None), ("B", Some(1)), ("Bb", Some(2)), ("B", None)],
        );
        // Nobody left to vote: as it was, and said.
        is(&[(true, &both), (true, "We are thinking.")], &all);
        assert!(history(&[(true, &both), (true, "We are thinking.")]).broken.is_some());
        is(&[(true, "{{small|{{Helpdesk member|user=A}}}}")], &[("A", None)]);
    }

    #[test]
    fn lines_say_who_in_which_role_and_when() {
        let (lines, bad) = lines_of(
            "{{Helpdesk member|user=anna_Exempel|role=Chair|from=2026-01-01}} <s>{{Helpdesk member|user=B}}</s>\n\
             <!-- {{Helpdesk member|user=C}} --> {{helpdesk_member|user=User:E}}\n\
             {{Helpdesk member|user=F|role=king}} {{Helpdesk member|user=|role=member}}\n\
             {{Helpdesk member|user=G|from=2026-02-01|until=2026-01-31}} {{Helpdesk member|user=H|until=31 May}}",
        );
        let seen: Vec<_> = lines.iter().map(|l| (l.name.as_str(), l.role, l.from.is_some())).collect();
        assert_eq!(seen, [("Anna Exempel", Role::Chair, true), ("E", Role::Member, false)]);
        assert_eq!(bad.len(), 4);
        assert!(bad[2].why.value.contains("until=2026-01-31") && bad[3].why.value.contains("31 May"), "{bad:?}");
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
