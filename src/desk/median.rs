//! The value in the middle.

/// The value in the middle of numbers in any order, the mean of the two in the middle where they are even in number, rounded
/// down; none of none.
pub fn median(mut numbers: Vec<i64>) -> Option<i64> {
    numbers.sort_unstable();
    let (low, high) = (numbers.get(numbers.len().checked_sub(1)? / 2)?, numbers.get(numbers.len() / 2)?);
    Some(low + (high - low) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_far_off_changes_nothing() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![7]), Some(7));
        assert_eq!(median(vec![1000, 2, 1]), Some(2));
        assert_eq!(median(vec![4, 1, 2, 1000]), Some(3));
    }
}
