//! The fields of a proposal: what is missing or not as it should be. A notice, never an error.

use std::collections::BTreeSet;

use super::vote_policy::VotePolicy;
use crate::desk::decision::{Notice, NoticeKind, Overruled};
use crate::desk::roster::Roster;
use crate::desk::ruling::Ruling;
use crate::desk::score::Score;
use crate::desk::signed::Signed;
use crate::desk::words::{nearest, normalized};
use crate::desk::{Desk, Facts, Field, VoteTemplate};
use crate::records::texts::{english, is_blank};
use crate::wikitext::inert::one_line;
use crate::wikitext::visible;

/// How many unknown parameters, texts outside any parameter and words like votes are named one by one.
pub const MAX_NAMED: usize = 10;

/// So many characters of a type that the desk does not know are kept.
const MOST_OF_A_TYPE: usize = 80;

pub fn notice(kind: NoticeKind, field: &str, value: &str) -> Notice {
    let (field, value) = (one_line(field, 60), one_line(value, 60));
    Notice { kind, field, value, limit: None, allowed: Vec::new(), suggestion: String::new(), change: None }
}

/// All notices on the template's parameters: what keeps the request from being complete, in the order of the fields,
/// then all else.
pub fn check(facts: &Facts, desk: &Desk) -> Vec<Notice> {
    let asked = desk.fields.iter().filter(|field| !(field.team && is_blank(facts.param(&field.name))));
    let mut notices: Vec<Notice> = asked.filter_map(|f| invalid_now(f, facts)).collect();
    let missing = notices.iter().any(|n| n.kind == NoticeKind::Missing);
    for empty in notices.iter_mut().filter(|n| n.kind == NoticeKind::Missing) {
        if let Some((name, words)) = facts.in_hints.iter().find(|(name, _)| *name == empty.field) {
            *empty = notice(NoticeKind::InHint, name, words);
        }
    }
    let around = (missing && !facts.around_box.is_empty()).then_some(&facts.around_box);
    notices.extend(around.map(|words| notice(NoticeKind::AroundBox, "", words)));
    notices.extend(unknown_params(facts, desk));
    let open = |(name, value): &(String, String)| Some(notice(NoticeKind::Unclosed, name, missing_end(value)?));
    notices.extend(facts.params.iter().filter_map(open).take(MAX_NAMED));
    notices.extend(facts.doubled.iter().map(|name| notice(NoticeKind::Doubled, name, facts.param(name))));
    let standing = |score: &&Signed<Score>| score.content.points.is_none() && score.place.is_some();
    let no_score = |score: &Signed<Score>| {
        notice(NoticeKind::NoSuchScore, score.author.as_ref().map_or("", |u| &u.name), &score.content.written)
    };
    notices.extend(facts.statements.scores.iter().filter(standing).take(MAX_NAMED).map(no_score));
    notices.extend(facts.lookalikes.iter().take(MAX_NAMED).map(|word| no_vote(word, desk)));
    let parameter = |(template, name): &(String, String)| notice(NoticeKind::UnknownParameter, template, name);
    notices.extend(facts.unknown_parameters.iter().take(MAX_NAMED).map(parameter));
    let new_name = |(written, to): &(String, String)| notice(NoticeKind::NewRedirect, to, written);
    notices.extend(facts.new_redirects.iter().collect::<BTreeSet<_>>().into_iter().take(MAX_NAMED).map(new_name));
    notices
}

/// Words that are no vote, and how votes are written.
fn no_vote(words: &str, desk: &Desk) -> Notice {
    let written = |v: &VoteTemplate| {
        let word = v.first_parameter.first().map(|w| format!("|{w}")).unwrap_or_default();
        Some(format!("{{{{{}{word}}}}}", v.templates.first()?))
    };
    let allowed = desk.votes.iter().filter_map(written).collect();
    Notice { allowed, ..notice(NoticeKind::Lookalike, "", words) }
}

/// Lines by which members in office vote in words alone.
pub(super) fn spoken_votes(facts: &Facts, desk: &Desk, roster: &Roster) -> Vec<Notice> {
    let policy = VotePolicy { facts, roster };
    let by_members = facts.spoken_votes.iter().filter(|spoken| policy.refusal(&spoken.by, spoken.at).is_none());
    let words: BTreeSet<&str> = by_members.map(|spoken| spoken.words.as_str()).collect();
    words.into_iter().take(MAX_NAMED).map(|words| no_vote(words, desk)).collect()
}

/// Whether every field for the team is filled in; none where there is no such field.
pub(super) fn assessed(facts: &Facts, desk: &Desk) -> Option<bool> {
    let mut team = desk.fields.iter().filter(|field| field.team).peekable();
    team.peek()?;
    Some(team.all(|field| !is_blank(facts.param(&field.name)) && invalid(field, facts.param(&field.name)).is_none()))
}

/// What is wrong with a field, and which edit left it so.
fn invalid_now(field: &Field, facts: &Facts) -> Option<Notice> {
    let notice = invalid(field, facts.param(&field.name))?;
    let same = |value: &str| invalid(field, value).is_some_and(|n| n.kind == notice.kind);
    Some(Notice { change: facts.change_to(&field.name, same), ..notice })
}

/// What is wrong with the value of a field.
fn invalid(field: &Field, value: &str) -> Option<Notice> {
    let named = |kind| Some(notice(kind, &field.name, value));
    let meant = meant(field, value);
    if meant.is_none() && is_blank(value) {
        return if field.required { named(NoticeKind::Missing) } else { None };
    }
    if let Some(limit) = field.max_length.filter(|limit| value.chars().count() > *limit) {
        return named(NoticeKind::TooLong).map(|n| Notice { limit: Some(limit), ..n });
    }
    if let Some(pattern) = field.pattern.as_ref().filter(|pattern| !pattern.matches(value)) {
        return named(NoticeKind::NotMatching).map(|n| Notice { allowed: vec![pattern.as_str().to_owned()], ..n });
    }
    if field.one_of.is_empty() || meant.is_some() {
        return None;
    }
    let suggestion = nearest(value, field.one_of.iter().map(String::as_str)).unwrap_or_default().to_owned();
    named(NoticeKind::NotAllowed).map(|n| Notice { allowed: field.one_of.clone(), suggestion, ..n })
}

/// The allowed value that a person means: as it stands there, without regard to case, signs and white space, or the
/// label that readers see for it. None where the field allows anything, or the value is none of those.
pub fn meant<'f>(field: &'f Field, value: &str) -> Option<&'f str> {
    let (exact, word) = (value.trim().to_lowercase(), normalized(value));
    let label = |v: &str| english(&format!("{}-{v}", field.name)).is_some_and(|label| normalized(label) == word);
    let found = |is: &dyn Fn(&str) -> bool| field.one_of.iter().map(String::as_str).find(|v| is(v));
    found(&|v| v.to_lowercase() == exact)
        .or_else(|| found(&|v| !word.is_empty() && normalized(v) == word))
        .or_else(|| found(&|v| !word.is_empty() && label(v)))
}

/// The request's type: the allowed one that is meant, else the beginning of what is written, in lower case; empty for what says
/// nothing.
pub fn kind(written: &str, desk: &Desk) -> String {
    let other = if is_blank(written) { String::new() } else { one_line(written, MOST_OF_A_TYPE) };
    desk.field("type").and_then(|field| meant(field, written)).map_or(other, str::to_owned).to_lowercase()
}

/// Parameters that the desk does not know, with the one that was probably meant; and text that is in no parameter, as
/// after a vertical bar within a sentence.
fn unknown_params(facts: &Facts, desk: &Desk) -> Vec<Notice> {
    let mut seen = BTreeSet::new();
    let (mut notices, mut more): (Vec<Notice>, usize) = (Vec::new(), 0);
    for (name, value) in &facts.params {
        let known = desk.field(name).is_some() || name == "status" || name == "status since";
        if known || is_blank(value) || !seen.insert(name) {
            continue;
        }
        let loose = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
        let kind = if loose { NoticeKind::Loose } else { NoticeKind::Unknown };
        if notices.len() < MAX_NAMED {
            notices.push(Notice { suggestion: suggested_field(name, desk), ..notice(kind, name, value) });
        } else {
            more += 1;
        }
    }
    notices.extend((more > 0).then(|| Notice { limit: Some(more), ..notice(NoticeKind::More, "", "") }));
    notices
}

/// What has to be added to a value, where it begins something that its cell of the table does not end.
fn missing_end(value: &str) -> Option<&'static str> {
    let text = visible(value).to_lowercase().replace("{{!}}", "|");
    let lines = |sign: &str| text.lines().filter(|line| line.trim_start().starts_with(sign)).count();
    let count = |tag: &str| text.matches(tag).count();
    if lines("{|") + count("<table") > lines("|}") + count("</table") {
        return Some(if lines("{|") > 0 { "|}" } else { "</table>" });
    }
    (count("<pre>") > count("</pre")).then_some("</pre>")
}

/// The field that a name stands for: misspelt, or called by the label that readers see; empty if there is none.
fn suggested_field(name: &str, desk: &Desk) -> String {
    let names = || desk.fields.iter().map(|f| f.name.as_str());
    let label =
        |field: &str| english(&format!("field-{field}")).is_some_and(|label| normalized(label) == normalized(name));
    names().find(|f| label(f)).or_else(|| nearest(name, names())).unwrap_or_default().to_owned()
}

/// The notice on a status that is put back, or is left as somebody set it who may not.
pub fn status_edit(overruled: &Overruled, desk: &Desk) -> Notice {
    let by = overruled.by.as_ref().map_or("", |u| u.name.as_str());
    match overruled {
        Overruled { unknown: true, .. } => no_such_status(by, &overruled.to, desk),
        Overruled { repeated: true, .. } => notice(NoticeKind::StatusEdit, by, &overruled.to),
        _ => notice(NoticeKind::StatusPutBack, by, &overruled.to),
    }
}

fn no_such_status(by: &str, to: &str, desk: &Desk) -> Notice {
    let ids = || desk.statuses.iter().map(|s| s.id.as_str());
    Notice {
        allowed: ids().map(str::to_owned).collect(),
        suggestion: nearest(to, ids()).unwrap_or_default().to_owned(),
        ..notice(NoticeKind::NoSuchStatus, by, to)
    }
}

/// The notice on a decision that changes nothing.
pub fn void_ruling(signed: &Signed<Ruling>, desk: &Desk) -> Notice {
    let ruling = &signed.content;
    let known = ruling.withdrawal || desk.status(&ruling.to).is_some();
    let by = signed.author.as_ref().map_or("", |u| u.name.as_str());
    if known { notice(NoticeKind::NotEntitled, by, &ruling.to) } else { no_such_status(by, &ruling.to, desk) }
}

/// Whether the notices leave the request complete: every required field of the requester's is there and valid.
pub fn complete(notices: &[Notice], desk: &Desk) -> bool {
    let of_requester = |notice: &&Notice| !desk.field(&notice.field).is_some_and(|field| field.team);
    !notices.iter().filter(of_requester).any(|n| n.kind.is_incomplete())
}
