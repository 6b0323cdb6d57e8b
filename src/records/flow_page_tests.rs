//! What the page of the flow tells.

use chrono::TimeDelta;

use super::*;
use crate::desk::milestones::Milestones;
use crate::testing::at;

/// A request that held these statuses since so many hours.
fn request(statuses: &[(&str, i64)]) -> Row {
    let statuses = statuses.iter().map(|(id, hours)| ((*id).to_owned(), at(*hours))).collect();
    Row { milestones: Milestones { statuses, ..Milestones::default() }, ..Row::default() }
}

fn stayed(page: &str, status: &str) -> (String, String) {
    let calls = crate::wikitext::calls(page);
    let found = calls.iter().find(|call| call.name == "Helpdesk flow status" && call.value("status") == status);
    let call = found.unwrap_or_else(|| panic!("{status} in {page}"));
    (call.value("stayed").to_owned(), call.value("stays").to_owned())
}

#[test]
fn medians_are_of_what_ended_before_midnight() {
    let desk = crate::config::shipped();
    let midnight = at(24 * 10);
    let requests = [
        request(&[("incomplete", 0), ("review", 0), ("approved", 24)]),
        request(&[("incomplete", 1), ("review", 3), ("more-info", 51), ("review", 60), ("done", 240)]),
        request(&[("incomplete", 100), ("review", 239), ("approved", 241)]),
    ];
    let page = flow_page(&desk, requests.iter(), midnight);
    // Not what was only passed through.
    assert_eq!(stayed(&page, "incomplete"), (((2 + 139) * 1800).to_string(), "2".to_owned()));
    // 24 and 48 hours; two more have not ended yet: that at midnight itself belongs to the day that begins.
    assert_eq!(stayed(&page, "review"), ((36 * 3600).to_string(), "2".to_owned()));
    assert_eq!(stayed(&page, "more-info"), ((9 * 3600).to_string(), "1".to_owned()));
    assert_eq!(stayed(&page, "approved"), (String::new(), String::new()));
    let later = |hours| flow_page(&desk, requests.iter(), midnight + TimeDelta::hours(hours));
    assert_eq!(stayed(&later(24), "review"), ((36 * 3600).to_string(), "4".to_owned()), "2, 24, 48 and 180 hours");
    // A day on which nothing ends changes nothing.
    assert_eq!(later(24), later(480));
}

#[test]
fn a_desk_with_statuses_of_its_own_has_them_with_its_rules() {
    let desk = crate::config::parse(
        "[[status]]\nid = \"draft\"\nlabel = \"A {{draft}}\"\n[[status]]\nid = \"ready\"\nlabel = \"Ready\"\nvotable = true\n\
         [[status]]\nid = \"made\"\nlabel = \"Made\"\nclosed = true\n[[rule]]\nname = \"is | whole\"\nfrom = [\"draft\"]\n\
         to = \"ready\"\nwhen = { complete = true }\n[[rule]]\nname = \"wanted\"\nfrom = [\"ready\"]\nto = \"made\"\n\
         when = { quorum = 2 }\n[[rule]]\nname = \"torn\"\nfrom = [\"ready\"]\nto = \"draft\"\n\
         when = { complete = false, open_for = \"1 day\" }\n",
        "x",
    );
    let desk = desk.unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    insta::assert_snapshot!(flow_page(&desk, [].iter(), at(0)), @r"
    {{Helpdesk flow start|places=4|lanes=2}}
    {{Helpdesk flow status|place=1|status=draft|label=A &#123;&#123;draft&#125;&#125;|category=Helpdesk requests a &#123;&#123;draft&#125;&#125;|of=Content Partnerships Hub&#47;Helpdesk&#47;Status|first=yes|rule=is &#124; whole|to=ready|to label=Ready}}
    {{Helpdesk flow status|place=2|status=ready|label=Ready|category=Helpdesk requests ready|of=Content Partnerships Hub&#47;Helpdesk&#47;Status|votable=yes|rule=wanted|rule 2=torn|to=made|to 2=draft|to label=Made|to label 2=A &#123;&#123;draft&#125;&#125;}}
    {{Helpdesk flow closed|place=3}}
    {{Helpdesk flow status|place=4|status=made|label=Made|category=Helpdesk requests made|of=Content Partnerships Hub&#47;Helpdesk&#47;Status|closed=yes}}
    {{Helpdesk flow way|from=1|to=2}}
    {{Helpdesk flow way|from=2|to=4|lane=2}}
    {{Helpdesk flow way|from=2|to=1|lane=1}}
    {{Helpdesk flow end}}
    ");
}
