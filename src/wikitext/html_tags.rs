//! Which template calls stand inside HTML elements that strike them out or quote them.

use super::call::{Around, Call, Effect, MAX_AROUND};

/// Elements that strike out their content.
pub const STRIKING_ELEMENTS: [&str; 3] = ["s", "del", "strike"];

/// Elements that quote their content.
pub const QUOTING_ELEMENTS: [&str; 9] = ["q", "blockquote", "code", "kbd", "samp", "tt", "var", "cite", "dfn"];

/// Other elements, in which a style may strike out.
const OTHER_ELEMENTS: [&str; 23] = [
    "span", "div", "p", "b", "i", "u", "em", "strong", "small", "big", "font", "center", "sup", "sub", "ins", "mark",
    "abbr", "bdi", "ul", "ol", "li", "dl", "dd",
];

/// How many elements are looked at.
const ELEMENTS: usize = STRIKING_ELEMENTS.len() + QUOTING_ELEMENTS.len() + OTHER_ELEMENTS.len();

/// A tag of one of these elements.
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
        let mut elements = STRIKING_ELEMENTS.iter().chain(&QUOTING_ELEMENTS).chain(&OTHER_ELEMENTS);
        let element = elements.position(|e| name.eq_ignore_ascii_case(e))?;
        let rest = &rest[name.len()..];
        // As in MediaWiki, the next tag ends one that lacks its `>`.
        let attributes = rest[..rest.find(['>', '<']).unwrap_or_default()].to_ascii_lowercase();
        let effect = match element {
            _ if element < STRIKING_ELEMENTS.len() || attributes.contains("line-through") => Some(Effect::Struck),
            _ if element < STRIKING_ELEMENTS.len() + QUOTING_ELEMENTS.len() => Some(Effect::Quoted),
            // Kept too, so that its closing tag is not taken for another's.
            _ => None,
        };
        // `<s/>` opens what follows, as in HTML; of list items MediaWiki makes an empty one (`RemexRemoveTagHandler`).
        let empty = attributes.trim_end().ends_with('/') && ["li", "dd"].contains(&name.to_ascii_lowercase().as_str());
        (!empty).then_some(Tag { at, element, opens, effect })
    })
}

/// Adds to [`Call::around`] by the text without comments and the content of extensions' tags. Elements inside a template
/// call have no effect behind it.
pub(super) fn note_html(calls: &mut [Call], visible: &str) {
    let mut tags = tags(visible).peekable();
    // For each element its open tags, and whether each has an effect.
    let mut open: [Vec<bool>; ELEMENTS] = [const { Vec::new() }; ELEMENTS];
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
