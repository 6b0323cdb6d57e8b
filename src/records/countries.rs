//! Countries as people write them: names in many languages, codes, several in one field. What is not recognised is said, never
//! guessed.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use keshvar::{Country, CountryIterator, Region};

use super::language::Language;
use super::listed::{Kind, Listed, folded, listed};
use crate::wikitext::encoding::nfc;

/// Names that people write and the library does not have. The countries of the United Kingdom are all read as that: the
/// standard has no codes of their own for them.
const ALSO: [(&str, &str); 15] = [
    ("Britain", "GB"),
    ("Scotland", "GB"),
    ("Wales", "GB"),
    ("Northern Ireland", "GB"),
    ("DRC", "CD"),
    ("DR Congo", "CD"),
    ("Congo DR", "CD"),
    ("Democratic Republic of Congo", "CD"),
    ("Republic of Congo", "CG"),
    ("Republic of Ireland", "IE"),
    ("UAE", "AE"),
    ("Emirates", "AE"),
    ("Burma", "MM"),
    ("DPR Korea", "KP"),
    ("Czech Republic", "CZ"),
];

/// Names that more than one country has a part in.
const OF_SEVERAL: [&str; 2] = ["korea", "virgin islands"];

/// Countries whose name alone is a part of another's, or of what is no country: Sudan, but South Sudan.
const NEED_COMPANY: [&str; 11] = ["CG", "CN", "CY", "FM", "GE", "GN", "IE", "MK", "SD", "TL", "WS"];

/// The ISO 3166 codes (two letters) of what a field names, and what in it is no country.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Countries {
    /// Codes, each once, in the order in which they are named; at most 20.
    pub codes: Vec<&'static str>,
    /// What was not recognised, as it reads: at most 20, of at most 80 characters.
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
    names.extend(ALSO.map(|(name, code)| (folded(name), Some(code))));
    names.extend(OF_SEVERAL.map(|name| (name.to_owned(), None)));
    names
});

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

/// The countries that a value names, as people write it: the first 1,000 characters, to the end of a name.
pub fn countries(written: &str) -> Countries {
    let Listed { codes, unrecognised } = listed(&Names, written);
    Countries { codes, unrecognised }
}

/// Countries as a kind of things that have names.
struct Names;

impl Kind for Names {
    type Code = &'static str;

    fn code(&self, name: &str) -> Option<&'static str> {
        let name = name.trim();
        let by_code = |code: &str| BY_CODE.get(code).map(|(code, _)| *code);
        let abbreviation = || name.contains('.').then(|| name.replace(['.', ' '], ""));
        by_code(name).or_else(|| BY_NAME.get(&folded(name)).copied().flatten()).or_else(|| by_code(&abbreviation()?))
    }

    fn needs_company(&self, name: &str, code: &&'static str) -> bool {
        NEED_COMPANY.contains(code) && !name.trim().contains(' ') && !BY_CODE.contains_key(name.trim())
    }

    /// Georgia is one of the United States, too.
    fn belongs_to(&self, code: &&'static str, beside: &&'static str) -> bool {
        (*code, *beside) == ("GE", "US")
    }
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

    use super::super::listed::tests::{field, within_limits};
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
            ("Ghana (Accra), Togo (Lomé)", vec!["GH", "TG"]),
            ("Ghana (Accra, Kumasi) Togo", vec!["GH", "TG"]),
            ("Sweden (Stockholm) and Norway", vec!["SE", "NO"]),
            ("Sverige (Sweden)", vec!["SE"]),
            ("Panama (Panama City)", vec!["PA"]),
            ("Cocos (Keeling) Islands, Falkland Islands (Malvinas)", vec!["CC", "FK"]),
            ("Sudan (South)", vec!["SS"]),
            ("Sudan, South; Sudan", vec!["SS", "SD"]),
            ("Congo, Democratic Republic of the; Ghana", vec!["CD", "GH"]),
            ("Ghana, Congo, Republic of the, Togo", vec!["GH", "CG", "TG"]),
            ("Congo, DR", vec!["CD"]),
            ("Congo (DRC)", vec!["CD"]),
            ("Congo - Kinshasa – Ghana", vec!["CD", "GH"]),
            ("Republic of Congo, DRC", vec!["CG", "CD"]),
            ("Guinea (Bissau)", vec!["GW"]),
            ("Guinea, Equatorial; Guinea", vec!["GQ", "GN"]),
            ("Samoa (American), Samoa", vec!["AS", "WS"]),
            ("Korea, Republic of", vec!["KR"]),
            ("Republic of Korea; DPR Korea, Ghana", vec!["KR", "KP", "GH"]),
            ("Korea, South, Japan", vec!["KR", "JP"]),
            ("Virgin Islands, U.S.", vec!["VI"]),
            ("Virgin Islands (British)", vec!["VG"]),
            ("Georgia, Armenia", vec!["GE", "AM"]),
            ("Trinidad & Tobago, Ghana", vec!["TT", "GH"]),
            ("Bosnia and Herzegovina and Serbia", vec!["BA", "RS"]),
            ("Serbia, Bosnia and Herzegovina, and Ghana", vec!["RS", "BA", "GH"]),
            ("Saint Helena, Ascension and Tristan da Cunha", vec!["SH"]),
            ("DRC, DR Congo", vec!["CD"]),
            ("UAE, Holland, Burma, Swaziland", vec!["AE", "NL", "MM", "SZ"]),
            ("U.S. · U. S. A. · usa", vec!["US"]),
            ("Great Britain | Britain | UK", vec!["GB"]),
            ("England / Scotland / Wales / Northern Ireland / Ireland (Northern)", vec!["GB"]),
            ("Republic of Congo, Republic of Ireland", vec!["CG", "IE"]),
            ("Czech Republic, Macedonia, Cape Verde", vec!["CZ", "MK", "CV"]),
            ("East Timor, Palestine, Taiwan", vec!["TL", "PS", "TW"]),
            ("South Korea, North Korea", vec!["KR", "KP"]),
            ("* Ghana\n* Togo\n", vec!["GH", "TG"]),
            ("Ghana、Togo，Benin", vec!["GH", "TG", "BJ"]),
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
            ("us", vec![], vec!["us"]),
            ("Sudan, the whole north", vec![], vec!["Sudan", "the whole north"]),
            ("Georgia (US state)", vec![], vec!["Georgia (US state)"]),
            ("Georgia, USA", vec!["US"], vec!["Georgia"]),
            ("Atlanta, Georgia", vec![], vec!["Atlanta", "Georgia"]),
            ("Cyprus (North); Ghana (North)", vec![], vec!["Cyprus (North)", "Ghana (North)"]),
            ("Cyprus, Northern", vec![], vec!["Cyprus", "Northern"]),
            ("China, Republic of", vec![], vec!["China", "Republic of"]),
            ("Denmark (Greenland)", vec![], vec!["Denmark (Greenland)"]),
            ("Korea", vec![], vec!["Korea"]),
            ("Virgin Islands", vec![], vec!["Virgin Islands"]),
            ("Kosovo", vec![], vec!["Kosovo"]),
            ("Ghana (Accra", vec![], vec!["Ghana (Accra"]),
            ("Ghana (Accra) is lovely", vec!["GH"], vec!["is lovely"]),
            ("Ghana, \u{200b}, ?", vec!["GH"], vec!["?"]),
            ("Ghana, \u{301}, Lome\u{301}", vec!["GH"], vec!["Lome\u{301}"]),
            ("-", vec![], vec!["-"]),
        ] {
            let unrecognised = unrecognised.into_iter().map(str::to_owned).collect();
            assert_eq!(countries(written), Countries { codes, unrecognised }, "{written}");
        }
        assert_eq!(countries(" , "), Countries::default());
    }

    #[test]
    fn what_a_field_can_hold_is_limited() {
        let all: Vec<_> = CountryIterator::new().map(|country| country.un_locode()).collect();
        assert_eq!(countries(&all.join(", ")).codes, all[..20]);
        let invented: Vec<_> = (0..100).map(|n| format!("Land {n}")).collect();
        assert_eq!(countries(&invented.join(", ")).unrecognised, invented[..20]);
        // The thousandth character is the last of "Niger" and of "Congo"; then it stands behind the comma.
        for (length, cut) in
            [(993, "Nigeria"), (993, "Congo, Democratic Republic of the"), (980, "Congo, Democratic Republic")]
        {
            assert_eq!(countries(&format!("{}; {cut}", "x".repeat(length))).codes, [""; 0], "{length} {cut}");
        }
        assert_eq!(countries(&"é".repeat(5000)).unrecognised, ["é".repeat(80)]);
        for sign in ["(", ")", "and ", "[[", "{{", ", ", "Congo, ", "a b ", "Ghana (a) "] {
            countries(&sign.repeat(100_000));
        }
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
        fn whatever_is_written_is_a_country_or_is_named(written in field(&["Congo", "Sudan", "South", "Georgia", "USA", "and"])) {
            let found = countries(&written);
            prop_assert!(found.codes.iter().all(|code| BY_CODE.contains_key(*code)));
            within_limits(&written, found.codes.len(), &found.unrecognised)?;
        }
    }
}
