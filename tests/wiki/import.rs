//! Imported pages are like pages that people saved.

use chrono::{DateTime, TimeDelta, Utc};
use helpdesk::sandbox::{ImportedPage, Options, Person, Sandbox, Wiki};
use serde_json::{Value, json};

use crate::stage::PASSWORD;

const AUTHORS: [&str; 2] = ["Rene Requester", "Stina Staff"];
const PAGES: usize = 300;

/// A wiki of its own, as nothing can be imported into one that is elsewhere.
async fn wiki() -> Wiki {
    let wiki = Sandbox::ready().await.unwrap();
    let wiki = wiki.wiki(&format!("import-{}", std::process::id()), Options::default()).await.unwrap();
    for author in AUTHORS {
        wiki.account(author, PASSWORD, &[]).await.unwrap();
    }
    wiki
}

fn title(page: usize) -> String {
    format!("Desk/Requests/Request {page:05}")
}

fn text(page: usize, revision: usize) -> String {
    format!("{{{{Helpdesk request|title=Nº {page}}}}} revision {revision}, ~~~~ as it is\n")
}

/// Nobody comes back to a page before all others are filed.
fn at(page: usize, revision: usize) -> DateTime<Utc> {
    let first: DateTime<Utc> = "2022-03-04T05:06:07Z".parse().unwrap();
    first + TimeDelta::hours((page + PAGES * revision) as i64)
}

fn page(number: usize) -> ImportedPage {
    let page = ImportedPage::new(&title(number));
    AUTHORS.iter().enumerate().fold(page, |page, (r, who)| page.revision(who, at(number, r), &text(number, r)))
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_pages_are_to_the_api_like_saved_ones() {
    if Wiki::from_env().await.unwrap().is_some() {
        return;
    }
    let wiki = wiki().await;
    let mut pages: Vec<_> = (0..PAGES).map(page).collect();
    let redirect = "#REDIRECT [[Desk/Requests/Request 00007]]";
    pages.push(ImportedPage::new("Desk/Requests/Z old name").revision(AUTHORS[0], at(7, 2), redirect));
    let ids = wiki.import(&pages).await.unwrap();
    assert_eq!(ids.len(), PAGES + 1);
    let person = Person::login(wiki.url(), AUTHORS[0], PASSWORD).await.unwrap();

    let params = [("action", "query"), ("generator", "allpages"), ("gapprefix", "Desk/"), ("gaplimit", "max")];
    let listed = person.get([&params[..], &[("prop", "info")]].concat()).await.unwrap();
    let mut listed = listed["query"]["pages"].as_array().unwrap().clone();
    listed.sort_by_key(|page| page["title"].as_str().unwrap().to_owned());
    assert_eq!(listed.len(), PAGES + 1);
    for (page, (id, newest)) in listed.iter().zip(&ids) {
        assert_eq!((&page["pageid"], &page["lastrevid"]), (&json!(id), &json!(newest)));
    }
    let (old_name, others) = listed.split_last().unwrap();
    assert!(others.iter().all(|page| page.get("redirect").is_none() && page.get("new").is_none()), "{others:?}");
    assert_eq!((&old_name["redirect"], &old_name["new"]), (&json!(true), &json!(true)));
    assert_eq!(others[8]["length"], text(8, 1).len());
    let params = [("action", "query"), ("titles", "Desk/Requests/Z old name"), ("redirects", "1")];
    assert_eq!(person.get(params).await.unwrap()["query"]["pages"][0]["pageid"], ids[7].0);

    let account = [("action", "query"), ("list", "users"), ("ususers", &AUTHORS.join("|"))];
    let accounts = person.get(account).await.unwrap();
    let user_id = |author: usize| &accounts["query"]["users"][author]["userid"];
    let mut by_time = Vec::new();
    for number in [0, 199, 200, PAGES - 1] {
        let revisions = revisions(&person, &title(number)).await;
        assert_eq!(revisions.len(), 2, "{revisions:?}");
        for (r, revision) in revisions.iter().enumerate() {
            assert_eq!((&revision["user"], &revision["userid"]), (&json!(AUTHORS[r]), user_id(r)));
            assert_eq!(revision["timestamp"], at(number, r).format("%Y-%m-%dT%H:%M:%SZ").to_string());
            assert_eq!(revision["slots"]["main"]["content"], text(number, r));
            assert_eq!(revision["size"], text(number, r).len());
        }
        assert_eq!(revisions[0]["parentid"], 0);
        assert_eq!(revisions[1]["parentid"], revisions[0]["revid"]);
        assert_eq!(revisions[1]["revid"], ids[number].1);
        let numbered = |revision: &Value| (revision["timestamp"].to_string(), revision["revid"].as_u64().unwrap());
        by_time.extend(revisions.iter().map(numbered));
    }
    by_time.sort();
    assert!(by_time.is_sorted_by_key(|(_, id)| *id), "a later page's earlier revision: {by_time:?}");

    let html = reqwest::get(format!("{}rest.php/v1/revision/{}/html", wiki.url(), ids[3].1)).await.unwrap();
    let html = html.error_for_status().unwrap().text().await.unwrap();
    assert!(html.contains("revision 1, ~~~~ as it is"), "{html}");

    // A person goes on with such a page, and another import after the person.
    let edit = person.append(&title(5), "\nAn answer. [[Category:Answered]]", "an answer").await.unwrap();
    let members = [("action", "query"), ("list", "categorymembers"), ("cmtitle", "Category:Answered")];
    assert_eq!(person.get(members).await.unwrap()["query"]["categorymembers"][0]["pageid"], ids[5].0);
    let later = ImportedPage::new(&title(5)).revision(AUTHORS[1], Utc::now(), "#REDIRECT [[Elsewhere]]");
    let [(id, newest)] = wiki.import(&[later]).await.unwrap()[..] else { panic!("one page") };
    let revisions = revisions(&person, &title(5)).await;
    let revision_ids: Vec<_> = revisions.iter().map(|r| (&r["revid"], &r["parentid"])).collect();
    assert_eq!((id, revision_ids.len()), (ids[5].0, 4));
    assert_eq!(revision_ids[2..], [(&json!(edit), &json!(ids[5].1)), (&json!(newest), &json!(edit))]);
    let params = [("action", "query"), ("titles", &title(5)), ("redirects", "1")];
    assert_eq!(person.get(params).await.unwrap()["query"]["redirects"][0]["to"], "Elsewhere");

    for (bad, said) in [
        (ImportedPage::new("A|B").revision(AUTHORS[0], Utc::now(), "x"), "'A|B' cannot be the title"),
        (ImportedPage::new("Empty"), "'Empty' has no revisions"),
        (ImportedPage::new("Ghost").revision("Nobody Here", Utc::now(), "x"), "no account 'Nobody Here'"),
        (page(0).revision(AUTHORS[0], at(0, 0), "x"), "not in the order of their times"),
    ] {
        let error = format!("{:#}", wiki.import(&[bad]).await.unwrap_err());
        assert!(error.contains(said), "{error}");
    }
    assert_eq!(person.text_if_there("Ghost").await.unwrap(), None, "a failed import leaves nothing");
    let admin = wiki.admin();
    let elsewhere = Wiki::external(wiki.url(), &admin.name, &admin.password).await.unwrap();
    assert!(elsewhere.import(&[page(0)]).await.unwrap_err().to_string().contains("elsewhere"));
}

/// The revisions of a page, oldest first.
async fn revisions(person: &Person, title: &str) -> Vec<Value> {
    let params = [
        ("action", "query"),
        ("prop", "revisions"),
        ("titles", title),
        ("rvprop", "ids|timestamp|user|userid|content|size"),
        ("rvslots", "main"),
        ("rvlimit", "max"),
        ("rvdir", "newer"),
    ];
    let answer = person.get(params).await.unwrap();
    answer["query"]["pages"][0]["revisions"].as_array().unwrap().clone()
}
