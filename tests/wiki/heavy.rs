//! Pages that are more than the wiki can do: named, marked, and left until they change, at nobody else's cost.

use crate::faults::behind;
use crate::proxy::{Fate, Proxy};
use crate::stage::{MEMBERS, PASSER, Stage};

/// How Parsoid fails: at 200 kB of `<` or `{` it does not answer within a minute.
const FAILURES: [(&str, Fate); 4] = [
    ("Large", Fate::Instead("413 Payload Too Large", "", "{}")),
    ("Broken", Fate::Instead("500 Internal Server Error", "", "")),
    ("Slow", Fate::Silence),
    ("Closed", Fate::Refused),
];

impl Stage {
    /// Edits these pages so that their HTML fails, each in its way, as long as they stay so.
    async fn spoil(&self, proxy: &Proxy, text: &str) {
        let mut failing = Vec::new();
        for (name, fate) in FAILURES {
            failing.push((format!("/revision/{}/", self.add(PASSER, name, text).await), fate));
        }
        proxy.fate(move |request| {
            let found = failing.iter().find(|(revision, _)| request.text.contains(revision));
            found.map_or(Fate::Well, |(_, fate)| fate.clone())
        });
    }

    /// How many support votes the rows say, by title; none where a row is marked as that of a page that cannot be read.
    pub async fn shown(&self) -> Vec<(String, Option<u32>)> {
        let rows = self.rows().await.into_iter();
        let mut shown: Vec<_> = rows.map(|r| (r.title, (!r.unreadable).then_some(r.tally.support))).collect();
        shown.sort();
        shown
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_wiki_cannot_show_is_named_and_left_until_it_changes() {
    let (stage, proxy) = behind("heavy").await;
    stage.file("Maps", "").await;
    for (name, _) in FAILURES {
        stage.file(name, "").await;
    }
    stage.settle().await;
    // What a vote costs when nothing is wrong.
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    let first = proxy.requests();
    stage.once().await;
    let usual = proxy.kinds_since(first);

    stage.spoil(&proxy, "<".repeat(3000).as_str()).await;
    stage.add(MEMBERS[2], "Maps", "* {{support}} ~~~~").await;
    let first = proxy.requests();
    let outcome = stage.once().await;
    assert!(outcome.unread.is_empty() && outcome.held_back.is_none(), "{:?}", outcome.unread);
    let marked = |votes| {
        let mut shown: Vec<(String, Option<u32>)> = FAILURES.map(|(name, _)| (name.to_owned(), None)).into();
        shown.push(("Maps".to_owned(), Some(votes)));
        shown.sort();
        shown
    };
    assert_eq!(stage.shown().await, marked(2));
    for (name, _) in FAILURES {
        assert_eq!(stage.problems_of(&stage.page(name)).await, ["unread"], "{name}");
    }
    // The vote is saved, in page and table, before anybody waits for the others.
    let kinds = proxy.kinds_since(first);
    let edits: Vec<usize> = kinds.iter().enumerate().filter(|(_, k)| **k == "edit").map(|(i, _)| i).collect();
    let html = kinds[..edits[0]].iter().filter(|k| **k == "html").count();
    // Each page once, and another page of the desk, to see whether it is the wiki that fails; whoever was being read then is
    // read again.
    assert!((FAILURES.len() + 2..=FAILURES.len() + 4).contains(&html), "{kinds:?}");
    // Each of them again, as often as its failure asks for, and another page once more for each.
    assert_eq!(kinds[edits[1]..].iter().filter(|k| **k == "html").count(), 1 + 16 + 1 + 16 + 4, "{kinds:?}");

    // From now on they cost nothing, whoever starts.
    stage.add(MEMBERS[3], "Maps", "* {{support}} ~~~~").await;
    let first = proxy.requests();
    stage.once().await;
    assert_eq!(stage.shown().await, marked(3));
    let count = |kinds: &[&str], kind: &str| kinds.iter().filter(|k| **k == kind).count();
    let kinds = proxy.kinds_since(first);
    assert_eq!((count(&kinds, "html"), count(&kinds, "edit")), (count(&usual, "html"), count(&usual, "edit")));
    assert!(stage.once().await.written.is_empty(), "told once");

    // Changed, they are read again; so they are when somebody takes the line away.
    proxy.well();
    for name in ["Large", "Slow"] {
        stage.add(MEMBERS[1], name, "* {{support}} ~~~~").await;
    }
    let problems = stage.text(&stage.desk.pages.problems).await;
    let line = problems.lines().find(|l| l.contains("Closed|kind=unread")).expect("a line").to_owned();
    let person = stage.person(PASSER).await;
    person.edit(&stage.desk.pages.problems, &problems.replace(&format!("{line}\n"), ""), "try again").await.unwrap();
    stage.settle().await;
    let expected = [("Broken", None), ("Closed", Some(0)), ("Large", Some(1)), ("Maps", Some(3)), ("Slow", Some(1))];
    assert_eq!(stage.shown().await, expected.map(|(name, votes)| (name.to_owned(), votes)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intake_page_that_cannot_be_shown_costs_nothing_but_itself() {
    let (stage, proxy) = behind("heavy intake").await;
    stage.file("Maps", "").await;
    stage.settle().await;
    let person = stage.person(PASSER).await;
    let intake = stage.desk.pages.intake.clone();
    let proposal = "{{Helpdesk request|title=Books|type=data|country=X|description=D|justification=J}}";
    person.append(&intake, &format!("\n{proposal}"), "a proposal").await.unwrap();
    let newest = stage.client.newest(std::slice::from_ref(&intake)).await.unwrap().pop().flatten().unwrap();
    let of_intake = format!("/revision/{}/", newest.info.id);
    proxy.fate(move |r| if r.text.contains(&of_intake) { Fate::Silence } else { Fate::Well });
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    stage.once().await;
    assert_eq!(stage.shown().await, [("Maps".to_owned(), Some(1))]);
    assert_eq!(stage.problems_of(&intake).await, ["unread"]);
    let first = proxy.requests();
    assert!(stage.once().await.written.is_empty());
    assert!(!proxy.kinds_since(first).contains(&"html"), "{:?}", proxy.kinds_since(first));
    proxy.well();
    person.edit(&intake, &format!("{proposal} "), "again").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.rows().await.len(), 2);
    assert_eq!(stage.problems_of(&intake).await, [""; 0]);
}
