//! Whether a vote counts.

use super::codes::codes;

codes! {
    /// Whether a vote counts, or why not. Ledgers give no code for one that counts.
    pub enum Verdict {
        /// It counts.
        Counted = "",
        /// Owners do not vote on their own request.
        OwnRequest = "own-request",
        /// The member stepped aside.
        Recused = "recused",
        /// The author gives advice.
        Adviser = "adviser",
        /// The author is not on the roster, or not with a voting role.
        NotOnRoster = "not-on-roster",
        /// The author's term did not cover the moment of the vote.
        NotInTerm = "not-in-term",
        /// The account was younger than the desk's voters are.
        TooNew = "too-new",
        /// The account had made fewer edits than the desk's voters have.
        TooFewEdits = "too-few-edits",
        /// The account was in none of the groups that vote.
        NotInGroup = "not-in-group",
        /// The same member voted again later.
        Superseded = "superseded",
        /// It was struck out.
        Struck = "struck",
        /// Its author, staff or the chair removed it.
        Removed = "removed-by-author",
        /// It was added after the request was closed.
        Closed = "closed",
        /// The signature beside it names another account.
        Signature = "signature",
        /// Temporary accounts do not vote.
        Temporary = "temporary",
        /// It was imported from another wiki, with the name of an account there.
        Imported = "imported",
        /// The wiki hides who added it.
        Hidden = "hidden",
        /// The page does not show it as a vote of its own.
        NotShown = "not-shown",
        /// It stands inside a sentence or a heading.
        Inline = "inside-sentence",
        /// Whoever recorded it is neither staff, chair nor secretary.
        ForNotAllowed = "for-not-allowed",
        /// The member it was recorded for is not on the roster.
        ForUnknown = "for-unknown",
    }
}

impl Verdict {
    /// What it tells of whether its author might vote then, where the roster does not say that: why not, or nothing.
    pub fn on_elector(self) -> Option<Option<Verdict>> {
        use Verdict as V;
        match self {
            V::TooNew | V::TooFewEdits | V::NotInGroup => Some(Some(self)),
            V::Counted | V::OwnRequest | V::Recused | V::Superseded | V::Struck | V::Inline => Some(None),
            _ => None,
        }
    }
}
