//! Words people write, compared with the words a desk knows.

/// Characters of a word that are compared: no name is longer.
const MAX_COMPARED: usize = 64;

/// The word without what does not make it another one: upper case, signs, white space.
pub fn normalized(word: &str) -> String {
    let word: String = word.chars().take(4 * MAX_COMPARED).flat_map(char::to_lowercase).collect();
    word.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The known word that was probably meant: letters swapped, dropped, added or mistaken, a few at the most.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word: String = word.trim().to_lowercase().chars().take(MAX_COMPARED).collect();
    let near = known.into_iter().map(|k| (strsim::osa_distance(&word, &k.to_lowercase()), k)).min()?;
    let length = near.1.chars().count();
    (near.0 <= (length / 3).max(2) && near.0 < length).then_some(near.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_and_no_others() {
        let known = ["country", "description", "risk"];
        for (word, meant) in [
            ("coutry", Some("country")),
            ("Country", Some("country")),
            ("cuontry", Some("country")),
            ("descripton", Some("description")),
            ("risks", Some("risk")),
            ("budget", None),
            ("", None),
            (&"x".repeat(100_000), None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word:.20}");
        }
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn normalized_words() {
        assert_eq!(normalized("  '''Upload''' of_media. "), "upload of media");
        assert_eq!(normalized("…"), "");
    }
}
