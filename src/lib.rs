//! Helpdesk bot: volunteers file requests on a wiki, a committee votes, and the bot keeps statuses, ledgers,
//! tables and archives true.
//!
//! # Rules that hold everywhere
//! 1. **The wiki is the only database.** No state on disk. What a pass knows it reads from pages and their
//!    history; kill it anywhere, start it twice: the pages end up the same.
//! 2. **A pure core.** [`read`], [`decide`], [`plan`] and [`records`] do no I/O and read no clock: the time is an
//!    argument. Only [`wiki`] (and the [`sandbox`], which plays people) names the wiki's libraries.
//! 3. **Level-triggered.** What is done follows from the state of the wiki, never from an event.
//! 4. **Every write is a value**, a [`plan::Change`]: `plan` prints it, `once` applies it. Planning again gives
//!    nothing.
//! 5. **People's bytes are theirs.** A save differs from its base only inside the bot's own spans; one that
//!    would not is not made, but reported ([`plan::Change::keeps_peoples_text`]).
//! 6. **One bad page stops nothing else.** It becomes a [`desk::problem::Problem`], shown on the wiki.
//! 7. **Nothing is silent.** Whatever is not acted on has a reason that a reader finds on the wiki.
//! 8. **Never fight, never flood.** Human decisions win; no page is written twice for the same reason.
//!
//! # The way of the data
//! A **pass** ([`pass`]) looks at lists: which pages there are below the intake page, at which revision. A row of a table
//! that the bot itself saved last vouches for a closed request at the revision that it names; the ledger on a page vouches
//! for an open one, as long as the rules and the roster are the same ([`plan::basis`]). All others are read: Parsoid's HTML
//! says what the page shows ([`read::html`]), the history says who put it there ([`read::history`]), together they are
//! [`desk::Facts`]. [`decide`] makes of them a [`desk::decision::Decision`] with its reasons; [`plan::draft`] compares what
//! each page should say with what it says. The changes are made in an order that loses nothing when stopped between any two,
//! each against the revision that was read.
//!
//! A running bot keeps what a pass knew for the next one ([`pass::PassState`]), which then reads the pages that hints name
//! and no others. All of that may be lost at any time, and a sweep compares it with the lists again.
//!
//! # The rooms, from the ground up
//! Tests aside, imports go down only, and no files import each other in a circle; `src/rooms.rs` holds both.
//! - [`page`]: pages, revisions and accounts as MediaWiki tells of them
//! - [`desk`]: the nouns of a desk, plain data
//! - [`wikitext`]: wikitext as MediaWiki reads it: templates, titles, blocks, values that cannot act
//! - `file`: small files that an operator wrote
//! - [`config`]: `helpdesk.toml` into a checked [`desk::Desk`]
//! - [`records`]: what the bot writes and reads back, one codec each: ledger, tables, problems, summaries
//! - [`figures`]: what a desk has achieved, counted from what happened to its requests
//! - [`read`]: pages and history in, facts out
//! - [`decide`]: facts, rules, roster and time in, a decision with its reasons out
//! - [`plan`]: what each page should say, as changes, and what holds them back
//! - [`wiki`]: the only room that knows MediaWiki's API, and nothing of desks
//! - [`pass`]: one pass; [`run`]: pass after pass, woken by [`watch`] and seen from outside through [`health`]
//! - [`install`], [`check`], [`explain`], [`report`], [`rulebook`], [`whatif`]: the other commands
//! - [`sandbox`], [`demo`]: a real MediaWiki on this machine, and a story to play on it
//!
//! # To add something
//! - **A template that people sign**: a kind in [`desk::TemplateKind`], what it says in [`desk::statement`], and what it
//!   does in [`decide`].
//! - **A page that the bot keeps**: a file in [`plan`] with an [`plan::output_page::OutputPage`], and a line in
//!   [`plan::draft::OUTPUT_PAGES`].
//! - **A problem, a notice, a reason**: a variant and its code in one list; a test asks for its words in `templates/`.

pub mod check;
pub mod config;
mod decide;
pub mod demo;
pub mod desk;
pub mod explain;
pub mod figures;
mod file;
mod health;
pub mod install;
pub mod page;
pub mod pass;
pub mod plan;
mod read;
pub mod records;
pub mod report;
pub mod rulebook;
pub mod run;
pub mod sandbox;
#[cfg(test)]
mod testing;
mod watch;
mod whatif;
pub mod wiki;
pub mod wikitext;

#[cfg(test)]
mod rooms;
