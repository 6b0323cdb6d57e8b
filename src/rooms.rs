//! The rules of the house, held by the sources themselves: which room may import which, no circles of files, no I/O and no
//! clock in the pure rooms, and no file that nobody reads to its end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;

/// Each room with the rooms that it may import. A room stands below all that import it.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("page", &[]),
    ("desk", &["page"]),
    ("wikitext", &["desk", "page"]),
    ("config", &["desk", "wikitext"]),
    ("records", &["desk", "page", "wikitext"]),
    ("read", &["desk", "page", "records", "wikitext"]),
    ("decide", &["desk", "page", "records", "wikitext"]),
    ("explain", &["decide", "desk", "page", "wikitext"]),
    ("whatif", &["decide", "desk", "page", "wikitext"]),
    ("plan", &["decide", "desk", "page", "read", "records", "wikitext"]),
    ("wiki", &["page", "wikitext"]),
    ("pass", &["decide", "desk", "page", "plan", "read", "records", "whatif", "wiki", "wikitext"]),
    ("install", &["desk", "page", "plan", "records", "wiki", "wikitext"]),
    ("check", &["desk", "install", "pass", "wiki"]),
    ("watch", &["desk", "page", "pass", "wiki"]),
    ("health", &["pass", "wiki"]),
    ("run", &["desk", "health", "pass", "plan", "watch", "wiki"]),
    ("sandbox", &[]),
    ("demo", &["config", "desk", "install", "pass", "sandbox", "wiki"]),
];

/// Rooms that do no I/O and read no clock.
const PURE: &[&str] = &["page", "desk", "wikitext", "records", "read", "decide", "plan", "explain", "whatif"];

/// Rooms that go by the wiki's clock: this machine's own may be wrong, or jump.
const NO_CLOCK: &[&str] = &["pass", "run", "watch", "wiki", "check"];

/// The longest file, in lines.
const LONGEST: usize = 450;

/// A source file: its path below `src` without `.rs`, and its text without its tests.
struct Source {
    path: String,
    text: String,
    lines: usize,
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 60, "the sources were not found");
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()) {
        let path = entry.display().to_string();
        if entry.is_dir() {
            collect(&entry, found);
        } else if let Some(name) = path.rsplit("/src/").next().and_then(|p| p.strip_suffix(".rs")) {
            let text = fs::read_to_string(&entry).expect("a source");
            let lines = text.lines().count();
            let is_test = name.ends_with("tests") || ["testing", "rooms", "lib", "main"].contains(&name);
            let code = text.split("\n#[cfg(test)]").next().unwrap_or_default();
            let code: String =
                code.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            if !is_test {
                found.push(Source { path: name.to_owned(), text: code, lines });
            }
        }
    }
}

/// The room that a module path is in.
fn room(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

/// All module paths that a source names, from the crate on, such as `desk/vote/Choice`; what it only gives on to others
/// (`pub use`) is not among them.
fn named(source: &Source) -> BTreeSet<String> {
    let statement = Regex::new(r"(?m)^\s*(pub(?:\([a-z]+\))? )?use ((?:crate|super|self)[^;]*);").expect("a pattern");
    let inline = Regex::new(r"\b((?:crate|super)(?:::\w+)+)").expect("a pattern");
    let mut all = BTreeSet::new();
    for found in statement.captures_iter(&source.text).filter(|found| found.get(1).is_none()) {
        expand("", &found[2], &mut all);
    }
    let rest = statement.replace_all(&source.text, "");
    all.extend(inline.captures_iter(&rest).map(|found| found[1].to_owned()));
    all.iter().map(|path| absolute(path, &source.path)).collect()
}

/// `a::{b, c::{d}}` as `a::b` and `a::c::d`.
fn expand(before: &str, path: &str, all: &mut BTreeSet<String>) {
    let Some((head, inner)) = path.split_once('{') else {
        let name = format!("{before}{}", path.trim());
        all.insert(name.trim_end_matches("::self").to_owned());
        return;
    };
    let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut from) = (0, 0);
    for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inner[from..at].trim().is_empty() {
                    expand(&format!("{before}{}", head.trim()), inner[from..at].trim(), all);
                }
                from = at + 1;
            }
            _ => {}
        }
    }
}

/// A path from the crate on, with slashes.
fn absolute(path: &str, source: &str) -> String {
    let module = source.strip_suffix("/mod").unwrap_or(source);
    let mut here: Vec<&str> = module.split('/').collect();
    let mut rest = path.split("::").peekable();
    match rest.peek() {
        Some(&"crate") => here.clear(),
        Some(&"self") => {}
        _ => {
            while rest.next_if_eq(&"super").is_some() {
                here.pop();
            }
            return here.into_iter().chain(rest).collect::<Vec<_>>().join("/");
        }
    }
    rest.next();
    here.into_iter().chain(rest).collect::<Vec<_>>().join("/")
}

/// The file that defines what a path names.
fn file(path: &str, files: &BTreeSet<&str>) -> Option<String> {
    let mut path = path.to_owned();
    loop {
        if let Some(found) = [path.clone(), format!("{path}/mod")].into_iter().find(|p| files.contains(p.as_str())) {
            return Some(found);
        }
        path.truncate(path.rfind('/')?);
    }
}

#[test]
fn imports_go_down_only() {
    let sources = sources();
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = BTreeSet::new();
    for source in &sources {
        let here = room(&source.path);
        let may = allowed.get(here).unwrap_or_else(|| panic!("the room of {} has no place in the house", source.path));
        for path in named(source) {
            let there = room(&path);
            if there != here && allowed.contains_key(there) && !may.contains(&there) {
                wrong.insert(format!("{} imports {path}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "imports that go up: {wrong:#?}");
    for (at, (name, may)) in MAY_IMPORT.iter().enumerate() {
        let below: Vec<&str> = MAY_IMPORT[..at].iter().map(|(name, _)| *name).collect();
        assert!(may.iter().all(|m| below.contains(m)), "{name} may import a room that does not stand below it");
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let sources = sources();
    let files: BTreeSet<&str> = sources.iter().map(|s| s.path.as_str()).collect();
    let mut imports: BTreeMap<String, BTreeSet<String>> = sources
        .iter()
        .map(|s| {
            let named = named(s).iter().filter_map(|path| file(path, &files)).filter(|f| *f != s.path).collect();
            (s.path.clone(), named)
        })
        .collect();
    assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 200, "the imports were not found");
    // What imports nothing that is left is in no circle.
    loop {
        let free: Vec<String> = imports.iter().filter(|(_, to)| to.is_empty()).map(|(from, _)| from.clone()).collect();
        if free.is_empty() {
            break;
        }
        imports.retain(|from, _| !free.contains(from));
        imports.values_mut().for_each(|to| to.retain(|file| !free.contains(file)));
    }
    assert!(imports.is_empty(), "in circles, or above one: {imports:#?}");
}

#[test]
fn only_their_own_rooms_do_io_or_name_the_wiki_library() {
    for Source { path, text, .. } in sources() {
        let room = room(&path);
        for library in ["mwapi::", "mwbot::"] {
            assert!(["wiki", "sandbox"].contains(&room) || !text.contains(library), "{path} names {library}");
        }
        let pure = PURE.contains(&room);
        assert!(!(pure || NO_CLOCK.contains(&room)) || !text.contains("Utc::now"), "{path} reads this machine's clock");
        for io in ["SystemTime", "Instant::", "std::fs", "TcpStream", "std::env", "tokio::", "async fn"] {
            assert!(!pure || !text.contains(io), "{path} is pure but has {io}");
        }
    }
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = sources().iter().filter(|s| s.lines > LONGEST).map(|s| s.path.clone()).collect();
    assert!(long.is_empty(), "longer than {LONGEST} lines: {long:?}");
}

#[test]
fn braces_are_expanded() {
    let mut all = BTreeSet::new();
    expand("", "crate::a::{self, b, c::{d, e as f}}", &mut all);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(all, ["crate::a", "crate::a::b", "crate::a::c::d", "crate::a::c::e as f"]);
    assert_eq!(absolute("super::super::x::Y", "a/b/c"), "a/x/Y");
    assert_eq!(absolute("super::x", "a/mod"), "x");
    assert_eq!(absolute("crate::x::Y", "a/b"), "x/Y");
}
