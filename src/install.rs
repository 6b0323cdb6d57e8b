//! `templates/` onto the wiki: creates what is missing, updates what only the bot wrote, leaves alone what
//! somebody else changed.

use include_dir::{Dir, include_dir};

use crate::desk::{Desk, TemplateKind};
use crate::page::{Page, Revision, User};
use crate::plan::{Base, Change, Owns, Plan};
use crate::records::summary;
use crate::wiki::{Client, Edit, EditBase, Error};
use crate::wikitext::has_visible_text;

/// Every on-wiki page that comes with the bot, one file a page.
static FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Templates that many wikis have of their own: made only where there is none.
const COMMON: [&str; 4] = ["Template:Support", "Template:Oppose", "Template:Abstain", "Template:More info"];

/// What `install` would do.
#[derive(Debug, Default)]
pub struct Installation {
    /// Pages to create or update.
    pub plan: Plan,
    /// Pages that differ from the file and hold what somebody else wrote, or that the wiki has of its own.
    pub left: Vec<String>,
    /// Pages that are as they should be.
    pub same: usize,
}

/// The pages as this desk wants them: title and text, sorted by title.
#[must_use]
pub fn pages(desk: &Desk) -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(&FILES, &mut files);
    let mut pages: Vec<(String, String)> = Vec::new();
    for (path, text) in files {
        let Some(name) = path.strip_suffix(".wikitext") else {
            continue;
        };
        if name.contains("%CATEGORY%") {
            for status in &desk.statuses {
                let fill =
                    |t: &str| fill(t, desk).replace("%CATEGORY%", &status.category).replace("%LABEL%", &status.label);
                pages.push((title(&fill(name), desk), fill(text)));
            }
        } else {
            pages.push((title(name, desk), fill(text, desk)));
        }
    }
    // A status may share its category with another.
    pages.sort();
    pages.dedup_by(|a, b| a.0 == b.0);
    pages
}

/// What the intake page says as it is installed.
#[must_use]
pub fn intake(desk: &Desk) -> String {
    let here = |file: &str| FILES.get_file(file).and_then(|f| f.contents_utf8()).unwrap_or_default();
    fill(here("Root/Requests.wikitext"), desk)
}

fn collect(dir: &'static Dir, files: &mut Vec<(&'static str, &'static str)>) {
    files.extend(dir.files().filter_map(|f| Some((f.path().to_str()?, f.contents_utf8()?))));
    dir.dirs().for_each(|d| collect(d, files));
}

/// The title of a file: `Template/X` and `Category/X` are in those namespaces, `Root` is the landing page, and
/// what is below it stands below that page, or where the configuration has moved it.
fn title(path: &str, desk: &Desk) -> String {
    match path.split_once('/') {
        Some((space @ ("Template" | "Category"), name)) => {
            let (first, rest) = name.split_once('/').map_or((name, String::new()), |(a, b)| (a, format!("/{b}")));
            let first =
                desk.templates.iter().find(|(kind, _)| kind.installed_name() == first).map_or(first, |(_, now)| now);
            format!("{space}:{first}{rest}")
        }
        Some(("Root", "Requests")) => desk.pages.intake.clone(),
        Some(("Root", "Committee")) => desk.pages.committee.clone(),
        Some((_, below)) => format!("{}/{below}", desk.root),
        None => desk.root.clone(),
    }
}

fn fill(text: &str, desk: &Desk) -> String {
    let pages = &desk.pages;
    let branches = |of: &dyn Fn(&crate::desk::Status) -> String| {
        desk.statuses.iter().map(|s| format!("|{}={}", s.id, of(s))).collect::<Vec<_>>().join("\n")
    };
    let archive = pages.archive_prefix().trim_end_matches('/');
    text.replace("%STATUS_LABELS%", &branches(&|s| s.label.clone()))
        .replace("%STATUS_CATEGORIES%", &branches(&|s| s.category.clone()))
        .replace("%FIRST%", &desk.first_status().id)
        .replace("%REQUEST%", desk.templates.name(TemplateKind::Request))
        .replace("%NAME%", &desk.name)
        .replace("%ROOT%", &desk.root)
        .replace("%INTAKE%", &pages.intake)
        .replace("%COMMITTEE%", &pages.committee)
        .replace("%STATUS%", &pages.status)
        .replace("%PROBLEMS%", &pages.problems)
        .replace("%ARCHIVE%", archive)
        .trim_end()
        .to_owned()
}

/// Compares the wiki with what should be there.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read.
pub async fn compare(client: &Client, desk: &Desk) -> Result<Installation, Error> {
    let wanted = pages(desk);
    let titles: Vec<String> = wanted.iter().map(|(title, _)| title.clone()).collect();
    let there = client.pages(&titles).await?;
    let mut installation = Installation::default();
    for (title, text) in wanted {
        let local = client.titles.local(&title);
        let page = there.iter().find(|p| p.title == local);
        match page {
            None => installation.plan.changes.push(change(&title, None, &text, desk)),
            Some(page) if page.text().trim_end() == text => installation.same += 1,
            Some(page) if is_own(page, &client.first_revisions(page.id).await?, &client.me) => {
                installation.plan.changes.push(change(&title, Some(page), &text, desk))
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

fn change(title: &str, page: Option<&Page>, text: &str, desk: &Desk) -> Change {
    let summary = if page.is_some() { summary::install_update } else { summary::install };
    Change {
        page: title.to_owned(),
        base: page.map_or(Base::Absent, |p| Base::Revision(p.revision.id)),
        before: page.map(|p| p.text().to_owned()).unwrap_or_default(),
        after: text.to_owned(),
        summary: summary(&desk.name, env!("CARGO_PKG_VERSION")),
        owns: Owns::Page,
        insists: false,
    }
}

/// Makes the changes of an installation; gives the pages that the wiki refused, with why.
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
    let mut refused = Vec::new();
    for change in &installation.plan.changes {
        let base = if let Base::Revision(id) = change.base { EditBase::Revision(id) } else { EditBase::Missing };
        let summary = summary::signed(&change.summary, &client.me.name);
        match client.save(&Edit { title: &change.page, text: &change.after, summary, base }).await {
            Ok(_) => {}
            Err(error @ (Error::Refused { .. } | Error::Conflict { .. })) => refused.push(error.to_string()),
            Err(other) => return Err(other),
        }
    }
    Ok(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_a_title_and_no_placeholder_is_left() {
        let desk = crate::config::shipped();
        let pages = pages(&desk);
        for title in [
            "Content Partnerships Hub/Helpdesk",
            "Content Partnerships Hub/Helpdesk/Requests",
            "Template:Helpdesk request",
            "Template:Support",
            "Category:Helpdesk requests done",
        ] {
            assert!(pages.iter().any(|(t, _)| t == title), "{title}");
        }
        for (title, text) in &pages {
            let left = text
                .split('%')
                .skip(1)
                .step_by(2)
                .find(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
            assert_eq!(left, None, "{title}");
            assert!(!text.contains("helpdesk:begin"), "{title}");
        }
    }

    #[test]
    fn every_template_that_people_use_is_installed_under_its_name() {
        let desk = crate::config::shipped();
        let pages = pages(&desk);
        for (kind, name) in desk.templates.iter() {
            assert_eq!(name, kind.installed_name(), "config/helpdesk.toml");
            assert!(pages.iter().any(|(title, _)| *title == format!("Template:{name}")), "{name}");
        }
    }

    #[test]
    fn pages_follow_the_configuration() {
        let desk =
            crate::config::parse("[desk]\nroot = \"Hjälp\"\n[templates]\nrequest = \"Ansökan\"\n", "t").expect("valid");
        let pages = pages(&desk);
        for title in ["Hjälp", "Hjälp/Requests", "Template:Ansökan", "Template:Ansökan/preload"] {
            assert!(pages.iter().any(|(t, _)| t == title), "{title}");
        }
    }
}
