//! Calls against what MediaWiki does, and against anything at all.

use proptest::prelude::*;

use super::*;
use crate::wikitext::edit::set_params;

fn names(text: &str) -> Vec<String> {
    calls(text)
        .iter()
        .map(|c| format!("{}{}{}", c.name, if c.nested() { "^" } else { "" }, if c.struck() { "-" } else { "" }))
        .collect()
}

#[test]
fn finds_calls_where_mediawiki_does() {
    let check = |text: &str, expect: &[&str]| assert_eq!(names(text), expect, "{text}");
    check("* {{support}} yes", &["support"]);
    check("{{ Template:support\n|a}}", &["Template:support"]);
    check("<nowiki>{{support}}</nowiki><pre>{{a}}</pre> {{b}}", &["b"]);
    check("<!-- {{support}} --> {{a}} <!-- {{b}}", &["a"]);
    check("{{strike|{{s}}}}", &["strike", "s^"]);
    check("{{{x|{{y}}}}}", &["y^"]);
    check("{{{{{x}}}}}", &["{{{x}}}"]);
    check("{{hello|foo={{A}, {B}}|bar=123}}", &["hello", "A}, {B^"]);
    check("{{a|[[b|c]]|d}} {{unclosed", &["a"]);
    check("{{unclosed {{b}}", &["b"]);
    check("<nowiki>{{a}}", &["a"]);
    check("{{s}} <nowiki /> {{o}}", &["s", "o"]);
    check("<syntaxhighlight lang=\"x\">{{a}}</syntaxhighlight >{{b}}", &["b"]);
    check("<PRE lang=\"x\">{{a}}</pre >{{b}}", &["b"]);
    check("{{a|<gallery>\nA.jpg|{{c}}\n</gallery>|b}} {{b}}", &["a", "b"]);
    check("{{a|[[b}} {{c}}", &["c"]);
    check("{{a|\n== b }}\n}} {{c}}", &["a", "c"]);
    check("{{a|b <pre c}} {{d}}", &["a", "d"]);
    check("{{a|b <pre c}} <!-- d --> {{e}} </pre> {{f}}", &["f"]);
    check("{{a|-{b|{{c}}}-}}", &["a", "c^"]);
    check("{|*{{2/3*}} -- Zoe01", &["2/3*"]);
}

#[test]
fn sees_what_is_struck() {
    let check = |text: &str, expect: &[&str]| assert_eq!(names(text), expect, "{text}");
    check("<s>{{s}}</s> {{o}}", &["s-", "o"]);
    check("<S >{{s}} x", &["s-"]);
    check("<span style=\"text-decoration: line-through\">{{s}} <span>x</span> {{t}}</span> {{o}}", &["s-", "t-", "o"]);
    check("{{x|<s>}} {{o}}", &["x", "o"]);
    check("<s/>{{o}}</s> <small>{{a}}</small>", &["o-", "a"]);
    check("<s><li/>{{o}}</s> <li style='text-decoration:line-through'/>{{a}}", &["o-", "a"]);
}

#[test]
fn reads_parameters_as_mediawiki_does() {
    let c = &calls("{{a| foo |2= bar | baz |x=[[y|z=1]] <!-- |no=1 -->|k={{b|c=d}}=e|status=a|status = b }}")[0];
    let read: Vec<_> = c.params.iter().map(|p| (p.name.as_str(), p.value.as_str())).collect();
    assert_eq!(
        read,
        [
            ("1", "foo"),
            ("2", "bar"),
            ("2", "baz"),
            ("x", "[[y|z=1]]"),
            ("k", "{{b|c=d}}=e"),
            ("status", "a"),
            ("status", "b")
        ]
    );
    assert_eq!(c.value("status"), "b");
}

#[test]
fn sets_parameters_and_keeps_all_else() {
    let set = |text: &str| set_params(text, &calls(text)[0], &[("status", "review"), ("status since", "T")]);
    assert_eq!(set("{{r|status=x}}"), "{{r|status=review|status since=T}}");
    assert_eq!(
        set("{{r\n| status = x <!-- c -->\n| a = b\n}} t"),
        "{{r\n| status = review <!-- c -->\n| a = b\n|status since=T\n}} t"
    );
    assert_eq!(
        set("{{r\n|status=<!-- a -->\u{a0}in <!-- b -->x\n|status since= <!-- d -->\n}}"),
        "{{r\n|status=<!-- a -->review <!-- b -->\n|status since= T<!-- d -->\n}}"
    );
    assert_eq!(set("{{r\n|status=\n|status since= \n}}"), "{{r\n|status=review\n|status since= T\n}}");
    assert_eq!(set("{{r\n|a=b}}"), "{{r\n|a=b\n|status=review\n|status since=T}}");
    assert_eq!(set("{{r}}"), "{{r|status=review|status since=T}}");
}

#[test]
fn no_input_takes_long() {
    for piece in [
        "<nowiki>",
        "<nowiki",
        "<s ",
        "<s>",
        "</del><s>",
        "<!--",
        "{{",
        "{{a|",
        "{{a|b={{c}}",
        "}}",
        "[[",
        "{{{",
        "=",
        "{{a|<!-- x -->=",
        "<pre>{{b}}",
        "<nowiki></nowiki>{{support}}",
        "{{a|[[",
        "é",
    ] {
        let text = piece.repeat(300_000 / piece.len()) + &"}}".repeat(50_000) + ">";
        let began = std::time::Instant::now();
        assert!(calls(&text).len() < text.len());
        assert_eq!(visible(&text).len(), text.len());
        assert!(began.elapsed().as_secs() < 30, "{piece}: {:?}", began.elapsed());
    }
}

proptest! {
    #[test]
    fn never_panics_and_spans_are_calls(text in "([{}|=\\[\\]<>!/ \n-]|nowiki|<!--|-->|</nowiki>|<s>|é|status){0,60}") {
        for call in calls(&text) {
            prop_assert!(text[call.span.clone()].starts_with("{{") && text[call.span.clone()].ends_with("}}"));
            if !call.nested() {
                let new = set_params(&text, &call, &[("status", "review")]);
                let again = calls(&new);
                let same = again.iter().find(|c| c.span.start == call.span.start);
                // A name that swallows the parameter (an unclosed comment) is the one exception.
                if let Some(same) = same && same.params.len() >= call.params.len() && !text.contains("<!--") && !text.contains("nowiki") {
                    prop_assert_eq!(same.value("status"), "review");
                }
            }
        }
        prop_assert_eq!(visible(&text).len(), text.len());
    }
}
