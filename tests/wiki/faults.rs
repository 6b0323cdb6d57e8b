//! Everything around the bot breaks; the pages end up as they would have without, with not one edit more.

use helpdesk::pass;
use helpdesk::sandbox::Person;
use helpdesk::wiki::{Client, Connection, Error, Policy};

use crate::proxy::{Fate, Proxy};
use crate::stage::{MEMBERS, Stage};

/// A well-formed answer to something else.
pub const MINE: &str = "{\"batchcomplete\":true,\"curtimestamp\":\"2026-05-05T12:00:00Z\",\"query\":{\"surprise\":[]}}";
/// An answer that was cut short, and looks as if there were nothing.
pub const SHORT: &str = "{\"curtimestamp\":\"2026-05-05T12:00:00Z\"}";

/// A desk whose bot goes through a proxy, with a short time limit.
pub async fn behind(name: &str) -> (Stage, Proxy) {
    through_proxy(Stage::new(name).await).await
}

/// The same stage, with its bot's way to the wiki through a proxy.
pub async fn through_proxy(mut stage: Stage) -> (Stage, Proxy) {
    stage.desk.safety.request_timeout = std::time::Duration::from_secs(2);
    let proxy = Proxy::before(&stage.url).await;
    stage.client = connect(&stage, &proxy).await;
    (stage, proxy)
}

async fn connect(stage: &Stage, proxy: &Proxy) -> Client {
    let connection = Connection::with_password(&proxy.url, &stage.login.name, &stage.login.password);
    Client::connect(&connection, stage.desk.safety.request_timeout, "through a proxy").await.expect("a connection")
}

/// How many revisions the desk's pages have together.
pub async fn revisions(person: &Person, pages: &[String]) -> usize {
    let mut count = 0;
    for page in pages {
        let params = [
            ("action", "query"),
            ("prop", "revisions"),
            ("titles", page.as_str()),
            ("rvlimit", "max"),
            ("rvprop", "ids"),
        ];
        let answer = person.get(&params).await.expect("an answer");
        count += answer["query"]["pages"][0]["revisions"].as_array().map_or(0, Vec::len);
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_server_gets_to_see_a_password_or_a_session() {
    let (stage, proxy) = behind("sent on").await;
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    let there = format!("http://{}", other.local_addr().unwrap());
    let location: &str = Box::leak(format!("location: {there}/w/api.php\r\n").into_boxed_str());
    let here = proxy.url.split("/w/").next().unwrap().trim_end_matches('/').to_owned();
    let connection = Connection::with_password(&proxy.url, &stage.login.name, &stage.login.password);
    let named =
        |error: Error| assert!(format!("{error}").contains(&format!("{here} sends the bot on to {there}")), "{error}");
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        for kind in ["login", "query"] {
            proxy.fate(move |r| if r.kind() == kind { Fate::Instead(status, location, "") } else { Fate::Well });
            named(Client::connect(&connection, stage.desk.safety.request_timeout, "sent on").await.expect_err(kind));
        }
        proxy.fate(move |r| if r.kind() == "html" { Fate::Instead(status, location, "") } else { Fate::Well });
        named(stage.client.html(&stage.desk.pages.committee, 1, None).await.expect_err("another server"));
    }
    assert_eq!(other.accept().expect_err("nobody came").kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_an_end_is_left() {
    let (stage, proxy) = behind("no end").await;
    let again = "{\"batchcomplete\":true,\"continue\":{\"gapcontinue\":\"X\",\"continue\":\"-||\"},\"curtimestamp\":\"2026-05-05T12:00:00Z\",\"query\":{\"pages\":[]}}";
    proxy.fate(move |r| if r.text.contains("allpages") { Fate::Instead("200 OK", "", again) } else { Fate::Well });
    let before = proxy.requests();
    let error = stage.client.listing("Test no end/").await.expect_err("no end");
    assert!(error.to_string().contains("a list that goes on from the same place"), "{error}");
    assert_eq!(proxy.requests() - before, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_alone_costs_no_edit_and_loses_none() {
    let (stage, proxy) = behind("faults").await;
    stage.file("Maps", "").await;
    stage.settle().await;
    let pages = [stage.page("Maps"), stage.desk.pages.status.clone(), stage.desk.pages.problems.clone()];
    let busy = "{\"errors\":[{\"code\":\"readonly\",\"text\":\"Back soon\"}]}";
    let limited = "{\"errors\":[{\"code\":\"ratelimited\",\"text\":\"Slower\"}]}";
    let database = "{\"errors\":[{\"code\":\"internal_api_error_DBQueryError\",\"text\":\"lock wait\"}]}";
    let maxlag = "{\"errors\":[{\"code\":\"maxlag\",\"text\":\"Waiting for a server: 7 seconds lagged\"}]}";
    let everywhere = [
        Fate::Refused,
        Fate::Half,
        Fate::Silence,
        Fate::AnswerLost,
        Fate::Instead("503 Service Unavailable", "", "<html>Our servers are down</html>"),
        Fate::Instead("502 Bad Gateway", "Retry-After: 1\r\n", ""),
        Fate::Instead("429 Too Many Requests", "", "slow down"),
        Fate::Instead("429 Too Many Requests", "Retry-After: 1\r\n", ""),
        Fate::Instead("200 OK", "Content-Type: text/html\r\n", "<html><body>Welcome to the hotel</body></html>"),
        Fate::Instead("200 OK", "", ""),
        Fate::Instead("200 OK", "", "{}"),
        Fate::Instead("200 OK", "", "[]"),
        Fate::Instead("200 OK", "", "null"),
        Fate::Instead("200 OK", "", MINE),
        Fate::Instead("200 OK", "", SHORT),
        Fate::Instead("200 OK", "", busy),
        Fate::Instead("200 OK", "", limited),
        Fate::Instead("200 OK", "", database),
        Fate::Instead("200 OK", "Retry-After: 1\r\n", maxlag),
        Fate::LoggedOut,
    ];
    let mut people = Vec::new();
    for name in &MEMBERS[1..] {
        people.push(stage.person(name).await);
    }
    let mut faults: Vec<(&str, Fate)> = Vec::new();
    for (i, fate) in everywhere.into_iter().enumerate() {
        faults.push(("edit", fate.clone()));
        if i % 2 == 0 {
            faults.push((["query", "html"][i / 2 % 2], fate));
        }
    }
    faults.push(("edit", Fate::BadToken));
    for (round, (kind, fate)) in faults.into_iter().enumerate() {
        let member = &people[round % 4];
        let before = revisions(member, &pages).await;
        let choice = ["support", "oppose"][(round / 4) % 2];
        let vote = format!("\n* {{{{{choice}}}}} round {round} ~~~~");
        member.append(&pages[0], &vote, "a vote").await.expect("a vote");
        proxy.first(kind, fate.clone());
        let outcome = pass::once(&stage.client, &stage.desk, None).await;
        let outcome = outcome.unwrap_or_else(|e| panic!("{kind} {fate:?}: {e}"));
        assert!(outcome.unread.is_empty() && outcome.held_back.is_none(), "{kind} {fate:?}");
        // The vote, the ledger, the table.
        assert_eq!(revisions(member, &pages).await - before, 3, "{kind} {fate:?}");
    }
    proxy.well();
    assert!(stage.plan().await.changes.is_empty(), "something was left undone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_broken_has_a_policy_and_a_clear_line() {
    let (stage, proxy) = behind("broken").await;
    stage.file("Maps", "").await;
    let blocked = "{\"errors\":[{\"code\":\"blocked\",\"text\":\"You are blocked\"}]}";
    for (fate, policy, said) in [
        (Fate::Refused, Policy::Later(std::time::Duration::ZERO), "cannot reach the wiki"),
        (Fate::Instead("500 Oops", "", ""), Policy::Later(std::time::Duration::ZERO), "server fails (500)"),
        (Fate::Instead("403 No", "", ""), Policy::Later(std::time::Duration::ZERO), "refuses the request (403)"),
        (
            Fate::Instead("429 Slow", "Retry-After: 900\r\n", ""),
            Policy::Later(std::time::Duration::from_secs(900)),
            "asks to wait",
        ),
        (Fate::Instead("200 OK", "", "{}"), Policy::Later(std::time::Duration::ZERO), "not of the expected shape"),
        (Fate::Instead("200 OK", "", SHORT), Policy::Later(std::time::Duration::ZERO), "(not complete)"),
        (Fate::Instead("200 OK", "", blocked), Policy::UntilLifted, "may not write"),
    ] {
        let instead = fate.clone();
        proxy.fate(move |_| instead.clone());
        let error = pass::once(&stage.client, &stage.desk, None).await.expect_err("nothing works");
        assert_eq!(error.policy(), policy, "{fate:?}: {error}");
        assert!(error.to_string().contains(said), "{fate:?}: {error}");
    }
    proxy.well();
    stage.settle().await;
    assert_eq!(stage.status("Maps").await, "review");

    // An edit is never made by anybody but the bot: without its cookies it is refused, and the login is not tried
    // without end.
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    proxy.fate(|request| if request.kind() == "edit" { Fate::LoggedOut } else { Fate::Well });
    let error = pass::once(&stage.client, &stage.desk, None).await.expect_err("no session");
    assert!(matches!(error, Error::Session(_)), "{error}");
    proxy.well();
    assert_eq!(stage.settle().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_html_fails_is_left_as_it_is_and_the_others_go_on() {
    let (stage, proxy) = behind("lone").await;
    for name in ["One", "Two"] {
        stage.file(name, "").await;
    }
    stage.settle().await;
    let last = stage.add(MEMBERS[1], "One", "* {{support}} ~~~~").await;
    stage.add(MEMBERS[1], "Two", "* {{support}} ~~~~").await;
    let of_one = format!("/revision/{last}/");
    proxy.fate(move |r| if r.text.contains(&of_one) { Fate::Instead("500 Oops", "", "") } else { Fate::Well });
    let outcome = stage.once().await;
    assert!(outcome.unread.is_empty(), "{:?}", outcome.unread);
    assert_eq!(stage.problems_of(&stage.page("One")).await, ["unread"]);
    let votes = |rows: Vec<helpdesk::records::tables::Row>| rows.iter().map(|r| r.tally.support).collect::<Vec<_>>();
    assert_eq!(votes(stage.rows().await), [0, 1], "the row of the page that could not be read stays");
    proxy.well();
    stage.add(crate::stage::PASSER, "One", "Well.").await;
    stage.settle().await;
    assert_eq!(votes(stage.rows().await), [1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_at_random_in_a_row_change_nothing_in_the_end() {
    let (stage, proxy) = behind("random faults").await;
    stage.file("Maps", "").await;
    stage.settle().await;
    let pages = [stage.page("Maps"), stage.desk.pages.status.clone(), stage.desk.pages.problems.clone()];
    let member = stage.person(MEMBERS[1]).await;
    for seed in 0..4 {
        let before = revisions(&member, &pages).await;
        let choice = ["support", "oppose"][seed % 2];
        let vote = format!("\n* {{{{{choice}}}}} seed {seed} ~~~~");
        member.append(&pages[0], &vote, "a vote").await.expect("a vote");
        let mut random = fastrand::Rng::with_seed(seed as u64);
        proxy.fate(move |_| match random.u8(..10) {
            0 => Fate::Refused,
            1 => Fate::AnswerLost,
            2 => Fate::Half,
            3 => Fate::Instead("503 Down", "", ""),
            4 => Fate::Instead("200 OK", "", MINE),
            _ => Fate::Well,
        });
        let mut tries = 0;
        let outcome = loop {
            match pass::once(&stage.client, &stage.desk, None).await {
                Ok(outcome) => break outcome,
                Err(error) => {
                    tries += 1;
                    let later = matches!(error.policy(), Policy::Later(_) | Policy::Soon);
                    assert!(later && tries < 50, "seed {seed}: {error}");
                }
            }
        };
        proxy.well();
        stage.settle().await;
        assert!(outcome.unread.is_empty(), "seed {seed}: {:?}", outcome.unread);
        assert_eq!(revisions(&member, &pages).await - before, 3, "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_lost_at_login_is_begun_anew() {
    let stage = Stage::new("lost login").await;
    let proxy = Proxy::before(&stage.url).await;
    // The second request of a login is its `action=login`, the third asks who the bot is.
    for number in 1..=2 {
        let first = proxy.requests();
        let mut left = 1;
        proxy.fate(move |request| {
            if request.number >= first + number && left > 0 {
                left -= 1;
                return Fate::LoggedOut;
            }
            Fate::Well
        });
        let client = connect(&stage, &proxy).await;
        assert_eq!(client.me.id, stage.client.me.id);
        assert!(proxy.requests() - first >= 5, "{:?}", proxy.kinds_since(first));
    }
    // A password that is wrong is not tried again and again.
    let first = proxy.requests();
    let wrong = Connection::with_password(&proxy.url, &stage.login.name, "not the password at all");
    let error = Client::connect(&wrong, stage.desk.safety.request_timeout, "wrong").await.expect_err("a login");
    assert!(matches!(error, Error::Fatal(_)) && proxy.requests() - first == 2, "{error}");
}
