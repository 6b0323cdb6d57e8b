//! The pages that come with the bot (`templates/`), as a desk wants them on its wiki.

use std::collections::BTreeMap;

use include_dir::Dir;
use serde_json::Value;

use super::language::Language;
use super::{countries, module_config, shipped};
use crate::desk::{Desk, Electorate, TemplateKind};
use crate::wikitext;

/// The pages as this desk wants them: title and text, each page behind the templates that it uses.
#[must_use]
pub fn pages(desk: &Desk) -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(&shipped::FILES, &mut files);
    let mut pages: Vec<(String, String)> = Vec::new();
    for (path, text) in files {
        if let Some(title) = module(path) {
            pages.push((title, text.trim_end().to_owned()));
            continue;
        }
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
    pages.retain(|(title, _)| !title.is_empty());
    pages.push((CONFIG.to_owned(), module_config::json(desk)));
    pages.push((COUNTRIES.to_owned(), countries::json()));
    // Every template needs the modules, and they need their data.
    let rank = |title: &str| (!title.ends_with(".json"), !title.starts_with("Module:"));
    pages.sort_by(|a, b| (rank(&a.0), a).cmp(&(rank(&b.0), b)));
    // A status may share its category with another.
    pages.dedup_by(|a, b| a.0 == b.0);
    used_first(pages)
}

/// Below this page stand the texts, one page for each language.
const LANGUAGES: &str = "Module:Helpdesk/i18n/";
/// The page that tells the modules the names of countries.
const COUNTRIES: &str = "Module:Helpdesk/countries.json";
/// The page that tells the modules what is configured.
pub const CONFIG: &str = "Module:Helpdesk/config.json";

/// Whether a page holds the texts of a language.
pub fn holds_texts(title: &str) -> bool {
    title.starts_with(LANGUAGES)
}

/// Whether a page says this already. A wiki writes JSON in its own way.
pub fn says(page: &str, text: &str) -> bool {
    let json = |text| serde_json::from_str::<Value>(text).ok();
    page.trim_end() == text || json(page).is_some_and(|page| json(text) == Some(page))
}

/// The title of a file that is data or a module: languages are data of the module that draws the pages.
fn module(path: &str) -> Option<String> {
    match path.split_once('/')? {
        ("Module", name) => Some(format!("Module:{}", name.strip_suffix(".lua")?)),
        ("i18n", name) => Some(format!("{LANGUAGES}{name}")),
        _ => None,
    }
}

/// The gadget: its pages, which only interface administrators may save, and the line that turns it on.
#[must_use]
pub fn gadget(namespace: i32) -> ([(String, &'static str); 2], String) {
    let file = |name: &str| (format!("MediaWiki:{name}"), shipped::text(&format!("MediaWiki/{name}")));
    let line = format!(
        "* Helpdesk[ResourceLoader|default|type=general|actions=view|namespaces={namespace}]|Helpdesk.js|Helpdesk.css"
    );
    ([file("Gadget-Helpdesk.js"), file("Gadget-Helpdesk.css")], line)
}

/// Pages in an order in which each comes behind those that it uses, else in the order they have.
fn used_first(pages: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut waiting: BTreeMap<String, String> = pages.iter().cloned().collect();
    let mut ordered = Vec::new();
    for (title, _) in pages {
        take(title, &mut waiting, &mut ordered);
    }
    ordered
}

/// Moves a page behind those that it uses. A page is taken out before these are looked at, so one that uses itself in a
/// roundabout way comes to an end.
fn take(title: String, waiting: &mut BTreeMap<String, String>, ordered: &mut Vec<(String, String)>) {
    let Some(text) = waiting.remove(&title) else { return };
    for used in used(&text) {
        take(used, waiting, ordered);
    }
    ordered.push((title, text));
}

/// The templates that a page calls, itself or where it is included.
fn used(text: &str) -> Vec<String> {
    let shown = text.replace("<includeonly>", "").replace("</includeonly>", "");
    wikitext::calls(&shown).into_iter().map(|call| format!("Template:{}", call.name)).collect()
}

/// What the intake page and the landing page say as they are installed.
#[must_use]
pub fn installed_for_people(desk: &Desk) -> String {
    ["Root/Requests.wikitext", "Root.wikitext"].map(|file| fill(shipped::text(file), desk)).join("\n")
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
        Some(("Root", "Helpers")) => desk.pages.helpers.clone(),
        Some(("Root", "Guide/Meetings")) if desk.pages.meetings.is_empty() => String::new(),
        Some((_, below)) => format!("{}/{below}", desk.root),
        None => desk.root.clone(),
    }
}

/// A text with what the desk calls its pages. A line that names one that is switched off is left out, as is one that begins with
/// `%MEMBERS%` where others vote, and one that begins with `%ANYONE%` where members do.
fn fill(text: &str, desk: &Desk) -> String {
    let pages = &desk.pages;
    let archive = pages.archive_prefix().trim_end_matches('/');
    let languages: Vec<String> = Language::codes()
        .map(|code| format!(":* [[{LANGUAGES}{code}.json|{{{{#language:{code}}}}}]] ({code})"))
        .collect();
    let switched_off = |line: &str| {
        let of_others = if desk.electorate.is_some() { "%MEMBERS%" } else { "%ANYONE%" };
        let optional = [
            ("%COMMITTEE%", &pages.committee),
            ("%ARCHIVE%", &pages.archive),
            ("%QUEUE%", &pages.queue),
            ("%AGENDA%", &pages.agenda),
            ("%MEETINGS%", &pages.meetings),
            ("%RULES%", &pages.rules),
            ("%HELPERS%", &pages.helpers),
            ("%WORK%", &pages.work),
            ("%FIGURES%", &pages.figures),
            ("%EXAMPLES%", &pages.examples),
            ("%OPT_OUT%", &desk.notices.opt_out_category),
        ];
        line.starts_with(of_others) || optional.iter().any(|(place, title)| title.is_empty() && line.contains(place))
    };
    let lines: Vec<&str> = text.lines().filter(|line| !switched_off(line)).collect();
    lines
        .join("\n")
        .replace("%MEMBERS%", "")
        .replace("%ANYONE%", "")
        .replace("%ELECTORATE%", &desk.electorate.as_ref().map(Electorate::in_words).unwrap_or_default())
        .replace("%LANGUAGES%", &languages.join("\n"))
        .replace("%REQUEST%", desk.templates.name(TemplateKind::Request))
        .replace("%NAME%", &desk.name)
        .replace("%ROOT%", &desk.root)
        .replace("%INTAKE%", &pages.intake)
        .replace("%COMMITTEE%", &pages.committee)
        .replace("%STATUS%", &pages.status)
        .replace("%PROBLEMS%", &pages.problems)
        .replace("%MEETINGS%", &pages.meetings)
        .replace("%HELPERS%", &pages.helpers)
        .replace("%WORK%", &pages.work)
        .replace("%FIGURES%", &pages.figures)
        .replace("%EXAMPLES%", &pages.examples)
        .replace("%OPT_OUT%", &desk.notices.opt_out_category)
        .replace("%CLAIM_BY%", desk.claim_by.id())
        .replace("%ARCHIVE%", archive)
        .replace("%QUEUE%", &pages.queue)
        .replace("%AGENDA%", &pages.agenda)
        .replace("%RULES%", &pages.rules)
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wikitext::encoding::nfc;

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
            assert!(
                nfc(text) == *text,
                "{title}: a wiki would store something else, and it would be installed again and again"
            );
            // The one page of people's on which the bot has a place from the beginning.
            assert_eq!(text.contains("helpdesk:begin"), *title == desk.pages.committee, "{title}");
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
    fn each_page_comes_behind_those_that_it_uses() {
        let pages = pages(&crate::config::shipped());
        let at = |title: &str| pages.iter().position(|(t, _)| t == title).unwrap_or_else(|| panic!("no {title}"));
        let mut uses = 0;
        for (n, (title, text)) in pages.iter().enumerate() {
            for used in used(text).iter().filter(|used| pages.iter().any(|(t, _)| t == *used)) {
                assert!(at(used) < n, "{title} before {used}");
                uses += 1;
            }
        }
        assert!(uses > 10, "{uses}");
        for order in [
            ["Module:Helpdesk/i18n/en.json", "Module:Helpdesk/text"],
            ["Module:Helpdesk/ledger", "Template:Helpdesk ledger row"],
            ["Template:Helpdesk request", "Template:Helpdesk request/preload"],
            ["Template:Helpdesk form", "Content Partnerships Hub/Helpdesk/Requests"],
        ] {
            assert!(at(order[0]) < at(order[1]), "{order:?}");
        }
    }

    #[test]
    fn pages_that_use_each_other_come_to_an_end() {
        let page = |name: &str, text: &str| (format!("Template:{name}"), text.to_owned());
        let pages = vec![page("A", "{{B}}"), page("B", "{{C}}{{B}}"), page("C", "{{A}}{{D}}"), page("D", "")];
        let titles: Vec<String> = used_first(pages).into_iter().map(|(title, _)| title).collect();
        assert_eq!(titles, ["Template:D", "Template:C", "Template:B", "Template:A"]);
    }

    #[test]
    fn a_desk_without_committee_or_meetings_gets_no_pages_and_no_words_of_them() {
        let text = "[electorate]\nmin_edits = 50\n[pages]\ncommittee = \"\"\nmeetings = \"\"\narchive = \"\"\n";
        let open = pages(&crate::config::parse(text, "t").expect("valid"));
        let shipped = pages(&crate::config::shipped());
        let of = |pages: &[(String, String)], title: &str| {
            let found = pages.iter().find(|(known, _)| known.ends_with(title));
            found.map(|(_, text)| text.clone()).unwrap_or_default()
        };
        assert!(of(&open, "/Committee").is_empty() && of(&open, "Guide/Meetings").is_empty());
        assert!(!of(&shipped, "/Committee").is_empty() && !of(&shipped, "Guide/Meetings").is_empty());
        let landing = of(&open, "Hub/Helpdesk");
        assert!(
            landing.contains("accounts with at least 50 edits") && !landing.contains("landing-vote-text"),
            "{landing}"
        );
        assert!(!landing.contains("PrefixIndex") && !landing.contains('%'), "{landing}");
        assert!(of(&shipped, "Hub/Helpdesk").contains("{{Helpdesk text|landing-vote-text|"));
        assert!(!of(&shipped, "Hub/Helpdesk").contains("-open"));
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
