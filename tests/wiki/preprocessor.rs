//! The preprocessor beside MediaWiki's own.

use std::ops::Range;

use helpdesk::sandbox::Person;
use helpdesk::wikitext::syntax::{Element, Kind, Part, Syntax};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::stage;

/// A text's elements as MediaWiki prints its tree.
struct Tree<'a> {
    text: &'a str,
    elements: &'a [Element],
    next: usize,
    out: String,
}

fn tree(text: &str, syntax: &Syntax) -> String {
    let elements = syntax.elements(text);
    let mut tree = Tree { text, elements: &elements, next: 0, out: String::new() };
    tree.content("root", 0..text.len(), true);
    tree.out
}

impl Tree<'_> {
    fn content(&mut self, name: &str, range: Range<usize>, top: bool) {
        if range.is_empty() {
            self.out.push_str(&format!("<{name}/>"));
            return;
        }
        self.out.push_str(&format!("<{name}>"));
        self.nodes(range, top);
        self.out.push_str(&format!("</{}>", name.split(' ').next().unwrap()));
    }

    /// What is in a range. Headings in templates, or in headings, are only possible ones.
    fn nodes(&mut self, range: Range<usize>, top: bool) {
        let mut at = range.start;
        while let Some(element) = self.elements.get(self.next).filter(|e| e.span.start < range.end) {
            self.escaped(at..element.span.start);
            assert!(
                at <= element.span.start && element.span.end <= range.end,
                "{element:?} crosses in {:?}",
                self.text
            );
            self.next += 1;
            let span = element.span.clone();
            match &element.kind {
                Kind::Comment => self.leaf("comment", span.clone()),
                Kind::Ignored => self.leaf("ignore", span.clone()),
                Kind::Tag { name, content } => {
                    self.out.push_str("<ext>");
                    self.leaf("name", name.clone());
                    let attributes = content.as_ref().map_or(span.end - 2, |c| c.start - 1);
                    self.leaf("attr", name.end..attributes.max(name.end));
                    if let Some(content) = content {
                        self.leaf("inner", content.clone());
                        self.leaf("close", content.end..span.end);
                    }
                    self.out.push_str("</ext>");
                }
                Kind::Template(parts) => self.parts("template", parts),
                Kind::Argument(parts) => self.parts("tplarg", parts),
                Kind::Group => {
                    // Brackets are text.
                    let inside = span.start + 2..span.end - 2;
                    self.escaped(span.start..inside.start);
                    self.nodes(inside.clone(), top);
                    self.escaped(inside.end..span.end);
                }
                Kind::Heading { level } => {
                    let name = if top { "h" } else { "possible-h" };
                    self.content(&format!("{name} level=\"{level}\""), span.clone(), false);
                }
            }
            at = span.end;
        }
        self.escaped(at..range.end);
    }

    fn parts(&mut self, name: &str, parts: &[Part]) {
        self.out.push_str(&format!("<{name}>"));
        let mut number = 0;
        for (i, part) in parts.iter().enumerate() {
            match part.equals {
                _ if i == 0 => self.content("title", part.span.clone(), false),
                Some(equals) => {
                    self.out.push_str("<part>");
                    self.content("name", part.span.start..equals, false);
                    self.out.push('=');
                    self.content("value", equals + 1..part.span.end, false);
                    self.out.push_str("</part>");
                }
                None => {
                    number += 1;
                    self.out.push_str(&format!("<part><name index=\"{number}\"/>"));
                    self.content("value", part.span.clone(), false);
                    self.out.push_str("</part>");
                }
            }
        }
        self.out.push_str(&format!("</{name}>"));
    }

    fn leaf(&mut self, name: &str, range: Range<usize>) {
        if range.is_empty() {
            self.out.push_str(&format!("<{name}/>"));
        } else {
            self.out.push_str(&format!("<{name}>"));
            self.escaped(range);
            self.out.push_str(&format!("</{name}>"));
        }
    }

    fn escaped(&mut self, range: Range<usize>) {
        let text = &self.text[range];
        self.out.push_str(&text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"));
    }
}

/// MediaWiki's tree without what the preprocessor here does not tell: numbers of headings, whether a template begins its
/// line, signs of equality as elements.
fn plain(tree: &str) -> String {
    let mut out = tree.replace(" lineStart=\"1\"", "").replace("<equals>=</equals>", "=");
    while let Some(at) = out.find("\" i=\"") {
        let end = at + 5 + out[at + 5..].find('"').unwrap();
        out.replace_range(at..end, "");
    }
    out
}

/// Texts that love unclosed things.
fn torture() -> impl Strategy<Value = String> {
    let syntax = prop::sample::select(vec![
        "{", "{", "{{", "{{", "{{{", "{{{{", "}", "}", "}}", "}}", "}}}", "}}}}", "[", "[[", "[[", "]", "]]", "]]",
        "|", "|", "=", "=", "==", "===", "\n", "\n", "\n==", "==\n", "\n=", "-{", "}-", "-", " ", "\t", "\n ", " \n",
        "a", "é", "&", "\"", "'", "/", ">", "<",
    ]);
    let tags = prop::sample::select(vec![
        "<!--",
        "-->",
        "<!-- c -->",
        "\n<!-- c -->\n",
        "\n <!-- c --> <!-- d -->\t\n",
        "<nowiki>",
        "</nowiki>",
        "<nowiki/>",
        "<pre ",
        "<pre>",
        "</pre >",
        "</pre",
        "<GALLERY a=b>",
        "</gallery>",
        "<includeonly>",
        "</includeonly>",
        "<IncludeOnly>",
        "<noinclude>",
        "</noinclude>",
        "<noinclude",
        "<onlyinclude>",
        "</onlyinclude>",
        "<s>",
        "</s>",
        "<prefix>",
        "<pre\u{b}x>",
        "<nowiki\n>",
        "<includeonly/>",
        "<!-",
        "--",
        "<ref>",
        "</ref>",
        "<indicator name=x />",
    ]);
    let pieces = prop::collection::vec(
        prop_oneof![4 => syntax.prop_map(str::to_owned), 1 => tags.prop_map(str::to_owned)],
        0..40,
    );
    pieces.prop_map(|pieces| pieces.concat())
}

/// Shapes seen on wikis.
const SHAPES: [&str; 26] = [
    "<\n ]]|[[|\n=>[[=\n====\n<ref>]]{==",
    "{{Helpdesk request\n|title=a\n|description=== end ==|status=review\n}}\n",
    "{{Helpdesk request\n|title=a\n== end ==|status=review\n|x=y\n}}\n",
    "{{r|description=<gallery>\nFile:A.jpg|{{caption}}\n</gallery>|status=}}",
    "{{r|description=photo-{number}.jpg, [[Museum [old]]. {| class=x\n|-\n| a || b\n|}\n|status=x}}",
    "{{r|description=coins <pre 1900\n|status=x}}\n<!-- helpdesk:begin -->",
    "* {{support}} yes ~~~~\n:: {{oppose|1=<nowiki>}}</nowiki>}}\n",
    "<s>* {{support}}</s>\n* <!-- {{support}} -->\n",
    "{{{1|{{{2|}}}}}}{{#if:{{{x|}}}|{{a}}|{{b|c={{{d}}}}}}}",
    "{{{{{1}}}}}{{{{{{1}}}}}}{{{{1}}}}{{{{{{{1}}}}}}}",
    "-{zh-hans:a;zh-hant:{{b}}}- -{{{x}}}- -{{x}}",
    "[[File:A.jpg|thumb|{{a|b=[[c]]}}]] [[unclosed {{d}}\n{{e}}",
    "=\n==\n===\n====\n=====\n= a =\n== b =\n= c ==\n======= d =======\n==e== x\n==f== <!-- g -->\n",
    "a\n  <!-- a --> <!-- b -->  \n== h ==\n<!-- c -->== no ==\n",
    "{{a|\n=b=c\n|\n==d\n}}\n{{e|f=\n= g}}",
    "{{a|b=c=d|=e|f|2=g}}",
    "<includeonly>{{a}}</includeonly><noinclude>{{b}}</noinclude><onlyinclude>{{c}}</onlyinclude><includeonly>{{d}}",
    "<INCLUDEONLY>{{a}}",
    "<pre>{{a}}<PRE>{{b}}</pre>{{c}}<pre>{{d}}",
    "<nowiki {{a}} > {{b}} </nowiki> {{c}}",
    "{{a<!-- b -->c|d<!-- | -->=e}}{{<!-- f -->}}",
    "{{r|a=photo-{number}.jpg|status=x}}",
    "{{msg:Support}} {{Support#now}} {{s&#117;pport}}",
    "{{a|[[b|c}}]]|d}}",
    "<!-- a <!-- b --> c -->{{d}}<!-->{{e}}-->",
    "{{a|<indicator name=\"x\">{{b}}</indicator>|<langconvert from=a to=b/>}}",
];

/// The wiki's own.
async fn syntax(person: &Person) -> Syntax {
    let params = [("action", "query"), ("meta", "siteinfo"), ("siprop", "general|extensiontags")];
    let said = person.get(params).await.unwrap();
    let tags = said["query"]["extensiontags"].as_array().unwrap();
    let tags = tags.iter().map(|tag| tag.as_str().unwrap().trim_matches(['<', '>']));
    Syntax::new(tags, said["query"]["general"]["langconversion"].as_bool().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn elements_of_shapes_are_those_of_the_api() {
    let wiki = stage::wiki();
    let person = Person::anonymous(wiki.url()).await.unwrap();
    let syntax = syntax(&person).await;
    for text in SHAPES {
        let params = [("action", "expandtemplates"), ("prop", "parsetree"), ("text", text)];
        let said = person.post(params).await.unwrap();
        let theirs = said["expandtemplates"]["parsetree"].as_str().unwrap();
        assert_eq!(tree(text, &syntax), plain(theirs), "{text:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn elements_of_thousands_of_texts_are_mediawikis() {
    let wiki = stage::wiki();
    if wiki.folder().is_none() {
        return;
    }
    let syntax = syntax(&Person::anonymous(wiki.url()).await.unwrap()).await;
    let mut runner = TestRunner::default();
    let texts: Vec<String> = (0..5000).map(|_| torture().new_tree(&mut runner).unwrap().current()).collect();
    let trees = wiki.parse_trees(&texts).await.unwrap();
    assert_eq!(trees.len(), texts.len());
    for (text, theirs) in texts.iter().zip(&trees) {
        assert_eq!(tree(text, &syntax), plain(theirs), "{text:?}");
    }
}
