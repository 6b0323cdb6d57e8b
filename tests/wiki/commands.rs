//! The program as an operator calls it.

use std::process::{Command, Output};

use crate::proxy::{Fate, Proxy};
use crate::stage::{ADMIN, MEMBERS, PASSER, REQUESTER, STAFF, Stage, config_text};

/// A folder to call it in.
pub struct Shell {
    pub folder: std::path::PathBuf,
    login: helpdesk::sandbox::Login,
}

impl Shell {
    pub fn new(stage: &Stage, name: &str) -> Self {
        Self::with(stage, name, "")
    }

    /// With more in the configuration.
    pub fn with(stage: &Stage, name: &str, more: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("helpdesk-test-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("desk.toml"), config_text(&stage.desk.root, more)).unwrap();
        std::fs::write(folder.join("mwbot.toml"), format!("wiki_url = \"{}\"\n", stage.url)).unwrap();
        Shell { folder, login: stage.login.clone() }
    }

    fn run(&self, args: &[&str]) -> Output {
        self.run_with(&[], args)
    }

    fn run_with(&self, settings: &[(&str, &str)], args: &[&str]) -> Output {
        self.command(args).envs(settings.iter().copied()).output().unwrap()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_helpdesk"));
        // Not those of whoever runs the tests.
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        command
            .args(["--config", "desk.toml"])
            .args(args)
            .current_dir(&self.folder)
            .env("HELPDESK_USERNAME", &self.login.name)
            .env("HELPDESK_BOT_PASSWORD", &self.login.password);
        command
    }

    pub fn well(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {error}");
        assert!(!error.contains(&self.login.password), "a secret in the log");
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn fails(&self, args: &[&str], code: i32) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_tells_a_secret_and_a_wrong_setting_is_named() {
    let stage = Stage::new("log").await;
    let shell = Shell::new(&stage, "log");
    stage.file("Maps", "").await;
    for settings in [&[("HELPDESK_LOG", "trace")][..], &[("HELPDESK_LOG", "trace"), ("HELPDESK_LOG_FORMAT", "json")]] {
        let output = shell.run_with(settings, &["once"]);
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && log.contains("pass finished"), "{log}");
        for secret in [shell.login.password.as_str(), "ookie", "_session=", "+\\", "lgtoken", "lgpassword"] {
            assert!(!log.contains(secret), "{secret} in {log}");
        }
    }
    for (name, value, said) in [
        ("HELPDESK_LOG", ",=,[[", "HELPDESK_LOG=,=,[[: "),
        ("HELPDESK_LOG_FORMAT", "xml", "HELPDESK_LOG_FORMAT=xml: it can be text or json"),
        ("HELPDESK_BOT_PASSWORD", "hush\nhush", "the environment: the password or token holds a line break"),
    ] {
        let output = shell.run_with(&[(name, value)], &["plan"]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(said) && error.lines().count() == 1, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_once_explain_and_check() {
    let stage = Stage::new("commands").await;
    let shell = Shell::new(&stage, "all");
    stage.file("Maps", "").await;
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;

    let plan = shell.well(&["plan"]);
    assert!(plan.contains("+|status=review") && plan.contains("Status: Under review"), "{plan}");
    let json: serde_json::Value = serde_json::from_str(&shell.well(&["plan", "--json"])).unwrap();
    assert_eq!(json["changes"].as_array().unwrap().len(), 3);
    assert!(!stage.text(&stage.page("Maps")).await.contains("status="), "a plan writes nothing");

    let once = shell.well(&["once"]);
    assert_eq!(once.lines().count(), 3, "{once}");
    assert_eq!(shell.well(&["plan"]), "Nothing to write: every page is as it should be.\n");
    assert_eq!(shell.well(&["once"]), "");

    let why = shell.well(&["explain", "Maps"]);
    for said in
        ["Status: Under review (review)", "Mona Member", ": counts", "1 of 3 votes", "[ ] in this status for 7 days"]
    {
        assert!(why.contains(said), "{said:?} in {why}");
    }
    let later = shell.well(&["explain", &stage.page("Maps"), "--at", "2040-01-01T00:00:00Z"]);
    assert!(later.contains("[x] in this status for 7 days"), "{later}");
    let chart = stage.page("Charts");
    stage
        .person(REQUESTER)
        .await
        .edit(&chart, &format!("#REDIRECT [[{}]]", stage.page("Maps")), "the same")
        .await
        .unwrap();
    assert_eq!(shell.well(&["explain", "Charts"]), why, "a redirect explains where it leads");

    // What other rules would have done; a wrong file is told as such.
    let rules = |to: &str| {
        format!("[[rule]]\nname = \"one is enough\"\nfrom = [\"incomplete\"]\nto = \"{to}\"\nwhen = {{ quorum = 1 }}\n")
    };
    std::fs::write(shell.folder.join("other.toml"), rules("approved")).unwrap();
    let other = shell.well(&["plan", "--rules", "other.toml"]);
    assert!(other.contains("Approved (rule \"one is enough\")") && other.contains("1 of 1 requests"), "{other}");
    let json: serde_json::Value =
        serde_json::from_str(&shell.well(&["plan", "--rules", "other.toml", "--json"])).unwrap();
    assert_eq!(json[0]["would"].as_array().unwrap().last().unwrap()["status"], "Approved");
    let same = shell.well(&["plan", "--rules", "desk.toml"]);
    assert!(same.starts_with("0 of 1 requests"), "the rules in force give what did happen: {same}");
    std::fs::write(shell.folder.join("other.toml"), rules("aproved")).unwrap();
    assert!(shell.fails(&["plan", "--rules", "other.toml"], 1).contains("other.toml:4: there is no status `aproved`"));

    let check = |shell: &Shell| String::from_utf8(shell.run(&["check"]).stdout).unwrap();
    let said = check(&shell);
    for good in
        ["the account has the bot flag", "the wiki has Lua (Scribunto)", "readers see their own languages", "5 members"]
    {
        assert!(said.contains(&format!("ok   {good}")), "{good} in {said}");
    }
    // What an update leaves as somebody else made it.
    let guide = format!("{}/Guide/Voting", stage.desk.root);
    assert!(!said.contains("somebody else changed"), "{said}");
    stage.person(PASSER).await.edit(&guide, "We vote like this.", "our own").await.unwrap();
    let said = check(&shell);
    assert!(said.contains(&format!("note somebody else changed {guide}: `helpdesk install` leaves it")), "{said}");

    // A wiki that does not tell its parser who reads.
    let proxy = Proxy::before(&stage.url).await;
    proxy.fate(|_| {
        Fate::json(|answer| {
            if let Some(wikitext) = answer.pointer_mut("/expandtemplates/wikitext").filter(|text| *text == "qqx") {
                *wikitext = "en".into();
            }
        })
    });
    std::fs::write(shell.folder.join("mwbot.toml"), format!("wiki_url = \"{}\"\n", proxy.url)).unwrap();
    assert!(check(&shell).contains("note readers see the wiki's own language alone"));

    // A wiki without Lua: nothing is installed where modules would be pages like any other.
    let proxy = Proxy::before(&stage.url).await;
    proxy.fate(|_| {
        Fate::json(|answer| {
            if let Some(namespaces) = answer.pointer_mut("/query/namespaces").and_then(|n| n.as_object_mut()) {
                namespaces.retain(|id, _| !["828", "829"].contains(&id.as_str()));
            }
        })
    });
    std::fs::write(shell.folder.join("mwbot.toml"), format!("wiki_url = \"{}\"\n", proxy.url)).unwrap();
    let said = check(&shell);
    assert!(said.contains("TODO the wiki has no Lua") && said.contains("Scribunto"), "{said}");
    let error = shell.fails(&["install"], 1);
    assert!(error.contains("the wiki has no Lua"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_tells_who_would_be_missed() {
    let stage = Stage::with_own_bot("bus factor").await;
    let shell = Shell::new(&stage, "keepers");
    let bot = &stage.client.me.name;
    let check = || String::from_utf8(shell.run(&["check"]).stdout).unwrap();
    let says = |line: &str| {
        let said = check();
        assert!(said.lines().any(|found| found == line), "no {line:?} in {said}");
    };
    let trusted = |names: &str, groups: &str| {
        let text = config_text(&stage.desk.root, &format!("trusted_groups = [{groups}]\n"));
        std::fs::write(shell.folder.join("desk.toml"), text.replace(&format!("[\"{ADMIN}\"]"), names)).unwrap();
    };
    for name in ["Olga Operator", "Otto Operator", "Ivo Idle", "Bruno Blocked"] {
        stage.newcomer(name).await;
    }
    let admin = stage.person(ADMIN).await;
    let write = async |text: &str| admin.edit(&format!("User:{bot}"), text, "who keeps it").await.unwrap();
    let advice = "; link the user page of everybody there who has the bot's secrets, and find a second one";
    says(&format!("note no operator is named on User:{bot}{advice}"));

    // A template names one, too. Neither the bot itself nor a name without an account is an operator.
    admin.edit("Template:Bus factor", "Run by [[User talk:{{{1}}}|{{{1}}}]].", "a template").await.unwrap();
    for name in ["Olga Operator", "Otto Operator", "Bruno Blocked"] {
        let sandbox = format!("User:{name}/Sandbox");
        stage.person(name).await.edit(&sandbox, "words", "active").await.unwrap();
    }
    let others = format!("[[User:{bot}/Stop]], [[User:Nobody of that name]], [[Help:Bots]]");
    write(&format!("{{{{Bus factor|Olga Operator}}}} {others}")).await;
    says(&format!(
        "note 1 operator is named on User:{bot} (Olga Operator); if Olga Operator leaves, nobody can start, mend or stop the program{advice}"
    ));
    write(&format!("{{{{Bus factor|Olga Operator}}}} {others} [[User:Ivo Idle]]")).await;
    says(&format!(
        "note 2 operators are named on User:{bot} (Olga Operator, Ivo Idle); blocked, or not active within 90 days: Ivo Idle; if Olga Operator leaves, nobody can start, mend or stop the program{advice}"
    ));
    write(&format!("{{{{Bus factor|Olga Operator}}}} {others} [[User:Otto Operator]]")).await;
    says(&format!("ok   2 operators are named on User:{bot} (Olga Operator, Otto Operator)"));

    let block = [("action", "block"), ("user", "Bruno Blocked"), ("expiry", "never"), ("reason", "a test")];
    admin.post_with("csrf", &block).await.unwrap();
    trusted("[\"Bruno Blocked\", \"Ivo Idle\"]", "");
    says(
        "note 0 of 2 trusted accounts were active within 90 days: nobody can change who is on the committee: add to safety.trusted",
    );
    trusted(&format!("[\"{ADMIN}\", \"Bruno Blocked\", \"Ivo Idle\"]"), "");
    says(&format!(
        "note 1 of 3 trusted accounts was active within 90 days; if {ADMIN} leaves, nobody can change who is on the committee: add to safety.trusted"
    ));
    trusted(&format!("[\"{ADMIN}\", \"Olga Operator\", \"Ivo Idle\"]"), "");
    says("ok   2 of 3 trusted accounts were active within 90 days");
    // Whoever is in a group as well is counted once.
    trusted(&format!("[\"{ADMIN}\"]"), "\"sysop\"");
    let said = check();
    let of_groups = said.lines().find_map(|line| line.split_once(" trusted accounts w")).expect("a line").0;
    let of: usize = of_groups.rsplit(' ').next().unwrap().parse().unwrap();
    let members = stage.client.members_of(&["sysop".to_owned()], 50).await.unwrap();
    assert!(members.iter().any(|name| name == ADMIN) && of <= members.len(), "{of_groups}: {members:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_say_what_to_do_and_exit_as_promised() {
    let stage = Stage::new("errors").await;
    let shell = Shell::new(&stage, "errors");
    assert!(shell.fails(&["plan", "--at", "yesterday"], 2).contains("--at"));
    assert!(shell.fails(&["fly"], 2).contains("fly"));
    let error = shell.fails(&["--config", "/dev/zero", "check", "--offline"], 1);
    assert!(error.contains("/dev/zero: this is more than 1000000 bytes"), "{error}");
    let error = shell.fails(&["--wiki", "/dev/zero", "once"], 1);
    assert!(error.contains("/dev/zero") && error.contains("this is more than 1000000 bytes"), "{error}");
    assert!(shell.fails(&["explain", "No such request"], 1).contains("there is no page"));
    std::fs::write(shell.folder.join("desk.toml"), "[desk]\nnam = \"x\"\n[archive]\nafter = \"soon\"\n").unwrap();
    let error = shell.fails(&["check", "--offline"], 1);
    assert!(error.contains("desk.toml:2:") && error.contains("desk.toml:4:"), "{error}");
    std::fs::write(shell.folder.join("desk.toml"), "").unwrap();
    assert!(shell.well(&["check", "--offline"]).starts_with("the configuration is in order"));
    for example in ["pictures", "properties"] {
        let file = format!("{}/config/examples/{example}.toml", env!("CARGO_MANIFEST_DIR"));
        let said = shell.well(&["--config", &file, "check", "--offline"]);
        assert_eq!(said.lines().count(), 1, "{example}: {said}");
    }
    for format in ["csv", "json", "tab"] {
        let error = shell.fails(&["--config", "desk.toml", "report", "--format", format], 1);
        assert!(error.contains("--config is given 2 times: call it for each"), "{error}");
    }
    std::fs::write(shell.folder.join("mwbot.toml"), "wiki_url = \"http://127.0.0.1:1/w/\"\n").unwrap();
    assert!(shell.fails(&["once"], 1).contains("cannot reach the wiki"));

    // A proxy that is not there, and would be told a password.
    for (scheme, setting) in [("http", "HTTP_PROXY"), ("https", "https_proxy"), ("https", "ALL_PROXY")] {
        let address = format!("{scheme}://wiki.invalid/w/");
        std::fs::write(shell.folder.join("mwbot.toml"), format!("wiki_url = \"{address}\"\n")).unwrap();
        let output = shell.run_with(&[(setting, "http://somebody:hush@127.0.0.1:1")], &["once"]);
        let error = String::from_utf8(output.stderr).unwrap();
        let said = format!(
            "helpdesk: cannot reach the wiki at {address}api.php through the proxy that {setting} names (127.0.0.1:1): \
             Connection refused (os error 111); mend {setting} or unset it; try again later\n"
        );
        assert_eq!((output.status.code(), error), (Some(1), said));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_takes_a_desk_over() {
    let stage = Stage::new("another account").await;
    for name in ["Maps", "Charts"] {
        stage.file(name, "").await;
    }
    stage.add(MEMBERS[1], "Maps", "* {{support}} ~~~~").await;
    stage.add(STAFF, "Charts", "{{Helpdesk decision|declined|reason=No}} ~~~~").await;
    stage.settle().await;
    let other = stage.run_by_stopped_bot().await;
    assert_eq!(other.plan().await.changes, [], "all is as it should be");
    // What the other account saved before is none of people's words.
    stage.add(MEMBERS[2], "Maps", "* {{support}} ~~~~").await;
    let plan = other.plan().await;
    let changed: Vec<_> = plan.changes.iter().map(|change| (change.page.clone(), change.moved.as_str())).collect();
    assert_eq!(changed, [(stage.page("Maps"), ""), (stage.desk.pages.status.clone(), "")]);
    assert_eq!(plan.problems, []);
}
