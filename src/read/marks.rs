//! Marks: the votes, decisions and views on priority that stand in a wikitext, with the signatures behind each.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::signatures::{Found, begin_comments, signatures};
use crate::desk::TemplateKind;
use crate::desk::params::Params;
use crate::desk::signed::{Signature, Standing};
use crate::desk::statement::Statement;
use crate::desk::vote::{Choice, Vote};
use crate::page::Time;
use crate::wikitext::inert::{MAX_CHARS, one_line};
use crate::wikitext::names::{Meaning, Meant, Names};
use crate::wikitext::{Around, Call, Effect, Reading};

/// A mark in one revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What it says.
    pub statement: Statement,
    /// Which template it is; none for a vote.
    pub kind: Option<TemplateKind>,
    /// The first signature behind it, on the same line.
    pub signature: Signature,
    /// Nothing is said before it in its comment.
    pub begins: bool,
    /// What it stands inside of.
    pub around: Vec<Around>,
    /// The place of its template call.
    pub span: Range<usize>,
    /// Where the name of its template stands.
    pub name_span: Range<usize>,
    /// The name of its template as written.
    pub template: String,
    /// Parameters that its template does not know.
    pub unknown: Vec<String>,
    /// A digest of it with all up to the end of its signature, if that has a time.
    pub copied: Option<u64>,
}

/// How a mark stands inside of something.
pub(super) fn standing_in(effect: Effect) -> Standing {
    if effect == Effect::Struck { Standing::Struck } else { Standing::Quoted }
}

/// What makes two marks the same though one was reworded.
pub type Key = (Statement, Option<String>, Option<String>);

impl Mark {
    /// What makes two marks the same.
    pub fn key(&self) -> Key {
        (self.statement.identity(), self.signature.user.clone(), self.signature.time.clone())
    }

    /// How it stands, as far as wikitext tells: never gone.
    pub fn standing(&self) -> Standing {
        self.standing_inside(|_| true)
    }

    /// How it would stand if of all that is around it there was only this.
    pub fn standing_inside(&self, counts: impl Fn(&Around) -> bool) -> Standing {
        let standing = self.around.iter().filter(|around| counts(around)).map(|around| standing_in(around.effect));
        let said_within = if self.begins { Standing::Plain } else { Standing::Inline };
        standing.max().unwrap_or(said_within)
    }

    /// Whether it stands in a comment or in the content of an extension's tag.
    pub fn is_hidden(&self) -> bool {
        self.around.iter().any(|around| around.effect == Effect::Hidden)
    }
}

/// The marks of a revision's wikitext, in order, and behind them those that are hidden in it. `written` tells when the name of a
/// call was written.
pub fn marks(text: &str, reading: &Reading, names: &Names, written: impl Fn(&Call) -> Time) -> Vec<Mark> {
    let mut found = marks_of(&reading.calls, &reading.visible, names, &written);
    found.extend(marks_of(&reading.hidden, text, names, &written));
    found
}

fn marks_of(calls: &[Call], text: &str, names: &Names, written: &impl Fn(&Call) -> Time) -> Vec<Mark> {
    let mut marks: Vec<Mark> = calls.iter().filter_map(|call| mark(call, names, written)).collect();
    let mut rest = marks.as_mut_slice();
    while let Some(first) = rest.first() {
        let start = text[..first.span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[first.span.start..].find('\n').map_or(text.len(), |at| first.span.start + at);
        let on_line = rest.partition_point(|mark| mark.span.start < end);
        let (line, others) = rest.split_at_mut(on_line);
        complete_line(text, start..end, line, names);
        rest = others;
    }
    marks
}

/// Finds for the marks of a line whether they begin a comment, and how that is signed.
fn complete_line(text: &str, line: Range<usize>, marks: &mut [Mark], names: &Names) {
    let signed = signatures(text, line.clone(), names);
    let places: Vec<usize> = marks.iter().map(|mark| mark.span.start).collect();
    // A vote that was taken back, or what is no vote, is nothing that is said before a vote.
    let passed =
        marks.iter().filter(|mark| mark.kind.is_some() || mark.around.iter().any(|a| a.effect == Effect::Struck));
    let passed: Vec<Range<usize>> = passed.map(|mark| mark.span.clone()).collect();
    let begun = begin_comments(text, line.clone(), &places, &passed, &signed);
    let mut end = line.end;
    for (mark, begins) in marks.iter_mut().zip(begun).rev() {
        mark.begins = begins || mark.kind.is_some();
        let of_comment = |found: &&Found| mark.span.end <= found.span.start && found.span.start < end;
        let own: Vec<&Found> = signed.iter().filter(of_comment).collect();
        if let Statement::Vote(Vote { choice: Choice::Info, question, .. }) = &mut mark.statement {
            let said = mark.span.end..own.first().map_or(end, |found| found.span.start);
            *question = text.get(said).map(|said| one_line(said, MAX_CHARS)).unwrap_or_default();
        }
        if let Some((first, more)) = own.split_first() {
            mark.signature = first.signature.clone();
            let more = more.iter().flat_map(|found| found.signature.user.iter().chain(&found.signature.others));
            mark.signature.others.extend(more.cloned());
            mark.copied = first.signature.time.as_ref().and(first.signature.user.as_ref()).map(|_| {
                let mut digest = DefaultHasher::new();
                text[mark.span.start..first.span.end].split_whitespace().for_each(|word| word.hash(&mut digest));
                digest.finish()
            });
        }
        // What stands before it is another comment, if it is signed; else the same signature is behind both.
        if begins && signed.iter().any(|found| found.span.end <= mark.span.start) {
            end = mark.span.start;
        }
    }
}

fn mark(call: &Call, names: &Names, written: impl Fn(&Call) -> Time) -> Option<Mark> {
    let Meant::Yes(meaning) = names.meant(&call.name, written(call)) else { return None };
    let params = CallParams { call, names };
    let (kind, statement, known): (_, _, &[&str]) = match meaning {
        Meaning::Template(kind) => (Some(*kind), Statement::read(*kind, &params)?, kind.parameters()),
        vote => {
            let choice = Names::choice(vote, call.value("1"))?;
            let vote = Vote { choice, on_behalf_of: params.account("for"), question: String::new() };
            (None, Statement::Vote(vote), &["for"])
        }
    };
    let is_known = |name: &str| known.contains(&name) || name.parse::<u32>().is_ok();
    let unknown = call.params.iter().filter(|p| !is_known(&p.name)).map(|p| p.name.clone()).collect();
    Some(Mark {
        statement,
        kind,
        signature: Signature::default(),
        begins: true,
        around: call.around.clone(),
        span: call.span.clone(),
        name_span: call.name_span(),
        template: call.name.clone(),
        unknown,
        copied: None,
    })
}

struct CallParams<'a> {
    call: &'a Call,
    names: &'a Names,
}

impl Params for CallParams<'_> {
    fn text(&self, name: &str) -> &str {
        self.call.value(name)
    }

    fn account(&self, name: &str) -> Option<String> {
        account(self.call.value(name), self.names)
    }
}

/// The account that a value names. `{{u|Alice}}` names her as a link to her page does.
pub(super) fn account(written: &str, names: &Names) -> Option<String> {
    let inner = names.syntax().calls(written);
    let named = inner.first().filter(|call| call.span == (0..written.len())).map_or(written, |call| call.value("1"));
    names.titles().account_of_parameter(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<Mark> {
        let names = crate::testing::names(&crate::config::shipped(), &[]);
        marks(line, &names.syntax().read(line), &names, |_| crate::testing::at(0))
    }

    fn signature(line: &str) -> (Option<String>, bool) {
        let signature = found(line).into_iter().next().expect("a mark").signature;
        (signature.user, signature.time.is_some())
    }

    #[test]
    fn signatures_of_every_shape() {
        let anna = Some("Anna Exempel".to_owned());
        for (line, user, time) in [
            (
                "{{support}} [[User:Anna Exempel|Anna]] ([[User talk:Anna Exempel|talk]]) 12:34, 5 May 2026 (UTC)",
                &anna,
                true,
            ),
            (
                "{{support}} per [[User:Bo Prov]] [[user talk:anna_Exempel#top|x]] 22:54, 28 септември 2009 (UTC)",
                &anna,
                true,
            ),
            ("{{support}} -- [[Användare:Anna_Exempel|A]] 02:21, 3 mrt 2009 (CET) see [[User:Bo Prov]]", &anna, true),
            ("{{support}} \u{200e}[[User:Anna%20Exempel]]\u{200e} 12:34, 5 May 2026 (UTC)", &anna, true),
            ("{{support}} [[:sv:User:Anna&nbsp;Exempel]] 12:34, 5 May 2026 (UTC)", &anna, true),
            (
                "{{support}} [[User:&#65;nna Exempel|<span style=\"x\">[[y]]</span>]] 12:34, 5 May 2026 (UTC)",
                &anna,
                true,
            ),
            ("{{support}} [[Special:Contributions/Anna Exempel|Anna]] 12:34, 5 May 2026 (UTC)", &anna, true),
            ("{{support}} yes -- [[User:Anna Exempel]]", &anna, false),
            ("{{support}} yes [[User:Anna Exempel|A]] ([[User talk:Anna Exempel|talk]])", &anna, false),
            ("{{support}} [[User:Anna Exempel]]", &anna, false),
            ("{{support}} per [[User:Bo Prov]]", &None, false),
            ("{{support}} at 10:30 (or so) with [[User:Bo Prov]] in the room", &None, false),
            ("{{support}} {{User:Anna Exempel/sig}} 12:34, 5 May 2026 (UTC)", &None, true),
            ("{{support}} <nowiki>[[User:Bo Prov]]</nowiki> <!-- 12:34, 5 May 2026 (UTC) -->", &None, false),
            ("{{support}} no signature\n[[User:Bo Prov]] 12:34, 5 May 2026 (UTC)", &None, false),
        ] {
            assert_eq!(signature(line), (user.clone(), time), "{line}");
        }
    }

    #[test]
    fn several_marks_on_a_line_share_the_signature_behind_them() {
        let line = "{{support}} {{Helpdesk priority|high}} [[User:A]] 12:34, 5 May 2026 (UTC) {{oppose}} [[User:B]] 12:35, 5 May 2026 (UTC) {{abstain}}";
        let found = found(line);
        let users: Vec<_> = found.iter().map(|m| (m.signature.user.as_deref(), m.signature.others.len())).collect();
        assert_eq!(users, [(Some("A"), 0), (Some("A"), 0), (Some("B"), 0), (None, 0)]);
        assert!(found.iter().all(|m| m.begins));
    }

    #[test]
    fn a_comment_may_be_signed_more_than_once() {
        let line = "{{support}} as [[User:A]] 12:34, 5 May 2026 (UTC) said. [[:sv:User:C]] [[User:B]] [[:sv:User:D]] 12:35, 5 May 2026 (UTC)";
        let signature = &found(line)[0].signature;
        assert_eq!(signature.user.as_deref(), Some("A"));
        assert_eq!(signature.others, ["D", "B", "C"]);
    }

    #[test]
    fn what_a_template_does_not_know_is_told() {
        let unknown = |line: &str| found(line)[0].unknown.clone();
        assert_eq!(unknown("{{support|For=Carol|strong|2=x|for=Bo}}"), ["For"]);
        assert_eq!(unknown("{{Helpdesk decision|approved|reason=x|why=y}}"), ["why"]);
        for named in ["Alice", "User:Alice", "[[User:Alice|A]]", "{{u|Alice}}", "{{user|Alice|x}}"] {
            let statement = found(&format!("{{{{support|for={named}}}}}"))[0].statement.clone();
            let Statement::Vote(vote) = statement else { panic!("no vote") };
            assert_eq!(vote.on_behalf_of.as_deref(), Some("Alice"), "{named}");
        }
    }

    #[test]
    fn only_the_first_of_a_comment_is_a_vote() {
        let begins = |line: &str| found(line).iter().map(|m| m.begins).collect::<Vec<_>>();
        assert_eq!(begins("* {{oppose}} I cannot {{support}} it"), [true, false]);
        assert_eq!(begins(":: why do you {{support}} this?"), [false]);
        assert_eq!(begins("answer with {{support}}, {{oppose}} or {{more info}}"), [false, false, false]);
        assert_eq!(begins("== {{support}} {{oppose}} =="), [false, false]);
        assert_eq!(begins("<s>{{s}}{{support}}</s> {{oppose}}"), [false, true]);
        assert_eq!(begins("<s>{{support}}</s> {{oppose}}"), [true, true]);
    }
}
