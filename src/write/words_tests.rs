//! Every code that goes to the wiki has words in the templates.

use crate::decide::{NoticeKind, Verdict};
use crate::desk::Choice;
use crate::desk::request::Priority;

const WORDS: &str = include_str!("../../templates/Template/Helpdesk text/en.wikitext");
const SOURCES: [&str; 9] = [
    include_str!("../plan/draft.rs"),
    include_str!("../plan/intake.rs"),
    include_str!("../plan/refusals.rs"),
    include_str!("../plan/brakes.rs"),
    include_str!("../pass.rs"),
    include_str!("../pass/apply.rs"),
    include_str!("../pass/intake.rs"),
    include_str!("../pass/roster.rs"),
    include_str!("../read/intake.rs"),
];

fn has(key: &str) -> bool {
    WORDS.contains(&format!("\n|{key}="))
}

#[test]
fn every_verdict_notice_and_condition_has_words() {
    for verdict in Verdict::ALL.iter().filter(|v| **v != Verdict::Counted) {
        assert!(has(&format!("why-{}", verdict.id())), "{verdict:?}");
    }
    for kind in NoticeKind::ALL {
        assert!(has(&format!("notice-{}", kind.id())), "{kind:?}");
    }
    for condition in crate::decide::ConditionKind::ALL {
        assert!(has(&format!("cond-{}", condition.id())) && has(&format!("wait-{}", condition.id())), "{condition:?}");
    }
    for code in ["wait-person", "wait-nothing"] {
        assert!(has(code), "{code}");
    }
    Choice::ALL.iter().for_each(|c| assert!(has(&format!("vote-{}", c.id())), "{c}"));
    Priority::ALL.iter().for_each(|p| assert!(has(&format!("priority-{}", p.id())), "{p:?}"));
    for field in crate::config::shipped().fields {
        assert!(has(&format!("field-{}", field.name)), "{}", field.name);
        field.one_of.iter().for_each(|kind| assert!(has(&format!("type-{kind}")), "{kind}"));
    }
}

#[test]
fn every_problem_has_words_and_a_remedy() {
    let mut kinds: Vec<&str> = Vec::new();
    for source in SOURCES {
        for start in ["Problem::new(", "problem("] {
            let calls = source.split(start).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            kinds.extend(calls.filter_map(|rest| rest.split('"').next()));
        }
    }
    kinds.extend(["roster-untrusted", "roster-broken"]);
    assert!(kinds.len() >= 15, "the problems were not found: {kinds:?}");
    for kind in kinds {
        assert!(has(&format!("problem-{kind}")) && has(&format!("todo-{kind}")), "{kind}");
    }
}
