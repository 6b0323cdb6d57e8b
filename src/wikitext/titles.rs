//! Titles and account names as the wiki spells them.

use std::sync::{Arc, LazyLock};

use mwtitle::namespace::{NS_CATEGORY, NS_FILE, NS_MAIN, NS_SPECIAL, NS_TEMPLATE, NS_USER, NS_USER_TALK};
use mwtitle::{SiteInfo, Title, TitleCodec};
use serde_json::json;

use super::encoding::{decode_percent, decode_references, nfc};

/// `$wgLegalTitleChars` as MediaWiki comes.
const LEGAL_TITLE_CHARS: &str = r#" %!"$&'()*,\-.\/0-9:;=?@A-Z\\^_`a-z~\x80-\xFF+"#;

const CANONICAL_NAMESPACES: [(i32, &str); 18] = [
    (-2, "Media"),
    (-1, "Special"),
    (0, ""),
    (1, "Talk"),
    (2, "User"),
    (3, "User talk"),
    (4, "Project"),
    (5, "Project talk"),
    (6, "File"),
    (7, "File talk"),
    (8, "MediaWiki"),
    (9, "MediaWiki talk"),
    (10, "Template"),
    (11, "Template talk"),
    (12, "Help"),
    (13, "Help talk"),
    (14, "Category"),
    (15, "Category talk"),
];

/// What may stand before a template's name and changes nothing where the wiki has the template itself, in the order in
/// which MediaWiki takes them away (`Parser::braceSubstitution`).
const MODIFIERS: [&str; 3] = ["safesubst:", "msg:", "raw:"];

/// Prefixes of other wikis in a row that a link is followed through: `[[:w:sv:User:X]]` has two.
const MAX_INTERWIKI_PREFIXES: usize = 3;

/// What stands before titles on the wiki of shared files, from other wikis.
const SHARED: [&str; 2] = ["c:", "commons:"];

/// Parses and formats titles by a wiki's namespaces, interwiki prefixes and rule for first letters.
#[derive(Debug, Clone)]
pub struct Titles {
    codec: Arc<TitleCodec>,
    language: String,
}

/// Equal are copies of the same.
impl PartialEq for Titles {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.codec, &other.codec)
    }
}

impl Titles {
    /// From the answer to `meta=siteinfo&siprop=general|namespaces|namespacealiases|interwikimap`.
    ///
    /// # Errors
    /// Where the answer contradicts itself.
    pub fn new(mut siteinfo: SiteInfo) -> Result<Self, mwtitle::Error> {
        // An alias may have stayed in a wiki's settings when its namespace went; mwtitle refuses it.
        siteinfo.namespace_aliases.retain(|alias| siteinfo.namespaces.contains_key(&alias.id.to_string()));
        let language = siteinfo.general.lang.clone();
        Ok(Titles { codec: Arc::new(TitleCodec::from_site_info(siteinfo)?), language })
    }

    /// The code of the language that the wiki's pages are in.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// MediaWiki's own English names of namespaces, which every wiki understands: for titles that are compared before a
    /// wiki was asked.
    pub fn canonical() -> &'static Self {
        static CANONICAL: LazyLock<Titles> = LazyLock::new(|| {
            let namespace = |(id, name): (i32, &str)| {
                (id.to_string(), json!({ "id": id, "case": "first-letter", "name": name, "canonical": name }))
            };
            let siteinfo = json!({
                "general": { "mainpage": "Main Page", "lang": "en", "legaltitlechars": LEGAL_TITLE_CHARS },
                "namespaces": CANONICAL_NAMESPACES.map(namespace).into_iter().collect::<serde_json::Map<_, _>>(),
                "namespacealiases": [],
            });
            Titles::new(serde_json::from_value(siteinfo).expect("siteinfo")).expect("titles")
        });
        &CANONICAL
    }

    /// The page that a link target, an address or a title names, spelt as the wiki does and without `#section`; none
    /// for special pages, other wikis' pages and what is no title.
    pub fn page(&self, written: &str) -> Option<String> {
        self.local_page(&decode_percent(written), NS_MAIN)
    }

    /// The page that `{{name}}` transcludes: `Template:` is added where there is no namespace, and `:Page` is in the
    /// main one. None for `{{/subpage}}`, which depends on the page it stands on.
    pub fn transcluded(&self, name: &str) -> Option<String> {
        let name = MODIFIERS.iter().fold(name.trim_start(), |name, modifier| {
            let modified = name.get(..modifier.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(modifier));
            if modified { name[modifier.len()..].trim_start() } else { name }
        });
        if name.starts_with('/') { None } else { self.local_page(name, NS_TEMPLATE) }
    }

    /// A template's name without its namespace; none for a title in another namespace.
    pub fn template_name(&self, title: &str) -> Option<String> {
        let title = self.parse(&decode_percent(title), NS_MAIN)?;
        (title.namespace() == NS_TEMPLATE && title.is_local_page()).then(|| text(title.dbkey()))
    }

    /// The file that a value names, with or without its namespace; none for what can be none.
    pub fn file(&self, written: &str) -> Option<String> {
        self.named_in(written, NS_FILE)
    }

    /// The category that a value names, likewise; one of the shared repository is written with its prefix as here.
    pub fn category(&self, written: &str) -> Option<String> {
        self.named_in(written, NS_CATEGORY)
    }

    /// Whether it is a category's title.
    pub fn is_category(&self, title: &str) -> bool {
        self.namespace(title) == NS_CATEGORY
    }

    fn named_in(&self, written: &str, namespace: i32) -> Option<String> {
        let inner = written.trim().trim_start_matches("[[").split(['|', ']']).next()?.trim_start_matches(':');
        let inner = SHARED.iter().find_map(|prefix| inner.strip_prefix(prefix)).unwrap_or(inner);
        self.local_page(inner, namespace).filter(|title| self.namespace(title) == namespace)
    }

    /// The id of a title's namespace.
    pub fn namespace(&self, title: &str) -> i32 {
        self.codec.new_title(title).map_or(NS_MAIN, |t| t.namespace())
    }

    /// The local name of a namespace; nothing for the main one and for unknown ids.
    pub fn namespace_name(&self, id: i32) -> &str {
        self.codec.namespace_map().get_name(id).unwrap_or_default()
    }

    /// A title spelt as the wiki does (`Template:x` may be `Mall:X`); what is no title of a page, or one with a
    /// `#section`, stays as it is.
    pub fn local(&self, title: &str) -> String {
        let local = if title.contains('#') { None } else { self.local_page(title, NS_MAIN) };
        local.unwrap_or_else(|| title.to_owned())
    }

    /// What titles may begin with, as the id of the namespace and the beginning of the title in it.
    pub fn prefix(&self, prefix: &str) -> (i32, String) {
        // As MediaWiki does it: one more letter, so that `Archive ` keeps its space and `Project:` is not empty.
        match self.codec.new_title(&format!("{prefix}x")) {
            Ok(title) => (title.namespace(), text(title.dbkey().strip_suffix(['x', 'X']).unwrap_or_default())),
            Err(_) => (NS_MAIN, prefix.to_owned()),
        }
    }

    /// The talk page of a page; none for talk pages and in namespaces without them.
    pub fn talk_page(&self, title: &str) -> Option<String> {
        let subject = self.parse(title, NS_MAIN).filter(|t| t.is_local_page() && t.namespace() % 2 == 0)?;
        let talk = self.codec.namespace_map().get_name(subject.namespace() + 1)?;
        Some(format!("{talk}:{}", text(subject.dbkey())))
    }

    /// Whether two titles are the same page.
    pub fn same_page(&self, a: &str, b: &str) -> bool {
        self.local(a) == self.local(b)
    }

    /// An account's name as the wiki spells it. What no account can be called keeps its letters; none where nothing
    /// is left.
    pub fn account(&self, written: &str) -> Option<String> {
        let written = nfc(&decode_references(&decode_percent(written)));
        let title = self.codec.new_title(&format!("User:{written}")).ok();
        let name = match title.filter(|t| t.namespace() == NS_USER && t.fragment().is_none()) {
            Some(title) => text(title.dbkey()),
            None => text(&written).split_whitespace().collect::<Vec<_>>().join(" "),
        };
        (!name.is_empty()).then_some(name)
    }

    /// The account that a link target names: a page or subpage in the user or user talk namespace, or the account's
    /// contributions. Pages of other wikis too, whose namespaces are taken to be called as here.
    pub fn account_of_link(&self, target: &str) -> Option<String> {
        let mut title = self.parse(&decode_percent(target), NS_MAIN)?;
        for _ in 0..MAX_INTERWIKI_PREFIXES {
            if title.interwiki().is_some() {
                title = self.parse(title.dbkey(), NS_MAIN)?;
            }
        }
        match title.namespace() {
            _ if title.interwiki().is_some() => None,
            NS_USER | NS_USER_TALK => self.account(title.dbkey().split('/').next()?),
            NS_SPECIAL => {
                let (page, name) = title.dbkey().split_once('/')?;
                if page.eq_ignore_ascii_case("contributions") { self.account(name) } else { None }
            }
            _ => None,
        }
    }

    /// The account that a parameter names: `Alice`, `User:Alice` or `[[User:Alice|Alice]]`.
    pub fn account_of_parameter(&self, written: &str) -> Option<String> {
        let target = written.trim().trim_start_matches("[[").split(['|', ']']).next().unwrap_or_default();
        self.account_of_link(target).or_else(|| self.account(target))
    }

    fn local_page(&self, written: &str, default_namespace: i32) -> Option<String> {
        let title = self.parse(written, default_namespace)?;
        title.is_local_page().then(|| self.codec.to_pretty(&title))
    }

    fn parse(&self, written: &str, default_namespace: i32) -> Option<Title> {
        self.codec.new_title_with_namespace(&nfc(&decode_references(written)), default_namespace).ok()
    }
}

/// With spaces for underscores.
fn text(dbkey: &str) -> String {
    dbkey.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use crate::testing::titles;

    #[test]
    fn links_that_name_an_account() {
        let titles = titles();
        for target in [
            "User:Anna Exempel",
            "user talk:anna_Exempel#top",
            "User_talk:Anna%20Exempel",
            "Användare:Anna&nbsp;Exempel",
            ":sv:User:Anna Exempel",
            "Special:Contributions/Anna Exempel",
            "\u{200e}User:Anna Exempel\u{200e}",
            "User:Anna Exempel/sub",
            "User:&#65;nna Exempel",
        ] {
            assert_eq!(titles.account_of_link(target).as_deref(), Some("Anna Exempel"), "{target}");
        }
        for target in ["Anna Exempel", "User:", "Special:Log/Anna", "Category:User"] {
            assert_eq!(titles.account_of_link(target), None, "{target}");
        }
    }

    #[test]
    fn first_letters_are_mediawikis_own() {
        let titles = titles();
        for (written, name) in [
            ("anna_Exempel", "Anna Exempel"),
            ("ანა", "ანა"),
            ("ßeta", "ßeta"),
            ("ﬁona", "ﬁona"),
            ("ⓐ", "ⓐ"),
            ("éva", "Éva"),
            ("e\u{301}va", "Éva"),
            ("A&amp;O", "A&O"),
            ("what | no [title] is", "what | no [title] is"),
            ("Anna#top", "Anna#top"),
        ] {
            assert_eq!(titles.account(written).as_deref(), Some(name), "{written}");
            assert_eq!(titles.account(name).as_deref(), Some(name), "{written}");
        }
        assert_eq!(titles.account(" _ "), None);
        assert_eq!(titles.transcluded("ßeta").as_deref(), Some("Mall:ßeta"));
    }

    #[test]
    fn titles_in_any_spelling_are_one() {
        let titles = titles();
        for (a, b) in [("template:x_y", "Mall:X y"), ("desk/Requests", "Desk/Requests "), ("User:éva", "Användare:Éva")]
        {
            assert!(titles.same_page(a, b), "{a} and {b}");
        }
        for (a, b) in [("Desk", "desK"), ("Mall:X", "X"), ("Desk/[", "Desk/{"), ("Desk", "Desk#x")] {
            assert!(!titles.same_page(a, b), "{a} and {b}");
        }
        assert_eq!((titles.namespace("mall:x"), titles.namespace("x")), (10, 0));
        assert_eq!(titles.template_name("Template:x_y").as_deref(), Some("X y"));
        assert_eq!(titles.template_name("X"), None);
        assert_eq!(titles.page("%3ADesk%2FA%23b").as_deref(), Some("Desk/A"));
        assert_eq!(titles.page(":sv:Desk"), None);
        assert_eq!(titles.page("Special:Diff/1"), None);
    }

    #[test]
    fn talk_pages_and_prefixes() {
        let titles = titles();
        for (page, talk) in [
            ("Desk/Requests", Some("Diskussion:Desk/Requests")),
            ("user:anna", Some("Användardiskussion:Anna")),
            ("Talk:Desk", None),
            ("Special:Diff/1", None),
        ] {
            assert_eq!(titles.talk_page(page).as_deref(), talk, "{page}");
        }
        for (prefix, namespace, rest) in [
            ("desk/", 0, "Desk/"),
            ("Project:", 4, ""),
            ("Archive ", 0, "Archive "),
            ("", 0, ""),
            ("user:a/B", 2, "A/B"),
        ] {
            assert_eq!(titles.prefix(prefix), (namespace, rest.to_owned()), "{prefix}");
        }
    }

    #[test]
    fn who_a_parameter_names() {
        for written in
            ["anna Exempel", "User:Anna Exempel", "[[User:Anna_Exempel|Anna]]", " [[User talk:Anna Exempel]] "]
        {
            assert_eq!(titles().account_of_parameter(written).as_deref(), Some("Anna Exempel"), "{written}");
        }
        assert_eq!(titles().account_of_parameter(" "), None);
    }
}
