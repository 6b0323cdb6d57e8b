//! The bot on a real MediaWiki: one shared wiki, a desk of its own for each test.

mod brakes;
mod browser;
mod bytes;
mod commands;
mod committee;
mod cost;
mod doubts;
mod ends;
mod faults;
mod fields;
mod forged;
mod forms;
mod import;
mod install;
mod intake;
mod preprocessor;
mod proxy;
mod reads;
mod records;
mod refused;
mod run;
mod stage;
mod story;
mod tables;
mod values;
mod votes;
