//! The request template in a wikitext: whether it is there, and how.

use crate::desk::TemplateKind;
use crate::page::Time;
use crate::wikitext::Call;
use crate::wikitext::names::{Meaning, Meant, Names};

/// The call of the request template that a text holds at its own level: the first, if there are several.
pub fn request_call(text: &str, names: &Names) -> Option<Call> {
    let mut calls = names.syntax().calls(text).into_iter();
    calls.find(|c| !c.nested() && names.is(TemplateKind::Request, &c.name))
}

/// The same among the calls of a text of which it is known when each place was written.
pub(super) fn request_of<'c>(calls: &'c [Call], names: &Names, written: impl Fn(usize) -> Time) -> Option<&'c Call> {
    let request = Meant::Yes(&Meaning::Template(TemplateKind::Request));
    calls.iter().find(|c| !c.nested() && names.meant(&c.name, written(c.name_at)) == request)
}

/// Whether a text may hold a request: the template at any level.
pub fn may_hold_request(text: &str, names: &Names) -> bool {
    names.syntax().calls(text).iter().any(|c| names.is(TemplateKind::Request, &c.name))
}

/// Whether a text begins a request template that never ends, or whose end something swallows.
pub fn begins_request(text: &str, names: &Names) -> bool {
    let visible = names.syntax().visible(text);
    visible.match_indices("{{").any(|(at, _)| {
        let name = visible[at + 2..].split(['|', '}', '{', '\n']).next().unwrap_or_default();
        names.is(TemplateKind::Request, name)
    })
}

/// Whether a text holds the request template more than once at its own level.
pub fn is_doubled(text: &str, names: &Names) -> bool {
    let calls = names.syntax().calls(text);
    calls.iter().filter(|c| !c.nested() && names.is(TemplateKind::Request, &c.name)).nth(1).is_some()
}

/// Whether a text has the request template inside another template and nowhere else.
pub fn is_wrapped(text: &str, names: &Names) -> bool {
    let calls = names.syntax().calls(text);
    let mut requests = calls.iter().filter(|c| names.is(TemplateKind::Request, &c.name)).peekable();
    requests.peek().is_some() && requests.all(|c| c.nested())
}
