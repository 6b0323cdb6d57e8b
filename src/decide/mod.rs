//! Facts, rules, roster and the time in; a decision with its reasons out. Pure.
//!
//! In reading order: whose the request is (`owners`), which status a request holds after all that people and the bot did ([`timeline`]), which votes count
//! ([`ballots`]) by who may touch what (`vote_policy`), what is wrong with its [`fields`] and
//! who changed them (`material`), what the [`rules`] make of
//! that, and all of it together ([`decide`]). [`replay`] asks what other rules would have made of it,
//! [`asked`] what each rule asks for.

pub mod asked;
pub mod ballots;
mod decision;
pub mod fields;
mod helpers;
mod material;
mod milestones;
mod owners;
pub mod replay;
pub mod rules;
pub mod timeline;
mod vote_policy;
mod work;

#[cfg(test)]
mod electorate_tests;
#[cfg(test)]
mod fields_tests;
#[cfg(test)]
mod help_tests;
#[cfg(test)]
mod material_tests;
#[cfg(test)]
mod minutes_tests;
#[cfg(test)]
mod owners_tests;
#[cfg(test)]
mod tests;

pub use decision::decide;
