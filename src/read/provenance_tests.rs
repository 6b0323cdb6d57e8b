//! Origins through many revisions.

use super::*;

#[test]
fn whoever_puts_a_page_back_again_and_again_makes_nothing_of_it_theirs() {
    // More bytes go and come back than are remembered.
    let page: String = (0..200).map(|i| format!("* line {i} {}\n", "of some words ".repeat(200))).collect();
    let mut provenance = Provenance::default();
    provenance.follow(&page, 0, |_| true);
    for turn in 0..2 * MAX_REMOVED / page.len() {
        provenance.follow("", 2 * turn + 1, |earlier| earlier != 0);
        provenance.follow(&page, 2 * turn + 2, |earlier| earlier != 0);
    }
    let whose = page.match_indices("line").map(|(at, _)| provenance.revision_at(at));
    assert!(whose.clone().all(|revision| revision == 0), "{:?}", whose.filter(|r| *r != 0).count());
}
