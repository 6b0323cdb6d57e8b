//! Titles and names in answers.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A title or the name of an account: no page and no account has an empty one.
pub(super) fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let name = String::deserialize(from)?;
    if name.is_empty() { Err(D::Error::custom("an empty name")) } else { Ok(name) }
}

/// The same where it may be missing.
pub(super) fn optional_name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    name(from).map(Some)
}
