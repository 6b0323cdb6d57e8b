//! Rules: when a request moves from one status to another by itself.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// A rule of the configuration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule {
    /// Its name, as ledgers and summaries give it.
    pub name: String,
    /// Ids of the statuses it starts from.
    pub from: Vec<String>,
    /// Id of the status it moves the request to.
    pub to: String,
    /// Its conditions; all that are given must hold.
    pub when: When,
}

impl Rule {
    /// Where a rule of this name stands on the page of rules, as a fragment of a link. Templates make the same of the name.
    pub fn anchor(name: &str) -> String {
        let kept = |c: char| !c.is_ascii_whitespace() && !c.is_ascii_punctuation();
        let words: Vec<&str> = name.split(|c| !kept(c)).filter(|word| !word.is_empty()).collect();
        format!("rule-{}", words.join("-"))
    }
}

/// The conditions of a rule. An absent one always holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct When {
    /// Whether every required field is there and valid.
    pub complete: Option<bool>,
    /// Counted votes, abstentions included.
    pub quorum: Option<u32>,
    /// Part of the members in office, not on leave and not stepping aside, that has voted, abstentions included.
    pub quorum_share: Option<Share>,
    /// Counted votes in support.
    pub support_at_least: Option<u32>,
    /// Counted votes in opposition.
    pub oppose_at_least: Option<u32>,
    /// Part of support in support + oppose.
    pub support_share: Option<Share>,
    /// Part of oppose in support + oppose.
    pub oppose_share: Option<Share>,
    /// Every member in office, not on leave and not stepping aside, has a counted vote (`false`: not every one).
    pub all_voted: Option<bool>,
    /// Time in this status.
    pub open_for: Option<Duration>,
    /// Time since the counted votes, or a material field under them, last changed.
    pub settled_for: Option<Duration>,
    /// A standing "more info" newer than the owners' last edit (`false`: none such).
    pub info_wanted: Option<bool>,
    /// Somebody of the desk wrote on the page after the owners did (`false`: nobody did).
    pub answered: Option<bool>,
    /// Every team field is filled in (`false`: one is not).
    pub assessed: Option<bool>,
    /// Time since a person last edited the page.
    pub idle_for: Option<Duration>,
    /// A meeting talked about it since it came to this status (`false`: none did).
    pub discussed: Option<bool>,
    /// Somebody helps (`false`: whoever did helps no more since it came to this status).
    pub claimed: Option<bool>,
    /// There are steps, and every one is done or not needed any more (`false`: not so).
    pub steps_done: Option<bool>,
    /// What came of it is told, and nothing is wrong with that (`false`: not so).
    pub outcome: Option<bool>,
    /// The request's type is one of these.
    pub kind: Option<Vec<String>>,
}

impl When {
    /// Whether it looks at all members in office, not at those alone who voted.
    pub fn rests_on_roster(&self) -> bool {
        self.all_voted.is_some() || self.quorum_share.is_some()
    }
}

/// An exact fraction between 0 and 1: shares are compared by multiplication of whole numbers, so two of
/// three is two thirds and nothing is lost to rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The numerator, at most the denominator.
    pub part: u64,
    /// The denominator, not 0.
    pub of: u64,
}

impl Share {
    /// Whether `votes` out of `total` reach this share. No share of nothing is ever reached.
    pub fn reached(self, votes: u64, total: u64) -> bool {
        total > 0 && u128::from(votes) * u128::from(self.of) >= u128::from(self.part) * u128::from(total)
    }

    /// Reads `0.67`, `1` (both exact decimals) or `2/3`.
    ///
    /// # Errors
    /// Says what was expected where the text is no fraction between 0 and 1.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected a share between 0 and 1, such as 0.67 or \"2/3\", not {text:?}");
        let share = if let Some((part, of)) = text.split_once('/') {
            Share { part: part.trim().parse().map_err(|_| wrong())?, of: of.trim().parse().map_err(|_| wrong())? }
        } else {
            let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
            if decimals.len() > 12 {
                return Err(wrong());
            }
            let of = 10_u64.pow(u32::try_from(decimals.len()).map_err(|_| wrong())?);
            let digits = format!("{whole}{decimals}");
            Share { part: digits.parse().map_err(|_| wrong())?, of }
        };
        if share.of == 0 || share.part > share.of { Err(wrong()) } else { Ok(share) }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if [1, 10, 100].contains(&self.of) {
            write!(f, "{}%", self.part * 100 / self.of)
        } else {
            write!(f, "{}/{}", self.part, self.of)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_three_is_two_thirds_and_less_than_67_percent() {
        assert!(Share::parse("2/3").unwrap().reached(2, 3));
        assert!(!Share::parse("0.67").unwrap().reached(2, 3));
        assert!(Share::parse("0.67").unwrap().reached(67, 100));
        assert!(!Share::parse("0.0").unwrap().reached(0, 0));
    }

    #[test]
    fn no_sign_of_a_name_acts_in_a_link() {
        for (name, anchor) in [
            ("something is missing", "rule-something-is-missing"),
            ("[[a|b]]#{{c}}", "rule-a-b-c"),
            ("Två tredjedelar!", "rule-Två-tredjedelar"),
            ("…", "rule-…"),
        ] {
            assert_eq!(Rule::anchor(name), anchor);
        }
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for text in ["", "1.1", "-0.5", "3/2", "1/0", "half", "0.1234567890123", "1e3"] {
            assert!(Share::parse(text).is_err(), "{text}");
        }
    }
}
