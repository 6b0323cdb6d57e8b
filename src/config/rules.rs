//! Rules taken together: ones that go round without end, ones that can never apply.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use crate::desk::{Desk, Rule, Share, When};

/// A rule (by its place in the list) applied in one of the statuses it starts from.
pub(super) type Step<'a> = (usize, &'a str);

/// One situation a request can be in, as far as conditions can rule each other out. All others
/// (numbers of votes, times since something happened) are taken to hold.
struct Situation {
    complete: bool,
    info_wanted: bool,
    all_voted: bool,
    answered: bool,
    assessed: bool,
    claimed: bool,
    steps_done: bool,
    outcome: bool,
    support: Share,
    kind: String,
}

impl Situation {
    /// Whether a rule can move a request in this situation. One that waits in its status, or there for a meeting, cannot:
    /// that begins anew whenever the request comes there.
    fn allows(&self, when: &When) -> bool {
        when.open_for.is_none_or(|wait| wait.is_zero())
            && when.discussed != Some(true)
            && when.complete.is_none_or(|wanted| wanted == self.complete)
            && when.info_wanted.is_none_or(|wanted| wanted == self.info_wanted)
            && when.all_voted.is_none_or(|wanted| wanted == self.all_voted)
            && when.answered.is_none_or(|wanted| wanted == self.answered)
            && when.assessed.is_none_or(|wanted| wanted == self.assessed)
            && when.claimed.is_none_or(|wanted| wanted == self.claimed)
            && when.steps_done.is_none_or(|wanted| wanted == self.steps_done)
            && when.outcome.is_none_or(|wanted| wanted == self.outcome)
            && when.support_share.is_none_or(|share| at_least(self.support, share))
            && when.oppose_share.is_none_or(|share| at_least(complement(share), self.support))
            && when.kind.as_ref().is_none_or(|kinds| lower(kinds).contains(&self.kind))
    }
}

/// Every situation that makes a difference for these rules.
fn situations(rules: &[Rule]) -> Vec<Situation> {
    let kinds = rules.iter().flat_map(|r| r.when.kind.iter().flatten());
    let mut kinds: BTreeSet<String> = kinds.map(|k| k.to_lowercase()).collect();
    kinds.insert(String::new());
    let mut shares = vec![Share { part: 0, of: 1 }];
    shares.extend(rules.iter().filter_map(|r| r.when.support_share));
    let mut situations = Vec::new();
    for flags in 0..256 {
        for support in &shares {
            situations.extend(kinds.iter().map(|kind| Situation {
                complete: flags & 1 != 0,
                info_wanted: flags & 2 != 0,
                all_voted: flags & 4 != 0,
                answered: flags & 8 != 0,
                assessed: flags & 16 != 0,
                claimed: flags & 32 != 0,
                steps_done: flags & 64 != 0,
                outcome: flags & 128 != 0,
                support: *support,
                kind: kind.clone(),
            }));
        }
    }
    situations
}

fn lower(kinds: &[String]) -> BTreeSet<String> {
    kinds.iter().map(|k| k.to_lowercase()).collect()
}

/// Whether `a` is as large a share as `b`.
fn at_least(a: Share, b: Share) -> bool {
    u128::from(a.part) * u128::from(b.of) >= u128::from(b.part) * u128::from(a.of)
}

/// What this share leaves.
fn complement(share: Share) -> Share {
    let Share { part, of } = share;
    Share { part: of - part, of }
}

/// Rules that, once they apply, would move a request round and round at the same moment. A rule from
/// a status to itself is not among them: it moves nothing.
pub(super) fn cycles(rules: &[Rule]) -> BTreeSet<Vec<Step<'_>>> {
    let mut found = BTreeSet::new();
    for situation in situations(rules) {
        let steps: Vec<Step> = steps(rules)
            .filter(|(rule, _)| situation.allows(&rules[*rule].when))
            .filter(|(rule, from)| rules[*rule].to != *from)
            .collect();
        found.extend(steps.iter().filter_map(|first| shortest_cycle(rules, &steps, *first)));
    }
    found
}

/// Every rule in every status it starts from.
fn steps(rules: &[Rule]) -> impl Iterator<Item = Step<'_>> {
    rules.iter().enumerate().flat_map(|(i, rule)| rule.from.iter().map(move |from| (i, from.as_str())))
}

/// The shortest way from where this step leads back to where it began, that step included; the
/// earliest rule comes first.
fn shortest_cycle<'a>(rules: &'a [Rule], steps: &[Step<'a>], first: Step<'a>) -> Option<Vec<Step<'a>>> {
    let mut reached: BTreeMap<&str, Step> = BTreeMap::from([(rules[first.0].to.as_str(), first)]);
    let mut queue = VecDeque::from([rules[first.0].to.as_str()]);
    while let Some(here) = queue.pop_front() {
        for step in steps.iter().filter(|(_, from)| *from == here) {
            let there = rules[step.0].to.as_str();
            if !reached.contains_key(there) {
                reached.insert(there, *step);
                queue.push_back(there);
            }
        }
    }
    let mut way = vec![*reached.get(first.1)?];
    while *way.last()? != first {
        way.push(*reached.get(way.last()?.1)?);
    }
    way.reverse();
    let earliest = way.iter().enumerate().min_by_key(|(_, step)| **step)?.0;
    way.rotate_left(earliest);
    Some(way)
}

/// The cycle in words.
pub(super) fn describe_cycle(rules: &[Rule], cycle: &[Step]) -> String {
    let moves: Vec<_> = cycle
        .iter()
        .map(|(rule, from)| {
            let Rule { name, to, .. } = &rules[*rule];
            format!("{name:?} moves `{from}` to `{to}`")
        })
        .collect();
    format!(
        "these rules would send a request round without end: {}. Give one of them `open_for`, or a condition that \
         another one excludes, such as `complete = true` against `complete = false`",
        moves.join(", ")
    )
}

/// Rules that can never apply, and other things that are allowed but can hardly be meant.
pub fn warnings(desk: &Desk) -> Vec<String> {
    let mut warnings = Vec::new();
    if desk.safety.trusted.is_empty() && desk.safety.trusted_groups.is_empty() {
        let both = "`trusted` and `trusted_groups` in [safety] are both empty";
        warnings.push(format!("{both}: nobody's roster is believed, so no vote counts"));
    }
    for (i, rule) in desk.rules.iter().enumerate() {
        let never = never_holds(desk, rule).into_iter();
        warnings.extend(never.map(|why| format!("rule {:?} never applies: {why}", rule.name)));
        warnings.extend(rule.from.iter().filter_map(|from| without_effect(&desk.rules[..i], rule, from)));
    }
    warnings
}

/// Why a rule never applies, whatever the status.
fn never_holds(desk: &Desk, rule: &Rule) -> Option<String> {
    let When { support_share, oppose_share, kind, .. } = &rule.when;
    if let (Some(support), Some(oppose)) = (support_share, oppose_share)
        && !at_least(complement(*oppose), *support)
    {
        return Some(format!("{support} in support and {oppose} in opposition are more than all"));
    }
    let allowed = lower(&desk.field("type")?.one_of);
    let kinds = kind.as_ref()?;
    (!allowed.is_empty() && lower(kinds).is_disjoint(&allowed))
        .then(|| format!("the field `type` has no value {}", kinds.join(", ")))
}

/// Why a rule never moves a request from that status, given the rules before it.
fn without_effect(before: &[Rule], rule: &Rule, from: &str) -> Option<String> {
    let name = &rule.name;
    if rule.to == from {
        return Some(format!("rule {name:?} moves `{from}` to itself, which changes nothing"));
    }
    let first =
        before.iter().find(|r| r.to != from && r.from.iter().any(|f| f == from) && covers(&r.when, &rule.when))?;
    Some(format!("rule {name:?} never applies from `{from}`: {:?} comes first and asks for no more", first.name))
}

/// Whether `weak` holds whenever `strong` does.
fn covers(weak: &When, strong: &When) -> bool {
    let same = |w: Option<bool>, s: Option<bool>| w.is_none() || w == s;
    let count = |w: Option<u32>, s: Option<u32>| w.unwrap_or(0) <= s.unwrap_or(0);
    let time = |w: Option<Duration>, s: Option<Duration>| w.unwrap_or_default() <= s.unwrap_or_default();
    let share = |w: Option<Share>, s: Option<Share>| w.is_none_or(|w| s.is_some_and(|s| at_least(s, w)));
    let kind = |w: &Option<Vec<String>>, s: &Option<Vec<String>>| match (w, s) {
        (None, _) => true,
        (Some(w), Some(s)) => lower(s).is_subset(&lower(w)),
        (Some(_), None) => false,
    };
    same(weak.complete, strong.complete)
        && same(weak.all_voted, strong.all_voted)
        && same(weak.info_wanted, strong.info_wanted)
        && same(weak.answered, strong.answered)
        && same(weak.assessed, strong.assessed)
        && share(weak.quorum_share, strong.quorum_share)
        && same(weak.discussed, strong.discussed)
        && same(weak.claimed, strong.claimed)
        && same(weak.steps_done, strong.steps_done)
        && same(weak.outcome, strong.outcome)
        && count(weak.quorum, strong.quorum)
        && count(weak.support_at_least, strong.support_at_least)
        && count(weak.oppose_at_least, strong.oppose_at_least)
        && share(weak.support_share, strong.support_share)
        && share(weak.oppose_share, strong.oppose_share)
        && time(weak.open_for, strong.open_for)
        && time(weak.settled_for, strong.settled_for)
        && time(weak.idle_for, strong.idle_for)
        && kind(&weak.kind, &strong.kind)
}
