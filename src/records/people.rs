//! Who did what in a ledger, as lists: who voted how, who stepped aside, who gave which score.

use super::numbered;
use crate::desk::Choice;
use crate::desk::decision::{Basis, Decision, Verdict};
use crate::desk::score::Scores;
use crate::page::User;
use crate::wikitext::Call;
use crate::wikitext::inert::{as_read, call, unescape};

/// The template of who voted how.
pub const CHIPS: &str = "Helpdesk ledger chips";

/// Votes that count for the quorum.
const FOR_QUORUM: [Choice; 3] = [Choice::Support, Choice::Oppose, Choice::Abstain];

/// The template of the scores.
pub const SCORES: &str = "Helpdesk ledger scores";

/// Who voted how, as it counts: `support 1`, `support 2` and so on, and who stepped aside. Nothing where no vote counts.
pub fn chips(decision: &Decision) -> Option<String> {
    let of = |choice| counted(decision, choice).enumerate().map(move |(n, name)| (format!("{choice} {}", n + 1), name));
    let mut names: Vec<(String, String)> = Choice::ALL.into_iter().flat_map(of).collect();
    names.extend(numbered::params("recused", decision.recused.iter().map(|user| &user.name)));
    (!names.is_empty()).then(|| list_call(CHIPS, &names))
}

/// Who gave which score. Nothing where nobody did.
pub fn scores(decision: &Decision) -> Option<String> {
    let (names, points): (Vec<String>, Vec<String>) =
        decision.scores.0.iter().map(|(name, points)| (name.clone(), points.to_string())).unzip();
    let params = [numbered::params("by", &names), numbered::params("score", &points)].concat();
    (!params.is_empty()).then(|| list_call(SCORES, &params))
}

/// The scores of a ledger.
pub fn scores_of(ledger: &[Call]) -> Scores {
    let scores = ledger.iter().filter(|c| c.name == SCORES);
    let points = |call: &Call| numbered::of(call, "score").into_iter().filter_map(|points| points.parse().ok());
    Scores(scores.flat_map(|call| numbered::of(call, "by").into_iter().zip(points(call).collect::<Vec<_>>())).collect())
}

fn list_call(name: &str, params: &[(String, String)]) -> String {
    call(name, &params.iter().map(|(key, value)| (key.as_str(), value.clone())).collect::<Vec<_>>())
}

/// The members whose votes of that choice count.
fn counted(decision: &Decision, choice: Choice) -> impl Iterator<Item = String> {
    let counted =
        decision.ballots.iter().filter(move |b| b.verdict == Verdict::Counted && b.vote.content.choice == choice);
    counted.map(|ballot| name_of(ballot.member.as_ref()))
}

/// The members whose votes count for the quorum.
pub fn voters(decision: &Decision) -> Vec<String> {
    FOR_QUORUM.into_iter().flat_map(|choice| counted(decision, choice)).collect()
}

/// As [`voters`], by a ledger.
pub fn voters_of(ledger: &[Call]) -> Vec<String> {
    let chips = ledger.iter().filter(|c| c.name == CHIPS).flat_map(|c| &c.params);
    let of_voter = |name: &str| FOR_QUORUM.iter().any(|choice| name.split(' ').next() == Some(choice.id()));
    chips.filter(|p| of_voter(&p.name)).map(|p| unescape(&p.value)).collect()
}

/// Who stepped aside, by a ledger.
pub fn recused_of(ledger: &[Call]) -> Vec<String> {
    ledger.iter().filter(|c| c.name == CHIPS).flat_map(|call| numbered::of(call, "recused")).collect()
}

/// What a decision rested on that something has followed, as parameters of the ledger.
pub fn decided_on(decision: &Decision) -> Vec<(&'static str, String)> {
    let followed = decision.decided.as_ref().is_some_and(|(status, _)| *status != decision.status);
    match decision.decided_on.as_ref().filter(|_| followed) {
        Some(Basis::Person { user, reason, .. }) => {
            vec![("decided by", user.name.clone()), ("decision reason", as_read(reason))]
        }
        Some(Basis::Meeting { meeting, reason, .. }) => vec![
            ("decided at", meeting.date.to_string()),
            ("decided on", meeting.page.clone()),
            ("decision reason", as_read(reason)),
        ],
        Some(Basis::Rule { name, .. }) => vec![("decision rule", name.clone())],
        Some(Basis::Filed) | None => Vec::new(),
    }
}

/// An account's name; empty where the wiki hides it.
pub(crate) fn name_of(user: Option<&User>) -> String {
    user.map(|u| u.name.clone()).unwrap_or_default()
}
