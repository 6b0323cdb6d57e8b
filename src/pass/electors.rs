//! The accounts that voted, where no roster says who may: what each was, looked up once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::decide::ballots::electors;
use crate::desk::electorate::{Elector, Membership};
use crate::desk::roster::Roster;
use crate::desk::{Electorate, Facts};
use crate::page::{Time, User};
use crate::wiki::client::AT_ONCE;
use crate::wiki::{Account, Client, Error};

/// What was looked up of accounts, by their ids, and when: what they were until then does not change.
pub(super) type Electors = HashMap<u64, (Elector, Time)>;

/// Looks up the accounts of which these requests have to know whether they might vote. One request for all that are not known
/// yet, one for the edits of each, and one for the groups of each, as far as the desk asks for these.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn look_up<'f>(
    client: &Client,
    roster: &Roster,
    all: impl Iterator<Item = &'f mut Facts>,
    known: &mut Electors,
) -> Result<(), Error> {
    let Some(electorate) = &roster.electorate else { return Ok(()) };
    let mut all: Vec<(&mut Facts, Vec<(User, Time)>)> =
        all.map(|facts| (electors(facts, roster), facts)).map(|(wanted, facts)| (facts, wanted)).collect();
    let is_known = |user: &User, at: Time| known.get(&user.id).is_some_and(|(_, asked)| at <= *asked);
    let names: BTreeSet<String> = all
        .iter()
        .flat_map(|(_, wanted)| wanted)
        .filter(|(user, at)| !is_known(user, *at))
        .map(|(user, _)| user.name.clone())
        .collect();
    if !names.is_empty() {
        let asked = client.now();
        let accounts = client.accounts(&names.into_iter().collect::<Vec<_>>()).await?;
        let found = stream::iter(accounts).map(|account| async move {
            Ok::<_, Error>((account.user.id, elector(client, electorate, account).await?))
        });
        let found: BTreeMap<u64, Elector> = found.buffer_unordered(AT_ONCE).try_collect().await?;
        known.extend(found.into_iter().map(|(id, elector)| (id, (elector, asked))));
    }
    for (facts, wanted) in &mut all {
        let found = wanted.iter().filter_map(|(user, _)| Some((user.id, known.get(&user.id)?.0.clone())));
        facts.electors = found.collect();
    }
    Ok(())
}

/// What an account was and is, as far as the desk asks for it.
async fn elector(client: &Client, electorate: &Electorate, account: Account) -> Result<Elector, Error> {
    let Account { user, groups, registered, edits, .. } = account;
    // The wiki's own count never goes down.
    let edits_reached = match electorate.min_edits {
        0 => None,
        asked if edits < u64::from(asked) => None,
        asked => client.edits_reached(user.id, asked).await?,
    };
    let groups = match electorate.groups.as_slice() {
        [] => Vec::new(),
        _ => Membership::through_time(&groups, &client.group_changes(&user.name).await?),
    };
    Ok(Elector { registered, edits_reached, groups })
}
