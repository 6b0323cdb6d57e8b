//! The drawing of quite different desks.

use std::collections::BTreeSet;

use super::*;

/// A featured-picture-like desk: a week, then yes or no.
const PICTURES: &str = "
[[status]]
id = \"voting\"
label = \"Voting\"
votable = true
[[status]]
id = \"featured\"
label = \"Featured\"
closed = true
[[status]]
id = \"not-featured\"
label = \"Not featured\"
closed = true
[[rule]]
name = \"seven supports\"
from = [\"voting\"]
to = \"featured\"
when = { support_at_least = 7, open_for = \"7 days\" }
[[rule]]
name = \"a week is over\"
from = [\"voting\"]
to = \"not-featured\"
when = { open_for = \"8 days\" }
";

/// A round of work that nothing ever closes, with ways back.
const ROUND: &str = "
[[status]]
id = \"new\"
label = \"New\"
[[status]]
id = \"sorted\"
label = \"Sorted\"
[[status]]
id = \"at-work\"
label = \"At work\"
[[status]]
id = \"looked-at\"
label = \"Looked at\"
votable = true
[[status]]
id = \"waits\"
label = \"Waits\"
[[rule]]
name = \"filled in\"
from = [\"new\"]
to = \"sorted\"
when = { complete = true }
[[rule]]
name = \"taken\"
from = [\"sorted\", \"waits\"]
to = \"at-work\"
when = { open_for = \"1 day\", claimed = true }
[[rule]]
name = \"all there\"
from = [\"at-work\"]
to = \"looked-at\"
when = { steps_done = true, claimed = true }
[[rule]]
name = \"nobody\"
from = [\"at-work\", \"looked-at\"]
to = \"waits\"
when = { idle_for = \"30 days\" }
[[rule]]
name = \"once more\"
from = [\"looked-at\", \"waits\"]
to = \"new\"
when = { open_for = \"90 days\", complete = false }
";

fn desk(text: &str) -> Desk {
    crate::config::parse(text, "x").unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// The drawing in a line for each status, and one for each way: `from → to in lane`.
fn drawn(desk: &Desk) -> String {
    let drawing = Drawing::of(desk, |status| !status.spare);
    let mut lines: Vec<String> = Vec::new();
    for (place, status, rules) in &drawing.statuses {
        if drawing.divider == Some(place - 1) {
            lines.push("---".to_owned());
        }
        lines.push(format!("{place} {} ({})", status.id, rules.len()));
    }
    let lane = |way: &Way| way.lane.map_or_else(|| "straight".to_owned(), |lane| format!("in {lane}"));
    lines.extend(drawing.ways.iter().map(|way| format!("{} → {} {}", way.from, way.to, lane(way))));
    lines.join("\n")
}

#[test]
fn quite_different_desks_are_drawn() {
    insta::assert_snapshot!(drawn(&desk(PICTURES)), @r"
    1 voting (2)
    ---
    3 featured (0)
    4 not-featured (0)
    1 → 3 in 1
    1 → 4 in 2
    ");
    insta::assert_snapshot!(drawn(&desk(ROUND)), @r"
    1 new (1)
    2 sorted (1)
    3 at-work (2)
    4 looked-at (2)
    5 waits (2)
    1 → 2 straight
    2 → 3 straight
    3 → 4 straight
    3 → 5 in 1
    4 → 5 straight
    4 → 1 in 3
    5 → 3 in 2
    5 → 1 in 3
    ");
    insta::assert_snapshot!(drawn(&crate::config::shipped()), @r"
    1 incomplete (2)
    2 review (5)
    3 more-info (3)
    4 approved (1)
    5 in-progress (2)
    6 on-hold (0)
    ---
    8 declined (0)
    9 redirected (0)
    10 done (0)
    11 withdrawn (0)
    12 stale (0)
    1 → 2 straight
    1 → 12 in 6
    2 → 1 in 2
    2 → 3 straight
    2 → 4 in 3
    2 → 8 in 4
    2 → 10 in 5
    3 → 1 in 2
    3 → 2 in 1
    3 → 12 in 6
    4 → 5 straight
    5 → 4 in 3
    5 → 10 in 5
    ");
}

/// Desks in which every status leads to those that are so many further on.
fn many(count: usize, strides: &[usize], closed: usize) -> Desk {
    let mut desk = crate::config::shipped();
    let (status, rule) = (desk.statuses[0].clone(), desk.rules[0].clone());
    let id = |n: usize| format!("s{}", n % count);
    desk.statuses = (0..count).map(|n| Status { id: id(n), closed: n < closed, ..status.clone() }).collect();
    let ways = (0..count).flat_map(|n| strides.iter().map(move |stride| (n, n + stride)));
    let rule = |(from, to): (usize, usize)| Rule {
        name: format!("r{from}"),
        from: vec![id(from)],
        to: id(to),
        ..rule.clone()
    };
    desk.rules = ways.map(rule).collect();
    desk
}

#[test]
fn every_rule_has_its_line_and_no_line_runs_over_another() {
    let desks = [desk(PICTURES), desk(ROUND), crate::config::shipped()];
    let more = [(1, &[1][..], 0), (2, &[1], 1), (7, &[1, 2, 3], 3), (12, &[1, 5, 7, 11], 0), (30, &[2, 13], 12)];
    for desk in desks.into_iter().chain(more.map(|(count, strides, closed)| many(count, strides, closed))) {
        let drawing = Drawing::of(&desk, |status| !status.spare);
        let places: BTreeSet<usize> =
            drawing.statuses.iter().map(|(place, ..)| *place).chain(drawing.divider).collect();
        let shown = desk.statuses.iter().filter(|status| !status.spare).count();
        let expect = shown + usize::from(drawing.divider.is_some());
        assert_eq!((places.len(), drawing.places()), (expect, expect), "a place each");
        assert!(drawing.lanes <= shown);
        let place = |id: &str| drawing.statuses.iter().find(|(_, status, _)| status.id == id).expect("a place").0;
        let pairs = |rule: &Rule| rule.from.iter().map(|from| (place(from), place(&rule.to))).collect::<Vec<_>>();
        let wanted: BTreeSet<(usize, usize)> =
            desk.rules.iter().flat_map(pairs).filter(|(from, to)| from != to).collect();
        let drawn: Vec<(usize, usize)> = drawing.ways.iter().map(|way| (way.from, way.to)).collect();
        assert_eq!(drawn.iter().copied().collect::<BTreeSet<_>>(), wanted);
        assert_eq!(drawn.len(), wanted.len(), "once each");
        for (n, a) in drawing.ways.iter().enumerate() {
            assert_eq!(a.lane.is_none(), a.to == a.from + 1, "{a:?}");
            let beside = drawing.ways[n + 1..].iter().filter(|b| b.lane == a.lane && a.lane.is_some() && b.to != a.to);
            for b in beside {
                let ((a_top, a_bottom), (b_top, b_bottom)) = (a.span(), b.span());
                assert!(a_bottom < b_top || b_bottom < a_top, "{a:?} over {b:?}");
            }
        }
    }
}
