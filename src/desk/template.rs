//! The templates that people use, other than votes: one line for each.

use serde::Serialize;

use super::codes::codes;

codes! {
    /// What a template is for. The code is its key in `[templates]`, and behind `Helpdesk ` its name as it is installed.
    pub enum TemplateKind {
        /// A proposal.
        Request = "request",
        /// A line of the roster.
        Member = "member",
        /// A status set by staff or the chair.
        Decision = "decision",
        /// A withdrawal.
        Withdraw = "withdraw",
        /// A member's score.
        Priority = "priority",
        /// A member steps aside.
        Recuse = "recuse",
        /// Somebody helps with a request.
        Claim = "claim",
        /// They do no more.
        Release = "release",
        /// A step of the work.
        Step = "step",
        /// What came of it.
        Outcome = "outcome",
        /// The head of a meeting's minutes.
        Meeting = "meeting",
        /// What a meeting said of a request.
        Item = "item",
    }
}

impl TemplateKind {
    /// The name under which `templates/Template` has it.
    pub fn installed_name(self) -> String {
        format!("Helpdesk {self}")
    }

    /// The parameters with names that it knows, as far as people sign it on request pages.
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            TemplateKind::Claim | TemplateKind::Release => &["for"],
            TemplateKind::Step => &["who", "due"],
            TemplateKind::Outcome => &["files", "items", "category", "image", "link"],
            _ => &["reason"],
        }
    }
}

/// The templates' names as configured, without `Template:`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Templates([String; TemplateKind::ALL.len()]);

impl Templates {
    /// The name of each.
    pub fn new(name: impl FnMut(TemplateKind) -> String) -> Self {
        Templates(TemplateKind::ALL.map(name))
    }

    /// The name of one.
    pub fn name(&self, kind: TemplateKind) -> &str {
        &self.0[kind as usize]
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (TemplateKind, &str)> {
        TemplateKind::ALL.into_iter().zip(self.0.iter().map(String::as_str))
    }
}
