//! Decides how strictly a world document is read: every member must be known and of the right type.

use serde_json::{Map, Value};

/// Why a world document was refused, or why the simulator could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// A member that the document does not have.
    #[error("{place}: unknown member `{member}`")]
    Unknown {
        /// Where in the document, as a path.
        place: String,
        /// The member's name.
        member: String,
    },
    /// A value of the wrong type or out of its range.
    #[error("{place}: expected {expected}")]
    Expected {
        /// Where in the document, as a path.
        place: String,
        /// What should be there.
        expected: String,
    },
    /// A definition or service that ECS itself would refuse.
    #[error("{place}: {code}: {text}")]
    Refused {
        /// Where in the document, as a path.
        place: String,
        /// The error name ECS would answer.
        code: String,
        /// The error text.
        text: String,
    },
    /// A member that only counts when the simulator is started, given to a running one.
    #[error("`{member}` can only be given when the simulator is started")]
    Late {
        /// The member's name.
        member: String,
    },
    /// The address could not be listened on, or no thread could be started.
    #[error("the simulator could not start")]
    Start(#[from] std::io::Error),
}

/// One object of the document, with the path that leads to it.
pub(crate) struct Reader<'a> {
    members: &'a Map<String, Value>,
    place: String,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(value: &'a Value, place: &str, known: &[&str]) -> Result<Reader<'a>, WorldError> {
        let Value::Object(members) = value else { return Err(expected(place, "an object")) };
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(WorldError::Unknown { place: place.to_owned(), member: name.clone() }),
            None => Ok(Reader { members, place: place.to_owned() }),
        }
    }

    pub(crate) fn place(&self, name: &str) -> String {
        format!("{}.{name}", self.place)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn typed<T>(&self, name: &str, kind: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<Option<T>, WorldError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| expected(&self.place(name), kind))
    }

    /// A number of zero or more: every number of the document is a duration, a time, a count or a factor. The limit is
    /// some thirty years, so that no sum of them leaves the range of a duration.
    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>, WorldError> {
        self.typed(name, "a number from 0 to 1e9", |value| value.as_f64().filter(|n| (0.0..=1e9).contains(n)))
    }

    pub(crate) fn count(&self, name: &str) -> Result<Option<u64>, WorldError> {
        self.typed(name, "a whole number of zero or more", Value::as_u64)
    }

    pub(crate) fn code(&self, name: &str) -> Result<Option<i64>, WorldError> {
        self.typed(name, "a whole number", Value::as_i64)
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, WorldError> {
        Ok(self.typed(name, "true or false", Value::as_bool)?.unwrap_or(false))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, WorldError> {
        self.typed(name, "a string", Value::as_str)
    }

    pub(crate) fn list(&self, name: &str) -> Result<&'a [Value], WorldError> {
        Ok(self.typed(name, "a list", |value| value.as_array().map(Vec::as_slice))?.unwrap_or_default())
    }

    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, WorldError> {
        let text = |(index, value): (usize, &Value)| {
            let text = value.as_str().map(str::to_owned);
            text.ok_or_else(|| expected(&format!("{}[{index}]", self.place(name)), "a string"))
        };
        self.list(name)?.iter().enumerate().map(text).collect()
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, WorldError> {
        self.typed(name, "an object", Value::as_object)
    }
}

pub(crate) fn expected(place: &str, what: &str) -> WorldError {
    WorldError::Expected { place: place.to_owned(), expected: what.to_owned() }
}
