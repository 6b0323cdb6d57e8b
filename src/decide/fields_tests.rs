//! What is said of the values of a request, told by examples and as properties.

use proptest::prelude::*;

use super::decide;
use super::fields::{self, MAX_NAMED};
use crate::config::shipped;
use crate::desk::Facts;
use crate::desk::decision::Notice;
use crate::desk::decision::NoticeKind as K;
use crate::testing::story;

/// A complete request with these parameters besides or instead.
fn with(params: &[(&str, &str)]) -> Facts {
    let mut facts = story();
    for (name, value) in params {
        facts.params.retain(|(n, _)| n != name);
        facts.params.push(((*name).to_owned(), (*value).to_owned()));
    }
    facts
}

fn notices(params: &[(&str, &str)]) -> Vec<Notice> {
    fields::check(&with(params), &shipped())
}

/// Kind, field and suggestion of each notice.
fn said(params: &[(&str, &str)]) -> Vec<(K, String, String)> {
    notices(params).into_iter().map(|n| (n.kind, n.field, n.suggestion)).collect()
}

fn one(kind: K, field: &str, suggestion: &str) -> Vec<(K, String, String)> {
    vec![(kind, field.to_owned(), suggestion.to_owned())]
}

#[test]
fn a_complete_request_has_no_notices_with_the_fields_of_either_form() {
    assert_eq!(said(&[]), []);
    let both = ["gaps", "campaign", "skills", "benefit", "innovative", "technical", "legal", "risk", "sustainability"];
    assert_eq!(said(&both.map(|name| (name, "words"))), []);
    assert_eq!(said(&both.map(|name| (name, ""))), []);
}

#[test]
fn a_hint_or_a_dash_is_as_good_as_nothing() {
    for nothing in ["", "…", "-", "What do you want to do, and what do you need help with?", "$1"] {
        assert_eq!(said(&[("description", nothing)]), one(K::Missing, "description", ""), "{nothing}");
        assert_eq!(said(&[("type", nothing)]), one(K::Missing, "type", ""), "{nothing}");
    }
    assert_eq!(said(&[("risk", "-"), ("nonsense", " ")]), []);
}

#[test]
fn a_type_is_known_by_its_label_and_a_near_miss_gets_a_suggestion() {
    for fine in ["upload", "Upload ", "'''UPLOAD'''", "Upload of media", "upload."] {
        assert_eq!(said(&[("type", fine)]), [], "{fine}");
        assert_eq!(fields::kind(fine, &shipped()), "upload");
    }
    assert_eq!(said(&[("type", "uplaod")]), one(K::NotAllowed, "type", "upload"));
    assert_eq!(said(&[("type", "wizardry")]), one(K::NotAllowed, "type", ""));
    assert_eq!(fields::kind("Wizardry", &shipped()), "wizardry");
    assert_eq!(notices(&[("type", "x")])[0].allowed.len(), 7);
}

#[test]
fn a_value_with_templates_is_what_they_come_to() {
    let desk = shipped();
    let mut facts = with(&[("type", "{{lc:UPLOAD}}"), ("title", "{{nothing}}")]);
    facts.versions[0].params = facts.params.clone();
    let expanded = [("{{lc:UPLOAD}}", "upload"), ("{{nothing}}", "")];
    facts.expanded = expanded.map(|(written, value)| (written.to_owned(), value.to_owned())).into();
    let kinds =
        |facts: &Facts| fields::check(facts, &desk).iter().map(|n| (n.kind, n.field.clone())).collect::<Vec<_>>();
    assert_eq!(kinds(&facts), [(K::Missing, "title".to_owned())]);
    facts.expanded.insert("{{nothing}}".to_owned(), "A title".to_owned());
    assert_eq!(kinds(&facts), []);
    let decision = decide(&facts, &desk, &crate::testing::roster(), 99, facts.filed);
    assert_eq!(decision.status, "review", "the versions of the past are read like that, too");
}

#[test]
fn a_value_has_to_match_its_pattern() {
    let mut desk = shipped();
    let field = desk.fields.iter_mut().find(|f| f.name == "country").expect("a field");
    field.pattern = Some(crate::desk::Pattern::new("[A-Z]{2}").expect("valid"));
    let notices = |country: &str| fields::check(&with(&[("country", country)]), &desk);
    assert_eq!((notices("SE"), notices("")), (vec![], vec![]));
    let found = notices("Sweden");
    assert_eq!((found[0].kind, found[0].field.as_str()), (K::NotMatching, "country"));
    assert_eq!((found[0].value.as_str(), found[0].allowed.as_slice()), ("Sweden", &["[A-Z]{2}".to_owned()][..]));
    assert!(!fields::complete(&found, &shipped()), "the request is incomplete");
}

#[test]
fn a_strange_parameter_gets_the_name_that_was_meant() {
    assert_eq!(said(&[("coutry", "Examplia")]), one(K::Unknown, "coutry", "country"));
    assert_eq!(said(&[("Country", "Examplia")]), one(K::Unknown, "Country", "country"));
    assert_eq!(said(&[("Why it matters", "Much")]), one(K::Unknown, "Why it matters", "justification"));
    assert_eq!(said(&[("budget", "100")]), one(K::Unknown, "budget", ""));
    assert_eq!(said(&[("1", "and the rest")]), one(K::Loose, "1", ""));
}

#[test]
fn what_would_swallow_the_page_is_named() {
    let closing = |value: &str| notices(&[("description", value)]).first().map(|n| (n.kind, n.value.clone()));
    for (value, add) in [
        ("<table><tr><td>x", Some("</table>")),
        ("x\n{{{!}} class=\"wikitable\"\n{{!}} y", Some("|}")),
        ("<PRE>x", Some("</pre>")),
        ("<table></table> </td> '''x <div> <nowiki>{|</nowiki>", None),
        ("x {| y <nowiki><table></nowiki>", None),
    ] {
        assert_eq!(closing(value), add.map(|add| (K::Unclosed, add.to_owned())), "{value}");
    }
}

#[test]
fn everything_is_said_at_once_what_is_required_first() {
    let kinds = |params: &[(&str, &str)]| notices(params).iter().map(|n| n.kind).collect::<Vec<_>>();
    let long = "x".repeat(121);
    assert_eq!(
        kinds(&[("nonsense", "x"), ("title", &long), ("type", "x"), ("description", "")]),
        [K::TooLong, K::NotAllowed, K::Missing, K::Unknown]
    );
    let many: Vec<String> = (0..5000).map(|i| format!("budget for year {i}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "x")).collect();
    let all = notices(&many);
    assert_eq!(all.len(), MAX_NAMED + 1);
    assert_eq!((all[MAX_NAMED].kind, all[MAX_NAMED].limit), (K::More, Some(4990)));
}

#[test]
fn a_question_waits_for_staff_and_all_else_for_votes() {
    let desk = shipped();
    let waits = |kind: &str| {
        let mut facts = with(&[("type", kind)]);
        facts.versions[0].params = facts.params.clone();
        let decision = decide(&facts, &desk, &crate::testing::roster(), 99, facts.filed);
        assert_eq!(decision.status, "review", "{kind}");
        decision.waiting.code.id()
    };
    assert_eq!(waits("question"), "answer");
    assert_eq!(waits("Question!"), "answer");
    for kind in desk.field("type").expect("a type").one_of.iter().filter(|k| *k != "question") {
        assert_eq!(waits(kind), "quorum", "{kind}");
    }
}

/// Values as people, and others, write them.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z]{0,12}",
        Just("x".repeat(100_000)),
        Just("{{".repeat(500)),
        prop::sample::select(vec!["upload", "Data", "-", "<!-- x", "$1", "&nbsp;"]).prop_map(str::to_owned),
    ]
}

/// Names of parameters: the desk's own, nearly those, and any.
fn name() -> impl Strategy<Value = String> {
    let own: Vec<String> = shipped().fields.into_iter().map(|f| f.name).collect();
    let near = (prop::sample::select(own.clone()), any::<prop::sample::Index>(), any::<char>());
    let near = near.prop_map(|(name, at, c)| {
        let mut letters: Vec<char> = name.chars().collect();
        let at = at.index(letters.len());
        letters[at] = c;
        letters.into_iter().collect()
    });
    prop_oneof![prop::sample::select(own), near, any::<String>()]
}

proptest! {
    #[test]
    fn a_request_that_is_not_complete_says_why_and_what_is_suggested_is_accepted(
        params in prop::collection::vec((name(), value()), 0..8)
    ) {
        let desk = shipped();
        let facts = story().with_params(&params);
        let notices = fields::check(&facts, &desk);
        let blocking: Vec<_> = notices.iter().filter(|n| [K::Missing, K::TooLong, K::NotAllowed].contains(&n.kind)).collect();
        prop_assert_eq!(fields::complete(&notices, &desk), blocking.is_empty());
        for field in desk.fields.iter().filter(|f| f.required && facts.param(&f.name).trim().is_empty()) {
            prop_assert!(blocking.iter().any(|n| n.field == field.name), "{}", field.name);
        }
        for notice in &notices {
            prop_assert!(notice.value.chars().count() <= 61 && notice.field.chars().count() <= 61);
            let accepted = |name: &str, value: &str| {
                let mended = story().with_params(&[(name.to_owned(), value.to_owned())]);
                fields::check(&mended, &desk).iter().all(|n| n.field != name)
            };
            for choice in notice.allowed.iter().filter(|_| notice.kind == K::NotAllowed) {
                prop_assert!(accepted(&notice.field, choice));
            }
            match notice.kind {
                K::NotAllowed if !notice.suggestion.is_empty() => prop_assert!(accepted(&notice.field, &notice.suggestion)),
                K::Unknown if !notice.suggestion.is_empty() => prop_assert!(desk.field(&notice.suggestion).is_some()),
                _ => {}
            }
        }
    }
}
