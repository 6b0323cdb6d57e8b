use super::*;
use crate::health::state::Done;
use crate::wikitext::encoding::{decode_percent, encode_title};

const TITLE: &str = "100% sure? & more/æ \"q\"";

fn health() -> Health {
    let text = "[desk]\nname = \"A <desk>\"\nroot = \"A desk\"\n[[status]]\nid = \"z\"\nlabel = \"New & open\"\n[[status]]\nid = \"a\"\nlabel = \"Looked at\"\nclosed = true\n[[rule]]\nname = \"r\"\nfrom = [\"z\"]\nto = \"a\"\nwhen = { complete = true }\n";
    let desk = crate::config::parse(text, "a test").unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    Health::new([&desk])
}

fn address(title: &str) -> String {
    format!("https://wiki.example/wiki/{}", encode_title(title))
}

#[test]
fn nothing_acts_as_markup() {
    assert_eq!(escape("<b>\"'&"), "&lt;b&gt;&quot;&#39;&amp;");
    let page = page(&health());
    assert!(page.contains("A &lt;desk&gt;") && !page.contains("<desk>"), "{page}");
}

#[test]
fn it_shows_statuses_in_their_order_and_links_that_lead_to_their_pages() {
    let health = health();
    {
        let mut vitals = lock(&health.desks[0]);
        vitals.pages = Some(Pages {
            landing: address("A desk"),
            status: address("A desk/Status"),
            problems: address("A desk/Problems"),
            stop: address("User:B/Stop"),
            categories: vec![address("Category:New"), address("Category:Looked at")],
        });
        vitals.statuses = [("a", 2), ("z", 0), ("former", 1)].map(|(id, n)| (id.to_owned(), n)).into();
        vitals.state = State::Held;
        vitals.why = Some("something holds it".to_owned());
        let page = Link { words: TITLE.to_owned(), address: address(TITLE) };
        vitals.held.push("<Status> would lose 3 of 5 requests".to_owned());
        vitals.unread.push((page.clone(), "no <answer>".to_owned()));
        vitals.last.push_front(Done { at: DateTime::UNIX_EPOCH, page, summary: "a & b".to_owned() });
    }
    let page = page(&health);
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("no {words} in {page}"));
    assert!(at(">New &amp; open</a><b class=\"none\">0<") < at(">Looked at</a><b class=\"\">2<"));
    assert!(at(">Looked at<") < at(">former</a>"));
    at("<p>Something holds it.</p><p>It reads, but writes nothing");
    at("<time datetime=\"1970-01-01T00:00:00Z\">1970-01-01 00:00:00 UTC</time>");
    at(": no &lt;answer&gt;</li>");
    at("&lt;Status&gt; would lose 3 of 5 requests");
    let words = format!("\">{}</a>", escape(TITLE));
    let links: Vec<&str> =
        page.match_indices(&words).filter_map(|(end, _)| page[..end].rsplit("href=\"").next()).collect();
    assert_eq!(links.len(), 2, "{page}");
    for link in links {
        // As a browser reads it: no character that ends the attribute, the path or begins a query.
        let url = reqwest::Url::parse(link).expect("an address");
        assert_eq!((url.query(), url.fragment()), (None, None), "{link}");
        assert_eq!(decode_percent(url.path()), format!("/wiki/{}", TITLE.replace(' ', "_")));
    }
    for foreign in ["<script", "src=", "url(", "@import", "<link"] {
        assert!(!page.contains(foreign), "{foreign} in {page}");
    }
}
