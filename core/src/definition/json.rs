//! Reads JSON without loss: numbers keep their spelling, and a member that is given twice is an error.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use super::{TOO_MANY, VALUES};
use crate::error::Error;

/// The member as which serde_json hands over a number that is no 64-bit integer, so that it stays as it is spelt (its feature
/// `arbitrary_precision`).
const NUMBER: &str = "$serde_json::private::Number";

/// Parses `text`; `name` is what the error calls it.
pub(crate) fn parse(name: &str, text: &str) -> Result<Value, Error> {
    let read = || {
        let mut reader = serde_json::Deserializer::from_str(text);
        let document = Document { left: &Cell::new(VALUES) }.deserialize(&mut reader)?;
        reader.end().map(|()| document)
    };
    read().map_err(|error: serde_json::Error| {
        // serde_json writes the place at the end; here it comes first, as compilers do.
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
            if object.is_empty() && name == NUMBER {
                let number = members.next_value::<String>()?.parse::<Number>();
                return number.map(Value::Number).map_err(A::Error::custom);
            }
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
            r#"{"b":[1,-0.0,256.0,1e+400,18446744073709551616,0.10],"a":{"":null,"ä\n":true},"c":[{},[],"",false]}"#,
            "1.10",
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
            (r#"{"$serde_json::private::Number": "x"}"#, "t:1:"),
        ] {
            let error = parse("t", text).unwrap_err().to_string();
            assert!(error.contains(place), "{text:?}: {error}");
        }
        let error = parse("t", &format!("[{}0]", "0,".repeat(VALUES))).unwrap_err().to_string();
        assert!(error.contains("t:1:19999") && error.ends_with("more than 100000 values"), "{error}");
        assert!(parse("t", &"[".repeat(5000)).unwrap_err().to_string().contains("recursion limit"));
    }
}
