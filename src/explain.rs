//! `helpdesk explain`: why a request has its status, for people at a terminal. Pure. What a page says of the same
//! stands in the templates.

use std::fmt::Write as _;

use crate::desk::decision::{Ballot, Basis, Decision, Notice, Overruled, Verdict};
use crate::desk::request::FieldChange;
use crate::desk::waiting::Condition;
use crate::desk::{Desk, Facts};
use crate::page::Time;
use crate::wikitext::inert::one_line;

/// The whole explanation; `diff` gives the address of what a revision changed.
pub fn text(facts: &Facts, decision: &Decision, desk: &Desk, diff: &dyn Fn(u64) -> String) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", one_line(&facts.page.title, 255));
    status(&mut out, decision, desk, diff);
    if let Some(overruled) = &decision.overruled {
        put_back(&mut out, overruled, diff);
    }
    let owners: Vec<&str> = decision.owners.iter().map(|u| u.name.as_str()).collect();
    let owners = if owners.is_empty() { "hidden by the wiki".to_owned() } else { owners.join(", ") };
    let filer = decision.filed_for_others.as_ref().map(|u| format!(" by {}", u.name)).unwrap_or_default();
    let _ = writeln!(out, "Requester: {owners}, filed{filer} {}", day(facts.filed));
    if !decision.scores.0.is_empty() {
        let scores: Vec<String> = decision.scores.0.iter().map(|(name, points)| format!("{name} {points}")).collect();
        let _ = writeln!(out, "Priority: {} ({})", decision.scores.median(), scores.join(", "));
    }
    if !decision.recused.is_empty() {
        let recused: Vec<&str> = decision.recused.iter().map(|u| u.name.as_str()).collect();
        let _ = writeln!(out, "Stepped aside: {}", recused.join(", "));
    }
    if decision.assessed == Some(false) {
        let _ = writeln!(out, "Assessment by the team: not complete");
    }
    for helper in &decision.helpers {
        let by = helper.assigned_by.as_ref().map(|by| format!(", assigned by {}", by.name)).unwrap_or_default();
        let (name, since) = (&helper.user.name, day(helper.since));
        let _ = writeln!(out, "Helper: {name}, since {since}{by} ({})", diff(helper.revision));
    }
    if decision.progress.of > 0 {
        let next = if decision.progress.next.is_empty() { "none" } else { &decision.progress.next };
        let _ = writeln!(out, "Steps: {} done, next: {next}", decision.progress.share());
    }
    for outcome in &decision.outcomes {
        let said = one_line(&outcome.content.text, 200);
        let _ = writeln!(out, "What came of it: {said} ({})", diff(outcome.revision));
    }
    for notice in &decision.notices {
        let since = notice.change.as_ref().map(|c| format!(" (by {}, {})", changer(c), diff(c.revision)));
        let _ = writeln!(out, "To mend: {}{}", notice_text(notice), since.unwrap_or_default());
    }
    for change in &decision.changes {
        let (by, at) = (changer(change), day(change.at));
        let _ = writeln!(out, "Changed after votes: {} by {by}, {at} ({})", change.field, diff(change.revision));
    }
    for item in &facts.discussed {
        let said = one_line(&item.recommendation, 200);
        let said = if said.is_empty() { said } else { format!(": {said}") };
        let _ = writeln!(out, "Discussed: by the meeting of {} ({}){said}", item.meeting.date, diff(item.revision));
    }
    votes(&mut out, decision, diff);
    next_rules(&mut out, decision, desk);
    out
}

fn changer(change: &FieldChange) -> &str {
    change.by.as_ref().map_or("somebody hidden by the wiki", |u| &u.name)
}

fn label<'a>(id: &'a str, desk: &'a Desk) -> &'a str {
    desk.status(id).map_or(id, |s| &s.label)
}

fn status(out: &mut String, decision: &Decision, desk: &Desk, diff: &dyn Fn(u64) -> String) {
    let (id, since) = (&decision.status, day(decision.since));
    let _ = writeln!(out, "Status: {} ({id}), since {since}", label(id, desk));
    let _ = writeln!(out, "  {}", basis(&decision.basis, diff));
    for step in &decision.moves {
        let (from, to) = (label(&step.from, desk), label(&step.to, desk));
        let _ = writeln!(out, "  the next pass moves it from {from} to {to} (rule \"{}\")", step.rule);
    }
}

fn put_back(out: &mut String, overruled: &Overruled, diff: &dyn Fn(u64) -> String) {
    let by = overruled.by.as_ref().map_or("somebody whose name the wiki hides", |u| u.name.as_str());
    let then = if overruled.repeated {
        "it was put back once and is left now, for staff to see"
    } else if overruled.to.is_empty() {
        "it is put back, unless that only undid the bot's own edit: then the bot leaves it"
    } else {
        "it is put back"
    };
    let why = if overruled.unknown { "which is no status of this desk" } else { "and is neither staff nor chair" };
    let _ = writeln!(out, "  {by} set status={} ({}), {why}: {then}", overruled.to, diff(overruled.revision));
}

fn next_rules(out: &mut String, decision: &Decision, desk: &Desk) {
    for prospect in &decision.prospects {
        let _ = writeln!(out, "Rule \"{}\", to {}:", prospect.rule, label(&prospect.to, desk));
        for condition in &prospect.conditions {
            let _ = writeln!(out, "  {} {}", if condition.holds { "[x]" } else { "[ ]" }, condition_text(condition));
        }
    }
    if decision.prospects.is_empty() {
        let closed = desk.status(&decision.status).is_some_and(|s| s.closed);
        let why = if closed {
            "It is closed: no rule starts from here."
        } else {
            "No rule starts from here: a person decides what is next."
        };
        let _ = writeln!(out, "{why}");
    }
}

fn basis(basis: &Basis, diff: &dyn Fn(u64) -> String) -> String {
    match basis {
        Basis::Filed => "because it was filed and no rule has moved it".to_owned(),
        Basis::Rule { name, revision } => {
            let at = revision.map(|r| format!(" ({})", diff(r))).unwrap_or_default();
            if name.is_empty() { format!("set by the bot{at}") } else { format!("by the rule \"{name}\"{at}") }
        }
        Basis::Person { user, revision, reason } => {
            let why = if reason.is_empty() { String::new() } else { format!(": {}", one_line(reason, 200)) };
            format!("decided by {} ({}){why}", user.name, diff(*revision))
        }
        Basis::Meeting { meeting, revision, reason } => {
            let why = if reason.is_empty() { String::new() } else { format!(": {}", one_line(reason, 200)) };
            format!("decided by the meeting of {} ({}){why}", meeting.date, diff(*revision))
        }
    }
}

fn votes(out: &mut String, decision: &Decision, diff: &dyn Fn(u64) -> String) {
    let t = decision.tally;
    let _ = writeln!(
        out,
        "Votes that count: {} support, {} oppose, {} abstain, {} want more information",
        t.support, t.oppose, t.abstain, t.info
    );
    for ballot in &decision.ballots {
        let vote = &ballot.vote;
        let who = ballot.member.as_ref().map_or("(hidden)", |u| u.name.as_str());
        let recorded = vote
            .content
            .on_behalf_of
            .as_ref()
            .and(vote.author.as_ref())
            .map(|a| match &vote.meeting {
                Some(meeting) => format!(", recorded by {} in the minutes of {}", a.name, meeting.date),
                None => format!(", recorded by {}", a.name),
            })
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "  {:8} {who}{recorded}, {}: {} ({})",
            vote.content.choice.id(),
            day(vote.at),
            verdict(ballot),
            diff(vote.revision)
        );
        if !ballot.changes.is_empty() {
            let mut fields: Vec<&str> = ballot.changes.iter().map(|c| c.field.as_str()).collect();
            fields.sort_unstable();
            fields.dedup();
            let _ = writeln!(out, "           cast before a change of {}", fields.join(", "));
        }
        if let Some(touch) = &ballot.unauthorised_touch {
            let by = touch.by.as_ref().map_or("somebody hidden by the wiki", |u| u.name.as_str());
            let _ = writeln!(
                out,
                "           touched by {by}, who may not, so it stays as it was ({})",
                diff(touch.revision)
            );
        }
    }
}

fn verdict(ballot: &Ballot) -> String {
    let needed = &ballot.needed;
    let said = match ballot.verdict {
        Verdict::TooNew => return format!("does not count: the account was younger than {needed}"),
        Verdict::TooFewEdits => return format!("does not count: the account had made fewer than {needed} edits"),
        Verdict::NotInGroup => return format!("does not count: the account was in none of the groups {needed}"),
        Verdict::Counted => "counts",
        Verdict::OwnRequest => "does not count: requesters do not vote on their own request",
        Verdict::Recused => "does not count: the member stepped aside",
        Verdict::Adviser => "does not count: advice",
        Verdict::NotOnRoster => "does not count: not a voting member of the committee",
        Verdict::NotInTerm => "does not count: outside the member's term",
        Verdict::Superseded => "does not count: the member voted again later",
        Verdict::Struck => "does not count: struck out",
        Verdict::Removed => "does not count: taken back",
        Verdict::Closed => "does not count: the request was closed by then",
        Verdict::Signature => "does not count: the signature names another account",
        Verdict::Imported => "does not count: it was imported from another wiki",
        Verdict::Temporary => "does not count: temporary accounts do not vote",
        Verdict::Hidden => "does not count: the wiki hides who added it",
        Verdict::NotShown => "does not count: the page does not show it as a vote of its own",
        Verdict::Inline => "does not count: it stands inside a sentence; a vote begins its line",
        Verdict::ForNotAllowed => "does not count: only staff, the chair and the secretary record votes for others",
        Verdict::ForUnknown => "does not count: no member of that name",
    };
    said.to_owned()
}

fn notice_text(notice: &Notice) -> String {
    use crate::desk::decision::NoticeKind as K;
    let (field, value) = (&notice.field, &notice.value);
    match notice.kind {
        K::Missing => format!("{field} is empty; please fill it in"),
        K::InHint => format!("{field} is empty; \"{value}\" stands between <!-- and -->, where nobody sees it"),
        K::AroundBox => format!("\"{value}\" stands above or below the box; move it to the field it belongs to"),
        K::TooLong => format!("{field} is longer than {} characters", notice.limit.unwrap_or_default()),
        K::NotAllowed => {
            let meant = &notice.suggestion;
            let meant = if meant.is_empty() { String::new() } else { format!(" ({meant} may be meant)") };
            format!("{field} is \"{value}\"{meant}; it can be {}", notice.allowed.join(", "))
        }
        K::NotMatching => format!("{field} is \"{value}\", which does not match {}", notice.allowed.join(", ")),
        K::Unknown if notice.suggestion.is_empty() => {
            format!("the form has no field {field}; what it says is not shown")
        }
        K::Unknown => format!("the form has no field {field}; {} may be meant", notice.suggestion),
        K::Loose => {
            format!("\"{value}\" stands in no field; a vertical bar begins a new one, {{{{!}}}} is the sign itself")
        }
        K::More => format!("{} more fields that the form does not have", notice.limit.unwrap_or_default()),
        K::Unclosed => format!("{field} begins something that it does not end; {value} has to be added"),
        K::Doubled => format!("{field} is there more than once; the last one counts"),
        K::TypeNotConfirmed => {
            let counts = if notice.suggestion.is_empty() { "none" } else { &notice.suggestion };
            format!(
                "the type was changed to \"{value}\"; {counts} counts until the requester, staff, the chair or a member writes another"
            )
        }
        K::OwnerNotConfirmed => {
            format!(
                "{value} is named as requester; that gives no rights until staff, the chair or the secretary write it"
            )
        }
        K::OwnerPending => {
            format!("{value} is named as requester, and owns the request once they edit the template themselves")
        }
        K::ScoreNotCounted => format!("the score of {field} does not count: scores are the members'"),
        K::NoSuchScore => format!("{field} gave the score \"{value}\"; it can be 1 to 10, low, normal or high"),
        K::ClaimNotCounted => format!("that {field} helps, or does no more, does not count ({value})"),
        K::StepNotCounted => {
            format!(
                "{field} wrote \"{}\" at the step \"{value}\", which a helper, the desk or the requester has to",
                notice.suggestion
            )
        }
        K::StepTakenAway => {
            format!("{field} took the step \"{value}\" away, which counts still; write it as dropped if that is right")
        }
        K::NoSuchState => format!("the step \"{field}\" is \"{value}\"; it can be {}", notice.allowed.join(", ")),
        K::StepDue => format!("the day of the step \"{field}\" is \"{value}\"; it is written as 2027-01-31"),
        K::OutcomeNotCounted => {
            format!("{field} wrote what came of it, which a helper, the desk or the requester has to")
        }
        K::OutcomeInvalid => format!("in the outcome, {field} is \"{value}\", which is not there or cannot be read"),
        K::Lookalike => {
            format!("{value} is no vote; a vote is written as {}", notice.allowed.join(", "))
        }
        K::UnknownParameter => {
            format!(
                "{{{{{field}}}}} has no parameter {value}, so that says nothing; a vote for a member is recorded with for="
            )
        }
        K::NewRedirect => {
            format!(
                "{{{{{value}}}}} had not led to {{{{{field}}}}}, or only for a short time, when it was written, so it says nothing; please write {{{{{field}}}}}"
            )
        }
        K::NoSuchStatus => format!("a decision says \"{value}\"; it can be {}", notice.allowed.join(", ")),
        K::NotEntitled => {
            format!("{field} may not decide on this request, so the decision has no effect")
        }
        K::StatusEdit | K::StatusPutBack => {
            format!("{field} set the status to \"{value}\", and is neither staff nor chair")
        }
    }
}

/// A condition in words.
pub fn condition_text(condition: &Condition) -> String {
    use crate::desk::waiting::ConditionKind as K;
    let Condition { have, need, until, .. } = condition;
    let by = until.map(|u| format!(", on {}", day(u))).unwrap_or_default();
    match condition.kind {
        K::Complete if need == "yes" => "every required field is there and valid".to_owned(),
        K::Complete => "a required field is missing or not valid".to_owned(),
        K::Quorum => format!("{have} of {need} votes"),
        K::QuorumShare => format!("{have} of the members in office have voted, {need} needed"),
        K::SupportAtLeast => format!("{have} of {need} votes in support"),
        K::OpposeAtLeast => format!("{have} of {need} votes in opposition"),
        K::SupportShare => format!("{have} in support, {need} needed"),
        K::OpposeShare => format!("{have} in opposition, {need} needed"),
        K::AllVoted if need == "yes" => "every member in office has voted".to_owned(),
        K::AllVoted => "not every member in office has voted".to_owned(),
        K::OpenFor => format!("in this status for {need}{by}"),
        K::SettledFor => format!("no change in the votes, or in the text under them, for {need}{by}"),
        K::Answered if need == "yes" => "somebody of the desk has written since the requester did".to_owned(),
        K::Answered => "nobody of the desk has written since the requester did".to_owned(),
        K::Assessed if need == "yes" => "the team has filled in its fields".to_owned(),
        K::Assessed => "a field of the team is empty or not valid".to_owned(),
        K::InfoWanted if need == "yes" => "a member waits for the requester's answer".to_owned(),
        K::InfoWanted => "no member waits for the requester's answer".to_owned(),
        K::Discussed if need == "yes" => "a meeting has talked about it in this status".to_owned(),
        K::Discussed => "no meeting has talked about it in this status".to_owned(),
        K::Claimed if need == "yes" => "somebody helps".to_owned(),
        K::Claimed => "nobody helps any more".to_owned(),
        K::StepsDone if need == "yes" => format!("all steps are done ({have})"),
        K::StepsDone => format!("not all steps are done ({have})"),
        K::Outcome if need == "yes" => "it is told what came of it".to_owned(),
        K::Outcome => "it is not told what came of it".to_owned(),
        K::IdleFor => format!("nobody has edited the page for {need}{by}"),
        K::Type => format!("the type is one of {need} (it is \"{have}\")"),
    }
}

fn day(time: Time) -> String {
    time.format("%-d %B %Y, %H:%M (UTC)").to_string()
}
