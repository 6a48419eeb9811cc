//! YAML as a tree whose nodes know their place, so that a file can be changed without touching the rest of it.

use std::ops::Range;

use saphyr_parser::{Event, Marker, ScalarStyle, Span};
use serde_json::{Map, Value};

use crate::definition::yaml::{DEPTH, Events};
use crate::error::Error;

/// A node.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// Its text, in bytes. That of a block scalar or a block collection may go on to the line after it.
    pub(crate) text: Range<usize>,
    /// Line and column of its begin, from 1.
    pub(crate) line: usize,
    pub(crate) column: usize,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Scalar {
        text: String,
        is_plain: bool,
        is_block: bool,
    },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    /// The text of another node.
    Alias,
}

/// Reads the first document of a file.
pub(crate) fn read(name: &str, text: &str) -> Result<Node, Error> {
    // The parser counts characters.
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut reader = Reader { name, bytes, events: Events::new(name, text), depth: 0 };
    loop {
        let (event, span) = reader.events.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::StreamEnd | Event::DocumentEnd => {
                return Err(Error::invalid(format!("{name}:1:1"), "the file is empty"));
            }
            event => return reader.node(event, span),
        }
    }
}

/// An error at a place of a file.
pub(crate) fn wrong(name: &str, node: &Node, text: impl Into<String>) -> Error {
    Error::invalid(format!("{name}:{}:{}", node.line, node.column), text)
}

struct Reader<'a> {
    name: &'a str,
    bytes: Vec<usize>,
    events: Events<'a>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn byte(&self, marker: &Marker) -> usize {
        let last = self.bytes.last().copied().unwrap_or_default();
        self.bytes.get(marker.index()).copied().unwrap_or(last)
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Node, Error> {
        if self.depth > DEPTH {
            return Err(self.events.error(&span.start, "nested too deep"));
        }
        self.depth += 1;
        let (start, mut end) = (self.byte(&span.start), self.byte(&span.end));
        let kind = match event {
            Event::Scalar(text, style, ..) => Kind::Scalar {
                text: text.into_owned(),
                is_plain: style == ScalarStyle::Plain,
                is_block: matches!(style, ScalarStyle::Literal | ScalarStyle::Folded),
            },
            Event::Alias(_) => Kind::Alias,
            Event::SequenceStart(..) => {
                let mut list = Vec::new();
                loop {
                    match self.events.next()? {
                        (Event::SequenceEnd, span) => {
                            end = self.byte(&span.end);
                            break Kind::List(list);
                        }
                        (event, span) => list.push(self.node(event, span)?),
                    }
                }
            }
            Event::MappingStart(..) => {
                let mut map: Vec<(Node, Node)> = Vec::new();
                loop {
                    let (event, span) = self.events.next()?;
                    if matches!(event, Event::MappingEnd) {
                        end = self.byte(&span.end);
                        break Kind::Map(map);
                    }
                    let key = self.node(event, span)?;
                    if let Some(name) = key.scalar()
                        && name != "<<"
                        && map.iter().any(|(known, _)| known.scalar() == Some(name))
                    {
                        return Err(wrong(self.name, &key, format!("not YAML: the key {name:?} is given twice")));
                    }
                    let (event, span) = self.events.next()?;
                    let value = self.node(event, span)?;
                    map.push((key, value));
                }
            }
            _ => return Err(self.events.error(&span.start, "no node where one must be")),
        };
        self.depth -= 1;
        Ok(Node { kind, text: start..end.max(start), line: span.start.line(), column: span.start.col() + 1 })
    }
}

impl Node {
    /// The text of a scalar.
    pub(crate) fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(crate) fn map(&self) -> &[(Self, Self)] {
        match &self.kind {
            Kind::Map(map) => map,
            _ => &[],
        }
    }

    pub(crate) fn list(&self) -> &[Self] {
        match &self.kind {
            Kind::List(list) => list,
            _ => &[],
        }
    }

    /// The key and the value of a member.
    pub(crate) fn entry(&self, name: &str) -> Option<(&Self, &Self)> {
        self.map().iter().find(|(key, _)| key.scalar() == Some(name)).map(|(key, value)| (key, value))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The text of a member that is a scalar.
    pub(crate) fn word(&self, name: &str) -> Option<&str> {
        self.get(name)?.scalar()
    }

    /// The node as a document: plain words are numbers and booleans as JSON has them.
    pub(crate) fn document(&self) -> Value {
        match &self.kind {
            Kind::Scalar { text, is_plain: true, .. } if matches!(text.as_str(), "" | "~" | "null") => Value::Null,
            Kind::Scalar { text, is_plain: true, .. } => of_plain(text),
            Kind::Scalar { text, .. } => Value::String(text.clone()),
            Kind::List(list) => list.iter().map(Self::document).collect(),
            Kind::Map(map) => map
                .iter()
                .map(|(key, value)| (key.scalar().unwrap_or_default().to_owned(), value.document()))
                .collect::<Map<_, _>>()
                .into(),
            Kind::Alias => Value::Null,
        }
    }
}

/// A plain word: a number or a boolean if it is spelt as JSON spells it.
fn of_plain(text: &str) -> Value {
    let value: Option<Value> = serde_json::from_str(text).ok();
    let spelt = value.as_ref().map(Value::to_string).filter(|spelt| spelt == text);
    value.filter(|_| spelt.is_some()).unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nodes_know_their_place() {
        let text = "a: ü\nsteps:\n  - uses: x@v1 # c\n    with:\n      k: 'v'\n  - run: |\n      one\n      two\n";
        let root = read("f", text).unwrap();
        let steps = root.get("steps").unwrap().list();
        let uses = steps[0].get("uses").unwrap();
        assert_eq!((uses.scalar(), uses.line, uses.column, &text[uses.text.clone()]), (Some("x@v1"), 3, 11, "x@v1"));
        let value = steps[0].get("with").unwrap().get("k").unwrap();
        assert_eq!((value.scalar(), &text[value.text.clone()]), (Some("v"), "'v'"));
        assert_eq!(steps[1].word("run"), Some("one\ntwo\n"));
        assert_eq!(root.document()["steps"][0], json!({"uses": "x@v1", "with": {"k": "v"}}));
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, place) in
            [("a: 1\na: 2", "f:2:1: not YAML: the key \"a\" is given twice"), ("a: [1", "f:"), ("", "f:1:1")]
        {
            let error = read("f", text).unwrap_err().to_string();
            assert!(error.contains(place), "{text:?}: {error}");
        }
        assert!(read("f", &"- ".repeat(5000)).unwrap_err().to_string().contains("nested too deep"));
    }
}
