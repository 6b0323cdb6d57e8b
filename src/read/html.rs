//! Parsoid HTML in, owned facts out: which templates a page really shows, and where they stand.
//!
//! Each transclusion's `data-mw` is read on its own, so that one of a kind this code does not know hides no
//! other. Places (`dsr` in `data-parsoid`) are byte offsets into the wikitext of the same revision.

use std::ops::Range;

use kuchikikiki::{NodeRef, iter::NodeIterator};
use parsoid::Wikicode;
use serde::Deserialize;

use crate::wikitext::{QUOTING_ELEMENTS, STRIKING_ELEMENTS};

/// A template that the page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownCall {
    /// Its name as Parsoid resolved it, such as `Template:Support`.
    pub name: String,
    /// Its parameters as wikitext.
    pub params: Vec<(String, String)>,
    /// Where the transclusion stands in the wikitext, in bytes; none if Parsoid does not say.
    pub place: Option<Range<usize>>,
    /// Inside `<s>`, `<del>`, `<strike>` or a line-through.
    pub struck: bool,
    /// Inside a quotation or the content of an extension.
    pub quoted: bool,
}

/// What a page shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ShownPage {
    /// Templates, in document order.
    pub calls: Vec<ShownCall>,
    /// Bold words at the beginning of a line that look like votes, such as `Support`.
    pub bold: Vec<String>,
}

#[derive(Deserialize)]
struct DataMw {
    #[serde(default)]
    parts: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct DataParsoid {
    #[serde(default)]
    dsr: Vec<Option<usize>>,
}

/// Reads the HTML of a page (`flavor=edit`).
pub fn shown_page(html: &str) -> ShownPage {
    let code = Wikicode::new(html);
    let mut page = ShownPage::default();
    for element in code.descendants().elements() {
        let node = element.as_node();
        let attributes = element.attributes.borrow();
        if attributes.get("typeof").is_some_and(|t| t.split_whitespace().any(|t| t == "mw:Transclusion")) {
            let place = attributes.get("data-parsoid").and_then(place);
            let calls = attributes.get("data-mw").map(templates).unwrap_or_default();
            if !calls.is_empty() {
                let (struck, quoted) = around(node);
                page.calls.extend(calls.into_iter().map(|(name, params)| ShownCall {
                    name,
                    params,
                    place: place.clone(),
                    struck,
                    quoted,
                }));
            }
        } else if matches!(&*element.name.local, "b" | "strong")
            && !attributes.contains("about")
            && begins_line(node)
            && let (false, false) = around(node)
        {
            page.bold.push(node.text_contents().trim().chars().take(40).collect());
        }
    }
    page
}

fn place(data_parsoid: &str) -> Option<Range<usize>> {
    let data: DataParsoid = serde_json::from_str(data_parsoid).ok()?;
    match data.dsr.as_slice() {
        [Some(from), Some(to), ..] => Some(*from..*to),
        _ => None,
    }
}

/// The templates among a transclusion's parts; parser functions, parameters and whatever else is new are
/// passed over.
fn templates(data_mw: &str) -> Vec<(String, Vec<(String, String)>)> {
    let Ok(data) = serde_json::from_str::<DataMw>(data_mw) else {
        return Vec::new();
    };
    let read = |part: &serde_json::Value| {
        let template = part.get("template")?;
        let href = template.get("target")?.get("href")?.as_str()?;
        let params = template.get("params")?.as_object()?;
        let params = params
            .iter()
            .map(|(k, v)| (k.clone(), v.get("wt").and_then(|w| w.as_str()).unwrap_or_default().to_owned()));
        Some((href.trim_start_matches("./").to_owned(), params.collect()))
    };
    data.parts.iter().filter_map(read).collect()
}

/// Whether something around the node strikes it, and whether something quotes it.
pub(super) fn around(node: &NodeRef) -> (bool, bool) {
    let mut struck = false;
    let mut quoted = false;
    for ancestor in node.ancestors().elements() {
        let attributes = ancestor.attributes.borrow();
        let style = attributes.get("style").unwrap_or_default().to_ascii_lowercase();
        let kind = attributes.get("typeof").unwrap_or_default();
        struck |= STRIKING_ELEMENTS.contains(&&*ancestor.name.local) || style.contains("line-through");
        // A `<pre>` without an extension is a line that begins with a space.
        quoted |= QUOTING_ELEMENTS.contains(&&*ancestor.name.local) || kind.contains("mw:Extension/");
        // Inside the output of a template: a wrapper that the page does not hold itself.
        quoted |= kind.split_whitespace().any(|t| t == "mw:Transclusion");
    }
    (struck, quoted)
}

/// How many siblings before a node are looked at for text.
const MAX_SIBLINGS: usize = 20;

/// Whether nothing but white space comes before the node in its list item or paragraph.
fn begins_line(node: &NodeRef) -> bool {
    node.preceding_siblings().take(MAX_SIBLINGS).all(|n| n.text_contents().trim().is_empty())
        && node.parent().and_then(|p| p.into_element_ref()).is_some_and(|p| matches!(&*p.name.local, "li" | "p" | "dd"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOTES: &str = include_str!("../../tests/fixtures/votes.html");

    #[test]
    fn reads_what_the_page_shows_and_where() {
        let page = shown_page(VOTES);
        let seen: Vec<_> = page
            .calls
            .iter()
            .map(|c| {
                format!(
                    "{}{}{} {:?}",
                    c.name,
                    if c.struck { " struck" } else { "" },
                    if c.quoted { " quoted" } else { "" },
                    c.place
                )
            })
            .collect();
        insta::assert_snapshot!(seen.join("\n"));
        assert_eq!(page.bold, ["Support"]);
    }

    #[test]
    fn what_is_no_parsoid_html_reads_as_nothing() {
        for html in [
            "",
            "<",
            "<p typeof='mw:Transclusion' data-mw='{'>",
            "<p typeof='mw:Transclusion' data-mw='{\"parts\":[1,{\"template\":{}},\"x\"]}'>",
        ] {
            assert_eq!(shown_page(html), ShownPage::default(), "{html}");
        }
    }
}
