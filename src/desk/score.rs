//! How soon a request should be carried out: `{{Helpdesk priority}}`.

use std::cmp::Ordering;

use serde::Serialize;

use super::median::middle;
use super::params::Params;
use crate::page::Time;

/// The lowest score and the highest.
const RANGE: std::ops::RangeInclusive<u8> = 1..=10;

/// Words that stand for scores.
const WORDS: [(&str, u8); 3] = [("low", 2), ("normal", 5), ("high", 8)];

/// A member's score.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Score {
    /// From 1 to 10, the highest first; none where what is written is no score.
    pub points: Option<u8>,
    /// As written.
    pub written: String,
    /// The member whose it is, where minutes say it.
    pub on_behalf_of: Option<String>,
}

/// The score that a word or a number says; none where it is none.
pub fn points(written: &str) -> Option<u8> {
    let written = written.trim();
    let word = WORDS.iter().find(|(word, _)| written.eq_ignore_ascii_case(word)).map(|(_, points)| *points);
    word.or_else(|| written.parse().ok()).filter(|points| RANGE.contains(points))
}

impl Score {
    /// Reads `{{Helpdesk priority|8}}`.
    pub fn of(params: &dyn Params) -> Option<Self> {
        Some(Self::new(params.text("1")))
    }

    /// The score that is written so.
    pub fn new(written: &str) -> Self {
        Score { points: points(written), written: written.trim().to_owned(), on_behalf_of: None }
    }
}

/// A request that waits for its turn.
#[derive(Debug, Clone, Copy)]
pub struct InQueue<'r> {
    /// Its scores.
    pub scores: &'r Scores,
    /// When it was filed.
    pub filed: Time,
    /// The id of its page.
    pub page: u64,
}

/// Which of two requests goes first. By the median of the scores: one member alone moves it little, however far off. Where
/// that is the same by the mean, which tells apart what the median does not. Then by age: whoever asked first. The page's id
/// at last, so that the order never changes by itself. Those without scores come behind all others.
pub fn order(a: &InQueue, b: &InQueue) -> Ordering {
    let mean = |one: &InQueue, other: &InQueue| {
        let ((sum, _), (_, of)) = (one.scores.sum(), other.scores.sum());
        u64::from(sum) * u64::from(of)
    };
    let median = b.scores.doubled_median().cmp(&a.scores.doubled_median());
    median.then(mean(b, a).cmp(&mean(a, b))).then(a.filed.cmp(&b.filed)).then(a.page.cmp(&b.page))
}

/// The scores that count, each with the member's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Scores(pub Vec<(String, u8)>);

impl Scores {
    /// Twice the value in the middle, so that it is a whole number: one member far off changes nothing. None without scores.
    pub fn doubled_median(&self) -> Option<u32> {
        let (low, high) = middle(self.0.iter().map(|(_, points)| u32::from(*points)).collect())?;
        Some(low + high)
    }

    /// The value in the middle in decimals: `7`, `7.5`; empty without scores.
    pub fn median(&self) -> String {
        let half = |doubled: u32| format!("{}{}", doubled / 2, if doubled % 2 == 1 { ".5" } else { "" });
        self.doubled_median().map(half).unwrap_or_default()
    }

    /// The sum of all, and how many there are.
    pub fn sum(&self) -> (u32, u32) {
        (self.0.iter().map(|(_, points)| u32::from(*points)).sum(), u32::try_from(self.0.len()).unwrap_or(u32::MAX))
    }

    /// How far the highest is from the lowest.
    pub fn spread(&self) -> u8 {
        let points = || self.0.iter().map(|(_, points)| *points);
        points().max().zip(points().min()).map_or(0, |(highest, lowest)| highest - lowest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scores(points: &[u8]) -> Scores {
        Scores(points.iter().enumerate().map(|(i, points)| (format!("Member {i}"), *points)).collect())
    }

    fn goes_first(one: &[u8], other: &[u8]) -> bool {
        let in_queue = |scores, page| InQueue { scores, filed: Time::UNIX_EPOCH, page };
        order(&in_queue(&scores(one), 2), &in_queue(&scores(other), 1)) == Ordering::Less
    }

    #[test]
    fn the_median_then_the_mean_then_age() {
        assert!(goes_first(&[8, 8, 1], &[7, 7, 10]));
        assert!(goes_first(&[8, 8, 9], &[8, 8, 1]));
        assert!(goes_first(&[1], &[]));
        assert!(!goes_first(&[5, 5], &[5]), "the older page");
    }

    proptest! {
        /// A better score never worsens a place.
        #[test]
        fn a_better_score_is_no_worse_a_place(mine in prop::collection::vec(1_u8..=10, 1..9),
            others in prop::collection::vec(prop::collection::vec(1_u8..=10, 0..9), 0..8), which in any::<prop::sample::Index>(), by in 1_u8..10) {
            let place = |mine: &[u8]| others.iter().filter(|other| goes_first(other, mine)).count();
            let mut better = mine.clone();
            let at = which.index(mine.len());
            better[at] = (better[at] + by).min(10);
            prop_assert!(place(&better) <= place(&mine));
        }
    }
}
