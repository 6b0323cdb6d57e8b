//! Texts of a language that a wiki has changed for itself: they outlive an update.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Where a page of texts says who wrote them, and which are the wiki's own.
const METADATA: &str = "@metadata";
/// The keys of the texts that are the wiki's own, as of the last update.
const OWN: &str = "own";

/// The texts that come with the bot, with those that the wiki changed, added or took away since `before`, which is what the bot
/// saved there last. None where the page says all that already. What is no JSON object has nothing to keep.
pub fn merged(new: &str, before: Option<&str>, there: &str) -> Option<String> {
    let (mut merged, before, there) = (texts(new), before.map(texts).unwrap_or_default(), texts(there));
    // Nobody takes all texts away for good: the page was blanked or broken.
    if there.keys().all(|key| key == METADATA) {
        return (merged != there).then(|| pretty(&merged));
    }
    let known = there.get(METADATA).and_then(|about| about.get(OWN)?.as_array()).into_iter().flatten();
    let known: BTreeSet<&str> = known.filter_map(Value::as_str).collect();
    let mut own = Vec::new();
    let keys = there.keys().chain(before.keys()).map(String::as_str).chain(known.iter().copied());
    for key in keys.filter(|key| *key != METADATA).collect::<BTreeSet<_>>() {
        let now = there.get(key);
        if (known.contains(key) || now != before.get(key)) && now != merged.get(key) {
            own.push(Value::from(key));
            match now {
                Some(text) => merged.insert(key.to_owned(), text.clone()),
                None => merged.shift_remove(key),
            };
        }
    }
    if !own.is_empty() {
        let about = merged.entry(METADATA).or_insert_with(|| Map::new().into());
        if let Some(about) = about.as_object_mut() {
            about.insert(OWN.to_owned(), own.into());
        }
    }
    (merged != there).then(|| pretty(&merged))
}

fn pretty(texts: &Map<String, Value>) -> String {
    serde_json::to_string_pretty(texts).unwrap_or_default()
}

fn texts(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = r#"{"@metadata": {"authors": ["A"]}, "a": "1", "b": "2", "c": "3"}"#;

    #[test]
    fn what_a_wiki_changed_outlives_every_update() {
        assert_eq!(merged(FIRST, None, ""), Some(serde_json::to_string_pretty(&texts(FIRST)).unwrap()));
        assert_eq!(merged(FIRST, Some(FIRST), FIRST), None);
        for broken in ["", "{}", "[1]", "no JSON", "{\"@metadata\": {}}"] {
            assert_eq!(merged(FIRST, Some(FIRST), broken).map(|json| texts(&json)), Some(texts(FIRST)), "{broken}");
        }
        // One changed, one taken away, one added.
        let wiki = r#"{"@metadata": {"authors": ["A"]}, "a": "ours", "c": "3", "d": "new"}"#;
        let second = r#"{"@metadata": {"authors": ["B"]}, "a": "one", "b": "two", "c": "three"}"#;
        let updated = merged(second, Some(FIRST), wiki).expect("an update");
        let expected =
            r#"{"@metadata": {"authors": ["B"], "own": ["a", "b", "d"]}, "a": "ours", "c": "three", "d": "new"}"#;
        assert_eq!(texts(&updated), texts(expected));
        assert_eq!(merged(second, Some(&updated), &updated), None, "said already");
        // The bot saved them last; they are the wiki's own all the same.
        let third = r#"{"@metadata": {"authors": ["B"]}, "a": "uno", "b": "due", "c": "tre"}"#;
        let again = texts(&merged(third, Some(&updated), &updated).expect("an update"));
        assert_eq!(
            (&again["a"], again.get("b"), &again["c"], &again["d"]),
            (&"ours".into(), None, &"tre".into(), &"new".into())
        );
        // Put back to what comes with the bot, a text is the bot's again.
        let back = updated.replace("ours", "one");
        let fourth = texts(&merged(second, Some(&updated), &back).expect("an update"));
        assert_eq!(fourth[METADATA][OWN], serde_json::json!(["b", "d"]));
    }
}
