//! What readers see in their own languages.

use helpdesk::install;
use helpdesk::records::language::Language;

use crate::stage::{ADMIN, MEMBERS, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn each_reader_has_their_own_language() {
    let stage = Stage::new("languages").await;
    stage.install().await;
    stage.file("Maps", "").await;
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    stage.settle().await;
    let (request, status) = (stage.page("Maps"), stage.desk.pages.status.clone());
    for (language, shown, attributes) in [
        ("en", "Where this request stands", "lang=\"en\" dir=\"ltr\""),
        ("es", "A favor", "lang=\"es\" dir=\"ltr\""),
        ("ar", "قيد المراجعة", "lang=\"ar\" dir=\"rtl\""),
        ("zh-hans", "支持", "lang=\"zh-Hans\" dir=\"ltr\""),
        ("zh-tw", "支持", "lang=\"zh-Hant\" dir=\"ltr\""),
        ("pt-br", "Em análise", "lang=\"pt\" dir=\"ltr\""),
        ("gsw", "In Prüfung", "lang=\"de\" dir=\"ltr\""),
        ("tlh", "Where this request stands", "lang=\"en\" dir=\"ltr\""),
    ] {
        let html = stage.html_in(language, &request).await;
        assert!(html.contains(shown) && html.contains(attributes), "{language}: {html}");
        for page in [&request, &status, &stage.desk.root, &stage.desk.pages.intake] {
            let html = stage.html_in(language, page).await;
            for wrong in ["⧼", "Lua error", "{{", "$1"] {
                assert!(!html.contains(wrong), "{language}: {wrong} in {page}: {html}");
            }
        }
    }
    let types = "<bdi>Alianza</bdi>, <bdi>Formación</bdi>";
    assert!(stage.html_in("es", &request).await.contains(types), "the types that a rule is for");
    // What people wrote stays in theirs.
    assert!(stage.html_in("ar", &request).await.contains("dir=\"auto\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn editors_know_the_fields_of_a_request_in_all_languages() {
    let stage = Stage::new("template data").await;
    let person = stage.person(MEMBERS[1]).await;
    let title = "Template:Helpdesk request";
    let asked = [("action", "templatedata"), ("titles", title), ("formatversion", "2")];
    let all = person.get(asked).await.expect("template data");
    let data = &all["pages"].as_object().expect("pages").values().next().expect("the template")["params"];
    let mut order: Vec<&str> = stage.desk.fields.iter().map(|field| field.name.as_str()).collect();
    order.extend(["status", "status since"]);
    for name in &order {
        assert!(data[name].is_object(), "{name} in {all}");
    }
    for code in Language::codes() {
        let texts = Language::of(code);
        for (part, key) in [("label", "field-description"), ("description", "help-description")] {
            assert_eq!(data["description"][part][code].as_str(), texts.text(key), "{code}");
        }
    }
    let kinds = ["upload", "data", "technical", "partnership", "training", "question", "other"];
    assert_eq!(data["type"]["suggestedvalues"], serde_json::json!(kinds));
    let required = |name: &str| data[name]["required"] == true;
    assert!(stage.desk.fields.iter().all(|field| required(&field.name) == field.required), "{data}");

    let spanish = person.get([asked[0], asked[1], asked[2], ("lang", "es")]).await.expect("template data");
    let page = spanish["pages"].as_object().expect("pages").values().next().expect("the template");
    let shown = |name: &str| page["params"][name]["label"].as_str().unwrap_or_default();
    assert_eq!(
        [shown("title"), shown("justification"), shown("status")],
        ["Título", "Por qué es importante", "Estado"]
    );
    assert!(page["description"].as_str().is_some_and(|about| about.starts_with("Una solicitud")), "{page}");
    let html = stage.html_in("es", title).await;
    assert!(html.contains("Por qué es importante") && !html.contains("Lua error"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_a_wiki_has_changed_outlives_an_update() {
    let stage = Stage::new("own texts").await;
    let admin = stage.person(ADMIN).await;
    let page = "Module:Helpdesk/i18n/sv.json";
    let texts = admin.text(page).await.expect("Swedish");
    let mut changed: serde_json::Value = serde_json::from_str(&texts).expect("JSON");
    changed["ledger-title"] = "Så här står det till".into();
    admin.edit(page, &changed.to_string(), "as we say it here").await.expect("an edit");
    stage.file("Maps", "").await;
    stage.settle().await;
    assert!(stage.html_in("sv", &stage.page("Maps")).await.contains("Så här står det till"));
    let installation = install::compare(&stage.client, &stage.desk).await.expect("a comparison");
    let planned = installation
        .plan
        .changes
        .iter()
        .find(|change| change.page == page)
        .expect("its note of what is the wiki's own");
    let after: serde_json::Value = serde_json::from_str(&planned.after).expect("JSON");
    assert_eq!(after["ledger-title"], changed["ledger-title"]);
    assert_eq!(after["@metadata"]["own"], serde_json::json!(["ledger-title"]));
    assert_eq!(after["head-votes"], changed["head-votes"]);

    // What is missing or no text at all is said in English, and breaks nothing where no markup may stand.
    for key in ["head-votes", "date-short", "none-yet"] {
        changed.as_object_mut().expect("texts").remove(key);
    }
    changed["since"] = 5.into();
    admin.edit(page, &changed.to_string(), "half of it").await.expect("an edit");
    let html = stage.html_in("sv", &stage.desk.pages.status).await;
    assert!(
        html.contains("data-label=\"Votes\"") && html.contains("<span lang=\"en\" dir=\"ltr\">none yet</span>"),
        "{html}"
    );
    let html = html + &stage.html_in("sv", &stage.page("Maps")).await;
    assert!(html.contains("Så här står det till") && !html.contains("Lua error"), "{html}");
    admin.edit(page, &texts, "put back").await.expect("an edit");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_go_by_the_person_they_are_about() {
    let stage = Stage::new("persons").await;
    stage.newcomer("Frida Female").await;
    stage.newcomer("Male").await;
    let frida = stage.person("Frida Female").await;
    frida
        .post([("action", "options"), ("optionname", "gender"), ("optionvalue", "female")])
        .await
        .expect("a preference");
    let text = crate::stage::complete("Maps", "* {{support}} ~~~~").replace("|status=", "|status=approved");
    frida.edit(&stage.page("Maps"), &text, "a request").await.expect("a request");
    stage.settle().await;
    stage.file("Books", "").await;
    stage.settle().await;
    for (who, name) in [("Frida Female", "Maps"), ("Male", "Books")] {
        stage.alter(who, name, "|status=review", "|status=approved").await;
    }
    stage.settle().await;
    let shown = async |language: &str, name: &str| stage.html_in(language, &stage.page(name)).await;
    let maps = shown("ru", "Maps").await;
    assert!(maps.contains("Frida Female</a></bdi> изменила статус на"), "{maps}");
    // Whoever says nothing, though the name sounds like it.
    let books = shown("ru", "Books").await;
    assert!(books.contains("Статус был изменён (автор правки: <bdi>"), "{books}");
    let maps = shown("ar", "Maps").await;
    assert!(maps.contains("مقدمة الطلب:") && maps.contains("غيّرت <bdi>"), "{maps}");
    let line = |who: &str| format!("{{{{Helpdesk member|user={who}|role=chair}}}}\n");
    let lines: String = ["Frida Female", "Male", ""].map(line).concat();
    frida.edit("Persons", &lines, "lines of a committee").await.expect("a page");
    let html = stage.html_in("fr", "Persons").await;
    assert!(html.contains(": présidente<") && html.matches(": présidence<").count() == 2, "{html}");
}
