//! Rules: what is refused, and what is warned of.

use super::tests::{refused, rule};
use super::{Mistake, parse, warnings};
use crate::desk::Desk;

#[test]
fn rules_of_their_own() {
    refused(&rule("a", "review", "aproved", "quorum = 1"), 4, "did you mean `approved`?");
    refused(&rule("a", "x", "done", "quorum = 1"), 3, "no status `x`; the statuses are `incomplete`");
    refused(&rule("a", "review", "done", "quorums = 1"), 5, "did you mean `quorum`?");
    refused(&rule("a", "review", "done", ""), 5, "at least one condition");
    refused(&rule("a", "review", "done", "quorum = 0"), 5, "a whole number, 1 or more");
    refused(&rule("a", "review", "done", "type = []"), 5, "a list of at least one");
    refused("[[rule]]\nname = \"a\"\nfrom = [\"review\"]\nto = \"done\"", 1, "`when` is missing");
    let once = rule("a", "review", "done", "quorum = 1");
    refused(&(once.clone() + &once), 7, "a rule named `a` is already there, in line 2");
}

/// Two rules, there and back.
fn there_and_back(there: &str, back: &str) -> Result<Desk, Vec<Mistake>> {
    let rules = [rule("there", "review", "approved", there), rule("back", "approved", "review", back)];
    parse(&rules.concat(), "x")
}

#[test]
fn rules_that_go_round_without_end_are_refused() {
    let found = there_and_back("complete = true", "complete = true").unwrap_err();
    let text = format!("{}:{}", found.len(), found[0]);
    let start = "1:x:6: these rules would send a request round without end: \"there\" moves `review` to `approved`, \
                 \"back\" moves `approved` to `review`.";
    assert!(text.starts_with(start), "{text}");
    for (there, back) in [
        ("quorum = 3", "complete = true"),
        ("quorum = 3", "idle_for = \"60 days\""),
        ("open_for = \"0 days\"", "complete = true"),
        ("type = [\"upload\", \"data\"]", "type = [\"Data\"]"),
        ("support_share = 0.5", "oppose_share = 0.5"),
    ] {
        assert!(there_and_back(there, back).is_err(), "{there} / {back}");
    }
    for (there, back) in [
        ("complete = true", "complete = false"),
        ("info_wanted = true", "info_wanted = false"),
        ("all_voted = true", "all_voted = false"),
        ("complete = true", "open_for = \"1 day\""),
        ("type = [\"upload\"]", "type = [\"data\"]"),
        ("support_share = 0.51", "oppose_share = 0.5"),
    ] {
        assert!(there_and_back(there, back).is_ok(), "{there} / {back}");
    }
}

#[test]
fn a_longer_round_is_told_once() {
    let rules = [
        rule("a", "incomplete", "review", "complete = true"),
        rule("b", "review", "approved", "quorum = 1"),
        rule("c", "approved", "incomplete", "info_wanted = true"),
    ];
    refused(&rules.concat(), 11, "\"a\" moves `incomplete` to `review`, \"b\" moves");
    let open = rules.concat().replace("info_wanted = true", "complete = false");
    assert!(parse(&open, "x").is_ok());
}

#[test]
fn rules_that_never_apply_are_warned_of() {
    let rules = [
        rule("first", "review", "approved", "quorum = 3, type = [\"upload\", \"data\"]"),
        rule("second", "review", "declined", "quorum = 4, type = [\"data\"], open_for = \"1 day\""),
        rule("third", "review", "declined", "quorum = 2, type = [\"data\"]"),
        rule("itself", "done", "done", "quorum = 1"),
        rule("typo", "review", "done", "type = [\"uplaod\"]"),
        rule("too much", "review", "done", "support_share = 0.6, oppose_share = 0.6"),
    ];
    let text = "[safety]\ntrusted_groups = []\n".to_owned() + &rules.concat();
    insta::assert_snapshot!(warnings(&parse(&text, "x").unwrap()).join("\n"), @r#"
    `trusted` and `trusted_groups` in [safety] are both empty: nobody's roster is believed, so no vote counts
    rule "second" never applies from `review`: "first" comes first and asks for no more
    rule "itself" moves `done` to itself, which changes nothing
    rule "typo" never applies: the field `type` has no value uplaod
    rule "too much" never applies: 60% in support and 60% in opposition are more than all
    "#);
}
