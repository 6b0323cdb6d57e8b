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
//! A **pass** ([`pass`]) observes what every pass needs in a fixed number of requests. A request page that the
//! bot saved last, and whose ledger still rests on the same rules, terms and time, is *settled*: its row is
//! taken from the ledger ([`plan::draft::settled`]). All others are read: Parsoid's HTML says what the page
//! shows ([`read::html`]), the history says who put it there ([`read::history`]), together they are
//! [`desk::Facts`]. [`decide`] makes of them a [`decide::Decision`] with its reasons; [`plan::draft`] compares
//! what each page should say with what it says. The changes are made in an order that loses nothing when
//! stopped between any two, each against the revision that was read.
//!
//! # The rooms, in reading order
//! - [`desk`]: the nouns, plain data
//! - [`config`]: `helpdesk.toml` into a checked [`desk::Desk`]
//! - [`read`]: pages and history in, facts out
//! - [`decide`]: facts, rules, roster and time in, a decision with its reasons out
//! - [`records`]: facts in, wikitext out
//! - [`plan`]: changes as values, and what each page should say
//! - [`wiki`]: the only room that knows MediaWiki's API
//! - [`pass`]: one pass; [`run`]: pass after pass, woken by [`watch`] and seen from outside through [`health`]
//! - [`install`], [`check`], [`explain`], [`whatif`]: the other commands
//! - [`sandbox`], [`demo`]: a real MediaWiki on this machine, and a story to play on it

pub mod check;
pub mod config;
pub mod decide;
pub mod demo;
pub mod desk;
pub mod explain;
pub mod health;
pub mod install;
pub mod page;
pub mod pass;
pub mod plan;
pub mod read;
pub mod records;
pub mod run;
pub mod sandbox;
#[cfg(test)]
mod testing;
pub mod watch;
pub mod whatif;
pub mod wiki;
pub mod wikitext;

#[cfg(test)]
mod purity {
    //! The rule of the pure core, checked in the source itself.

    use std::fs;
    use std::path::Path;

    fn sources(dir: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(dir).expect("a folder").map(|e| e.expect("an entry").path()) {
            if entry.is_dir() {
                sources(&entry, found);
            } else if entry.extension().is_some_and(|e| e == "rs") {
                found.push((entry.display().to_string(), fs::read_to_string(&entry).expect("a source")));
            }
        }
    }

    #[test]
    fn only_its_own_rooms_name_the_wiki_or_do_io() {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = Vec::new();
        sources(&src, &mut found);
        assert!(found.len() > 30, "the sources were not found");
        for (path, text) in
            found.into_iter().filter(|(path, _)| !path.ends_with("tests.rs") && !path.ends_with("testing.rs"))
        {
            let room = path.rsplit("/src/").next().unwrap_or_default().to_owned();
            let knows_wiki = room.starts_with("wiki/") || room.starts_with("sandbox/") || room == "lib.rs";
            for library in ["mwapi::", "mwbot::"] {
                assert!(knows_wiki || !text.contains(library), "{room} names {library}");
            }
            let pure =
                ["desk/", "read/", "decide/", "wikitext/", "records/", "plan/"].iter().any(|p| room.starts_with(p))
                    || ["explain.rs", "whatif.rs"].contains(&room.as_str());
            // Decisions go by the wiki's clock; this machine's own may be wrong, or jump.
            let decides = ["pass", "run", "watch", "wiki/", "check.rs"].iter().any(|p| room.starts_with(p));
            assert!(!(pure || decides) || !text.contains("Utc::now"), "{room} reads this machine's clock");
            for io in ["Utc::now", "SystemTime", "Instant::", "std::fs", "TcpStream", "std::env", "tokio::", "async fn"]
            {
                assert!(!pure || !text.contains(io), "{room} is pure but has {io}");
            }
        }
    }
}
