//! Which template calls stand inside HTML elements that strike them out or quote them.

use super::call::{Around, Call, Effect, MAX_AROUND};

/// Elements that may have an effect on their content: those that strike it out, those that quote it, and others where a
/// style strikes it out.
const ELEMENTS: [&str; 35] = [
    "s",
    "del",
    "strike",
    "q",
    "blockquote",
    "code",
    "kbd",
    "samp",
    "tt",
    "var",
    "cite",
    "dfn",
    "span",
    "div",
    "p",
    "b",
    "i",
    "u",
    "em",
    "strong",
    "small",
    "big",
    "font",
    "center",
    "sup",
    "sub",
    "ins",
    "mark",
    "abbr",
    "bdi",
    "ul",
    "ol",
    "li",
    "dl",
    "dd",
];

/// How many of [`ELEMENTS`] strike out, without a style.
const STRIKING: usize = 3;
/// How many of [`ELEMENTS`] strike out or quote.
const STRIKING_OR_QUOTING: usize = 12;

/// A tag of one of [`ELEMENTS`].
struct Tag {
    at: usize,
    /// Index of the element.
    element: usize,
    opens: bool,
    /// What an opening tag does to what follows.
    effect: Option<Effect>,
}

/// The tags of a text without comments and the content of extensions' tags.
fn tags(visible: &str) -> impl Iterator<Item = Tag> {
    visible.match_indices('<').filter_map(|(at, _)| {
        let rest = &visible[at + 1..];
        let (rest, opens) = rest.strip_prefix('/').map_or((rest, true), |rest| (rest, false));
        let name = &rest[..rest.bytes().take_while(u8::is_ascii_alphanumeric).count()];
        let element = ELEMENTS.iter().position(|e| name.eq_ignore_ascii_case(e))?;
        let rest = &rest[name.len()..];
        // As in MediaWiki, the next tag ends one that lacks its `>`.
        let attributes = rest[..rest.find(['>', '<']).unwrap_or_default()].to_ascii_lowercase();
        let effect = match element {
            _ if element < STRIKING || attributes.contains("line-through") => Some(Effect::Struck),
            _ if element < STRIKING_OR_QUOTING => Some(Effect::Quoted),
            // Kept too, so that its closing tag is not taken for another's.
            _ => None,
        };
        let tag = Tag { at, element, opens, effect };
        (!attributes.trim_end().ends_with('/')).then_some(tag)
    })
}

/// Adds to [`Call::around`] by the text without comments and the content of extensions' tags. Elements inside a template
/// call have no effect behind it.
pub(super) fn note_html(calls: &mut [Call], visible: &str) {
    let mut tags = tags(visible).peekable();
    // For each element its open tags, and whether each has an effect.
    let mut open: [Vec<bool>; ELEMENTS.len()] = [const { Vec::new() }; ELEMENTS.len()];
    let mut effects: Vec<(usize, Around)> = Vec::new();
    let mut inside_until = 0;
    for call in calls.iter_mut() {
        while let Some(tag) = tags.next_if(|tag| tag.at < call.span.start) {
            if tag.at < inside_until {
                continue;
            }
            if tag.opens {
                open[tag.element].push(tag.effect.is_some());
                effects.extend(tag.effect.map(|effect| (tag.element, Around { at: tag.at, effect })));
            } else if open[tag.element].pop() == Some(true)
                && let Some(last) = effects.iter().rposition(|(element, _)| *element == tag.element)
            {
                effects.remove(last);
            }
        }
        let room = MAX_AROUND.saturating_sub(call.around.len());
        call.around.extend(effects.iter().rev().take(room).map(|(_, around)| *around));
        if !call.nested() {
            inside_until = call.span.end;
        }
    }
}
