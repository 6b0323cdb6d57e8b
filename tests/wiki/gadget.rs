//! The form and the buttons of the gadget, in a browser, on a wiki of their own: a gadget is there for all of a wiki.

use helpdesk::desk::Desk;
use helpdesk::sandbox::{Account, Options, Person, Sandbox, Wiki};
use helpdesk::wiki::{Client, Connection};
use helpdesk::{config, install, pass};
use serde_json::json;

use crate::axe;
use crate::browser::Browser;
use crate::stage::{PASSWORD, config_text};

const MEMBER: &str = "Gerda Gadget";
const STAFF: &str = "Stefan Gadget";

/// A wiki with the desk, its gadget and a committee; none where the tests are given a wiki.
async fn set_up(name: &str) -> Option<(Wiki, Client, Desk)> {
    if Wiki::from_env().await.unwrap().is_some() {
        return None;
    }
    let sandbox = Sandbox::ready().await.unwrap();
    let wiki = sandbox.wiki(&format!("{name}-{}", std::process::id()), Options::default()).await.unwrap();
    let bot = Account::new("Gadget bot", PASSWORD).group("bot").bot_password("test");
    let people = [MEMBER, STAFF].map(|name| Account::new(name, PASSWORD));
    let login = wiki.accounts(&[bot, people[0].clone(), people[1].clone()]).await.unwrap().remove(0);
    let connection = Connection::with_password(wiki.url(), &login.name, &login.password);
    let pages = "[pages]\nrules = \"\"\nagenda = \"\"\nqueue = \"\"\nexamples = \"{root}/Examples\"\n";
    let desk = config::parse(&config_text("Gadget desk", pages), "test").unwrap();
    let client = Client::connect(&connection, desk.safety.request_timeout, &desk.name).await.unwrap();
    let installation = install::compare(&client, &desk).await.unwrap();
    assert_eq!(install::apply(&client, &installation).await.unwrap(), Vec::<String>::new());

    let told = install::gadget(&client, &desk).await.unwrap();
    assert_eq!(told.len(), 3, "{told:?}");
    let admin = Person::login(wiki.url(), &wiki.admin().name, &wiki.admin().password).await.unwrap();
    for line in &told {
        let (title, text) =
            if let Some((file, title)) = line.split_once("save ").and_then(|(_, l)| l.split_once(" as ")) {
                (title, std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap())
            } else {
                let (title, text) = line.split_once("add to ").and_then(|(_, l)| l.split_once(": ")).unwrap();
                (title, text.to_owned())
            };
        admin.edit(title, &text, "as told").await.unwrap();
    }
    assert_eq!(install::gadget(&client, &desk).await.unwrap(), Vec::<String>::new());
    // The configuration is nobody's words, whoever wrote there.
    admin.edit("Module:Helpdesk/config.json", "{}", "mine").await.unwrap();
    let again = install::compare(&client, &desk).await.unwrap();
    let pages: Vec<_> = again.plan.changes.iter().map(|change| &change.page).collect();
    assert_eq!(pages, ["Module:Helpdesk/config.json"]);
    assert_eq!(install::apply(&client, &again).await.unwrap(), Vec::<String>::new());
    let line = |user: &str, role: &str| format!("\n{{{{Helpdesk member|user={user}|role={role}|from=2026-01-01}}}}");
    admin.append(&desk.pages.committee, &(line(MEMBER, "member") + &line(STAFF, "staff")), "people").await.unwrap();
    Some((wiki, client, desk))
}

/// The button with these words.
async fn press(browser: &Browser, words: &str) {
    press_in(browser, ".helpdesk-gadget", words).await;
}

async fn press_in(browser: &Browser, place: &str, words: &str) {
    let script = "const button = [...document.querySelectorAll(arguments[0] + ' button')]\
        .find((b) => b.innerText.startsWith(arguments[1])); if (button) { button.click(); } return !!button;";
    assert_eq!(browser.run(script, json!([place, words])).await.unwrap(), json!(true), "no button {words}");
}

async fn said(browser: &Browser) -> String {
    let said = browser.run("return document.querySelector('.helpdesk-gadget').innerText;", json!([])).await.unwrap();
    said.as_str().unwrap().to_owned()
}

async fn log_in(browser: &Browser, client: &Client, name: &str) {
    browser.go(&client.address("Special:UserLogin")).await.unwrap();
    browser.write("#wpName1", name).await.unwrap();
    browser.write("#wpPassword1", PASSWORD).await.unwrap();
    browser.click("#wpLoginAttempt").await.unwrap();
    browser.wait_for("#pt-logout").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_filed_voted_on_and_decided_with_the_gadget() {
    let Some((wiki, client, desk)) = set_up("gadget").await else { return };

    // Whoever has no account files a request, in Arabic, and is told of what cannot be while it can be mended.
    let browser = Browser::open().await.unwrap();
    browser.go(&format!("{}?uselang=ar", client.address(&desk.pages.intake))).await.unwrap();
    browser.wait_for(".helpdesk-gadget[dir='rtl'][lang='ar'] .helpdesk-gadget-types").await.unwrap();
    browser.go(&client.address(&desk.pages.intake)).await.unwrap();
    browser.wait_for(".helpdesk-gadget .helpdesk-gadget-types").await.unwrap();
    let hidden = "return getComputedStyle(document.querySelector('.helpdesk-forms')).display === 'none';";
    assert_eq!(browser.run(hidden, json!([])).await.unwrap(), json!(true));
    axe::check(&browser, "types").await;
    press(&browser, "Data").await;
    for (name, fault) in
        [("", "write something"), ("24/7", "slash"), ("sv", "code of a language"), ("a]b", "signs such as ]")]
    {
        browser.run("document.querySelector('#helpdesk-title').value = '';", json!([])).await.unwrap();
        browser.write("#helpdesk-title", name).await.unwrap();
        press(&browser, "Next").await;
        browser.wait_for(".helpdesk-gadget-problem .cdx-message").await.unwrap();
        assert!(said(&browser).await.contains(fault), "{name}: {}", said(&browser).await);
        if name.is_empty() {
            axe::check(&browser, "a question with a fault").await;
        }
        browser.run("document.querySelector('.helpdesk-gadget-problem').replaceChildren();", json!([])).await.unwrap();
    }
    browser.run("document.querySelector('#helpdesk-title').value = '';", json!([])).await.unwrap();
    browser.write("#helpdesk-title", "Bells").await.unwrap();
    press(&browser, "Next").await;
    browser.write("#helpdesk-description", "Sounds | of {{bells}} <b>here</b>").await.unwrap();
    // A draft outlives the page.
    browser.go(&client.address(&desk.pages.intake)).await.unwrap();
    browser.wait_for(".helpdesk-gadget-types").await.unwrap();
    assert!(said(&browser).await.contains("is here again"), "{}", said(&browser).await);
    axe::check(&browser, "a draft").await;
    press(&browser, "Data").await;
    browser.wait_for("#helpdesk-title").await.unwrap();
    press(&browser, "Next").await;
    browser.wait_for("#helpdesk-description").await.unwrap();
    press(&browser, "Next").await;
    browser.wait_for("#helpdesk-justification").await.unwrap();
    browser.write("#helpdesk-justification", "They are old.").await.unwrap();
    axe::check(&browser, "a long answer").await;
    press(&browser, "Next").await;
    browser.wait_for("#helpdesk-requester").await.unwrap();
    press(&browser, "Look at it").await;
    browser.wait_for(".helpdesk-gadget-preview .helpdesk-request").await.unwrap();
    let wide = "const page = document.documentElement; return page.scrollWidth <= page.clientWidth;";
    assert_eq!(browser.run(wide, json!([])).await.unwrap(), json!(true), "wider than the window");
    axe::check(&browser, "a request before it is filed").await;
    press(&browser, "File my request").await;
    browser.wait_for(".helpdesk-gadget a.cdx-button").await.unwrap();
    axe::check(&browser, "a request that is filed").await;
    browser.close().await.unwrap();

    let page = format!("{}/Bells", desk.pages.intake);
    let guest = Person::anonymous(wiki.url()).await.unwrap();
    let text = guest.text(&page).await.unwrap();
    for part in
        ["| title = Bells\n", "| type = data\n", "Sounds {{!}} of &#123;&#123;bells&#125;&#125; <b>here</b>\n", "(UTC)"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    let first = pass::once(&client, &desk, None).await.unwrap();
    assert!(first.written.iter().any(|change| change.page == page), "{:?}", first.plan.problems);

    // A member votes, staff decide, each with a button.
    for (who, words, fill) in [(MEMBER, "Support", ""), (STAFF, "Decide", "approved")] {
        let browser = Browser::open().await.unwrap();
        log_in(&browser, &client, who).await;
        browser.go(&client.address(&page)).await.unwrap();
        browser.wait_for(".helpdesk-gadget button").await.unwrap();
        press(&browser, words).await;
        let asked = at(&browser).await;
        assert!(["#helpdesk-words", "#helpdesk-picked"].contains(&asked.as_str()), "{asked}");
        press(&browser, "Cancel").await;
        assert_eq!(at(&browser).await, words);
        press(&browser, words).await;
        browser.write("#helpdesk-words", "A good idea.").await.unwrap();
        axe::check(&browser, words).await;
        if !fill.is_empty() {
            browser
                .run("document.querySelector('#helpdesk-picked').value = arguments[0];", json!([fill]))
                .await
                .unwrap();
        }
        press(&browser, "Save").await;
        browser.wait_for(".helpdesk-gadget .cdx-message--success:focus").await.unwrap();
        browser.close().await.unwrap();
    }
    pass::once(&client, &desk, None).await.unwrap();
    let text = guest.text(&page).await.unwrap();
    assert!(text.contains("|choice=support|user=Gerda Gadget|") && text.contains("|counted=yes"), "{text}");
    assert_eq!(crate::stage::param(&text, "status"), "approved");

    // Somebody takes it up, which brings the steps, ticks the first one, and tells what came of it: each with a button.
    let helper = "Greta Gadget";
    wiki.account(helper, PASSWORD, &[]).await.unwrap();
    let browser = Browser::open().await.unwrap();
    log_in(&browser, &client, helper).await;
    let look = async |n: usize| {
        pass::once(&client, &desk, None).await.unwrap();
        browser.go(&format!("{}?look={n}", client.address(&page))).await.unwrap();
        browser.wait_for(".helpdesk-gadget button").await.unwrap();
    };
    let saved = async |place: &str| {
        browser.wait_for(&format!("{place} .cdx-message--success:focus")).await.unwrap();
    };
    look(1).await;
    press(&browser, "I will help").await;
    browser.write("#helpdesk-words", "I know bells.").await.unwrap();
    axe::check(&browser, "I will help").await;
    press(&browser, "Save").await;
    saved(".helpdesk-gadget").await;
    look(2).await;
    browser.click(".helpdesk-step button").await.unwrap();
    browser.wait_for("#helpdesk-picked-step-0:focus").await.unwrap();
    axe::check(&browser, "a step").await;
    let pick = "document.querySelector('#helpdesk-picked-step-0').value = 'done';";
    browser.run(pick, json!([])).await.unwrap();
    press_in(&browser, ".helpdesk-step", "Save").await;
    saved(".helpdesk-step").await;
    press(&browser, "What came of it").await;
    browser.write("#helpdesk-words", "40 sounds | of = {{bells}}").await.unwrap();
    browser.write("#helpdesk-files", "40").await.unwrap();
    axe::check(&browser, "What came of it").await;
    press(&browser, "Save").await;
    saved(".helpdesk-gadget").await;
    look(3).await;
    press(&browser, "I cannot go on").await;
    press(&browser, "Save").await;
    saved(".helpdesk-gadget").await;
    let text = guest.text(&page).await.unwrap();
    let calls = helpdesk::wikitext::calls(&text);
    let ledger =
        |name: &str| calls.iter().find(|call| call.name == name).unwrap_or_else(|| panic!("no {name} in {text}"));
    assert_eq!(ledger("Helpdesk ledger helper").value("user"), helper);
    assert_eq!(ledger("Helpdesk ledger steps").value("steps done"), "1");
    assert_eq!(ledger("Helpdesk ledger outcome").value("files"), "40");
    assert!(text.contains("40 sounds {{!}} of = &#123;&#123;bells&#125;&#125;"), "{text}");
    assert_eq!(crate::stage::param(&text, "status"), "in-progress");
    pass::once(&client, &desk, None).await.unwrap();
    assert_eq!(crate::stage::param(&guest.text(&page).await.unwrap(), "status"), "approved", "given back");
    browser.close().await.unwrap();

    // Once it is closed, nothing but another decision is left.
    let staff = Person::login(wiki.url(), STAFF, PASSWORD).await.unwrap();
    staff.append(&page, "\n{{Helpdesk decision|declined}} ~~~~", "no").await.unwrap();
    pass::once(&client, &desk, None).await.unwrap();
    let browser = Browser::open().await.unwrap();
    log_in(&browser, &client, STAFF).await;
    browser.go(&client.address(&page)).await.unwrap();
    browser.wait_for(".helpdesk-gadget button").await.unwrap();
    let buttons = "return [...document.querySelectorAll('.helpdesk-gadget button')].map((b) => b.textContent);";
    assert_eq!(browser.run(buttons, json!([])).await.unwrap(), json!(["Decide"]));
    browser.close().await.unwrap();
}

/// Where the focus is: the id, else the words of the element.
async fn at(browser: &Browser) -> String {
    let script = "const at = document.activeElement; return at.id ? '#' + at.id : at.innerText;";
    browser.run(script, json!([])).await.unwrap().as_str().unwrap().to_owned()
}

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// Goes from element to element to the one with that id or with words that begin so; gives how many steps it took.
async fn tab_to(browser: &Browser, place: &str) -> usize {
    let mut passed = Vec::new();
    while passed.len() < 60 {
        browser.keys(TAB).await.unwrap();
        let at = at(browser).await;
        if at.starts_with(place) {
            return passed.len() + 1;
        }
        passed.push(at);
    }
    panic!("no way with the keyboard to {place}: {passed:?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_filed_with_the_keyboard_alone() {
    let Some((wiki, client, desk)) = set_up("keyboard").await else { return };
    let words = helpdesk::records::language::Language::of("ar");
    let say = |key: &str| words.say(key, &[]);
    let browser = Browser::open().await.unwrap();
    browser.width(390).await.unwrap();
    let intake = client.address(&desk.pages.intake).replace("/wiki/", "/w/index.php?title=");
    browser.go(&format!("{intake}&useskin=minerva&uselang=ar")).await.unwrap();
    browser.wait_for(".helpdesk-gadget .helpdesk-gadget-types").await.unwrap();
    tab_to(&browser, &say("type-data")).await;
    browser.keys(ENTER).await.unwrap();

    // The question that is asked has the focus, and keeps it where something is wrong with the answer.
    browser.wait_for("#helpdesk-title:focus").await.unwrap();
    browser.keys(&format!("a/b{ENTER}")).await.unwrap();
    browser.wait_for("#helpdesk-title[aria-invalid='true']:focus").await.unwrap();
    browser.wait_for(".helpdesk-gadget-problem[role='alert'] .cdx-message").await.unwrap();
    axe::check(&browser, "a fault in Arabic on a phone").await;
    browser.keys(&format!("{}Bells{ENTER}", "\u{e003}".repeat(3))).await.unwrap();
    for (field, said) in [("description", "Sounds of bells."), ("justification", "They are old.")] {
        browser.wait_for(&format!("#helpdesk-{field}:focus")).await.unwrap();
        browser.keys(said).await.unwrap();
        axe::check(&browser, field).await;
        assert_eq!(tab_to(&browser, &say("gadget-next")).await, 1, "{field}");
        browser.keys(ENTER).await.unwrap();
    }
    // Back is there too, and the rest may be left out.
    browser.wait_for("#helpdesk-requester:focus").await.unwrap();
    assert_eq!(tab_to(&browser, &say("gadget-back")).await, 2);
    browser.keys(ENTER).await.unwrap();
    browser.wait_for("#helpdesk-justification:focus").await.unwrap();
    assert_eq!(tab_to(&browser, &say("gadget-next")).await, 1);
    browser.keys(ENTER).await.unwrap();
    browser.wait_for("#helpdesk-requester:focus").await.unwrap();
    assert_eq!(tab_to(&browser, &say("gadget-preview")).await, 3);
    browser.keys(ENTER).await.unwrap();
    browser.wait_for(".helpdesk-gadget-preview .helpdesk-request").await.unwrap();
    assert_eq!(at(&browser).await, say("gadget-preview"), "the heading of what is shown");
    axe::check(&browser, "a request before it is filed, in Arabic on a phone").await;
    tab_to(&browser, &say("gadget-save")).await;
    browser.keys(ENTER).await.unwrap();
    browser.wait_for(".helpdesk-gadget a.cdx-button").await.unwrap();
    assert_eq!(at(&browser).await, say("gadget-saved"));
    assert_eq!(tab_to(&browser, &say("gadget-open")).await, 1);
    browser.keys(ENTER).await.unwrap();
    browser.wait_for("#mw-content-text .helpdesk-request:not(.helpdesk-gadget *)").await.unwrap();
    let address = browser.run("return location.pathname;", json!([])).await.unwrap();
    assert!(address.as_str().unwrap().ends_with("/Bells"), "{address}");
    browser.close().await.unwrap();

    let text =
        Person::anonymous(wiki.url()).await.unwrap().text(&format!("{}/Bells", desk.pages.intake)).await.unwrap();
    let filed =
        ["title", "type", "description", "justification", "requester"].map(|name| crate::stage::param(&text, name));
    assert_eq!(filed, ["Bells", "data", "Sounds of bells.", "They are old.", ""]);
    assert!(text.contains("(UTC)"), "{text}");
}
/// Words with less contrast than readers need (WCAG 2.1, 1.4.3), in what the desk draws.
const FAINT: &str = "const rgb = (c) => c.match(/[\\d.]+/g).map(Number); \
    const light = (c) => c.slice(0, 3).map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4) \
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0); \
    const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); \
    if (c.length < 4 || c[3] > 0) { return c; } } return [255, 255, 255]; }; \
    const drawn = document.querySelectorAll('.helpdesk-ledger, .helpdesk-request, .helpdesk-table, .helpdesk-gadget'); \
    return [...drawn].flatMap((part) => [...part.querySelectorAll('*')]) \
    .filter((e) => e.getClientRects().length && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) \
    .filter((e) => { const [a, b] = [rgb(getComputedStyle(e).color), ground(e)].map(light); \
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5; }).map((e) => e.outerHTML.slice(0, 200));";

/// What a reader of a printed page does not see, though it is there; and what cannot be pressed there.
const NOT_ON_PAPER: &str = "const seen = (e) => e.getClientRects().length > 0; \
    const lost = [...document.querySelectorAll('.helpdesk-ledger tr, .helpdesk-ledger li')].filter((e) => !seen(e)); \
    const idle = [...document.querySelectorAll('.helpdesk-links, .helpdesk-ledger .mw-collapsible-toggle')].filter(seen); \
    return [...lost, ...idle].map((e) => e.outerHTML.slice(0, 200));";

/// What sticks out of the window, but for what can be scrolled by itself.
const OUTSIDE: &str = "const page = document.documentElement; if (page.scrollWidth > page.clientWidth) { return ['the page']; } \
    return [...document.querySelectorAll('#mw-content-text *')].filter((e) => { const box = e.getBoundingClientRect(); \
    return box.width && (box.right > page.clientWidth + 1 || box.left < -1) && !e.closest('[style*=overflow-x]'); }) \
    .map((e) => e.outerHTML.slice(0, 200)).slice(0, 3);";

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_every_screen_and_everybody() {
    let Some((wiki, client, desk)) = set_up("screens").await else { return };
    let member = Person::login(wiki.url(), MEMBER, PASSWORD).await.unwrap();
    let request = format!("{}/Maps of an island far away", desk.pages.intake);
    member.edit(&request, &crate::stage::complete("Maps of an island far away", ""), "new").await.unwrap();
    member.append(&request, "\n* {{support}} ~~~~", "a vote").await.unwrap();
    let work = format!("{}/Bells that are at work", desk.pages.intake);
    let text = crate::stage::complete("Bells that are at work", "");
    member.edit(&work, &text, "new").await.unwrap();
    let help = "\n* {{Helpdesk claim}} ~~~~\n* {{Helpdesk step|Get the data|blocked|who=Gerda Gadget|due=2020-01-31}}\n\
                * {{Helpdesk step|A step with a rather long name, so that a line does not hold it|dropped}}\n\
                * {{Helpdesk outcome|Some sounds|files=3|category=No such|link=https://example.org/a}} ~~~~";
    let staff = Person::login(wiki.url(), STAFF, PASSWORD).await.unwrap();
    staff.append(&work, &format!("{help}\n* {{{{Helpdesk decision|in-progress}}}} ~~~~"), "work").await.unwrap();
    let done = format!("{}/Doors that are done", desk.pages.intake);
    member.edit(&done, &crate::stage::complete("Doors that are done", ""), "new").await.unwrap();
    let outcome =
        "\n* {{Helpdesk outcome|Pictures of all doors of the old town|files=1200}} {{Helpdesk decision|done}} ~~~~";
    staff.append(&done, outcome, "done").await.unwrap();
    // Figures count up to the day before.
    let tomorrow = chrono::Utc::now() + chrono::TimeDelta::days(1);
    pass::once(&client, &desk, Some(tomorrow)).await.unwrap();

    let browser = Browser::open().await.unwrap();
    log_in(&browser, &client, STAFF).await;
    let guides = ["Voting", "Helping"].map(|name| format!("{}/Guide/{name}", desk.root));
    let kept = &desk.pages;
    let kept = [&kept.status, &kept.work, &kept.flow, &kept.figures, &kept.examples];
    let pages = [&desk.root, &desk.pages.intake, &request, &work].into_iter().chain(kept);
    let pages = pages.chain([&desk.pages.committee]).chain(&guides);
    let address = |page: &str| client.address(page).replace("/wiki/", "/w/index.php?title=");
    for (width, skin, language) in [
        (390, "minerva", "en"),
        (390, "minerva", "ar"),
        (768, "vector-2022", "de"),
        (1280, "vector-2022", "en"),
        (1280, "vector-2022", "ar"),
        (1920, "minerva", "zh-hans"),
    ] {
        browser.width(width).await.unwrap();
        for page in pages.clone() {
            browser.go(&format!("{}&useskin={skin}&uselang={language}", address(page))).await.unwrap();
            if page == &desk.pages.intake {
                // The boxes for whoever has no JavaScript first: they are there until the gadget has read its texts.
                browser.wait_for(".helpdesk-gadget .helpdesk-gadget-types").await.unwrap();
                let boxes = "document.querySelector('.helpdesk-forms').style.display = '';";
                assert_eq!(
                    browser.run(OUTSIDE, json!([])).await.unwrap(),
                    json!([]),
                    "{width} {skin} {language} {page}"
                );
                browser.run(boxes, json!([])).await.unwrap();
            }
            if page == &request {
                browser.wait_for(".helpdesk-gadget button").await.unwrap();
            }
            let place = format!("{width} {skin} {language} {page}");
            assert_eq!(browser.run(OUTSIDE, json!([])).await.unwrap(), json!([]), "{place}");
            axe::check(&browser, &place).await;
        }
    }
    // With the form, one that was carried out.
    browser.go(&client.address(&desk.pages.intake)).await.unwrap();
    browser.wait_for(".helpdesk-gadget .helpdesk-gadget-types").await.unwrap();
    press(&browser, "Data").await;
    browser.wait_for(".helpdesk-gadget .helpdesk-example a").await.unwrap();
    let example = "return document.querySelector('.helpdesk-gadget .helpdesk-example a').textContent;";
    assert_eq!(browser.run(example, json!([])).await.unwrap(), json!("Doors that are done"));
    axe::check(&browser, "a form with an example").await;
    // In the dark, and on paper.
    for page in pages {
        browser.go(&format!("{}&useskin=vector-2022", address(page))).await.unwrap();
        if page == &desk.pages.intake {
            browser.wait_for(".helpdesk-gadget .helpdesk-gadget-types").await.unwrap();
        }
        // Buttons change their colours little by little.
        let still = "document.head.append(Object.assign(document.createElement('style'), \
            { textContent: '* { transition: none !important; }' }));";
        browser.run(still, json!([])).await.unwrap();
        for theme in ["day", "night"] {
            let turn = "const theme = 'skin-theme-clientpref-'; const page = document.documentElement.classList; \
                page.remove(theme + 'day', theme + 'night'); page.add(theme + arguments[0]);";
            browser.run(turn, json!([theme])).await.unwrap();
            assert_eq!(browser.run(FAINT, json!([])).await.unwrap(), json!([]), "{theme} {page}");
        }
        if page == &request {
            browser.wait_for(".helpdesk-ledger .mw-made-collapsible").await.unwrap();
        }
        browser.medium("print").await.unwrap();
        assert_eq!(browser.run(NOT_ON_PAPER, json!([])).await.unwrap(), json!([]), "{page}");
        assert_eq!(browser.run(FAINT, json!([])).await.unwrap(), json!([]), "on paper: {page}");
        browser.medium("").await.unwrap();
    }
    browser.close().await.unwrap();
}
