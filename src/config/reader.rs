//! Reads TOML by hand, so that every mistake is told, each with its line.

use toml::de::{DeTable, DeValue};

use super::mistake::Mistake;
use super::values::{Value, Wrong, wrong};

/// Something read, and its line; 0 for what the shipped configuration says.
#[derive(Debug, Clone, Default)]
pub(super) struct Placed<T> {
    /// What was read.
    pub value: T,
    /// Its line in the file.
    pub line: usize,
}

/// The file being read, and the mistakes found so far.
pub(super) struct Reader<'a> {
    /// The file's name, for the mistakes.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// What was found wrong.
    pub mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    /// The line of a byte offset, from 1; 0 behind the end.
    pub fn line(&self, offset: usize) -> usize {
        if offset > self.text.len() {
            return 0;
        }
        1 + self.text.bytes().take(offset).filter(|b| *b == b'\n').count()
    }

    /// Notes a mistake.
    pub fn refuse(&mut self, line: usize, message: impl Into<String>) {
        let file = self.file.to_owned();
        self.mistakes.push(Mistake { file, line, message: message.into() });
    }
}

/// A table of the file, over the same table of the shipped configuration.
pub(super) struct Section<'a> {
    /// What it is called in messages, such as `[safety]`.
    pub name: String,
    /// The line it begins in.
    pub line: usize,
    own: Option<&'a DeTable<'a>>,
    shipped: Option<&'a DeTable<'a>>,
}

impl<'a> Section<'a> {
    /// A table of the file without anything below it.
    pub fn own(name: String, line: usize, table: &'a DeTable<'a>) -> Self {
        Section { name, line, own: Some(table), shipped: None }
    }

    /// Refuses keys that are not among these.
    pub fn keys(&self, reader: &mut Reader, known: &[&str]) {
        for key in self.own.iter().flat_map(|table| table.keys()) {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let line = reader.line(key.span().start);
                let hint = hint(name, known, "keys");
                reader.refuse(line, format!("unknown key `{name}` in {}; {hint}", self.name));
            }
        }
    }

    /// The line of a key in the file; none where the file does not have it.
    pub fn line_of(&self, reader: &Reader, key: &str) -> Option<usize> {
        self.own?.get(key).map(|value| reader.line(value.span().start))
    }

    /// Reads a key. One that is wrong is a mistake, and read from the shipped configuration instead.
    pub fn get<T>(
        &self,
        reader: &mut Reader,
        key: &str,
        read: impl Fn(&Value) -> Result<T, Wrong>,
    ) -> Option<Placed<T>> {
        if let Some(value) = self.own.and_then(|table| table.get(key)) {
            match read(value) {
                Ok(read) => {
                    let line = reader.line(value.span().start);
                    return Some(Placed { value: read, line });
                }
                Err(wrong) => {
                    for (offset, expected) in wrong {
                        let line = reader.line(offset);
                        reader.refuse(line, format!("`{key}` in {}: {expected}", self.name));
                    }
                }
            }
        }
        let value = read(self.shipped?.get(key)?).ok()?;
        Some(Placed { value, line: 0 })
    }

    /// Reads a key that has the type's default where it is absent.
    pub fn take<T: Default>(&self, reader: &mut Reader, key: &str, read: impl Fn(&Value) -> Result<T, Wrong>) -> T {
        self.get(reader, key, read).map_or_else(T::default, |placed| placed.value)
    }

    /// Reads a key that may be absent.
    pub fn value<T>(&self, reader: &mut Reader, key: &str, read: impl Fn(&Value) -> Result<T, Wrong>) -> Option<T> {
        self.get(reader, key, read).map(|placed| placed.value)
    }

    /// Reads a key that has to be there.
    pub fn need<T>(
        &self,
        reader: &mut Reader,
        key: &str,
        read: impl Fn(&Value) -> Result<T, Wrong>,
    ) -> Option<Placed<T>> {
        if self.own.is_some_and(|table| !table.contains_key(key)) {
            reader.refuse(self.line, format!("`{key}` is missing in {}", self.name));
        }
        self.get(reader, key, read)
    }

    /// A table in this one, which has to be there.
    pub fn need_table(&self, reader: &mut Reader, key: &str) -> Option<Section<'a>> {
        let table = |value: &Value| match value.get_ref() {
            DeValue::Table(_) => Ok(()),
            _ => wrong(value, "a table in {braces}"),
        };
        let place = self.need(reader, key, table)?;
        let inner = |table: Option<&'a DeTable<'a>>| table?.get(key)?.get_ref().as_table();
        Some(Section {
            name: format!("`{key}` in {}", self.name),
            line: place.line,
            own: inner(self.own),
            shipped: inner(self.shipped),
        })
    }

    /// Whether there is no key in it.
    pub fn is_empty(&self) -> bool {
        self.own.or(self.shipped).is_none_or(|table| table.is_empty())
    }

    /// The lines of the items of a list.
    pub fn place_each(&self, reader: &Reader, list: Placed<Vec<(usize, String)>>) -> Vec<Placed<String>> {
        let line = |offset| {
            if list.line == 0 { 0 } else { reader.line(offset) }
        };
        let items = list.value.into_iter();
        items.map(|(offset, value)| Placed { value, line: line(offset) }).collect()
    }
}

/// The whole file, over the shipped configuration.
pub(super) struct Document<'a> {
    /// The file being read.
    pub own: &'a DeTable<'a>,
    /// The shipped configuration.
    pub shipped: &'a DeTable<'a>,
}

impl<'a> Document<'a> {
    /// Refuses sections that are neither among the tables nor among the lists.
    pub fn sections(&self, reader: &mut Reader, tables: &[&str], lists: &[&str]) {
        let known = [tables, lists].concat();
        for key in self.own.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let line = reader.line(key.span().start);
                let hint = hint(name, &known, "sections");
                reader.refuse(line, format!("unknown section `{name}`; {hint}"));
            }
        }
    }

    /// Whether the file has a section of this name.
    pub fn has(&self, name: &str) -> bool {
        self.own.contains_key(name)
    }

    /// A section that is there once.
    pub fn table(&self, reader: &mut Reader, name: &str) -> Section<'a> {
        let shipped = self.shipped.get(name).and_then(|v| v.get_ref().as_table());
        let given = self.own.get(name);
        let line = given.map_or(0, |v| reader.line(v.span().start));
        let own = given.and_then(|v| v.get_ref().as_table());
        if given.is_some() && own.is_none() {
            reader.refuse(line, format!("expected one section [{name}]"));
        }
        Section { name: format!("[{name}]"), line, own, shipped }
    }

    /// A section that is there any number of times; none where the file has none.
    pub fn list(&self, reader: &mut Reader, name: &str) -> Option<Vec<Section<'a>>> {
        let given = self.own.get(name)?;
        let Some(items) = given.get_ref().as_array() else {
            let line = reader.line(given.span().start);
            reader.refuse(line, format!("expected [[{name}]] in double brackets, once for each {name}"));
            return None;
        };
        let mut sections = Vec::new();
        for item in items.iter() {
            let line = reader.line(item.span().start);
            match item.get_ref().as_table() {
                Some(table) => sections.push(Section::own(format!("[[{name}]]"), line, table)),
                None => reader.refuse(line, format!("expected a section [[{name}]]")),
            }
        }
        Some(sections)
    }

    /// The shipped sections of that name.
    pub fn shipped_list(&self, name: &str) -> Vec<Section<'a>> {
        let items = self.shipped.get(name).and_then(|v| v.get_ref().as_array());
        let tables = items.into_iter().flat_map(|items| items.iter());
        tables
            .filter_map(|v| v.get_ref().as_table())
            .map(|table| Section { name: format!("[[{name}]]"), line: 0, own: None, shipped: Some(table) })
            .collect()
    }
}

/// "did you mean …?", or what there is.
pub(super) fn hint(name: &str, known: &[&str], what: &str) -> String {
    match crate::desk::words::nearest(name, known.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("the {what} are {}", list(known)),
    }
}

/// `a`, `b` and `c`.
pub(super) fn list(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|n| format!("`{n}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
