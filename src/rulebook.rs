//! `helpdesk rules`: when requests move and why, in plain words, or as a graph for Mermaid or Graphviz. Pure.

use std::fmt::Write as _;

use crate::decide::asked::asked;
use crate::desk::waiting::ConditionKind;
use crate::desk::{Desk, Rule, Status};
use crate::wikitext::inert::one_line;

/// The longest name in a graph, in characters.
const LONGEST: usize = 80;

/// All rules in words, by the status that they start from.
#[must_use]
pub fn text(desk: &Desk) -> String {
    let mut out = format!("Rules of {}\n", desk.name);
    if let Some(electorate) = &desk.electorate {
        let _ = writeln!(out, "Who votes: {}", electorate.in_words());
    }
    for (status, rules) in desk.flow() {
        let first = if *status == *desk.first_status() { ": new requests start here" } else { "" };
        let _ = writeln!(out, "\n{} ({}){first}", status.label, status.id);
        if rules.is_empty() {
            let why = if status.closed { "closed; no rule starts from here" } else { "a person decides what is next" };
            let _ = writeln!(out, "  {why}");
        }
        for rule in rules {
            let to = desk.status(&rule.to).map_or(rule.to.as_str(), |to| to.label.as_str());
            let _ = writeln!(out, "  Rule \"{}\": to {to}, once", rule.name);
            for (kind, need) in asked(rule, desk) {
                let _ = writeln!(out, "    - {}", words(kind, &need));
            }
        }
    }
    out
}

/// What a condition asks for.
fn words(kind: ConditionKind, need: &str) -> String {
    use ConditionKind as K;
    match (kind, need) {
        (K::Complete, "no") => "a required field is missing or not valid".to_owned(),
        (K::Complete, _) => "every required field is filled in and valid".to_owned(),
        (K::Quorum, n) => format!("at least {n} votes count, abstentions included"),
        (K::QuorumShare, n) => format!("at least {n} of the members in office have voted"),
        (K::Answered, "no") => "nobody of the desk has written since the requester did".to_owned(),
        (K::Answered, _) => "somebody of the desk has written since the requester did".to_owned(),
        (K::Assessed, "no") => "a field of the team is empty or not valid".to_owned(),
        (K::Assessed, _) => "the team has filled in its fields".to_owned(),
        (K::SupportAtLeast, n) => format!("at least {n} votes are in support"),
        (K::OpposeAtLeast, n) => format!("at least {n} votes are against"),
        (K::SupportShare, n) => format!("at least {n} of those for or against are in support"),
        (K::OpposeShare, n) => format!("at least {n} of those for or against are against"),
        (K::AllVoted, "no") => "not every member in office has voted".to_owned(),
        (K::AllVoted, _) => "every member in office has voted".to_owned(),
        (K::OpenFor, time) => format!("it has been in this status for {time}"),
        (K::SettledFor, time) => format!("the votes, and the text under them, have not changed for {time}"),
        (K::InfoWanted, "no") => "no question to the requester is open".to_owned(),
        (K::InfoWanted, _) => "a member waits for more information".to_owned(),
        (K::Discussed, "no") => "no meeting has talked about it in this status".to_owned(),
        (K::Discussed, _) => "a meeting has talked about it in this status".to_owned(),
        (K::Claimed, "no") => "whoever helped does no more".to_owned(),
        (K::Claimed, _) => "somebody helps".to_owned(),
        (K::StepsDone, "no") => "there are no steps, or one is not done".to_owned(),
        (K::StepsDone, _) => "every step is done".to_owned(),
        (K::Outcome, "no") => "it is not told what came of it".to_owned(),
        (K::Outcome, _) => "it is told what came of it".to_owned(),
        (K::IdleFor, time) => format!("no person has edited the page for {time}"),
        (K::Type, kinds) => format!("the type is one of: {kinds}"),
    }
}

/// Statuses and rules as a graph: how a status is written, how the way of a rule, given the numbers of its statuses.
fn graph(
    desk: &Desk,
    status: impl Fn(usize, &Status) -> String,
    way: impl Fn(usize, usize, &Rule) -> String,
) -> String {
    let number = |id: &str| desk.statuses.iter().position(|status| status.id == id);
    let mut lines: Vec<String> = desk.statuses.iter().enumerate().map(|(n, known)| status(n, known)).collect();
    for rule in &desk.rules {
        let from = rule.from.iter().filter_map(|from| number(from));
        lines.extend(from.filter_map(|from| Some(way(from, number(&rule.to)?, rule))));
    }
    lines.join("\n")
}

/// The graph as a state diagram of Mermaid.
#[must_use]
pub fn mermaid(desk: &Desk) -> String {
    // Whatever might act is written as its number.
    let plain = |text: &str| {
        let mut out = String::new();
        for c in one_line(text, LONGEST).chars() {
            if c.is_alphanumeric() || c == ' ' { out.push(c) } else { _ = write!(out, "#{};", u32::from(c)) }
        }
        out
    };
    let status = |n: usize, status: &Status| {
        let first = if n == 0 { "\n    [*] --> s0" } else { "" };
        let closed = if status.closed { format!("\n    s{n} --> [*]") } else { String::new() };
        format!("    state \"{}\" as s{n}{first}{closed}", plain(&status.label))
    };
    let way = |from, to, rule: &Rule| format!("    s{from} --> s{to} : {}", plain(&rule.name));
    format!("stateDiagram-v2\n{}\n", graph(desk, status, way))
}

/// The graph for Graphviz.
#[must_use]
pub fn dot(desk: &Desk) -> String {
    let quoted = |text: &str| format!("\"{}\"", one_line(text, LONGEST).replace('\\', "\\\\").replace('"', "\\\""));
    let status = |n: usize, status: &Status| {
        let shape = if status.closed { ", peripheries=2" } else { "" };
        format!("    s{n} [label={}{shape}];", quoted(&status.label))
    };
    let way = |from, to, rule: &Rule| format!("    s{from} -> s{to} [label={}];", quoted(&rule.name));
    format!(
        "digraph {} {{\n    rankdir=LR;\n    node [shape=box];\n{}\n}}\n",
        quoted(&desk.name),
        graph(desk, status, way)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_told_with_its_numbers() {
        let said = text(&crate::config::shipped());
        assert!(!said.contains("Who votes"));
        let open = crate::config::parse("[electorate]\nmin_edits = 50", "t").expect("valid");
        assert!(text(&open).contains("\nWho votes: accounts with at least 50 edits\n"));
        for words in [
            "\nIncomplete (incomplete): new requests start here\n",
            "  Rule \"consensus\": to Approved, once\n",
            "    - at least 3 votes count, abstentions included\n",
            "    - at least 67% of those for or against are in support\n",
            "    - it has been in this status for 7 days\n",
            "    - the type is one of: upload, data,",
            "    - no person has edited the page for 60 days\n",
            "\nApproved (approved)\n  Rule \"taken up\": to In progress, once\n    - somebody helps\n",
            "\nOn hold (on-hold)\n  a person decides what is next\n",
            "\nDone (done)\n  closed; no rule starts from here\n",
        ] {
            assert!(said.contains(words), "{words:?} in {said}");
        }
        assert_eq!(said.matches("Rule \"something is missing\"").count(), 2, "it starts from two statuses");
    }

    #[test]
    fn a_graph_has_every_status_and_every_way() {
        let desk = crate::config::shipped();
        let (mermaid, dot) = (mermaid(&desk), dot(&desk));
        assert!(mermaid.starts_with("stateDiagram-v2\n    state \"Incomplete\" as s0\n    [*] --> s0\n"), "{mermaid}");
        assert!(mermaid.contains("    s1 --> s3 : consensus\n") && mermaid.contains("    s8 --> [*]\n"), "{mermaid}");
        assert!(dot.contains("    s1 -> s3 [label=\"consensus\"];\n"), "{dot}");
        assert!(dot.contains("    s8 [label=\"Done\", peripheries=2];\n") && dot.ends_with("}\n"), "{dot}");
        let ways = desk.rules.iter().map(|rule| rule.from.len()).sum::<usize>();
        assert_eq!(dot.matches("->").count(), ways);
    }

    #[test]
    fn no_name_acts_in_a_graph() {
        let mut desk = crate::config::shipped();
        desk.name = "a\"];\n} digraph".to_owned();
        desk.statuses[0].label = "\" as x\n[*] --> s1 \\".to_owned();
        desk.rules[0].name = "a : b; %% <script>\"\\\n--> s2".to_owned();
        let (mermaid, dot) = (mermaid(&desk), dot(&desk));
        assert!(mermaid.contains("    state \"#34; as x #91;#42;#93; #45;#45;#62; s1 #92;\" as s0\n"), "{mermaid}");
        assert!(mermaid.contains(": a #58; b#59; #37;#37; #60;script#62;#34;#92; #45;#45;#62; s2\n"), "{mermaid}");
        assert!(dot.starts_with("digraph \"a\\\"]; } digraph\" {\n"), "{dot}");
        assert!(dot.contains("label=\"\\\" as x [*] --> s1 \\\\\"];\n"), "{dot}");
        assert!(dot.contains("[label=\"a : b; %% <script>\\\"\\\\ --> s2\"];\n"), "{dot}");
    }
}
