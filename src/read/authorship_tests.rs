//! Who wrote what, against models that know it because they made the moves: votes without signatures that others hide, reveal,
//! move, remove and restore, by names whose redirects came and went; and the lines of a roster.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::desk::statement::Statement;
use crate::read::roster_lines::RosterHistory;
use crate::testing::{at, user};
use crate::wikitext::names::{Led, Redirect};

/// `{{pro}}` leads to the vote for so many hours, and counts some of them; before and after it is a template of its own.
const LED: std::ops::Range<i64> = 4..14;
const COUNTS_FROM: i64 = 7;

fn names() -> Names {
    let led = Led {
        to: "Template:Support".to_owned(),
        from: at(LED.start),
        counts_from: at(COUNTS_FROM),
        until: Some(at(LED.end)),
        has_counted: true,
    };
    let redirect = Redirect { led: vec![led], known_from: None };
    crate::testing::names(&crate::config::shipped(), &[]).with([("Template:Pro".to_owned(), redirect)])
}

/// A line of the model's page.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    number: usize,
    author: u64,
    /// The hour in which it was written.
    hour: i64,
    template: &'static str,
    /// It stands in a comment.
    hidden: bool,
}

impl Line {
    fn text(&self) -> String {
        let vote = format!("{{{{{}}}}} because of reason number {}", self.template, self.number);
        if self.hidden { format!("<!-- {vote} -->\n") } else { format!("* {vote}\n") }
    }

    fn is_vote(&self) -> bool {
        !self.hidden && (self.template != "pro" || (COUNTS_FROM..=LED.end).contains(&self.hour))
    }
}

#[derive(Debug, Clone)]
enum Move {
    Add(&'static str, bool),
    Hide(usize),
    Shift(usize, usize),
    Remove(usize),
    Restore(usize),
    Nothing,
}

fn moves() -> impl Strategy<Value = Vec<(u64, Move)>> {
    let template = prop::sample::select(vec!["support", "pro", "Template:Oppose", "note"]);
    let play = prop_oneof![
        5 => (template, prop::bool::weighted(0.2)).prop_map(|(template, hidden)| Move::Add(template, hidden)),
        3 => any::<usize>().prop_map(Move::Hide),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Move::Shift(a, b)),
        2 => any::<usize>().prop_map(Move::Remove),
        2 => any::<usize>().prop_map(Move::Restore),
        1 => Just(Move::Nothing),
    ];
    prop::collection::vec((1..5_u64, play), 1..25)
}

fn told(moves: &[(u64, Move)]) -> (Vec<(u64, String)>, Vec<Line>) {
    let (mut page, mut past, mut told) = (Vec::<Line>::new(), Vec::<Vec<Line>>::new(), Vec::new());
    for (hour, (who, play)) in moves.iter().enumerate() {
        let pick = |i: &usize| (!page.is_empty()).then(|| i % page.len());
        match play {
            Move::Add(template, hidden) => {
                let (author, hidden) = (*who, *hidden);
                page.push(Line { number: hour, author, hour: hour as i64, template, hidden });
            }
            Move::Hide(i) => pick(i).into_iter().for_each(|i| page[i].hidden = !page[i].hidden),
            Move::Shift(i, to) => {
                if let (Some(from), Some(to)) = (pick(i), pick(to)) {
                    let line = page.remove(from);
                    page.insert(to, line);
                }
            }
            Move::Remove(i) => pick(i).into_iter().for_each(|i| _ = page.remove(i)),
            Move::Restore(to) if !past.is_empty() => page.clone_from(&past[to % past.len()]),
            Move::Restore(_) | Move::Nothing => {}
        }
        past.push(page.clone());
        told.push((*who, page.iter().map(Line::text).collect()));
    }
    (told, page)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn unsigned_votes_are_their_writers_whatever_others_do_to_them(moves in moves()) {
        let (told, page) = told(&moves);
        let mut history = History::default();
        let revision = |(hour, (who, text)): (usize, &(u64, String))| Revision {
            id: hour as u64 + 1,
            parent: hour as u64,
            at: at(hour as i64),
            user: Some(user(*who)),
            text: Some(text.clone()),
        };
        history.feed(told.iter().enumerate().map(revision), &names(), 99);
        let shown = history.live().map(|i| &history.signed[i]).filter(|signed| !signed.content.is_hidden());
        let found: Vec<(Option<u64>, bool)> = shown
            .map(|signed| {
                let support = matches!(&signed.content.statement, Statement::Vote(vote) if vote.choice.id() == "support");
                (signed.author.as_ref().map(|author| author.id), support)
            })
            .collect();
        let votes = page.iter().filter(|line| line.is_vote() && line.template != "note");
        let expect: Vec<(Option<u64>, bool)> =
            votes.map(|line| (Some(line.author), line.template != "Template:Oppose")).collect();
        prop_assert_eq!(found, expect, "{:#?}", told);
    }

    #[test]
    fn lines_of_a_roster_count_as_trusted_accounts_wrote_them(moves in moves()) {
        // Of four accounts the first two are trusted; each added line lists somebody else.
        let trusted = |who: u64| who <= 2;
        let chair = "{{Helpdesk member|user=Chair|role=chair}}\n";
        let names = names();
        let mut history = RosterHistory::default();
        let (mut page, mut gone): (Vec<usize>, Vec<usize>) = Default::default();
        let (mut in_force, mut counted): (BTreeSet<usize>, BTreeSet<usize>) = Default::default();
        let moves = std::iter::once((1, Move::Nothing)).chain(moves);
        for (hour, (who, play)) in moves.enumerate() {
            let before = page.clone();
            let pick = |i: &usize| (!before.is_empty()).then(|| i % before.len());
            match &play {
                Move::Add(..) => page.push(hour),
                Move::Shift(i, to) => {
                    if let (Some(from), Some(to)) = (pick(i), pick(to)) {
                        let line = page.remove(from);
                        page.insert(to, line);
                    }
                }
                Move::Remove(i) => pick(i).into_iter().for_each(|i| gone.push(page.remove(i))),
                Move::Restore(i) if !gone.is_empty() => page.push(gone.remove(i % gone.len())),
                Move::Hide(_) | Move::Restore(_) | Move::Nothing => {}
            }
            if trusted(who) {
                // Whoever puts a line back that counted for nothing makes it count for nothing more.
                in_force.extend(page.iter().filter(|line| **line == hour || counted.contains(line) && !before.contains(line)));
                counted.extend(&in_force);
                before.iter().filter(|line| !page.contains(line)).for_each(|line| _ = in_force.remove(line));
            }
            // A line without words of its own may be anybody's.
            let line = |n: &usize| format!("* {{{{Helpdesk member|user=Person {n}}}}} who knows about maps\n");
            let lines = page.iter().map(line).collect::<String>();
            let (id, text) = (hour as u64 + 1, Some(format!("{chair}{lines}")));
            let revision = Revision { id, parent: id - 1, at: at(hour as i64), user: Some(user(who)), text };
            history.feed(&revision, trusted(who), &names);
        }
        let found: BTreeSet<String> =
            history.lines().0.into_iter().filter(|line| line.ended.is_none()).map(|line| line.name).collect();
        let expect: BTreeSet<String> =
            in_force.iter().map(|n| format!("Person {n}")).chain(["Chair".to_owned()]).collect();
        prop_assert_eq!(found, expect);
    }
}
