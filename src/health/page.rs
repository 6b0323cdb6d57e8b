//! The page for people at `/`.

use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

use super::state::{DeskReport, Health, Link, Pages, State, Vitals, lock};

/// Colours have a contrast of 4.5 to 1 and more, on light and on dark.
const STYLE: &str = "
:root{color-scheme:light dark;--back:#f3f4f6;--card:#fff;--ink:#1c1e21;--soft:#55595f;--line:#dcdfe4;--link:#2450a6;--good:#14693a;--wait:#7a4b00;--bad:#a8201a}
@media(prefers-color-scheme:dark){:root{--back:#131518;--card:#1e2125;--ink:#e9ebee;--soft:#a7adb5;--line:#353a41;--link:#94b8ff;--good:#6fd39a;--wait:#f0bd62;--bad:#ff9a92}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1rem;background:var(--back);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
a{color:var(--link)}
h1{margin:.25rem 0 1rem;font-size:1.25rem}
h2{margin:0;font-size:1.25rem}
h3{margin:1.5rem 0 .5rem;font-size:1rem}
small,footer,time,dt{color:var(--soft);font-size:.875rem;font-weight:400}
section{margin-bottom:1rem;padding:1rem 1.25rem 1.25rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
header{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:center;justify-content:space-between}
header strong{padding:.1rem .75rem;border:1px solid;border-radius:1rem;font-size:.875rem}
.good{color:var(--good)}.wait{color:var(--wait)}.bad{color:var(--bad)}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-top:.5rem}
.why{margin-top:1rem;padding:.5rem 1rem;border-inline-start:.25rem solid}
.why p{margin:.25rem 0;color:var(--ink)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem 1.25rem;margin:1rem 0 0}
dd{margin:0}
ul{margin:0;padding:0;list-style:none}
li{padding:.4rem 0;border-top:1px solid var(--line)}
.statuses{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));column-gap:1.5rem}
.statuses li{display:flex;gap:1rem;justify-content:space-between}
.none{color:var(--soft);font-weight:400}
.changes span{display:block}
";

/// The page as HTML.
pub(super) fn page(health: &Health) -> String {
    let mut body = String::new();
    for (number, (desk, report)) in (1..).zip(health.desks.iter().zip(health.reports())) {
        section(&mut body, (number, &lock(desk)), &report);
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Helpdesk bot</title><style>{STYLE}</style>\n<h1>Helpdesk bot <small>{}</small></h1>\n{body}\
         <footer>As of {}. For programs: <a href=\"healthz\">healthz</a>, <a href=\"metrics\">metrics</a>. What each \
         message means and what to do stands in the bot’s <code>config/hosting/README.md</code>.</footer></html>\n",
        env!("CARGO_PKG_VERSION"),
        time(Utc::now()),
    )
}

/// One desk. Writing to a String does not fail.
fn section(body: &mut String, (number, vitals): (usize, &Vitals), report: &DeskReport) {
    let (class, state, to_do) = state(report);
    let _ = writeln!(
        body,
        "<section><header><h2>{}</h2><strong class=\"{class}\">{state}</strong></header>",
        escape(&report.desk)
    );
    if let Some(Pages { landing, status, problems, stop, .. }) = &vitals.pages {
        body.push_str("<nav>");
        for (words, address) in [("Desk", landing), ("Requests", status), ("Problems", problems), ("Stop page", stop)] {
            body.push_str(&link(words, address));
        }
        for (words, file) in [("Feed", "feed.atom"), ("Calendar of what is due", "due.ics")] {
            body.push_str(&link(words, &format!("desk/{number}/{file}")));
        }
        body.push_str("</nav>\n");
    }
    // What a desk that runs has left is listed below.
    if report.state != State::Running || !report.alive {
        let why = report.why.as_deref().map(sentence).unwrap_or_default();
        let _ = writeln!(body, "<div class=\"why {class}\"><p>{}</p><p>{to_do}</p></div>", escape(&why));
    }
    facts(body, vitals, report);
    if !vitals.held.is_empty() {
        body.push_str("<h3>Left as they are</h3><ul>");
        vitals.held.iter().for_each(|why| _ = write!(body, "<li>{}</li>", escape(&sentence(why))));
        body.push_str("</ul>\n");
    }
    if !vitals.unread.is_empty() {
        body.push_str("<h3>Left to the next pass</h3><small>If one stays, look at that page.</small><ul>");
        for (page, why) in &vitals.unread {
            let _ = write!(body, "<li>{}: {}</li>", a(page), escape(why));
        }
        body.push_str("</ul>\n");
    }
    statuses(body, vitals);
    if !vitals.last.is_empty() {
        body.push_str("<h3>Last changes</h3><ul class=\"changes\">");
        for done in &vitals.last {
            let _ =
                writeln!(body, "<li>{} {}<span>{}</span></li>", time(done.at), a(&done.page), escape(&done.summary));
        }
        body.push_str("</ul>");
    }
    body.push_str("</section>\n");
}

/// How a desk is: its colour, in words, and what to do.
fn state(report: &DeskReport) -> (&'static str, &'static str, &'static str) {
    match report.state {
        State::Stopped => (
            "bad",
            "stopped",
            "An operator has to act. It is tried again every hour, and when the bot is started again.",
        ),
        _ if !report.alive => {
            ("bad", "hangs", "Nothing has been finished for a quarter of an hour: start the bot again, and report it.")
        }
        State::Starting => ("wait", "starting", "The first pass reads the whole desk; it may take some minutes."),
        State::Running => ("good", "running", ""),
        State::Held => (
            "wait",
            "held back",
            "It reads, but writes nothing. Once the wiki is in order it goes on by itself; after a change of the configuration, start it again.",
        ),
        State::Failing => {
            ("bad", "failing", "It is tried again by itself. There is nothing to do, unless this stays for hours.")
        }
    }
}

/// What came of the last pass.
fn facts(body: &mut String, vitals: &Vitals, report: &DeskReport) {
    let (Some(at), Some(ago)) = (report.last_good_pass, report.seconds_ago) else { return };
    let (requests, took) = vitals.cost;
    let problems = match (&vitals.pages, vitals.problems) {
        (Some(pages), n @ 1..) => link(&format!("{n} to look at"), &pages.problems),
        _ => "none".to_owned(),
    };
    let seconds = took.as_secs_f32();
    let _ = write!(
        body,
        "<dl><div><dt>Last good pass<dd>{} ago<br>{}</div><div><dt>It took<dd>{seconds:.1} s<br>\
         <small>{requests} requests to the wiki</small></div><div><dt>Problems for people<dd>{problems}</div>",
        humantime::format_duration(Duration::from_secs(ago)),
        time(at),
    );
    if vitals.backlog > 0 {
        let _ = write!(body, "<div><dt>Left to later passes<dd>{} requests</div>", vitals.backlog);
    }
    body.push_str("</dl>\n");
}

/// How many requests are in each status, in the order of the configuration, and in those that it no longer has.
fn statuses(body: &mut String, vitals: &Vitals) {
    let (Some(pages), false) = (&vitals.pages, vitals.statuses.is_empty()) else { return };
    let configured = vitals.desk.statuses.iter().zip(&pages.categories);
    let configured = configured.map(|(status, category)| (&status.id, &status.label, category));
    let is_other = |id: &String| vitals.desk.statuses.iter().all(|status| status.id != *id);
    let others = vitals.statuses.keys().filter(|id| is_other(id)).map(|id| (id, id, &pages.status));
    body.push_str("<h3>Requests by status</h3><ul class=\"statuses\">");
    for (id, label, address) in configured.chain(others) {
        let n = vitals.statuses.get(id).copied().unwrap_or(0);
        let class = if n == 0 { "none" } else { "" };
        let _ = write!(body, "<li>{}<b class=\"{class}\">{n}</b></li>", link(label, address));
    }
    body.push_str("</ul>\n");
}

fn a(page: &Link) -> String {
    link(&page.words, &page.address)
}

fn link(words: &str, address: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escape(address), escape(words))
}

fn time(at: DateTime<Utc>) -> String {
    let exact = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    format!("<time datetime=\"{exact}\">{}</time>", at.format("%Y-%m-%d %H:%M:%S UTC"))
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    first.chain(letters).chain(end.chars()).collect()
}

fn escape(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            '\'' => "&#39;".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
