//! The ledger on a request page: where the request stands, every vote with why it counts or not, and what
//! could happen next. One template call a line; words and looks are the templates'.

use std::sync::LazyLock;

use regex::Regex;

use super::people::{CHIPS, SCORES, chips, decided_on, name_of, scores};
use super::work::{self, HELPER};
use super::{milestones, numbered};
use crate::desk::decision::{Ballot, Basis, Decision, Notice, NoticeKind, Verdict};
use crate::desk::minutes::Item;
use crate::desk::request::{FieldChange, KnownChanges};
use crate::desk::waiting::{ConditionKind, Prospect, WaitingFor, yes_no};
use crate::desk::{Choice, Facts};
use crate::page::{RevisionInfo, Time, User, timestamp, timestamp_or_none};
use crate::wikitext::block::{self, Block};
use crate::wikitext::inert::{as_read, call, unescape};
use crate::wikitext::{self, Call};

/// The name of the block.
pub const BLOCK: &str = "ledger";

/// The template with which the bot's ledger begins.
pub const LEDGER_START: &str = "Helpdesk ledger start";

/// The template of a vote's line.
pub const ROW: &str = "Helpdesk ledger row";

/// The template of a notice.
pub const NOTICE: &str = "Helpdesk ledger notice";

/// The template of a change of a material field after counted votes.
pub const CHANGE: &str = "Helpdesk ledger change";

/// The template of what a meeting said.
const DISCUSSED: &str = "Helpdesk ledger discussed";

/// What lets a later pass trust the ledger instead of reading the page's history again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memo {
    /// The revision that was read.
    pub read: u64,
    /// A digest of what the decision rests on besides the page: rules, names of templates, terms of the people named.
    pub digest: String,
    /// When time alone may change something.
    pub due: Option<Time>,
    /// The desk that keeps the request, by its intake page; empty in ledgers of older versions.
    pub desk: String,
}

/// Among the names of people whom a ledger rests on: all members of the committee.
pub const EVERYBODY: &str = "*";

/// The parameters that only the bot reads, and that are no reason for an edit.
const MEMO: [&str; 27] = [
    milestones::LIFE,
    milestones::FIRST_REPLY,
    milestones::MEMBERS,
    milestones::HELPED,
    "owed",
    "filed",
    "answered",
    "replied",
    "replied by",
    "voted",
    "settled",
    "type by",
    "owners by",
    "worked",
    "workers",
    "closes",
    "decided by",
    "decided at",
    "decided on",
    "decision rule",
    "decision reason",
    "members",
    "read",
    "minutes",
    "basis",
    "due",
    "desk",
];

/// What stands between names in a parameter: no account's name has it.
const BETWEEN: char = '|';

/// The ledger's wikitext, without the markers around it.
pub fn render(facts: &Facts, decision: &Decision, memo: &Memo) -> String {
    let mut lines = vec![start(facts, decision, memo)];
    let closed = decision.waiting.code == WaitingFor::Nothing;
    let told = decision.notices.iter().filter(|notice| !closed || notice.kind.is_told_once_closed());
    lines.extend(told.map(|told| notice(told, closed)));
    lines.extend(decision.changes.iter().map(change));
    lines.extend(work::lines(decision));
    lines.extend(facts.discussed.iter().map(discussed));
    if !decision.ballots.is_empty() {
        lines.extend(chips(decision));
        lines.push(call("Helpdesk ledger votes", &[("count", decision.ballots.len().to_string())]));
        lines.extend(decision.ballots.iter().map(|ballot| row(ballot, &decision.changes, closed)));
        lines.push(call("Helpdesk ledger votes end", &[]));
    } else {
        lines.extend(chips(decision));
    }
    lines.extend(scores(decision));
    let rules: Vec<String> = prospects(decision).flat_map(rule_lines).collect();
    if !rules.is_empty() {
        lines.push(call("Helpdesk ledger rules", &[]));
        lines.extend(rules);
        lines.push(call("Helpdesk ledger rules end", &[]));
    }
    lines.push(call("Helpdesk ledger end", &[]));
    lines.join("\n")
}

/// The rules that people can do something for. Those that only wait for trouble are told when it is there.
fn prospects(decision: &Decision) -> impl Iterator<Item = &Prospect> {
    decision.prospects.iter().filter(|prospect| prospect.possible() && !prospect.waits_for_setback())
}

fn start(facts: &Facts, decision: &Decision, memo: &Memo) -> String {
    let none = String::new;
    let (by, rule, user, revision, reason) = match &decision.basis {
        Basis::Filed => ("", none(), none(), None, none()),
        Basis::Rule { name, .. } => ("rule", name.clone(), none(), None, none()),
        Basis::Person { user, revision, reason } => {
            ("person", none(), user.name.clone(), Some(*revision), reason.clone())
        }
        Basis::Meeting { revision, reason, .. } => ("meeting", none(), none(), Some(*revision), reason.clone()),
    };
    let meeting = if let Basis::Meeting { meeting, .. } = &decision.basis { Some(meeting) } else { None };
    let names = |users: &[User]| users.iter().map(|user| user.name.clone()).collect::<Vec<_>>();
    let helpers: Vec<User> = decision.helpers.iter().map(|helper| helper.user.clone()).collect();
    let helpers = numbered::params("helper", &names(&helpers));
    let owners = [numbered::params("requester", &names(&decision.owners)), helpers].concat();
    let owners = owners.iter().map(|(key, name)| (key.as_str(), name.clone()));
    let question = question(decision);
    let emptied = emptied(decision);
    let of_emptied = |value: &dyn Fn(&FieldChange) -> String| emptied.map(value).unwrap_or_default();
    let params = [
        ("status", decision.status.clone()),
        ("since", timestamp(decision.since)),
        ("by", by.to_owned()),
        ("rule", rule),
        ("user", user),
        ("meeting", meeting.map(|m| m.date.to_string()).unwrap_or_default()),
        ("minutes page", meeting.map(|m| m.page.clone()).unwrap_or_default()),
        ("revision", revision.map(|r| r.to_string()).unwrap_or_default()),
        ("reason", as_read(&reason)),
        ("asked by", question.map(|ballot| name_of(ballot.member.as_ref())).unwrap_or_default()),
        ("question", question.map(question_of).unwrap_or_default()),
        ("asked revision", question.map(|ballot| ballot.vote.revision.to_string()).unwrap_or_default()),
        ("type", decision.kind.clone()),
        ("filed by", name_of(decision.filed_for_others.as_ref())),
        ("support", decision.tally.support.to_string()),
        ("oppose", decision.tally.oppose.to_string()),
        ("abstain", decision.tally.abstain.to_string()),
        ("info", decision.tally.info.to_string()),
        ("priority", decision.scores.median()),
        ("assessed", decision.assessed.map(yes_no).unwrap_or_default()),
        ("waiting", decision.waiting.code.id().to_owned()),
        ("have", decision.waiting.have_shown()),
        ("need", decision.waiting.need.clone()),
        ("until", timestamp_or_none(decision.waiting.until)),
        ("emptied", of_emptied(&|c| c.field.clone())),
        ("emptied by", of_emptied(&|c| name_of(c.by.as_ref()))),
        ("emptied revision", of_emptied(&|c| c.revision.to_string())),
        ("filed", facts.filed_in.to_string()),
        ("answered", facts.owner_edit().map(|e| e.revision.to_string()).unwrap_or_default()),
        ("owed", timestamp_or_none(decision.owed)),
        ("replied", decision.replied.as_ref().map(|(_, revision)| revision.to_string()).unwrap_or_default()),
        ("replied by", decision.replied.as_ref().map(|(name, _)| name.clone()).unwrap_or_default()),
        ("voted", timestamp(decision.votes_changed)),
        ("settled", timestamp(decision.settled)),
        ("type by", decision.kind_by.clone().unwrap_or_default()),
        ("owners by", decision.owners_by.join(&BETWEEN.to_string())),
        ("worked", timestamp_or_none(decision.worked)),
        ("workers", work::workers(facts).join(&BETWEEN.to_string())),
        ("closes", timestamp_or_none(decision.closes)),
        ("members", if decision.rests_on_everybody { EVERYBODY.to_owned() } else { none() }),
        ("read", memo.read.to_string()),
        ("minutes", Some(facts.newest_minutes()).filter(|id| *id != 0).map(|id| id.to_string()).unwrap_or_default()),
        ("basis", memo.digest.clone()),
        ("due", timestamp_or_none(memo.due)),
        ("desk", memo.desk.clone()),
    ];
    let life = milestones::params(&decision.milestones);
    let life = life.iter().map(|(key, value)| (key.as_str(), value.clone()));
    call(LEDGER_START, &owners.chain(params).chain(decided_on(decision)).chain(life).collect::<Vec<_>>())
}

/// The newest question that the request waits with for its owner.
pub fn question(decision: &Decision) -> Option<&Ballot> {
    let waits = decision.waiting.code == WaitingFor::Condition(ConditionKind::InfoWanted);
    let asks = |ballot: &&Ballot| ballot.verdict == Verdict::Counted && ballot.vote.content.choice == Choice::Info;
    decision.ballots.iter().filter(asks).filter(|_| waits).max_by_key(|ballot| ballot.vote.revision)
}

/// What it asks, as it reads.
pub fn question_of(ballot: &Ballot) -> String {
    // Templates that call somebody are no words of it.
    static TEMPLATES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{\{[^{}]*\}\}").expect("a regular expression"));
    as_read(TEMPLATES.replace_all(&ballot.vote.content.question, "").trim())
}

/// The change that emptied the first required field that is empty, where the request waits for that.
fn emptied(decision: &Decision) -> Option<&FieldChange> {
    let waits = decision.waiting.code == WaitingFor::Condition(ConditionKind::Complete);
    let missing = decision.notices.iter().filter(|n| n.kind == NoticeKind::Missing);
    missing.filter_map(|n| n.change.as_ref()).find(|_| waits)
}

fn change(change: &FieldChange) -> String {
    call(
        CHANGE,
        &[
            ("field", change.field.clone()),
            ("user", name_of(change.by.as_ref())),
            ("time", timestamp(change.at)),
            ("revision", change.revision.to_string()),
        ],
    )
}

/// A notice; on a closed request it asks nobody to do anything.
fn notice(notice: &Notice, closed: bool) -> String {
    let change = notice.change.as_ref();
    call(
        NOTICE,
        &[
            ("kind", notice.kind.id().to_owned()),
            ("field", notice.field.clone()),
            ("value", notice.value.clone()),
            ("limit", notice.limit.map(|l| l.to_string()).unwrap_or_default()),
            ("allowed", notice.allowed.join(", ")),
            ("suggestion", notice.suggestion.clone()),
            ("closed", if closed { "yes" } else { "" }.to_owned()),
            ("user", name_of(change.and_then(|c| c.by.as_ref()))),
            ("revision", change.map(|c| c.revision.to_string()).unwrap_or_default()),
            ("time", timestamp_or_none(change.map(|c| c.at))),
        ],
    )
}

/// What a meeting said of it.
fn discussed(item: &Item) -> String {
    call(
        DISCUSSED,
        &[
            ("meeting", item.meeting.date.to_string()),
            ("minutes page", item.meeting.page.clone()),
            ("revision", item.revision.to_string()),
            ("recommendation", as_read(&item.recommendation)),
            ("priority", item.priority.clone()),
            ("helper", item.helper.clone()),
        ],
    )
}

/// A vote's row; `changes` are all that the ledger names. On a closed request nobody is asked to vote again.
fn row(ballot: &Ballot, changes: &[FieldChange], closed: bool) -> String {
    let vote = &ballot.vote;
    let number = |(n, change): (usize, &FieldChange)| ballot.changes.contains(change).then(|| (n + 1).to_string());
    let numbers: Vec<String> = changes.iter().enumerate().filter_map(number).collect();
    let recorded = vote.content.on_behalf_of.is_some();
    let asks = ballot.verdict == Verdict::Counted && vote.content.choice == Choice::Info;
    call(
        ROW,
        &[
            ("choice", vote.content.choice.id().to_owned()),
            ("user", name_of(ballot.member.as_ref())),
            ("time", timestamp(vote.at)),
            ("revision", vote.revision.to_string()),
            ("counted", if ballot.verdict == Verdict::Counted { "yes" } else { "no" }.to_owned()),
            ("why", ballot.verdict.id().to_owned()),
            ("needed", ballot.needed.clone()),
            ("question", if asks { question_of(ballot) } else { String::new() }),
            ("for", vote.content.on_behalf_of.clone().unwrap_or_default()),
            ("recorded by", if recorded { name_of(vote.author.as_ref()) } else { String::new() }),
            ("touched by", ballot.unauthorised_touch.as_ref().map(|t| name_of(t.by.as_ref())).unwrap_or_default()),
            ("meeting", vote.meeting.as_ref().map(|m| m.date.to_string()).unwrap_or_default()),
            ("n", vote.place.map(|n| n.to_string()).unwrap_or_default()),
            (
                "touched revision",
                ballot.unauthorised_touch.as_ref().map(|t| t.revision.to_string()).unwrap_or_default(),
            ),
            ("changed", numbers.join(" ")),
            (
                "changed revision",
                ballot.changes.last().filter(|_| !closed).map(|c| c.revision.to_string()).unwrap_or_default(),
            ),
        ],
    )
}

fn rule_lines(prospect: &Prospect) -> Vec<String> {
    let mut lines = vec![call("Helpdesk ledger next", &[("rule", prospect.rule.clone()), ("to", prospect.to.clone())])];
    lines.extend(prospect.conditions.iter().map(|c| {
        call(
            "Helpdesk ledger condition",
            &[
                ("condition", c.kind.id().to_owned()),
                ("holds", if c.holds { "yes" } else { "no" }.to_owned()),
                ("have", c.have_shown()),
                ("need", c.need.clone()),
                ("until", timestamp_or_none(c.until)),
            ],
        )
    }));
    lines
}

/// A page with its ledger without the memo, to tell whether a new one says anything else.
pub fn without_memo(text: &str) -> String {
    let Block::Found(range) = block::find(text, BLOCK) else { return text.to_owned() };
    let mut edits = Vec::new();
    for call in wikitext::calls(&text[range.clone()]) {
        let memo: &[&str] = match call.name.as_str() {
            LEDGER_START => &MEMO,
            ROW => &["n"],
            _ => continue,
        };
        let own = call.params.iter().filter(|p| memo.contains(&numbered::base(&p.name)));
        edits.extend(own.map(|p| (range.start + p.span.start..range.start + p.span.end, String::new())));
    }
    wikitext::splice(text, edits)
}

/// The memo of a ledger on a page.
pub fn memo(start: &Call) -> Option<Memo> {
    Some(Memo {
        read: start.value("read").parse().ok()?,
        digest: unescape(start.value("basis")),
        due: crate::page::parse_timestamp(&unescape(start.value("due"))),
        desk: unescape(start.value("desk")),
    })
}

/// The newest revision that the bot had read when it wrote a ledger, of the page or of minutes.
pub fn has_read(start: &Call) -> Option<u64> {
    let number = |name: &str| start.value(name).parse::<u64>().ok();
    Some(number("read")?.max(number("minutes").unwrap_or_default()))
}

/// What a ledger says of the changes of the text; `revision` looks up who saved a revision, and when. None where it does not
/// say all.
pub fn known_changes(ledger: &[Call], revision: impl Fn(&str) -> Option<RevisionInfo>) -> Option<KnownChanges> {
    let change = |call: &Call| {
        let field = unescape(call.value("field"));
        let info = revision(call.value("revision"))?;
        Some(FieldChange { field, by: info.user, at: info.at, revision: info.id })
    };
    let mut known = KnownChanges::default();
    for call in ledger {
        match call.name.as_str() {
            LEDGER_START => known.kind_by = Some(unescape(call.value("type by"))).filter(|name| !name.is_empty()),
            CHANGE => known.under_votes.push(change(call)?),
            ROW => {
                let numbers = call.value("changed").split(' ').filter(|n| !n.is_empty());
                let index = |n: &str| n.parse::<usize>().ok()?.checked_sub(1);
                known.of_votes.push(numbers.map(index).collect::<Option<_>>()?);
            }
            NOTICE if !call.value("revision").is_empty() => match counted_type(call) {
                // Too long for its place.
                Some(kind) if kind.ends_with('…') => return None,
                Some(kind) => known.kind = Some((kind, change(call)?)),
                None => known.invalid.push(change(call)?),
            },
            _ => {}
        }
    }
    Some(known)
}

/// The type that counts, by a ledger's notice on one that does not.
pub fn counted_type(notice: &Call) -> Option<String> {
    let is_it = notice.name == NOTICE && notice.value("kind") == NoticeKind::TypeNotConfirmed.id();
    is_it.then(|| unescape(notice.value("suggestion")))
}

/// Names of all people that the ledger of this decision mentions, sorted.
pub fn people_of(facts: &Facts, decision: &Decision) -> Vec<String> {
    let memo = Memo { read: 0, digest: String::new(), due: None, desk: String::new() };
    people(&wikitext::calls(&render(facts, decision, &memo)))
}

/// Names of all people a ledger mentions, sorted; their terms on the roster are part of the memo's digest.
pub fn people(ledger: &[Call]) -> Vec<String> {
    const SINGLE: [&str; 9] =
        ["user", "for", "recorded by", "touched by", "type by", "filed by", "replied by", "decided by", "members"];
    const LISTS: [&str; 3] = ["requester", "recused", "by"];
    let named = ledger.iter().filter(|c| [LEDGER_START, NOTICE, ROW, CHIPS, SCORES, HELPER].contains(&c.name.as_str()));
    let of_call = |call: &Call| -> Vec<String> {
        let single = SINGLE.iter().map(|param| unescape(call.value(param)));
        let lists = LISTS.iter().filter(|_| call.name != NOTICE).flat_map(|name| numbered::of(call, name));
        let by = if call.name == LEDGER_START { owners_of(call).1 } else { Vec::new() };
        let workers = if call.name == LEDGER_START { names_of(call, "workers") } else { Vec::new() };
        single.chain(lists).chain(by).chain(workers).filter(|name| !name.is_empty()).collect()
    };
    let mut names: Vec<String> = named.flat_map(of_call).collect();
    names.sort();
    names.dedup();
    names
}

/// The owners that a ledger names, and those of the desk who named them.
pub fn owners_of(start: &Call) -> (Vec<String>, Vec<String>) {
    (numbered::of(start, "requester"), names_of(start, "owners by"))
}

/// Names in one parameter.
fn names_of(call: &Call, parameter: &str) -> Vec<String> {
    let names = unescape(call.value(parameter));
    names.split(BETWEEN).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The calls of the bot's ledger on a page: those in its block. What is written elsewhere on the page is not the bot's.
pub fn ledger_calls(text: &str) -> Vec<Call> {
    let Block::Found(range) = block::find(text, BLOCK) else { return Vec::new() };
    wikitext::calls(&text[range]).into_iter().filter(|c| !c.nested()).collect()
}

/// The desk whose ledger a text holds, by its intake page; empty where the ledger does not say. None without a ledger.
pub fn keeper(text: &str) -> Option<String> {
    Some(unescape(ledger_start(text)?.value("desk")))
}

/// The call with which the bot's ledger on a page begins.
pub fn ledger_start(text: &str) -> Option<Call> {
    ledger_calls(text).into_iter().find(|c| c.name == LEDGER_START)
}
