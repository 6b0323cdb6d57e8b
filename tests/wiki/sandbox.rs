//! What the sandbox's wikis have: what readers see first, the skin of phones, Lua.

use helpdesk::sandbox::Wiki;

use crate::stage::{ADMIN, Stage, wiki};

async fn read(address: &str) -> String {
    reqwest::get(address).await.unwrap().error_for_status().unwrap().text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_the_wiki_leads_to_the_desk() {
    if Wiki::from_env().await.unwrap().is_some() {
        return;
    }
    let script_path = wiki().url();
    let server = script_path.strip_suffix("w/").unwrap();
    for address in [server, script_path, &format!("{server}wiki/Main_Page"), &format!("{script_path}index.php")] {
        let html = read(address).await;
        assert!(html.contains("\"wgPageName\":\"Content_Partnerships_Hub/Helpdesk\""), "{address}: {html}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_get_their_skin() {
    let html =
        read(&format!("{}index.php?title=Content_Partnerships_Hub/Helpdesk&useskin=minerva", wiki().url())).await;
    assert!(html.contains("skin-minerva") && html.contains("name=\"viewport\""), "{html}");
    let styles =
        read(&format!("{}load.php?modules=skins.minerva.base.styles&only=styles&skin=minerva", wiki().url())).await;
    assert!(styles.contains(".minerva-header"), "{styles:.300}");
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_may_call_lua() {
    let stage = Stage::new("lua").await;
    let admin = stage.person(ADMIN).await;
    let module = "local p = {}\nfunction p.greet(frame) return 'Hello ' .. frame.args[1]:upper() end\nreturn p";
    admin.edit("Module:Test lua", module, "a module").await.unwrap();
    admin.edit("Template:Test lua", "{{#invoke:Test lua|greet|{{{1}}}}}", "a template").await.unwrap();
    let page = "Test lua/Greeting";
    admin.edit(page, "{{Test lua|you}}", "a page").await.unwrap();
    let html = stage.html(page).await;
    assert!(html.contains("Hello YOU"), "{html}");
    if Wiki::from_env().await.unwrap().is_none() {
        let version = read(&format!("{}index.php?title=Special:Version", stage.url)).await;
        assert!(version.contains("LuaSandbox"), "{version}");
    }
}
