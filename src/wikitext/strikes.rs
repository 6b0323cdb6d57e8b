//! Which template calls are struck out by the HTML around them.

use super::call::Call;

/// Elements that may strike out their content: the first three always, the others with the style `line-through`.
const STRIKING_ELEMENTS: [&str; 6] = ["s", "del", "strike", "span", "div", "p"];

/// How many of [`STRIKING_ELEMENTS`] strike out without a style.
const ALWAYS_STRIKING: usize = 3;

/// A tag of one of [`STRIKING_ELEMENTS`].
struct StrikingTag {
    at: usize,
    /// Index of the element.
    element: usize,
    /// An opening tag.
    opens: bool,
    /// Whether an opening tag strikes out.
    strikes: bool,
}

/// The striking tags of a text without comments and the content of extensions' tags.
fn striking_tags(visible: &str) -> impl Iterator<Item = StrikingTag> {
    visible.match_indices('<').filter_map(|(at, _)| {
        let rest = &visible[at + 1..];
        let (rest, opens) = rest.strip_prefix('/').map_or((rest, true), |rest| (rest, false));
        let name = &rest[..rest.bytes().take_while(u8::is_ascii_alphanumeric).count()];
        let element = STRIKING_ELEMENTS.iter().position(|e| name.eq_ignore_ascii_case(e))?;
        let rest = &rest[name.len()..];
        // As in MediaWiki, the next tag ends one that lacks its `>`.
        let attributes = rest[..rest.find(['>', '<']).unwrap_or_default()].to_ascii_lowercase();
        let strikes = element < ALWAYS_STRIKING || attributes.contains("line-through");
        // Plain spans are kept too, so that their closing tag is not taken for that of a struck one.
        let tag = StrikingTag { at, element, opens, strikes };
        (!attributes.trim_end().ends_with('/')).then_some(tag)
    })
}

/// Sets [`Call::struck`] by the text without comments and the content of extensions' tags. Elements inside a template call strike out nothing behind it.
pub(super) fn mark_struck(calls: &mut [Call], visible: &str) {
    let strikes: Vec<StrikingTag> = striking_tags(visible).collect();
    // For each element the open tags, and whether each strikes out.
    let mut open: [Vec<bool>; STRIKING_ELEMENTS.len()] = Default::default();
    let mut striking = 0;
    let mut next = 0;
    let mut inside_until = 0;
    for call in calls.iter_mut() {
        while next < strikes.len() && strikes[next].at < call.span.start {
            let StrikingTag { at, element, opens, strikes } = strikes[next];
            next += 1;
            if at < inside_until {
                continue;
            }
            if opens {
                open[element].push(strikes);
                striking += usize::from(strikes);
            } else if open[element].pop() == Some(true) {
                striking -= 1;
            }
        }
        call.struck = striking > 0;
        if !call.nested {
            inside_until = call.span.end;
        }
    }
}
