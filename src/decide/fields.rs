//! The fields of a proposal: what is missing or not as it should be. A notice, never an error.

use serde::Serialize;

use super::timeline::Overruled;
use crate::config::nearest;
use crate::desk::request::Ruling;
use crate::desk::{Desk, Facts, VoteTemplate};
use crate::write::inert::one_line;

/// Something to mend in the request template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What is wrong.
    pub kind: NoticeKind,
    /// The parameter.
    pub field: String,
    /// Its value, shortened, where that helps.
    pub value: String,
    /// The longest value, for one that is too long.
    pub limit: Option<usize>,
    /// The values allowed, for one that is not.
    pub allowed: Vec<String>,
}

/// Kinds of notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A required field is empty.
    Missing,
    /// A value is too long.
    TooLong,
    /// A value is none of those allowed.
    NotAllowed,
    /// A parameter that the desk does not know; it does no harm. What it was probably meant to be is in `allowed`.
    Unknown,
    /// A parameter is there twice; the last one counts.
    Doubled,
    /// Bold text looks like a vote but is none.
    Lookalike,
    /// A decision names no status of the desk.
    NoSuchStatus,
    /// Whoever wrote a decision may not decide here.
    NotEntitled,
    /// Somebody who may not set the status set it again after it had been put back.
    StatusEdit,
}

impl NoticeKind {
    /// All of them.
    pub const ALL: [NoticeKind; 9] = [
        Self::Missing,
        Self::TooLong,
        Self::NotAllowed,
        Self::Unknown,
        Self::Doubled,
        Self::Lookalike,
        Self::NoSuchStatus,
        Self::NotEntitled,
        Self::StatusEdit,
    ];

    /// The code used in template calls.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            NoticeKind::Missing => "missing",
            NoticeKind::TooLong => "too-long",
            NoticeKind::NotAllowed => "not-allowed",
            NoticeKind::Unknown => "unknown",
            NoticeKind::Doubled => "doubled",
            NoticeKind::Lookalike => "lookalike",
            NoticeKind::NoSuchStatus => "no-such-status",
            NoticeKind::NotEntitled => "not-entitled",
            NoticeKind::StatusEdit => "status-edit",
        }
    }
}

/// All notices on the template's parameters, in the order of the fields.
#[must_use]
pub fn check(facts: &Facts, desk: &Desk) -> Vec<Notice> {
    let notice = |kind, field: &str, value: &str| Notice {
        kind,
        field: one_line(field, 60),
        value: one_line(value, 60),
        limit: None,
        allowed: Vec::new(),
    };
    let mut notices = Vec::new();
    for field in &desk.fields {
        let value = facts.param(&field.name);
        if !says_something(value) {
            if field.required {
                notices.push(notice(NoticeKind::Missing, &field.name, ""));
            }
        } else if let Some(limit) = field.max_length.filter(|limit| value.chars().count() > *limit) {
            notices.push(Notice { limit: Some(limit), ..notice(NoticeKind::TooLong, &field.name, value) });
        } else if !field.one_of.is_empty() && !field.one_of.iter().any(|v| v.to_lowercase() == value.to_lowercase()) {
            notices
                .push(Notice { allowed: field.one_of.clone(), ..notice(NoticeKind::NotAllowed, &field.name, value) });
        }
    }
    let mut named: Vec<&String> = Vec::new();
    for (name, value) in &facts.params {
        let known = desk.field(name).is_some() || name == "status" || name == "status since";
        if !known && !value.is_empty() && !named.contains(&name) {
            named.push(name);
            let fields: Vec<&str> = desk.fields.iter().map(|f| f.name.as_str()).collect();
            let meant = nearest(name, &fields).map(str::to_owned).into_iter().collect();
            notices.push(Notice { allowed: meant, ..notice(NoticeKind::Unknown, name, value) });
        }
    }
    notices.extend(facts.doubled.iter().map(|name| notice(NoticeKind::Doubled, name, facts.param(name))));
    let written = |v: &VoteTemplate| {
        let word = v.first_parameter.first().map(|w| format!("|{w}")).unwrap_or_default();
        Some(format!("{{{{{}{word}}}}}", v.templates.first()?))
    };
    let votes = || desk.votes.iter().filter_map(written).collect();
    let lookalike = |word: &String| Notice { allowed: votes(), ..notice(NoticeKind::Lookalike, "", word) };
    notices.extend(facts.lookalikes.iter().map(lookalike));
    notices
}

/// Whether a value is more than a dash or dots in the place of words.
fn says_something(value: &str) -> bool {
    !value.chars().all(|c| c.is_ascii_punctuation() || c.is_whitespace() || "…–—·¿¡".contains(c))
}

/// The notice on a status that is left as somebody set it who may not.
#[must_use]
pub fn left(overruled: &Overruled) -> Notice {
    Notice {
        kind: NoticeKind::StatusEdit,
        field: overruled.by.as_ref().map(|u| u.name.clone()).unwrap_or_default(),
        value: one_line(&overruled.to, 60),
        limit: None,
        allowed: Vec::new(),
    }
}

/// The notice on a decision that changes nothing.
#[must_use]
pub fn void_ruling(ruling: &Ruling, desk: &Desk) -> Notice {
    let known = ruling.withdrawal || desk.status(&ruling.to).is_some();
    Notice {
        kind: if known { NoticeKind::NotEntitled } else { NoticeKind::NoSuchStatus },
        field: ruling.trail.author.as_ref().map(|u| u.name.clone()).unwrap_or_default(),
        value: one_line(&ruling.to, 60),
        limit: None,
        allowed: if known { Vec::new() } else { desk.statuses.iter().map(|s| s.id.clone()).collect() },
    }
}

/// Whether the notices leave the request complete: every required field is there and valid.
#[must_use]
pub fn complete(notices: &[Notice]) -> bool {
    !notices.iter().any(|n| matches!(n.kind, NoticeKind::Missing | NoticeKind::TooLong | NoticeKind::NotAllowed))
}
