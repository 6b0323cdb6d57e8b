use std::collections::BTreeSet;

use super::*;

/// Texts that stand where there is little room, with the longest they may be, in characters.
const ROOM: [(&str, usize); 9] = [
    ("head-", 40),
    ("status-", 32),
    ("vote-", 32),
    ("type-", 32),
    ("priority-", 16),
    ("form-button", 20),
    ("form-name", 48),
    ("role-", 24),
    ("field-", 48),
];

fn texts(file: &str) -> BTreeMap<String, String> {
    let file: BTreeMap<String, Value> = serde_json::from_str(shipped::text(&format!("i18n/{file}"))).expect("JSON");
    let texts = file.into_iter().filter(|(key, _)| key != "@metadata");
    texts.map(|(key, text)| (key, text.as_str().expect("a text").to_owned())).collect()
}

/// Places for values, and what markup there is.
fn parts(text: &str) -> BTreeSet<String> {
    let plain = Regex::new(r"\{\{(PLURAL|GENDER):\$\d\||\$\d|</?\w+>").expect("a regular expression");
    plain.find_iter(text).map(|found| found.as_str().to_owned()).filter(|part| !part.starts_with("{{PLURAL")).collect()
}

/// A text with the first words of each choice by a person.
fn of_somebody(text: &str) -> String {
    let gender = Regex::new(r"\{\{GENDER:\$1\|([^{}|]*)\|[^{}|]*\|[^{}|]*\}\}").expect("a regular expression");
    gender.replace_all(text, "$1").into_owned()
}

/// The number of forms of each plural in a text.
fn plurals(text: &str) -> Vec<usize> {
    PLURAL.captures_iter(text).map(|found| found[2].split('|').count()).collect()
}

#[test]
fn every_language_has_every_text_and_no_other() {
    let english = texts("en.json");
    assert!(ALL.len() > 1 && english.len() > 250, "{} languages", ALL.len());
    let notes = texts("qqq.json");
    assert_eq!(notes.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "qqq.json");
    for (code, read) in &*ALL {
        let language = texts(&format!("{code}.json"));
        let missing: Vec<_> = english.keys().filter(|key| !language.contains_key(*key)).collect();
        let unknown: Vec<_> = language.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty() && unknown.is_empty(), "{code}: missing {missing:?}, unknown {unknown:?}");
        let forms = read.forms.len();
        for (key, text) in &language {
            assert!(!text.trim().is_empty(), "{code}: {key} is empty");
            // Modules know persons; the bot's summaries and the form's script do not.
            let by_person = text.contains("{{GENDER");
            assert!(!by_person || notes[key].contains("{{GENDER:$1|"), "{code}: {key} knows no person: {text}");
            let (expected, found) = (parts(&english[key]), parts(&of_somebody(text)));
            assert!(!found.iter().any(|part| part.starts_with("{{")), "{code}: {key}: three forms, of $1: {text}");
            assert_eq!(found, expected, "{code}: {key}: {text}");
            let plurals = plurals(text);
            assert!(plurals.iter().all(|n| (1..=forms).contains(n)), "{code}: {key} has {plurals:?} forms of {forms}");
            assert!(!PLURAL.replace_all(text, "").contains("{{PLURAL"), "{code}: {key}: a plural that is none: {text}");
            assert!(!text.starts_with(['*', '#', ':', ';', '=', ' ']), "{code}: {key} begins like a list: {text}");
            for (begin, room) in ROOM {
                let long = key.starts_with(begin) && of_somebody(text).chars().count() > room;
                assert!(!long, "{code}: {key} has more than {room} characters: {text}");
            }
        }
    }
}

#[test]
fn plurals_go_by_the_rules_of_the_language() {
    let say = |code: &str, text: &str, n: &str| Texts::new(code, "{}").fill(text, &[n]);
    let english = "{{PLURAL:$1|$1 page|$1 pages}}";
    assert_eq!(
        [say("en", english, "1"), say("en", english, "0"), say("en", english, "12")],
        ["1 page", "0 pages", "12 pages"]
    );
    let russian = "{{PLURAL:$1|страница|страницы|страниц}}";
    let said = ["1", "3", "5", "21", "112"].map(|n| say("ru", russian, n));
    assert_eq!(said, ["страница", "страницы", "страниц", "страница", "страниц"]);
    let arabic = "{{PLURAL:$1|لا صفحات|صفحة|صفحتان|$1 صفحات|$1 صفحة|$1 صفحة}}";
    assert_eq!(
        [say("ar", arabic, "0"), say("ar", arabic, "2"), say("ar", arabic, "5")],
        ["لا صفحات", "صفحتان", "5 صفحات"]
    );
    assert_eq!(say("zh-hans", "{{PLURAL:$1|$1 页}}", "1"), "1 页");
    // A value is no text of ours.
    assert_eq!(say("en", "$1 by $2", "$2"), "$2 by ");
}

#[test]
fn what_a_language_does_not_have_is_said_in_english() {
    let english = Language::english();
    for code in ["en", "qqx", "", "en-gb", "tlh"] {
        assert_eq!(Language::of(code).say("head-votes", &[]), english.say("head-votes", &[]), "{code}");
    }
    assert_eq!(english.text("no such key"), None);
    assert_eq!(english.say("no such key", &[]), "no such key");
}
