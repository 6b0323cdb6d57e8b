//! What a person should look at: a line of the problems page.

use std::fmt;

use serde::{Serialize, Serializer};

/// Kinds of problems. Their order is that of the problems page: what stops every vote, what keeps the bot from its work,
/// what concerns one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// Nobody has a vote, in no revision by a trusted account.
    RosterEmpty,
    /// A trusted account left nobody with a vote; an older revision is in force.
    RosterBroken,
    /// Somebody who is not trusted changed the roster; an older revision is in force.
    RosterUntrusted,
    /// A name on the roster that no account has.
    RosterName,
    /// A line of the roster that cannot be read.
    RosterLine,
    /// A name on the roster whose account has another name by now.
    RosterRenamed,
    /// A person with two terms at the same time.
    RosterTwice,
    /// An edit would have touched what belongs to people.
    NotSaved,
    /// One of the two markers of a block is missing, doubled or out of order.
    Markers,
    /// The wiki refuses the edit.
    Refused,
    /// `{{nobots}}` or `{{bots}}` keeps the bot away.
    Nobots,
    /// Somebody undid the bot's edit.
    Undone,
    /// Somebody changed the bot's text twice.
    Dispute,
    /// A request page without the request template.
    LostTemplate,
    /// The request template cannot be read.
    NotReadable,
    /// The request template stands inside another one.
    Wrapped,
    /// The request template is there more than once.
    TemplateDoubled,
    /// Somebody who may not set the status set it again after it had been put back.
    StatusEdit,
    /// A proposal changed on the intake page after it got a page of its own.
    MovedChanged,
    /// Somebody put a proposal back that the bot had moved.
    MovedBack,
    /// More proposals on the intake page than are moved without a person.
    ManyRequests,
    /// A form on the intake page that nobody has filled in.
    RequestEmpty,
    /// Words to the desk on the intake page.
    Message,
}

impl ProblemKind {
    /// All kinds, the more urgent first, with the codes that template calls have.
    pub const ALL: [(ProblemKind, &'static str); 23] = [
        (ProblemKind::RosterEmpty, "roster-empty"),
        (ProblemKind::RosterBroken, "roster-broken"),
        (ProblemKind::RosterUntrusted, "roster-untrusted"),
        (ProblemKind::RosterName, "roster-name"),
        (ProblemKind::RosterLine, "roster-line"),
        (ProblemKind::RosterRenamed, "roster-renamed"),
        (ProblemKind::RosterTwice, "roster-twice"),
        (ProblemKind::NotSaved, "not-saved"),
        (ProblemKind::Markers, "markers"),
        (ProblemKind::Refused, "refused"),
        (ProblemKind::Nobots, "nobots"),
        (ProblemKind::Undone, "undone"),
        (ProblemKind::Dispute, "dispute"),
        (ProblemKind::LostTemplate, "lost-template"),
        (ProblemKind::NotReadable, "not-readable"),
        (ProblemKind::Wrapped, "wrapped"),
        (ProblemKind::TemplateDoubled, "template-doubled"),
        (ProblemKind::StatusEdit, "status-edit"),
        (ProblemKind::MovedChanged, "moved-changed"),
        (ProblemKind::MovedBack, "moved-back"),
        (ProblemKind::ManyRequests, "many-requests"),
        (ProblemKind::RequestEmpty, "request-empty"),
        (ProblemKind::Message, "message"),
    ];

    /// Whether it is about the committee page.
    pub fn is_of_roster(self) -> bool {
        self <= ProblemKind::RosterTwice
    }

    /// The code that template calls have.
    pub fn id(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for ProblemKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// Something a person should look at. Problems sort as the problems page lists them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Its kind.
    pub kind: ProblemKind,
    /// The title of the page it is about.
    pub page: String,
    /// What was found there, in the wiki's or the page's own words.
    pub detail: String,
    /// The revision it was found in, if it is one.
    pub revision: Option<u64>,
    /// Tells a refused edit from others.
    pub digest: Option<String>,
}

impl Problem {
    /// A problem of that kind on that page.
    pub fn new(kind: ProblemKind, page: &str, detail: impl Into<String>) -> Self {
        Problem { kind, page: page.to_owned(), detail: detail.into(), revision: None, digest: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_kinds_is_in_their_order() {
        for (place, (kind, id)) in ProblemKind::ALL.into_iter().enumerate() {
            assert_eq!((kind as usize, kind.id()), (place, id));
        }
    }
}
