//! Files and categories, and the repositories of files.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::pages::Normalized;

/// Titles, and whether something has them.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    #[serde(default)]
    normalized: Vec<Normalized>,
    pages: Vec<Page>,
}

#[derive(Debug, Deserialize)]
struct Page {
    title: String,
    #[serde(default)]
    missing: bool,
    /// A page that is missing and shown all the same: a file of a shared repository.
    #[serde(default)]
    known: bool,
    #[serde(default)]
    invalid: bool,
    categoryinfo: Option<Members>,
}

#[derive(Debug, Deserialize)]
struct Members {
    size: u64,
}

impl Named {
    /// Adds for each title, as it was asked for, whether something has it. What one part of an answer does not tell another does.
    pub(crate) fn add_to(self, there: &mut BTreeMap<String, bool>) {
        let asked: BTreeMap<String, String> =
            self.normalized.iter().map(|spelt| (spelt.to.clone(), spelt.asked())).collect();
        for page in self.pages {
            let members = page.categoryinfo.is_some_and(|members| members.size > 0);
            let is = !page.invalid && (!page.missing || page.known || members);
            let title = asked.get(&page.title).cloned().unwrap_or(page.title);
            *there.entry(title).or_default() |= is;
        }
    }
}

/// The repositories of files that a wiki uses.
#[derive(Debug, Deserialize)]
pub(crate) struct Repositories {
    repos: Vec<Repository>,
}

#[derive(Debug, Deserialize)]
struct Repository {
    #[serde(default)]
    local: bool,
    apiurl: Option<String>,
    #[serde(rename = "scriptDirUrl")]
    script_dir_url: Option<String>,
}

impl Repositories {
    /// The addresses of the APIs of those that are other wikis.
    pub(crate) fn apis(self) -> impl Iterator<Item = String> {
        let others = self.repos.into_iter().filter(|repository| !repository.local);
        others.filter_map(|one| one.apiurl.or_else(|| Some(format!("{}/api.php", one.script_dir_url?))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shared_repository_has_is_there() {
        let answer = r#"{"normalized":[{"fromencoded":false,"from":"File:a_b.jpg","to":"File:A b.jpg"}],"pages":[
            {"title":"File:A b.jpg","missing":true,"known":true},{"title":"File:C.jpg","missing":true},
            {"title":"Category:X","missing":true,"categoryinfo":{"size":2}},{"title":"Category:Y","pageid":7}]}"#;
        let mut there = BTreeMap::new();
        serde_json::from_str::<Named>(answer).expect("an answer").add_to(&mut there);
        let is = |title: &str| there.get(title).copied();
        assert_eq!((is("File:a_b.jpg"), is("File:C.jpg")), (Some(true), Some(false)));
        assert_eq!((is("Category:X"), is("Category:Y")), (Some(true), Some(true)));
        let repos = r#"{"repos":[{"name":"local","local":true,"scriptDirUrl":"/w"},
            {"name":"shared","local":false,"scriptDirUrl":"https://files.example/w"},{"name":"x","apiurl":"https://x.example/api.php"}]}"#;
        let repositories: Repositories = serde_json::from_str(repos).expect("an answer");
        assert_eq!(
            repositories.apis().collect::<Vec<_>>(),
            ["https://files.example/w/api.php", "https://x.example/api.php"]
        );
    }
}
