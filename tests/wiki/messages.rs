//! Messages on real talk pages, with Echo: who hears what, how often, and who is left alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use helpdesk::pass;
use helpdesk::plan::Owns;
use helpdesk::sandbox::ImportedPage;
use helpdesk::wiki::{Client, Connection};
use tokio::sync::Notify;

use crate::faults::{revisions, through_proxy};
use crate::proxy::Fate;
use crate::stage::{ADMIN, MEMBERS, PASSER, PASSWORD, STAFF, Stage, complete, in_days};

/// Owners are written to, nobody else.
pub const OWNERS: &str = "[notices]\nreminders = \"never\"\n";

impl Stage {
    /// Files a request as somebody of whom no other test knows.
    pub async fn file_as(&self, who: &str, name: &str, text: &str) {
        self.newcomer(who).await;
        self.person(who).await.edit(&self.page(name), text, "new request").await.expect("a request");
    }

    /// What stands on somebody's talk page.
    pub async fn talk_of(&self, who: &str) -> String {
        let person = self.person(ADMIN).await;
        person.text_if_there(&format!("User talk:{who}")).await.expect("the wiki").unwrap_or_default()
    }

    /// How many notifications of an edit of their talk page a person has.
    pub async fn notified(&self, who: &str) -> usize {
        let params = [("action", "query"), ("meta", "notifications"), ("notprop", "list"), ("notlimit", "50")];
        let answer = self.person(who).await.get(params).await.expect("notifications");
        let list = answer["query"]["notifications"]["list"].as_array().expect("a list");
        list.iter().filter(|one| one["type"] == "edit-user-talk").count()
    }

    /// What a pass writes on talk pages.
    async fn sends(&self, days: i64) -> Vec<String> {
        let outcome = self.once_at(in_days(days)).await;
        assert_eq!(outcome.held_back, None);
        let messages = outcome.written.into_iter().filter(|change| change.owns == Owns::Message);
        let mut pages: Vec<String> = messages.map(|change| change.page).collect();
        pages.sort();
        pages
    }
}

/// The last message on a page, signed as it is.
fn last(text: &str) -> &str {
    text.trim_end_matches("\n").rsplit("(UTC)").nth(1).unwrap_or_default()
}

/// How often the bot signed a page.
fn signatures(text: &str) -> usize {
    text.matches("[[User talk:Test bot|talk]]").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_hears_each_thing_once_and_what_to_do() {
    let stage = Stage::with("owner hears", OWNERS).await;
    let owner = "Olga Owner";
    stage.file_as(owner, "Maps", &complete("Maps", "")).await;
    stage.settle().await;
    let talk = stage.talk_of(owner).await;
    assert!(talk.starts_with("== ") && talk.contains("Maps") && !talk.contains("{{"), "{talk}");
    assert_eq!((signatures(&talk), stage.notified(owner).await), (1, 1));
    assert_eq!(stage.settle().await, Vec::<String>::new(), "once");

    // Asked: quoted, with who asks and a link that answers.
    stage.add(MEMBERS[1], "Maps", "* {{more info}} Which ''licence''? ~~~~").await;
    stage.settle().await;
    let talk = stage.talk_of(owner).await;
    let asked = last(&talk);
    for said in ["Which licence?", MEMBERS[1], "action=edit", "section=new"] {
        assert!(asked.contains(said), "{said} in {asked}");
    }
    assert_eq!((talk.matches("\n== ").count() + 1, signatures(&talk), stage.notified(owner).await), (1, 2, 2));

    // Answered, decided, with the reason; then a helper comes.
    stage.add(owner, "Maps", ": CC BY 4.0. ~~~~").await;
    stage.add(STAFF, "Maps", "* {{Helpdesk decision|approved|reason=Old maps are wanted.}} ~~~~").await;
    stage.settle().await;
    let talk = stage.talk_of(owner).await;
    let decided = last(&talk);
    assert!(
        decided.contains("Approved") && decided.contains("Old maps are wanted.") && decided.contains(STAFF),
        "{decided}"
    );
    let helper = "Hanna Helper";
    stage.newcomer(helper).await;
    stage.add(helper, "Maps", "* {{Helpdesk claim}} ~~~~").await;
    // Three a week are enough.
    assert_eq!(stage.sends(0).await, Vec::<String>::new());
    assert_eq!(stage.status("Maps").await, "in-progress");
    assert_eq!(stage.sends(8).await, [format!("User talk:{owner}")]);
    assert!(stage.talk_of(owner).await.contains(helper));

    // Whatever becomes of the messages, none comes again.
    let person = stage.person(owner).await;
    person.edit(&format!("User talk:{owner}"), "My page.", "cleared").await.unwrap();
    assert_eq!(stage.sends(8).await, Vec::<String>::new());
    person.move_page(&format!("User talk:{owner}"), &format!("User talk:{owner}/Archive"), false).await.unwrap();
    assert_eq!(stage.sends(8).await, Vec::<String>::new());
    // Nor when an old version of the request comes back.
    let before = person.text(&stage.page("Maps")).await.unwrap();
    person.edit(&stage.page("Maps"), &complete("Maps", ""), "as it was").await.unwrap();
    stage.sends(8).await;
    person.edit(&stage.page("Maps"), &before, "no").await.unwrap();
    assert_eq!(stage.sends(8).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_told_with_the_first_message_and_again_when_it_is_something_else() {
    let stage = Stage::with("owner misses", OWNERS).await;
    let owner = "Oskar Owner";
    let half =
        complete("Half", "").replace("|description=What we want.", "|description=").replace("|type=data", "|type=");
    stage.file_as(owner, "Half", &half).await;
    stage.settle().await;
    let talk = stage.talk_of(owner).await;
    assert!(talk.contains("Description") && talk.contains("Type"), "{talk}");
    assert_eq!(signatures(&talk), 1, "one message for both");
    // Half of it mended: they know of the rest.
    stage.alter(owner, "Half", "|type=", "|type=data").await;
    assert_eq!(stage.sends(0).await, Vec::<String>::new());
    stage.alter(owner, "Half", "|description=", "|description=Words.").await;
    stage.settle().await;
    assert_eq!(stage.status("Half").await, "review");
    assert_eq!(signatures(&stage.talk_of(owner).await), 1);
    // Emptied again.
    stage.alter(PASSER, "Half", "|description=Words.", "|description=").await;
    assert_eq!(stage.sends(0).await, [format!("User talk:{owner}")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_in_the_language_that_was_chosen() {
    let stage = Stage::with("owner reads", OWNERS).await;
    for (who, language, said) in
        [("Anna Arabisk", "ar", "dir=\"rtl\""), ("Sven Svensk", "Svenska", "lang=\"sv\""), ("Ken Klingon", "??", "")]
    {
        let text = complete(who, "").replace("|country=", &format!("|language={language}\n|country="));
        stage.file_as(who, who, &text).await;
        stage.once().await;
        let talk = stage.talk_of(who).await;
        assert!(talk.contains(said) && signatures(&talk) == 1, "{said} in {talk}");
        assert_eq!(talk.contains("<div"), !said.is_empty(), "{talk}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_page_that_is_deleted_brings_nothing_back() {
    let stage = Stage::with("deleted talk", OWNERS).await;
    let owner = "Odd Owner";
    stage.file_as(owner, "Maps", &complete("Maps", "")).await;
    stage.settle().await;
    let admin = stage.person(ADMIN).await;
    stage.until_later().await;
    admin.delete(&format!("User talk:{owner}"), "their wish").await.unwrap();
    assert_eq!(stage.sends(0).await, Vec::<String>::new());
    stage.until_later().await;
    stage.add(STAFF, "Maps", "* {{Helpdesk decision|approved}} ~~~~").await;
    assert_eq!(stage.sends(0).await, [format!("User talk:{owner}")], "what comes later is told");
    assert!(stage.talk_of(owner).await.contains("Approved"));
    // Their own doing is no news to them, not even to a bot that knows of it by a table alone.
    stage.add(owner, "Maps", "* {{Helpdesk withdraw}} ~~~~").await;
    for _ in 0..2 {
        assert_eq!(stage.sends(0).await, Vec::<String>::new());
    }
    assert_eq!(stage.status("Maps").await, "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_account_is_written_to() {
    let stage = Stage::with("temporary owner", OWNERS).await;
    let visitor = helpdesk::sandbox::Person::anonymous(&stage.url).await.unwrap();
    visitor.edit(&stage.page("Walk-in"), &complete("Walk-in", ""), "new").await.unwrap();
    stage.settle().await;
    let account = visitor.account().await.unwrap();
    assert_eq!(signatures(&stage.talk_of(&account).await), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_get_a_digest_until_they_have_voted() {
    let stage = Stage::with("digest", "[notices]\nowners = false\n").await;
    let committee = &stage.desk.pages.committee;
    let admin = stage.person(ADMIN).await;
    let people = ["Dina Digest", "Doro Digest", "Dag Digest", "Dirk Digest"];
    let [votes, late, silent, staff] = people;
    for who in people {
        stage.newcomer(who).await;
    }
    let roster = format!(
        "{{{{Helpdesk member|user={votes}}}}}{{{{Helpdesk member|user={late}|role=chair}}}}\
         {{{{Helpdesk member|user={silent}|notify=no}}}}{{{{Helpdesk member|user={staff}|role=staff}}}}"
    );
    admin.edit(committee, &roster, "a committee of its own").await.unwrap();
    for name in ["First", "Second"] {
        stage.file(name, "").await;
        stage.until_later().await;
    }
    stage.add(votes, "First", "* {{support}} ~~~~").await;
    assert_eq!(stage.sends(0).await, Vec::<String>::new());
    assert_eq!(stage.sends(4).await, Vec::<String>::new(), "not yet");
    let mut told = [late, votes, staff].map(|who| format!("User talk:{who}"));
    told.sort();
    assert_eq!(stage.sends(6).await, told);
    let (of_late, of_votes) = (stage.talk_of(late).await, stage.talk_of(votes).await);
    assert!(of_late.find("First") < of_late.find("Second") && of_late.contains("First"), "{of_late}");
    assert!(!of_votes.contains("First") && of_votes.contains("Second"), "{of_votes}");
    assert_eq!((signatures(&of_late), stage.notified(late).await), (1, 1));
    assert!(stage.talk_of(staff).await.contains("Second"));
    assert_eq!(stage.sends(7).await, Vec::<String>::new(), "at most once a week");
    stage.add(votes, "Second", "* {{oppose}} ~~~~").await;
    stage.add(staff, "Second", ": We look at it. ~~~~").await;
    stage.add(staff, "First", ": And at this. ~~~~").await;
    assert_eq!(stage.sends(14).await, [format!("User talk:{late}")], "who has voted or replied is left alone");
    assert_eq!(signatures(&stage.talk_of(late).await), 2);
    assert_eq!(stage.talk_of(late).await.matches("\n== ").count() + 1, 1, "below the first");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_to_be_left_alone_is_in_any_spelling() {
    let stage = Stage::with("left alone", OWNERS).await;
    let silent = [
        "{{nobots}}",
        "{{Nobots}}",
        "{{ nobots }}",
        "{{NoBots}}",
        "{{no_bots}}",
        "{{Template:Nobots}}",
        "{{Keep them out}}",
        "Hello.\n\n{{nobots}}\n\nBye.",
        "{{nobots|}}",
        "{{bots|deny=all}}",
        "{{Bots|deny=All}}",
        "{{bots| deny = all }}",
        "{{bots|deny=Test bot}}",
        "{{bots|deny=test_bot}}",
        "{{bots|deny=User:Test bot}}",
        "{{bots|deny=[[User:Test bot]]}}",
        "{{bots|deny=Other bot, Test bot}}",
        "{{bots|deny=Other bot,Test bot,}}",
        "{{bots|Deny=Test bot}}",
        "{{bots|allow=none}}",
        "{{bots|allow=Other bot}}",
        "{{bots|optout=helpdesk}}",
        "{{bots|optout=Helpdesk}}",
        "{{bots|optout=HELPDESK}}",
        "{{bots|optout= orphan , helpdesk }}",
        "{{bots|optout=all}}",
        "{{Bots\n|optout=helpdesk\n}}",
        "{{bots|allow=all|optout=helpdesk}}",
        "[[Category:Opted-out of message delivery]]",
        "[[category:opted-out_of_message_delivery]]",
        "<!-- mine -->{{nobots}}<!-- -->",
    ];
    let open = [
        "Hello.",
        "<nowiki>{{nobots}}</nowiki>",
        "<!-- {{nobots}} -->",
        "{{bots|allow=all}}",
        "{{bots|deny=Other bot}}",
        "{{bots|optout=orphan}}",
        "{{bots|allow=Test bot}}",
        "{{bots}}",
    ];
    let mut owners = Vec::new();
    for (n, text) in silent.iter().chain(&open).enumerate() {
        let who = format!("Quiet person {n}");
        stage.newcomer(&who).await;
        // On the page of the person, or on the talk page.
        let page = if n % 5 == 4 && n < silent.len() { format!("User:{who}") } else { format!("User talk:{who}") };
        stage.person(&who).await.edit(&page, text, "mine").await.unwrap();
        owners.push(who);
    }
    let names: Vec<String> = owners.iter().map(|who| format!("[[User:{who}]]")).collect();
    let text = complete("Many", "").replace("|country=", &format!("|requester={}\n|country=", names.join(" ")));
    stage.person(STAFF).await.edit(&stage.page("Many"), &text, "for many").await.unwrap();
    let sent: BTreeSet<String> = stage.sends(0).await.into_iter().collect();
    for (n, text) in silent.iter().chain(&open).enumerate() {
        let page = format!("User talk:Quiet person {n}");
        assert_eq!(sent.contains(&page), n >= silent.len(), "{text}");
    }
    let problems =
        stage.person(ADMIN).await.text_if_there(&stage.desk.pages.problems).await.unwrap().unwrap_or_default();
    assert!(!problems.contains("Quiet person"), "nobody's business: {problems}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_written_to_is_left_and_told_of() {
    let stage = Stage::with("unreachable", OWNERS).await;
    let admin = stage.person(ADMIN).await;
    let names = [
        "Una Blocked",
        "Una Partly",
        "Una Protected",
        "Una Moved",
        "Una Elsewhere",
        "Una Json",
        "Una Open",
        "Una Circle",
        "Vanished user 7f3a",
    ];
    for who in names {
        stage.newcomer(who).await;
    }
    let talk = |who: &str| format!("User talk:{who}");
    let block = |who: &str, partial: &'static str| {
        vec![
            ("action".to_owned(), "block".to_owned()),
            ("user".to_owned(), who.to_owned()),
            ("expiry".to_owned(), "never".to_owned()),
            ("partial".to_owned(), partial.to_owned()),
            ("allowusertalk".to_owned(), partial.to_owned()),
            ("pagerestrictions".to_owned(), if partial.is_empty() { String::new() } else { "Main Page".to_owned() }),
        ]
    };
    let post = async |params: Vec<(String, String)>| {
        let params: Vec<(&str, &str)> =
            params.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k.as_str(), v.as_str())).collect();
        admin.post(params.as_slice()).await.expect("an action of an administrator")
    };
    post(block("Una Blocked", "")).await;
    post(block("Una Partly", "1")).await;
    admin.edit(&talk("Una Protected"), "Words.", "words").await.unwrap();
    let protect = [
        ("action", "protect"),
        ("title", "User talk:Una Protected"),
        ("protections", "edit=sysop"),
        ("expiry", "never"),
    ];
    admin.post(&protect[..]).await.unwrap();
    let lead = async |from: &str, to: &str| {
        admin.edit(from, &format!("#REDIRECT [[{to}]]"), "a redirect").await.unwrap();
    };
    lead(&talk("Una Moved"), "User talk:Una Moved/Board").await;
    lead(&talk("Una Elsewhere"), "User talk:Una Blocked/Trap").await;
    lead(&talk("Una Circle"), "User:Una Circle/Talk").await;
    lead("User:Una Circle/Talk", "User talk:Una Circle").await;
    let json = [("title", "User talk:Una Json"), ("text", "{}"), ("contentmodel", "json"), ("summary", "data")];
    admin.save("User talk:Una Json", &json[1..]).await.unwrap();
    admin.edit(&talk("Una Open"), "Hello <!-- to whom?", "open").await.unwrap();
    let owners: Vec<String> = names.iter().map(|who| format!("[[User:{who}]]")).collect();
    let text = complete("Hard", "").replace("|country=", &format!("|requester={}\n|country=", owners.join(" ")));
    stage.person(STAFF).await.edit(&stage.page("Hard"), &text, "for them").await.unwrap();
    let sent = stage.sends(0).await;
    assert_eq!(sent, [talk("Una Moved/Board"), talk("Una Partly")]);
    let problems = stage.text(&stage.desk.pages.problems).await;
    for (who, why) in [
        ("Una Protected", "protectedpage"),
        ("Una Elsewhere", "talk-elsewhere"),
        ("Una Json", "talk-model"),
        ("Una Open", "talk-open"),
        ("Una Circle", "talk-elsewhere"),
    ] {
        let line = problems.lines().find(|line| line.contains(who)).unwrap_or_else(|| panic!("{who} in {problems}"));
        assert!(line.contains(why), "{why} in {line}");
    }
    assert!(!problems.contains("Una Blocked") || !problems.contains("page=User talk&#58;Una Blocked|"), "{problems}");
    assert_eq!(stage.sends(0).await, Vec::<String>::new());
    assert_eq!(stage.talk_of("Una Open").await, "Hello <!-- to whom?", "not touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_held_until_an_operator_releases_it() {
    let stage = Stage::with("message flood", "[notices]\nreminders = \"never\"\nmax_messages_per_pass = 50\n").await;
    let mut pages = Vec::new();
    let mut people = Vec::new();
    for n in 0..200 {
        let who = format!("Flooded person {n}");
        people.push(helpdesk::sandbox::Account::new(&who, PASSWORD));
        let name = format!("R{n}");
        pages.push(ImportedPage::new(&stage.page(&name)).revision(&who, chrono::Utc::now(), &complete(&name, "")));
    }
    crate::stage::wiki().accounts(&people).await.expect("accounts");
    stage.import(&pages).await;
    let outcome = stage.once().await;
    let held: Vec<String> = outcome.held_pages.iter().map(ToString::to_string).collect();
    assert!(held.len() == 1 && held[0].contains("200 messages") && held[0].contains("--release"), "{held:?}");
    assert!(outcome.written.iter().all(|change| change.owns != Owns::Message), "none is sent");
    assert!(outcome.written.len() > 200, "all else is written");
    assert!(stage.text(&stage.desk.pages.problems).await.contains("kind=held-messages"));
    let mut state = pass::PassState::default();
    state.released = true;
    let released = pass::next(&stage.client, &stage.desk, None, &mut state, &pass::Look::Everything).await.unwrap();
    assert_eq!(released.written.iter().filter(|change| change.owns == Owns::Message).count(), 200);
    assert_eq!(stage.settle().await, Vec::<String>::new());
    assert!(!stage.text(&stage.desk.pages.problems).await.contains("held-messages"));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_each_request_nobody_hears_twice() {
    let (stage, proxy) = through_proxy(Stage::with("killed messages", OWNERS).await).await;
    let mut killed = 0;
    loop {
        let who = format!("Killed owner {killed}");
        stage.file_as(&who, &format!("R{killed}"), &complete(&format!("R{killed}"), "")).await;
        let (first, reached) = (proxy.requests(), Arc::new(Notify::new()));
        let tell = Arc::clone(&reached);
        proxy.fate(move |request| {
            if request.number != first + killed {
                return Fate::Well;
            }
            tell.notify_one();
            if killed % 3 == 2 { Fate::Silence } else { Fate::AnswerLost }
        });
        let ended = tokio::select! {
            outcome = pass::once(&stage.client, &stage.desk, None) => { outcome.expect("a pass"); true }
            () = async { reached.notified().await; proxy.idle().await } => false,
        };
        proxy.well();
        pass::once(&stage.client, &stage.desk, None).await.expect("the next start");
        let person = stage.person(PASSER).await;
        let page = format!("User talk:{who}");
        assert_eq!((revisions(&person, &[page]).await, stage.notified(&who).await), (1, 1), "killed at {killed}");
        if ended {
            break;
        }
        killed += 1;
    }
    assert!(killed >= 15, "only {killed} requests in a pass that sends");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_copies_at_once_send_each_message_once() {
    let stage = Stage::with("copied messages", OWNERS).await;
    let mut people = Vec::new();
    for n in 0..4 {
        let who = format!("Copied owner {n}");
        stage.file_as(&who, &format!("R{n}"), &complete(&format!("R{n}"), "")).await;
        people.push(who);
    }
    let mut copies = Vec::new();
    for _ in 0..3 {
        let connection = Connection::with_password(&stage.url, &stage.login.name, &stage.login.password);
        copies.push(Client::connect(&connection, stage.desk.safety.request_timeout, "copy").await.expect("a copy"));
    }
    let now = stage.client.now();
    let at = |i: i64| Some(now + chrono::TimeDelta::minutes(i));
    let (a, b, c) = tokio::join!(
        pass::once(&copies[0], &stage.desk, at(0)),
        pass::once(&copies[1], &stage.desk, at(1)),
        pass::once(&copies[2], &stage.desk, at(2))
    );
    for outcome in [a, b, c] {
        assert_eq!(outcome.expect("a pass").held_back, None);
    }
    stage.settle().await;
    for who in people {
        let talk = stage.talk_of(&who).await;
        assert_eq!((signatures(&talk), stage.notified(&who).await), (1, 1), "{talk}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_shows_the_words_and_a_rehearsal_sends_none() {
    let mut stage = Stage::with("rehearsed", OWNERS).await;
    let who = "Rehearsed Owner";
    stage.file_as(who, "Maps", &complete("Maps", "")).await;
    stage.desk.safety.approved = None;
    let plan = stage.plan().await;
    let message = plan.changes.iter().find(|change| change.owns == Owns::Message).expect("a message");
    assert_eq!(message.page, format!("User talk:{who}"));
    assert!(plan.to_string().contains(&format!("== User talk:{who} (new page)")), "{plan}");
    assert!(!message.after.contains("{{") && message.after.contains("Maps"), "{}", message.after);
    let outcome = stage.once().await;
    assert!(outcome.written.is_empty() && outcome.held_back.is_some());
    assert_eq!(stage.talk_of(who).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_desk_brings_no_messages_at_a_first_start() {
    let stage = Stage::with("old desk", OWNERS).await;
    stage.newcomer("Old Owner").await;
    let days_ago = |days: i64| in_days(-days).expect("a day");
    let old = |name: &str, status: &str| {
        let text = complete(name, "").replace("\n}}", &format!("\n|status={status}\n}}}}"));
        ImportedPage::new(&stage.page(name)).revision("Old Owner", days_ago(200), &complete(name, "")).revision(
            STAFF,
            days_ago(150),
            &text,
        )
    };
    stage.import(&[old("Done", "done"), old("Declined", "declined"), old("Approved", "approved")]).await;
    stage
        .import(&[ImportedPage::new(&stage.page("Waits")).revision("Old Owner", days_ago(100), &complete("Waits", ""))])
        .await;
    assert_eq!(stage.sends(0).await, Vec::<String>::new());
    assert_eq!(stage.status("Done").await, "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_are_announced_in_the_discussion_where_that_is_wanted() {
    let stage = Stage::with("announced", "[notices]\nowners = false\nreminders = \"never\"\nannounce = true\n").await;
    stage.file("Maps", "").await;
    stage.settle().await;
    let before = stage.text(&stage.page("Maps")).await;
    assert!(!before.contains("announcement"), "{before}");
    stage.add(STAFF, "Maps", "* {{Helpdesk decision|approved|reason=Good.}} ~~~~").await;
    stage.settle().await;
    let text = stage.text(&stage.page("Maps")).await;
    let last = text.lines().last().unwrap();
    assert!(last.starts_with("* {{Helpdesk announcement|status=approved|") && signatures(last) == 1, "{last}");
    // Whoever takes it away, or brings an old version back, gets no second one.
    let person = stage.person(PASSER).await;
    person.edit(&stage.page("Maps"), text.replace(last, "").trim_end(), "noise").await.unwrap();
    stage.settle().await;
    person.edit(&stage.page("Maps"), &before, "as it was").await.unwrap();
    stage.once().await;
    assert!(!stage.text(&stage.page("Maps")).await.contains("announcement"));
}
