//! Rules on a page of the wiki: the configuration that stands there, and which of its revisions counts. Pure.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::page::{Revision, RevisionInfo};
use crate::wikitext::syntax::{Kind, Syntax};

/// What stands in `<syntaxhighlight lang="toml">` on a page, each line where it stands there; nothing but line breaks takes the
/// place of all else. Empty where there is none.
pub fn toml(text: &str) -> String {
    static LANGUAGE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"(?i)\slang\s*=\s*["']?toml["'\s/>]"#).expect("a regular expression"));
    let mut out = String::new();
    let mut done = 0;
    // Whether or not the wiki has that extension.
    for element in Syntax::default().elements(text) {
        let Kind::Tag { name, content: Some(content) } = element.kind else { continue };
        let is_code = ["syntaxhighlight", "source"].iter().any(|tag| text[name.clone()].eq_ignore_ascii_case(tag));
        if is_code && LANGUAGE.is_match(&text[name.end..content.start]) {
            out.extend(text[done..content.start].chars().filter(|c| *c == '\n'));
            out.push_str(&text[content.clone()]);
            done = content.end;
        }
    }
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    if out.lines().any(says) { out } else { String::new() }
}

/// A revision that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct RulesVersion {
    /// Who saved it, and when.
    pub revision: RevisionInfo,
    /// What it says, as `toml` gives it.
    pub text: String,
}

/// The rules of a page, followed through its history. What somebody without trust changed is no part of a revision that
/// counts, whoever saved the page afterwards: a trusted account puts back what counted, or writes those lines itself.
#[derive(Debug, Default)]
pub struct RulesHistory {
    versions: Vec<RulesVersion>,
    /// What the page says; none where the wiki hides it.
    shown: Option<String>,
    /// The newest revision that changed what the page says and does not count.
    pub open: Option<RevisionInfo>,
    begun: bool,
}

impl RulesHistory {
    /// Follows the page into its next revision, the oldest first. `trusted` tells whether its author's words count.
    pub fn feed(&mut self, revision: &Revision, trusted: bool) {
        let before = if self.begun { self.shown.take() } else { Some(String::new()) };
        self.begun = true;
        let shown = revision.text.as_deref().map(toml);
        let counted = self.versions.last().map(|version| version.text.as_str()).unwrap_or_default();
        let changed = shown.is_none() || before.as_deref().map(lines) != shown.as_deref().map(lines);
        if let Some(text) = &shown {
            let same = lines(text) == lines(counted);
            let says = !text.is_empty();
            if trusted && says && !same && before.as_deref().is_some_and(|before| overrides(counted, before, text)) {
                self.versions.push(RulesVersion { revision: RevisionInfo::of(revision), text: text.clone() });
                self.open = None;
            } else if same {
                self.open = None;
            } else if changed {
                self.open = Some(RevisionInfo::of(revision));
            }
        } else {
            self.open = Some(RevisionInfo::of(revision));
        }
        self.shown = shown;
    }

    /// The revisions that count, newest first.
    pub fn versions(&self) -> impl Iterator<Item = &RulesVersion> {
        self.versions.iter().rev()
    }

    /// Whether the page, as it is, holds no rules.
    pub fn is_empty(&self) -> bool {
        self.shown.as_ref().is_none_or(String::is_empty)
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// The places in two texts, by lines, in which they differ.
fn differences(from: &[&str], to: &[&str]) -> Vec<(Range<usize>, Range<usize>)> {
    let all = capture_diff_slices(Algorithm::Myers, from, to);
    all.iter().map(|op| op.as_tag_tuple()).filter(|op| op.0 != DiffTag::Equal).map(|op| (op.1, op.2)).collect()
}

/// Whether whoever made `after` of `before` wrote all lines anew that others had changed since `counted`.
fn overrides(counted: &str, before: &str, after: &str) -> bool {
    let (counted, before, after) = (lines(counted), lines(before), lines(after));
    let written = differences(&before, &after);
    differences(&counted, &before).into_iter().all(|(_, others)| {
        if others.is_empty() {
            written.iter().any(|(here, _)| here.start <= others.start && others.start <= here.end)
        } else {
            others.into_iter().all(|line| written.iter().any(|(here, _)| here.contains(&line)))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, user};

    #[test]
    fn rules_keep_their_lines() {
        let page = "Words.\n<syntaxhighlight lang=\"toml\">\na = 1\n</syntaxhighlight>\n<!-- <syntaxhighlight lang=\"toml\">x</syntaxhighlight> -->\n<SyntaxHighlight lang='toml' line>b = 2</SyntaxHighlight>";
        assert_eq!(toml(page), "\n\na = 1\n\n\nb = 2");
        for none in [
            "",
            "a = 1",
            "<syntaxhighlight lang=\"lua\">a = 1</syntaxhighlight>",
            "<nowiki><syntaxhighlight lang=\"toml\">a = 1</syntaxhighlight></nowiki>",
            "<syntaxhighlight lang=\"toml\">\n# later\n\n</syntaxhighlight>",
            "<syntaxhighlight lang=\"toml\"/>",
        ] {
            assert_eq!(toml(none), "", "{none}");
        }
    }

    /// The number of the revision that counts, and that of the one that is open. Who is trusted writes in capitals; lines
    /// are told apart by spaces.
    fn followed(told: &[&str]) -> (Option<u64>, Option<u64>) {
        let mut history = RulesHistory::default();
        for (number, text) in (1..).zip(told) {
            let (who, text) = text.split_once(':').expect("who");
            let text = (text != "hidden")
                .then(|| format!("<syntaxhighlight lang=\"toml\">{}</syntaxhighlight>", text.replace(' ', "\n")));
            let revision = Revision { id: number, parent: 0, at: at(0), user: Some(user(1)), text };
            history.feed(&revision, who == "A");
        }
        let counts = history.versions().next().map(|v| v.revision.id);
        (counts, history.open.map(|open| open.id))
    }

    #[test]
    fn only_what_trusted_accounts_wrote_counts() {
        for (told, counts, open) in [
            (&["A:a b c"][..], Some(1), None),
            (&["e:a b c"], None, Some(1)),
            (&["A:a b c", "A:a b d"], Some(2), None),
            (&["A:a b c", "e:a x c"], Some(1), Some(2)),
            // However the page is saved afterwards.
            (&["A:a b c", "e:a x c", "A:a x c"], Some(1), Some(2)),
            (&["A:a b c", "e:a x c", "A:a x d"], Some(1), Some(3)),
            (&["A:a b c", "e:a c", "A:a c d"], Some(1), Some(3)),
            (&["A:a b c", "e:a b x c", "A:d b x c"], Some(1), Some(3)),
            (&["e:a b c", "A:a b d"], None, Some(2)),
            // Put back, or written anew.
            (&["A:a b c", "e:a x c", "A:a b c"], Some(1), None),
            (&["A:a b c", "e:a x c", "e:a b c"], Some(1), None),
            (&["A:a b c", "e:a x c", "A:a y c"], Some(3), None),
            (&["A:a b c", "e:a x c", "A:a b c", "A:a x c"], Some(4), None),
            (&["A:a b c", "e:a c", "A:a y c"], Some(3), None),
            (&["e:a b c", "A:x y z"], Some(2), None),
            // Blanked, hidden.
            (&["A:a b c", "A:"], Some(1), Some(2)),
            (&["A:a b c", "e:", "A:d"], Some(3), None),
            (&["A:a b c", "e:hidden", "A:a b d"], Some(1), Some(3)),
            (&["A:a b c", "e:hidden", "A:a b c"], Some(1), None),
        ] {
            assert_eq!(followed(told), (counts, open), "{told:?}");
        }
    }
}
