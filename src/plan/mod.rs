//! What was read and decided in, changes as values out. Pure.
//!
//! One file for each page that the bot keeps ([`draft::OUTPUT_PAGES`], [`archive`], [`request_page`], [`move_out`]), and one
//! for each thing that holds changes back: [`checks`] for one change, [`limits`] for a whole pass.

pub(crate) mod agenda;
pub(crate) mod agenda_page;
pub(crate) mod announcement;
pub(crate) mod archive;
pub mod basis;
pub(crate) mod brief;
pub(crate) mod change;
pub(crate) mod checks;
pub(crate) mod committee_page;
pub mod disputes;
pub(crate) mod draft;
pub(crate) mod events;
mod examples_page;
pub(crate) mod exclusions;
pub(crate) mod figures_pages;
pub(crate) mod flow_page;
pub(crate) mod limits;
pub(crate) mod mail;
pub(crate) mod messages;
pub(crate) mod move_out;
pub(crate) mod output_page;
pub(crate) mod peoples_words;
pub(crate) mod problems_page;
pub(crate) mod queue_page;
pub(crate) mod reading;
pub(crate) mod reasons;
pub(crate) mod refusals;
pub(crate) mod request_page;
pub(crate) mod rules_page;
pub(crate) mod snapshot;
pub(crate) mod status_page;
pub(crate) mod work_page;

pub use change::{Base, Change, Owns, Plan};
pub use limits::OTHER_EDITS;

#[cfg(test)]
mod tests;
