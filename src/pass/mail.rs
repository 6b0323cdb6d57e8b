//! What it takes to write to people: what they had before, whether they want to be written to, and where.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use tracing::info;

use crate::desk::Desk;
use crate::desk::problem::{Cause, CauseCode, Problem, ProblemKind};
use crate::page::{Page, Time};
use crate::plan::mail::{Recipient, Wanted};
use crate::plan::request_page::news_on;
use crate::plan::snapshot::Snapshot;
use crate::records::sent::Sent;
use crate::wiki::{Account, Client, Error};
use crate::wikitext::redirects::target;

/// No reason for a message is older.
const LOOKED_BACK: TimeDelta = TimeDelta::days(70);
/// A talk page that leads so often to another one of its owner's is followed no further.
const MOST_REDIRECTS: usize = 3;
/// Between two texts of one request.
const BETWEEN: &str = "\n<!-- helpdesk: the next text -->\n";
/// How the names of accounts begin whose owners left the projects.
const GONE: [&str; 4] = ["Vanished user", "Vanished account", "Renamed user", "Renamed account"];
/// An account that is younger may have the name of one that was renamed.
const YOUNG: TimeDelta = TimeDelta::days(90);

/// Looks up what is wanted. What the bot sent is looked up anew wherever anybody is to be written to: another copy of it may
/// have done so.
///
/// # Errors
/// Where the wiki cannot be reached.
pub(super) async fn look_up(
    client: &Client,
    desk: &Desk,
    snapshot: &mut Snapshot,
    wanted: &Wanted,
    now: Time,
) -> Result<(), Error> {
    if !wanted.recipients.is_empty() {
        let found = recipients(client, desk, snapshot, &wanted.recipients, now).await?;
        snapshot.mail.recipients.extend(found);
    }
    // After the pages: what another copy sends from here on makes them others than those that were read.
    if wanted.sent || !wanted.recipients.is_empty() {
        let reminders = desk.notices.reminders.and_then(|span| TimeDelta::from_std(span).ok()).unwrap_or(LOOKED_BACK);
        let mut sent = Sent::default();
        for edit in client.own_edits_of_users(now.min(client.now()) - reminders.max(LOOKED_BACK)).await? {
            sent.note(&edit.page, edit.summary.as_deref(), edit.at, &client.titles);
        }
        snapshot.mail.sent = Some(sent);
    }
    if !wanted.news.is_empty() {
        let ids: Vec<u64> = wanted.news.iter().map(|page| page.id).collect();
        snapshot.mail.news.extend(ids.iter().map(|id| (*id, None)));
        for page in client.pages_by_id(&ids).await? {
            let news = news_on(&page, &snapshot.names).map(std::sync::Arc::new);
            snapshot.mail.news.insert(page.id, news);
        }
    }
    if let Some((title, _)) = wanted.texts.first() {
        let raw: Vec<&str> = wanted.texts.iter().map(|(_, text)| text.as_str()).collect();
        let found = saved(client, title, &raw).await?;
        snapshot.mail.texts.extend(raw.iter().map(|text| (*text).to_owned()).zip(found));
    }
    Ok(())
}

/// These texts as the wiki would save them. One request; one for each where one of them swallows what is between.
async fn saved(client: &Client, title: &str, texts: &[&str]) -> Result<Vec<String>, Error> {
    let together = client.as_saved(title, &texts.join(BETWEEN)).await?;
    let found: Vec<String> = together.split(BETWEEN.trim()).map(|text| text.trim().to_owned()).collect();
    if found.len() == texts.len() {
        return Ok(found);
    }
    let mut found = Vec::new();
    for text in texts {
        found.push(client.as_saved(title, text).await?.trim().to_owned());
    }
    Ok(found)
}

/// The people of these names: whether they are written to, and where.
async fn recipients(
    client: &Client,
    desk: &Desk,
    snapshot: &Snapshot,
    names: &[String],
    now: Time,
) -> Result<BTreeMap<String, Recipient>, Error> {
    let mut found: BTreeMap<String, Recipient> = BTreeMap::new();
    let accounts = client.accounts(names).await?;
    for name in names {
        let account = accounts.iter().find(|account| account.user.name == *name);
        let left = match account {
            Some(account) => is_gone(account) || is_another(client, account, now).await?,
            None => true,
        };
        if left {
            info!(account = %name, "gets no messages: there is no such account any more, or it is blocked");
            found.insert(name.clone(), Recipient::Unwanted);
        }
    }
    let [user, talk] = [2, 3].map(|namespace| client.titles.namespace_name(namespace));
    let others = || names.iter().filter(|name| !found.contains_key(*name));
    // Both pages of each, and what the talk pages lead to.
    let mut open: BTreeMap<String, String> = others().map(|name| (format!("{talk}:{name}"), name.clone())).collect();
    let users: BTreeMap<String, String> = others().map(|name| (format!("{user}:{name}"), name.clone())).collect();
    let mut asked = users;
    for _ in 0..=MOST_REDIRECTS {
        asked.extend(open.iter().map(|(title, name)| (title.clone(), name.clone())));
        let titles: Vec<String> = asked.keys().cloned().collect();
        let pages = looked_at(client, desk, &titles).await?;
        let mut next = BTreeMap::new();
        for (title, name) in &asked {
            let (page, wikitext) = match pages.get(title) {
                Some(OfUser::OptedOut) => {
                    found.insert(name.clone(), Recipient::Unwanted);
                    continue;
                }
                Some(OfUser::Page(page)) => (page.as_ref(), true),
                Some(OfUser::Other(model)) => {
                    if open.contains_key(title) {
                        let problem = not_told(title, name, CauseCode::TalkModel, model);
                        found.entry(name.clone()).or_insert(Recipient::Unreachable(problem));
                    }
                    (None, false)
                }
                None => continue,
            };
            let text = page.map(Page::text).unwrap_or_default();
            if snapshot.exclusions.are_unwanted(text, &client.me.name, &snapshot.names) {
                found.insert(name.clone(), Recipient::Unwanted);
            } else if wikitext && open.contains_key(title) && !found.contains_key(name) {
                match page.filter(|page| page.redirect).and_then(|page| target(page.text(), &client.titles)) {
                    Some(to) if is_own(client, &to, name) => drop(next.insert(to, name.clone())),
                    Some(to) => {
                        let problem = not_told(title, name, CauseCode::TalkElsewhere, &to);
                        found.insert(name.clone(), Recipient::Unreachable(problem));
                    }
                    None => {
                        let deleted = client.deleted_at(title).await?;
                        found.insert(name.clone(), Recipient::At(title.clone(), page.cloned(), deleted));
                    }
                }
            }
        }
        if next.is_empty() {
            break;
        }
        (open, asked) = (next, BTreeMap::new());
    }
    for (title, name) in open {
        found
            .entry(name.clone())
            .or_insert_with(|| Recipient::Unreachable(not_told(&title, &name, CauseCode::TalkElsewhere, &title)));
    }
    names.iter().for_each(|name| _ = found.entry(name.clone()).or_insert(Recipient::Unwanted));
    Ok(found)
}

/// What stands on a page of a user.
enum OfUser {
    /// Who it is wants no messages.
    OptedOut,
    /// Wikitext, or nothing yet.
    Page(Option<Page>),
    /// Something else: its kind.
    Other(String),
}

async fn looked_at(client: &Client, desk: &Desk, titles: &[String]) -> Result<BTreeMap<String, OfUser>, Error> {
    let category = Some(&desk.notices.opt_out_category).filter(|name| !name.is_empty());
    let category = category.and_then(|name| client.titles.category(name));
    let kinds = client.talk_pages(titles, category.as_deref()).await?;
    let is_text = |title: &&String| kinds.get(*title).is_some_and(|kind| kind.exists && kind.model == "wikitext");
    let texts: Vec<String> = titles.iter().filter(is_text).cloned().collect();
    let mut pages: BTreeMap<String, Option<Page>> = BTreeMap::new();
    for (title, page) in texts.iter().zip(client.page_of_each(&texts).await?) {
        pages.insert(title.clone(), page);
    }
    let of_user = |(title, kind): (String, crate::wiki::talk::TalkPage)| {
        let what = match kind.model.as_str() {
            _ if kind.in_category => OfUser::OptedOut,
            "wikitext" => OfUser::Page(pages.remove(&title).flatten()),
            model => OfUser::Other(model.to_owned()),
        };
        (title, what)
    };
    Ok(kinds.into_iter().map(of_user).collect())
}

fn not_told(title: &str, name: &str, code: CauseCode, value: &str) -> Problem {
    Problem { cause: Some(Cause::new(code, value)), ..Problem::new(ProblemKind::NotTold, title, name) }
}

/// Whether a page is in the user's own space.
fn is_own(client: &Client, title: &str, name: &str) -> bool {
    [2, 3].contains(&client.titles.namespace(title)) && client.titles.account_of_link(title).as_deref() == Some(name)
}

/// Whether nobody is there to be written to.
fn is_gone(account: &Account) -> bool {
    account.blocked || GONE.iter().any(|beginning| account.user.name.starts_with(beginning))
}

/// Whether an account has the name of one that was renamed since: it is somebody else.
async fn is_another(client: &Client, account: &Account, now: Time) -> Result<bool, Error> {
    let young = account.registered.is_some_and(|registered| registered + YOUNG > now);
    Ok(young && !account.user.temporary && client.renamed(&account.user.name, 1).await?.is_some())
}
