//! Figures of a desk whose fifty requests have two and a half years behind them, counted again by hand from what people did.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone, Utc};
use helpdesk::desk::figures::{Figures, Measure};
use helpdesk::sandbox::ImportedPage;
use helpdesk::wikitext::inert::unescape;

use crate::commands::Shell;
use crate::stage::{MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete};

/// As people write countries, with their codes; the last is none.
const COUNTRIES: [(&str, &[&str]); 6] = [
    ("Sverige", &["SE"]),
    ("Ghana and Nigeria", &["GH", "NG"]),
    ("[[Brazil]]", &["BR"]),
    ("INDIA", &["IN"]),
    ("Examplia", &[]),
    ("Deutschland, Österreich", &["DE", "AT"]),
];

/// What becomes of a request; times are days after the first one.
struct Life {
    name: String,
    country: usize,
    filed: i64,
    replied: Option<i64>,
    /// The statuses that staff set, each on a day; `withdrawn` by its owner. On one before the page was filed, staff dated it.
    set: Vec<(&'static str, i64)>,
    /// Whether a member scored it, and somebody helped, on the day of its decision.
    scored: bool,
    helped: bool,
}

fn lives() -> Vec<Life> {
    let life = |n: i64| {
        let (filed, decided) = (n * 17, n * 17 + 8 + n % 11);
        let set = match n % 4 {
            0 => vec![("approved", decided), ("done", decided + 20 + n % 7)],
            1 => vec![("declined", decided)],
            2 => vec![("approved", decided), ("on-hold", decided + 3)],
            _ if n % 8 == 7 => vec![("withdrawn", decided)],
            _ => vec![],
        };
        // One of those that their owners take back is never answered, and one was done before it was written down.
        let set = if n == 49 { vec![("done", -30)] } else { set };
        let replied = (n != 23 && n != 49).then_some(filed + 1 + n % 5);
        let country = usize::try_from(n).expect("a number") % COUNTRIES.len();
        let (scored, helped) = (n % 4 != 3 && n % 3 == 0 && n != 49, n % 8 == 0);
        Life { name: format!("R{n:02}"), country, filed, replied, set, scored, helped }
    };
    (0..50).map(life).collect()
}

fn on(day: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 1, 10, 12, 0, 0).unwrap() + TimeDelta::days(day)
}

/// The page with its history, as people wrote it.
fn page(stage: &Stage, life: &Life) -> ImportedPage {
    let signed = |who: &str, at: DateTime<Utc>| format!("[[User:{who}|{who}]] {}", at.format("%H:%M, %-d %B %Y (UTC)"));
    let mut text = complete(&life.name, "").replace("Examplia", COUNTRIES[life.country].0);
    let mut page = ImportedPage::new(&stage.page(&life.name)).revision(REQUESTER, on(life.filed), &text);
    let mut add = |page: ImportedPage, who: &str, at: DateTime<Utc>, line: &str| {
        text = format!("{text}\n* {line} {}", signed(who, at));
        page.revision(who, at, &text)
    };
    if let [(status, day)] = life.set.as_slice()
        && *day < life.filed
    {
        let since = format!("|status={status}|status since={}\n|title=", on(*day).format("%Y-%m-%dT%H:%M:%SZ"));
        return page.revision(STAFF, on(life.filed) + TimeDelta::hours(1), &text.replacen("|title=", &since, 1));
    }
    if let Some(day) = life.replied {
        page = add(page, STAFF, on(day), "Thank you, we look at it.");
    }
    for (n, (status, day)) in life.set.iter().enumerate() {
        if *status == "withdrawn" {
            page = add(page, REQUESTER, on(*day), "{{Helpdesk withdraw}}");
            continue;
        }
        if n == 0 && life.scored {
            page = add(page, MEMBERS[0], on(*day) - TimeDelta::hours(2), "{{Helpdesk priority|7}}");
        }
        page = add(page, STAFF, on(*day), &format!("{{{{Helpdesk decision|{status}}}}}"));
        if n == 0 && life.helped {
            page = add(page, PASSER, on(*day) + TimeDelta::hours(2), "{{Helpdesk claim}}");
        }
    }
    page
}

/// The value in the middle.
fn median(mut numbers: Vec<i64>) -> Option<u64> {
    numbers.sort_unstable();
    let middle = numbers.len() / 2;
    let value = if numbers.is_empty() {
        return None;
    } else if numbers.len() % 2 == 1 {
        numbers[middle]
    } else {
        (numbers[middle - 1] + numbers[middle]) / 2
    };
    Some(u64::try_from(value).expect("no negative time"))
}

/// The figures of these days by hand: as the report has them, of what was known at its end.
fn by_hand(lives: &[Life], from: NaiveDate, to: NaiveDate) -> Vec<(Measure, Option<u64>)> {
    let within = |day: i64| (from..=to).contains(&on(day).date_naive());
    let known = |day: &i64| on(*day).date_naive() <= to;
    let status_day = |life: &Life, wanted: &[&str]| {
        life.set.iter().filter(|(_, day)| known(day)).find(|(status, _)| wanted.contains(status)).map(|(_, day)| *day)
    };
    let count = |days: Vec<Option<i64>>| Some(days.into_iter().flatten().filter(|day| within(*day)).count() as u64);
    // Staff dated the end of one that was filed later.
    let began = |life: &Life| life.set.iter().map(|(_, day)| *day).chain([life.filed]).min().unwrap_or_default();
    let filed: Vec<&Life> = lives.iter().filter(|life| within(began(life))).collect();
    let countries = |lives: &[&Life]| -> BTreeSet<&str> {
        lives.iter().flat_map(|life| COUNTRIES[life.country].1).copied().collect()
    };
    let codes = countries(&filed);
    let taken_on = |life: &Life| status_day(life, &["approved", "done"]);
    let decided = |life: &Life| status_day(life, &["approved", "done", "declined"]);
    let supported: Vec<&Life> = lives.iter().filter(|life| taken_on(life).is_some_and(within)).collect();
    let continent = |code: &&str| match *code {
        "SE" | "DE" | "AT" => "Europe",
        "GH" | "NG" => "Africa",
        "BR" => "America",
        _ => "Asia",
    };
    let continents: BTreeSet<&str> = codes.iter().map(continent).collect();
    let day = 86_400;
    let waits = |of: &dyn Fn(&Life) -> Option<i64>| {
        let waited = lives.iter().filter_map(|life| Some((of(life)?, began(life))));
        let waited = waited.filter(|(at, began)| within(*at) && at > began);
        median(waited.map(|(at, began)| (at - began) * day).collect())
    };
    let ended = |life: &Life| status_day(life, &["done", "declined", "withdrawn"]);
    let of_decision = |wanted: fn(&Life) -> bool| {
        let days = lives.iter().filter(|life| wanted(life)).filter_map(|life| life.set.first().map(|(_, day)| *day));
        days.filter(|day| within(*day)).count()
    };
    let open = lives.iter().filter(|life| known(&began(life)) && ended(life).is_none()).count() as u64;
    let helped = lives.iter().any(|life| {
        let from_day = life.set.first().filter(|(_, day)| life.helped && known(day)).map(|(_, day)| *day);
        from_day.is_some() && ended(life).is_none_or(|end| on(end).date_naive() >= from)
    });
    vec![
        (Measure::Requests, Some(filed.len() as u64)),
        (Measure::Supported, count(lives.iter().map(taken_on).collect())),
        (Measure::Declined, count(lives.iter().map(|life| status_day(life, &["declined"])).collect())),
        (Measure::Closed, count(lives.iter().map(ended).collect())),
        (Measure::Open, Some(open)),
        (Measure::SupportedCountries, Some(countries(&supported).len() as u64)),
        (Measure::Countries, Some(codes.len() as u64)),
        (Measure::Continents, Some(continents.len() as u64)),
        (Measure::Reply, waits(&|life| life.replied.into_iter().chain(decided(life)).min())),
        (Measure::Decision, waits(&decided)),
        (Measure::End, waits(&ended)),
        (Measure::Members, Some(u64::from(of_decision(|life| life.scored) > 0))),
        (Measure::Helpers, Some(u64::from(helped))),
    ]
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_what_the_histories_say() {
    let pages = "[pages]\nrules = \"\"\nagenda = \"\"\nqueue = \"\"\nflow = \"\"\n";
    let stage = Stage::with("figures", pages).await;
    let lives = lives();
    stage.import(&lives.iter().map(|life| page(&stage, life)).collect::<Vec<_>>()).await;
    let shell = Shell::with(&stage, "figures", pages);
    let report = |args: &[&str]| -> Figures {
        serde_json::from_str(&shell.well(&[&["report", "--format", "json"], args].concat()))
            .expect("JSON of the schema")
    };
    let check = |figures: &Figures, from: NaiveDate, to: NaiveDate| {
        for (measure, expected) in by_hand(&lives, from, to) {
            let figure = figures.single(measure).unwrap_or_else(|| panic!("no {measure}"));
            assert_eq!(figure.value, expected, "{measure} from {from} to {to}: {:?}", figure.requests);
        }
    };
    // Before the bot ever wrote anything, and of any days.
    let spans = [
        (day(2024, 1, 1), day(2024, 12, 31)),
        (day(2025, 1, 1), day(2025, 12, 31)),
        (day(2024, 11, 15), day(2025, 2, 3)),
        (day(2023, 1, 1), day(2023, 12, 31)),
    ];
    let before: Vec<Figures> =
        spans.iter().map(|(from, to)| report(&["--from", &from.to_string(), "--to", &to.to_string()])).collect();
    for ((from, to), figures) in spans.iter().zip(&before) {
        check(figures, *from, *to);
    }
    let unrecognised: BTreeSet<&str> = before[0].unrecognised.iter().map(|one| one.value.as_str()).collect();
    assert_eq!(unrecognised, BTreeSet::from(["Examplia"]));

    // The bot carries out what people decided, and archives; the figures of a time that is over stay the same.
    for _ in 0..6 {
        stage.settle().await;
    }
    for ((from, to), figures) in spans.iter().zip(&before) {
        assert_eq!(&report(&["--from", &from.to_string(), "--to", &to.to_string()]), figures);
    }
    // As of a day past: what came later is not known.
    let then = report(&["--at", "2025-03-01T00:00:00Z", "--to", "2025-02-28"]);
    check(&then, then.from, day(2025, 2, 28));
    assert_eq!((then.from, then.requests.len()), (day(2024, 1, 10), 25));

    // The page of a year says the same, drawn from the tables of the bot.
    let year = format!("{}/2025", stage.desk.pages.figures);
    let calls = helpdesk::wikitext::calls(&stage.text(&year).await);
    let on_page = |measure: Measure| {
        let call = calls.iter().find(|c| c.name == "Helpdesk figure" && c.value("figure") == measure.id());
        unescape(call.unwrap_or_else(|| panic!("no {measure} on {year}")).value("value"))
    };
    for (measure, expected) in by_hand(&lives, day(2025, 1, 1), day(2025, 12, 31)) {
        if ![Measure::Reply, Measure::Decision, Measure::End].contains(&measure) {
            assert_eq!(on_page(measure), expected.unwrap_or_default().to_string(), "{measure}");
        }
    }
    let html = stage.html(&year).await;
    for said in ["Requests filed", "Time to the decision", "Sweden", "Africa", "Not recognised", "2025-Q3"] {
        assert!(html.contains(said), "{said} in {html}");
    }
    assert!(!html.contains("{{") && !html.contains("scribunto-error"), "{html}");
    let arabic = stage.html_in("ar", &year).await;
    assert!(arabic.contains("السويد") || arabic.contains("السّويد"), "{arabic}");
    let all = stage.text(&stage.desk.pages.figures).await;
    let last_year = Utc::now().date_naive().pred_opt().expect("a day").year();
    assert!(all.contains("|other=2023|") && all.contains(&format!("={last_year}}}}}")), "{all}");

    // For people and other programs.
    let text = shell.well(&["report", "--to", "2025-12-31"]);
    assert!(text.contains("Requests filed: 44\n    requests that were filed in this time"), "{text}");
    let csv = shell.well(&["report", "--format", "csv"]);
    assert!(
        csv.starts_with("measure,key,value,unit,from,to,requests,names\r\nrequests,,50,count,2023-12-11,"),
        "{csv}"
    );
    let tab: serde_json::Value = serde_json::from_str(&shell.well(&["report", "--format", "tab"])).expect("JSON");
    assert_eq!(tab["schema"]["fields"].as_array().map(Vec::len), tab["data"][0].as_array().map(Vec::len));
    let wrong = shell.fails(&["report", "--from", "2026-02-01", "--to", "2026-01-01"], 1);
    assert!(wrong.contains("after the last"), "{wrong}");
}
