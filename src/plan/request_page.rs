//! A request's page: its status and its ledger, and the row that it gets in the tables. Pure.

use super::announcement::announcement;
use super::basis::Basis;
use super::change::{Base, Change, Owns, same_calls};
use super::peoples_words::{harmless, with_block};
use super::reading::PageBasis;
use super::snapshot::Snapshot;
use crate::decide::fields;
use crate::desk::decision::{Basis as DecisionBasis, Decision, Overruled, Tally};
use crate::desk::problem::{Problem, ProblemKind};
use crate::desk::signed::{Standing, Touch};
use crate::desk::waiting::{Waiting, WaitingFor};
use crate::desk::{Desk, Facts, Rule};
use crate::page::{Page, Time, parse_timestamp, timestamp};
use crate::read::request_template::{is_doubled, request_call};
use crate::records::language::Language;
use crate::records::ledger::{self, Memo, ledger_calls, ledger_start};
use crate::records::news::News;
use crate::records::tables::{RestsOn, Row};
use crate::records::texts::is_blank;
use crate::records::{milestones, people, summary, work};
use crate::wikitext;
use crate::wikitext::block::{self, Block};
use crate::wikitext::inert::{MAX_CHARS, as_read, one_line, unescape};
use crate::wikitext::names::Names;

/// A request that needs no reading: its row, and when time alone may change it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its row.
    pub row: Row,
    /// When time alone may change something.
    pub due: Option<Time>,
    /// What else it rests on.
    pub rests_on: PageBasis,
    /// What there is to tell.
    pub news: News,
}

/// What the ledger on a page says, if it still holds: the bot (by its id) saved the page last, on the very revision that it
/// had read, and neither time nor anything else the decision rests on has moved since.
pub fn recorded(page: &Page, desk: &Desk, names: &Names, basis: &Basis, bot: u64, now: Time) -> Option<Recorded> {
    let by_bot = page.revision.user.as_ref().is_some_and(|u| u.id == bot);
    let start = ledger_start(page.text())?;
    let memo = ledger::memo(&start)?;
    // A page that the bot created holds a proposal as somebody wrote it, ledger and all.
    let fresh = by_bot && memo.read != 0 && memo.read == page.revision.parent && memo.due.is_none_or(|due| now < due);
    if !fresh {
        return None;
    }
    let calls = ledger_calls(page.text());
    let people = ledger::people(&calls);
    let rests_on = PageBasis { digest: basis.of_page(page.id, &people), people };
    if rests_on.digest != memo.digest {
        return None;
    }
    let call = request_call(page.text(), names).filter(|_| !is_doubled(page.text(), names))?;
    // What templates in a value come to, only MediaWiki knows.
    if call.params.iter().any(|p| desk.reads(&p.name) && p.value.contains("{{")) {
        return None;
    }
    let text = |name: &str| unescape(start.value(name));
    let number = |name: &str| start.value(name).parse().unwrap_or(0);
    let status = desk.status(&text("status"))?.id.clone();
    if call.value("status") != status {
        return None;
    }
    let counted = calls.iter().find_map(ledger::counted_type);
    let row = Row {
        page: page.reference(),
        title: title(call.value("title"), &page.title),
        owners: ledger::owners_of(&start).0,
        filed_by: text("filed by"),
        country: listed(call.value("country")),
        partner: listed(call.value("partner")),
        languages: listed(call.value("languages")),
        private: is_private(call.value("private")),
        kind: fields::kind(counted.as_deref().unwrap_or(call.value("type")), desk),
        status,
        since: parse_timestamp(&text("since"))?,
        decided_by: text("user"),
        tally: Tally {
            support: number("support"),
            oppose: number("oppose"),
            abstain: number("abstain"),
            info: number("info"),
        },
        scores: people::scores_of(&calls),
        assessed: Some(text("assessed")).filter(|is| !is.is_empty()).map(|is| is == "yes"),
        waiting: Waiting {
            code: WaitingFor::parse(&text("waiting"))?,
            have: text("have"),
            need: text("need"),
            until: parse_timestamp(&text("until")),
        },
        question: text("question"),
        asked_by: text("asked by"),
        owed: parse_timestamp(&text("owed")),
        milestones: milestones::of(text)?,
        voted: Some(people::voters_of(&calls)),
        recused: people::recused_of(&calls),
        helpers: work::helpers_of(&calls),
        progress: work::progress_of(&calls),
        worked: parse_timestamp(&text("worked")),
        closes: parse_timestamp(&text("closes")),
        outcome: work::outcome_of(&calls),
        outcome_at: work::outcome_at(&calls),
        ..Row::default()
    };
    let news = News::of(&calls, call.value(LANGUAGE))?;
    Some(Recorded { row, due: memo.due, rests_on, news })
}

/// The row of a request that was decided.
pub fn row_of(facts: &Facts, decision: &Decision) -> Row {
    Row {
        page: facts.page.clone(),
        title: title(facts.param("title"), &facts.page.title),
        owners: decision.owners.iter().map(|u| u.name.clone()).collect(),
        filed_by: decision.filed_for_others.as_ref().map(|u| u.name.clone()).unwrap_or_default(),
        country: listed(facts.param("country")),
        partner: listed(facts.param("partner")),
        languages: listed(facts.param("languages")),
        private: is_private(facts.param("private")),
        kind: decision.kind.clone(),
        status: decision.status.clone(),
        since: decision.since,
        decided_by: match &decision.basis {
            DecisionBasis::Person { user, .. } => user.name.clone(),
            _ => String::new(),
        },
        tally: decision.tally,
        scores: decision.scores.clone(),
        assessed: decision.assessed,
        waiting: decision.waiting.clone(),
        question: ledger::question(decision).map(ledger::question_of).unwrap_or_default(),
        asked_by: ledger::question(decision).map(|b| people::name_of(b.member.as_ref())).unwrap_or_default(),
        owed: decision.owed,
        milestones: decision.milestones.clone(),
        voted: Some(people::voters(decision)),
        recused: decision.recused.iter().map(|u| u.name.clone()).collect(),
        helpers: decision.helpers.iter().map(|helper| helper.user.name.clone()).collect(),
        progress: decision.progress.clone(),
        worked: decision.worked,
        closes: decision.closes,
        outcome: work::outcome_decided(decision),
        outcome_at: decision.outcomes.last().map(|outcome| outcome.at),
        ..Row::default()
    }
}

/// The row with what it rests on, where it may stand for its page: closed requests that only people can change.
pub fn vouching(mut row: Row, revision: u64, due: Option<Time>, desk: &Desk, basis: &Basis) -> Row {
    let closed = desk.status(&row.status).is_some_and(|s| s.closed);
    row.rests_on =
        (closed && due.is_none()).then(|| RestsOn { revision, basis: basis.of_closed(row.page.id, row.since) });
    row
}

/// What a field lists, as a row holds it: in one line, and no more of it than a row takes.
fn listed(value: &str) -> String {
    if is_blank(value) {
        return String::new();
    }
    let lines: Vec<&str> = value.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let line = one_line(&lines.join("; "), usize::MAX);
    match line.char_indices().nth(MAX_CHARS) {
        None => line,
        Some((end, _)) => match line[..end].rfind([',', ';', '/', '،', '、']) {
            Some(last) => line[..last].to_owned(),
            None => one_line(&line, MAX_CHARS),
        },
    }
}

/// Whether a value of `private` keeps a request from being put on show: all but a plain no does.
fn is_private(value: &str) -> bool {
    !is_blank(value) && !["no", "false", "0"].contains(&value.trim().to_lowercase().as_str())
}

fn title(written: &str, page: &str) -> String {
    let name = if is_blank(written) { page.rsplit('/').next().unwrap_or(page) } else { written };
    one_line(&unescape(name), MAX_CHARS)
}

/// The edit that makes the page say what was decided; none where the page has no request template of its own.
///
/// # Errors
/// Where the ledger's markers are broken.
pub fn request_change(
    page: &Page,
    facts: &Facts,
    decision: &Decision,
    desk: &Desk,
    snapshot: &Snapshot,
    basis: &Basis,
    now: Time,
) -> Result<Option<Change>, Problem> {
    let (text, names) = (page.text(), &snapshot.names);
    let placed = block::find(text, ledger::BLOCK);
    if placed == Block::Broken {
        return Err(Problem::new(ProblemKind::Markers, &page.title, ledger::BLOCK));
    }
    let leave = is_left(decision);
    let Some(call) = request_call(text, names) else { return Ok(None) };
    let with_status = if leave {
        text.to_owned()
    } else {
        let values = [("status", decision.status.as_str()), ("status since", &timestamp(decision.since))];
        wikitext::set_params(text, &call, &values)
    };
    let words = snapshot.peoples_words(&page.title, text, ledger::BLOCK);
    let ledger = ledger_text(facts, decision, desk, basis);
    let (after, moved) = with_ledger(&with_status, &ledger, &words, names);
    // A ledger that says the same as before is no reason for an edit, unless it is that of the desk the request came from.
    let came = ledger::keeper(text).is_some_and(|keeper| !keeper.is_empty() && keeper != desk.pages.intake);
    let same_ledger = ledger::without_memo(&after) == ledger::without_memo(&with_status)
        && matches!(placed, Block::Found(_))
        && !came;
    let (after, moved) =
        if same_ledger && with_status == text { (text.to_owned(), String::new()) } else { (after, moved) };
    let appended =
        if with_status == text || leave { String::new() } else { announcement(facts, decision, desk, snapshot, now) };
    let language = snapshot.language();
    let summary = request_summary(language, call.value("status"), decision, desk);
    Ok(Some(Change {
        page: page.title.clone(),
        base: Base::Revision(page.revision.id),
        before: text.to_owned(),
        after: after + &appended,
        summary: if moved.is_empty() { summary } else { summary::and_moved(language, &summary) },
        owns: Owns::Request,
        moved,
        appended,
        // A blank status is nobody's claim: whoever undoes the bot's edit, and no person's decision with it, is heard.
        despite_undo: !leave && decision.overruled.as_ref().is_some_and(|o| !o.to.is_empty() || took_away(facts)),
    }))
}

/// The field that says in which language an owner wants to be written to.
const LANGUAGE: &str = "language";

/// What there is to tell of a request that was decided.
pub fn news_of(facts: &Facts, decision: &Decision, desk: &Desk, basis: &Basis) -> Option<News> {
    News::of(&wikitext::calls(&ledger_text(facts, decision, desk, basis)), facts.param(LANGUAGE))
}

/// The same of the page of one that was decided before.
pub fn news_on(page: &Page, names: &Names) -> Option<News> {
    let language = request_call(page.text(), names).map(|call| call.value(LANGUAGE).to_owned()).unwrap_or_default();
    News::of(&ledger_calls(page.text()), &language)
}

/// What a person should look at on a request page, as far as its text alone tells.
pub fn problems_of_text(page: &Page, names: &Names) -> Vec<Problem> {
    let doubled = is_doubled(page.text(), names);
    doubled.then(|| Problem::new(ProblemKind::TemplateDoubled, &page.title, String::new())).into_iter().collect()
}

/// A status that is left as somebody set it who may not, since it was put back once already.
pub fn left_status(page: &Page, decision: &Decision) -> Option<Problem> {
    let overruled = decision.overruled.as_ref().filter(|_| is_left(decision))?;
    let who = overruled.by.as_ref().map(|u| u.name.as_str()).unwrap_or_default();
    let problem = Problem::new(ProblemKind::StatusEdit, &page.title, format!("{who}: {}", overruled.to));
    Some(Problem { revision: Some(overruled.revision), ..problem })
}

fn is_left(decision: &Decision) -> bool {
    matches!(&decision.overruled, Some(Overruled { repeated: true, .. }))
}

/// Whether the newest revision took a person's decision off the page.
fn took_away(facts: &Facts) -> bool {
    let gone = |t: &Touch| t.to == Standing::Gone && t.revision == facts.revision;
    facts.statements.rulings.iter().any(|r| r.touches.last().is_some_and(gone))
}

fn ledger_text(facts: &Facts, decision: &Decision, desk: &Desk, basis: &Basis) -> String {
    let digest = basis.of_page(facts.page.id, &ledger::people_of(facts, decision));
    let memo = Memo { read: facts.revision, digest, due: decision.due, desk: desk.pages.intake.clone() };
    ledger::render(facts, decision, &memo)
}

/// The text with the ledger in its block: where it stands already, else right behind the request template, or the plain
/// words that follow it on its line; above the template where what it left open would end in the ledger. `words` are what
/// people wrote into the block: they come behind it, and are given back as they stand there.
fn with_ledger(text: &str, content: &str, words: &str, names: &Names) -> (String, String) {
    let wrapped = block::wrap(ledger::BLOCK, content);
    match (block::find(text, ledger::BLOCK), request_call(text, names)) {
        (Block::Found(range), _) => {
            let end = range.start + wrapped.len();
            let (after, moved) = with_block(text, range.clone(), &wrapped, words);
            if moved.is_empty() || same_calls(text, &after, &(end..end + moved.len()), names) {
                return (after, moved);
            }
            with_block(text, range, &wrapped, &harmless(words))
        }
        (Block::Absent, Some(call)) => {
            let rest = text[call.span.end..].lines().next().unwrap_or_default();
            // What begins with a space behind the marker would become a box of code.
            let plain = rest.starts_with([' ', '\t']) && !rest.contains(['<', '{', '[']);
            let at = call.span.end + if plain { rest.len() } else { 0 };
            let behind = wikitext::splice(text, vec![(at..at, format!("\n{wrapped}"))]);
            if same_calls(text, &behind, &(0..0), names) {
                return (behind, String::new());
            }
            // So that `block::without` gives back the same bytes.
            let above = match &text[..call.span.start] {
                "" => wrapped,
                lines if lines.ends_with('\n') => format!("{wrapped}\n"),
                _ => format!("\n{wrapped}"),
            };
            (wikitext::splice(text, vec![(call.span.start..call.span.start, above)]), String::new())
        }
        _ => (text.to_owned(), String::new()),
    }
}

/// The edit that moves the bot's ledger above the request template, where it closes what a field left open (`<pre 1900` ends
/// at the first `>` behind it) and with that hides the template from MediaWiki: older versions saved some pages so.
pub fn unhidden(page: &Page, names: &Names) -> Option<Change> {
    let text = page.text();
    let Block::Found(own) = block::find(text, ledger::BLOCK) else { return None };
    let alone = block::without(text, ledger::BLOCK);
    if request_call(text, names).is_some() || request_call(&alone, names).is_none() {
        return None;
    }
    let content = text[own].strip_prefix(&block::begin(ledger::BLOCK))?.strip_suffix(&block::end(ledger::BLOCK))?;
    let (after, moved) = with_ledger(&alone, content.trim(), "", names);
    request_call(&after, names)?;
    Some(Change {
        page: page.title.clone(),
        base: Base::Revision(page.revision.id),
        before: text.to_owned(),
        after,
        summary: summary::ledger_moved(Language::of(names.titles().language())),
        owns: Owns::Ledger,
        moved,
        appended: String::new(),
        despite_undo: false,
    })
}

fn request_summary(language: Language, written: &str, decision: &Decision, desk: &Desk) -> String {
    let label = |id: &str| desk.status(id).map_or_else(|| id.to_owned(), |s| language.label(s).to_owned());
    let to = label(&decision.status);
    let reason = match &decision.basis {
        DecisionBasis::Filed => summary::reason_new(language),
        DecisionBasis::Rule { name, .. } => {
            let about = match desk.pages.rules.as_str() {
                "" => format!("{}/Guide/Voting", desk.root),
                page => format!("{page}#{}", Rule::anchor(name)),
            };
            summary::reason_rule(language, name, &about)
        }
        DecisionBasis::Person { user, revision, .. } => {
            summary::reason_decision(language, &user.name, &revision.to_string())
        }
        DecisionBasis::Meeting { meeting, revision, reason } => {
            let by = summary::reason_meeting(language, &meeting.date.to_string(), &revision.to_string());
            let said = as_read(reason);
            if said.is_empty() { by } else { format!("{by}: {said}") }
        }
    };
    if let Some(overruled) = decision.overruled.as_ref().filter(|o| !o.repeated) {
        // A rule may move it on in the same edit.
        let from = decision.moves.first().map_or_else(|| to.clone(), |step| label(&step.from));
        let put_back = if overruled.unknown {
            summary::put_back_unknown(language, &from, &overruled.to)
        } else {
            let pages = &desk.pages;
            let who = if pages.committee.is_empty() { &desk.root } else { &pages.committee };
            summary::put_back(language, &from, who)
        };
        if decision.moves.is_empty() {
            return put_back;
        }
        return summary::both(&put_back, &summary::status_moved(language, &from, &to, &reason));
    }
    // One that is left as somebody wrote it is not moved.
    if decision.overruled.is_some() || desk.status(written).is_some_and(|s| s.id == decision.status) {
        return summary::ledger(language);
    }
    if written.is_empty() {
        summary::status_first(language, &to, &reason)
    } else {
        summary::status_moved(language, &label(written), &to, &reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_field_lists_is_one_line_that_a_row_holds_whole() {
        for (written, held) in [
            ("", ""),
            ("?", ""),
            (" Ghana\n\n Togo \u{200b}", "Ghana; Togo"),
            ("Museum A\nMuseum  B", "Museum A; Museum B"),
        ] {
            assert_eq!(listed(written), held, "{written:?}");
        }
        let many = "Ghana, ".repeat(60);
        let held = listed(&many);
        assert!(held.ends_with("Ghana") && held.chars().count() <= MAX_CHARS, "{held}");
        let cut = listed(&"x".repeat(900));
        assert_eq!((one_line(&cut, MAX_CHARS), cut.len() < 300), (cut.clone(), true));
        // A row gives back what it was given.
        let page = crate::page::PageRef { id: 1, title: "Desk/Requests/A".to_owned() };
        let row = Row { page, country: held.clone(), status: "review".to_owned(), ..Row::default() };
        let text = crate::wikitext::block::wrap("status", &row.render(false));
        let read: Vec<String> =
            crate::records::tables::rows(&text, "status").into_iter().map(|row| row.country).collect();
        assert_eq!(read, [held]);
    }
}
