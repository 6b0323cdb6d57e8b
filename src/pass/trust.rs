//! Whose words about the desk itself count.

use std::collections::BTreeSet;

use crate::desk::Desk;
use crate::page::User;
use crate::wiki::{Account, Client, Error};
use crate::wikitext::Titles;

/// Whether what an account writes on the committee page counts, and a name that it gives a template.
pub(super) fn is_trusted(user: &User, desk: &Desk, titles: &Titles, accounts: &[Account]) -> bool {
    let by_name = desk.safety.trusted.iter().any(|t| titles.account(t).as_deref() == Some(user.name.as_str()));
    let in_group = |a: &Account| a.groups.iter().any(|g| desk.safety.trusted_groups.contains(g));
    by_name || accounts.iter().any(|a| a.user.id == user.id && in_group(a))
}

/// Which of these accounts are trusted, by id. One request for 50 that are not by their names.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn trusted<'u>(
    client: &Client,
    desk: &Desk,
    users: impl Iterator<Item = &'u User>,
) -> Result<BTreeSet<u64>, Error> {
    let by_name = |user: &User| is_trusted(user, desk, &client.titles, &[]);
    let mut trusted: BTreeSet<u64> = BTreeSet::new();
    let mut others: BTreeSet<String> = BTreeSet::new();
    for user in users {
        if by_name(user) { _ = trusted.insert(user.id) } else { _ = others.insert(user.name.clone()) }
    }
    if !others.is_empty() {
        let accounts = client.accounts(&others.into_iter().collect::<Vec<_>>()).await?;
        let in_group = accounts.iter().filter(|a| is_trusted(&a.user, desk, &client.titles, &accounts));
        trusted.extend(in_group.map(|a| a.user.id));
    }
    Ok(trusted)
}
