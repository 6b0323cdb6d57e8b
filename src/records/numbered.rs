//! Lists in template calls: `requester`, `requester 2`, `requester 3` and so on.

use crate::wikitext::Call;
use crate::wikitext::inert::unescape;

/// The name of the parameter that holds the value of this number, from 1.
pub fn key(name: &str, number: usize) -> String {
    if number == 1 { name.to_owned() } else { format!("{name} {number}") }
}

/// The name without the number behind it.
pub fn base(key: &str) -> &str {
    match key.rsplit_once(' ') {
        Some((name, number)) if number.chars().all(|c| c.is_ascii_digit()) => name,
        _ => key,
    }
}

/// The parameters that hold these values.
pub fn params<'v>(name: &str, values: impl IntoIterator<Item = &'v String>) -> Vec<(String, String)> {
    values.into_iter().enumerate().map(|(index, value)| (key(name, index + 1), value.clone())).collect()
}

/// The values that `value` gives for parameters, up to the first that is empty.
pub fn read(name: &str, value: impl Fn(&str) -> String) -> Vec<String> {
    (1..).map(|number| value(&key(name, number))).take_while(|value| !value.is_empty()).collect()
}

/// The values of a call.
pub fn of(call: &Call, name: &str) -> Vec<String> {
    read(name, |key| unescape(call.value(key)))
}
