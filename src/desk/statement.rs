//! All that people say on a request page with a template and a signature: one line of the table for each.
//!
//! A new one takes a file with its content (as [`super::ruling`]) and its line in this table; a new template takes its
//! line in [`super::template`], its name in `config/helpdesk.toml` and its page in `templates/Template`. Reading it from
//! the history, who wrote it and who touched it, its signature and its redirects are the same for all.

use serde::Serialize;

use super::claim::Claim;
use super::outcome::Outcome;
use super::params::Params;
use super::recusal::Recusal;
use super::ruling::Ruling;
use super::score::Score;
use super::signed::Signed;
use super::step::Step;
use super::template::TemplateKind;
use super::vote::Vote;
use crate::page::Time;

macro_rules! statements {
    ($($(#[$doc:meta])* $field:ident: $variant:ident($content:ty) from [$($kind:ident by $read:path),*],)+) => {
        /// What a signed template says.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Statement {
            $($(#[$doc])* $variant($content),)+
        }

        /// All that was ever said on a page, by what it is, each oldest first.
        #[derive(Debug, Clone, Default, PartialEq, Serialize)]
        pub struct Statements {
            $($(#[$doc])* pub $field: Vec<Signed<$content>>,)+
        }

        impl Statement {
            /// What a call of this template says; none where it says nothing. Votes have templates of their own.
            pub fn read(kind: TemplateKind, params: &dyn Params) -> Option<Self> {
                match kind {
                    $($(TemplateKind::$kind => $read(params).map(Statement::$variant),)*)+
                    _ => None,
                }
            }
        }

        impl Statements {
            /// Adds one, later than those there are.
            pub fn push(&mut self, signed: Signed<Statement>) {
                match signed.content.clone() {
                    $(Statement::$variant(content) => self.$field.push(signed.map(|_| content)),)+
                }
            }

            /// Forgets all that came after that moment.
            pub fn forget_after(&mut self, at: Time) {
                $(self.$field.retain_mut(|signed| signed.existed(at));)+
            }

            /// When something was said, or what had been said was touched.
            pub fn moments(&self) -> impl Iterator<Item = Time> {
                std::iter::empty()$(.chain(self.$field.iter().flat_map(Signed::moments)))+
            }

            /// Names in signatures that are not the author's.
            pub fn foreign_signatures(&self) -> impl Iterator<Item = &str> {
                std::iter::empty()$(.chain(self.$field.iter().flat_map(Signed::foreign_signatures)))+
            }

            /// Notes which signatures name another account; `account` is the id of whoever had a name at a time.
            pub fn resolve_signatures(&mut self, account: impl Fn(&str, Time) -> Option<u64>) {
                $(self.$field.iter_mut().for_each(|signed| signed.resolve_signature(&account));)+
            }
        }
    };
}

statements! {
    /// Votes on the request.
    votes: Vote(Vote) from [],
    /// Decisions and withdrawals.
    rulings: Ruling(Ruling) from [Decision by Ruling::decision, Withdraw by Ruling::withdrawal],
    /// Scores.
    scores: Score(Score) from [Priority by Score::of],
    /// Members who step aside.
    recusals: Recusal(Recusal) from [Recuse by Recusal::of],
    /// Who helps, and who does no more.
    claims: Claim(Claim) from [Claim by Claim::begin, Release by Claim::end],
    /// Steps of the work.
    steps: Step(Step) from [Step by Step::of],
    /// What came of it.
    outcomes: Outcome(Outcome) from [Outcome by Outcome::of],
}

impl Statement {
    /// What makes two of them the same though one was reworded.
    pub fn identity(&self) -> Statement {
        match self {
            Statement::Ruling(ruling) => Statement::Ruling(Ruling { reason: String::new(), ..ruling.clone() }),
            Statement::Vote(vote) => Statement::Vote(Vote { question: String::new(), ..vote.clone() }),
            other => other.clone(),
        }
    }
}
