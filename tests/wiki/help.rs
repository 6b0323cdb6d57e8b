//! Help after approval, on real pages: claims, the steps that come with them, what came of it, work that becomes quiet.

use helpdesk::plan::Owns;
use helpdesk::records::tables::Row;

use crate::stage::{ADMIN, MEMBERS, PASSER, STAFF, Stage, in_days};

/// With the pages that tell of work.
const PAGES: &str = "[pages]\nrules = \"\"\nqueue = \"\"\nmeetings = \"{root}/Meetings\"\nagenda = \"{root}/Agenda\"\n\
                     work = \"{root}/Work\"\n";

impl Stage {
    /// A request that staff approved.
    async fn approved(&self, name: &str) {
        self.file(name, "").await;
        self.add(STAFF, name, "* {{Helpdesk decision|approved}} ~~~~").await;
        self.settle().await;
        assert_eq!(self.status(name).await, "approved");
    }

    async fn row(&self, name: &str) -> Row {
        let rows = self.rows().await;
        rows.into_iter().find(|row| row.title == name).unwrap_or_else(|| panic!("no row of {name}"))
    }

    /// The notices in a request's ledger, each with what it is about.
    async fn notices(&self, name: &str) -> Vec<String> {
        let text = self.text(&self.page(name)).await;
        let calls = helpdesk::wikitext::calls(&text);
        let notices = calls.iter().filter(|c| c.name == "Helpdesk ledger notice");
        notices.map(|c| format!("{} {} {}", c.value("kind"), c.value("field"), c.value("value"))).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helper_takes_a_request_up_with_its_steps_and_tells_what_came_of_it() {
    let stage = Stage::with("help", PAGES).await;
    let (helper, admin) = ("Hilda Helper", stage.person(ADMIN).await);
    stage.newcomer(helper).await;
    // The community's own steps.
    let steps =
        "<noinclude>Ours.</noinclude>\n* {{Helpdesk step|Ask for the rights}}\n* {{Helpdesk step|Upload 10 files}}\n";
    admin.edit("Content Partnerships Hub/Helpdesk/Steps/data", steps, "our steps").await.unwrap();
    stage.approved("Maps").await;
    assert!(stage.html(&stage.desk.pages.work).await.contains("Needs a helper"));
    let claim = "* {{Helpdesk claim}} I begin on Monday. ~~~~\n{{subst:Helpdesk steps|data}}";
    stage.add(helper, "Maps", claim).await;
    stage.settle().await;
    let row = stage.row("Maps").await;
    assert_eq!(
        (stage.status("Maps").await.as_str(), row.helpers.as_slice()),
        ("in-progress", &[helper.to_owned()][..])
    );
    assert_eq!((row.progress.done, row.progress.of, row.progress.next.as_str()), (0, 2, "Ask for the rights"));
    let work = stage.html(&stage.desk.pages.work).await;
    assert!(work.contains(helper) && work.contains("Ask for the rights"), "{work}");

    // An outsider ticks a step: told, with who, and it counts for nothing.
    stage
        .alter(PASSER, "Maps", "{{Helpdesk step|Ask for the rights}}", "{{Helpdesk step|Ask for the rights|done}}")
        .await;
    stage.settle().await;
    assert_eq!(stage.row("Maps").await.progress.done, 0);
    assert_eq!(stage.notices("Maps").await, [format!("step-not-counted {PASSER} Ask for the rights")]);
    let shown = stage.html(&stage.page("Maps")).await;
    assert!(shown.contains("as <bdi>") && shown.contains(PASSER), "{shown}");
    // A member confirms it, with a name and a day for the next one.
    let by_member = "{{Helpdesk step|Ask for the rights|done|who=Hilda Helper}}";
    stage.alter(MEMBERS[1], "Maps", "{{Helpdesk step|Ask for the rights|done}}", by_member).await;
    let today = chrono::Utc::now().date_naive();
    let doing = format!("{{{{Helpdesk step|Upload 10 files|doing|who=[[User:{helper}]]|due={today}}}}}");
    stage.alter(helper, "Maps", "{{Helpdesk step|Upload 10 files}}", &doing).await;
    stage.settle().await;
    let row = stage.row("Maps").await;
    assert_eq!((row.progress.done, row.progress.due, row.progress.who.as_str()), (1, Some(today), helper));
    assert!(stage.html(&stage.desk.pages.status).await.contains("1 of 2"));
    stage.once_at(in_days(2)).await;
    assert_eq!(stage.row("Maps").await.progress.overdue, ["Upload 10 files"]);
    stage.settle().await;

    // What came of it has to be right.
    stage.alter(helper, "Maps", &doing, &doing.replace("|doing|", "|done|")).await;
    let outcome =
        "* {{Helpdesk outcome|10 maps|files=ten|category=No such maps|image=No such map.jpg|link=example.org}} ~~~~";
    stage.add(helper, "Maps", outcome).await;
    stage.settle().await;
    assert_eq!(stage.status("Maps").await, "in-progress");
    let wrong = stage.notices("Maps").await;
    assert_eq!(
        wrong,
        ["files ten", "category No such maps", "image No such map.jpg", "link example.org"].map(|wrong| format!(
            "outcome-invalid {wrong}"
        )
        .replace(".org", "&#46;org")
        .replace("&#46;", "."))
    );
    admin.edit("Category:Maps of help", "Maps.", "a category").await.unwrap();
    let right = "{{Helpdesk outcome|10 maps|files=10|category=Maps of help|link=https://example.org/maps}}";
    stage
        .alter(
            helper,
            "Maps",
            "{{Helpdesk outcome|10 maps|files=ten|category=No such maps|image=No such map.jpg|link=example.org}}",
            right,
        )
        .await;
    stage.settle().await;
    assert_eq!(stage.status("Maps").await, "done");
    assert_eq!((stage.notices("Maps").await.len(), stage.row("Maps").await.outcome.text.as_str()), (0, "10 maps"));
    let shown = stage.html(&stage.page("Maps")).await;
    assert!(
        shown.contains("10 maps") && shown.contains("10 files") && shown.contains("https://example.org/maps"),
        "{shown}"
    );
    assert!(stage.html(&stage.desk.pages.status).await.contains("10 maps"), "where finished work is shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_are_their_authors_and_are_given_back() {
    let stage = Stage::with("claims", PAGES).await;
    let (helper, other) = ("Hugo Helper", "Hera Helper");
    for who in [helper, other] {
        stage.newcomer(who).await;
    }
    stage.approved("Bells").await;
    // For somebody else only staff, and only real accounts.
    stage.add(PASSER, "Bells", &format!("* {{{{Helpdesk claim|for={helper}}}}} ~~~~")).await;
    stage.add(STAFF, "Bells", "* {{Helpdesk claim|for=Nobody of that name}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Bells").await, "approved");
    let told = stage.notices("Bells").await;
    assert!(told.contains(&format!("claim-not-counted {helper} for-not-allowed")), "{told:?}");
    assert!(told.contains(&"claim-not-counted Nobody of that name for-unknown".to_owned()), "{told:?}");
    stage.add(STAFF, "Bells", &format!("* {{{{Helpdesk claim|for={helper}}}}} ~~~~")).await;
    stage.add(other, "Bells", "* {{Helpdesk claim}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.row("Bells").await.helpers, [helper, other]);
    // An outsider removes a claim; the helper is one still, by id under another name too.
    let text = stage.text(&stage.page("Bells")).await;
    let line = text.lines().find(|line| line.contains("claim}}") && line.contains(other)).unwrap().to_owned();
    stage.alter(PASSER, "Bells", &line, "").await;
    stage.settle().await;
    assert_eq!(stage.row("Bells").await.helpers, [helper, other]);
    let renamed = "Hera Renamed";
    let rename = [("oldusername", other), ("newusername", renamed), ("reason", "a wish")];
    stage.bureaucrat().await.submit("Special:RenameUser", &rename).await.unwrap();
    stage.add(STAFF, "Bells", ": Words. ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.row("Bells").await.helpers, [helper, renamed]);
    // Given back by one, released by staff for the other.
    stage.add(helper, "Bells", "* {{Helpdesk release}} ~~~~").await;
    stage.settle().await;
    assert_eq!(
        (stage.status("Bells").await.as_str(), stage.row("Bells").await.helpers),
        ("in-progress", vec![renamed.to_owned()])
    );
    stage.add(STAFF, "Bells", &format!("* {{{{Helpdesk release|for={renamed}}}}} ~~~~")).await;
    stage.settle().await;
    assert_eq!(stage.status("Bells").await, "approved");
    // A meeting names a helper.
    let today = chrono::Utc::now().date_naive();
    let minutes = format!("{{{{Helpdesk meeting|date={today}}}}}\n{{{{Helpdesk item|request=Bells|helper={helper}}}}}");
    let page = format!("{}/{today}", stage.desk.pages.meetings);
    stage.person(STAFF).await.edit(&page, &minutes, "Minutes").await.unwrap();
    stage.settle().await;
    assert_eq!(
        (stage.status("Bells").await.as_str(), stage.row("Bells").await.helpers),
        ("in-progress", vec![helper.to_owned()])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_helpers_are_listed_nobody_else_takes_a_request_up() {
    let stage =
        Stage::with("listed", &format!("{PAGES}helpers = \"{{root}}/Helpers\"\n[help]\nclaim_by = \"listed\"\n")).await;
    let (listed, other) = ("Lisa Listed", "Lars Unlisted");
    for who in [listed, other] {
        stage.newcomer(who).await;
    }
    let list = format!("== Uploads ==\n{{{{Helpdesk member|user={listed}|role=helper|group=Uploads}}}}\n");
    stage.person(ADMIN).await.edit(&stage.desk.pages.helpers, &list, "helpers").await.unwrap();
    stage.approved("Books").await;
    stage.add(other, "Books", "* {{Helpdesk claim}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Books").await, "approved");
    assert_eq!(stage.notices("Books").await, [format!("claim-not-counted {other} not-listed")]);
    // Whoever lists themselves is not listed.
    let own = format!("{list}{{{{Helpdesk member|user={other}|role=staff}}}}\n");
    stage.person(other).await.edit(&stage.desk.pages.helpers, &own, "me too").await.unwrap();
    stage.add(listed, "Books", "* {{Helpdesk claim}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.row("Books").await.helpers, [listed]);
    let problems = stage.text(&stage.desk.pages.problems).await;
    assert!(problems.contains("roster-untrusted") && problems.contains("Helpers"), "{problems}");
    // Nobody listed there decides or votes, whatever the line says.
    let staff = format!("{list}{{{{Helpdesk member|user={other}|role=staff}}}}\n ");
    stage
        .person(ADMIN)
        .await
        .edit(&stage.desk.pages.helpers, &staff.replace("|role=staff", "|role=staff|group=x"), "x")
        .await
        .unwrap();
    stage.add(other, "Books", "* {{Helpdesk decision|declined}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Books").await, "in-progress");
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_work_is_asked_about_once_and_then_on_the_agenda() {
    let notices = "[notices]\nowners = false\nreminders = \"never\"\n";
    let stage = Stage::with("quiet", &format!("{PAGES}{notices}")).await;
    let helper = "Quentin Quiet";
    stage.newcomer(helper).await;
    for name in ["Quiet", "Below"] {
        stage.approved(name).await;
        stage.add(helper, name, "* {{Helpdesk claim}} ~~~~").await;
    }
    stage.settle().await;
    let stalled = async || {
        let text = stage.text(&stage.desk.pages.agenda).await;
        let calls = helpdesk::wikitext::calls(&text);
        let rows = calls.iter().filter(|c| c.name == "Helpdesk agenda row" && c.value("reason") == "stalled");
        rows.map(|c| c.value("title").to_owned()).collect::<Vec<_>>()
    };
    let asked = async |days: i64| {
        let outcome = stage.once_at(in_days(days)).await;
        outcome.written.into_iter().filter(|c| c.owns == Owns::Message).map(|c| c.page).collect::<Vec<_>>()
    };
    assert_eq!(asked(29).await, Vec::<String>::new());
    assert_eq!(asked(31).await, [format!("User talk:{helper}")], "one edit for both");
    let talk = stage.text(&format!("User talk:{helper}")).await;
    assert!(talk.contains("Quiet") && talk.contains("Below") && talk.contains("Helpdesk release"), "{talk}");
    assert_eq!(stalled().await, ["Quiet", "Below"]);
    assert_eq!(asked(32).await, Vec::<String>::new(), "once");
    // A page below is work on the request; another silence is another one.
    stage.person(helper).await.edit(&format!("{}/Notes", stage.page("Below")), "Notes.", "notes").await.unwrap();
    stage.until_later().await;
    stage.add(helper, "Quiet", ": I am on it. ~~~~").await;
    stage.settle().await;
    assert_eq!(stalled().await, Vec::<String>::new());
    assert_eq!(asked(33).await, [format!("User talk:{helper}")]);
    assert_eq!(stage.status("Quiet").await, "in-progress", "nothing is taken away");
}
