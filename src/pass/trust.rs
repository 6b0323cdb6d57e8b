//! Whose words about the desk itself count.

use crate::desk::Desk;
use crate::page::User;
use crate::wiki::Account;
use crate::wikitext::Titles;

/// Whether what an account writes on the committee page counts, and a name that it gives a template.
pub(super) fn is_trusted(user: &User, desk: &Desk, titles: &Titles, accounts: &[Account]) -> bool {
    let by_name = desk.safety.trusted.iter().any(|t| titles.account(t).as_deref() == Some(user.name.as_str()));
    let in_group = |a: &Account| a.groups.iter().any(|g| desk.safety.trusted_groups.contains(g));
    by_name || accounts.iter().any(|a| a.user.id == user.id && in_group(a))
}
