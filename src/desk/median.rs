//! The value in the middle.

/// The two values in the middle, which are the same one where there is an odd number of them; none without values.
pub fn middle<T: Ord + Copy>(mut values: Vec<T>) -> Option<(T, T)> {
    values.sort_unstable();
    Some((*values.get(values.len().checked_sub(1)? / 2)?, *values.get(values.len() / 2)?))
}

/// The median of some lengths of time, in seconds: the mean of the two in the middle where their number is even, without
/// fractions. None without any.
pub fn median(seconds: Vec<i64>) -> Option<i64> {
    middle(seconds).map(|(low, high)| low + (high - low) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_are_shorter_and_half_are_longer() {
        let cases: [(&[i64], Option<i64>); 6] = [
            (&[], None),
            (&[7], Some(7)),
            (&[9, 1], Some(5)),
            (&[4, 1], Some(2)),
            (&[3, 1_000_000, 2], Some(3)),
            (&[10, 40, 20, 30], Some(25)),
        ];
        for (seconds, expect) in cases {
            assert_eq!(median(seconds.to_vec()), expect, "{seconds:?}");
        }
    }
}
