//! The agenda, and the page with which the minutes of the next meeting begin.

use super::agenda::AgendaInput;
use super::output_page::{Inputs, OutputPage, Rendered};
use crate::desk::TemplateKind;
use crate::desk::meetings::Reason;
use crate::records::agenda::{AGENDA_BLOCK, FORM_BLOCK, Item, agenda_page, minutes_form};
use crate::records::summary;

/// The agenda.
pub const AGENDA_PAGE: OutputPage =
    OutputPage { title: |desk| &desk.pages.agenda, block: AGENDA_BLOCK, render: agenda };

/// The page with which the next minutes begin.
pub const MINUTES_FORM: OutputPage =
    OutputPage { title: |desk| &desk.pages.minutes_form, block: FORM_BLOCK, render: form };

fn items<'r>(inputs: &Inputs<'r>) -> Vec<Item<'r>> {
    let Inputs { desk, snapshot, now, .. } = *inputs;
    let input = AgendaInput { desk, meetings: &snapshot.meetings, now };
    let on_agenda = input.items(inputs.current.iter().chain(inputs.archived));
    on_agenda.into_iter().map(|on| Item { row: on.row, reason: on.reason.id(), meetings: on.meetings }).collect()
}

fn agenda(inputs: &Inputs) -> Rendered {
    let Inputs { desk, snapshot, now, .. } = inputs;
    let content = agenda_page(&items(inputs), &desk.pages, snapshot.meetings.last(*now), &snapshot.minutes_pages);
    Rendered { content, summary: summary::agenda(snapshot.language()) }
}

fn form(inputs: &Inputs) -> Rendered {
    let Inputs { desk, snapshot, .. } = inputs;
    let below = format!("{}/", desk.pages.intake);
    let items = items(inputs);
    // What was answered is told, not talked about.
    let talked = items.iter().filter(|item| item.reason != Reason::Answered.id());
    // One that stands elsewhere is named in full.
    let names: Vec<&str> = talked
        .map(|item| item.row.page.title.as_str())
        .map(|title| title.strip_prefix(below.as_str()).unwrap_or(title))
        .collect();
    let templates = (desk.templates.name(TemplateKind::Meeting), desk.templates.name(TemplateKind::Item));
    Rendered { content: minutes_form(&names, templates), summary: summary::minutes_form(snapshot.language()) }
}
