//! The year before the demo's story: requests that went their way, with three meetings, helpers and what came of them. It is imported with its
//! history, since nobody can write an edit of last year.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::story::{CHAIR, HELPER, MEMBERS, REQUESTERS, SECRETARY, STAFF};
use crate::desk::Desk;
use crate::sandbox::{ImportedPage, Wiki};

/// The days of the meetings, counted back from today.
const MEETINGS: [i64; 3] = [330, 210, 90];

/// The picture that came of one.
const TRAM_LINES: &[u8] = include_bytes!("tram-lines.png");

/// How it went: approved in the meeting of that number and carried out within so many days; declined in it; answered; taken back.
enum Went {
    Done { meeting: usize, days: i64, outcome: &'static str },
    AtWork { meeting: usize },
    Declined { meeting: usize, why: &'static str },
    Answered,
    TakenBack,
}

use Went::{Answered, AtWork, Declined, Done, TakenBack};

/// A request: its name, type, country, partner, when it was filed (days ago), and how it went.
type Request = (&'static str, &'static str, &'static str, &'static str, i64, Went);

const REQUESTS: [Request; 13] = [
    (
        "Posters of the people's theatre",
        "upload",
        "Sverige",
        "Theatre museum of Examplia",
        360,
        Done { meeting: 0, days: 40, outcome: "640 posters, used in 35 articles|files=640" },
    ),
    (
        "Birds of the delta",
        "data",
        "Bangladesh, India",
        "Delta bird watch",
        355,
        Done { meeting: 0, days: 75, outcome: "2,100 observations as statements|items=2,100" },
    ),
    (
        "A licence for the folk songs",
        "partnership",
        "Ghana",
        "Radio archive",
        349,
        Done { meeting: 0, days: 110, outcome: "An agreement, and the first 80 recordings|files=80" },
    ),
    (
        "Printing a book",
        "other",
        "Deutschland",
        "",
        341,
        Declined { meeting: 0, why: "The desk helps with content for the wikis." },
    ),
    ("Which template for coins?", "question", "Österreich", "", 300, Answered),
    (
        "Lighthouses of the coast",
        "data",
        "Chile",
        "Harbour authority",
        262,
        Done { meeting: 1, days: 30, outcome: "180 lighthouses with coordinates|items=180" },
    ),
    (
        "Portraits of nurses",
        "upload",
        "Kenya and Uganda",
        "School of nursing",
        250,
        Done { meeting: 1, days: 60, outcome: "310 portraits with names and years|files=310" },
    ),
    (
        "Scanner for a week",
        "technical",
        "Indonesia",
        "City archive",
        241,
        Declined { meeting: 1, why: "A user group nearby lends one; it has been asked." },
    ),
    (
        "Course on OpenRefine",
        "training",
        "Brasil",
        "Wiki club",
        232,
        Done { meeting: 1, days: 21, outcome: "14 people, and 3 data sets of their own" },
    ),
    ("May we upload stamps?", "question", "日本", "", 190, Answered),
    (
        "Tram lines since 1890",
        "data",
        "Polska",
        "Friends of the tram",
        131,
        Done { meeting: 2, days: 50, outcome: "24 lines with their stops|items=410|image=Tram lines.png" },
    ),
    ("Herbarium sheets", "upload", "South Africa", "Botanical garden", 120, AtWork { meeting: 2 }),
    ("A map of my garden", "other", "Atlantis", "", 111, TakenBack),
];

fn ago(days: i64) -> DateTime<Utc> {
    Utc::now() - TimeDelta::days(days)
}

fn signed(who: &str, at: DateTime<Utc>) -> String {
    format!("[[User:{who}|{who}]] {}", at.format("%H:%M, %-d %B %Y (UTC)"))
}

/// Imports that year; gives the number of requests.
///
/// # Errors
/// Where the wiki is not one of the sandbox's own, or the import does not work.
pub async fn import(wiki: &Wiki, desk: &Desk) -> Result<usize> {
    let mut pages: Vec<ImportedPage> = REQUESTS.iter().enumerate().map(|(n, request)| page(desk, n, request)).collect();
    pages.extend(MEETINGS.iter().enumerate().map(|(n, days)| minutes(desk, n, *days)));
    wiki.import(&pages).await?;
    wiki.upload("Tram lines.png", TRAM_LINES).await?;
    Ok(REQUESTS.len())
}

/// A request with all that people wrote on it. What meetings decided stands in their minutes.
fn page(desk: &Desk, n: usize, (name, kind, country, partner, filed, went): &Request) -> ImportedPage {
    let owner = REQUESTERS[n % REQUESTERS.len()];
    let languages = ["English", "svenska, en", "বাংলা"][n % 3];
    let mut text = format!(
        "{{{{Helpdesk request\n|title={name}\n|type={kind}\n|country={country}\n|partner={partner}\n|languages={languages}\n|description=We would \
         like to do this together, and need somebody who has done it before.\n|justification=Many readers would gain from it.\n|technical=Usual \
         formats.\n|legal=Rights are settled.\n|risk=Small.\n|sustainability=The partner goes on.\n}}}}\n\n== Discussion =="
    );
    let mut page = ImportedPage::new(&format!("{}/{name}", desk.pages.intake)).revision(owner, ago(*filed), &text);
    let mut add = |page: ImportedPage, who: &str, days: i64, line: &str| {
        text = format!("{text}\n* {line} {}", signed(who, ago(days)));
        page.revision(who, ago(days), &text)
    };
    let reply = match went {
        Answered | TakenBack => "Thank you, we look at it.",
        _ => "Thank you. {{Helpdesk decision|review|reason=All that the committee needs is there.}}",
    };
    page = add(page, STAFF, filed - 2, reply);
    match went {
        Done { meeting, days, outcome } => {
            let decided = MEETINGS[*meeting];
            page = add(page, HELPER, decided - 4, "{{Helpdesk claim}}");
            page = add(page, STAFF, decided - 6, "{{Helpdesk decision|in-progress|reason=Work has begun.}}");
            page = add(page, HELPER, decided - days, &format!("{{{{Helpdesk outcome|{outcome}}}}}"));
            page = add(page, STAFF, decided - days - 1, "{{Helpdesk decision|done|reason=All of it is there.}}");
        }
        AtWork { meeting } => page = add(page, HELPER, MEETINGS[*meeting] - 12, "{{Helpdesk claim}}"),
        Declined { .. } => {}
        Answered => {
            page = add(page, STAFF, filed - 5, "Yes, see the help page. {{Helpdesk decision|done|reason=Answered.}}")
        }
        TakenBack => page = add(page, owner, filed - 9, "{{Helpdesk withdraw|reason=I found help elsewhere.}}"),
    }
    page
}

/// The minutes of a meeting, as the secretary wrote them.
fn minutes(desk: &Desk, number: usize, days: i64) -> ImportedPage {
    let [bjorn, chipo, dalia, ..] = MEMBERS;
    let at = ago(days);
    let mut text =
        format!("{{{{Helpdesk meeting|date={}|present={CHAIR}, {bjorn}, {chipo}, {dalia}}}}}\n", at.date_naive());
    for (name, .., went) in &REQUESTS {
        let says = match went {
            Done { meeting, .. } | AtWork { meeting } if *meeting == number => {
                format!(
                    "decision=approved|support={CHAIR}, {bjorn}, {chipo}|priority=7|recommendation=Begin with a small batch."
                )
            }
            Declined { meeting, why } if *meeting == number => {
                format!("decision=declined|oppose={CHAIR}, {dalia}|recommendation={why}")
            }
            _ => continue,
        };
        text.push_str(&format!("\n{{{{Helpdesk item|request={name}|{says}}}}}"));
    }
    ImportedPage::new(&format!("{}/{}", desk.pages.meetings, at.date_naive())).revision(SECRETARY, at, &text)
}
