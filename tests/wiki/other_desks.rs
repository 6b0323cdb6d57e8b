//! Other desks than Helpdesk, by configuration alone: those of config/examples.

use helpdesk::page::Time;
use helpdesk::{config, desk::Desk, wikitext::inert::unescape};

use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage};

const PICTURES: &str = include_str!("../../config/examples/pictures.toml");
const PROPERTIES: &str = include_str!("../../config/examples/properties.toml");

/// A desk of an example's configuration, on a root of its own, with other numbers where the wiki is too young for them.
async fn stage(name: &str, example: &str, changes: &[(&str, &str)]) -> Stage {
    let mut text = example
        .replace("# approved = \"https://…\"", "approved = \"https://localhost/approved\"\nedits_per_minute = 0");
    for (from, to) in changes {
        assert!(text.contains(from), "{from:?} is not in the example");
        text = text.replace(from, to);
    }
    let root =
        |line: &str| if line.starts_with("root = ") { format!("root = \"Test {name}\"") } else { line.to_owned() };
    let text: Vec<String> = text.lines().map(root).collect();
    let desk: Desk = config::parse(&text.join("\n"), name).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    Stage::of_desk(desk).await
}

/// Nominates a picture.
async fn nominate(stage: &Stage, name: &str) {
    let text = format!(
        "{{{{Helpdesk request\n|title={name}\n|image={name}.jpg\n|description=A picture.\n}}}}\n\n== Votes ==\n<!-- Vote below this line -->"
    );
    stage.person(REQUESTER).await.edit(&stage.page(name), &text, "nomination").await.expect("a nomination");
}

fn later(days: i64) -> Option<Time> {
    crate::stage::in_days(days)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_featured_by_whoever_may_vote() {
    // Accounts of this wiki are minutes old: age is asked for in another story.
    let changes = [
        ("min_age = \"10 days\"", ""),
        ("min_edits = 50", "min_edits = 3"),
        ("support_at_least = 7", "support_at_least = 4"),
    ];
    let stage = stage("pictures", PICTURES, &changes).await;
    let (newcomer, late) = ("Nora of pictures", "Lena of pictures");
    for name in [newcomer, late] {
        stage.newcomer(name).await;
    }
    for (n, who) in MEMBERS.iter().chain(&[STAFF, PASSER, REQUESTER]).enumerate() {
        let person = stage.person(who).await;
        for edit in 0..3 {
            person.edit("Project:Pictures sandbox", &format!("{n} {edit}"), "practice").await.expect("an edit");
        }
    }
    let admin = stage.person(ADMIN).await;
    for (name, to) in [("Template:S", "Support"), ("Template:Contra", "Oppose"), ("Template:Contre", "Oppose")] {
        if admin.text_if_there(name).await.expect("an answer").is_none() {
            admin.edit(name, &format!("#REDIRECT [[Template:{to}]]"), "a name of ours").await.expect("a redirect");
        }
    }
    nominate(&stage, "Heron").await;
    stage.settle().await;
    assert_eq!(stage.status("Heron").await, "open");

    // As such pages look: words in the argument, names of templates in other languages, the same person twice, struck votes.
    stage.add(MEMBERS[0], "Heron", "* {{s|strong support}} -- ~~~~").await;
    stage.add(MEMBERS[1], "Heron", "* {{Contra}} zu dunkel ~~~~").await;
    stage.add(MEMBERS[1], "Heron", "* {{pour}} mieux! ~~~~").await;
    stage.add(MEMBERS[2], "Heron", "* <s>{{s}}</s> {{contre}} ~~~~").await;
    stage.add(MEMBERS[3], "Heron", "{{support}} {{s}} ~~~~").await;
    stage.add(STAFF, "Heron", "# {{S}}. Fine. ~~~~").await;
    stage.add(PASSER, "Heron", "* {{Support}} <!-- {{oppose}} --> ~~~~").await;
    stage.add(REQUESTER, "Heron", "* {{s}} as nominator ~~~~").await;
    // One has too few edits, also one who has enough by the next day.
    stage.add(newcomer, "Heron", "* {{s}} first edit ~~~~").await;
    stage.add(late, "Heron", "* {{contra}} I am new, too ~~~~").await;
    let practice = stage.person(late).await;
    for edit in 0..3 {
        practice.edit("Project:Pictures sandbox", &format!("later {edit}"), "practice").await.expect("an edit");
    }
    stage.settle().await;
    let said = |who: &str, what: &str| format!("{who} {what}");
    assert_eq!(
        stage.ledger("Heron").await,
        [
            said(MEMBERS[0], "support yes"),
            said(MEMBERS[1], "oppose no superseded"),
            said(MEMBERS[1], "support yes"),
            said(MEMBERS[2], "support no struck"),
            said(MEMBERS[2], "oppose yes"),
            said(MEMBERS[3], "support yes"),
            said(MEMBERS[3], "support no inside-sentence"),
            said(STAFF, "support yes"),
            said(PASSER, "support yes"),
            said(REQUESTER, "support no own-request"),
            said(newcomer, "support no too-few-edits"),
            said(late, "oppose no too-few-edits"),
        ]
    );
    let html = stage.html(&stage.page("Heron")).await;
    assert!(html.contains("the account had made too few edits before (3 are needed)"), "{html}");
    // A vote of the one who has enough now counts, and the earlier one is what it was.
    stage.add(late, "Heron", "* {{contra}} now I may ~~~~").await;
    stage.settle().await;
    let ledger = stage.ledger("Heron").await;
    assert_eq!(ledger[11..], [said(late, "oppose no too-few-edits"), said(late, "oppose yes")]);

    // Five for it, two against: a week later it is featured, and nothing is left to do.
    stage.once_at(later(6)).await;
    assert_eq!(stage.status("Heron").await, "open");
    stage.once_at(later(8)).await;
    assert_eq!(stage.status("Heron").await, "featured");
    let text = stage.text(&stage.page("Heron")).await;
    let calls = helpdesk::wikitext::calls(&text);
    let ledger = calls.iter().find(|call| call.name == "Helpdesk ledger start").expect("a ledger");
    assert_eq!(
        (ledger.value("support"), ledger.value("oppose"), unescape(ledger.value("rule"))),
        ("5", "2", "featured".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_without_support_is_closed_and_one_that_is_too_new_does_not_vote() {
    let stage = stage("new pictures", PICTURES, &[("min_edits = 50", "")]).await;
    nominate(&stage, "Fog").await;
    // All accounts here are younger than ten days; a temporary one never votes.
    stage.add(MEMBERS[0], "Fog", "* {{support}} ~~~~").await;
    stage.add(ADMIN, "Fog", "* {{oppose}} ~~~~").await;
    let anonymous = helpdesk::sandbox::Person::anonymous(&stage.url).await.expect("somebody without an account");
    anonymous.append(&stage.page("Fog"), "\n* {{support}} ~~~~", "a vote").await.expect("a vote");
    stage.settle().await;
    let ledger = stage.ledger("Fog").await;
    assert_eq!(ledger[..2], [format!("{} support no too-new", MEMBERS[0]), format!("{ADMIN} oppose no too-new")]);
    assert!(ledger.len() == 3 && ledger[2].ends_with(" support no temporary"), "{ledger:?}");
    let html = stage.html(&stage.page("Fog")).await;
    assert!(html.contains("younger than <bdi>10 days</bdi> at that time"), "{html}");
    stage.once_at(later(8)).await;
    assert_eq!(stage.status("Fog").await, "not-featured");
    // Its row goes to the log of the month.
    stage.once_at(later(12)).await;
    assert!(stage.rows().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_count_as_they_were() {
    let changes = [("min_age = \"10 days\"", "groups = [\"bot\"]"), ("min_edits = 50", "min_edits = 1")];
    let stage = stage("grouped pictures", PICTURES, &changes).await;
    let (before, after) = ("Greta of groups", "Gunnar of groups");
    for name in [before, after] {
        stage.newcomer(name).await;
        stage.person(name).await.edit("Project:Pictures sandbox", name, "practice").await.expect("an edit");
    }
    let bureaucrat = stage.bureaucrat().await;
    let set_group = async |who: &str, how: &str| {
        let params = [("action", "userrights"), ("user", who), (how, "bot")];
        bureaucrat.post_with("userrights", params).await.expect("a change of groups");
    };
    nominate(&stage, "Owl").await;
    set_group(before, "add").await;
    stage.until_later().await;
    stage.add(before, "Owl", "* {{support}} ~~~~").await;
    stage.add(after, "Owl", "* {{support}} ~~~~").await;
    stage.until_later().await;
    // Given and taken afterwards.
    set_group(before, "remove").await;
    set_group(after, "add").await;
    stage.settle().await;
    let expected = [format!("{before} support yes"), format!("{after} support no not-in-group")];
    assert_eq!(stage.ledger("Owl").await, expected);
    let html = stage.html(&stage.page("Owl")).await;
    assert!(html.contains("not in a group that votes here (<bdi>bot</bdi>)"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_start_nobody_is_asked_of_whom_the_ledger_tells() {
    let changes = [("min_age = \"10 days\"", ""), ("min_edits = 50", "min_edits = 2")];
    let stage = stage("many pictures", PICTURES, &changes).await;
    nominate(&stage, "Fox").await;
    let newcomer = "Nina of pictures";
    stage.newcomer(newcomer).await;
    for who in [MEMBERS[0], MEMBERS[1], MEMBERS[2], STAFF] {
        for edit in 0..2 {
            let title = format!("Project:Practice of {who}");
            stage.person(who).await.edit(&title, &edit.to_string(), "practice").await.expect("an edit");
        }
    }
    for who in [newcomer, MEMBERS[0], MEMBERS[1], MEMBERS[2]] {
        stage.add(who, "Fox", "* {{support}} ~~~~").await;
    }
    // A page with a long history, of which the next start reads what came after the ledger.
    for n in 0..60 {
        stage.add(PASSER, "Fox", &format!(": a remark, {n}")).await;
    }
    stage.settle().await;
    stage.add(STAFF, "Fox", "* {{oppose}} ~~~~").await;
    let (stage, proxy) = crate::faults::through_proxy(stage).await;
    stage.once().await;
    let asked = |what: &str| proxy.texts().iter().filter(|text| text.contains(what)).count();
    assert_eq!(asked("ucuserids"), 1, "the one who has just voted");
    let said = |who: &str, what: &str| format!("{who} {what}");
    assert_eq!(
        stage.ledger("Fox").await,
        [
            said(newcomer, "support no too-few-edits"),
            said(MEMBERS[0], "support yes"),
            said(MEMBERS[1], "support yes"),
            said(MEMBERS[2], "support yes"),
            said(STAFF, "oppose yes"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_property_is_proposed_by_type_ready_by_rule_and_created_by_staff() {
    let stage = stage("properties", PROPERTIES, &[]).await;
    let admin = stage.person(ADMIN).await;
    let roster = format!("{{{{Helpdesk member|user={STAFF}|role=staff}}}}\n");
    admin.edit(&stage.desk.pages.committee, &roster, "creators").await.expect("a roster");
    // A name of a template by a trusted account counts at once, and so does one that is configured.
    if admin.text_if_there("Template:Kyllä").await.expect("an answer").is_none() {
        admin.edit("Template:Kyllä", "#REDIRECT [[Template:Support]]", "a name of ours").await.expect("a redirect");
    }
    let proposal = "{{Helpdesk request\n|title=shoe size\n|description=How large.\n|datatype=quantity\n|example=Q1 → 43\n}}\n\n== Discussion ==";
    let person = stage.person(REQUESTER).await;
    // The part's own page is people's; a request below it is one, and one below that is not.
    person.edit(&stage.page("Person"), "Proposals on people.", "a part").await.expect("a part");
    for name in ["Person/Shoe size", "Person/Shoe size/Draft"] {
        person.edit(&stage.page(name), proposal, "a proposal").await.expect("a proposal");
    }
    stage.settle().await;
    assert_eq!(stage.status("Person/Shoe size").await, "open");
    let rows: Vec<String> = stage.rows().await.into_iter().map(|row| row.page.title).collect();
    assert_eq!(rows, [stage.page("Person/Shoe size")]);
    let problems = stage.text(&stage.desk.pages.problems).await;
    assert!(problems.contains("kind=deeper") && unescape(&problems).contains("Person/Shoe size-Draft"), "{problems}");

    stage.add(MEMBERS[0], "Person/Shoe size", "* {{Pour}} utile ~~~~").await;
    stage.add(MEMBERS[1], "Person/Shoe size", "* {{vote|Ja}} ~~~~").await;
    stage.add(MEMBERS[2], "Person/Shoe size", "* {{kyllä}} ~~~~").await;
    stage.add(PASSER, "Person/Shoe size", "* {{vote|perhaps}} ~~~~").await;
    stage.add(STAFF, "Person/Shoe size", "* {{Neutral}} ~~~~").await;
    stage.settle().await;
    let [a, b, c, ..] = MEMBERS;
    assert_eq!(
        stage.ledger("Person/Shoe size").await,
        [
            format!("{a} support yes"),
            format!("{b} support yes"),
            format!("{c} support yes"),
            format!("{STAFF} abstain yes")
        ]
    );
    stage.once_at(later(8)).await;
    assert_eq!(stage.status("Person/Shoe size").await, "ready");
    // The label is the desk's own, also where another desk of the wiki was installed last.
    let html = stage.html(&stage.desk.pages.status).await;
    assert!(html.contains("Ready to be created"), "{html}");
    let html = stage.html(&stage.page("Person/Shoe size")).await;
    assert!(html.contains("<bdi>Ready</bdi>"), "{html}");

    // Nobody else creates it.
    stage.add(PASSER, "Person/Shoe size", "{{Helpdesk decision|created}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Person/Shoe size").await, "ready");
    stage.add(STAFF, "Person/Shoe size", "{{Helpdesk decision|created|reason=It is P9999.}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.status("Person/Shoe size").await, "created");
}
