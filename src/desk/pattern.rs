//! A regular expression that a field's whole value has to match.

use regex::Regex;
use serde::{Serialize, Serializer};

/// A regular expression in the syntax of the `regex` crate, anchored at both ends.
#[derive(Debug, Clone)]
pub struct Pattern {
    written: String,
    anchored: Regex,
}

impl Pattern {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn new(written: &str) -> Result<Self, String> {
        // Taken by itself first: `a)|(b` is valid only between brackets.
        let why = |error: regex::Error| match error {
            regex::Error::Syntax(text) => {
                text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
            }
            other => other.to_string(),
        };
        Regex::new(written).map_err(why)?;
        let anchored = Regex::new(&format!(r"\A(?:{written})\z")).map_err(why)?;
        Ok(Pattern { written: written.to_owned(), anchored })
    }

    /// Whether all of the value matches.
    pub fn matches(&self, value: &str) -> bool {
        self.anchored.is_match(value)
    }

    /// The expression as the configuration has it.
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_a_value_has_to_match() {
        let pattern = Pattern::new("[a-z]+|[0-9]+").expect("valid");
        assert!(pattern.matches("abc") && pattern.matches("12"));
        for other in ["", "abc1", "1a", "a\n", "é"] {
            assert!(!pattern.matches(other), "{other:?}");
        }
        // The first alternative is only the beginning of the value.
        assert!(Pattern::new("a|ab").expect("valid").matches("ab"));
        assert!(Pattern::new("(?i)yes").expect("valid").matches("YES"));
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in ["(", "a)|(b", "[z-a]", "*", r"(?=a)", "(a{1000}){1000}"] {
            assert!(Pattern::new(text).is_err(), "{text}");
        }
    }
}
