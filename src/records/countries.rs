//! Countries as people write them: names in many languages, codes, several in one field. What is not recognised is said, never
//! guessed.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use keshvar::{Country, CountryIterator, Region};
use regex::Regex;

use super::language::Language;
use crate::desk::words::normalized;
use crate::wikitext::encoding::nfc;
use crate::wikitext::inert::as_read;

/// Words between two countries.
const AND: [&str; 14] = ["and", "und", "et", "y", "e", "i", "och", "og", "en", "dan", "и", "و", "এবং", "和"];

/// The ISO 3166 codes (two letters) of what a field names, and what in it is no country.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Countries {
    /// Codes, each once, in the order in which they are named.
    pub codes: Vec<&'static str>,
    /// What was not recognised, as it reads.
    pub unrecognised: Vec<String>,
}

/// The countries by their names, as [`folded`]; none where two share a name.
static BY_NAME: LazyLock<HashMap<String, Option<&'static str>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Option<&'static str>> = HashMap::new();
    for country in CountryIterator::new() {
        let code = country.un_locode();
        for name in names_of(&country) {
            let known = names.entry(folded(name)).or_insert(Some(code));
            *known = known.filter(|known| *known == code);
        }
    }
    // The official short name is that country's, whatever else is called so somewhere.
    for country in CountryIterator::new() {
        names.insert(folded(country.iso_short_name()), Some(country.un_locode()));
    }
    names
});

/// A name without what people leave out or write otherwise: upper case, accents and other marks on letters, signs.
fn folded(name: &str) -> String {
    let marks = CanonicalCombiningClassMapBorrowed::new();
    let letters: String =
        DecomposingNormalizerBorrowed::new_nfkd().normalize(name).chars().filter(|c| marks.get_u8(*c) == 0).collect();
    normalized(&letters)
}

/// The codes of two and of three letters, with the two letters, and the region.
static BY_CODE: LazyLock<HashMap<String, (&'static str, Option<Region>)>> = LazyLock::new(|| {
    let codes = |country: Country| {
        let about = (country.un_locode(), country.maybe_region());
        [country.alpha2().to_string(), country.alpha3().to_string()].map(|code| (code, about))
    };
    CountryIterator::new().flat_map(codes).collect()
});

fn names_of(country: &Country) -> impl Iterator<Item = &'static str> {
    let translations: Vec<&'static str> = country.translations().values().copied().collect();
    let unofficial = country.unofficial_name_list().to_vec();
    translations.into_iter().chain(unofficial).chain([country.iso_short_name(), country.iso_long_name()])
}

/// The countries that a value names, as people write it.
pub fn countries(written: &str) -> Countries {
    static FILE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\[\[\s*(?:file|image)\s*:[^\[\]]*\]\]").expect("a regular expression"));
    static TEMPLATE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\{\{[^{}|]*\|([^{}|]*)[^{}]*\}\}").expect("a regular expression"));
    static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<[^<>]*>").expect("a regular expression"));
    let text = TEMPLATE.replace_all(&FILE.replace_all(written, ""), "$1").into_owned();
    let text = as_read(&TAG.replace_all(&text, ";"));
    let mut found = Countries::default();
    if let Some(code) = country(&text) {
        found.codes.push(code);
        return found;
    }
    for part in text.split([',', ';', '/', '\n', '、', '،', '；', '，', '•', '·', '&', '+', '|']) {
        let part = part.trim();
        let words: Vec<&str> = part.split_whitespace().collect();
        let among = words.split(|word| AND.contains(&word.to_lowercase().as_str())).map(|words| words.join(" "));
        let among = among.filter(|name| !name.is_empty());
        match country(part).map(|code| vec![code]).or_else(|| among.map(|name| country(&name)).collect()) {
            Some(codes) => found.codes.extend(codes),
            None => found.unrecognised.push(part.to_owned()),
        }
    }
    let mut seen = Vec::new();
    found.codes.retain(|code| {
        !seen.contains(code) && {
            seen.push(code);
            true
        }
    });
    found
}

/// The code of the one country that this names.
fn country(name: &str) -> Option<&'static str> {
    let name = name.trim();
    if let Some((code, _)) = BY_CODE.get(name) {
        return Some(code);
    }
    let find = |name: &str| BY_NAME.get(&folded(name)).copied().flatten();
    let abbreviation = || {
        let letters = folded(name);
        letters.split(' ').all(|word| word.chars().count() == 1).then(|| letters.replace(' ', ""))
    };
    let before_bracket = || name.split_once('(').map(|(before, _)| before);
    find(name)
        .or_else(|| find(name.strip_prefix("the ").or_else(|| name.strip_prefix("The "))?))
        .or_else(|| find(before_bracket()?))
        .or_else(|| find(&abbreviation()?))
}

/// The English name of the country with that code.
pub fn english_name(code: &str) -> Option<&'static str> {
    CountryIterator::new().find(|country| country.un_locode() == code).map(|country| country.iso_short_name())
}

/// The names of all countries by language and code, for the modules of the wiki.
pub fn json() -> String {
    let of = |language| (language, names_in(language).into_iter().collect::<BTreeMap<_, _>>());
    let names: BTreeMap<_, _> = Language::codes().map(of).collect();
    serde_json::to_string(&names).expect("JSON")
}

/// The names of all countries in a language, by their codes. Languages are named as MediaWiki names them.
fn names_in(language: &str) -> Vec<(&'static str, String)> {
    let key = match language {
        "zh-hans" => "zh_CN",
        "zh-hant" => "zh_TW",
        other => other,
    };
    let name = |country: Country| Some((country.un_locode(), nfc(country.translations().get(key)?)));
    CountryIterator::new().filter_map(name).collect()
}

/// The continent of a country, by the United Nations' list of regions (M49): there America is one.
pub fn continent(code: &str) -> Option<&'static str> {
    Some(match BY_CODE.get(code)?.1? {
        Region::Africa => "africa",
        Region::Americas => "americas",
        Region::Asia => "asia",
        Region::Europe => "europe",
        Region::Oceania => "oceania",
        Region::Antarctica => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn countries_as_people_write_them() {
        for (written, codes) in [
            ("Sweden", vec!["SE"]),
            ("sverige", vec!["SE"]),
            ("السويد", vec!["SE"]),
            ("瑞典", vec!["SE"]),
            ("SE", vec!["SE"]),
            ("SWE", vec!["SE"]),
            ("[[Sweden]] ([[Stockholm]])", vec!["SE"]),
            ("[[:sv:Sverige|Sverige]]", vec!["SE"]),
            ("{{flag|Sweden}}", vec!["SE"]),
            ("[[File:Flag of Sweden.svg|20px]] Sweden", vec!["SE"]),
            ("the Netherlands", vec!["NL"]),
            ("USA, U.K. and Ghana", vec!["US", "GB", "GH"]),
            ("Bosnia and Herzegovina", vec!["BA"]),
            ("Trinidad and Tobago; Ghana", vec!["TT", "GH"]),
            ("Norge och Sverige", vec!["NO", "SE"]),
            ("Ghana<br/>Nigeria", vec!["GH", "NG"]),
            ("Ghana, ghana / GH", vec!["GH"]),
            ("Côte d’Ivoire", vec!["CI"]),
            ("Ivory Coast", vec!["CI"]),
            ("Turkey", vec!["TR"]),
            ("Türkiye", vec!["TR"]),
            ("Deutschland & Österreich", vec!["DE", "AT"]),
            ("Guinea-Bissau", vec!["GW"]),
            ("Guinea", vec!["GN"]),
            ("Niger", vec!["NE"]),
        ] {
            assert_eq!(countries(written), Countries { codes, unrecognised: vec![] }, "{written}");
        }
    }

    #[test]
    fn what_is_no_country_is_said() {
        for (written, codes, unrecognised) in [
            ("Atlantis", vec![], vec!["Atlantis"]),
            ("Ghana, all of West Africa", vec!["GH"], vec!["all of West Africa"]),
            ("Ghana and the moon", vec![], vec!["Ghana and the moon"]),
            ("global", vec![], vec!["global"]),
            ("se", vec![], vec!["se"]),
        ] {
            let unrecognised = unrecognised.into_iter().map(str::to_owned).collect();
            assert_eq!(countries(written), Countries { codes, unrecognised }, "{written}");
        }
        assert_eq!(countries(" , "), Countries::default());
    }

    #[test]
    fn continents_by_the_list_of_the_united_nations() {
        for (code, id) in [("SE", Some("europe")), ("MX", Some("americas")), ("TR", Some("asia")), ("AQ", None)] {
            assert_eq!(continent(code), id, "{code}");
        }
    }

    #[test]
    fn every_language_of_the_texts_has_names() {
        for language in Language::codes() {
            assert!(names_in(language).len() > 240, "{language}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_a_country_or_is_named(written in "\\PC{0,40}") {
            let found = countries(&written);
            prop_assert!(found.codes.iter().all(|code| BY_CODE.contains_key(*code)));
        }
    }
}
