//! What the modules and the gadget have to know of the configuration.

use serde_json::{Map, Value, json};

use super::language::{Language, has_own_label};
use crate::desk::{Desk, Field, Status, TemplateKind};

/// The configuration as JSON.
pub fn json(desk: &Desk) -> String {
    let templates = desk.templates.iter().map(|(kind, name)| (kind.to_string(), name.into()));
    let votes = desk.votes.iter().filter_map(|vote| {
        let call = vote.templates.iter().take(1).chain(vote.first_parameter.first());
        let call = call.map(String::as_str).collect::<Vec<_>>().join("|");
        (!call.is_empty()).then(|| (vote.choice.id().to_owned(), call.into()))
    });
    let (closed, open): (Vec<&Status>, Vec<&Status>) = desk.statuses.iter().partition(|status| status.closed);
    let config = json!({
        "first": desk.first_status().id,
        "flow": open.iter().chain(&closed).map(|status| status.id.as_str()).collect::<Vec<_>>(),
        "statuses": desk.statuses.iter().map(status).collect::<Map<_, _>>(),
        "fields": desk.fields.iter().map(field).collect::<Vec<_>>(),
        "request": desk.templates.name(TemplateKind::Request),
        "templates": templates.collect::<Map<String, Value>>(),
        "votes": votes.collect::<Map<String, Value>>(),
        "intake": desk.pages.intake,
        "committee": desk.pages.committee,
        "languages": Language::codes().collect::<Vec<_>>(),
        "rules": desk.pages.rules,
        "flowPage": desk.pages.flow,
        "root": desk.root,
        "queue": desk.queue.status,
        "claimBy": desk.claim_by.id(),
        "status": desk.pages.status,
        "helpers": desk.pages.helpers,
        "examples": desk.pages.examples,
    });
    config.to_string()
}

/// A label is the desk's own where it is not the shipped one: then no translation takes its place.
fn status(status: &Status) -> (String, Value) {
    let about = json!({
        "label": status.label,
        "category": status.category,
        "closed": status.closed,
        "votable": status.votable,
        "own": has_own_label(status),
        "spare": status.spare,
    });
    (status.id.clone(), about)
}

/// A field is asked for where there is help for it. Whoever helps is found later, and the team fills in its own fields.
fn field(field: &Field) -> Value {
    let asked = !["helper", "reference"].contains(&field.name.as_str())
        && !field.team
        && Language::english().text(&format!("help-{}", field.name)).is_some();
    json!({
        "name": field.name,
        "required": field.required,
        "max_length": field.max_length,
        "one_of": field.one_of,
        "asked": asked,
        "team": field.team,
    })
}
