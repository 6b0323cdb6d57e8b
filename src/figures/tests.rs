use proptest::prelude::*;

use super::*;
use crate::desk::outcome::Outcome;
use crate::page::PageRef;
use crate::testing::at;

const STATUSES: [&str; 5] = ["review", "approved", "in-progress", "done", "declined"];

/// The day a request was filed, its moves to other statuses with the days between them (less than none where staff dated one before
/// it was written down), and how long a reply took.
type Life = (i64, Vec<(usize, i64)>, i64);

/// Requests of about a year, by what happened to each, in days.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (0_i64..400, prop::collection::vec((0_usize..5, -30_i64..90), 0..6), 0_i64..60);
    prop::collection::vec(row, 0..12).prop_map(|rows| {
        let row = |(n, (filed, moves, reply)): (usize, Life)| {
            let mut statuses = vec![("incomplete".to_owned(), at(24 * filed))];
            let mut day = filed;
            for (status, after) in moves {
                day += after;
                statuses.push((STATUSES[status].to_owned(), at(24 * day)));
            }
            let first_reply = Some(at(24 * (filed + reply)));
            Row {
                page: PageRef { id: n as u64, title: format!("Desk/Requests/{n}") },
                kind: "data".to_owned(),
                milestones: Milestones { statuses, first_reply, ..Milestones::default() }.in_order(),
                ..Row::default()
            }
        };
        rows.into_iter().enumerate().map(row).collect()
    })
}

proptest! {
    /// What happens later changes nothing in the figures of a time that is over; every request is of one status, and open or closed.
    #[test]
    fn a_time_that_is_over_stays_as_it_is(rows in rows(), days in 1_i64..500) {
        let desk = crate::config::shipped();
        let span = Span { from: at(-24 * 200).date_naive(), to: at(24 * days).date_naive() };
        let known: Vec<Row> = rows
            .iter()
            .filter_map(|row| Some(Row { milestones: row.milestones.before(span.end())?, ..row.clone() }))
            .collect();
        let now = figures(&Requests::new(&rows), span, &desk);
        prop_assert_eq!(&figures(&Requests::new(&known), span, &desk), &now);
        let sum = |measure| now.figures.iter().filter(|f| f.measure == measure).filter_map(|f| f.value).sum::<u64>();
        let filed = now.single(Measure::Requests).and_then(|figure| figure.value);
        prop_assert_eq!(Some(sum(Measure::ByStatus)), filed);
        prop_assert_eq!(Some(sum(Measure::FiledByQuarter)), filed);
        prop_assert_eq!(Some(sum(Measure::Open) + sum(Measure::Closed)), filed);
    }
}

#[test]
fn what_was_passed_through_counts_and_what_was_reopened_is_open() {
    let desk = crate::config::shipped();
    let life = |statuses: &[(&str, i64)]| Row {
        milestones: Milestones {
            statuses: statuses.iter().map(|(id, day)| ((*id).to_owned(), at(24 * day))).collect(),
            ..Milestones::default()
        },
        ..Row::default()
    };
    // Declined, taken up again, approved and carried out in one; and one that was closed and opened again.
    let rows = [
        life(&[("incomplete", 0), ("declined", 3), ("review", 5), ("approved", 9), ("in-progress", 9), ("done", 9)]),
        life(&[("incomplete", 1), ("done", 4), ("review", 6)]),
    ];
    let figures = figures(&Requests::new(&rows), Span::until(at(24 * 20).date_naive(), &rows), &desk);
    let value = |measure| figures.single(measure).and_then(|figure| figure.value);
    let counts = [Measure::Supported, Measure::Declined, Measure::Closed, Measure::Open].map(value);
    assert_eq!(counts, [Some(2), Some(1), Some(1), Some(1)]);
    assert_eq!(value(Measure::Decision), Some(3 * 86_400));
    assert_eq!(value(Measure::End), Some(9 * 86_400));
}

#[test]
fn who_takes_a_request_back_decides_nothing() {
    let desk = crate::config::shipped();
    let life = |statuses: &[(&str, i64)]| {
        let statuses = statuses.iter().map(|(id, day)| ((*id).to_owned(), at(24 * day))).collect();
        Row { milestones: Milestones { statuses, ..Milestones::default() }.in_order(), ..Row::default() }
    };
    // Withdrawn, closed for silence; and one that staff brought in, done long before.
    let rows = [
        life(&[("incomplete", 10), ("review", 10), ("withdrawn", 12)]),
        life(&[("incomplete", 10), ("stale", 100)]),
        life(&[("incomplete", 50), ("done", -300)]),
    ];
    let until = |day: i64| figures(&Requests::new(&rows), Span::until(at(24 * day).date_naive(), &rows), &desk);
    let value = |figures: &Figures, measure| figures.single(measure).and_then(|figure| figure.value);
    let all = until(200);
    assert_eq!(all.from, at(24 * -300).date_naive());
    for (measure, expected) in [
        (Measure::Requests, Some(3)),
        (Measure::Closed, Some(3)),
        (Measure::Supported, Some(1)),
        (Measure::Reply, None),
        (Measure::Decision, None),
        (Measure::End, Some(46 * 86_400)),
    ] {
        assert_eq!(value(&all, measure), expected, "{measure}");
    }
    assert_eq!(value(&until(-299), Measure::Supported), Some(1));
}

#[test]
fn what_was_taken_on_is_counted_by_where_and_with_whom() {
    let desk = crate::config::shipped();
    let row = |n: i64, country: &str, partner: &str, moves: &[(&str, i64)], files: &str| Row {
        page: PageRef { id: n.unsigned_abs(), title: format!("Desk/Requests/{n}") },
        country: country.to_owned(),
        partner: partner.to_owned(),
        outcome: Outcome { files: files.to_owned(), ..Outcome::default() },
        milestones: Milestones {
            statuses: moves.iter().map(|(id, day)| ((*id).to_owned(), at(24 * day))).collect(),
            ..Milestones::default()
        },
        ..Row::default()
    };
    let mut rows = [
        row(1, "Ghana", "City archive", &[("incomplete", 0), ("approved", 40), ("done", 50)], "600"),
        row(2, "Kenya", "Radio; city  Archive", &[("incomplete", 35), ("approved", 45), ("done", 50)], "30"),
        row(3, "Chile", "Harbour", &[("incomplete", 36), ("declined", 45)], ""),
    ];
    let span = Span { from: at(24 * 30).date_naive(), to: at(24 * 60).date_naive() };
    rows[1].languages = "Swahili and English".to_owned();
    rows[2].languages = "en, Klingonese".to_owned();
    // Two accounts, one of which was at work twice.
    rows[2].milestones.members =
        [(36, "JoEx"), (37, "Joex"), (38, "Joex")].map(|(d, n)| (at(24 * d), n.to_owned())).to_vec();
    let figures = figures(&Requests::new(&rows), span, &desk);
    let names = |measure| {
        let figure = figures.single(measure).expect("counted");
        (figure.value, figure.names.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(names(Measure::SupportedCountries), (Some(2), vec!["GH", "KE"]));
    assert_eq!(names(Measure::Countries), (Some(2), vec!["CL", "KE"]));
    assert_eq!(names(Measure::Languages), (Some(2), vec!["en", "sw"]));
    let unknown: Vec<_> = figures.unrecognised.iter().map(|one| (one.field.as_str(), one.value.as_str())).collect();
    assert_eq!(unknown, [("languages", "Klingonese")]);
    assert_eq!(names(Measure::Members), (Some(2), vec!["JoEx", "Joex"]));
    assert_eq!(names(Measure::SupportedPartners), (Some(2), vec!["City archive", "Radio"]));
    assert_eq!(names(Measure::Files), (Some(630), vec!["City archive", "Radio"]));
    let by_country = figures.figures.iter().filter(|f| f.measure == Measure::SupportedByCountry);
    assert_eq!(by_country.map(|f| (f.key.as_str(), f.value)).collect::<Vec<_>>(), [("GH", Some(1)), ("KE", Some(1))]);
}

#[test]
fn a_desk_counts_what_it_asks_for() {
    use Measure::{Closed, End, Open, Reply, Requests as Filed, Voters};
    let mut desk = crate::config::shipped();
    desk.fields.retain(|field| !["country", "partner", "languages"].contains(&field.name.as_str()));
    desk.pages.work.clear();
    desk.statuses.iter_mut().for_each(|status| status.counts_as = None);
    desk.electorate = Some(crate::desk::Electorate::default());
    let figures = figures(&Requests::new([]), Span::year(2026), &desk);
    let single: Vec<Measure> = figures.figures.iter().filter(|f| f.key.is_empty()).map(|f| f.measure).collect();
    assert_eq!(single, [Filed, Closed, Open, Reply, End, Voters]);
}

/// A wiki draws about two million bytes of what templates give.
#[test]
fn a_page_has_room_for_whatever_is_filed() {
    let desk = crate::config::shipped();
    let names: serde_json::Value = serde_json::from_str(&crate::records::countries::json()).expect("JSON");
    let codes: Vec<&String> = names["en"].as_object().expect("countries").keys().collect();
    let rows: Vec<Row> = (0..2000_usize)
        .map(|n| Row {
            page: PageRef { id: n as u64, title: format!("Desk/Requests/{}{n}", "~!".repeat(100)) },
            title: "'''[[".repeat(51),
            country: (0..20).map(|i| codes[(n * 20 + i) % codes.len()].as_str()).collect::<Vec<_>>().join(", "),
            partner: format!("Partner {n}"),
            milestones: Milestones { statuses: vec![("done".to_owned(), at(0))], ..Milestones::default() },
            ..Row::default()
        })
        .collect();
    let span = Span::until(at(24).date_naive(), &rows);
    let figures = figures(&Requests::new(&rows), span, &desk);
    assert_eq!(figures.single(Measure::Requests).and_then(|figure| figure.value), Some(2000));
    let page = crate::records::figures::figures_page(&figures, None, "Desk/Figures", &[2026]);
    assert!(page.len() < 700_000, "{} bytes", page.len());
    assert!(page.contains("|more=1940"), "{}", &page[..1000]);
}
