//! Edits that the wiki refuses: reported with what refused them, and not tried again until something changes.

use crate::stage::{ADMIN, PASSER, REQUESTER, Stage};

impl Stage {
    /// How many edits one more pass asks the wiki for.
    async fn edits_of_a_pass(&self) -> usize {
        let edits = |counts: &helpdesk::wiki::client::Counts| counts.get("edit").copied().unwrap_or_default();
        let before = edits(&self.client.counts());
        edits(&self.once().await.requests) - before
    }

    async fn reported(&self) -> String {
        self.person(PASSER).await.text(&self.desk.pages.problems).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_page_is_not_tried_again_until_it_changes() {
    let stage = Stage::new("refused").await;
    stage.file("Locked", "").await;
    let admin = stage.person(ADMIN).await;
    let page = stage.page("Locked");
    let protect = |level: &'static str| {
        [("action", "protect"), ("title", page.as_str()), ("protections", level), ("reason", "x")]
    };
    admin.post(&protect("edit=sysop")).await.unwrap();
    assert_eq!(stage.edits_of_a_pass().await, 2, "it asks before it tries");
    assert!(stage.reported().await.contains("|kind=refused|detail=protectedpage"));
    let before = stage.reported().await;
    assert!(stage.plan().await.changes.is_empty());
    assert_eq!(stage.edits_of_a_pass().await, 0);
    assert_eq!(stage.reported().await, before);
    // What the edit would have said has changed, and nothing of what the bot may do.
    stage.client.turn(0).await;
    admin.append(&page, "\n* {{support}}", "x").await.unwrap();
    assert_eq!(stage.edits_of_a_pass().await, 0);
    assert_eq!(stage.edits_of_a_pass().await, 0);
    // Taking the protection away is a revision of its own.
    admin.post(&protect("edit=all")).await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("Locked").await, "review");
    assert!(!stage.reported().await.contains("kind=refused"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abuse_filter_is_named_and_its_line_can_be_taken_away() {
    let stage = Stage::new("filter").await;
    stage.file("Filtered", "").await;
    let admin = stage.person(ADMIN).await;
    let rule = format!("user_name == \"Test bot\" & page_prefixedtitle == \"{}\"", stage.page("Filtered"));
    let filter = |enabled: &'static str| {
        vec![
            ("wpFilterDescription", "No bots on filtered pages"),
            ("wpFilterRules", rule.as_str()),
            ("wpFilterGroup", "default"),
            ("wpFilterEnabled", enabled),
            ("wpFilterActionDisallow", "1"),
            ("wpFilterDisallowMessage", "abusefilter-disallowed"),
        ]
    };
    admin.fill_in("Special:AbuseFilter/new", &filter("1")).await.unwrap();
    stage.once().await;
    let reported = stage.reported().await;
    assert!(
        reported.contains("|kind=refused|detail=abusefilter-disallowed")
            && reported.contains("No bots on filtered pages"),
        "{reported}"
    );
    assert_eq!(stage.edits_of_a_pass().await, 0);
    assert_eq!(stage.reported().await, reported);

    // The filter is mended, which no page tells; whoever did it takes the line away.
    let all = admin.get(&[("action", "query"), ("list", "abusefilters"), ("abfprop", "id")]).await.unwrap();
    let id = all["query"]["abusefilters"][0]["id"].as_u64().unwrap();
    let mut off = filter("1");
    off.retain(|(name, _)| *name != "wpFilterEnabled");
    admin.fill_in(&format!("Special:AbuseFilter/{id}"), &off).await.unwrap();
    assert_eq!(stage.edits_of_a_pass().await, 0);
    let line = reported.lines().find(|l| l.contains("kind=refused")).unwrap();
    admin.edit(&stage.desk.pages.problems, &reported.replace(&format!("{line}\n"), ""), "mended").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.status("Filtered").await, "review");
    assert!(!stage.reported().await.contains("kind=refused"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_that_the_wiki_refuses_becomes_a_plain_one() {
    let stage = Stage::new("blacklist").await;
    let admin = stage.person(ADMIN).await;
    let list = "MediaWiki:Titleblacklist";
    admin.edit(list, ".*unspeakable.*", "x").await.unwrap();
    let proposal = |title: &str| {
        format!("{{{{Helpdesk request|title={title}|type=data|country=X|description=D|justification=J}}}}")
    };
    let person = stage.person(REQUESTER).await;
    let intake = stage.desk.pages.intake.clone();
    person.edit(&intake, &format!("{}\n{}", proposal("Unspeakable things"), proposal("Others")), "x").await.unwrap();
    stage.settle().await;
    let titles: Vec<String> = stage.rows().await.into_iter().map(|r| r.page.title).collect();
    assert_eq!(titles.len(), 2, "{titles:?}");
    assert!(titles.contains(&stage.page("Others")) && titles.iter().any(|t| t.starts_with(&stage.page("Request 20"))));
    assert_eq!(stage.text(&intake).await.matches("→ [[:").count(), 2);
    assert!(!stage.reported_or_none().await.contains("refused"));

    // Where no title at all is allowed, it stays where it is, reported with the code.
    admin.edit(list, ".*unspeakable.*\n.*Test blacklist.Requests.*", "x").await.unwrap();
    let text = proposal("Never");
    person.edit(&intake, &text, "x").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.text(&intake).await, text);
    let reported = stage.reported().await;
    assert_eq!(reported.matches("detail=titleblacklist").count(), 2, "{reported}");
    assert_eq!(stage.edits_of_a_pass().await, 0);
}

impl Stage {
    async fn reported_or_none(&self) -> String {
        self.person(PASSER).await.text_if_there(&self.desk.pages.problems).await.unwrap().unwrap_or_default()
    }
}
