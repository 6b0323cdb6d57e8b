//! The work on a request in its ledger: who helps, how far the steps are, what came of it.

use super::numbered;
use super::people::name_of;
use crate::desk::Facts;
use crate::desk::claim::Helper;
use crate::desk::decision::Decision;
use crate::desk::outcome::Outcome;
use crate::desk::signed::Signed;
use crate::desk::step::Progress;
use crate::page::{Time, User, parse_timestamp, timestamp};
use crate::wikitext::Call;
use crate::wikitext::inert::{as_read, call, unescape};

/// The template of somebody who helps.
pub const HELPER: &str = "Helpdesk ledger helper";
/// The template of how far the steps are.
pub const STEPS: &str = "Helpdesk ledger steps";
/// The template of what came of it.
pub const OUTCOME: &str = "Helpdesk ledger outcome";

/// The lines of a ledger that tell of the work.
pub fn lines(decision: &Decision) -> Vec<String> {
    let mut lines: Vec<String> = decision.helpers.iter().map(helper).collect();
    if decision.progress.of > 0 {
        let steps = steps(&decision.progress);
        let steps: Vec<_> = steps.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        lines.push(call(STEPS, &steps));
    }
    lines.extend(decision.outcomes.iter().map(outcome));
    lines
}

fn helper(helper: &Helper) -> String {
    let about = [
        ("user", helper.user.name.clone()),
        ("time", timestamp(helper.since)),
        ("revision", helper.revision.to_string()),
        ("recorded by", name_of(helper.assigned_by.as_ref())),
    ];
    call(HELPER, &about)
}

/// How far the steps are, as parameters of a template.
pub fn steps(progress: &Progress) -> Vec<(String, String)> {
    let number = |n: usize| if progress.of == 0 { String::new() } else { n.to_string() };
    let single = [
        ("steps done", number(progress.done)),
        ("steps", number(progress.of)),
        ("next step", progress.next.clone()),
        ("next who", progress.who.clone()),
        ("next due", progress.due.map(|day| day.to_string()).unwrap_or_default()),
    ];
    let single = single.into_iter().map(|(key, value)| (key.to_owned(), value));
    single.chain(numbered::params("overdue", &progress.overdue)).collect()
}

/// The same read back; `text` gives the value of a parameter.
pub fn steps_of(text: impl Fn(&str) -> String) -> Progress {
    let number = |name: &str| text(name).parse().unwrap_or(0);
    Progress {
        done: number("steps done"),
        of: number("steps"),
        next: text("next step"),
        who: text("next who"),
        due: text("next due").parse().ok(),
        overdue: numbered::read("overdue", text),
    }
}

/// How far the steps are, by a ledger.
pub fn progress_of(ledger: &[Call]) -> Progress {
    let found = ledger.iter().find(|call| call.name == STEPS);
    found.map(|call| steps_of(|name| unescape(call.value(name)))).unwrap_or_default()
}

fn outcome(signed: &Signed<Outcome>) -> String {
    let read = as_shown(&signed.content);
    let about = [
        ("text", read.text.clone()),
        ("user", name_of(signed.author.as_ref())),
        ("time", timestamp(signed.at)),
        ("revision", signed.revision.to_string()),
    ];
    call(OUTCOME, &about.into_iter().chain(details(&read)).collect::<Vec<_>>())
}

/// What came of it with its sentence as it reads, and plain numbers.
fn as_shown(outcome: &Outcome) -> Outcome {
    let number = |written: &str| Outcome::number(written).map(|n| n.to_string()).unwrap_or_default();
    Outcome {
        text: as_read(&outcome.text),
        files: number(&outcome.files),
        items: number(&outcome.items),
        ..outcome.clone()
    }
}

/// All but its sentence, as parameters of a template.
pub fn details(outcome: &Outcome) -> [(&'static str, String); 5] {
    let Outcome { text: _, files, items, category, image, link } = outcome;
    let values = [("files", files), ("items", items), ("category", category), ("image", image), ("link", link)];
    values.map(|(name, value)| (name, value.clone()))
}

/// The same read back, with its sentence under that name; `text` gives the value of a parameter.
pub fn outcome_from(text: impl Fn(&str) -> String, sentence: &str) -> Outcome {
    Outcome {
        text: text(sentence),
        files: text("files"),
        items: text("items"),
        category: text("category"),
        image: text("image"),
        link: text("link"),
    }
}

/// All that came of it: the last sentence, category, picture and address, and the sums of the numbers.
fn all_in_all(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let last = |value: String, earlier: String| if value.is_empty() { earlier } else { value };
    let sum = |a: String, b: String| match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.saturating_add(b).to_string(),
        (Ok(_), Err(_)) => a,
        (Err(_), _) => b,
    };
    outcomes.fold(Outcome::default(), |all, one| Outcome {
        text: last(one.text, all.text),
        files: sum(all.files, one.files),
        items: sum(all.items, one.items),
        category: last(one.category, all.category),
        image: last(one.image, all.image),
        link: last(one.link, all.link),
    })
}

/// What came of a request that was decided.
pub fn outcome_decided(decision: &Decision) -> Outcome {
    all_in_all(decision.outcomes.iter().map(|signed| as_shown(&signed.content)))
}

/// Those who help, by a ledger.
pub fn helpers_of(ledger: &[Call]) -> Vec<String> {
    ledger.iter().filter(|call| call.name == HELPER).map(|call| unescape(call.value("user"))).collect()
}

/// What came of it, by a ledger; empty if nothing is told.
pub fn outcome_of(ledger: &[Call]) -> Outcome {
    let told = ledger.iter().filter(|call| call.name == OUTCOME);
    all_in_all(told.map(|call| outcome_from(|name| unescape(call.value(name)), "text")))
}

/// When somebody last wrote what came of it, by a ledger.
pub fn outcome_at(ledger: &[Call]) -> Option<Time> {
    parse_timestamp(&unescape(ledger.iter().rfind(|call| call.name == OUTCOME)?.value("time")))
}

/// Names of all who wrote of the work, whether that counts or not: it rests on their terms.
pub fn workers(facts: &Facts) -> Vec<String> {
    let statements = &facts.statements;
    let claims = statements.claims.iter().map(|claim| claim.author.as_ref());
    let steps = statements.steps.iter().map(|step| step.author.as_ref());
    let authors = claims.chain(steps).chain(statements.outcomes.iter().map(|outcome| outcome.author.as_ref()));
    let touches = statements.steps.iter().flat_map(|step| &step.touches).map(|touch| touch.by.as_ref());
    let mut names: Vec<String> = authors.chain(touches).flatten().map(|user: &User| user.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}
