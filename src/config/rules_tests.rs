//! Rules: what is refused, and what is warned of.

use super::tests::{refused, rule};
use super::{Mistake, parse, warnings, with_page};
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
        ("complete = true", "discussed = true"),
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

#[test]
fn rules_on_the_wiki_go_over_those_of_the_operator_and_touch_nothing_else() {
    let status = "[[status]]\nid = \"on-show\"\n";
    let own = format!(
        "[desk]\nroot = \"Root\"\n[safety]\ntrusted = [\"A\"]\n{status}{}",
        rule("own", "review", "on-show", "quorum = 9")
    );
    let desk = parse(&own, "desk.toml").expect("valid");
    let page = format!("\n\n{}", rule("theirs", "review", "on-show", "quorum = 1"));
    let theirs = with_page(&desk, &page, "Root/Rules/toml").expect("valid");
    assert_eq!((theirs.root.as_str(), theirs.rules.len(), theirs.rules[0].name.as_str()), ("Root", 1, "theirs"));
    assert_eq!((&theirs.safety, &theirs.statuses), (&desk.safety, &desk.statuses));
    // Again over those, as a draft that is tried.
    let tried = with_page(&theirs, status, "Draft").expect("valid");
    assert_eq!(tried.rules, theirs.rules);

    let told = |text: &str| {
        with_page(&desk, text, "P").expect_err("refused").iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let refused = told("\n[safety]\ntrusted = [\"Eve\"]\n[pages]\nstatus = \"X\"\n[desk]\nroot = \"Y\"\n");
    let lines: Vec<&str> = refused.iter().filter_map(|said| said.split(" cannot stand").next()).collect();
    assert_eq!(lines, ["P:2: `safety`", "P:4: `pages`", "P:6: `desk`"], "{refused:?}");
    assert_eq!(told("\n\n[[rule]\n").len(), 1, "no TOML");
    // What no longer fits stands in no line of the page.
    let other = told("[[status]]\nid = \"other\"\n");
    assert!(other[0].starts_with("P: there is no status `on-show`"), "{other:?}");
}

#[test]
fn the_page_of_rules_has_a_title_of_its_own() {
    let told = |page: &str| parse(&format!("[desk]\nroot = \"Root\"\nrules_page = \"{page}\"\n"), "f");
    assert_eq!(told("{root}/Rules/toml").expect("valid").rules_page, "Root/Rules/toml");
    assert_eq!(told("").expect("valid").rules_page, "");
    for (wrong, why) in [
        ("{root}/Rules", "f:3: `rules_page` and `rules` are the same page"),
        ("{year}", "f:3: `rules_page` in [desk]: only {root} can be filled in"),
        ("a|b", "f:3: `rules_page` in [desk]: "),
    ] {
        let said = told(wrong).expect_err("refused")[0].to_string();
        assert!(said.starts_with(why), "{said}");
    }
}
