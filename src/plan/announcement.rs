//! A line in a request's discussion that says to which status it has come, for those who have subscribed to that. Pure.

use chrono::TimeDelta;

use super::snapshot::Snapshot;
use crate::desk::decision::{Basis, Decision};
use crate::desk::{Desk, Facts};
use crate::page::Time;
use crate::wikitext::inert::{as_read, call};

/// What signs it when it is saved, until it is known what that comes to.
pub const SIGNATURE: &str = "~~~~";
/// What happened longer ago is not announced: a desk that the bot comes to knows.
const RECENT: TimeDelta = TimeDelta::days(14);

/// The line to be added at the end of the page; nothing where there is none to be said, or it was said before.
pub fn announcement(facts: &Facts, decision: &Decision, desk: &Desk, snapshot: &Snapshot, now: Time) -> String {
    let is_news = decision.since + RECENT > now && !desk.is_undecided(&decision.status);
    if !desk.notices.announce || !is_news || is_told(facts, decision, snapshot.bot.id) {
        return String::new();
    }
    let (user, meeting, rule, reason) = match &decision.basis {
        Basis::Filed => return String::new(),
        Basis::Rule { name, .. } => (String::new(), String::new(), name.clone(), String::new()),
        Basis::Person { user, reason, .. } => (user.name.clone(), String::new(), String::new(), as_read(reason)),
        Basis::Meeting { meeting, reason, .. } => {
            (String::new(), meeting.date.to_string(), String::new(), as_read(reason))
        }
    };
    let about =
        [("status", decision.status.clone()), ("user", user), ("meeting", meeting), ("rule", rule), ("reason", reason)];
    let signature = snapshot.mail.texts.get(SIGNATURE).map_or(SIGNATURE, String::as_str);
    format!("\n* {} {signature}", call("Helpdesk announcement", &about))
}

/// Whether the bot brought the request to this status before, at whatever version of the page people have put back since.
fn is_told(facts: &Facts, decision: &Decision, bot: u64) -> bool {
    let same = |status: &str, since: Option<Time>| status == decision.status && since == Some(decision.since);
    let mut own = facts.status_edits.iter().filter(|edit| edit.by.as_ref().is_some_and(|by| by.id == bot));
    own.any(|edit| same(&edit.to, edit.since)) || facts.anchor.as_ref().is_some_and(|a| same(&a.status, Some(a.since)))
}
