//! The page for people at `/`.

use std::fmt::Write as _;

use super::state::{Health, State, lock};

/// The page as HTML.
pub(super) fn page(health: &Health) -> String {
    let mut body = String::new();
    for (desk, report) in health.desks.iter().zip(health.reports()) {
        let vitals = lock(desk);
        let state = match report.state {
            State::Starting => "starting",
            State::Running => "running",
            State::Held => "held back: it reads, but writes nothing",
            State::Failing => "failing, and trying again",
            State::Stopped => "stopped: an operator has to act",
        };
        let _ = write!(body, "<section><h2>{}</h2><p><strong>{state}</strong>", escape(&report.desk));
        if let Some(why) = &report.why {
            let _ = write!(body, "<br>{}", escape(why));
        }
        match (&report.last_good_pass, report.seconds_ago) {
            (Some(at), Some(ago)) => {
                let _ = write!(body, "</p><p>Last good pass: {} ({ago} s ago)", at.format("%Y-%m-%d %H:%M:%S UTC"));
            }
            _ => body.push_str("</p><p>No pass has been finished yet."),
        }
        let _ = write!(body, "<br>Problems on the wiki: {}</p><table><tr><th>Status<th>Requests</tr>", vitals.problems);
        for (status, n) in &vitals.requests {
            let _ = write!(body, "<tr><td>{}<td>{n}</tr>", escape(status));
        }
        body.push_str("</table><h3>Last changes</h3><ul>");
        for done in &vitals.last {
            let _ = write!(
                body,
                "<li><time>{}</time> <a href=\"{}\">{}</a>: {}</li>",
                done.at.format("%Y-%m-%d %H:%M:%S"),
                escape(&done.address),
                escape(&done.page),
                escape(&done.summary)
            );
        }
        body.push_str("</ul></section>");
    }
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Helpdesk bot</title><style>body{{font-family:sans-serif;max-width:60em;margin:auto;padding:1em}}\
         td,th{{text-align:start;padding-inline-end:1em}}</style><h1>Helpdesk bot {}</h1>{body}\
         <p><a href=\"healthz\">healthz</a> · <a href=\"metrics\">metrics</a></p></html>\n",
        env!("CARGO_PKG_VERSION")
    )
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
mod tests {
    #[test]
    fn nothing_acts_as_markup() {
        assert_eq!(super::escape("<b>\"'&"), "&lt;b&gt;&quot;&#39;&amp;");
    }
}
