//! The events of a YAML file, with an error that names the file, the line and the column.

use saphyr_parser::{Event, Marker, Parser, Span, StrInput};

use crate::error::Error;

/// The deepest nesting of a document: its readers are recursive and must not run out of stack.
pub(crate) const DEPTH: usize = 100;

/// Reads the events of a file one by one.
pub(crate) struct Events<'a> {
    name: &'a str,
    parser: Parser<'a, StrInput<'a>>,
}

impl<'a> Events<'a> {
    /// The events of `text`; `name` is what an error calls the file.
    pub(crate) fn new(name: &'a str, text: &'a str) -> Self {
        Self { name, parser: Parser::new_from_str(text) }
    }

    /// The next event.
    pub(crate) fn next(&mut self) -> Result<(Event<'a>, Span), Error> {
        match self.parser.next() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(self.error(error.marker(), error.info())),
            None => Err(Error::invalid(self.name, "not YAML: it ends too early")),
        }
    }

    /// An error at a place of the file.
    pub(crate) fn error(&self, at: &Marker, text: &str) -> Error {
        Error::invalid(format!("{}:{}:{}", self.name, at.line(), at.col() + 1), format!("not YAML: {text}"))
    }
}
