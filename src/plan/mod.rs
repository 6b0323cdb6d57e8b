//! What was read and decided in, changes as values out. Pure.
//!
//! One file for each page that the bot keeps ([`OUTPUT_PAGES`], [`archive`], [`request_page`], [`move_out`]), and one for
//! each thing that holds changes back: [`checks`] for one change, [`limits`] for a whole pass.

pub mod archive;
pub mod basis;
pub mod change;
pub mod checks;
pub mod disputes;
pub mod draft;
pub mod exclusions;
pub mod limits;
pub mod move_out;
pub mod output_page;
pub mod problems_page;
pub mod reading;
pub mod refusals;
pub mod request_page;
pub mod snapshot;
pub mod status_page;

pub use change::{Base, Change, Owns, Plan};
pub use draft::OUTPUT_PAGES;

#[cfg(test)]
mod tests;
