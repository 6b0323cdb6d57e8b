//! What the bot writes on the wiki and reads back, one codec each: rendering and parsing side by side. Pure.

pub mod ledger;
pub mod moved;
pub mod problems;
pub mod summary;
pub mod tables;
pub mod texts;
pub mod wiki_pages;
