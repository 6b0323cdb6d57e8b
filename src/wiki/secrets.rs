//! What nobody gets to see: passwords, tokens, cookies. A wiki, or what stands in its place, may quote them back, and its
//! words end in logs and on pages.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

/// What stands in the place of a secret.
const HIDDEN: &str = "[secret]";
/// What is shorter is found in words that are none.
const SHORTEST: usize = 6;

/// Secrets; they are shown to nobody, so there is no `Debug`.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// One more, in all the ways in which it may be written.
    pub(super) fn add(&mut self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        let form = |text: &str| {
            let mut url = Url::parse("http://localhost/").ok()?;
            url.query_pairs_mut().append_key_only(text);
            url.query().map(str::to_owned)
        };
        let encoded = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
        let all = [Some(secret.to_owned()), Some(secret.escape_debug().to_string()), form(secret), Some(encoded)];
        self.0.extend(all.into_iter().flatten());
        // The longest first: one may be a part of another.
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        self.0.dedup();
    }

    /// The text without them.
    pub(super) fn hide(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| if text.contains(secret) { text.replace(secret, HIDDEN) } else { text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_however_it_is_written() {
        let mut secrets = Secrets::default();
        secrets.add("hush hush+\\");
        secrets.add("ab");
        for said in ["hush hush+\\", "hush hush+\\\\", "hush+hush%2B%5C", "hush%20hush%2B%5C"] {
            assert_eq!(secrets.hide(format!("token={said}&about")), "token=[secret]&about");
        }
    }
}
