//! What the request template of a page said when.

use super::History;
use crate::desk::request::{StatusEdit, Version, value};
use crate::page::{RevisionInfo, User, parse_timestamp};
use crate::read::request_template::request_of;
use crate::read::signatures::named_accounts;
use crate::records::ledger::{self, ledger_start};
use crate::wikitext::Call;
use crate::wikitext::inert::unescape;
use crate::wikitext::names::Names;

impl History {
    /// What the request template of this revision says.
    pub(super) fn follow_template(
        &mut self,
        text: &str,
        calls: &[Call],
        stamp: &RevisionInfo,
        names: &Names,
        bot: u64,
    ) {
        let found = request_of(calls, names, |call| self.written_at(call.name_span()));
        self.request = found.map(|call| call.span.start);
        let Some(call) = found else { return };
        if self.filed.is_none() {
            // The bot files nothing of its own: what came before is hidden, or stands elsewhere.
            let by_bot = stamp.user.as_ref().is_some_and(|u| u.id == bot);
            let nobodys = RevisionInfo { id: 0, user: None, ..stamp.clone() };
            self.filed = Some(if by_bot { nobodys } else { stamp.clone() });
        }
        let own = |name: &str| name == "status" || name == "status since";
        let params: Vec<(String, String)> =
            call.params.iter().filter(|p| !own(&p.name)).map(|p| (p.name.clone(), p.value.clone())).collect();
        if self.versions.last().is_none_or(|v| v.params != params) {
            let named = named_accounts(value(&params, "requester"), names);
            self.versions.push(Version { at: stamp.at, by: stamp.user.clone(), revision: stamp.id, params, named });
        }
        let now = (call.value("status").to_lowercase(), call.value("status since").to_owned());
        let before = std::mem::replace(&mut self.status, now.clone());
        if now.0 == before.0 {
            return;
        }
        let by_bot = stamp.user.as_ref().is_some_and(|u| u.id == bot);
        let ledger = by_bot.then(|| ledger_start(text)).flatten();
        self.status_edits.push(StatusEdit {
            before: before.0,
            to: now.0,
            // A time that was there before belongs to the status before.
            since: parse_timestamp(&now.1).filter(|_| now.1 != before.1),
            read: ledger.as_ref().and_then(ledger::has_read).filter(|read| *read < stamp.id),
            rule: ledger.as_ref().map(|l| unescape(l.value("rule"))).filter(|r| !r.is_empty()),
            by: stamp.user.clone(),
            at: stamp.at,
            revision: stamp.id,
        });
    }

    /// The wiki hides texts right before this revision: what it changed in the template may have been changed in them. Who began
    /// the page filed what it held.
    pub(super) fn doubt_template(&mut self, hidden: RevisionInfo, revision: u64, bot: u64) {
        let is_bot = |user: &Option<User>| user.as_ref().is_some_and(|u| u.id == bot);
        self.versions.iter_mut().filter(|v| v.revision == revision).for_each(|v| v.by = None);
        self.status_edits.iter_mut().filter(|e| e.revision == revision && !is_bot(&e.by)).for_each(|e| e.by = None);
        if self.filed.as_ref().is_some_and(|filed| filed.id == revision) {
            let began = self.revisions.first().is_some_and(|first| first.id == hidden.id) && !is_bot(&hidden.user);
            self.filed = Some(if began { hidden } else { RevisionInfo { id: 0, user: None, ..hidden } });
        }
    }
}
