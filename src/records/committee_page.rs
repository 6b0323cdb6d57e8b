//! The bot's block on the committee page: a template call for each person, by role, then for those who were on it before.

use chrono::Datelike;

use crate::desk::roster::{Role, Roster, Term};
use crate::page::Time;
use crate::wikitext::inert::call;

/// The name of the block.
pub const COMMITTEE_BLOCK: &str = "committee";

/// In the order in which readers look for them.
const ROLES: [Role; 5] = [Role::Chair, Role::Member, Role::Staff, Role::Secretary, Role::Adviser];

/// The template of a person's line.
const PERSON: &str = "Helpdesk committee person";

/// The block's content. It says nothing of the time itself, only what is so at that time.
pub fn committee_page(roster: &Roster, seats: u32, now: Time) -> String {
    let filled = roster.voters(now).len();
    let vacant = usize::try_from(seats).unwrap_or(usize::MAX).saturating_sub(filled);
    let number = |n: usize| if seats == 0 { String::new() } else { n.to_string() };
    let of_seats = [
        ("seats", number(usize::try_from(seats).unwrap_or(usize::MAX))),
        ("filled", number(filled)),
        ("vacant", number(vacant)),
    ];
    let mut lines = vec![call("Helpdesk committee start", &of_seats)];
    for role in ROLES {
        let mut seen = Vec::new();
        for term in roster.terms.iter().filter(|term| term.role == role && term.covers(now)) {
            if seen.contains(&term.user.id) {
                continue;
            }
            if seen.is_empty() {
                lines.push(call("Helpdesk committee role", &[("role", role.id().to_owned())]));
            }
            seen.push(term.user.id);
            lines.push(person(term, roster, now));
        }
    }
    let former = former(roster, now);
    if !former.is_empty() {
        lines.push(call("Helpdesk committee role", &[("role", "former".to_owned())]));
        lines.extend(former);
    }
    lines.push(call("Helpdesk committee end", &[]));
    lines.join("\n")
}

/// Somebody in office.
fn person(term: &Term, roster: &Roster, now: Time) -> String {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let soon = if roster.ends_soon(term, now) { "yes" } else { "" };
    let about = [
        ("user", term.user.name.clone()),
        ("from", day(term.from)),
        ("until", day(term.until)),
        ("away", day(term.away_until(now))),
        ("soon", soon.to_owned()),
    ];
    call(PERSON, &about)
}

/// Those who had a term and have none now, the latest first.
fn former(roster: &Roster, now: Time) -> Vec<String> {
    let mut seen = Vec::new();
    let mut people = Vec::new();
    for term in roster.terms.iter().filter(|term| term.role != Role::Helper) {
        let of_person = || roster.terms.iter().filter(|t| t.user.id == term.user.id);
        if seen.contains(&term.user.id) || of_person().any(|t| t.covers(now)) {
            continue;
        }
        seen.push(term.user.id);
        // A line that was written anew, say with its last day, is told as it stands.
        let stands = of_person().any(|t| t.ended.is_none() && t.is_over(now));
        let over = || of_person().filter(|t| t.is_over(now) && (t.ended.is_none() || !stands));
        let Some(last) = over().filter_map(|t| t.last_day(now)).max() else { continue };
        let first = over().map(|t| t.from).min().flatten();
        people.push((last, term.user.name.clone(), first));
    }
    people.sort_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
    let year = |day: chrono::NaiveDate| day.year().to_string();
    let line = |(last, name, first): (chrono::NaiveDate, String, Option<chrono::NaiveDate>)| {
        let about = [("user", name), ("first year", first.map(year).unwrap_or_default()), ("last year", year(last))];
        call(PERSON, &about)
    };
    people.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::desk::roster::Days;
    use crate::testing::user;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn term(id: u64, role: Role, from: &str, until: &str) -> Term {
        let date = |text: &str| (!text.is_empty()).then(|| day(text));
        Term {
            user: user(id),
            listed: user(id).name,
            role,
            from: date(from),
            until: date(until),
            leave: Vec::new(),
            ended: None,
            silent: false,
        }
    }

    fn lines(roster: &Roster, at: &str) -> Vec<String> {
        let now = crate::page::parse_timestamp(&format!("{at}T12:00:00Z")).expect("a time");
        let text = committee_page(roster, 3, now).replace("&#32;", " ");
        text.lines()
            .map(|line| line.trim_start_matches("{{Helpdesk committee ").trim_end_matches("}}").to_owned())
            .collect()
    }

    #[test]
    fn who_is_in_office_goes_by_the_day() {
        let mut away = term(2, Role::Member, "2026-01-01", "");
        away.leave = vec![Days { from: day("2026-07-01"), until: day("2026-08-31") }];
        let roster = Roster {
            terms: vec![
                term(1, Role::Member, "2024-01-01", "2026-12-31"),
                away,
                term(3, Role::Chair, "2027-01-01", ""),
                term(4, Role::Adviser, "", "2025-06-30"),
            ],
            electorate: None,
        };
        let seen = lines(&roster, "2026-07-15");
        assert_eq!(
            seen,
            [
                "start|seats=3|filled=2|vacant=1",
                "role|role=member",
                "person|user=User 1|from=2024-01-01|until=2026-12-31",
                "person|user=User 2|from=2026-01-01|away=2026-08-31",
                "role|role=former",
                "person|user=User 4|last year=2025",
                "end"
            ]
        );
        assert!(lines(&roster, "2026-10-31")[2].ends_with("|until=2026-12-31"));
        assert!(lines(&roster, "2026-11-01")[2].ends_with("|until=2026-12-31|soon=yes"), "60 days before");
        let seen = lines(&roster, "2027-01-01");
        assert_eq!(seen[1..3], ["role|role=chair", "person|user=User 3|from=2027-01-01"]);
        assert_eq!(seen[6], "person|user=User 1|first year=2024|last year=2026");
    }

    #[test]
    fn every_change_by_time_alone_has_its_moment() {
        let mut away = term(1, Role::Member, "2026-01-01", "2026-12-31");
        away.leave = vec![Days { from: day("2026-07-01"), until: day("2026-08-31") }];
        let roster = Roster { terms: vec![away], electorate: None };
        let mut now = crate::page::parse_timestamp("2025-12-01T00:00:00Z").expect("a time");
        let mut seen = Vec::new();
        while let Some(next) = roster.next_change(now) {
            let before = committee_page(&roster, 3, next - chrono::TimeDelta::seconds(1));
            assert_eq!(before, committee_page(&roster, 3, now), "nothing changes in between");
            assert_ne!(before, committee_page(&roster, 3, next), "{next}");
            seen.push(next.date_naive().to_string());
            now = next;
        }
        assert_eq!(seen, ["2026-01-01", "2026-07-01", "2026-09-01", "2026-11-01", "2027-01-01"]);
    }

    #[test]
    fn a_term_that_another_one_continues_does_not_end_soon() {
        let mut roster = Roster { terms: vec![term(1, Role::Member, "", "2026-12-31")], electorate: None };
        assert!(lines(&roster, "2026-12-01")[2].ends_with("soon=yes"));
        roster.terms.push(term(1, Role::Chair, "2027-01-01", "2027-12-31"));
        assert!(!lines(&roster, "2026-12-01")[2].contains("soon"));
    }
}
