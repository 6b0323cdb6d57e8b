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
    let Outcome { text, files, items, category, image, link } = &signed.content;
    let number = |written: &str| Outcome::number(written).map(|n| n.to_string()).unwrap_or_default();
    let about = [
        ("text", as_read(text)),
        ("files", number(files)),
        ("items", number(items)),
        ("category", category.clone()),
        ("image", image.clone()),
        ("link", link.clone()),
        ("user", name_of(signed.author.as_ref())),
        ("time", timestamp(signed.at)),
        ("revision", signed.revision.to_string()),
    ];
    call(OUTCOME, &about)
}

/// Those who help, by a ledger.
pub fn helpers_of(ledger: &[Call]) -> Vec<String> {
    ledger.iter().filter(|call| call.name == HELPER).map(|call| unescape(call.value("user"))).collect()
}

/// What came of it, as somebody wrote it last, and when, by a ledger.
pub fn outcome_of(ledger: &[Call]) -> (String, Option<Time>) {
    let Some(last) = ledger.iter().rfind(|call| call.name == OUTCOME) else { return (String::new(), None) };
    (unescape(last.value("text")), parse_timestamp(&unescape(last.value("time"))))
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
