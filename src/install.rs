//! `templates/` onto the wiki: creates what is missing, updates what only the bot wrote, leaves alone what
//! somebody else changed.

use crate::desk::Desk;
use crate::page::{Page, Revision, User};
use crate::plan::{Base, Change, Owns, Plan};
use crate::records::language::Language;
use crate::records::{own_texts, summary, wiki_pages};
use crate::wiki::{Client, Edit, EditBase, Error};
use crate::wikitext::has_visible_text;

/// Templates that many wikis have of their own: made only where there is none.
const COMMON: [&str; 4] = ["Template:Support", "Template:Oppose", "Template:Abstain", "Template:More info"];

/// The namespace of Scribunto's modules.
const NS_MODULE: i32 = 828;

/// What is said where the wiki has none.
pub const NO_LUA: &str =
    "the wiki has no Lua, which draws the bot's pages: ask whoever runs it for the extension Scribunto";

/// Whether the wiki has modules in Lua, which draw the bot's pages.
#[must_use]
pub fn has_lua(client: &Client) -> bool {
    client.titles.namespace("Module:Helpdesk") == NS_MODULE
}

/// What `install` would do.
#[derive(Debug, Default)]
pub struct Installation {
    /// Pages to create or update.
    pub plan: Plan,
    /// Pages that differ from the file and hold what somebody else wrote, or that the wiki has of its own.
    pub left: Vec<String>,
    /// Pages that are as they should be.
    pub same: usize,
    /// Pages for people. Somebody may have seen them, and the wiki may keep what it showed, before the pages were there that
    /// they use or link to.
    pub for_people: Vec<String>,
}

/// What is left to an interface administrator, as lines for whoever installs: to save the pages of the gadget and to turn it
/// on. Nothing where that is done.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read.
pub async fn gadget(client: &Client, desk: &Desk) -> Result<Vec<String>, Error> {
    const DEFINITION: &str = "MediaWiki:Gadgets-definition";
    let (pages, line) = wiki_pages::gadget(client.titles.namespace(&desk.root));
    let titles: Vec<String> = pages.iter().map(|(title, _)| title.clone()).chain([DEFINITION.to_owned()]).collect();
    let there = client.pages(&titles).await?;
    let text = |title: &str| there.iter().find(|page| page.title == client.titles.local(title)).map_or("", Page::text);
    let mut lines = Vec::new();
    for (title, wanted) in &pages {
        if text(title).trim() != wanted.trim() {
            lines.push(format!(
                "for an interface administrator: save templates/{} as {title}",
                title.replacen(':', "/", 1)
            ));
        }
    }
    if !text(DEFINITION).contains("|Helpdesk.js|") {
        lines.push(format!("for an interface administrator: add to {DEFINITION}: {line}"));
    }
    Ok(lines)
}

/// Compares the wiki with what should be there.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read, or has no Lua.
pub async fn compare(client: &Client, desk: &Desk) -> Result<Installation, Error> {
    if !has_lua(client) {
        return Err(Error::Fatal(NO_LUA.to_owned()));
    }
    let about = (desk, Language::of(client.titles.language()));
    let wanted = wiki_pages::pages(desk);
    let titles: Vec<String> = wanted.iter().map(|(title, _)| title.clone()).collect();
    let there = client.pages(&titles).await?;
    let mut installation = Installation::default();
    for (title, text) in wanted {
        let local = client.titles.local(&title);
        let page = there.iter().find(|p| p.title == local);
        if !["Template:", "Module:"].iter().any(|space| title.starts_with(space)) {
            installation.for_people.push(title.clone());
        }
        match page {
            None => installation.plan.changes.push(change(&title, None, &text, about)),
            Some(page) if wiki_pages::says(page.text(), &text) => installation.same += 1,
            Some(page) if wiki_pages::holds_texts(&title) => {
                let before = client.last_by(&page.title, &client.me.name).await?.and_then(|revision| revision.text);
                match own_texts::merged(&text, before.as_deref(), page.text()) {
                    Some(text) => installation.plan.changes.push(change(&title, Some(page), &text, about)),
                    None => installation.same += 1,
                }
            }
            // What says what the configuration says is nobody's words, whoever saved it.
            Some(page)
                if title == wiki_pages::CONFIG || is_own(page, &client.first_revisions(page.id).await?, &client.me) =>
            {
                installation.plan.changes.push(change(&title, Some(page), &text, about))
            }
            // The wiki's own: what it means is the configuration's matter.
            Some(_) if COMMON.iter().any(|c| title.starts_with(c)) => installation.same += 1,
            Some(_) => installation.left.push(title),
        }
    }
    Ok(installation)
}

/// Whether the page says what the bot installed: one of its texts from before anybody else changed them. What it saved
/// later, such as an intake page that a proposal was moved from, holds people's words.
fn is_own(page: &Page, first: &[Revision], bot: &User) -> bool {
    let mut last = None;
    for revision in first {
        // Who protects or moves a page leaves a revision that changes nothing.
        let same = last.is_some() && last == revision.text.as_deref();
        if !same && revision.user.as_ref().is_none_or(|u| u.id != bot.id) {
            return false;
        }
        last = revision.text.as_deref();
        if last == Some(page.text()) {
            return true;
        }
    }
    false
}

fn change(title: &str, page: Option<&Page>, text: &str, (desk, language): (&Desk, Language)) -> Change {
    let summary = if page.is_some() { summary::install_update } else { summary::install };
    Change {
        page: title.to_owned(),
        base: page.map_or(Base::Absent, |p| Base::Revision(p.revision.id)),
        before: page.map(|p| p.text().to_owned()).unwrap_or_default(),
        after: text.to_owned(),
        summary: summary(language, &desk.name, env!("CARGO_PKG_VERSION")),
        owns: Owns::Page,
        moved: String::new(),
        appended: String::new(),
        despite_undo: false,
    }
}

/// Makes the changes of an installation, and has the wiki show its pages as they are now; gives the pages that the wiki
/// refused, with why.
///
/// # Errors
/// Where the wiki cannot be reached, does not let the bot in, or the stop page has text.
pub async fn apply(client: &Client, installation: &Installation) -> Result<Vec<String>, Error> {
    let stop = client.pages(&[format!("User:{}/Stop", client.me.name)]).await?;
    if stop.iter().any(|p| has_visible_text(p.text())) {
        return Err(Error::Fatal(format!(
            "User:{}/Stop has text, so nothing is installed; blank it first",
            client.me.name
        )));
    }
    let (mut refused, language) = (Vec::new(), Language::of(client.titles.language()));
    for change in &installation.plan.changes {
        let base = if let Base::Revision(id) = change.base { EditBase::Revision(id) } else { EditBase::Missing };
        let summary = summary::signed(language, &change.summary, &client.me.name);
        match client.save(&Edit { title: &change.page, text: &change.after, summary, base }).await {
            Ok(_) => {}
            Err(error @ (Error::Refused { .. } | Error::Conflict { .. })) => refused.push(error.to_string()),
            Err(other) => return Err(other),
        }
    }
    client.purge(&installation.for_people).await?;
    Ok(refused)
}
