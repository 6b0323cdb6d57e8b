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
    ("file", &[]),
    ("config", &["desk", "file", "wikitext"]),
    ("records", &["desk", "page", "wikitext"]),
    ("figures", &["desk", "page", "records", "wikitext"]),
    ("read", &["desk", "page", "records", "wikitext"]),
    ("decide", &["desk", "page", "records", "wikitext"]),
    ("explain", &["decide", "desk", "page", "wikitext"]),
    ("report", &["desk", "records", "wikitext"]),
    ("rulebook", &["decide", "desk", "wikitext"]),
    ("whatif", &["decide", "desk", "page", "wikitext"]),
    ("plan", &["decide", "desk", "figures", "page", "read", "records", "wikitext"]),
    ("wiki", &["file", "page", "wikitext"]),
    ("pass", &["config", "decide", "desk", "page", "plan", "read", "records", "whatif", "wiki", "wikitext"]),
    ("install", &["desk", "page", "plan", "records", "wiki", "wikitext"]),
    ("check", &["desk", "install", "pass", "records", "wiki"]),
    ("watch", &["desk", "page", "pass", "wiki"]),
    ("health", &["desk", "pass", "wiki"]),
    ("run", &["desk", "health", "pass", "plan", "watch", "wiki"]),
    ("sandbox", &["wiki"]),
    ("demo", &["config", "desk", "install", "pass", "records", "sandbox", "wiki"]),
];

/// Rooms that do no I/O and read no clock.
const PURE: &[&str] = &[
    "page", "desk", "wikitext", "records", "figures", "read", "decide", "plan", "explain", "report", "rulebook",
    "whatif",
];

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
            // The two roots only declare the rooms: nothing in the house can import them.
            let is_test = name.ends_with("/tests") || name.ends_with("_tests") || ["testing", "rooms"].contains(&name);
            if !is_test && !["lib", "main"].contains(&name) {
                found.push(Source { path: name.to_owned(), text: code(&text), lines });
            }
        }
    }
}

/// A source without its comments and its tests. Only the one item after each `#[cfg(test)]` is cut out, not all that
/// follows: imports may stand below a `mod tests;`. An item that does not end on its line ends with a bracket in column 0.
fn code(text: &str) -> String {
    let comment = pattern(r"(?m)(^|\s)//.*$");
    let test = pattern(r"(?m)^#\[cfg\(test\)\]\n(?:#\[.*\n)*(?:.*[;}]$|(?s:.*?)^[})\]].*$)");
    test.replace_all(&comment.replace_all(text, "$1"), "").into_owned()
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// The room that a module path is in.
fn room(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

/// All module paths that a source names, from the crate on, such as `desk/vote/Choice`. A `pub use` is an import like any
/// other: whoever takes a name from a file depends on all that this file needs to have it. A `mod x;` is none: every parent
/// declares its children.
fn named(source: &Source, files: &BTreeSet<&str>) -> BTreeSet<String> {
    let child = pattern(r"(?m)^(?:pub(?:\([^)]*\))? )?mod (\w+);");
    let statement = pattern(r"(?m)^\s*(?:pub(?:\([^)]*\))?\s+)?use\s+([\w:{}*,\s]+);");
    let inline = pattern(r"\b\w+(?:::\w+)+");
    // What a path may begin with here: its own children, by their bare names, and the modules that it has imported.
    let mut heads: BTreeMap<String, String> = child
        .captures_iter(&source.text)
        .map(|c| (c[1].to_owned(), absolute(&format!("self::{}", &c[1]), source)))
        .collect();
    let resolve = |path: &str, heads: &BTreeMap<String, String>| {
        let (head, rest) = path.split_once("::").unwrap_or((path, ""));
        match heads.get(head) {
            Some(module) if rest.is_empty() => Some(module.clone()),
            Some(module) => Some(format!("{module}/{}", rest.replace("::", "/"))),
            None => ["crate", "super", "self"].contains(&head).then(|| absolute(path, source)),
        }
    };
    let mut all = BTreeSet::new();
    let mut imported = BTreeSet::new();
    statement.captures_iter(&source.text).for_each(|found| expand("", &found[1], &mut imported));
    // Twice, for a `use` of what another `use` brings.
    for _ in 0..2 {
        for path in &imported {
            let (path, name) = path.split_once(" as ").unwrap_or((path, path.rsplit("::").next().unwrap_or(path)));
            let Some(path) = resolve(path.trim(), &heads) else { continue };
            if is_module(&path, files) {
                heads.insert(name.trim().to_owned(), path.clone());
            }
            all.insert(path);
        }
    }
    let rest = statement.replace_all(&source.text, "");
    all.extend(inline.find_iter(&rest).filter_map(|found| resolve(found.as_str(), &heads)));
    all
}

fn is_module(path: &str, files: &BTreeSet<&str>) -> bool {
    files.contains(path) || files.contains(format!("{path}/mod").as_str())
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

/// A path that begins with `crate`, `self` or `super`, from the crate on, with slashes.
fn absolute(path: &str, source: &Source) -> String {
    let mut here: Vec<&str> = source.path.split('/').filter(|part| *part != "mod").collect();
    let mut rest = path.split("::").peekable();
    if rest.next_if_eq(&"crate").is_some() {
        here.clear();
    }
    rest.next_if_eq(&"self");
    while rest.next_if_eq(&"super").is_some() {
        here.pop();
    }
    here.into_iter().chain(rest).collect::<Vec<_>>().join("/")
}

/// The file that a path leads to.
fn file(path: &str, files: &BTreeSet<&str>) -> Option<String> {
    let mut path = path.to_owned();
    loop {
        if let Some(found) = [path.clone(), format!("{path}/mod")].into_iter().find(|p| files.contains(p.as_str())) {
            return Some(found);
        }
        path.truncate(path.rfind('/')?);
    }
}

fn paths(sources: &[Source]) -> BTreeSet<&str> {
    sources.iter().map(|s| s.path.as_str()).collect()
}

/// Each file with the files that it imports.
fn imports(sources: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let files = paths(sources);
    let imports_of =
        |s: &Source| named(s, &files).iter().filter_map(|path| file(path, &files)).filter(|f| *f != s.path).collect();
    sources.iter().map(|s| (s.path.clone(), imports_of(s))).collect()
}

/// What is left when every file is taken away that imports nothing that is left, or that nothing left imports: such a file
/// is in no circle.
fn circles(mut imports: BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    loop {
        let before = imports.len();
        let wanted: BTreeSet<String> = imports.values().flatten().cloned().collect();
        imports.retain(|from, to| !to.is_empty() && wanted.contains(from));
        let left: BTreeSet<String> = imports.keys().cloned().collect();
        imports.values_mut().for_each(|to| to.retain(|file| left.contains(file)));
        if imports.len() == before {
            return imports;
        }
    }
}

#[test]
fn imports_go_down_only() {
    let sources = sources();
    let files = paths(&sources);
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = BTreeSet::new();
    for source in &sources {
        let here = room(&source.path);
        let may = allowed.get(here).unwrap_or_else(|| panic!("the room of {} has no place in the house", source.path));
        for path in named(source, &files) {
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
    let imports = imports(&sources());
    assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 200, "the imports were not found");
    let circles = circles(imports);
    assert!(circles.is_empty(), "in circles, or between two: {circles:#?}");
}

/// `super` and bare names are read as those of the file, so no module may be written inside one.
#[test]
fn every_module_is_a_file() {
    let inside = pattern(r"(?m)^\s*(?:pub(?:\([^)]*\))? )?mod \w+ \{");
    for source in sources() {
        assert!(!inside.is_match(&source.text), "{} has a module inside", source.path);
    }
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

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: code(text), lines: 0 }
}

#[test]
fn braces_are_expanded() {
    let mut all = BTreeSet::new();
    expand("", "crate::a::{self, b, c::{d, e as f}}", &mut all);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(all, ["crate::a", "crate::a::b", "crate::a::c::d", "crate::a::c::e as f"]);
    let absolute = |path, of| absolute(path, &source(of, ""));
    assert_eq!(absolute("super::super::x::Y", "a/b/c"), "a/x/Y");
    assert_eq!(absolute("self::super::x", "a/b"), "a/x");
    assert_eq!(absolute("super::x", "a/mod"), "x");
    assert_eq!(absolute("crate::x::Y", "a/b"), "x/Y");
}

/// Each way to write an import, in the file `a/mod` with the child `a/kid`, or in `a/kid`, and the file that it leads to.
#[test]
fn every_form_of_an_import_is_seen() {
    let files = ["a/mod", "a/kid", "a/twin", "b/mod", "b/deep/mod", "b/deep/low", "c"];
    let forms = [
        ("a/mod", "mod kid;\nuse kid::{Thing, other};", "a/kid"),
        ("a/mod", "pub(crate) mod kid;\npub use kid::Thing;", "a/kid"),
        ("a/mod", "pub mod kid;\npub(crate) use self::kid::{\n    Thing,\n    other,\n};", "a/kid"),
        ("a/mod", "mod kid;\nfn f() { kid::go() }", "a/kid"),
        ("a/kid", "use super::Thing;", "a/mod"),
        ("a/kid", "use super::*;", "a/mod"),
        ("a/kid", "use super::twin::Thing;", "a/twin"),
        ("a/kid", "use super::super::c::Thing;", "c"),
        ("a/kid", "fn f() -> super::super::c::Thing { todo!() }", "c"),
        ("a/kid", "pub use crate::c::Thing;", "c"),
        ("a/kid", "fn f() { let x = crate::b::deep::low::go(); }", "b/deep/low"),
        (
            "a/kid",
            "    use crate::b::{\n        // why\n        deep::{\n            low::Thing as T, // why\n        },\n    };",
            "b/deep/low",
        ),
        ("a/kid", "use crate::{b::deep::{low::{self, Thing}}};", "b/deep/low"),
        ("a/kid", "use crate::c as sea;\nuse sea::Thing;", "c"),
        ("a/kid", "#[cfg(test)]\nmod tests;\nuse crate::c::Thing;", "c"),
        ("a/kid", "#[cfg(test)]\nmod tests {\n    use super::*;\n}\n\nuse crate::c::Thing;", "c"),
        ("a/kid", "#[cfg(test)]\n#[path = \"x.rs\"]\nmod tests;\nuse crate::c::Thing;", "c"),
    ];
    let imported = |path: &str, text: &str| {
        let mut sources: Vec<Source> = files.iter().filter(|f| **f != path).map(|f| source(f, "")).collect();
        sources.push(source(path, text));
        imports(&sources).remove(path).expect("the file").into_iter().collect::<Vec<_>>()
    };
    for (path, text, to) in forms {
        assert_eq!(imported(path, text), [to], "{text}");
    }
    assert_eq!(imported("a/kid", "use crate::b::deep;\nfn f() { deep::low::go() }"), ["b/deep/low", "b/deep/mod"]);
    for none in
        ["mod kid;\npub mod twin;", "use std::c::X;", "// crate::c\n", "#[cfg(test)]\nmod t {\n    use crate::c;\n}\n"]
    {
        assert!(imported("a/mod", none).is_empty(), "{none}");
    }
}

#[test]
fn a_circle_over_a_re_export_is_seen() {
    let top = source("top", "use crate::a::Thing;");
    let parent = source("a/mod", "mod kid;\nmod twin;\npub use kid::Thing;");
    let kid = source("a/kid", "use super::twin::go;\nuse crate::low::X;");
    let twin = source("a/twin", "use super::Thing;");
    let found = circles(imports(&[top, parent, kid, twin, source("low", "")]));
    assert_eq!(found.keys().collect::<Vec<_>>(), ["a/kid", "a/mod", "a/twin"]);
}
