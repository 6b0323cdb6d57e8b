//! Values of the request template that hold templates or magic words, as MediaWiki expands them.

use std::collections::{BTreeSet, HashMap};

use crate::desk::{Desk, Facts};
use crate::wiki::{Client, Error};
use crate::wikitext::inert::unescape;

/// What values came to, by the title of their page and the value as written.
pub(super) type Expansions = HashMap<(String, String), String>;

/// Has the values of a request expanded that are read, all that are not known in one request; none where they hold no
/// template.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn expand(
    client: &Client,
    desk: &Desk,
    facts: &mut Facts,
    known: &mut Expansions,
) -> Result<(), Error> {
    let read = facts.params.iter().filter(|(name, value)| desk.reads(name) && value.contains("{{"));
    let written: BTreeSet<String> = read.map(|(_, value)| value.clone()).collect();
    let key = |value: &String| (facts.page.title.clone(), value.clone());
    let missing: Vec<String> = written.iter().filter(|value| !known.contains_key(&key(value))).cloned().collect();
    if !missing.is_empty() {
        let found = client.expanded(&facts.page.title, &missing).await?;
        // A page's name comes with its signs as character references.
        known.extend(missing.iter().map(key).zip(found.iter().map(|value| unescape(value))));
    }
    let expanded = written.iter().filter_map(|value| Some((value.clone(), known.get(&key(value))?.clone())));
    facts.expanded = expanded.collect();
    Ok(())
}
