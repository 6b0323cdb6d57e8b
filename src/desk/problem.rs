//! What a person should look at: a line of the problems page.

use serde::Serialize;

use super::codes::codes;

codes! {
    /// Kinds of problems. Their order is that of the problems page: what stops every vote, what keeps the bot from its work,
    /// what concerns one request.
    pub enum ProblemKind {
        /// Nobody has a vote, in no revision by a trusted account.
        RosterEmpty = "roster-empty",
        /// A trusted account left nobody with a vote; an older revision is in force.
        RosterBroken = "roster-broken",
        /// The committee page was moved away, and what stands in its place names nobody; the moved page is in force.
        RosterMoved = "roster-moved",
        /// Somebody who is not trusted changed the roster; an older revision is in force.
        RosterUntrusted = "roster-untrusted",
        /// A name on the roster that no account has.
        RosterName = "roster-name",
        /// A line of the roster that cannot be read.
        RosterLine = "roster-line",
        /// A name on the roster whose account has another name by now.
        RosterRenamed = "roster-renamed",
        /// A person with two terms at the same time.
        RosterTwice = "roster-twice",
        /// The newest rules on the wiki are not valid; older ones are in force.
        RulesInvalid = "rules-invalid",
        /// Somebody who is not trusted changed the rules on the wiki; older ones are in force.
        RulesUntrusted = "rules-untrusted",
        /// The page of the rules has none: it is missing, was moved, or was emptied.
        RulesMissing = "rules-missing",
        /// Minutes that were moved away from below the meetings page; they still count.
        MinutesMoved = "minutes-moved",
        /// Minutes without a date, or with one that is none.
        MinutesDate = "minutes-date",
        /// Minutes of a meeting that is still to come.
        MinutesFuture = "minutes-future",
        /// A line of minutes that cannot be read, or a parameter of one.
        MinutesLine = "minutes-line",
        /// Lines of minutes that somebody else wrote, changed or took away than those who record.
        MinutesUntrusted = "minutes-untrusted",
        /// Minutes name a request that there is not.
        MinutesRequest = "minutes-request",
        /// Minutes name a request by a name that several have.
        MinutesAmbiguous = "minutes-ambiguous",
        /// Minutes name a person who had no role at that time.
        MinutesPerson = "minutes-person",
        /// A decision in minutes is no status of the desk.
        MinutesDecision = "minutes-decision",
        /// A score in minutes is none, or nobody was there to give it.
        MinutesScore = "minutes-score",
        /// An edit would have touched what belongs to people.
        NotSaved = "not-saved",
        /// One of the two markers of a block is missing, doubled or out of order.
        Markers = "markers",
        /// A page that the bot should keep leaves it no place: it has no markers, is a redirect, or hides what is between them.
        NoPlace = "no-place",
        /// The bot's account is in no bots' group any more.
        HeldRight = "held-right",
        /// A pass would make more edits than the configuration allows.
        HeldEdits = "held-edits",
        /// A table would lose half of its rows or more.
        HeldTable = "held-table",
        /// A page would be made to say the same again and again.
        HeldRepeated = "held-repeated",
        /// A pass would send more messages than the configuration allows.
        HeldMessages = "held-messages",
        /// Somebody could not be written to.
        NotTold = "not-told",
        /// The words of a message could not be made.
        MessageWords = "message-words",
        /// The wiki refuses the edit.
        Refused = "refused",
        /// `{{nobots}}` or `{{bots}}` keeps the bot away.
        Nobots = "nobots",
        /// Somebody undid the bot's edit.
        Undone = "undone",
        /// Somebody changed the bot's text twice.
        Dispute = "dispute",
        /// A request page without the request template.
        LostTemplate = "lost-template",
        /// The request template cannot be read.
        NotReadable = "not-readable",
        /// The wiki does not show the page, or the bot fails on it.
        Unread = "unread",
        /// The request template stands inside another one.
        Wrapped = "wrapped",
        /// A page with the request template that stands too deep below the intake page to be a request.
        Deeper = "deeper",
        /// A page with the request template that is named like a translation of the intake page.
        LanguageName = "language-name",
        /// A page below the intake page that redirects and holds the request template, or redirects to that.
        RedirectRequest = "redirect-request",
        /// A template led to the request template only since it was written, or only since a short time.
        NewName = "new-name",
        /// The request template is there more than once.
        TemplateDoubled = "template-doubled",
        /// Somebody who may not set the status set it again after it had been put back.
        StatusEdit = "status-edit",
        /// A proposal changed on the intake page after it got a page of its own.
        MovedChanged = "moved-changed",
        /// Somebody put a proposal back that the bot had moved.
        MovedBack = "moved-back",
        /// More proposals on the intake page than are moved without a person.
        ManyRequests = "many-requests",
        /// A form on the intake page that nobody has filled in.
        RequestEmpty = "request-empty",
        /// Words to the desk on the intake page.
        Message = "message",
    }
}

codes! {
    /// Why it came to a problem, where its kind alone does not tell.
    pub enum CauseCode {
        /// A date on a line of the roster is none.
        RosterDate = "roster-date",
        /// A role on a line of the roster is none.
        RosterRole = "roster-role",
        /// A line of the roster names nobody.
        RosterUser = "roster-user",
        /// A line of the roster ends before it begins.
        RosterOrder = "roster-order",
        /// The days of absence on a line of the roster cannot be read.
        RosterLeave = "roster-leave",
        /// The wikitext has the request template, but the page does not show it.
        NotShown = "not-shown",
        /// The request template has no end.
        Unclosed = "unclosed",
        /// The wiki hides the newest text.
        Hidden = "hidden",
        /// The wiki took longer than so many seconds.
        Slow = "slow",
        /// What the wiki makes of the page is too large.
        Large = "large",
        /// The wiki failed on the page; the log tells more.
        Failed = "failed",
        /// The bot failed on the page: what it said.
        Mistake = "mistake",
        /// A talk page leads to a page that is not its owner's.
        TalkElsewhere = "talk-elsewhere",
        /// A talk page is no wikitext: its kind.
        TalkModel = "talk-model",
        /// Something on a talk page that is not closed hides what is written below it.
        TalkOpen = "talk-open",
        /// The wiki did not show what an edit would make of the page.
        EditNotShown = "edit-not-shown",
    }
}

/// Why it came to a problem.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cause {
    /// What the words about it go by.
    pub code: CauseCode,
    /// A value in these, such as what was written; empty where there is none.
    pub value: Box<str>,
}

impl Cause {
    /// A cause with its value.
    pub fn new(code: CauseCode, value: impl Into<Box<str>>) -> Self {
        Cause { code, value: value.into() }
    }
}

/// Something a person should look at. Problems sort as the problems page lists them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Its kind.
    pub kind: ProblemKind,
    /// The title of the page it is about.
    pub page: String,
    /// What was found there, in the wiki's or the page's own words: names, numbers, codes. No sentence: those are texts.
    pub detail: String,
    /// Why, where the kind does not tell.
    pub cause: Option<Cause>,
    /// The revision it was found in, if it is one.
    pub revision: Option<u64>,
    /// Tells a refused edit from others; of a page that cannot be read, the version of the bot that could not.
    pub digest: Option<String>,
}

impl Problem {
    /// That the bot cannot read a page at this revision. Another version of the bot may have more luck.
    pub fn unread(page: &str, revision: u64, why: Cause) -> Self {
        let digest = Some(env!("CARGO_PKG_VERSION").to_owned());
        let cause = Some(why);
        Problem { revision: Some(revision), digest, cause, ..Problem::new(ProblemKind::Unread, page, "") }
    }

    /// Whether it is that the bot cannot read the page at this revision.
    pub fn is_unread(&self, page: &str, revision: u64) -> bool {
        self.kind == ProblemKind::Unread
            && self.page == page
            && self.revision == Some(revision)
            && self.digest.as_deref() == Some(env!("CARGO_PKG_VERSION"))
    }

    /// A problem of that kind on that page.
    pub fn new(kind: ProblemKind, page: &str, detail: impl Into<String>) -> Self {
        Problem { kind, page: page.to_owned(), detail: detail.into(), cause: None, revision: None, digest: None }
    }
}
