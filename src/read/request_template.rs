//! The request template in a wikitext: whether it is there, and how.

use crate::desk::TemplateKind;
use crate::page::Time;
use crate::wikitext::Call;
use crate::wikitext::names::Names;

/// The call of the request template that a text holds at its own level. If there are several, the first by the template's own
/// name, or else the first.
pub fn request_call(text: &str, names: &Names) -> Option<Call> {
    request_in(&names.syntax().calls(text), names).cloned()
}

/// The same among the calls of a text.
pub(super) fn request_in<'c>(calls: &'c [Call], names: &Names) -> Option<&'c Call> {
    first(calls, names, |call| names.is(TemplateKind::Request, &call.name))
}

/// The same where it is known when each was written.
pub(super) fn request_of<'c>(calls: &'c [Call], names: &Names, written: impl Fn(&Call) -> Time) -> Option<&'c Call> {
    first(calls, names, |call| names.was(TemplateKind::Request, &call.name, written(call)))
}

fn first<'c>(calls: &'c [Call], names: &Names, is_request: impl Fn(&Call) -> bool) -> Option<&'c Call> {
    let own = |call: &&Call| !call.nested() && names.is_own_name(TemplateKind::Request, &call.name);
    calls.iter().find(own).or_else(|| calls.iter().find(|call| !call.nested() && is_request(call)))
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

/// Whether calls have the request template inside another template and nowhere else.
pub fn is_wrapped(calls: &[Call], names: &Names) -> bool {
    let mut requests = calls.iter().filter(|c| names.is(TemplateKind::Request, &c.name)).peekable();
    requests.peek().is_some() && requests.all(|c| c.nested())
}
