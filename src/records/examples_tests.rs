use super::*;
use crate::config;
use crate::desk::milestones::{Helped, Milestones};
use crate::desk::outcome::Outcome;
use crate::page::PageRef;
use crate::testing::at;
use crate::wikitext::calls;

/// A finished request, of which that came.
fn row(id: u64, name: &str, kind: &str) -> Row {
    Row {
        page: PageRef { id, title: format!("Content Partnerships Hub/Helpdesk/Requests/{name}") },
        title: format!("The {name}"),
        kind: kind.to_owned(),
        status: "done".to_owned(),
        since: at(i64::try_from(id).unwrap()),
        outcome: Outcome { text: "It is there.".to_owned(), files: "12".to_owned(), ..Outcome::default() },
        ..Row::default()
    }
}

fn wishes(text: &str) -> Wishes {
    Wishes::of(&calls(text), |name| Some(name.to_owned()))
}

/// What a page of these rows shows, in its order: pinned ones with a star, and types before their examples.
fn shown(rows: &[Row], wished: &str) -> Vec<String> {
    let page = examples_page(rows, &wishes(wished), &config::shipped());
    let calls = calls(&page);
    let words = calls.iter().filter_map(|call| match call.name.as_str() {
        "Helpdesk examples type" => Some(format!("[{}]", call.value("type"))),
        "Helpdesk example" => {
            let star = if call.value("pinned") == "yes" { "*" } else { "" };
            Some(format!("{star}{}", call.value("title")))
        }
        _ => None,
    });
    words.collect()
}

#[test]
fn the_newest_of_each_type_come_first_and_types_in_the_order_of_the_form() {
    let rows = [row(1, "old", "upload"), row(2, "new", "upload"), row(3, "set", "data"), row(4, "odd", "magic")];
    let expected = ["[upload]", "The new", "The old", "[data]", "The set", "[magic]", "The odd"];
    assert_eq!(shown(&rows, ""), expected);
}

#[test]
fn only_what_was_carried_out_and_may_be_shown_is_an_example() {
    assert_eq!(shown(&[row(1, "a", "data")], ""), ["[data]", "The a"]);
    let with = |change: fn(&mut Row)| {
        let mut row = row(1, "a", "data");
        change(&mut row);
        shown(&[row], "{{Helpdesk show|a}}")
    };
    let changes: [fn(&mut Row); 10] = [
        |row| row.private = true,
        |row| row.lost = true,
        |row| row.unreadable = true,
        |row| row.outcome.text.clear(),
        |row| row.status = "withdrawn".to_owned(),
        |row| row.status = "declined".to_owned(),
        |row| row.status = "stale".to_owned(),
        |row| row.status = "redirected".to_owned(),
        |row| row.status = "in-progress".to_owned(),
        |row| row.status = "none that is known".to_owned(),
    ];
    for change in changes {
        assert_eq!(with(change), Vec::<String>::new());
    }
}

#[test]
fn people_put_one_first_or_take_one_off_by_its_name_or_title() {
    let rows = [row(1, "Old maps", "data"), row(2, "Bells", "data"), row(3, "Coins", "data")];
    let all = ["The Coins", "The Bells", "The Old maps"];
    let of = |wished: &str| shown(&rows, wished)[1..].to_vec();
    for pinned in
        ["Old maps", "the old_maps", " Old&#32;maps ", "[[Content Partnerships Hub/Helpdesk/Requests/Old maps]]"]
    {
        let expected = ["*The Old maps", "The Coins", "The Bells"];
        assert_eq!(of(&format!("Words. {{{{Helpdesk show|{pinned}}}}}")), expected, "{pinned}");
    }
    assert_eq!(of("{{Helpdesk hide|Bells}}"), ["The Coins", "The Old maps"]);
    assert_eq!(of("{{Helpdesk show|Bells}}{{Helpdesk hide|Bells}}"), ["The Coins", "The Old maps"], "hidden it is");
    for nothing in [
        "{{Helpdesk hide}}",
        "{{Helpdesk hide|}}",
        "{{Helpdesk hide|Nothing}}",
        "<!-- {{Helpdesk hide|Bells}} -->",
        "<nowiki>{{Helpdesk hide|Bells}}</nowiki>",
        "{{quote|{{Helpdesk hide|Bells}}}}",
        "<s>{{Helpdesk hide|Bells}}</s>",
    ] {
        assert_eq!(of(nothing), all, "{nothing}");
    }
}

#[test]
fn names_that_mean_nothing_are_told() {
    let page =
        examples_page(&[row(1, "a", "data")], &wishes("{{Helpdesk show|b}}{{Helpdesk hide|a}}"), &config::shipped());
    assert!(page.starts_with("{{Helpdesk examples start|count=0|unknown=b}}"), "{page}");
}

#[test]
fn only_so_many_of_a_type_are_shown_and_the_others_counted() {
    let rows: Vec<Row> = (1..=15).map(|id| row(id, &format!("n{id}"), "data")).collect();
    assert_eq!(shown(&rows, "").len(), 13);
    let page = examples_page(&rows, &wishes("{{Helpdesk show|n1}}"), &config::shipped());
    assert!(page.contains("|more=3|archive=Content Partnerships Hub&#47;Helpdesk&#47;Archive&#47;}}"), "{page}");
    assert!(page.lines().nth(2).unwrap().contains("title=The n1|"), "{page}");
}

#[test]
fn it_says_who_helped_and_nothing_in_it_can_act() {
    let helped = |name: &str| Helped { name: name.to_owned(), from: at(1), until: None };
    let helpers = vec![helped("Dora"), helped("Dan"), helped("Dora")];
    let mut row = Row { milestones: Milestones { helpers, ..Milestones::default() }, ..row(1, "a", "data") };
    row.title = "{{Evil}} [[x]] | a=b".to_owned();
    let page = examples_page(&[row], &Wishes::default(), &config::shipped());
    assert!(page.contains("|files=12|helper=Dora|helper 2=Dan}}"), "{page}");
    assert_eq!(calls(&page).len(), 5, "{page}");
}
