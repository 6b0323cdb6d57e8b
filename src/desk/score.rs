//! How soon a request should be carried out: `{{Helpdesk priority}}`.

use serde::Serialize;

use super::params::Params;

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
}

impl Score {
    /// Reads `{{Helpdesk priority|8}}`.
    pub fn of(params: &dyn Params) -> Option<Self> {
        let written = params.text("1").trim().to_owned();
        let word = WORDS.iter().find(|(word, _)| written.eq_ignore_ascii_case(word)).map(|(_, points)| *points);
        let points = word.or_else(|| written.parse().ok()).filter(|points| RANGE.contains(points));
        Some(Score { points, written })
    }
}

/// The scores that count, each with the member's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Scores(pub Vec<(String, u8)>);

impl Scores {
    /// Twice the value in the middle, so that it is a whole number: one member far off changes nothing. None without scores.
    pub fn doubled_median(&self) -> Option<u32> {
        let mut points: Vec<u32> = self.0.iter().map(|(_, points)| u32::from(*points)).collect();
        points.sort_unstable();
        let (low, high) = (points.get(points.len().checked_sub(1)? / 2)?, points.get(points.len() / 2)?);
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
