//! What templates' names mean: what they led to when they were written.

use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage, complete, in_days};

/// Votes and other templates of the desk's own, so that redirects to them concern no other test.
fn own_templates(name: &str, more: &str) -> String {
    format!(
        "{more}\n[templates]\nrequest = \"{name} request\"\nmember = \"{name} member\"\ndecision = \"{name} decision\"\nwithdraw = \"{name} withdraw\"\n\
         [[vote]]\nchoice = \"support\"\ntemplates = [\"{name} support\"]\n\
         [[vote]]\nchoice = \"oppose\"\ntemplates = [\"{name} oppose\"]\n"
    )
}

/// A desk with such templates.
async fn desk(name: &str, more: &str) -> Stage {
    let stage = Stage::with(name, &own_templates(name, more)).await;
    let admin = stage.person(ADMIN).await;
    for kind in ["request", "member", "decision", "withdraw", "support", "oppose"] {
        admin.edit(&format!("Template:{name} {kind}"), &format!("({kind})"), "new").await.unwrap();
    }
    let committee = stage.desk.pages.committee.clone();
    let roster = admin.text(&committee).await.unwrap().replace("Helpdesk member", &format!("{name} member"));
    admin.edit(&committee, &roster, "our own template").await.unwrap();
    stage
}

/// Files a complete request by that name of the template.
async fn file(stage: &Stage, template: &str, name: &str, more: &str) {
    let text = complete(name, more).replace("Helpdesk request", template);
    stage.person(REQUESTER).await.edit(&stage.page(name), &text, "new request").await.unwrap();
}

async fn statuses(stage: &Stage) -> Vec<(String, String)> {
    stage.rows().await.into_iter().map(|row| (row.title, row.status)).collect()
}

async fn redirect(stage: &Stage, who: &str, from: &str, to: &str) {
    let text = format!("#REDIRECT [[Template:{to}]]");
    stage.person(who).await.edit(&format!("Template:{from}"), &text, "a name").await.unwrap();
    // The wiki's clock counts in seconds.
    stage.until_later().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_makes_a_redirect_changes_nobodys_words() {
    let stage = desk("Hijack", "").await;
    let admin = stage.person(ADMIN).await;
    for name in ["note", "tick", "thanks", "contact", "box"] {
        admin.edit(&format!("Template:Hijack {name}"), "{{{1|}}}", "a template").await.unwrap();
    }
    let names = ["One", "Two", "Three", "Four", "Five"];
    for name in names {
        file(&stage, "Hijack request", name, "").await;
        stage.add(MEMBERS[1], name, "* {{Hijack note|I will ask around}} ~~~~").await;
        stage.add(MEMBERS[2], name, "* {{Hijack note|me too}} ~~~~").await;
        stage.add(STAFF, name, "* {{Hijack tick|done}} ~~~~").await;
        stage.add(REQUESTER, name, "* {{Hijack thanks}} ~~~~").await;
    }
    file(&stage, "Hijack box", "Boxed", "").await;
    let contact = format!("\n{{{{Hijack contact|user={PASSER}}}}}");
    stage.person(ADMIN).await.append(&stage.desk.pages.committee, &contact, "whom to ask").await.unwrap();
    stage.add(PASSER, "One", "* {{Hijack support}} ~~~~").await;
    stage.settle().await;
    let before = stage.ledger("One").await;
    assert_eq!(before, [format!("{PASSER} support no not-on-roster")]);

    stage.until_later().await;
    for (name, to) in [
        ("note", "Hijack support"),
        ("tick", "Hijack decision"),
        ("thanks", "Hijack withdraw"),
        ("contact", "Hijack member"),
        ("box", "Hijack request"),
    ] {
        redirect(&stage, PASSER, &format!("Hijack {name}"), to).await;
    }
    let nothing: [&str; 0] = [];
    assert_eq!(stage.settle().await, nothing, "whoever changes five redirects");
    // Nor do they later, when the redirects count for what is written then.
    stage.once_at(in_days(8)).await;
    let mut expect: Vec<(String, String)> = names.map(|name| (name.to_owned(), "review".to_owned())).to_vec();
    expect.sort();
    let mut found = statuses(&stage).await;
    found.sort();
    assert_eq!(found, expect);
    assert_eq!(stage.ledger("One").await, before);

    // What is written now does not count yet, and that is told.
    stage.add(MEMBERS[3], "One", "* {{Hijack note}} ~~~~").await;
    stage.add(MEMBERS[4], "One", "* {{Hijack support}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.ledger("One").await[1..], [format!("{} support yes", MEMBERS[4])]);
    let text = stage.text(&stage.page("One")).await;
    assert!(text.contains("|kind=new-redirect|field=Hijack support|value=Hijack note"), "{text}");
    let html = stage.html(&stage.page("One")).await;
    assert!(html.contains("does not count: when it was written, its page did not lead to"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_away_stays_what_it_was_for_those_who_used_it() {
    let stage = desk("Taken", "").await;
    redirect(&stage, ADMIN, "Taken pro", "Taken support").await;
    redirect(&stage, ADMIN, "Taken contra", "Taken oppose").await;
    redirect(&stage, ADMIN, "Taken seat", "Taken member").await;
    redirect(&stage, ADMIN, "Taken form", "Taken request").await;
    let committee = stage.desk.pages.committee.clone();
    let admin = stage.person(ADMIN).await;
    let roster = admin.text(&committee).await.unwrap().replace("Taken member", "Taken seat");
    admin.edit(&committee, &roster, "shorter").await.unwrap();
    for name in ["One", "Two", "Three", "Four"] {
        file(&stage, "Taken form", name, "").await;
        stage.add(MEMBERS[1], name, "* {{Taken pro}} ~~~~").await;
        stage.add(MEMBERS[2], name, "* {{taken_contra}} ~~~~").await;
    }
    let expect = [format!("{} support yes", MEMBERS[1]), format!("{} oppose yes", MEMBERS[2])];
    stage.until_later().await;
    // Blanked, made to lead elsewhere, and moved away: before the bot has seen any of it.
    let passer = stage.person(PASSER).await;
    passer.edit("Template:Taken seat", "", "not needed").await.unwrap();
    redirect(&stage, PASSER, "Taken pro", "Taken oppose").await;
    passer.edit("Template:Taken form", "(form)", "not needed").await.unwrap();
    passer.move_page("Template:Taken contra", "Template:Taken elsewhere", true).await.unwrap();
    passer.move_page("Template:Taken elsewhere", "Template:Taken third", true).await.unwrap();
    stage.until_later().await;
    stage.add(MEMBERS[3], "One", "* {{Taken pro}} ~~~~").await;
    stage.settle().await;
    for name in ["One", "Two", "Three", "Four"] {
        assert_eq!(stage.ledger(name).await, expect, "{name}");
    }
    assert!(statuses(&stage).await.iter().all(|(_, status)| status == "review"));
    assert!(stage.rows().await.iter().all(|row| !row.lost));
    // Undone: at once it is what it was, for those too who write it anew, and no page but the one is edited.
    redirect(&stage, REQUESTER, "Taken pro", "Taken support").await;
    stage.add(MEMBERS[4], "One", "* {{Taken pro}} ~~~~").await;
    let written = stage.settle().await;
    assert!(written.len() <= 3 && written.contains(&stage.page("One")), "{written:?}");
    assert_eq!(stage.ledger("One").await[2], format!("{} support yes", MEMBERS[4]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_that_is_moved_to_a_name_makes_nothing_of_what_was_written_by_it() {
    let stage = desk("Moved", "").await;
    redirect(&stage, ADMIN, "Moved endorse", "Moved support").await;
    file(&stage, "Moved request", "One", "").await;
    stage.add(MEMBERS[1], "One", "* {{Moved agree}} with what was said ~~~~").await;
    stage.add(MEMBERS[2], "One", "* {{Moved endorse}} ~~~~").await;
    stage.until_later().await;
    let passer = stage.person(PASSER).await;
    passer.move_page("Template:Moved endorse", "Template:Moved agree", true).await.unwrap();
    stage.until_later().await;
    stage.add(MEMBERS[3], "One", "* {{Moved agree}} now ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.ledger("One").await, [format!("{} support yes", MEMBERS[2])]);
    assert!(stage.text(&stage.page("One")).await.contains("|kind=new-redirect|field=Moved support|value=Moved agree"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_by_a_name_that_is_too_new_is_told() {
    let stage = desk("Fresh", "").await;
    redirect(&stage, PASSER, "Fresh form", "Fresh request").await;
    file(&stage, "Fresh form", "One", "").await;
    let intake = format!("{}\n", complete("Two", "").replace("Helpdesk request", "Fresh form"));
    stage.person(REQUESTER).await.append(&stage.desk.pages.intake, &intake, "new").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.rows().await.len(), 0);
    // Eight days later the name counts for what is written then.
    let later = stage.once_at(in_days(8)).await;
    assert_eq!(stage.rows().await.len(), 0, "{:?}", later.written);
    assert_eq!(stage.text(&stage.desk.pages.problems).await.matches("|kind=new-name|").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_that_has_stood_for_long_enough_is_a_name_whoever_made_it() {
    let stage = desk("Stood", "redirect_age = \"0 days\"").await;
    redirect(&stage, PASSER, "Stood yes", "Stood support").await;
    redirect(&stage, PASSER, "Stood form", "Stood request").await;
    file(&stage, "Stood form", "Mine", "* {{Stood yes}} ~~~~").await;
    let intake = format!("{}\n", complete("Moved", "").replace("Helpdesk request", "Stood form"));
    stage.person(REQUESTER).await.append(&stage.desk.pages.intake, &intake, "new").await.unwrap();
    stage.settle().await;
    let mut found = statuses(&stage).await;
    found.sort();
    assert_eq!(found, ["Mine", "Moved"].map(|name| (name.to_owned(), "review".to_owned())));
    assert_eq!(stage.ledger("Mine").await, [format!("{REQUESTER} support no not-on-roster")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_keeps_the_bot_away_from_nothing_by_a_redirect() {
    let stage = desk("Away", "").await;
    let admin = stage.person(ADMIN).await;
    admin.edit("Template:Away remark", "{{{1|}}}", "a template").await.unwrap();
    admin.edit("Template:Nobots", "", "a template").await.unwrap();
    file(&stage, "Away request", "Mine", "{{Away remark|words}}").await;
    redirect(&stage, PASSER, "Away remark", "Nobots").await;
    stage.settle().await;
    assert!(stage.text(&stage.page("Mine")).await.contains("|status=review"));
    // Every desk on the wiki asks about a young redirect.
    admin.edit("Template:Away remark", "{{{1|}}}", "a template again").await.unwrap();
}
