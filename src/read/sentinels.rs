//! What a place of a wikitext looks like on the page, as MediaWiki's own parser shows it: for what Parsoid shows as one piece,
//! since a template opens something there that another one closes. Numbers that nobody could foresee are put at the places, and
//! found again in the HTML.

use kuchikikiki::iter::NodeIterator;
use parsoid::Wikicode;

use super::html::around;
use crate::desk::signed::Standing;
use crate::wikitext;

/// Around the number of a place: of the characters that are nobody's.
const BEGIN: char = '\u{e000}';
const END: char = '\u{e001}';

/// The text with a sentinel at each of these places. `key` is another one each time.
pub fn with_sentinels(text: &str, places: &[usize], key: u64) -> String {
    let sentinel = |(number, place): (usize, &usize)| (*place..*place, format!("{BEGIN}{key}.{number}{END}"));
    wikitext::splice(text, places.iter().enumerate().map(sentinel).collect())
}

/// How each of so many places stands in the HTML: struck, quoted or plain; none for one that is not shown.
pub fn standings(html: &str, places: usize, key: u64) -> Vec<Option<Standing>> {
    let mut found = vec![None; places];
    let begin = format!("{BEGIN}{key}.");
    for node in Wikicode::new(html).descendants().text_nodes() {
        let text = node.borrow();
        let numbers = text.split(&begin).skip(1).filter_map(|rest| rest.split_once(END)?.0.parse::<usize>().ok());
        for number in numbers {
            if let Some(slot) = found.get_mut(number) {
                *slot = Some(match around(node.as_node()) {
                    (_, true) => Standing::Quoted,
                    (true, _) => Standing::Struck,
                    _ => Standing::Plain,
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_again() {
        let text = "a {{b}} c";
        let with = with_sentinels(text, &[0, 7, 9], 5);
        assert_eq!(with, "\u{e000}5.0\u{e001}a {{b}}\u{e000}5.1\u{e001} c\u{e000}5.2\u{e001}");
        let html = "<p><s>\u{e000}4.0\u{e001}</s>\u{e000}5.0\u{e001}a <s>x\u{e000}5.1\u{e001}</s><blockquote><s>\u{e000}5.3\u{e001}</s></blockquote>\u{e000}5.9\u{e001}\u{e000}5.x\u{e001}</p>";
        let expect = [Some(Standing::Plain), Some(Standing::Struck), None, Some(Standing::Quoted)];
        assert_eq!(standings(html, 4, 5), expect);
    }
}
