//! Finished requests on show, on real pages.

use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage, wiki};

const PAGES: &str =
    "[pages]\nrules = \"\"\nagenda = \"\"\nqueue = \"\"\nwork = \"\"\nfigures = \"\"\nexamples = \"{root}/Examples\"\n";

/// A picture of one white point.
const PNG: [u8; 67] = [
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0xf8, 0x0f, 0, 1, 1,
    1, 0, 0x1b, 0xb6, 0xee, 0x56, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

impl Stage {
    /// A request of that type, with more parameters, that somebody carried out.
    async fn carried_out(&self, name: &str, kind: &str, more: &str, outcome: &str) {
        let text = format!(
            "{{{{Helpdesk request\n|title={name}\n|type={kind}\n|country=Examplia\n|partner=City archive\n{more}\
             |description=What we want.\n|justification=Why it matters.\n}}}}\n"
        );
        self.person(REQUESTER).await.edit(&self.page(name), &text, "new request").await.unwrap();
        let line = format!("* {{{{Helpdesk outcome|{outcome}}}}} ~~~~\n* {{{{Helpdesk decision|done}}}} ~~~~");
        self.add(STAFF, name, &line).await;
    }

    /// The titles on the page of examples, in its order; those that people put first with a star.
    async fn examples(&self) -> Vec<String> {
        let text = self.text(&self.desk.pages.examples).await;
        let calls = helpdesk::wikitext::calls(&text);
        let examples = calls.iter().filter(|call| call.name == "Helpdesk example");
        let title = |call: &helpdesk::wikitext::Call| helpdesk::wikitext::inert::unescape(call.value("title"));
        examples
            .map(|call| format!("{}{}", if call.value("pinned") == "yes" { "*" } else { "" }, title(call)))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn finished_requests_are_shown_as_the_community_wishes() {
    let stage = Stage::with("examples", PAGES).await;
    wiki().upload("Harbour of examples.png", &PNG).await.unwrap();
    wiki().upload("Gone from examples.png", &PNG).await.unwrap();
    stage.install().await;
    let (examples, landing) = (stage.desk.pages.examples.clone(), stage.desk.root.clone());
    stage.settle().await;
    assert!(stage.html(&examples).await.contains("Nothing is on show yet."));
    assert!(!stage.html(&landing).await.contains("helpdesk-examples"));

    stage.carried_out("Bells", "data", "", "Sounds of ''40'' bells|items=40|image=Gone from examples.png").await;
    stage.until_later().await;
    let maps = "1,200 maps on Commons|files=1200|image=Harbour of examples.png|link=https://example.org/maps";
    stage.carried_out("Maps", "data", "", maps).await;
    stage.carried_out("Secret", "data", "|private=yes\n", "Things nobody is shown").await;
    let hostile = "<script>x</script> &#91;[ '''bold &#123;&#123;Evil&#125;&#125; &lt;/div>";
    stage.carried_out("Hostile", "upload", &format!("|title={hostile}\n"), "All </div></div> done [x").await;
    stage.file("Declined", "").await;
    let declined = "* {{Helpdesk outcome|Nothing came}} ~~~~\n* {{Helpdesk decision|declined}} ~~~~";
    stage.add(STAFF, "Declined", declined).await;
    stage.file("Open", "").await;
    stage.settle().await;
    assert_eq!(stage.status("Secret").await, "done");
    // A page that was drawn in the same second would not be drawn anew.
    stage.until_later().await;
    stage.person(ADMIN).await.delete("File:Gone from examples.png", "gone").await.unwrap();
    let shown = stage.examples().await;
    assert_eq!((shown.len(), &shown[1..]), (3, &["Maps".to_owned(), "Bells".to_owned()][..]), "{shown:?}");

    let html = stage.html(&examples).await;
    for there in
        ["1,200 maps on Commons", "1,200 files", "40 items", "City archive", "Examplia", "https://example.org/maps"]
    {
        assert!(html.contains(there), "{there}: {html}");
    }
    for not_there in
        ["Secret", "nobody is shown", "Declined", "Nothing came", "<script>", "<b>bold", "Gone from", "Lua error"]
    {
        assert!(!html.contains(not_there), "{not_there}: {html}");
    }
    assert!(html.contains("alt=\"Harbour of examples.png\""), "{html}");
    let picture = html.split("src=\"").find(|part| part.starts_with("/w/images/")).expect("its address");
    let picture = stage.url.trim_end_matches("/w/").to_owned() + picture.split('"').next().expect("its end");
    let bytes = reqwest::get(picture).await.unwrap().error_for_status().unwrap().bytes().await.unwrap();
    assert_eq!(bytes.as_ref(), PNG);
    assert_eq!(html.matches("<div").count(), html.matches("</div>").count(), "{html}");
    assert_eq!(html.matches("helpdesk-examples").count(), 2, "{html}");
    let arabic = stage.html_in("ar", &examples).await;
    assert!(arabic.contains("dir=\"rtl\"") && !arabic.contains('⧼'), "{arabic}");

    // One of each type on the landing page, and with its form.
    for kind in ["technical", "training", "partnership"] {
        stage.carried_out(&format!("A {kind}"), kind, "", "Well done").await;
    }
    stage.settle().await;
    let few = stage.html(&landing).await;
    assert!(few.contains("Maps") && !few.contains("40 items") && few.contains("More examples"), "{few}");
    for one in ["A technical", "A training", "A partnership", "Hostile"] {
        assert!(few.contains(one), "{one}: {few}");
    }
    assert_eq!(few.matches("<div").count(), few.matches("</div>").count(), "{few}");
    let form = |kind: &str| format!("{{{{Helpdesk form|{kind}|{}|examples={examples}}}}}", stage.desk.pages.intake);
    let forms = format!("{landing}/Forms");
    stage.person(PASSER).await.edit(&forms, &format!("{}\n{}", form("data"), form("question")), "forms").await.unwrap();
    let html = stage.html(&forms).await;
    assert_eq!(html.matches("An example: ").count(), 1, "{html}");

    // What the wiki does not show in its pages is on no card; that a page is excepted there changes nothing.
    let picture = "alt=\"Harbour of examples.png\"";
    let barred = "MediaWiki:Bad image list";
    let list =
        format!("Files:\n* [[File:Harbour.png]]\n*Views: [[:file:harbour_of examples.png]] except on [[{landing}]]");
    for (list, is_shown) in [(list.as_str(), false), ("No item: [[File:Harbour of examples.png]]", true)] {
        stage.until_later().await;
        stage.person(ADMIN).await.edit(barred, list, "barred").await.unwrap();
        for page in [&examples, &landing] {
            let html = stage.html(page).await;
            assert!(html.contains("1,200 maps on Commons"), "{html}");
            assert_eq!((html.contains(picture), html.contains("Harbour of examples")), (is_shown, is_shown), "{html}");
        }
    }

    // Anybody may put one first, and take one off.
    let around = stage.text(&examples).await;
    let wishes = "\n{{Helpdesk show|bells}}\n{{Helpdesk hide|Hostile}}\n{{Helpdesk show|Nothing like that}}\n\
                  <!-- {{Helpdesk hide|Maps}} --> <nowiki>{{Helpdesk hide|Maps}}</nowiki>\n{{Helpdesk show|Secret}}";
    stage.until_later().await;
    stage.person(PASSER).await.edit(&examples, &format!("{around}{wishes}"), "wishes").await.unwrap();
    assert_eq!(stage.settle().await, [examples.as_str()]);
    assert_eq!(stage.examples().await[..2], ["*Bells", "Maps"]);
    let html = stage.html(&examples).await;
    assert!(html.contains("Shown first: <bdi>bells</bdi>") && html.contains("Not shown: <bdi>Hostile</bdi>"), "{html}");
    assert_eq!(html.matches("There is no finished request of that name.").count(), 2, "{html}");
    let few = stage.html(&landing).await;
    assert!(few.contains("40 items") && !few.contains("1,200 maps"), "{few}");

    // Another status, and it is off the page; what people wrote there stays.
    stage.add(MEMBERS[0], "Bells", "* {{Helpdesk decision|on-hold}} ~~~~").await;
    stage.settle().await;
    assert_eq!(stage.examples().await[0], "Maps");
    assert!(!stage.examples().await.contains(&"Bells".to_owned()));
    assert!(stage.text(&examples).await.contains(wishes));
}
