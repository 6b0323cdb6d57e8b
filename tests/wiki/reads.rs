//! What the wiki's pages and histories look like through the bot's reads.

use helpdesk::page::Revision;
use helpdesk::sandbox::Person;
use helpdesk::wiki::Error;
use helpdesk::wiki::changes::Hint;

use crate::stage::{ADMIN, MEMBERS, PASSER, Stage};

fn ids(revisions: &[Revision]) -> Vec<u64> {
    revisions.iter().map(|r| r.id).collect()
}

/// A page's id, as the list of its folder has it.
async fn id_of(stage: &Stage, title: &str) -> u64 {
    let found = stage.client.newest(&[title.to_owned()]).await.expect("an answer").pop().flatten();
    found.unwrap_or_else(|| panic!("no page {title}")).page.id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_has_every_page_below_with_its_newest_revision() {
    let stage = Stage::new("reads listing").await;
    let (person, admin) = (stage.person(PASSER).await, stage.person(ADMIN).await);
    let prefix = format!("{}/", stage.page("List"));
    assert!(stage.client.listing(&prefix).await.expect("no page").is_empty());
    let mut expected = Vec::new();
    for (name, redirect) in [("One", false), ("Two", true), ("Three/Sub page", false)] {
        let (title, text) = (format!("{prefix}{name}"), if redirect { "#REDIRECT [[One]]" } else { "Words" });
        person.edit(&title, "Before", "x").await.unwrap();
        expected.push((title.clone(), person.edit(&title, text, "x").await.unwrap(), redirect));
    }
    admin.delete(&format!("{prefix}One"), "x").await.unwrap();
    expected.remove(0);
    let before = stage.client.counts()["query"];
    let listed = stage.client.listing(&prefix).await.expect("a list");
    assert_eq!(stage.client.counts()["query"] - before, 1);
    let found: Vec<_> = listed.iter().map(|l| (l.page.title.clone(), l.revision, l.redirect)).collect();
    assert_eq!(found, expected);
    assert!(listed.iter().all(|l| l.page.id != 0));

    // In another namespace, by whatever name the wiki knows it.
    let title = format!("User talk:{PASSER}/{}", stage.desk.root);
    let revision = person.edit(&title, "Words", "x").await.unwrap();
    let listed = stage.client.listing(&format!("user_talk:{PASSER}/{}", stage.desk.root)).await.expect("a list");
    assert_eq!((listed.len(), listed[0].revision, &listed[0].page.title), (1, revision, &title));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_revision_of_pages_by_title_and_by_id() {
    let stage = Stage::new("reads newest").await;
    let person = stage.person(PASSER).await;
    let (one, two, gone) = (stage.page("One"), stage.page("Two"), stage.page("Gone"));
    let first = person.edit(&one, "Words", "x").await.unwrap();
    let second = person.edit(&one, "Other words", "x").await.unwrap();
    let redirect = person.edit(&two, &format!("#REDIRECT [[{one}]]"), "x").await.unwrap();
    let odd = "Not [a] title".to_owned();
    let spelt = one.replace(' ', "_");
    let found = stage.client.newest(&[two.clone(), gone, spelt, odd, one.clone()]).await.expect("pages");
    let [Some(b), None, Some(a), None, Some(same)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(a, same);
    assert_eq!((a.page.title.as_str(), a.info.id, a.parent, a.redirect), (one.as_str(), second, first, false));
    assert_eq!((b.page.title.as_str(), b.info.id, b.parent, b.redirect), (two.as_str(), redirect, 0, true));
    assert!(a.info.user.as_ref().is_some_and(|u| u.name == PASSER && u.id != 0 && !u.temporary));
    let with_text = stage.client.pages(&[one]).await.expect("a page").pop().expect("a page");
    assert_eq!((a.info.at, &a.info.user), (with_text.revision.at, &with_text.revision.user));

    let by_id = stage.client.newest_by_id(&[b.page.id, 987_654_321, a.page.id]).await.expect("pages");
    assert_eq!(by_id, [a.clone(), b.clone()]);
    assert!(stage.client.newest_by_id(&[]).await.expect("nothing asked").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn revisions_since_a_known_one_or_a_conflict() {
    let stage = Stage::new("reads since").await;
    let (person, admin) = (stage.person(PASSER).await, stage.person(ADMIN).await);
    let (page, other) = (stage.page("Page"), stage.page("Other"));
    let mut made = Vec::new();
    for i in 0..4 {
        made.push(person.edit(&page, &format!("Words {i}"), "x").await.unwrap());
    }
    let elsewhere = person.edit(&other, "Words", "x").await.unwrap();
    made.push(person.edit(&page, "Words 4", "x").await.unwrap());
    let id = id_of(&stage, &page).await;
    let since = async |known: u64| stage.client.revisions_since(id, known).await;
    let found = since(made[1]).await.expect("newer revisions");
    assert_eq!(ids(&found), made[2..]);
    assert_eq!(found.iter().map(|r| r.text.clone().unwrap()).collect::<Vec<_>>(), ["Words 2", "Words 3", "Words 4"]);
    assert_eq!(found[0].parent, made[1]);
    assert!(since(made[4]).await.expect("none").is_empty());

    // Of another page, of none, and of one that is gone.
    for known in [elsewhere, 987_654_321] {
        assert!(matches!(since(known).await, Err(Error::Conflict { .. })), "{known}");
    }
    assert!(matches!(stage.client.revisions_since(987_654_321, made[0]).await, Err(Error::Conflict { .. })));
    admin.delete(&page, "x").await.unwrap();
    assert!(matches!(since(made[1]).await, Err(Error::Conflict { .. })));
    person.edit(&page, "Anew", "x").await.unwrap();
    let anew = id_of(&stage, &page).await;
    assert!(matches!(stage.client.revisions_since(anew, made[1]).await, Err(Error::Conflict { .. })));
    // Restored, it has its revisions again, though perhaps another id.
    admin.post(&[("action", "undelete"), ("title", page.as_str()), ("reason", "x")]).await.unwrap();
    let id = id_of(&stage, &page).await;
    let found = stage.client.revisions_since(id, made[1]).await.expect("newer revisions");
    assert_eq!(ids(&found)[..3], made[2..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_wiki_hides_is_nobodys_and_has_no_text() {
    let stage = Stage::new("reads hidden").await;
    let (person, admin) = (stage.person(PASSER).await, stage.person(ADMIN).await);
    let page = stage.page("Page");
    let first = person.edit(&page, "Words", "x").await.unwrap();
    let hidden = person.edit(&page, "Hidden words", "x").await.unwrap();
    let last = person.edit(&page, "More words", "x").await.unwrap();
    let revision = hidden.to_string();
    let hide = [("type", "revision"), ("ids", revision.as_str()), ("hide", "content|user"), ("reason", "x")];
    admin.post([&[("action", "revisiondelete")], &hide[..]].concat()).await.unwrap();
    let found = stage.client.revisions_since(id_of(&stage, &page).await, first).await.expect("revisions");
    assert_eq!(ids(&found), [hidden, last]);
    assert_eq!((&found[0].user, &found[0].text), (&None, &None));
    assert_eq!(found[1].text.as_deref(), Some("More words"));
    assert_eq!(stage.client.stamps(&[hidden]).await.expect("a stamp")[0].user, None);
    let before = stage.client.revisions_before(&page, last, 1).await.expect("revisions");
    assert_eq!(ids(&before), [hidden]);
    // By whom it was is not told in this way either.
    person.edit(&page, "The end", "x").await.unwrap();
    let found = stage.client.last_by(&page, PASSER).await.expect("an answer").expect("a revision");
    assert!(found.text.as_deref() == Some("The end"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_revision_by_an_account_and_so_many_before_one() {
    let stage = Stage::new("reads last by").await;
    let page = stage.page("Page");
    let mut made = Vec::new();
    for (i, name) in [PASSER, MEMBERS[1], PASSER, MEMBERS[2], MEMBERS[1]].iter().enumerate() {
        made.push(stage.person(name).await.edit(&page, &format!("Words {i}"), "x").await.unwrap());
    }
    let last = async |title: &str, name: &str| stage.client.last_by(title, name).await.expect("an answer");
    let found = last(&page, PASSER).await.expect("a revision");
    assert_eq!((found.id, found.parent, found.text.as_deref()), (made[2], made[1], Some("Words 2")));
    assert!(found.user.is_some_and(|u| u.name == PASSER));
    assert_eq!(last(&page, MEMBERS[3]).await, None);
    assert_eq!(last(&page, "Nobody of that name").await, None);
    assert_eq!(last(&stage.page("Gone"), PASSER).await, None);

    let before =
        async |most: usize| ids(&stage.client.revisions_before(&page, made[3], most).await.expect("revisions"));
    assert_eq!(before(2).await, [made[2], made[1]]);
    assert_eq!(before(usize::MAX).await, [made[2], made[1], made[0]]);
    assert!(before(0).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_names_the_revision_and_whether_it_is_a_log_entry() {
    let stage = Stage::new("reads hints").await;
    let (person, admin) = (stage.person(PASSER).await, stage.person(ADMIN).await);
    let mut cursor = None;
    assert!(stage.client.changes(&mut cursor).await.expect("changes").hints.is_empty());
    let (page, moved) = (stage.page("Page"), stage.page("Moved"));
    let made = person.edit(&page, "Words", "x").await.unwrap();
    let edited = edit_again(&person, &page).await;
    admin.move_page(&page, &moved, true).await.unwrap();
    let hints = stage.client.changes(&mut cursor).await.expect("changes").hints;
    let by = |hint: &Hint| hint.user.clone().unwrap_or_default();
    let entry = hints.iter().find(|h| h.log && h.title == page).expect("the move");
    assert_eq!((entry.target.as_deref(), by(entry)), (Some(moved.as_str()), ADMIN.to_owned()));
    // Edits are told of by the title that the page has now.
    let edits: Vec<_> = hints.iter().filter(|h| !h.log && [&page, &moved].contains(&&h.title)).collect();
    let by_passer = |revision: u64| edits.iter().any(|h| h.revision == Some(revision) && by(h) == PASSER);
    assert!(by_passer(made) && by_passer(edited), "{hints:#?}");

    admin.delete(&moved, "x").await.unwrap();
    let hints = stage.client.changes(&mut cursor).await.expect("changes").hints;
    let found: Vec<_> = hints.iter().filter(|h| h.title == moved).collect();
    assert_eq!(found.len(), 1, "nothing twice: {found:#?}");
    assert!(found[0].log && found[0].revision.is_none() && found[0].target.is_none());
}

async fn edit_again(person: &Person, page: &str) -> u64 {
    person.edit(page, "Other words", "x").await.expect("an edit")
}
