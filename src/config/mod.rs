//! The configuration: a TOML file, checked in full, over the one that is shipped.
//!
//! What a file leaves out is as in `config/helpdesk.toml`, which this crate carries in itself; that
//! file says what each key means. Every mistake is told at once, each with its line.

mod lists;
mod mistake;
mod reader;
mod rules;
#[cfg(test)]
mod rules_tests;
#[cfg(test)]
mod tests;
mod values;

use std::path::Path;

use reader::{Document, Placed, Reader, list};
use toml::de::DeTable;
use values::same_title;

use crate::desk::{
    AgendaSettings, ClaimBy, Desk, Electorate, NoticeSettings, Origin, Pages, QueueSettings, Safety, Status,
    TemplateKind, Templates, Watch,
};
use crate::file::read_text;
use crate::wikitext::encoding::nfc;

pub use mistake::Mistake;
pub use rules::warnings;

const SHIPPED: &str = include_str!("../../config/helpdesk.toml");
const SHIPPED_FILE: &str = "config/helpdesk.toml";

/// The configuration as shipped.
///
/// # Panics
/// Never: the file is part of the program, and a test reads it.
pub fn shipped() -> Desk {
    parse(SHIPPED, SHIPPED_FILE).expect("the shipped configuration is valid")
}

/// Reads a configuration file.
///
/// # Errors
/// Gives every mistake in it, in the order of its lines.
pub fn load(path: &Path) -> Result<Desk, Vec<Mistake>> {
    parse(&text(path)?, &path.display().to_string())
}

/// A desk with the sections of another file in the place of its own, such as other rules.
///
/// # Errors
/// Gives every mistake in that file.
pub fn with_file(desk: &Desk, other: &Path) -> Result<Desk, Vec<Mistake>> {
    parse_over(&desk.origin.layers, &text(other)?, &other.display().to_string())
}

/// The sections that may stand on a page of the wiki. All others are the operator's.
const ON_WIKI: [&str; 5] = ["field", "vote", "status", "rule", "queue"];

/// A desk with the rules of a page of the wiki in the place of its own; the lines of mistakes are those of the page.
///
/// # Errors
/// Gives every mistake in them.
pub fn with_page(desk: &Desk, text: &str, page: &str) -> Result<Desk, Vec<Mistake>> {
    let mut reader = Reader { file: page, text, mistakes: Vec::new() };
    for key in DeTable::parse_recoverable(text).0.get_ref().keys() {
        let name: &str = key.get_ref();
        if !ON_WIKI.contains(&name) {
            let line = reader.line(key.span().start);
            let message =
                format!("`{name}` cannot stand on the wiki, only {}: all else is the operator's", list(&ON_WIKI));
            reader.refuse(line, message);
        }
    }
    match parse_over(&desk.origin.layers, text, page) {
        Ok(desk) if reader.mistakes.is_empty() => Ok(desk),
        Ok(_) => Err(sorted(reader.mistakes)),
        Err(more) => {
            reader.mistakes.extend(more);
            Err(sorted(reader.mistakes))
        }
    }
}

fn text(path: &Path) -> Result<String, Vec<Mistake>> {
    let mistake = |message: String| {
        let message = format!("{message}; name the configuration with --config FILE");
        vec![Mistake { file: path.display().to_string(), line: 0, message }]
    };
    read_text(path).map_err(|error| {
        mistake(match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            std::io::ErrorKind::InvalidData => "this is not a text in UTF-8".to_owned(),
            std::io::ErrorKind::FileTooLarge => error.to_string(),
            _ => format!("cannot be read ({error})"),
        })
    })
}

/// Reads the text of a configuration file; `file` is its name, for the mistakes.
///
/// # Errors
/// Gives every mistake in it, in the order of its lines. A text that is not TOML gets only those
/// that make it so: what it would say can then only be guessed.
pub fn parse(text: &str, file: &str) -> Result<Desk, Vec<Mistake>> {
    parse_over(&[], text, file)
}

/// Reads a text over others that were read before: a section that it has takes the place of theirs.
fn parse_over(layers: &[String], text: &str, file: &str) -> Result<Desk, Vec<Mistake>> {
    // Wikis store what comes of it in this form, and it is compared with what they store.
    let text = &nfc(text);
    let mut reader = Reader { file, text, mistakes: Vec::new() };
    let (own, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let line = reader.line(error.span().map_or(0, |span| span.start));
        if reader.mistakes.iter().all(|known| known.line != line) {
            reader.refuse(line, format!("this is not TOML: {}", error.message()));
        }
    }
    if !reader.mistakes.is_empty() {
        return Err(sorted(reader.mistakes));
    }
    let mut own = own.into_inner();
    // What stands in another text stands in no line of this one.
    let layers_behind: Vec<String> = layers.iter().map(|layer| "\n".repeat(text.len() + 1) + layer).collect();
    for (key, value) in layers_behind.iter().flat_map(|layer| DeTable::parse_recoverable(layer).0.into_inner()) {
        if !own.keys().any(|known| known.get_ref() == key.get_ref()) {
            own.insert(key, value);
        }
    }
    let (shipped, _) = DeTable::parse_recoverable(SHIPPED);
    let document = Document { own: &own, shipped: shipped.get_ref() };
    let mut desk = desk(&mut reader, &document);
    desk.origin.layers = [text.to_owned()].into_iter().chain(layers.iter().cloned()).collect();
    if reader.mistakes.is_empty() { Ok(desk) } else { Err(sorted(reader.mistakes)) }
}

fn sorted(mut mistakes: Vec<Mistake>) -> Vec<Mistake> {
    mistakes.sort();
    mistakes.dedup();
    mistakes
}

fn desk(reader: &mut Reader, doc: &Document) -> Desk {
    let tables = [
        "desk",
        "pages",
        "templates",
        "safety",
        "watch",
        "server",
        "committee",
        "electorate",
        "agenda",
        "help",
        "notices",
        "queue",
        "archive",
    ];
    doc.sections(reader, &tables, &["field", "vote", "status", "rule"]);
    let about = doc.table(reader, "desk");
    about.keys(reader, &["name", "root", "rules_page", "shipped_statuses"]);
    let root: Placed<String> = about.get(reader, "root", values::title).unwrap_or_default();
    let mut rules_page = about.get(reader, "rules_page", values::text_or_nothing).unwrap_or_default();
    if !rules_page.value.is_empty() {
        rules_page.value = page_title(reader, ("rules_page", "desk"), &rules_page, &root.value);
    }
    let templates = templates(reader, doc);
    let with_shipped = about.take(reader, "shipped_statuses", values::flag);
    let mut statuses = lists::statuses(reader, doc, with_shipped);
    let rules = lists::rules(reader, doc, &statuses);
    lists::put_first(reader, doc, &mut statuses, &rules);
    lists::mark_spare(reader, doc, &mut statuses, &rules);
    let (archive_after, archive_rows_per_page) = archive(reader, doc);
    let electorate = electorate(reader, doc);
    let pages = pages(reader, doc, (&root, &rules_page), electorate.is_some());
    Desk {
        name: about.take(reader, "name", values::text),
        claim_by: claim_by(reader, doc, &pages),
        electorate,
        root: root.value,
        rules_page: rules_page.value,
        origin: Origin::default(),
        safety: safety(reader, doc),
        watch: watch(reader, doc),
        listen: listen(reader, doc),
        queue: queue(reader, doc, &statuses, !pages.queue.is_empty()),
        pages,
        agenda: agenda(reader, doc),
        notices: notices(reader, doc),
        fields: lists::fields(reader, doc),
        votes: lists::votes(reader, doc, &templates),
        rules,
        seats: seats(reader, doc),
        archive_after,
        archive_rows_per_page,
        templates,
        statuses,
    }
}

/// The name of the page below the agenda with the text with which the next minutes begin.
const NEXT_MINUTES: &str = "Next minutes";

fn pages(
    reader: &mut Reader,
    doc: &Document,
    (root, rules_page): (&Placed<String>, &Placed<String>),
    has_electorate: bool,
) -> Pages {
    const KEYS: [&str; 14] = [
        "intake",
        "status",
        "problems",
        "committee",
        "archive",
        "agenda",
        "meetings",
        "queue",
        "rules",
        "helpers",
        "work",
        "figures",
        "flow",
        "examples",
    ];
    const NEEDED: usize = 3;
    let section = doc.table(reader, "pages");
    section.keys(reader, &[&KEYS[..], &["parts"]].concat());
    let mut taken = vec![("root", root.clone()), ("rules_page", rules_page.clone())];
    let titles = KEYS.map(|key| {
        let read = if KEYS[..NEEDED].contains(&key) { values::text } else { values::text_or_nothing };
        let page = section.get(reader, key, read).unwrap_or_default();
        if page.value.is_empty() {
            if key == "committee" && !has_electorate {
                let message = "without an [electorate] only those on this page vote: expected a title";
                reader.refuse(page.line, format!("`committee` in [pages]: {message}"));
            }
            return page.value;
        }
        let title = page_title(reader, (key, "pages"), &page, &root.value);
        let page = Placed { value: title, ..page };
        if let Some((other, twin)) = taken.iter().find(|(_, t)| same_title(&t.value, &page.value)) {
            let line = page.line.max(twin.line);
            let title = &page.value;
            reader.refuse(line, format!("`{other}` and `{key}` are the same page, {title:?}"));
        }
        taken.push((key, page.clone()));
        page.value
    });
    let [intake, status, problems, committee, archive, agenda, meetings, rest @ ..] = titles;
    let [queue, rules, helpers, work, figures, flow, examples] = rest;
    let minutes_form =
        if agenda.is_empty() || meetings.is_empty() { String::new() } else { format!("{agenda}/{NEXT_MINUTES}") };
    let parts = section.take(reader, "parts", values::list_of(values::part));
    Pages {
        intake,
        parts,
        committee,
        status,
        archive,
        problems,
        agenda,
        meetings,
        minutes_form,
        queue,
        rules,
        helpers,
        work,
        figures,
        flow,
        examples,
    }
}

/// The title with `{root}` filled in.
fn page_title(reader: &mut Reader, (key, section): (&str, &str), page: &Placed<String>, root: &str) -> String {
    let title = page.value.replace('_', " ").replace("{root}", root);
    let dated = key == "archive";
    if dated && !title.contains("{year}") {
        let message = "`archive` in [pages]: expected a title with {year} in it, for one page a year (with {month} too: one a month)";
        reader.refuse(page.line, message);
    }
    let filled = if dated { title.replace("{year}", "2026").replace("{month}", "12") } else { title.clone() };
    if let Some(placeholder) = placeholder(&filled) {
        let known = if dated { "{root}, {year} and {month}" } else { "{root}" };
        let message = format!("only {known} can be filled in, not {placeholder}");
        reader.refuse(page.line, format!("`{key}` in [{section}]: {message}"));
    } else if let Some(bad) = values::bad_title(&filled) {
        reader.refuse(page.line, format!("`{key}` in [{section}]: {bad}"));
    }
    title
}

/// The first `{…}` in a text.
fn placeholder(text: &str) -> Option<&str> {
    let (_, rest) = text.split_at(text.find('{')?);
    rest.find('}').map(|end| &rest[..=end])
}

fn templates(reader: &mut Reader, doc: &Document) -> Templates {
    let section = doc.table(reader, "templates");
    section.keys(reader, &TemplateKind::ALL.map(TemplateKind::id));
    let mut taken: Vec<(TemplateKind, Placed<String>)> = Vec::new();
    Templates::new(|kind| {
        let name = section.get(reader, kind.id(), values::template).unwrap_or_default();
        if let Some((other, twin)) = taken.iter().find(|(_, t)| same_title(&t.value, &name.value)) {
            let line = name.line.max(twin.line);
            let name = &name.value;
            reader.refuse(line, format!("`{other}` and `{kind}` are the same template, {name:?}"));
        }
        taken.push((kind, name.clone()));
        name.value
    })
}

fn safety(reader: &mut Reader, doc: &Document) -> Safety {
    let section = doc.table(reader, "safety");
    let keys = ["trusted", "trusted_groups", "redirect_age", "approved"];
    let limits = ["edits_per_minute", "max_edits_per_pass", "request_timeout"];
    section.keys(reader, &[&keys[..], &limits].concat());
    let most = section.take(reader, "max_edits_per_pass", values::number);
    Safety {
        trusted: section.take(reader, "trusted", values::list_of(values::account)),
        trusted_groups: section.take(reader, "trusted_groups", values::list_of(values::text)),
        redirect_age: section.take(reader, "redirect_age", values::duration),
        approved: section.value(reader, "approved", values::url),
        edits_per_minute: section.take(reader, "edits_per_minute", values::number),
        max_edits_per_pass: usize::try_from(most).unwrap_or(usize::MAX),
        request_timeout: section.take(reader, "request_timeout", values::interval),
    }
}

fn watch(reader: &mut Reader, doc: &Document) -> Watch {
    let section = doc.table(reader, "watch");
    section.keys(reader, &["poll", "sweep", "stream", "stream_wiki"]);
    Watch {
        poll: section.take(reader, "poll", values::interval),
        sweep: section.take(reader, "sweep", values::interval),
        stream: section.value(reader, "stream", values::url),
        stream_wiki: section.value(reader, "stream_wiki", values::text),
    }
}

fn listen(reader: &mut Reader, doc: &Document) -> Option<std::net::SocketAddr> {
    let section = doc.table(reader, "server");
    section.keys(reader, &["listen"]);
    section.value(reader, "listen", values::address)
}

fn agenda(reader: &mut Reader, doc: &Document) -> AgendaSettings {
    let section = doc.table(reader, "agenda");
    section.keys(reader, &["owner_after", "reply_after"]);
    AgendaSettings {
        owner_after: section.take(reader, "owner_after", values::duration),
        reply_after: section.take(reader, "reply_after", values::duration),
    }
}

/// Who may help; a list of them needs a page.
fn claim_by(reader: &mut Reader, doc: &Document, pages: &Pages) -> ClaimBy {
    let section = doc.table(reader, "help");
    section.keys(reader, &["claim_by"]);
    let claim_by: Placed<ClaimBy> = section.get(reader, "claim_by", values::claim_by).unwrap_or_default();
    if claim_by.value == ClaimBy::Listed && pages.helpers.is_empty() {
        reader
            .refuse(claim_by.line, "`claim_by` in [help]: \"listed\" needs the title of a page, `helpers` in [pages]");
    }
    claim_by.value
}

fn notices(reader: &mut Reader, doc: &Document) -> NoticeSettings {
    let section = doc.table(reader, "notices");
    let keys = ["owners", "announce", "reminders", "remind_after", "nudge_after", "stale_before"];
    let limits = ["per_person_per_week", "max_messages_per_pass", "opt_out_category"];
    section.keys(reader, &[&keys[..], &limits].concat());
    let most = section.take(reader, "max_messages_per_pass", values::number);
    NoticeSettings {
        owners: section.take(reader, "owners", values::flag),
        announce: section.take(reader, "announce", values::flag),
        reminders: section.take(reader, "reminders", values::interval_or_never),
        remind_after: section.take(reader, "remind_after", values::duration),
        nudge_after: section.take(reader, "nudge_after", values::interval_or_never),
        stale_before: section.take(reader, "stale_before", values::duration),
        per_person_per_week: section.take(reader, "per_person_per_week", values::number),
        max_messages_per_pass: usize::try_from(most).unwrap_or(usize::MAX),
        opt_out_category: section.take(reader, "opt_out_category", values::text_or_nothing),
    }
}

fn queue(reader: &mut Reader, doc: &Document, statuses: &[Status], is_kept: bool) -> QueueSettings {
    let section = doc.table(reader, "queue");
    section.keys(reader, &["status", "capacity"]);
    let status: Placed<String> = section.get(reader, "status", values::text).unwrap_or_default();
    if is_kept {
        lists::known_status(reader, &status, statuses);
    }
    QueueSettings { status: status.value, capacity: section.take(reader, "capacity", values::count) }
}

/// The groups that the wiki gives by itself: no log tells when.
const GIVEN_BY_ITSELF: [&str; 5] = ["*", "user", "named", "temp", "autoconfirmed"];

/// Who votes where that is no matter of the roster; none without the section.
fn electorate(reader: &mut Reader, doc: &Document) -> Option<Electorate> {
    if !doc.has("electorate") {
        return None;
    }
    let section = doc.table(reader, "electorate");
    section.keys(reader, &["min_edits", "min_age", "groups"]);
    let groups = section.get(reader, "groups", values::list_of(values::placed(values::text)));
    let groups = groups.map(|groups| section.place_each(reader, groups)).unwrap_or_default();
    for Placed { value, line } in groups.iter().filter(|group| GIVEN_BY_ITSELF.contains(&group.value.as_str())) {
        let message = "that one comes by itself; say it with `min_edits` and `min_age`";
        reader.refuse(
            *line,
            format!("`groups` in [electorate]: expected groups that people are put into, not {value:?}: {message}"),
        );
    }
    Some(Electorate {
        min_edits: section.take(reader, "min_edits", values::number),
        min_age: section.take(reader, "min_age", values::duration),
        groups: groups.into_iter().map(|group| group.value).collect(),
    })
}

/// How many members the committee has.
fn seats(reader: &mut Reader, doc: &Document) -> u32 {
    let section = doc.table(reader, "committee");
    section.keys(reader, &["seats"]);
    section.take(reader, "seats", values::number)
}

/// How long a closed request waits, and how many rows an archive page holds.
fn archive(reader: &mut Reader, doc: &Document) -> (std::time::Duration, usize) {
    let section = doc.table(reader, "archive");
    section.keys(reader, &["after", "rows_per_page"]);
    let rows = section.take(reader, "rows_per_page", values::count);
    (section.take(reader, "after", values::duration), usize::try_from(rows).unwrap_or(usize::MAX))
}
