//! The sections that are there any number of times: fields, votes, statuses and rules.

use std::collections::BTreeSet;

use super::reader::{Document, Placed, Reader, Section, hint};
use super::rules;
use super::values::{self, same_title};
use crate::desk::{Choice, Field, Rule, Status, Templates, VoteTemplate, When};

/// Parameters of the request template: the file's, or the shipped ones.
pub(super) fn fields(reader: &mut Reader, doc: &Document) -> Vec<Field> {
    let mut seen = Seen::default();
    let sections = doc.list(reader, "field").unwrap_or_else(|| doc.shipped_list("field"));
    sections
        .iter()
        .filter_map(|section| {
            section.keys(reader, &["name", "required", "material", "filled_by", "max_length", "one_of", "pattern"]);
            let name = section.need(reader, "name", values::parameter)?;
            seen.refuse_second(reader, "a field", &name);
            let longest = section.value(reader, "max_length", values::count);
            Some(Field {
                name: name.value,
                required: section.take(reader, "required", values::flag),
                material: section.take(reader, "material", values::flag),
                team: section.value(reader, "filled_by", values::filled_by).unwrap_or_default(),
                max_length: longest.and_then(|n| usize::try_from(n).ok()),
                one_of: section.take(reader, "one_of", values::some_of(values::text)),
                pattern: section.value(reader, "pattern", values::pattern),
            })
        })
        .collect()
}

/// Names that were there before, with their lines.
#[derive(Default)]
struct Seen(Vec<Placed<String>>);

impl Seen {
    /// Refuses a name that was there before.
    fn refuse_second(&mut self, reader: &mut Reader, what: &str, name: &Placed<String>) {
        if let Some(first) = self.0.iter().find(|known| known.value == name.value) {
            let Placed { value, line } = name;
            let message = format!("{what} named `{value}` is already there, in line {}", first.line);
            reader.refuse(*line, message);
        }
        self.0.push(name.clone());
    }
}

/// Templates of one choice, each name with its line.
struct Vote {
    choice: Choice,
    templates: Vec<Placed<String>>,
    first_parameter: Vec<String>,
}

/// Vote templates: the file's, and the shipped ones for the choices it leaves out.
pub(super) fn votes(reader: &mut Reader, doc: &Document, others: &Templates) -> Vec<VoteTemplate> {
    let given = doc.list(reader, "vote").unwrap_or_default();
    let mut votes: Vec<Vote> = given.iter().filter_map(|section| vote(reader, section)).collect();
    let mentioned: BTreeSet<Choice> = votes.iter().map(|vote| vote.choice).collect();
    let shipped = doc.shipped_list("vote");
    let shipped = shipped.iter().filter_map(|section| vote(reader, section));
    votes.extend(shipped.filter(|vote| !mentioned.contains(&vote.choice)).collect::<Vec<_>>());
    votes.sort_by_key(|vote| vote.choice);
    for (i, vote) in votes.iter().enumerate() {
        for template in &vote.templates {
            refuse_other_use(reader, template, others);
            refuse_other_choice(reader, vote, template, &votes[..i]);
        }
    }
    let plain = |vote: Vote| VoteTemplate {
        choice: vote.choice,
        templates: vote.templates.into_iter().map(|t| t.value).collect(),
        first_parameter: vote.first_parameter,
    };
    votes.into_iter().map(plain).collect()
}

fn vote(reader: &mut Reader, section: &Section) -> Option<Vote> {
    section.keys(reader, &["choice", "templates", "first_parameter"]);
    let choice = section.need(reader, "choice", values::choice);
    let names = values::some_of(values::placed(values::template));
    let templates = section.need(reader, "templates", names);
    let first = section.take(reader, "first_parameter", values::some_of(values::text));
    let templates = section.place_each(reader, templates?);
    Some(Vote { choice: choice?.value, templates, first_parameter: first })
}

/// Refuses a vote template that is also one of the other templates people use.
fn refuse_other_use(reader: &mut Reader, template: &Placed<String>, others: &Templates) {
    if others.iter().any(|(_, other)| same_title(other, &template.value)) {
        let name = &template.value;
        reader.refuse(template.line, format!("{name:?} cannot be a vote: [templates] has it too"));
    }
}

/// Refuses a template that one of these votes has too, for another choice, where no first parameter
/// tells them apart.
fn refuse_other_choice(reader: &mut Reader, vote: &Vote, template: &Placed<String>, others: &[Vote]) {
    let value = |text: &String| text.to_lowercase();
    let values: BTreeSet<_> = vote.first_parameter.iter().map(value).collect();
    for other in others.iter().filter(|other| other.choice != vote.choice) {
        let apart = !values.is_empty()
            && !other.first_parameter.is_empty()
            && !other.first_parameter.iter().map(value).any(|v| values.contains(&v));
        let twins = other.templates.iter().filter(|t| same_title(&t.value, &template.value));
        for twin in twins.filter(|_| !apart) {
            let message = format!(
                "the template {:?} stands for both {} and {}: tell them apart by different `first_parameter`s",
                template.value, other.choice, vote.choice
            );
            reader.refuse(template.line.max(twin.line), message);
        }
    }
}

/// Statuses: the file's, then the shipped ones it does not name, unless it wants none of these.
pub(super) fn statuses(reader: &mut Reader, doc: &Document, with_shipped: bool) -> Vec<Status> {
    let mut seen = Seen::default();
    let mut statuses = Vec::new();
    for section in doc.list(reader, "status").unwrap_or_default() {
        if let Some((id, status)) = status(reader, &section) {
            seen.refuse_second(reader, "a status", &id);
            statuses.push(status);
        }
    }
    // A list of nothing is no list.
    let with_shipped = with_shipped || statuses.is_empty();
    for section in doc.shipped_list("status").into_iter().filter(|_| with_shipped) {
        let shipped = status(reader, &section).map(|(_, status)| status);
        let new = |s: &Status| statuses.iter().all(|known: &Status| known.id != s.id);
        statuses.extend(shipped.filter(new).into_iter().collect::<Vec<_>>());
    }
    statuses
}

/// Puts the status that new requests start in first. That is the file's first one; but a file that only restates some
/// shipped statuses, and has rules that start from the shipped first one, means that one.
pub(super) fn put_first(reader: &mut Reader, doc: &Document, statuses: &mut [Status], rules: &[Rule]) {
    let shipped: Vec<String> =
        doc.shipped_list("status").iter().filter_map(|s| Some(status(reader, s)?.1.id)).collect();
    let given = doc.list(reader, "status").unwrap_or_default();
    let named: Vec<String> = given.iter().filter_map(|s| Some(status(reader, s)?.1.id)).collect();
    let (Some(start), Some(line)) = (shipped.first(), given.first().map(|section| section.line)) else { return };
    let in_use = statuses[0].closed || rules.iter().any(|rule| rule.from.contains(start));
    if shipped.contains(&statuses[0].id) && !named.contains(start) && in_use {
        let at = statuses.iter().position(|s| s.id == *start).unwrap_or(0);
        statuses[..=at].rotate_right(1);
    }
    if statuses[0].closed {
        let message = "new requests would start in it, as the first status, but it is closed: put an open one first";
        reader.refuse(line, format!("`{}`: {message}", statuses[0].id));
    }
}

/// Marks the shipped statuses that a file with statuses and rules of its own has no use for.
pub(super) fn mark_spare(reader: &mut Reader, doc: &Document, statuses: &mut [Status], rules: &[Rule]) {
    let given = doc.list(reader, "status").unwrap_or_default();
    if given.is_empty() || doc.list(reader, "rule").is_none() {
        return;
    }
    let named: Vec<String> = given.iter().filter_map(|s| Some(status(reader, s)?.1.id)).collect();
    let in_rules = |id: &String| rules.iter().any(|rule| rule.to == *id || rule.from.contains(id));
    statuses.iter_mut().for_each(|status| status.spare = !named.contains(&status.id) && !in_rules(&status.id));
}

fn status(reader: &mut Reader, section: &Section) -> Option<(Placed<String>, Status)> {
    section.keys(reader, &["id", "label", "category", "votable", "closed", "counts_as"]);
    let id = section.need(reader, "id", values::text);
    let label = section.value(reader, "label", values::text);
    let category = section.value(reader, "category", values::category);
    let votable = section.take(reader, "votable", values::flag);
    let closed = section.take(reader, "closed", values::flag);
    let counts_as = section.value(reader, "counts_as", values::counts_as);
    let id = id?;
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.value.chars().all(letter) {
        let message = "expected small letters (a to z), digits and hyphens only, not";
        reader.refuse(id.line, format!("`id` in [[status]]: {message} {:?}", id.value));
    }
    let label = label.unwrap_or_else(|| label_of(&id.value));
    let category = category.unwrap_or_else(|| format!("Helpdesk requests {}", label.to_lowercase()));
    Some((id.clone(), Status { id: id.value, label, category, votable, closed, counts_as, spare: false }))
}

/// `more-info` as people read it: `More info`.
fn label_of(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.trim().chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Rules: the file's, or the shipped ones.
pub(super) fn rules(reader: &mut Reader, doc: &Document, statuses: &[Status]) -> Vec<Rule> {
    let mut seen = Seen::default();
    let sections = doc.list(reader, "rule").unwrap_or_else(|| doc.shipped_list("rule"));
    let (mut rules, mut lines) = (Vec::new(), Vec::new());
    for section in sections {
        let name = section.need(reader, "name", values::text);
        if let Some(name) = &name {
            seen.refuse_second(reader, "a rule", name);
        }
        if let Some(rule) = rule(reader, &section, name, (statuses, doc.has("electorate"))) {
            rules.push(rule);
            lines.push(section.line);
        }
    }
    for cycle in rules::cycles(&rules) {
        let line = cycle.iter().map(|(rule, _)| lines[*rule]).max().unwrap_or(0);
        reader.refuse(line, rules::describe_cycle(&rules, &cycle));
    }
    rules
}

fn rule(
    reader: &mut Reader,
    section: &Section,
    name: Option<Placed<String>>,
    (statuses, has_electorate): (&[Status], bool),
) -> Option<Rule> {
    section.keys(reader, &["name", "from", "to", "when"]);
    let ids = values::some_of(values::placed(values::text));
    let from = section.need(reader, "from", ids);
    let to = section.need(reader, "to", values::text);
    let when = section.need_table(reader, "when").map(|table| {
        if has_electorate {
            refuse_all_members(reader, &table);
        }
        when(reader, &table)
    });
    let from = from.map(|from| section.place_each(reader, from)).unwrap_or_default();
    from.iter().chain(&to).for_each(|id| known_status(reader, id, statuses));
    let from = from.into_iter().map(|id| id.value).collect();
    Some(Rule { name: name?.value, from, to: to?.value, when: when? })
}

/// Refuses an id that no status has.
pub(super) fn known_status(reader: &mut Reader, id: &Placed<String>, statuses: &[Status]) {
    let ids: Vec<&str> = statuses.iter().map(|status| status.id.as_str()).collect();
    if !ids.contains(&id.value.as_str()) {
        let hint = hint(&id.value, &ids, "statuses");
        reader.refuse(id.line, format!("there is no status `{}`; {hint}", id.value));
    }
}

/// Refuses conditions that look at all members where nobody can tell who these are.
fn refuse_all_members(reader: &mut Reader, when: &Section) {
    for key in ["quorum_share", "all_voted"] {
        if let Some(line) = when.line_of(reader, key) {
            let message = "an [electorate] has no list of members, so nobody can tell; ask for a `quorum`";
            reader.refuse(line, format!("`{key}` in {}: {message}", when.name));
        }
    }
}

fn when(reader: &mut Reader, section: &Section) -> When {
    let flags = [
        "complete",
        "all_voted",
        "info_wanted",
        "answered",
        "assessed",
        "discussed",
        "claimed",
        "steps_done",
        "outcome",
    ];
    let counts = ["quorum", "support_at_least", "oppose_at_least"];
    let times = ["open_for", "settled_for", "idle_for"];
    let others = ["support_share", "oppose_share", "quorum_share", "type"];
    section.keys(reader, &[&flags[..], &counts, &times, &others].concat());
    if section.is_empty() {
        let message = "expected at least one condition, such as `complete = true`";
        reader.refuse(section.line, format!("{}: {message}", section.name));
    }
    let [complete, all_voted, info_wanted, answered, assessed, discussed, claimed, steps_done, outcome] =
        flags.map(|key| section.value(reader, key, values::flag));
    let [quorum, support, oppose] = counts.map(|key| section.value(reader, key, values::count));
    let [open_for, settled_for, idle_for] = times.map(|key| section.value(reader, key, values::duration));
    When {
        complete,
        quorum,
        support_at_least: support,
        oppose_at_least: oppose,
        quorum_share: section.value(reader, "quorum_share", values::share),
        support_share: section.value(reader, "support_share", values::share),
        oppose_share: section.value(reader, "oppose_share", values::share),
        all_voted,
        open_for,
        settled_for,
        info_wanted,
        answered,
        assessed,
        idle_for,
        discussed,
        claimed,
        steps_done,
        outcome,
        kind: section.value(reader, "type", values::some_of(values::text)),
    }
}
