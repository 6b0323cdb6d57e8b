//! The brakes, case by case and as properties.

use proptest::prelude::*;

use super::*;
use crate::plan::disputes::{Objection, Past, objection};
use crate::plan::exclusions::Exclusions;

fn exclusions() -> Exclusions {
    let redirects = [("Keine Bots", "Nobots"), ("Robots", "Bots"), ("Unrelated", "Support")];
    let redirects = redirects.map(|(from, to)| (format!("Template:{from}"), format!("Mall:{to}")));
    Exclusions::new(&crate::testing::titles(), &redirects)
}

#[test]
fn nobots_in_every_spelling() {
    let desk = crate::config::shipped();
    let syntax = crate::wikitext::syntax::Syntax::new(["nowiki", "tabs"], true);
    let names = crate::wikitext::names::Names::new(&desk, &crate::testing::titles(), &syntax);
    let keep_out = |text: &str| exclusions().keep_out(text, "Helpdesk bot", &names);
    for text in [
        "{{nobots}}",
        "{{Nobots}}",
        "{{NoBots}}",
        "x {{ nobots }} y",
        "{{Template:Nobots}}",
        "{{vorlage:nobots}}",
        "{{no_bots}}",
        "{{nobots|}}",
        "{{Keine Bots}}",
        "{{keine_Bots}}",
        "{{bots|deny=all}}",
        "{{Bots|deny=ExampleBot, Helpdesk bot}}",
        "{{bots|deny=ExampleBot,helpdesk_bot}}",
        "{{bots | deny = User:Helpdesk bot }}",
        "{{bots|deny=[[User:Helpdesk bot|it]]}}",
        "{{bots|Deny=Helpdesk bot}}",
        "{{bots|allow=none}}",
        "{{bots|allow=ExampleBot}}",
        "{{bots|optout=all}}",
        "{{bots|optout=nosource, helpdesk}}",
        "{{bots|optout=Helpdesk bot}}",
        "{{robots|deny=Helpdesk bot}}",
        "{{bots|deny=\nOther\nHelpdesk bot\n}}",
    ] {
        assert!(keep_out(text), "{text}");
    }
    for text in [
        "",
        "{{bots}}",
        "{{bots|allow=all}}",
        "{{bots|allow=Helpdesk bot}}",
        "{{bots|allow=ExampleBot, Helpdesk bot}}",
        "{{bots|deny=ExampleBot}}",
        "{{bots|deny=none}}",
        "{{bots|deny=}}",
        "{{bots|optout=nosource}}",
        "{{nobots|allow=Helpdesk bot}}",
        "<nowiki>{{nobots}}</nowiki>",
        "<tabs>{{nobots}}</tabs>",
        "<!-- {{nobots}} -->",
        "{{tl|nobots}}",
        "{{example|{{nobots}}}}",
        "{{unrelated}}",
        "{{support}}",
    ] {
        assert!(!keep_out(text), "{text}");
    }
}

fn past(history: &[(bool, &str)]) -> Vec<Past> {
    history.iter().map(|(by_bot, says)| Past { by_bot: *by_bot, says: (*says).to_owned() }).collect()
}

#[test]
fn an_edit_that_was_undone_is_not_made_again_unless_the_facts_change() {
    // Newest first: somebody put back what was there before the bot.
    let undone = past(&[(false, "old"), (true, "new"), (false, "old")]);
    assert_eq!(objection(&undone, "new"), Some(Objection::Undone));
    assert_eq!(objection(&undone, "newer"), None);
    // A later edit elsewhere on the page is no other fact.
    let later = past(&[(false, "old"), (false, "old"), (true, "new"), (false, "old")]);
    assert_eq!(objection(&later, "new"), Some(Objection::Undone));
    // Something else was put there: put right once, then left.
    let changed = past(&[(false, "other"), (true, "new"), (false, "old")]);
    assert_eq!(objection(&changed, "new"), None);
    let again = past(&[(false, "other"), (true, "new"), (false, "other"), (true, "new"), (false, "old")]);
    assert_eq!(objection(&again, "new"), Some(Objection::Dispute));
    // What the bot said long before something else is no dispute.
    let long_ago =
        past(&[(false, "other"), (true, "new"), (false, "x"), (true, "between"), (false, "y"), (true, "new")]);
    assert_eq!(objection(&long_ago, "new"), None);
    for fine in [past(&[]), past(&[(true, "new"), (false, "old")]), past(&[(false, "old")])] {
        assert_eq!(objection(&fine, "new"), None);
    }
}

proptest! {
    /// Whatever somebody does after each edit of the bot, it says the same at the most twice in a row.
    #[test]
    fn nobody_can_be_fought(answers in prop::collection::vec(0_u8..3, 0..40)) {
        let mut history = vec![Past { by_bot: false, says: "old".to_owned() }];
        let mut edits = 0;
        for answer in answers {
            if history[0].says != "new" && objection(&history, "new").is_none() {
                history.insert(0, Past { by_bot: true, says: "new".to_owned() });
                edits += 1;
            }
            let says = ["old", "other", "new"][usize::from(answer)].to_owned();
            history.insert(0, Past { by_bot: false, says });
        }
        prop_assert!(edits <= 2, "{edits} edits");
    }

    /// A table loses no half of its rows, and rows that only move are no loss.
    #[test]
    fn halved_tables_are_held(before in 1_usize..40, kept in 0_usize..40, archived in 0_usize..40) {
        let kept = kept.min(before);
        let archived = archived.min(before - kept);
        let status: Vec<u64> = (0..before as u64).collect();
        let lost = before - kept - archived;
        let held = lost_rows(&status, |id| id < (kept + archived) as u64);
        prop_assert_eq!(held, (before >= SMALLEST_TABLE && lost * 2 >= before).then_some(lost));
    }

    /// However often a page goes to and fro, it is made to say the same four times an hour at the most, and any other thing
    /// at once.
    #[test]
    fn nothing_is_said_again_and_again(seconds in prop::collection::vec(1_i64..400, 0..80)) {
        let names = crate::testing::names(&crate::config::shipped(), &[]);
        let (mut said, mut now, mut made) = (Said::default(), crate::testing::at(0), Vec::new());
        for (i, seconds) in seconds.into_iter().enumerate() {
            now += TimeDelta::seconds(seconds);
            let change = says(["one", "other"][i % 2]);
            if !said.repeats(&change, &names, now) {
                said.note(&change, &names, now);
                made.push((now, change.after.clone()));
            }
            prop_assert!(!said.repeats(&says("new"), &names, now));
        }
        for (at, text) in &made {
            let same = made.iter().filter(|(then, said)| said == text && *then <= *at && *at - *then < LATELY);
            prop_assert!(same.count() <= MOST_REPEATED);
        }
    }
}

fn says(text: &str) -> Change {
    Change {
        page: "Desk/Status".to_owned(),
        base: crate::plan::Base::Absent,
        before: String::new(),
        after: crate::wikitext::block::wrap("status", text),
        summary: String::new(),
        owns: Owns::Block("status".to_owned()),
        moved: String::new(),
        appended: String::new(),
        despite_undo: false,
    }
}

#[test]
fn a_running_bot_sends_a_few_messages_at_a_time() {
    let message = || Change { owns: Owns::Message, ..says("x") };
    let plan = || Plan { changes: vec![message(), says("y"), message(), message()], ..Plan::default() };
    let left = |per_minute: u32| {
        let mut plan = plan();
        (leave_messages(&mut plan, per_minute), plan.changes.len())
    };
    assert_eq!([left(0), left(1), left(2), left(4), left(60)], [(0, 4), (2, 2), (2, 2), (1, 3), (0, 4)]);
}
