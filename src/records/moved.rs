//! What the bot leaves where it moves a proposal: a marker on the new page, a link in the old place.

use std::fmt;

/// What the bot writes below a proposal that it gives a page of its own: where it came from. It is believed only in a
/// revision with which the bot's own account created a page, on the last line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Marker {
    /// The revision that brought it.
    pub revision: u64,
    /// Which of that revision's proposals it was, from 1.
    pub nth: usize,
    /// The wiki hides a revision around it, so that its author is not known for sure.
    pub anonymous: bool,
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let author = if self.anonymous { " author=unknown" } else { "" };
        write!(f, "<!-- helpdesk:moved revision={} proposal={}{author} -->", self.revision, self.nth)
    }
}

impl Marker {
    /// The text of the page that a proposal gets.
    pub fn below(&self, proposal: &str) -> String {
        format!("{proposal}\n{self}")
    }

    /// The marker on the last line of a text.
    pub fn on_last_line(text: &str) -> Option<Marker> {
        let line = text.trim_end().rsplit('\n').next()?;
        let body = line.strip_prefix("<!-- helpdesk:moved revision=")?.strip_suffix(" -->")?;
        let (body, anonymous) = match body.strip_suffix(" author=unknown") {
            Some(body) => (body, true),
            None => (body, false),
        };
        let (revision, nth) = body.split_once(" proposal=")?;
        Some(Marker { revision: revision.parse().ok()?, nth: nth.parse().ok()?, anonymous })
    }
}

/// The link that takes the place of a proposal.
pub fn link(title: &str) -> String {
    let name = title.rsplit('/').next().unwrap_or(title);
    format!("→ [[:{title}|{name}]]")
}
