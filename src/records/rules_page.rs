//! The page of rules: a template call for each status, each rule that starts from it, and each of its conditions.

use std::collections::BTreeSet;

use crate::desk::origin::RulesInForce;
use crate::desk::waiting::ConditionKind;
use crate::desk::{Desk, Rule};
use crate::page::timestamp;
use crate::wikitext::inert::call;

/// The name of the block on the page of rules.
pub const RULES_BLOCK: &str = "rules";

/// The page's block; `asked` gives the conditions of a rule, each with what it needs. A rule that starts from several statuses
/// stands below each of them, and links lead to the first.
pub fn rules_page(desk: &Desk, asked: impl Fn(&Rule) -> Vec<(ConditionKind, String)>) -> String {
    let mut lines = vec![start(desk)];
    let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (status, rules) in desk.flow() {
        let about = [
            ("status", status.id.clone()),
            ("label", status.label.clone()),
            ("first", yes(*status == *desk.first_status())),
            ("closed", yes(status.closed)),
            ("rules", rules.len().to_string()),
        ];
        lines.push(call("Helpdesk rules status", &about));
        for rule in rules {
            let label = desk.status(&rule.to).map(|to| to.label.clone()).unwrap_or_default();
            let again = yes(!seen.insert(&rule.name));
            let about = [("rule", rule.name.clone()), ("to", rule.to.clone()), ("label", label), ("again", again)];
            lines.push(call("Helpdesk rule", &about));
            let condition = |(kind, need): (ConditionKind, String)| {
                call("Helpdesk rule condition", &[("condition", kind.id().to_owned()), ("need", need)])
            };
            lines.extend(asked(rule).into_iter().map(condition));
        }
    }
    lines.push(call("Helpdesk rules end", &[]));
    lines.join("\n")
}

/// Where the rules come from: the page on the wiki, the revision in force, a newer one that is not.
fn start(desk: &Desk) -> String {
    let in_force = desk.origin.on_wiki.as_ref();
    let newer = desk.origin.problems.iter().find(|problem| problem.revision.is_some());
    let of = |value: &dyn Fn(&RulesInForce) -> String| in_force.map(value).unwrap_or_default();
    let user = |rules: &RulesInForce| rules.revision.user.as_ref().map(|user| user.name.clone()).unwrap_or_default();
    let about = [
        ("page", in_force.map_or_else(|| desk.rules_page.clone(), |rules| rules.page.clone())),
        ("revision", of(&|rules| rules.revision.id.to_string())),
        ("user", of(&user)),
        ("time", of(&|rules| timestamp(rules.revision.at))),
        ("newer", newer.and_then(|problem| problem.revision).map(|id| id.to_string()).unwrap_or_default()),
        ("newer is", newer.map(|problem| problem.kind.id().to_owned()).unwrap_or_default()),
    ];
    call("Helpdesk rules start", &about)
}
