//! Marks: the votes, decisions and views on priority that stand in a wikitext, with the signature behind each.

use std::ops::Range;

use super::signatures::Signatures;
use crate::desk::TemplateKind;
use crate::desk::params::Params;
use crate::desk::signed::{Signature, Standing};
use crate::desk::statement::Statement;
use crate::desk::vote::Vote;
use crate::wikitext::Call;
use crate::wikitext::names::{Meaning, Names};

/// A mark in one revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What it says.
    pub statement: Statement,
    /// Which template it is; none for a vote.
    pub kind: Option<TemplateKind>,
    /// The signature behind it, on the same line.
    pub signature: Signature,
    /// How it stands, as far as wikitext tells: never gone.
    pub standing: Standing,
    /// The place of its template call.
    pub span: Range<usize>,
}

/// What makes two marks the same.
pub type Key = (Statement, Signature);

impl Mark {
    /// What makes two marks the same.
    pub fn key(&self) -> Key {
        (self.statement.identity(), self.signature.clone())
    }
}

/// The marks of a revision's wikitext, in order.
pub fn marks(text: &str, calls: &[Call], names: &Names) -> Vec<Mark> {
    let mut found: Vec<Mark> = Vec::new();
    for call in calls {
        let Some((kind, statement)) = names.meaning(&call.name).and_then(|m| statement(m, call, names)) else {
            continue;
        };
        let standing = match call {
            Call { nested: true, .. } => Standing::Quoted,
            Call { struck: true, .. } => Standing::Struck,
            _ => Standing::Plain,
        };
        found.push(Mark { statement, kind, signature: Signature::default(), standing, span: call.span.clone() });
    }
    if !found.is_empty() {
        let visible = names.syntax().visible(text);
        let mut signatures = Signatures::new(&visible, names);
        found.iter_mut().for_each(|mark| mark.signature = signatures.behind(mark.span.end));
    }
    found
}

fn statement(meaning: &Meaning, call: &Call, names: &Names) -> Option<(Option<TemplateKind>, Statement)> {
    let params = CallParams { call, names };
    if let Meaning::Template(kind) = meaning {
        return Some((Some(*kind), Statement::read(*kind, &params)?));
    }
    let choice = Names::choice(meaning, call.value("1"))?;
    Some((None, Statement::Vote(Vote { choice, on_behalf_of: params.account("for") })))
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
        self.names.titles().account_of_parameter(self.call.value(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(line: &str) -> (Option<String>, bool) {
        let names = crate::testing::names(&crate::config::shipped(), &[]);
        let found = marks(line, &names.syntax().calls(line), &names);
        let signature = found.into_iter().next().expect("a mark").signature;
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
        let names = crate::testing::names(&crate::config::shipped(), &[]);
        let line = "{{support}} {{Helpdesk priority|high}} [[User:A]] 12:34, 5 May 2026 (UTC) {{oppose}} [[User:B]] 12:35, 5 May 2026 (UTC) {{abstain}}";
        let found = marks(line, &names.syntax().calls(line), &names);
        let users: Vec<_> = found.iter().map(|m| m.signature.user.as_deref()).collect();
        assert_eq!(users, [Some("A"), Some("A"), Some("B"), None]);
    }
}
