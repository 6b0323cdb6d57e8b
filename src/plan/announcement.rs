//! A line in a request's discussion that says to which status it has come, for those who have subscribed to that. Pure.

use super::reasons::RECENT;
use super::snapshot::Snapshot;
use crate::desk::decision::{Basis, Decision};
use crate::desk::{Desk, Facts};
use crate::page::Time;
use crate::wikitext::inert::{as_read, call};

/// What signs it when it is saved, until it is known what that comes to.
pub const SIGNATURE: &str = "~~~~";

/// The line to be added at the end of the page; nothing where there is none to be said, or it was said before.
pub fn announcement(facts: &Facts, decision: &Decision, desk: &Desk, snapshot: &Snapshot, now: Time) -> String {
    // Of a request that was decided and taken up at once, the decision.
    let rule = |name: &String| desk.rules.iter().any(|rule| rule.name == *name && rule.when.claimed == Some(true));
    let taken_up = matches!(&decision.basis, Basis::Rule { name, .. } if rule(name));
    let told = match (&decision.decided, &decision.decided_on) {
        (Some((status, since)), Some(basis)) if taken_up => (status, *since, basis),
        _ => (&decision.status, decision.since, &decision.basis),
    };
    let (status, since, basis) = told;
    let is_news = since + RECENT > now && !desk.is_undecided(status) && !desk.is_undecided(&decision.status);
    if !desk.notices.announce || !is_news || is_told(facts, (status, since), snapshot.bot.id) {
        return String::new();
    }
    let (user, meeting, rule, reason) = match basis {
        Basis::Filed => return String::new(),
        Basis::Rule { name, .. } => (String::new(), String::new(), name.clone(), String::new()),
        Basis::Person { user, reason, .. } => (user.name.clone(), String::new(), String::new(), as_read(reason)),
        Basis::Meeting { meeting, reason, .. } => {
            (String::new(), meeting.date.to_string(), String::new(), as_read(reason))
        }
    };
    let about = [("status", status.clone()), ("user", user), ("meeting", meeting), ("rule", rule), ("reason", reason)];
    let signature = snapshot.mail.texts.get(SIGNATURE).map_or(SIGNATURE, String::as_str);
    format!("\n* {} {signature}", call("Helpdesk announcement", &about))
}

/// Whether the bot brought the request to this status before, at whatever version of the page people have put back since.
fn is_told(facts: &Facts, (told, at): (&str, Time), bot: u64) -> bool {
    let same = |status: &str, since: Option<Time>| status == told && since == Some(at);
    let mut own = facts.status_edits.iter().filter(|edit| edit.by.as_ref().is_some_and(|by| by.id == bot));
    own.any(|edit| same(&edit.to, edit.since)) || facts.anchor.as_ref().is_some_and(|a| same(&a.status, Some(a.since)))
}
