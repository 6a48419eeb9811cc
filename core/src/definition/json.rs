//! JSON as a document that loses nothing: a number that would change its value is an error, and so is a member given twice.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::{INEXACT, TOO_MANY, VALUES};
use crate::error::Error;
use crate::json;

/// The message of serde_json for a number beyond 64 bits.
const OUT_OF_RANGE: &str = "number out of range";

/// Parses `text`; `name` is what the error calls it.
pub(crate) fn parse(name: &str, text: &str) -> Result<Value, Error> {
    let read = || {
        let mut reader = serde_json::Deserializer::from_str(text);
        let document = Document { left: &Cell::new(VALUES) }.deserialize(&mut reader)?;
        reader.end().map(|()| document)
    };
    let document = read();
    // serde_json refuses a number beyond 64 bits, and rounds one between two that it can hold.
    let is_number = document.as_ref().map_or_else(|error| error.to_string().starts_with(OUT_OF_RANGE), |_| true);
    if let Some(at) = json::inexact(text).filter(|_| is_number) {
        let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let (line, column) = (text[..at].matches('\n').count() + 1, at - line_start + 1);
        return Err(Error::invalid(format!("{name}:{line}:{column}"), INEXACT));
    }
    document.map_err(|error: serde_json::Error| {
        // serde_json puts the place behind its words; here it stands in front, as compilers do.
        let (line, column) = (error.line(), error.column());
        let words = error.to_string();
        let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
        let prefix = if error.classify() == Category::Data { "" } else { "not JSON: " };
        Error::invalid(format!("{name}:{line}:{column}"), format!("{prefix}{words}"))
    })
}

/// Any JSON value. [`Value`]'s own reader silently keeps the last of two members of one name.
#[derive(Clone, Copy)]
struct Document<'a> {
    /// How many more values the document may have.
    left: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.ok_or_else(|| D::Error::custom(TOO_MANY))?);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element_seed(self)? {
            list.push(entry);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            match object.entry(name) {
                Entry::Vacant(entry) => entry.insert(members.next_value_seed(self)?),
                Entry::Occupied(entry) => {
                    let text = format_args!("the member {:?} is given twice", entry.key());
                    return Err(A::Error::custom(text));
                }
            };
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_stays_as_it_came() {
        for text in [
            r#"{"b":[1,-0.0,256.0,1e+300,18446744073709551615,0.1],"a":{"":null,"ä\n":true},"c":[{},[],"",false]}"#,
            r#"{"$serde_json::private::Number":"x"}"#,
            "1.1",
            r#""text""#,
        ] {
            let value = parse("t", text).unwrap();
            assert_eq!(value.to_string(), text);
            assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
        }
    }

    #[test]
    fn mistakes_are_errors_with_their_place() {
        for (text, place) in [
            ("{\"a\": 1,\n \"a\": 1}", "t:2:4: the member \"a\" is given twice"),
            (r#"{"a": 1, "b": {"a": [{"x": 1, "\u0078": 2}]}}"#, "t:1:38: the member \"x\" is given twice"),
            (r#"{"a at line 7": 1, "a at line 7": 1}"#, "t:1:32: the member \"a at line 7\" is given twice"),
            ("{\n  \"a\": oops\n}", "t:2:8: not JSON: expected value"),
            ("[1, 2", "t:1:5: not JSON: EOF while parsing a list"),
            ("[1] 2", "t:1:5: not JSON: trailing characters"),
            ("{\"ä\": \"1e400\",\n \"b\": [1,\t1e400]}", "t:2:11: this number cannot be kept exactly"),
            ("[12345678901234567890123]", "t:1:2: this number cannot be kept exactly"),
            ("[0.1, 0.1234567890123456789]", "t:1:7: this number cannot be kept exactly"),
            ("[1e-400]", "t:1:2: this number cannot be kept exactly"),
            ("[1e-400, oops]", "t:1:10: not JSON: expected value"),
        ] {
            let error = parse("t", text).unwrap_err().to_string();
            assert!(error.contains(place), "{text:?}: {error}");
        }
        let error = parse("t", &format!("[{}0]", "0,".repeat(VALUES))).unwrap_err().to_string();
        assert!(error.contains("t:1:19999") && error.ends_with("more than 100000 values"), "{error}");
        assert!(parse("t", &"[".repeat(5000)).unwrap_err().to_string().contains("recursion limit"));
    }
}
