//! What stands on the intake page, and who wrote it.

use chrono::{TimeDelta, TimeZone, Utc};

use super::*;
use crate::read::request_template::is_wrapped;

const BOT: u64 = 99;
const INSTALLED: &str = "Here you can ask.\n\n<inputbox>\ntype=create\n</inputbox>\n* [[Guide]]";

fn names() -> Names {
    let redirects = [("Mall:Ask".to_owned(), "Mall:Helpdesk request".to_owned())];
    crate::testing::names(&crate::config::shipped(), &redirects)
}

fn titles(text: &str) -> Vec<String> {
    proposals(text, &names(), INSTALLED).iter().map(|c| c.value("title").to_owned()).collect()
}

#[test]
fn what_is_a_proposal_and_what_is_not() {
    for (text, expected) in [
        ("{{Helpdesk request|title=A}}", &["A"][..]),
        ("x {{ask|title=A}} y {{template:Helpdesk_request|title=B}}", &["A", "B"]),
        ("== New ==\n{{Helpdesk request\n|title=A\n}} ~~ votes\n* {{support}}", &["A"]),
        ("{{Helpdesk request|title=A\n\n{{Helpdesk request|title=B}}", &["B"]),
        ("<nowiki>{{Helpdesk request|title=A}}</nowiki> <!-- {{Helpdesk request|title=B}} -->", &[]),
        ("{{center|{{Helpdesk request|title=A}}}}", &[]),
        ("<s>{{Helpdesk request|title=A}}</s>", &[]),
        ("<!-- helpdesk:begin x -->{{Helpdesk request|title=A}}<!-- helpdesk:end x -->", &[]),
        ("<pre>{{Helpdesk request|title=A}}</pre>{{Helpdesk request/preload}}", &[]),
    ] {
        assert_eq!(titles(text), expected, "{text}");
    }
    assert!(begins_another("{{Helpdesk request|title=A\n\n{{Helpdesk request|title=B}}", &names()));
    assert!(begins_another("{{Helpdesk request|title=A}} {{Helpdesk request|title=[[B}}", &names()));
    assert!(!begins_another("{{Helpdesk request|title=A}} {{tl|{{Helpdesk request}}", &names()));
    let is_wrapped = |text: &str| is_wrapped(&names().syntax().calls(text), &names());
    assert!(is_wrapped("{{center|{{Helpdesk request|title=A}}}}"));
    assert!(!is_wrapped("{{center|x}} {{Helpdesk request|title=A}}"));
}

#[test]
fn what_is_empty_and_what_saving_may_change() {
    for empty in ["{{Helpdesk request}}", "{{Helpdesk request|title= <!-- a name -->|type=\n|status=done}}"] {
        assert!(titles(empty).is_empty() && is_empty(&names().syntax().calls(empty)[0]), "{empty}");
    }
    assert!(may_change("{{Helpdesk request|title=A|risk=<ref>~~~~</ref>}}", &names()));
    assert!(may_change("{{Helpdesk request|title=A|risk={{SUBST:x}}}}", &names()));
    assert!(!may_change("{{Helpdesk request|title=A|risk=<nowiki>~~~~</nowiki> ~~ <!-- subst: -->}}", &names()));
}

#[test]
fn what_is_a_message() {
    let of = |text: &str| message(text, &names(), INSTALLED);
    for text in [
        INSTALLED,
        "",
        "== Requests ==\n{{Helpdesk request|title=A}}\n→ [[:X/Requests/A|A]]\n",
        "{{Helpdesk request|title=A}} [[User:Anna Exempel|Anna]] ([[User talk:Anna Exempel|talk]]) 12:34, 5 May 2026 (UTC)",
        "<!-- please help me -->",
        "<!-- helpdesk:begin a -->x<!-- helpdesk:begin b -->help me<!-- helpdesk:end a -->y<!-- helpdesk:end b -->",
        "----\n* --",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
    let found = of(&format!("{INSTALLED}\nPlease help our museum. [[User:Anna Exempel|Anna]] 12:34, 5 May 2026 (UTC)"));
    assert_eq!(found.as_deref(), Some("Please help our museum."));
    assert_eq!(of("助けてください").as_deref(), Some("助けてください"));
    assert_eq!(of("{{Helpdesk request|title=A}}\n* {{support}} yes please").as_deref(), Some("yes please"));
}

#[test]
fn markers_are_read_where_the_bot_writes_them() {
    for anonymous in [false, true] {
        let marker = Marker { revision: 12, nth: 3, anonymous };
        assert_eq!(Marker::on_last_line(&marker.below("{{x}}")), Some(marker));
        // In a proposal it is not on the last line.
        let forged = marker.below("{{x|\n<!-- helpdesk:moved revision=7 proposal=1 -->\n}}");
        assert_eq!(Marker::on_last_line(&forged), Some(marker));
        assert_eq!(Marker::on_last_line(&format!("{marker}\nmore")), None);
    }
    assert_eq!(Marker::on_last_line("<!-- helpdesk:moved revision=x proposal=1 -->"), None);
}

/// Where the proposals of the last revision came from, as `author revision.nth`, `?` for nobody, `back` if the bot had
/// moved them before. Revisions are numbered from 1, oldest first; an empty author hides the text.
fn traced(revisions: &[(&str, &str)]) -> Vec<String> {
    let names = names();
    let mut all: Vec<Revision> = revisions
        .iter()
        .zip(1_u64..)
        .map(|((who, text), id)| Revision {
            id,
            parent: id - 1,
            at: Utc.with_ymd_and_hms(2026, 5, 5, 12, 0, 0).unwrap() + TimeDelta::minutes(i64::try_from(id).unwrap()),
            user: Some(User {
                id: if *who == "bot" { BOT } else { who.bytes().map(u64::from).sum() },
                name: (*who).to_owned(),
                temporary: false,
            }),
            text: (!who.is_empty()).then(|| (*text).to_owned()),
        })
        .collect();
    all.reverse();
    let calls = proposals(all[0].text.as_deref().unwrap(), &names, INSTALLED);
    let mut trace = OriginSearch::new(&all[0], &calls, BOT, INSTALLED);
    trace.feed(&all[1..], &names);
    let origins = trace.origins().into_iter();
    origins
        .map(|(o, returned)| {
            let author = o.author.map_or("?".to_owned(), |u| u.name);
            format!("{author} {}.{}{}", o.marker.revision, o.marker.nth, if returned { " back" } else { "" })
        })
        .collect()
}

#[test]
fn a_proposal_belongs_to_whoever_brought_it() {
    let a = "{{Helpdesk request|title=A|country=X}}";
    let b = "{{Helpdesk request|title=B}}";
    let both = format!("{a} {b}");
    let c = "{{Helpdesk request|title=A|country=Y}}";
    for (revisions, expected) in [
        (vec![("Ada", a)], vec!["Ada 1.1"]),
        (vec![("Ada", ""), ("Bo", a), ("Cy", &format!("hello {a}"))], vec!["Bo 2.1"]),
        // Edited by somebody else, and another one put before it.
        (vec![("Ada", a), ("Bo", c)], vec!["Ada 1.1"]),
        (vec![("Ada", b), ("Bo", &both)], vec!["Bo 2.1", "Ada 1.1"]),
        (vec![("Ada", &both)], vec!["Ada 1.1", "Ada 1.2"]),
        // The same twice.
        (vec![("Ada", a), ("Bo", &format!("{a}{a}"))], vec!["Ada 1.1", "Bo 2.2"]),
        // Blanked and restored.
        (vec![("Ada", a), ("Bo", ""), ("Cy", a)], vec!["Ada 1.1"]),
        // Moved by the bot, and put back.
        (vec![("Ada", a), ("bot", "→ [[:A]]"), ("Cy", a)], vec!["Ada 1.1 back"]),
        (vec![("Ada", "x"), ("", ""), ("Cy", a)], vec!["? 3.1"]),
        (vec![("Ada", a), ("", ""), ("Cy", a)], vec!["Ada 1.1"]),
    ] {
        assert_eq!(traced(&revisions), expected, "{revisions:?}");
    }
}
