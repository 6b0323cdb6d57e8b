//! What the bot leaves where it moves a proposal: a marker on the new page, a link in the old place.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

static MARKER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|\n)<!-- helpdesk:moved revision=([0-9]+) proposal=([0-9]+)( author=unknown)? -->\s*$")
        .expect("a regular expression")
});

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
        let found = MARKER.captures(text)?;
        Some(Marker {
            revision: found[1].parse().ok()?,
            nth: found[2].parse().ok()?,
            anonymous: found.get(3).is_some(),
        })
    }
}

/// The link that takes the place of a proposal.
pub fn link(title: &str) -> String {
    let name = title.rsplit('/').next().unwrap_or(title);
    format!("→ [[:{title}|{name}]]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_read_on_the_last_line_alone() {
        for marker in
            [Marker { revision: 12, nth: 1, anonymous: false }, Marker { revision: u64::MAX, nth: 30, anonymous: true }]
        {
            assert_eq!(Marker::on_last_line(&marker.below("{{Helpdesk request}}")), Some(marker));
            assert_eq!(Marker::on_last_line(&format!("{marker}\n \n")), Some(marker));
            assert_eq!(Marker::on_last_line(&format!("{marker}\nmore")), None);
            assert_eq!(Marker::on_last_line(&format!("more {marker}")), None);
            assert_eq!(Marker::on_last_line(&format!("{marker}{marker}")), None);
        }
        assert_eq!(Marker::on_last_line("<!-- helpdesk:moved revision=99999999999999999999 proposal=1 -->"), None);
        assert_eq!(Marker::on_last_line("<!-- helpdesk:moved revision=1 -->"), None);
    }
}
