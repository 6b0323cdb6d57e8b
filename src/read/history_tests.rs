//! Histories as people make them: each told revision by revision, and random ones against a model that knows the
//! truth because it made the moves.

use std::sync::LazyLock;

use chrono::{TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

use super::*;
use crate::decide::ballots;
use crate::decide::timeline::Timeline;
use crate::desk::decision::Verdict;
use crate::desk::roster::{Role, Roster, Term};
use crate::desk::statement::Statement;
use crate::desk::{Choice, Desk, Facts};
use crate::page::{PageRef, Time, User};

const PEOPLE: [&str; 5] = ["Mona", "Milo", "Stina", "Petra", "Rene"];
const STAFF: usize = 2;
const REQUESTER: usize = 4;

fn user(who: usize) -> User {
    User { id: who as u64 + 1, name: PEOPLE[who].to_owned(), temporary: false }
}

static DESK: LazyLock<Desk> = LazyLock::new(crate::config::shipped);

fn names() -> Names {
    crate::testing::names(&DESK, &[])
}

fn at(revision: u64) -> Time {
    Utc.with_ymd_and_hms(2026, 5, 5, 12, 0, 0).unwrap() + TimeDelta::minutes(i64::try_from(revision).unwrap())
}

fn revision(id: usize, who: usize, text: &str) -> Revision {
    let id = id as u64 + 1;
    Revision { id, parent: id - 1, at: at(id), user: Some(user(who)), text: Some(text.to_owned()) }
}

fn history(revisions: &[(usize, &str)]) -> History {
    let mut history = History::default();
    let told = revisions.iter().enumerate().map(|(i, (who, text))| revision(i, *who, text));
    history.feed(told, &names(), 99);
    history
}

/// Mona and Milo vote, Stina is staff; signatures are held against the people of this story.
fn verdicts(history: &History) -> Vec<(String, Choice, Verdict)> {
    let term = |who: usize, role| Term {
        user: user(who),
        listed: PEOPLE[who].to_owned(),
        role,
        from: None,
        until: None,
        leave: Vec::new(),
        ended: None,
        silent: false,
    };
    let roster = Roster {
        terms: vec![term(0, Role::Member), term(1, Role::Member), term(STAFF, Role::Staff)],
        electorate: None,
    };
    let mut facts = Facts { filer: Some(user(REQUESTER)), owners: vec![user(REQUESTER)], ..blank().with_params(&[]) };
    for signed in &history.signed {
        let Statement::Vote(vote) = signed.content.statement.clone() else { continue };
        let mut vote = signed.clone().map(|_| vote);
        vote.resolve_signature(|name, _| PEOPLE.iter().position(|p| *p == name).map(|i| user(i).id));
        facts.statements.votes.push(vote);
    }
    let line = Timeline::of(&facts, &DESK, &roster, 99);
    let counted = ballots::count(&facts, &DESK, &roster, &line);
    let name = |u: Option<&User>| u.map_or("?".to_owned(), |u| u.name.clone());
    counted.iter().map(|b| (name(b.vote.author.as_ref()), b.vote.content.choice, b.verdict)).collect()
}

fn blank() -> Facts {
    Facts { page: PageRef { id: 1, title: "R".to_owned() }, revision: 1, filed: at(0), ..Facts::default() }
}

fn check(revisions: &[(usize, &str)], expect: &[(&str, Choice, Verdict)]) {
    let expect: Vec<_> = expect.iter().map(|(n, c, v)| ((*n).to_owned(), *c, *v)).collect();
    assert_eq!(verdicts(&history(revisions)), expect, "{revisions:#?}");
}

const MONA: &str = "[[User:Mona]] 12:01, 5 May 2026 (UTC)";
const MILO: &str = "[[User:Milo]] 12:02, 5 May 2026 (UTC)";

#[test]
fn identical_lines_are_told_apart_by_what_stands_around_them() {
    use Choice::Support as S;
    // Two unsigned votes, the same to the letter; Petra removes Milo's, the second.
    check(
        &[
            (0, "a\n* {{support}}\n"),
            (1, "a\n* {{support}}\nb\n* {{support}}\nc\n"),
            (3, "a\n* {{support}}\nb\nc\n"),
            (1, "a\nb\nc\n"),
        ],
        // Mona's still stands on the page until Milo removes it, who may not.
        &[("Mona", S, Verdict::Counted), ("Milo", S, Verdict::Counted)],
    );
    check(
        &[(0, "a\n* {{support}}\n"), (1, "a\n* {{support}}\nb\n* {{support}}\nc\n"), (1, "a\n* {{support}}\nb\nc\n")],
        &[("Mona", S, Verdict::Counted), ("Milo", S, Verdict::Removed)],
    );
}

#[test]
fn a_vote_signed_afterwards_stays_the_same() {
    let signed = format!("* {{{{support}}}} yes {MONA}");
    let expect = [("Mona", Choice::Support, Verdict::Counted)];
    check(&[(0, "* {{support}} yes"), (0, &signed)], &expect);
    check(&[(0, "* {{support}} yes"), (3, &signed)], &expect);
}

#[test]
fn somebody_who_writes_into_a_votes_line_takes_nothing_over() {
    use Choice::Support as S;
    let reply = "[[User:Milo]] 12:05, 5 May 2026 (UTC)";
    let unsigned = "* {{support}} good";
    let expect = [("Mona", S, Verdict::Counted)];
    check(&[(0, unsigned), (1, &format!("{unsigned} :I disagree {reply}"))], &expect);
    check(&[(0, unsigned), (1, &format!("{unsigned} {{{{unsigned|Mona|10:00, 5 May 2026 (UTC)}}}}"))], &expect);
    check(&[(0, unsigned), (1, &format!("{unsigned} 10:00, 5 May 2026 (UTC)"))], &expect);
    let signed = format!("* {{{{support}}}} because of this {MONA}");
    let within = signed.replace("because", &format!("because (no! {reply})"));
    check(&[(0, &signed), (1, &within)], &expect);
    check(&[(0, &signed), (1, &within), (1, &signed)], &expect);
    // A line of one's own in the place of somebody else's is a vote of one's own.
    let own = format!("* {{{{support}}}} {MILO}");
    check(&[(0, &signed), (1, &own)], &[("Mona", S, Verdict::Counted), ("Milo", S, Verdict::Counted)]);
}

#[test]
fn of_two_lines_that_are_the_same_one_takes_away_ones_own() {
    use Choice::Support as S;
    let two = "a\n* {{support}}\n* {{support}}\nb\n";
    let one = "a\n* {{support}}\nb\n";
    let removed = [("Mona", S, Verdict::Removed), ("Milo", S, Verdict::Counted)];
    check(&[(0, one), (1, two), (0, one)], &removed);
    check(&[(0, one), (1, two), (1, one)], &[("Mona", S, Verdict::Counted), ("Milo", S, Verdict::Removed)]);
}

#[test]
fn of_two_lines_that_are_the_same_one_strikes_ones_own() {
    use Choice::Support as S;
    let (one, two) = ("{{Helpdesk request}}\n* {{support}}\n", "{{Helpdesk request}}\n* {{support}}\n* {{support}}\n");
    let upper = "{{Helpdesk request}}\n* <s>{{support}}</s>\n* {{support}}\n";
    let lower = "{{Helpdesk request}}\n* {{support}}\n* <s>{{support}}</s>\n";
    for struck in [upper, lower] {
        let story = |who| [(4, "{{Helpdesk request}}"), (0, one), (1, two), (who, struck)];
        check(&story(0), &[("Mona", S, Verdict::Struck), ("Milo", S, Verdict::Counted)]);
        check(&story(1), &[("Mona", S, Verdict::Counted), ("Milo", S, Verdict::Struck)]);
    }
}

#[test]
fn an_unsigned_vote_that_is_gone_is_not_taken_for_another_members() {
    use Choice::Support as S;
    let base = "{{Helpdesk request}}\n";
    let mona = "{{Helpdesk request}}\n* {{support}}\n: a long reason. Mona\n";
    let milo = "{{Helpdesk request}}\n* {{support}}\n: another reason. Milo\n";
    let gone = [(4, base), (0, mona), (0, base)];
    let and = |more: (usize, &'static str)| [gone.as_slice(), &[more]].concat();
    check(&and((1, milo)), &[("Mona", S, Verdict::Removed), ("Milo", S, Verdict::Counted)]);
    check(&and((0, milo)), &[("Mona", S, Verdict::Counted)]);
    // By a stranger, letter by letter: she had taken it back, and what has nothing of its own is whose who writes it.
    check(&and((3, mona)), &[("Mona", S, Verdict::Removed), ("Petra", S, Verdict::NotOnRoster)]);
}

#[test]
fn only_its_author_staff_and_the_chair_take_a_vote_back() {
    use Choice::{Oppose as O, Support as S};
    let vote = format!("* {{{{support}}}} {MONA}");
    let struck = format!("* <s>{{{{support}}}}</s> {MONA}");
    let turned = format!("* {{{{oppose}}}} {MONA}");
    check(&[(0, &vote), (3, &struck)], &[("Mona", S, Verdict::Counted)]);
    check(&[(0, &vote), (0, &struck), (3, &vote)], &[("Mona", S, Verdict::Struck)]);
    check(&[(0, &vote), (3, "x"), (0, "x")], &[("Mona", S, Verdict::Counted)]);
    check(&[(0, &vote), (STAFF, "x"), (3, &vote)], &[("Mona", S, Verdict::Removed)]);
    check(&[(0, &vote), (0, "x"), (0, &vote)], &[("Mona", S, Verdict::Counted)]);
    check(&[(0, &vote), (3, &turned)], &[("Mona", S, Verdict::Counted), ("Petra", O, Verdict::Signature)]);
    check(&[(0, &vote), (0, &turned)], &[("Mona", S, Verdict::Removed), ("Mona", O, Verdict::Counted)]);
    // In the argument of another template it is no vote any more.
    let wrapped = format!("* {{{{strike|{{{{support}}}} {MONA}}}}}");
    check(&[(0, &vote), (3, &wrapped)], &[("Mona", S, Verdict::Counted)]);
    check(&[(0, &vote), (0, &wrapped)], &[("Mona", S, Verdict::NotShown)]);
}

#[test]
fn who_reveals_a_vote_does_not_cast_it() {
    use Choice::Support as S;
    let hidden = "{{Helpdesk request}}\n<!-- below\n* {{support}} ~~~~\n";
    let shown = "{{Helpdesk request}}\n\n* {{support}} ~~~~\n";
    // Whoever else left the comment open, it is Mona's, and stands.
    let open = (4, "{{Helpdesk request}}\n<!-- below\n");
    check(&[open, (0, hidden)], &[("Mona", S, Verdict::Counted)]);
    check(&[open, (0, hidden), (1, shown)], &[("Mona", S, Verdict::Counted)]);
    // Her own comment hides what she writes in it, until she takes it away herself.
    let form = (4, "{{Helpdesk request}}\n");
    check(&[form, (0, hidden)], &[]);
    check(&[form, (0, hidden), (1, shown)], &[("Mona", S, Verdict::NotShown)]);
    check(&[form, (0, hidden), (0, shown)], &[("Mona", S, Verdict::Counted)]);
    let code = "* <nowiki>{{support}}</nowiki> is how\n";
    check(&[form, (0, code), (1, "* {{support}} is how\n")], &[("Mona", S, Verdict::NotShown)]);
}

#[test]
fn what_somebody_else_opened_above_silences_nobody() {
    use Choice::Support as S;
    for (open, close) in
        [("<s>", ""), ("<blockquote>", ""), ("<code>", "</code>"), ("{{note|1=", "}}"), ("<!--", "-->")]
    {
        let before = format!("{{{{Helpdesk request}}}}\n{open}\n{close}\n");
        let after = format!("{{{{Helpdesk request}}}}\n{open}\n* {{{{support}}}} {MONA}\n{close}\n");
        check(&[(4, "{{Helpdesk request}}"), (1, &before), (0, &after)], &[("Mona", S, Verdict::Counted)]);
    }
    // One's own does, and nobody else.
    let mona = format!("{{{{Helpdesk request}}}}\n: well <s>no\n* {{{{support}}}} {MONA}\n");
    let both = format!("{mona}* {{{{support}}}} {MILO}\n");
    check(
        &[(4, "{{Helpdesk request}}"), (0, &mona), (1, &both)],
        &[("Mona", S, Verdict::Struck), ("Milo", S, Verdict::Counted)],
    );
}

#[test]
fn the_same_line_by_another_is_anothers_vote() {
    use Choice::Support as S;
    let (base, vote) = ("{{Helpdesk request}}\n", "{{Helpdesk request}}\n* {{support}}\n");
    let own = [("Mona", S, Verdict::Removed), ("Milo", S, Verdict::Counted)];
    check(&[(4, base), (0, vote), (0, base), (1, vote)], &own);
    // Put back after somebody else took it away, it is hers.
    check(&[(4, base), (0, vote), (3, base), (1, vote)], &[("Mona", S, Verdict::Counted)]);
    check(&[(4, base), (0, vote), (3, ""), (1, vote)], &[("Mona", S, Verdict::Counted)]);
    // A quotation never counts in place of another's vote.
    let quoted = "{{Helpdesk request}}\n<blockquote>{{support}}</blockquote> says Mona\n* {{support}}\n";
    let gone = "{{Helpdesk request}}\n<blockquote>{{support}}</blockquote> says Mona\n";
    check(
        &[(4, base), (0, vote), (1, quoted), (0, gone), (3, &format!("{gone}x\n"))],
        &[("Mona", S, Verdict::Removed), ("Milo", S, Verdict::NotShown)],
    );
}

#[test]
fn a_copy_is_not_the_copiers_vote() {
    use Choice::Support as S;
    let vote = format!("* {{{{support}}}} for this reason {MONA}\n");
    let quoted = format!("{vote}* {{{{support}}}} for this reason {MONA} – me too {MILO}\n");
    check(&[(0, &vote), (1, &quoted)], &[("Mona", S, Verdict::Counted), ("Milo", S, Verdict::Signature)]);
    let said = format!("{vote}* {{{{support}}}} as {MONA} said. {MILO}\n");
    check(&[(0, &vote), (1, &said)], &[("Mona", S, Verdict::Counted), ("Milo", S, Verdict::Counted)]);
}

#[test]
fn a_vote_begins_its_line() {
    use Choice::{Oppose as O, Support as S};
    let no = format!("* {{{{oppose}}}} I cannot {{{{support}}}} it {MONA}\n");
    check(&[(0, &no)], &[("Mona", O, Verdict::Counted), ("Mona", S, Verdict::Inline)]);
    // Whoever else writes words before it changes nothing.
    let (vote, words) = (format!("* {{{{support}}}} {MONA}\n"), format!("* not {{{{support}}}} {MONA}\n"));
    check(&[(0, &vote), (3, &words)], &[("Mona", S, Verdict::Counted)]);
    check(&[(0, &vote), (0, &words)], &[("Mona", S, Verdict::Inline)]);
}

#[test]
fn what_was_added_or_removed_behind_a_hidden_text_is_nobodys() {
    let vote = format!("* {{{{support}}}} {MONA}\n");
    let both = format!("{vote}* {{{{oppose}}}} {MILO}\n");
    let mut history = History::default();
    let hidden = |id, who| Revision { text: None, ..revision(id, who, "") };
    history.feed([revision(0, 0, &vote), hidden(1, 3), revision(2, 1, &both)], &names(), 99);
    assert_eq!(
        verdicts(&history),
        [("Mona".to_owned(), Choice::Support, Verdict::Counted), ("?".to_owned(), Choice::Oppose, Verdict::Hidden)]
    );
    // Whoever is hidden themselves.
    let mut history = History::default();
    history.feed([Revision { user: None, ..revision(0, 0, &vote) }], &names(), 99);
    assert_eq!(verdicts(&history), [("?".to_owned(), Choice::Support, Verdict::Hidden)]);
}

#[test]
fn who_changed_the_template_in_a_hidden_text_nobody_knows_but_who_began_the_page() {
    let request = |kind: &str, status: &str| format!("{{{{Helpdesk request|title=x|type={kind}|status={status}}}}}\n");
    let hidden = |id, who| Revision { text: None, ..revision(id, who, "") };
    let mut history = History::default();
    history.feed([hidden(0, 4), revision(1, 3, &request("data", ""))], &names(), 99);
    assert_eq!(history.filed.as_ref().and_then(|filed| filed.user.clone()), Some(user(REQUESTER)));
    history.feed([hidden(2, 3), revision(3, 1, &request("upload", "approved"))], &names(), 99);
    assert_eq!(history.versions.iter().map(|v| v.by.clone()).collect::<Vec<_>>(), [None, None]);
    assert_eq!(history.status_edits[0].by, None);
    let mut history = History::default();
    history.feed([revision(0, 3, "words"), hidden(1, 4), revision(2, 3, &request("data", ""))], &names(), 99);
    assert_eq!(history.filed.and_then(|filed| filed.user), None);
}

#[test]
fn what_the_author_does_to_what_others_have_struck_is_heard() {
    use Choice::Support as S;
    let (vote, a, p, s) = (format!("{{{{support}}}} {MONA}"), 0, 3, STAFF);
    let line = |text: &str| format!("* {}\n", text.replace("V", &vote));
    let is = |told: &[(usize, &str)], verdict: Verdict| {
        let told: Vec<(usize, String)> = told.iter().map(|(who, text)| (*who, line(text))).collect();
        let told: Vec<(usize, &str)> = told.iter().map(|(who, text)| (*who, text.as_str())).collect();
        check(&told, &[("Mona", S, verdict)]);
    };
    let struck = [(a, "V"), (p, "<s>V</s>")];
    is(&struck, Verdict::Counted);
    is(&[&struck[..], &[(a, "<s><s>V</s></s>")]].concat(), Verdict::Struck);
    is(&[&struck[..], &[(s, "<del><s>V</s></del>")]].concat(), Verdict::Struck);
    is(&[&struck[..], &[(1, "<del><s>V</s></del>")]].concat(), Verdict::Counted);
    is(&[&struck[..], &[(a, "<del><s>V</s></del>"), (a, "<s>V</s>")]].concat(), Verdict::Counted);
    is(&[&struck[..], &[(a, "<del><s>V</s></del>"), (p, "<del>V</del>")]].concat(), Verdict::Struck);
    is(&[(a, "V"), (p, "<!-- V -->"), (a, "<!-- <s>V</s> -->")], Verdict::Struck);
    is(&[(p, "<s>"), (a, "<s>V"), (a, "<s><s>V</s>")], Verdict::Struck);
}

#[test]
fn what_others_leave_open_hides_nobody() {
    let vote = format!("* {{{{support}}}} {MONA}\n");
    for open in ["<includeonly>", "<!--", "<nowiki>", "<s>", "<blockquote>", "{{note|1="] {
        let (before, after) = (format!("{open}\n"), format!("{open}\n{vote}"));
        check(&[(3, &before), (0, &after)], &[("Mona", Choice::Support, Verdict::Counted)]);
    }
}

#[test]
fn a_huge_page_is_followed_in_time() {
    // Thousands of votes on one line, a page of different lines in each revision, and all of it moved.
    let line: String = (0..5000).map(|i| format!("{{{{support}}}} {i} ")).collect();
    let many = |from: usize| (from..from + 20_000).map(|i| format!("line {i}\n")).collect::<String>();
    let began = std::time::Instant::now();
    let told = [line.clone(), format!("{}{line}", many(0)), format!("{line}\n{}", many(30_000)), String::new()];
    let told: Vec<(usize, &str)> = told.iter().map(|t| (0, t.as_str())).collect();
    assert_eq!(history(&told).signed.len(), 5000);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

/// A line of the model's page.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    vote: usize,
    choice: Choice,
    signed: usize,
    minute: usize,
    reason: usize,
    /// Who struck it.
    struck: Option<usize>,
}

impl Line {
    fn text(&self) -> String {
        let (open, close) = if self.struck.is_some() { ("<s>", "</s>") } else { ("", "") };
        let template = match self.choice {
            Choice::Support => "support",
            Choice::Oppose => "Template:Oppose",
            Choice::Abstain => "abstain|as before",
            Choice::Info => "More_info",
        };
        let Line { signed, minute, reason, .. } = self;
        let (minute, signed) = (minute % 60, PEOPLE[*signed]);
        format!(
            "* {open}{{{{{template}}}}} reason {reason} [[User:{signed}|x]] 13:{minute:02}, 5 May 2026 (UTC){close}\n"
        )
    }

    fn key(&self) -> (Choice, usize, usize) {
        (self.choice, self.signed, self.minute)
    }
}

/// What the model knows of a vote: who added it, and how it stands by what those did who may.
#[derive(Debug, Clone)]
struct Truth {
    author: usize,
    choice: Choice,
    signed: usize,
    stands: Verdict,
}

#[derive(Debug, Default)]
struct Model {
    page: Vec<Line>,
    past: Vec<Vec<Line>>,
    votes: Vec<Truth>,
    gone: Vec<Line>,
    told: Vec<(usize, String)>,
}

#[derive(Debug, Clone)]
enum Move {
    Add(Choice),
    Forge(Choice, usize),
    Strike(usize),
    Shift(usize, usize),
    Reword(usize),
    Turn(usize, Choice),
    Resign(usize, usize),
    Remove(usize),
    Blank,
    Restore(usize),
}

impl Model {
    /// Makes a move and saves the page.
    fn play(&mut self, who: usize, play: &Move) {
        let before = self.page.clone();
        let turn = self.told.len();
        let pick = |i: &usize| (!before.is_empty()).then(|| i % before.len());
        let fresh =
            |choice, signed| Line { vote: usize::MAX, choice, signed, minute: turn, reason: turn, struck: None };
        match play {
            Move::Add(choice) => self.page.push(fresh(*choice, who)),
            Move::Forge(choice, signed) => self.page.push(fresh(*choice, *signed)),
            Move::Blank => self.page.clear(),
            Move::Restore(to) => {
                if let Some(past) = self.past.len().checked_sub(1).map(|n| &self.past[to % (n + 1)]) {
                    self.page.clone_from(past);
                }
            }
            Move::Strike(i) => pick(i).into_iter().for_each(|i| {
                let line = &mut self.page[i];
                line.struck = line.struck.xor(Some(who));
                // A line that reads as it did before is that line again, with what was around it.
                let text = line.text();
                let as_before = self.past.iter().rev().flatten().find(|before| before.text() == text);
                line.struck = as_before.map_or(line.struck, |before| before.struck);
            }),
            Move::Reword(i) => pick(i).into_iter().for_each(|i| self.page[i].reason += 1000),
            Move::Remove(i) => {
                pick(i).map(|i| self.page.remove(i));
            }
            Move::Shift(i, to) => {
                if let (Some(from), Some(to)) = (pick(i), pick(to)) {
                    let line = self.page.remove(from);
                    self.page.insert(to, line);
                }
            }
            Move::Turn(i, choice) => pick(i).into_iter().for_each(|i| self.page[i].choice = *choice),
            Move::Resign(i, signed) => pick(i).into_iter().for_each(|i| self.page[i].signed = *signed),
        }
        self.save(who, &before);
    }

    fn save(&mut self, who: usize, before: &[Line]) {
        let may = |votes: &[Truth], vote: usize| votes[vote].author == who || who == STAFF;
        let mut page = std::mem::take(&mut self.page);
        // A line is another vote once its template or its signature is another.
        for line in &mut page {
            let same = before.iter().any(|b| b.vote == line.vote && b.key() == line.key());
            if same {
                continue;
            }
            let back = self.gone.iter().rposition(|g| g.key() == line.key());
            line.vote = match back {
                Some(at) => self.gone.remove(at).vote,
                None => {
                    // What somebody else had struck before strikes nobody.
                    let stands = if line.struck == Some(who) { Verdict::Struck } else { Verdict::Counted };
                    self.votes.push(Truth { author: who, choice: line.choice, signed: line.signed, stands });
                    self.votes.len() - 1
                }
            };
            if back.is_some() && may(&self.votes, line.vote) {
                self.votes[line.vote].stands = if line.struck.is_some() { Verdict::Struck } else { Verdict::Counted };
            }
        }
        for line in &page {
            let was = before.iter().find(|b| b.vote == line.vote && b.key() == line.key());
            if was.is_some_and(|b| b.struck.is_some() != line.struck.is_some()) && may(&self.votes, line.vote) {
                self.votes[line.vote].stands = if line.struck.is_some() { Verdict::Struck } else { Verdict::Counted };
            }
        }
        for line in before {
            if !page.iter().any(|l| l.vote == line.vote) {
                if may(&self.votes, line.vote) {
                    self.votes[line.vote].stands = Verdict::Removed;
                }
                self.gone.push(line.clone());
            }
        }
        self.told.push((who, page.iter().map(Line::text).collect()));
        self.past.push(page.clone());
        self.page = page;
    }

    /// Who is in which way counted, worked out without the code under test.
    fn truth(&self) -> Vec<(String, Choice, Verdict)> {
        let mut all: Vec<(String, Choice, Verdict)> = Vec::new();
        for vote in &self.votes {
            let verdict = match vote.author {
                _ if vote.author != vote.signed => Verdict::Signature,
                0 | 1 => vote.stands,
                _ => Verdict::NotOnRoster,
            };
            if verdict == Verdict::Counted {
                let earlier = all.iter_mut().filter(|(n, _, v)| n == PEOPLE[vote.author] && *v == Verdict::Counted);
                earlier.for_each(|(_, _, v)| *v = Verdict::Superseded);
            }
            all.push((PEOPLE[vote.author].to_owned(), vote.choice, verdict));
        }
        all
    }
}

fn moves() -> impl Strategy<Value = Vec<(usize, Move)>> {
    let choice = prop::sample::select(Choice::ALL.to_vec());
    let play = prop_oneof![
        4 => choice.clone().prop_map(Move::Add),
        1 => (choice.clone(), 0..5_usize).prop_map(|(c, s)| Move::Forge(c, s)),
        3 => any::<usize>().prop_map(Move::Strike),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Move::Shift(a, b)),
        1 => any::<usize>().prop_map(Move::Reword),
        1 => (any::<usize>(), choice).prop_map(|(a, c)| Move::Turn(a, c)),
        1 => (any::<usize>(), 0..5_usize).prop_map(|(a, s)| Move::Resign(a, s)),
        2 => any::<usize>().prop_map(Move::Remove),
        1 => Just(Move::Blank),
        2 => any::<usize>().prop_map(Move::Restore),
    ];
    prop::collection::vec((0..5_usize, play), 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn random_histories_come_out_as_they_were_made(moves in moves()) {
        let mut model = Model::default();
        for (who, play) in &moves {
            model.play(*who, play);
        }
        let told: Vec<(usize, &str)> = model.told.iter().map(|(who, text)| (*who, text.as_str())).collect();
        prop_assert_eq!(verdicts(&history(&told)), model.truth(), "{:#?}", told);
    }
}
