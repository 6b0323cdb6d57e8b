//! Where the statuses stand in the drawing of the flow, and where the lines between them run.
//!
//! The statuses stand below each other, each in a place of its own; a line that does not lead straight to the next place runs
//! beside them, in a lane. All lines to the same status share one, with an arrow at its end, so that there are never more lanes
//! than statuses.

use std::collections::BTreeMap;

use crate::desk::{Desk, Rule, Status};

/// The drawing.
pub struct Drawing<'d> {
    /// Each status with the rules that start from it, and its place, from 1 downwards.
    pub statuses: Vec<(usize, &'d Status, Vec<&'d Rule>)>,
    /// The place between those that are open and those that are closed, where there are both.
    pub divider: Option<usize>,
    /// The lines.
    pub ways: Vec<Way>,
    /// How many lanes they take.
    pub lanes: usize,
}

/// A line from one place to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The place it begins at.
    pub from: usize,
    /// The place it leads to.
    pub to: usize,
    /// The lane it runs in, from 1, the closest; none where it leads straight down to the next place.
    pub lane: Option<usize>,
}

impl Way {
    /// How far it reaches up and down: lines come to a place above where they leave it.
    fn span(&self) -> (usize, usize) {
        let (out, into) = (2 * self.from + 1, 2 * self.to);
        (out.min(into), out.max(into))
    }
}

impl<'d> Drawing<'d> {
    /// The drawing of a desk's rules and of those of its statuses that are shown.
    pub fn of(desk: &'d Desk, is_shown: impl Fn(&Status) -> bool) -> Self {
        let shown: Vec<_> = desk.flow().filter(|(status, _)| is_shown(status)).collect();
        let open = shown.iter().filter(|(status, _)| !status.closed).count();
        let divider = (0 < open && open < shown.len()).then_some(open + 1);
        let place = |index: usize| index + 1 + usize::from(divider.is_some_and(|divider| index + 1 >= divider));
        let statuses: Vec<_> =
            shown.into_iter().enumerate().map(|(index, (status, rules))| (place(index), status, rules)).collect();
        let places: BTreeMap<&str, usize> =
            statuses.iter().map(|(place, status, _)| (status.id.as_str(), *place)).collect();
        let mut ways: Vec<Way> = Vec::new();
        for (from, _, rules) in &statuses {
            for to in rules.iter().filter_map(|rule| places.get(rule.to.as_str())) {
                let way = Way { from: *from, to: *to, lane: None };
                if !ways.contains(&way) {
                    ways.push(way);
                }
            }
        }
        let lanes = put_into_lanes(&mut ways);
        Drawing { statuses, divider, ways, lanes }
    }

    /// How many places there are.
    pub fn places(&self) -> usize {
        self.statuses.last().map_or(0, |(place, ..)| *place)
    }
}

/// Gives all ways to a place the closest lane that has room for them, the shortest first, and tells how many lanes there are.
fn put_into_lanes(ways: &mut [Way]) -> usize {
    let is_straight = |way: &Way| way.to == way.from + 1;
    let mut reach: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for way in ways.iter().filter(|way| !is_straight(way)) {
        let (top, bottom) = way.span();
        let all = reach.entry(way.to).or_insert((top, bottom));
        *all = (all.0.min(top), all.1.max(bottom));
    }
    let mut reach: Vec<(usize, (usize, usize))> = reach.into_iter().collect();
    reach.sort_by_key(|(to, (top, bottom))| (bottom - top, *to));
    let mut lanes: Vec<Vec<(usize, usize)>> = Vec::new();
    for (to, (top, bottom)) in reach {
        let has_room = |taken: &Vec<(usize, usize)>| taken.iter().all(|(t, b)| bottom < *t || *b < top);
        let lane = lanes.iter().position(has_room).unwrap_or_else(|| {
            lanes.push(Vec::new());
            lanes.len() - 1
        });
        lanes[lane].push((top, bottom));
        for way in ways.iter_mut().filter(|way| way.to == to && !is_straight(way)) {
            way.lane = Some(lane + 1);
        }
    }
    lanes.len()
}

#[cfg(test)]
#[path = "flow_drawing_tests.rs"]
mod tests;
