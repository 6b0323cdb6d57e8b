//! Messages to people on their talk pages, as changes of those pages: one for each person, whatever there is to tell. Pure.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;

use super::change::{Base, Change, Owns, same_calls};
use super::mail::{Recipient, Wanted};
use super::reading::Known;
use super::reasons::{Reason, ReasonInput, read};
use super::snapshot::Snapshot;
use crate::decide::rules::after;
use crate::desk::Desk;
use crate::desk::message::{MessageKey, MessageKind};
use crate::desk::problem::{Cause, CauseCode, Problem, ProblemKind};
use crate::page::{Page, Time};
use crate::records::language::language_of;
use crate::records::message::{Reminder, Request, Waiting, heading, is_words, on_request, reminder, with_message};
use crate::records::sent::with_keys;
use crate::records::summary;
use crate::records::tables::Row;

/// So many reasons are told with one edit.
const MOST_TOLD: usize = 10;
/// Who is not written to now is not thought of again for so long.
const ASKED_AGAIN: TimeDelta = TimeDelta::hours(1);

/// What came of planning messages.
#[derive(Debug, Default)]
pub struct Messages {
    /// One for each person.
    pub changes: Vec<Change>,
    /// Why some could not be written.
    pub problems: Vec<Problem>,
    /// What has to be looked up first.
    pub wanted: Wanted,
    /// Who is left alone until when.
    pub not_before: BTreeMap<String, Time>,
}

/// Plans all messages that are due, as far as is known what it takes.
pub fn messages(desk: &Desk, snapshot: &Snapshot, known: &HashMap<u64, Known>, now: Time) -> Messages {
    let mail = &snapshot.mail;
    let input = ReasonInput { desk, roster: &snapshot.roster, sent: mail.sent.as_ref(), now };
    let mut by_person: BTreeMap<&str, Vec<&Reason>> = BTreeMap::new();
    let reasons = input.reasons(known.values());
    for reason in &reasons {
        let left = mail.not_before.get(&reason.to).is_some_and(|until| now < *until);
        if !left && reason.to != snapshot.bot.name {
            by_person.entry(&reason.to).or_default().push(reason);
        }
    }
    let mut planned = Messages::default();
    let rows = read(known.values());
    for (to, reasons) in by_person {
        let letter = Letter { to, input: &input, snapshot, rows: &rows };
        letter.plan(&reasons, &mut planned);
    }
    planned
}

/// What is to be written to one person.
struct Letter<'a> {
    to: &'a str,
    input: &'a ReasonInput<'a>,
    snapshot: &'a Snapshot,
    rows: &'a [&'a Row],
}

/// A part of it: its section, and its words before the wiki has made them.
struct Part {
    section: u64,
    /// The request's page.
    page: String,
    heading: String,
    message: String,
}

impl Letter<'_> {
    fn plan(&self, reasons: &[&Reason], planned: &mut Messages) {
        let (mail, now) = (&self.snapshot.mail, self.input.now);
        // Most had what there is to tell: only of the others more is looked up.
        let Some(sent) = &mail.sent else {
            planned.wanted.sent = true;
            return;
        };
        let Some(recipient) = mail.recipients.get(self.to) else {
            planned.wanted.recipients.push(self.to.to_owned());
            return;
        };
        let free_from = sent.free_from(self.to, self.input.desk.notices.per_person_per_week, now);
        let (title, page, deleted) = match recipient {
            _ if free_from > now => return self.leave_until(free_from, planned),
            Recipient::At(title, page, deleted) => (title, page.as_ref(), *deleted),
            Recipient::Unwanted => return self.leave_until(now + ASKED_AGAIN, planned),
            Recipient::Unreachable(problem) => {
                // It is told as long as there is something to tell.
                planned.problems.push(problem.clone());
                return;
            }
        };
        // They may have been told of what came before, on a page that was deleted since.
        let told: Vec<&Reason> =
            reasons.iter().copied().filter(|reason| self.is_news(reason, deleted)).take(MOST_TOLD).collect();
        if told.is_empty() {
            return self.leave_until(now + ASKED_AGAIN, planned);
        }
        let Some(parts) = self.parts(&told, planned) else { return };
        let mut texts = Vec::new();
        for part in &parts {
            for raw in [&part.heading, &part.message] {
                match mail.texts.get(raw) {
                    Some(text) => texts.push(text.as_str()),
                    None => planned.wanted.texts.push((title.clone(), raw.clone())),
                }
            }
        }
        if texts.len() < 2 * parts.len() {
            return;
        }
        let keys: Vec<MessageKey> = told.iter().map(|reason| reason.key.clone()).collect();
        match self.change((title, page), &parts, &texts, &keys) {
            Ok(change) => planned.changes.push(change),
            Err(problem) => planned.problems.push(problem),
        }
    }

    fn is_news(&self, reason: &Reason, deleted: Option<Time>) -> bool {
        let Some(deleted) = deleted else { return true };
        match self.input.desk.notices.reminders {
            Some(reminders) if reason.key.kind == MessageKind::Digest => after(deleted, reminders) <= self.input.now,
            _ => reason.at > deleted,
        }
    }

    fn leave_until(&self, until: Time, planned: &mut Messages) {
        planned.not_before.insert(self.to.to_owned(), until);
    }

    /// The parts, each request's together; none where it is not known yet what there is to tell.
    fn parts(&self, reasons: &[&Reason], planned: &mut Messages) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        let before = planned.wanted.news.len();
        for reason in reasons.iter().filter(|reason| reason.about.is_some()) {
            let kind = reason.key.kind;
            let of_request = |other: &MessageKind| {
                let same = |r: &&&Reason| r.about.map(|known| known.id) == reason.about.map(|known| known.id);
                reasons.iter().filter(same).any(|r| r.key.kind == *other)
            };
            // That it has come is said with what is missing, and by everything that came later.
            let later = [MessageKind::Question, MessageKind::Status, MessageKind::Stale];
            let said_by_other = match kind {
                MessageKind::Received => later.iter().any(of_request),
                MessageKind::Missing => of_request(&MessageKind::Received),
                _ => false,
            };
            if !said_by_other {
                parts.extend(self.on_request(reason, planned));
            }
        }
        let of_person = |kind| reasons.iter().any(|reason| reason.key.kind == kind);
        if of_person(MessageKind::Digest) || of_person(MessageKind::Term) {
            parts.push(self.reminder(of_person(MessageKind::Digest), of_person(MessageKind::Term)));
        }
        (planned.wanted.news.len() == before && !parts.is_empty()).then_some(parts)
    }

    fn on_request(&self, reason: &Reason, planned: &mut Messages) -> Option<Part> {
        let known = reason.about?;
        let row = known.row.as_deref()?;
        let news = match known
            .news
            .as_ref()
            .map(Some)
            .or_else(|| self.snapshot.mail.news.get(&known.id).map(Option::as_ref))
        {
            Some(news) => news?,
            None => {
                planned.wanted.news.push(row.page.clone());
                return None;
            }
        };
        let kind = reason.key.kind;
        // A decision that something has followed since has a basis of its own.
        let earlier = row
            .milestones
            .decided(self.input.desk)
            .filter(|(status, at)| kind == MessageKind::Status && *status != row.status && *at == reason.at);
        let request = Request {
            page: &row.page.title,
            title: &row.title,
            status: earlier.map_or(&row.status, |(status, _)| status),
            basis: if earlier.is_some() { &news.decided_on } else { &news.basis },
            time: if kind == MessageKind::Stale { row.closes } else { row.worked },
        };
        let of_owner = kind != MessageKind::Nudge;
        let language =
            language_of(Some(news.language.as_str()).filter(|_| of_owner), self.snapshot.names.titles().language());
        Some(Part {
            section: known.id,
            page: row.page.title.clone(),
            heading: heading(&row.title, &language),
            message: on_request(kind, self.to, &language, &request, news),
        })
    }

    fn reminder(&self, of_requests: bool, of_term: bool) -> Part {
        let language = self.snapshot.names.titles().language();
        let named = |waiting: Vec<(&Row, Time)>| -> Vec<Waiting> {
            let waiting = waiting.into_iter().filter(|_| of_requests);
            waiting.map(|(row, since)| (row.page.title.clone(), row.title.clone(), since)).collect()
        };
        let mut own = self.input.ending().filter(|term| term.user.name == self.to);
        let term = own.next().and_then(|term| term.until).filter(|_| of_term);
        let about = Reminder {
            votes: named(self.input.votes(self.to, self.rows)),
            replies: named(self.input.replies(self.to, self.rows)),
            term: term.map(|day| day.to_string()).unwrap_or_default(),
        };
        let message = reminder(self.to, language, &about);
        Part { section: 0, page: String::new(), heading: heading("", language), message }
    }

    /// The page with all parts on it.
    ///
    /// # Errors
    /// Where the wiki makes no words of them, or something on the page would hide them.
    fn change(
        &self,
        (title, page): (&str, Option<&Page>),
        parts: &[Part],
        texts: &[&str],
        keys: &[MessageKey],
    ) -> Result<Change, Problem> {
        let (names, language) = (&self.snapshot.names, self.snapshot.language());
        if !texts.iter().all(|text| is_words(text)) {
            return Err(Problem::new(ProblemKind::MessageWords, "Template:Helpdesk message", ""));
        }
        let before = page.map(Page::text).unwrap_or_default();
        let mut after = before.to_owned();
        for (part, texts) in parts.iter().zip(texts.chunks(2)) {
            let (text, added) = with_message(&after, part.section, texts[0], texts[1], names);
            let hidden =
                || names.syntax().visible(&text).get(added.clone()).is_none_or(|shown| !shown.contains(texts[1]));
            if !same_calls(&after, &text, &added, names) || hidden() {
                let cause = Some(Cause::new(CauseCode::TalkOpen, ""));
                return Err(Problem { cause, ..Problem::new(ProblemKind::NotTold, title, self.to) });
            }
            after = text;
        }
        let of_request = |part: &&Part| part.section != 0;
        let what = match parts.iter().find(of_request) {
            Some(first) if parts.len() == 1 => summary::message(language, &first.page),
            Some(_) => summary::messages(language),
            None => summary::reminder(language),
        };
        Ok(Change {
            page: title.to_owned(),
            base: page.map_or(Base::Absent, |page| Base::Revision(page.revision.id)),
            before: before.to_owned(),
            after,
            summary: with_keys(&what, keys, self.input.now),
            owns: Owns::Message,
            moved: String::new(),
            appended: String::new(),
            despite_undo: false,
        })
    }
}
