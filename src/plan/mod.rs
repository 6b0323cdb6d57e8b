//! What was read and decided in, changes as values out. Pure.

pub mod change;
pub mod disputes;
pub mod draft;
pub mod exclusions;
pub mod limits;
pub mod move_out;
pub mod refusals;
pub mod snapshot;

pub use change::{Base, Change, Owns, Plan};

#[cfg(test)]
mod tests;
