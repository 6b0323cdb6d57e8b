//! What minutes say of a request, among what is said on its own page.

use crate::desk::Facts;
use crate::desk::claim::Claim;
use crate::desk::minutes::Item;
use crate::desk::recusal::Recusal;
use crate::desk::ruling::Ruling;
use crate::desk::score::Score;
use crate::desk::signed::{Signature, Signed, Standing};
use crate::desk::vote::Vote;

/// Adds to a request's facts what minutes say of it: votes, decisions, that it was discussed. A line that says the same in its
/// next version goes on.
pub fn add_items(facts: &mut Facts, items: &[Item]) {
    let mut by_revision: Vec<&Item> = items.iter().collect();
    by_revision.sort_by_key(|item| item.revision);
    let (mut votes, mut rulings): (Vec<Signed<Vote>>, Vec<Signed<Ruling>>) = (Vec::new(), Vec::new());
    let (mut scores, mut recusals): (Vec<Signed<Score>>, Vec<Signed<Recusal>>) = (Vec::new(), Vec::new());
    let mut claims: Vec<Signed<Claim>> = Vec::new();
    for item in by_revision {
        for (choice, member) in &item.votes {
            let on_behalf_of = Some(member.clone());
            let vote = Vote { choice: *choice, on_behalf_of, question: String::new() };
            go_on(&mut votes, vote, item, |vote| vote.clone());
        }
        for member in &item.recused {
            let recusal = Recusal { on_behalf_of: Some(member.clone()) };
            go_on(&mut recusals, recusal, item, |recusal| recusal.clone());
        }
        for member in &item.scored_by {
            let score = Score { on_behalf_of: Some(member.clone()), ..Score::new(&item.priority) };
            go_on(&mut scores, score, item, |score| score.clone());
        }
        for helper in &item.helpers {
            let claim = Claim { on_behalf_of: Some(helper.clone()), release: false };
            go_on(&mut claims, claim, item, |claim| claim.clone());
        }
        if let Some(to) = &item.decision {
            let ruling = Ruling { to: to.clone(), withdrawal: false, reason: item.recommendation.clone() };
            go_on(&mut rulings, ruling, item, |ruling| ruling.to.clone());
        }
    }
    votes.into_iter().for_each(|vote| insert(&mut facts.statements.votes, vote));
    scores.into_iter().for_each(|score| insert(&mut facts.statements.scores, score));
    facts.statements.rulings.extend(rulings);
    facts.statements.recusals.extend(recusals);
    facts.statements.claims.extend(claims);
    facts.discussed = items.iter().filter(|item| item.ended.is_none()).cloned().collect();
}

/// Adds what was said at a meeting behind what was said before it.
fn insert<T>(all: &mut Vec<Signed<T>>, said: Signed<T>) {
    let later = all.iter().position(|other| other.at > said.at).unwrap_or(all.len());
    all.insert(later, said);
}

/// Adds what an item says, or another version to what the version before said.
fn go_on<T, K: PartialEq>(all: &mut Vec<Signed<T>>, content: T, item: &Item, key: impl Fn(&T) -> K) {
    let goes_on = |said: &&mut Signed<T>| {
        let same = said.meeting.as_ref() == Some(&item.meeting) && key(&said.content) == key(&content);
        same && said.touches.last().is_some_and(|ended| ended.revision == item.revision)
    };
    match all.iter_mut().find(goes_on) {
        Some(said) => {
            said.content = content;
            said.touches = item.ended.clone().into_iter().collect();
        }
        None => all.push(Signed {
            content,
            author: Some(item.author.clone()),
            at: item.at,
            revision: item.revision,
            signature: Signature::default(),
            signed_by_other: None,
            copied: false,
            born: Standing::Plain,
            touches: item.ended.clone().into_iter().collect(),
            place: None,
            meeting: Some(item.meeting.clone()),
        }),
    }
}
