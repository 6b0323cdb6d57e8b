use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::page::User;
use crate::wikitext::Titles;

fn read<T: DeserializeOwned>(json: &Value) -> Result<T, String> {
    serde_json::from_value(json.clone()).map_err(|e| e.to_string())
}

/// Reads an answer and judges it; then again without each of these fields, and with each of another type: every time it
/// has to be refused.
fn check<T, R>(good: &Value, fields: &[&str], judge: impl Fn(T) -> Result<R, Error>) -> R
where
    T: DeserializeOwned,
    R: std::fmt::Debug,
{
    let judged = |json: &Value| read::<T>(json).and_then(|typed| judge(typed).map_err(|e| e.to_string()));
    for field in fields {
        for other in [None, Some(json!({})), Some(json!([[]]))] {
            let mut bad = good.clone();
            let (above, name) = field.rsplit_once('/').unwrap_or(("", field));
            let object = bad.pointer_mut(above).and_then(Value::as_object_mut);
            let object = object.unwrap_or_else(|| panic!("{field} is not in {good}"));
            object.remove(name).unwrap_or_else(|| panic!("{field} is not in {good}"));
            if let Some(other) = other {
                object.insert(name.to_owned(), other);
            }
            assert!(judged(&bad).is_err(), "{field}: {bad} was read as {:?}", judged(&bad));
        }
    }
    judged(good).unwrap_or_else(|e| panic!("{good}: {e}"))
}

fn revision() -> Value {
    json!({
        "revid": 9, "parentid": 8, "user": "Mona Member", "userid": 3, "timestamp": "2026-05-05T12:00:00Z",
        "slots": { "main": { "contentmodel": "wikitext", "contentformat": "text/x-wiki", "content": "Words" } }
    })
}

#[test]
fn an_answer_says_that_it_is_whole_or_how_it_goes_on() {
    let good = json!({ "batchcomplete": true, "curtimestamp": "2026-05-05T12:00:00Z", "query": { "pages": [] } });
    let fields = ["/batchcomplete", "/curtimestamp", "/query"];
    let part = check(&good, &fields, |a: Answer<Value>| {
        let part = a.whole()?;
        // Of which type the content is, is for others to say.
        if part.query.as_ref().is_some_and(|q| q["pages"].is_null()) { Err(Error::odd("query")) } else { Ok(part) }
            .and_then(|part| part.required())
    });
    assert_eq!(part, json!({ "pages": [] }));
    let more = json!({ "curtimestamp": "2026-05-05T12:00:00Z", "continue": { "excontinue": 5, "continue": "-||" } });
    let part = read::<Answer<Value>>(&more).expect("an answer").whole().expect("a part");
    assert_eq!(part.more, Some(vec![("continue".into(), "-||".into()), ("excontinue".into(), "5".into())]));
    assert!(part.required().is_err());
    for odd in [
        json!({ "curtimestamp": "2026-05-05T12:00:00Z", "continue": { "x": [] } }),
        json!({ "curtimestamp": "2026-05-05T12:00:00Z", "continue": true }),
        json!({ "curtimestamp": "yesterday", "batchcomplete": true }),
        json!({ "curtimestamp": "2026-05-05T12:00:00Z", "batchcomplete": "" }),
    ] {
        assert!(read::<Answer<Value>>(&odd).is_err(), "{odd}");
    }
    let cut = json!({ "curtimestamp": "2026-05-05T12:00:00Z", "batchcomplete": false });
    assert!(read::<Answer<Value>>(&cut).expect("an answer").whole().is_err());
}

#[test]
fn a_revision_has_its_author_and_its_text() {
    let fields =
        ["/revid", "/parentid", "/user", "/userid", "/timestamp", "/slots", "/slots/main", "/slots/main/content"];
    let found = check(&revision(), &fields, Revision::with_text);
    assert_eq!((found.id, found.parent, found.text.as_deref()), (9, 8, Some("Words")));
    assert_eq!(found.user, Some(User { id: 3, name: "Mona Member".to_owned(), temporary: false }));
    for (field, value) in [("/revid", json!("9")), ("/revid", json!(-9)), ("/userid", Value::Null)] {
        let mut odd = revision();
        *odd.pointer_mut(field).expect("a field") = value;
        let judged = read::<Revision>(&odd).and_then(|r| r.with_text().map_err(|e| e.to_string()));
        assert!(judged.is_err(), "{odd}");
    }
}

#[test]
fn an_address_and_a_temporary_account_are_temporary() {
    for (name, id, flag) in [("192.0.2.7", 0, "unmarked"), ("~2026-77", 12, "temp"), ("~2026-77", 12, "unmarked")] {
        let mut value = revision();
        (value["user"], value["userid"], value[flag]) = (json!(name), json!(id), json!(true));
        let user = read::<Revision>(&value).expect("a revision").info().expect("an author").user;
        assert_eq!(user, Some(User { id, name: name.to_owned(), temporary: true }));
    }
    let mut odd = revision();
    odd["temp"] = json!("yes");
    assert!(read::<Revision>(&odd).is_err());
}

#[test]
fn what_is_hidden_is_said_to_be_hidden() {
    let hidden = json!({
        "revid": 9, "parentid": 8, "userhidden": true, "suppressed": true, "timestamp": "2026-05-05T12:00:00Z",
        "slots": { "main": { "texthidden": true } }
    });
    let fields = ["/userhidden", "/slots/main/texthidden", "/slots/main", "/slots"];
    let found = check(&hidden, &fields, Revision::with_text);
    assert_eq!((found.user, found.text), (None, None));
    for flag in ["textmissing", "badcontentformat"] {
        let mut value = hidden.clone();
        value["slots"]["main"] = json!({ flag: true });
        assert!(read::<Revision>(&value).expect("a revision").with_text().expect("no text").text.is_none());
        value["slots"]["main"] = json!({ flag: false });
        assert!(read::<Revision>(&value).expect("a revision").with_text().is_err());
    }
    // Half an author is none that is hidden.
    for (name, value) in [("user", json!("Mona Member")), ("userid", json!(3))] {
        let mut half = hidden.clone();
        half[name] = value;
        assert!(read::<Revision>(&half).expect("a revision").info().is_err(), "{half}");
    }
}

#[test]
fn a_page_has_what_was_asked_about_it_or_is_missing() {
    let page = json!({ "pages": [{ "pageid": 7, "ns": 0, "title": "A", "revisions": [revision()] }] });
    let fields = ["/pages", "/pages/0/revisions"];
    let found = check(&page, &fields, |pages: Pages| pages.single()?.texts());
    assert_eq!(found.len(), 1);
    let fields = ["/pages/0/pageid", "/pages/0/title"];
    check(&page, &fields, |pages: Pages| pages.single().and_then(|p| Ok((p.id()?, p.title()?.to_owned()))));

    let missing = json!({ "pages": [{ "ns": 0, "title": "A", "missing": true }] });
    assert!(check(&missing, &["/pages/0/missing"], |pages: Pages| pages.single()?.texts()).is_empty());
    for (odd, flag) in [("A[b", "invalid"), ("Special:Version", "special")] {
        let page = json!({ "pages": [{ "title": odd, flag: true }] });
        let page = read::<Pages>(&page).expect("pages").single().expect("a page");
        assert!(page.absent() && page.texts().is_err());
    }
    for several in [json!({ "pages": [] }), json!({ "pages": [{ "title": "A" }, { "title": "B" }] })] {
        assert!(read::<Pages>(&several).expect("pages").single().is_err());
    }

    let info = json!({ "pages": [{ "pageid": 7, "title": "A", "lastrevid": 9, "length": 5, "redirect": true }] });
    let found = check(&info, &["/pages/0/lastrevid", "/pages/0/length"], |pages: Pages| {
        pages.single()?.info().ok_or_else(|| Error::odd("no information"))
    });
    assert_eq!(found, Info { newest: 9, length: 5, redirect: true });

    let bad = json!({ "badrevids": { "99999": { "revid": 99999, "missing": true } } });
    let bad = read::<Pages>(&bad).expect("pages");
    assert!(bad.badrevids.contains_key(&99999) && bad.pages.is_none());
    for odd in [
        json!({ "badrevids": true }),
        json!({ "badrevids": { "x": {} } }),
        json!({ "normalized": [{ "from": "a", "to": "A" }] }),
        json!({ "normalized": [{ "fromencoded": false, "to": "A" }] }),
        json!({ "interwiki": [{ "iw": "w" }] }),
        json!({ "pages": [{ "contributors": [{ "name": "U" }] }] }),
        json!({ "pages": [{ "redirects": [{ "ns": 10 }] }] }),
    ] {
        assert!(read::<Pages>(&odd).is_err(), "{odd}");
    }
}

#[test]
fn an_account_has_an_id_groups_and_perhaps_a_date() {
    let account = json!({ "users": [{
        "userid": 3, "name": "Mona Member", "registration": "2026-05-05T12:00:00Z", "groups": ["*", "user"],
        "editcount": 51
    }] });
    let known = |users: Users| users.users.into_iter().next().expect("an account").known();
    let fields =
        ["", "/0/userid", "/0/name", "/0/registration", "/0/groups", "/0/editcount"].map(|of| format!("/users{of}"));
    let fields = fields.each_ref().map(String::as_str);
    let Known { user, groups, registered, edits, blocked: _ } = check(&account, &fields, known).expect("an account");
    assert_eq!((user.id, user.name.as_str(), user.temporary, groups.len(), edits), (3, "Mona Member", false, 2, 51));
    assert!(registered.is_some());
    let mut old = account.clone();
    old["users"][0]["registration"] = Value::Null;
    assert_eq!(known(read(&old).expect("users")).expect("read").expect("an account").registered, None);
    for flag in ["missing", "invalid"] {
        let nobody = json!({ "users": [{ "name": "Nobody", flag: true }] });
        assert_eq!(check(&nobody, &[&format!("/users/0/{flag}"), "/users/0/name"], known), None);
    }
}

#[test]
fn a_change_of_groups_tells_of_both_sides_or_is_hidden() {
    let given = json!({ "logevents": [{
        "timestamp": "2026-05-05T12:00:00Z",
        "params": {
            "oldgroups": ["sysop"], "newgroups": ["sysop", "patroller"],
            "oldmetadata": [{ "group": "sysop", "expiry": "infinity" }],
            "newmetadata": [
                { "group": "sysop", "expiry": "infinity" }, { "group": "patroller", "expiry": "2026-06-05T12:00:00Z" }
            ]
        }
    }] });
    let of = |changes: GroupChanges| changes.logevents.into_iter().next().expect("a change").shown();
    let fields = ["timestamp", "params/oldmetadata", "params/newmetadata", "params/newmetadata/1/expiry"];
    let fields = fields.map(|name| format!("/logevents/0/{name}"));
    let change = check(&given, &fields.each_ref().map(String::as_str), of).expect("a change");
    assert_eq!(change.before, [("sysop".to_owned(), None)]);
    let ends: Vec<_> = change.after.iter().map(|(group, ends)| (group.as_str(), ends.is_some())).collect();
    assert_eq!(ends, [("sysop", false), ("patroller", true)]);
    let hidden = json!({ "logevents": [{ "timestamp": "2026-05-05T12:00:00Z", "actionhidden": true }] });
    // As is one of the form of before 2005.
    let old = json!({ "logevents": [{ "timestamp": "2004-05-05T12:00:00Z", "params": { "0": "sysop" } }] });
    for nothing in [&hidden, &old] {
        assert_eq!(of(read(nothing).expect("changes")).expect("read"), None);
    }
}

#[test]
fn a_recent_change_has_a_page_a_revision_and_an_author_or_hides_them() {
    let hint = |changes: RecentChanges| {
        let change = changes.recentchanges.into_iter().next().expect("a change");
        let page = change.page()?.map(|(title, id)| (title.to_owned(), id));
        Ok((page, change.user()?.map(str::to_owned), change.target()?, change.is_log()))
    };
    let edit = json!({ "recentchanges": [{
        "type": "edit", "ns": 0, "title": "A", "pageid": 7, "revid": 9, "old_revid": 8, "rcid": 5,
        "user": "Mona Member", "timestamp": "2026-05-05T12:00:00Z", "redirect": false
    }] });
    let of = |name: &str| format!("/recentchanges/0/{name}");
    let fields = ["type", "title", "revid", "rcid", "user", "timestamp", "redirect"].map(of);
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let found = check(&edit, &fields, hint);
    assert_eq!(found, (Some(("A".to_owned(), Some(9))), Some("Mona Member".to_owned()), None, false));

    let mut moved = edit.clone();
    let entry = &mut moved["recentchanges"][0];
    (entry["type"], entry["revid"], entry["logtype"]) = (json!("log"), json!(0), json!("move"));
    entry["logparams"] = json!({ "target_ns": 0, "target_title": "B", "suppressredirect": false });
    let fields = ["logtype", "logparams", "logparams/target_title"].map(of);
    let found = check(&moved, &[&fields[0], &fields[1], &fields[2]], hint);
    assert_eq!((found.0, found.2, found.3), (Some(("A".to_owned(), None)), Some("B".to_owned()), true));
    let entry = &mut moved["recentchanges"][0];
    (entry["logtype"], entry["logparams"]) = (json!("delete"), json!(["anything", 7]));
    assert_eq!(hint(read(&moved).expect("changes")).expect("a deletion").2, None);

    let hidden = json!({ "recentchanges": [{
        "type": "log", "actionhidden": true, "userhidden": true, "rcid": 5,
        "timestamp": "2026-05-05T12:00:00Z", "redirect": false
    }] });
    let fields = ["actionhidden", "userhidden"].map(of);
    assert_eq!(check(&hidden, &[&fields[0], &fields[1]], hint), (None, None, None, true));
}

#[test]
fn a_rename_names_the_account_or_hides_it() {
    let new_name = |renames: Renames| renames.logevents.into_iter().next().expect("an entry").new_name();
    let rename = json!({ "logevents": [{ "params": { "olduser": "A", "newuser": "B", "edits": 7 } }] });
    assert_eq!(check(&rename, &["/logevents"], new_name), Some("B".to_owned()));
    assert!(new_name(read(&json!({ "logevents": [{}] })).expect("renames")).is_err());
    let hidden = json!({ "logevents": [{ "actionhidden": true }] });
    assert_eq!(check(&hidden, &["/logevents/0/actionhidden"], new_name), None);
    let old = json!({ "logevents": [{ "params": { "0": "B" } }] });
    assert_eq!(new_name(read(&old).expect("renames")).expect("an old entry"), None);
    assert!(read::<Renames>(&json!({ "logevents": [{ "params": { "newuser": 7 } }] })).is_err());
    let made = json!({ "usercontribs": [{ "userid": 3, "user": "Bot", "pageid": 7, "revid": 9, "parentid": 0 }] });
    let fields = ["/usercontribs", "/usercontribs/0/revid"];
    assert_eq!(check(&made, &fields, |c: Contributions| Ok(c.usercontribs[0].revid)), 9);
}

#[test]
fn the_wiki_says_who_the_bot_is_and_what_things_are_called() {
    let about = json!({
        "userinfo": { "id": 17, "name": "Bot", "rights": ["read", "edit"] },
        "general": {
            "server": "https://example.org", "articlepath": "/wiki/$1", "sitename": "Example",
            "mainpage": "Huvudsida", "lang": "sv", "legaltitlechars": " A-Za-z", "langconversion": true
        },
        "namespaces": {
            "0": { "id": 0, "case": "first-letter", "name": "", "content": true },
            "2": { "id": 2, "case": "first-letter", "name": "Användare", "canonical": "User", "content": false },
            "10": { "id": 10, "case": "first-letter", "name": "Mall", "canonical": "Template", "content": false }
        },
        "namespacealiases": [{ "id": 4, "alias": "WP" }],
        "interwikimap": [{ "prefix": "w", "url": "https://example.org/$1" }],
        "languages": [{ "code": "sv", "bcp47": "sv", "name": "svenska" }],
        "extensiontags": ["<nowiki>"],
        "tokens": { "csrftoken": "0123+\\" }
    });
    let fields = [
        "/userinfo",
        "/userinfo/id",
        "/userinfo/name",
        "/userinfo/rights",
        "/general",
        "/general/server",
        "/general/articlepath",
        "/general/mainpage",
        "/general/lang",
        "/general/legaltitlechars",
        "/general/langconversion",
        "/namespaces",
        "/namespaces/2",
        "/namespaces/10",
        "/namespaces/10/id",
        "/namespaces/10/case",
        "/namespaces/10/name",
        "/namespacealiases",
        "/namespacealiases/0/id",
        "/namespacealiases/0/alias",
        "/interwikimap",
        "/interwikimap/0/prefix",
        "/languages",
        "/languages/0/code",
        "/extensiontags",
        "/tokens",
        "/tokens/csrftoken",
    ];
    let titles = check(&about, &fields, |about: About| {
        if about.siteinfo.namespaces.is_empty() { Err(Error::odd("no namespaces")) } else { Ok(about.siteinfo) }
    });
    let titles = Titles::new(titles).expect("titles");
    assert_eq!(titles.local("template:x"), "Mall:X");
}

#[test]
fn an_edit_was_made_changed_nothing_or_was_refused() {
    let ended = |edited: Edited| edited.edit.ended();
    let saved = json!({ "edit": {
        "result": "Success", "pageid": 7, "title": "A", "contentmodel": "wikitext", "oldrevid": 8, "newrevid": 9,
        "newtimestamp": "2026-05-05T12:00:00Z"
    } });
    let fields = ["/edit", "/edit/result", "/edit/oldrevid", "/edit/newrevid"];
    assert_eq!(check(&saved, &fields, ended), Ended::Saved { old: 8, new: 9 });
    let same = json!({ "edit": { "result": "Success", "pageid": 7, "title": "A", "nochange": true } });
    assert_eq!(check(&same, &["/edit/nochange"], ended), Ended::Unchanged);
    for (rest, expected) in [
        (json!({ "code": "abusefilter", "info": "Hit" }), "abusefilter"),
        (json!({ "info": "Hit" }), "Hit"),
        (json!({ "captcha": { "id": 7 }, "code": 7 }), "failure"),
    ] {
        let mut refused = json!({ "edit": { "result": "Failure" } });
        refused["edit"].as_object_mut().expect("an object").extend(rest.as_object().expect("an object").clone());
        let Ended::Refused { code, text } = ended(read(&refused).expect("an answer")).expect("refused") else {
            panic!("{refused}")
        };
        assert_eq!((code.as_str(), text), (expected, rest.to_string()));
    }
    let parsed = json!({ "parse": { "text": "Words" } });
    assert_eq!(check(&parsed, &["/parse", "/parse/text"], |p: Parsed| Ok(p.parse.text)), "Words");
}
