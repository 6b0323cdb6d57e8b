//! What the bot writes on the wiki and reads back, one codec each: rendering and parsing side by side. Pure.

pub(crate) mod agenda;
pub(crate) mod committee_page;
pub(crate) mod countries;
pub(crate) mod examples;
pub(crate) mod figures;
pub mod language;
pub mod ledger;
pub(crate) mod message;
pub(crate) mod milestones;
pub(crate) mod module_config;
pub mod moved;
pub(crate) mod news;
mod numbered;
pub(crate) mod own_texts;
pub(crate) mod people;
pub(crate) mod problems;
pub(crate) mod queue;
pub(crate) mod rules_page;
pub(crate) mod sent;
mod shipped;
pub mod summary;
pub mod tables;
pub(crate) mod texts;
pub(crate) mod wiki_pages;
pub(crate) mod work;
pub(crate) mod work_page;
