use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::desk::Share;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The example that the contract gives.
const EXAMPLE: &str = r#"[desk]
name = "Content Partnerships Hub Helpdesk"
root = "Content Partnerships Hub/Helpdesk"

[pages]                       # {root}, {year} and {month} are filled in
intake = "{root}/Requests"
committee = "{root}/Committee"
status = "{root}/Status"
archive = "{root}/Archive/{year}"
problems = "{root}/Problems"

[templates]
request = "Helpdesk request"
member = "Helpdesk member"
decision = "Helpdesk decision"
withdraw = "Helpdesk withdraw"
priority = "Helpdesk priority"

[safety]
trusted = ["Erik Exempel"]
trusted_groups = ["sysop"]
approved = "https://meta.wikimedia.org/wiki/…"   # where the community approved the bot; without it nothing is written, only planned
edits_per_minute = 6          # 0: no limit
max_edits_per_pass = 50       # more than that: nothing is written, the problem is reported, an operator decides
request_timeout = "30 seconds"

[watch]
poll = "15 seconds"           # recent changes: one request, however many pages the desk has
sweep = "1 hour"              # reads every page's revision id anew
stream = "https://stream.wikimedia.org/v2/stream/recentchange"   # optional: changes pushed; a hint, never the only source
stream_wiki = "metawiki"

[server]
listen = "127.0.0.1:9464"     # optional: /healthz and /metrics

[[field]]
name = "title"
required = true
max_length = 120

[[field]]
name = "type"
required = true
material = true
one_of = ["upload", "data", "technical", "partnership", "training", "question", "other"]

[[vote]]
choice = "support"            # support, oppose, abstain, info
templates = ["Support", "Helpdesk support"]

[[status]]
id = "review"
label = "Under review"
category = "Helpdesk requests under review"
votable = true

[[status]]
id = "done"
label = "Done"
category = "Helpdesk requests done"
closed = true

[[rule]]
name = "consensus"
from = ["review"]
to = "approved"
when = { quorum = 3, support_share = 0.67, open_for = "7 days", settled_for = "1 day" }

[archive]
after = "14 days"             # a closed request moves to the archive page of the year it was closed in
rows_per_page = 500
"#;

/// The mistakes in a text, one a line, without the file's name.
fn mistakes(text: &str) -> String {
    let mistakes = parse(text, "x").expect_err("there is a mistake");
    let lines: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Asserts that a text has one mistake, in that line, whose message has that in it.
#[track_caller]
pub(super) fn refused(text: &str, line: usize, part: &str) {
    let found = parse(text, "x").expect_err("there is a mistake");
    let [mistake] = &found[..] else { panic!("one mistake, not {found:#?}") };
    assert!(mistake.line == line && mistake.message.contains(part), "{mistake}");
}

pub(super) fn rule(name: &str, from: &str, to: &str, when: &str) -> String {
    format!("[[rule]]\nname = {name:?}\nfrom = [{from:?}]\nto = {to:?}\nwhen = {{ {when} }}\n")
}

#[test]
fn the_shipped_configuration_is_valid_and_sound() {
    let desk = shipped();
    assert_eq!(warnings(&desk), Vec::<String>::new());
    let ids: Vec<_> = desk.statuses.iter().map(|s| s.id.as_str()).collect();
    let expected = "incomplete review more-info approved declined redirected in-progress on-hold done withdrawn stale";
    assert_eq!(ids.join(" "), expected);
    assert_eq!(desk.pages.intake, "Content Partnerships Hub/Helpdesk/Requests");
    assert_eq!(desk.pages.archive_of(2026, 5), "Content Partnerships Hub/Helpdesk/Archive/2026");
    assert_eq!(desk.status("review").unwrap().category, "Helpdesk requests under review");
    assert_eq!(desk.safety.request_timeout, Duration::from_secs(30));
    assert_eq!(desk.watch.poll, Duration::from_secs(15));
    assert_eq!(desk.archive_after, 14 * DAY);
    let material: Vec<_> = desk.fields.iter().filter(|f| f.material).map(|f| f.name.as_str()).collect();
    assert_eq!(material, ["title", "type", "description", "justification"]);
    assert_eq!((desk.safety.approved, desk.watch.stream, desk.listen), (None, None, None));
}

#[test]
fn an_empty_file_is_as_shipped() {
    assert_eq!(parse("", "x"), Ok(shipped()));
}

#[test]
fn every_category_is_as_it_would_be_made() {
    for status in shipped().statuses {
        assert_eq!(status.category, format!("Helpdesk requests {}", status.label.to_lowercase()));
    }
}

#[test]
fn the_example_of_the_contract_loads() {
    let desk = parse(EXAMPLE, "x").unwrap();
    assert_eq!(desk.statuses.len(), 11);
    assert_eq!(desk.first_status().id, "review");
    assert_eq!(desk.statuses[1].id, "done");
    assert_eq!(desk.fields.len(), 2);
    assert_eq!([desk.fields[0].material, desk.fields[1].material], [false, true]);
    assert_eq!(desk.votes.len(), 4);
    assert_eq!(desk.listen.unwrap().port(), 9464);
    assert_eq!(desk.safety.trusted, ["Erik Exempel"]);
    let rule = &desk.rules[..1][0];
    assert_eq!(rule.when.support_share, Some(Share { part: 67, of: 100 }));
    assert_eq!((rule.when.open_for, rule.when.settled_for), (Some(7 * DAY), Some(DAY)));
}

#[test]
fn all_mistakes_are_told_at_once_each_with_its_line() {
    let text = r#"
[desc]
[watch]
poll = "0 seconds"
sweep = 3600
[safety]
approved = "meta.wikimedia.org"
edits_per_minute = "6"
[[status]]
id = "Triage"
lable = "Triage"
[[status]]
votable = "yes"
[[field]]
name = "title"
one_of = []
[[field]]
name = "title"
max_length = 0
[[rule]]
name = "a"
from = [
  "reviews",
  "Triage",
]
to = "aproved"
when = { quorom = 3, support_share = 1.5 }
[[rule]]
from = []
to = "done"
when = {}
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    x:2: unknown section `desc`; did you mean `desk`?
    x:4: `poll` in [watch]: expected a duration longer than 0, not "0 seconds"
    x:5: `sweep` in [watch]: expected a duration such as "30 seconds" or "7 days", not 3600
    x:7: `approved` in [safety]: expected a link that begins with https:// or http://, not "meta.wikimedia.org"
    x:8: `edits_per_minute` in [safety]: expected a whole number, 0 or more (without quotes), not "6"
    x:10: `id` in [[status]]: expected small letters (a to z), digits and hyphens only, not "Triage"
    x:11: unknown key `lable` in [[status]]; did you mean `label`?
    x:12: `id` is missing in [[status]]
    x:13: `votable` in [[status]]: expected true or false (without quotes), not "yes"
    x:16: `one_of` in [[field]]: expected a list of at least one
    x:18: a field named `title` is already there, in line 15
    x:19: `max_length` in [[field]]: expected a whole number, 1 or more (without quotes), not 0
    x:23: there is no status `reviews`; did you mean `review`?
    x:26: there is no status `aproved`; did you mean `approved`?
    x:27: `support_share` in `when` in [[rule]]: expected a share between 0 and 1, such as 0.67 or "2/3", not "1.5"
    x:27: unknown key `quorom` in `when` in [[rule]]; did you mean `quorum`?
    x:28: `name` is missing in [[rule]]
    x:29: `from` in [[rule]]: expected a list of at least one
    x:31: `when` in [[rule]]: expected at least one condition, such as `complete = true`
    "#);
}

#[test]
fn what_is_not_toml_is_told_with_all_its_lines() {
    insta::assert_snapshot!(mistakes("[desk]\nname = \n\nroot = 'a\n[desk]\n"), @r#"
    x:2: this is not TOML: string values must be quoted, expected literal string
    x:4: this is not TOML: invalid literal string, expected `'`
    x:5: this is not TOML: duplicate key
    "#);
    assert!(mistakes("[desk]\nname = \"a\"\nname = \"b\"\n").starts_with("x:3: this is not TOML"));
}

#[test]
fn other_ways_to_write_the_same() {
    let table =
        "\u{feff}[[rule]]\r\nname = \"a\"\r\nfrom = [\"review\"]\r\nto = \"done\"\r\n[rule.when]\r\nquorum = 1\r\n";
    let inline = rule("a", "review", "done", "quorum = 1");
    assert_eq!(parse(table, "x"), parse(&inline, "x"));
    refused(&table.replace("quorum", "quorums"), 6, "did you mean `quorum`?");
    // A wiki stores letters with their marks composed, however they were typed.
    let label = |label: &str| format!("[[status]]\nid = \"x\"\nlabel = \"{label}\"\n");
    assert_eq!(parse(&label("pre\u{301}t"), "x"), parse(&label("prét"), "x"));
}

#[test]
fn deep_nesting_is_only_a_mistake() {
    for part in ["[", "{a=", "a."] {
        assert!(parse(&format!("x = {}", part.repeat(100_000)), "x").is_err());
        assert!(parse(&part.repeat(2_000), "x").is_err());
    }
}

#[test]
fn sections_and_keys_of_the_wrong_shape() {
    refused("pages = 3", 1, "expected one section [pages]");
    refused("\n[[pages]]", 2, "expected one section [pages]");
    refused("[status]\nid = \"a\"", 1, "expected [[status]] in double brackets");
    refused("rule = [1]", 1, "expected a section [[rule]]");
    refused("[statuses]", 1, "unknown section `statuses`; did you mean `status`?");
    refused("[wibble]", 1, "the sections are `desk`, `pages`");
    refused("[server]\nport = 3", 2, "unknown key `port` in [server]; the keys are `listen`");
    refused("[desk]\nname = 3", 2, "`name` in [desk]: expected a text in quotes, not 3");
    refused("[desk]\nname = \" \"", 2, "not empty");
    refused("[safety]\ntrusted = \"A\"", 2, "expected a list in [brackets], not \"A\"");
    refused("[safety]\ntrusted = [\n\"A\",\n\"User:B\"]", 4, "without `User:`");
}

#[test]
fn pages() {
    let page = |key: &str, title: &str| format!("[pages]\n{key} = {title:?}\n");
    refused("[desk]\nroot = \"a|b\"", 2, "'|' cannot stand in the title");
    refused("[desk]\nroot = \"\"", 2, "expected a title, not nothing");
    refused(&page("status", "{root}#x"), 2, "'#' cannot stand in the title");
    refused(&page("status", "{rot}/x"), 2, "only {root} can be filled in, not {rot}");
    refused(&page("status", "{root}/{year}"), 2, "only {root} can be filled in, not {year}");
    refused(&page("archive", "{root}/{year}/{day}"), 2, "only {root}, {year} and {month} can be filled in, not {day}");
    refused(&page("archive", "{root}/{month}"), 2, "with {year} in it");
    refused(&page("status", "{root}/{month}"), 2, "not {month}");
    refused(&page("archive", "{root}/Archive"), 2, "with {year} in it");
    refused(&page("status", "{root}/{"), 2, "'{' cannot stand");
    refused(&page("status", &"x".repeat(256)), 2, "at most 255 bytes");
    refused(&page("status", "{root}/Problems"), 2, "`status` and `problems` are the same page");
    refused(&page("status", "{root}"), 2, "`root` and `status` are the same page");
    let desk = parse("[desk]\nroot = \"Other_desk\"", "x").unwrap();
    assert_eq!(desk.pages.status, "Other desk/Status");
    assert_eq!(desk.pages.archive_of(2027, 1), "Other desk/Archive/2027");
    assert_eq!(desk.pages.archive_period_of("Other desk/Archive/2027"), Some((2027, 1)));
    let desk = parse(&page("archive", "{root}/{month} of {year}"), "x").unwrap();
    assert!(desk.pages.archive_of(2027, 3).ends_with("/03 of 2027"));
    assert_eq!(desk.pages.archive_period_of(&desk.pages.archive_of(2027, 3)), Some((2027, 3)));
    for other in ["x", "/03 of 2027", &desk.pages.archive_of(2027, 345), &(desk.pages.archive_of(2027, 3) + "/2")] {
        assert_eq!(desk.pages.archive_period_of(other), None, "{other}");
    }
}

#[test]
fn values() {
    let watch = |line: &str| format!("[watch]\n{line}");
    refused(&watch("sweep = \"soon\""), 2, "expected a duration such as \"30 seconds\"");
    refused(&watch("sweep = \"900 years\""), 2, "at most 100 years");
    refused(&watch("poll = \"0s\""), 2, "longer than 0");
    refused(&watch("stream = \"ftp://x\""), 2, "begins with https:// or http://");
    refused("[safety]\nrequest_timeout = \"0s\"", 2, "longer than 0");
    refused("[safety]\nmax_edits_per_pass = -1", 2, "a whole number, 0 or more");
    refused("[server]\nlisten = \"localhost\"", 2, "an address and a port");
    refused("[templates]\nmember = \"Template:M\"", 2, "without `Template:`");
    refused("[templates]\nmember = \"helpdesk request\"", 2, "are the same template");
    refused("[[field]]\nname = \"\"", 2, "not empty");
    refused("[[field]]\nname = \"a=b\"", 2, "without any of =");
    refused("[[field]]\nname = \"status\"", 2, "the bot does this one");
    assert_eq!(shipped().archive_rows_per_page, 500);
    assert_eq!(parse("[archive]\nrows_per_page = 7", "x").unwrap().archive_rows_per_page, 7);
    refused("[archive]\nrows_per_page = 0", 2, "a whole number, 1 or more");
    let field = |pattern: &str| format!("[[field]]\nname = \"code\"\npattern = {pattern}\n");
    let pattern = parse(&field("'[A-Z]{2}'"), "x").unwrap().fields[0].pattern.clone().unwrap();
    assert!(pattern.matches("SE") && !pattern.matches("Sweden"));
    refused(
        &field("'[A-Z'"),
        3,
        "`pattern` in [[field]]: expected a regular expression (unclosed character class), not",
    );
    refused(&field("7"), 3, "expected a text in quotes");
    assert_eq!(parse("[archive]\nafter = \"0 days\"", "x").unwrap().archive_after, Duration::ZERO);
}

#[test]
fn shares_are_exact() {
    let share = |written: &str| {
        let when = format!("support_share = {written}");
        parse(&rule("a", "review", "approved", &when), "x").map(|d| d.rules[0].when.support_share)
    };
    assert_eq!(share("0.67"), Ok(Some(Share { part: 67, of: 100 })));
    assert_eq!(share("1"), Ok(Some(Share { part: 1, of: 1 })));
    assert_eq!(share("\"2/3\""), Ok(Some(Share { part: 2, of: 3 })));
    for wrong in ["1.1", "-0.5", "nan", "true", "\"most\"", "67"] {
        let mistakes = share(wrong).unwrap_err();
        assert!(mistakes[0].line == 5 && mistakes[0].message.contains("a share between 0 and 1"));
    }
}

#[test]
fn votes_replace_the_shipped_ones_choice_by_choice() {
    let vote = |choice: &str, template: &str, first: &str| {
        format!("[[vote]]\nchoice = {choice:?}\ntemplates = [{template:?}]\n{first}\n")
    };
    let desk = parse(&vote("oppose", "Nay", ""), "x").unwrap();
    let names: Vec<_> = desk.votes.iter().map(|v| v.templates[0].as_str()).collect();
    assert_eq!(names, ["Support", "Nay", "Abstain", "More info"]);
    refused(&vote("oppose", "support", ""), 3, "stands for both support and oppose");
    refused(&vote("oppose", "Helpdesk member", ""), 3, "[templates] has it too");
    refused(&vote("against", "Nay", ""), 2, "expected \"support\", \"oppose\"");
    let support = vote("support", "Vote", "first_parameter = [\"Support\"]");
    let both = |first: &str| support.clone() + &vote("oppose", "Vote", first);
    assert!(parse(&both("first_parameter = [\"oppose\"]"), "x").is_ok());
    refused(&both("first_parameter = [\"support\"]"), 7, "tell them apart");
    refused(&both(""), 7, "tell them apart");
}

#[test]
fn new_requests_start_where_the_file_means_them_to() {
    let first = |text: &str| parse(text, "x").unwrap_or_else(|m| panic!("{text}: {m:?}")).first_status().id.clone();
    let review = "[[status]]\nid = \"review\"\nvotable = true\n";
    let rule = |from: &str, to: &str| {
        format!("[[rule]]\nname = \"{from}\"\nfrom = [\"{from}\"]\nto = \"{to}\"\nwhen = {{ quorum = 1 }}\n")
    };
    assert_eq!(first(""), "incomplete");
    // Some shipped statuses restated: as shipped, unless no rule leads on from there.
    assert_eq!(first(review), "incomplete");
    assert_eq!(first(&format!("{review}{}", rule("incomplete", "review"))), "incomplete");
    assert_eq!(first(&format!("{review}{}", rule("review", "approved"))), "review");
    assert_eq!(first("[[status]]\nid = \"done\"\nlabel = \"Finished\"\nclosed = true\n"), "incomplete");
    // A list of one's own.
    assert_eq!(first("[[status]]\nid = \"triage\"\n[[status]]\nid = \"review\"\n"), "triage");
    assert_eq!(first("[[status]]\nid = \"review\"\n[[status]]\nid = \"incomplete\"\n"), "review");
}

#[test]
fn statuses_come_before_the_shipped_ones() {
    let desk = parse("[[status]]\nid = \"in-triage\"\nvotable = true\n", "x").unwrap();
    let first = desk.first_status();
    assert_eq!(first.label, "In triage");
    assert_eq!(first.category, "Helpdesk requests in triage");
    assert_eq!((first.votable, first.closed, desk.statuses.len()), (true, false, 12));
    refused("[[status]]\nid = \"a\"\n[[status]]\nid = \"a\"", 4, "already there, in line 2");
    refused("[[status]]\nid = \"a b\"", 2, "small letters (a to z), digits and hyphens");
    refused("[[status]]\nid = \"a\"\nclosed = true", 1, "`a`: new requests would start in it");
    refused("[[status]]\nid = \"a\"\ncategory = \"Category:A\"", 3, "without `Category:`");
    refused("\n[[status]]\nlabel = \"A\"", 2, "`id` is missing in [[status]]");
}

#[test]
fn an_electorate_votes_instead_of_members() {
    let desk = parse(
        "[electorate]\nmin_edits = 50\nmin_age = \"10 days\"\ngroups = [\"patroller\"]\n[pages]\ncommittee = \"\"\n",
        "t",
    );
    let electorate = desk.expect("valid").electorate.expect("an electorate");
    assert_eq!((electorate.min_edits, electorate.min_age), (50, 10 * DAY));
    assert_eq!(
        electorate.in_words(),
        "accounts at least 10 days old, with at least 50 edits, in one of the groups patroller"
    );
    assert_eq!(parse("[electorate]", "t").expect("valid").electorate.expect("one").in_words(), "every account");
    assert_eq!(shipped().electorate, None);
    refused("[pages]\ncommittee = \"\"\n", 2, "without an [electorate]");
    refused("[electorate]\ngroups = [\n\"sysop\",\n\"autoconfirmed\"]", 4, "min_edits");
    refused("[electorate]\nmin_edit = 1", 2, "did you mean `min_edits`?");
    let of_all = |when: &str| format!("[electorate]\n{}", rule("r", "review", "approved", when));
    refused(&of_all("all_voted = true"), 6, "`all_voted`");
    refused(&of_all("quorum_share = 0.5"), 6, "`quorum_share`");
    // Also where the rules stand on a page of the wiki.
    let desk = parse("[electorate]", "t").expect("valid");
    let page = rule("r", "review", "approved", "all_voted = true");
    assert!(with_page(&desk, &page, "p").is_err() && with_page(&shipped(), &page, "p").is_ok());
}

#[test]
fn the_intake_page_may_have_parts() {
    use crate::wikitext::page_name::is_request;
    let desk = parse("[desk]\nroot = \"P\"\n[pages]\nparts = [\"Person\", \"Place\"]\n", "t").expect("valid");
    let is = |name: &str| is_request(&format!("P/Requests/{name}"), &desk.pages, &["sv".to_owned()]);
    let found =
        ["Person/Height", "Place/Area", "Other", "Person", "Person/a/b", "Thing/Size", "Person/sv", "sv"].map(is);
    assert_eq!(found, [true, true, true, false, false, false, false, false]);
    refused("[pages]\nparts = [\n\"a/b\"]", 3, "without /");
}

#[test]
fn a_desk_may_have_its_own_statuses_alone() {
    let own = "[desk]\nshipped_statuses = false\n[pages]\nqueue = \"\"\n[[status]]\nid = \"open\"\n[[rule]]\nname = \"r\"\n\
               from = [\"open\"]\nto = \"open\"\nwhen = { quorum = 1 }\n";
    let ids: Vec<String> = parse(own, "t").expect("valid").statuses.into_iter().map(|status| status.id).collect();
    assert_eq!(ids, ["open"]);
    // The queue is of a status that it does not have.
    refused(&own.replace("queue = \"\"", ""), 0, "`approved`");
}

/// Configurations of other desks that come with the bot.
const EXAMPLES: [(&str, &str); 2] = [
    ("pictures.toml", include_str!("../../config/examples/pictures.toml")),
    ("properties.toml", include_str!("../../config/examples/properties.toml")),
];

#[test]
fn the_examples_of_other_desks_are_valid_and_sound() {
    for (file, text) in EXAMPLES {
        let desk = parse(text, file).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        assert_eq!(warnings(&desk), Vec::<String>::new(), "{file}");
        // What Helpdesk has and others do not need is off, and nothing of it is left over.
        let Pages { agenda, meetings, queue, work, .. } = &desk.pages;
        assert_eq!([agenda, meetings, queue, work], [""; 4], "{file}");
        assert!(desk.statuses.iter().all(|status| !status.category.starts_with("Helpdesk")), "{file}");
        let used = |id: &str| desk.rules.iter().any(|rule| rule.to == id || rule.from.iter().any(|from| from == id));
        let by_hand = ["withdrawn", "on-hold", "created"];
        let unused = desk.statuses.iter().filter(|s| !used(&s.id) && !by_hand.contains(&s.id.as_str()));
        assert_eq!(unused.map(|status| &status.id).collect::<Vec<_>>(), Vec::<&String>::new(), "{file}");
    }
}

#[test]
fn a_file_that_is_not_there() {
    let found = load(Path::new("no/such/file.toml")).unwrap_err();
    let expected = "no/such/file.toml: there is no such file; name the configuration with --config FILE";
    assert_eq!(found[0].to_string(), expected);
    assert!(load(Path::new(".")).unwrap_err()[0].message.contains("cannot be read"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        let _ = parse(&text, "x");
    }

    /// Parts of the shipped file and of the example, cut, doubled and put in elsewhere.
    #[test]
    fn no_change_to_a_good_file_makes_it_panic(
        shipped in any::<bool>(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, "[-a-z0-9 ={}\\[\\]\"'.,\n#é]{0,6}"), 1..6),
    ) {
        let mut letters: Vec<char> = if shipped { SHIPPED } else { EXAMPLE }.chars().collect();
        for (at, length, put) in cuts {
            let at = at.index(letters.len() + 1);
            let end = (at + length).min(letters.len());
            letters.splice(at..end, put.chars());
        }
        let text: String = letters.into_iter().collect();
        match parse(&text, "x") {
            Ok(desk) => drop(warnings(&desk)),
            Err(mistakes) => prop_assert!(mistakes.iter().all(|m| m.line <= text.lines().count() + 1)),
        }
    }

    /// Lines left out: mostly still TOML, so that the checks of meaning are met too.
    #[test]
    fn no_line_left_out_makes_it_panic(gone in prop::collection::hash_set(0..400_usize, 1..30)) {
        let lines = SHIPPED.lines().enumerate().filter(|(i, _)| !gone.contains(i));
        let text: Vec<_> = lines.map(|(_, line)| line).collect();
        if let Ok(desk) = parse(&text.join("\n"), "x") {
            drop(warnings(&desk));
        }
    }
}
