//! YAML 1.2 as a JSON document that loses nothing: a text such as `1.10` stays `1.10`, a number that would change its value is an
//! error, and so is a key given twice.

mod events;

use std::collections::HashMap;

use saphyr_parser::{Event, ScalarStyle, Span};
use serde_json::{Map, Number, Value};

pub(crate) use events::{DEPTH, Events};

use super::schema::Shape;
use super::{INEXACT, Size, TOO_MANY, VALUES};
use crate::error::Error;
use crate::file;
use crate::json;

/// Parses `text`; `name` is what the error calls it. An unquoted `256` is the text it looks like where `shape` has a text.
pub(crate) fn parse(name: &str, text: &str, shape: &'static Shape) -> Result<Value, Error> {
    let events = Events::new(name, text);
    let mut reader = Reader { root: shape, events, anchors: HashMap::new(), values: 0, copied: 0, depth: 0 };
    reader.document()
}

struct Reader<'a> {
    /// The type of the document.
    root: &'static Shape,
    events: Events<'a>,
    anchors: HashMap<usize, Value>,
    /// The values so far, those of copies included.
    values: usize,
    /// Bytes of texts that anchors and aliases have copied: a short text must not become a huge document.
    copied: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Value, Error> {
        let mut value = None;
        loop {
            let (event, span) = self.events.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
                Event::StreamEnd => return Ok(value.unwrap_or(Value::Null)),
                _ if value.is_some() => {
                    return Err(self.events.error(&span.start, "a second document: give one alone"));
                }
                event => value = Some(self.node(event, span, self.root)?),
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, shape: &'static Shape) -> Result<Value, Error> {
        self.count(1, &span)?;
        if self.depth > DEPTH {
            return Err(self.events.error(&span.start, "nested too deep"));
        }
        if let Event::Scalar(_, _, _, Some(tag))
        | Event::SequenceStart(_, Some(tag))
        | Event::MappingStart(_, Some(tag)) = &event
            && !tag.is_yaml_core_schema()
        {
            return Err(self
                .events
                .error(&span.start, &format!("the tag {}{} has no meaning here", tag.handle, tag.suffix)));
        }
        self.depth += 1;
        let node = self.untagged(event, span, shape);
        self.depth -= 1;
        node
    }

    fn untagged(&mut self, event: Event<'a>, span: Span, shape: &'static Shape) -> Result<Value, Error> {
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str");
                let value = scalar(&text, is_text || (shape.is_text() && !is_null(&text)));
                (value.ok_or_else(|| self.events.error(&span.start, INEXACT))?, anchor)
            }
            Event::SequenceStart(anchor, _) => (self.sequence(shape)?, anchor),
            Event::MappingStart(anchor, _) => (self.mapping(shape)?, anchor),
            Event::Alias(anchor) => {
                let size = self.anchors.get(&anchor).map(Size::of);
                self.count_copy(
                    size.ok_or_else(|| self.events.error(&span.start, "an alias inside its own anchor"))?,
                    &span,
                )?;
                let value = self.anchors[&anchor].clone();
                // The anchor was read as a number; here its text is needed.
                let is_scalar = value.is_number() || value.is_boolean();
                return Ok(if shape.is_text() && is_scalar { Value::String(value.to_string()) } else { value });
            }
            other => return Err(self.events.error(&span.start, &format!("unexpected {other:?}"))),
        };
        if anchor > 0 {
            self.count_copy(Size::of(&value), &span)?;
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn count(&mut self, values: usize, span: &Span) -> Result<(), Error> {
        self.values += values;
        match self.values > VALUES {
            true => Err(self.events.error(&span.start, &format!("{TOO_MANY}: is an alias repeated?"))),
            false => Ok(()),
        }
    }

    fn count_copy(&mut self, size: Size, span: &Span) -> Result<(), Error> {
        self.count(size.values, span)?;
        self.copied += size.bytes;
        match self.copied > file::SIZE {
            true => Err(self.events.error(&span.start, "its anchors and aliases make more than 8 MiB of it")),
            false => Ok(()),
        }
    }

    fn sequence(&mut self, shape: &'static Shape) -> Result<Value, Error> {
        let mut list = Vec::new();
        loop {
            match self.events.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::Array(list)),
                (event, span) => list.push(self.node(event, span, shape.entry())?),
            }
        }
    }

    fn mapping(&mut self, shape: &'static Shape) -> Result<Value, Error> {
        let mut map = Map::new();
        loop {
            let (event, span) = self.events.next()?;
            let key = match event {
                Event::MappingEnd => return Ok(Value::Object(map)),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(self.events.error(&span.start, "a key that is no text")),
            };
            if key == "<<" {
                return Err(self.events.error(&span.start, "merge keys (<<) are not YAML 1.2: write the members out"));
            }
            if map.contains_key(&key) {
                return Err(self.events.error(&span.start, &format!("the key {key:?} is given twice")));
            }
            let (event, span) = self.events.next()?;
            let value = match (key.as_str(), &event) {
                // `value:` with nothing after it is an empty environment value, not an absent one.
                ("value", Event::Scalar(text, ScalarStyle::Plain, 0, None)) if text.is_empty() => {
                    Value::String(String::new())
                }
                _ => self.node(event, span, self.within(shape, &key))?,
            };
            map.insert(key, value);
        }
    }

    /// The type of the member `key`.
    fn within(&self, shape: &'static Shape, key: &str) -> &'static Shape {
        match shape {
            Shape::Texts => &Shape::Text,
            // The answer of DescribeTaskDefinition around a definition.
            _ if self.depth == 1 && key == "taskDefinition" => self.root,
            _ => shape.member(key),
        }
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// A scalar by YAML's core schema; `None` for a number that cannot be kept exactly.
fn scalar(text: &str, is_text: bool) -> Option<Value> {
    if is_text {
        return Some(Value::String(text.to_owned()));
    }
    let value = match text {
        _ if is_null(text) => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match number(text) {
            Scalar::Number(number) => Value::Number(number),
            Scalar::Inexact => return None,
            Scalar::Text => Value::String(text.to_owned()),
        },
    };
    Some(value)
}

/// What a plain scalar is that may be a number.
enum Scalar {
    Number(Number),
    /// A number that cannot be kept exactly.
    Inexact,
    Text,
}

fn number(text: &str) -> Scalar {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix).filter(|digits| !digits.is_empty())
            && digits.chars().all(|digit| digit.is_digit(radix))
        {
            return u64::from_str_radix(digits, radix).map_or(Scalar::Inexact, |whole| Scalar::Number(whole.into()));
        }
    }
    // `+1`, `.5`, `1.` and `007` are numbers in YAML, and not in JSON.
    let plain = text.strip_prefix('+').filter(|rest| !rest.starts_with(['+', '-'])).unwrap_or(text);
    let is_numeric =
        plain.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b)) && plain.bytes().any(|b| b.is_ascii_digit());
    let Some(float) = plain.parse::<f64>().ok().filter(|_| is_numeric) else { return Scalar::Text };
    let whole = plain.parse::<i64>().map(Number::from).or_else(|_| plain.parse::<u64>().map(Number::from)).ok();
    match whole.or_else(|| Number::from_f64(float)) {
        Some(number) if json::is_value(&number, plain) => Scalar::Number(number),
        _ => Scalar::Inexact,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::definition::schema::TASK;

    #[test]
    fn scalars_keep_what_they_look_like() {
        let text = "cpu: 256\nmemory: 1.10\nfamily: &f api\nnew: {a: 1.10, b: 0x10, c: ~, d: yes, e: True, f: *f, g: '1', h: !!str 2}\n\
                    containerDefinitions:\n- name: api\n  cpu: 128\n  essential: true\n  environment:\n  - {name: VERSION, value: 1.10}\n  \
                    - {name: ON, value: true}\n  command: [sleep, 10, '']\n  dockerLabels: {v: 007}\n  portMappings: [{containerPort: 3000}]\n";
        assert_eq!(
            parse("t", text, &TASK).unwrap().to_string(),
            json!({
                "cpu": "256", "memory": "1.10", "family": "api",
                "new": {"a": 1.1, "b": 16, "c": null, "d": "yes", "e": true, "f": "api", "g": "1", "h": "2"},
                "containerDefinitions": [{
                    "name": "api", "cpu": 128, "essential": true,
                    "environment": [{"name": "VERSION", "value": "1.10"}, {"name": "ON", "value": "true"}],
                    "command": ["sleep", "10", ""], "dockerLabels": {"v": "007"}, "portMappings": [{"containerPort": 3000}]
                }]
            })
            .to_string()
        );
    }

    #[test]
    fn mistakes_are_errors_with_their_place() {
        for (text, place) in [
            ("a: 1\na: 2", "t:2:1: not YAML: the key \"a\" is given twice"),
            ("a: 1\n---\nb: 2", "t:3:1: not YAML: a second document"),
            ("a: [1", "t:"),
            ("? [1]\n: 2", "t:1:3: not YAML: a key that is no text"),
            ("b: {<<: *a}", "t:1:"),
            ("a: 1\nb: [1, 1e400]", "t:2:8: not YAML: this number cannot be kept exactly"),
            ("a: 12345678901234567890123", "t:1:4: not YAML: this number cannot be kept exactly"),
            ("a: 0xFFFFFFFFFFFFFFFFF", "t:1:4: not YAML: this number cannot be kept exactly"),
            ("a: .1234567890123456789", "t:1:4: not YAML: this number cannot be kept exactly"),
            ("image: !Ref Image", "t:1:8: not YAML: the tag !Ref has no meaning here"),
        ] {
            let error = parse("t", text, &TASK).unwrap_err().to_string();
            assert!(error.contains(place), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_deep_nest_is_refused() {
        let text = "- ".repeat(5000);
        assert!(parse("t", &text, &TASK).unwrap_err().to_string().contains("nested too deep"));
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let before = format!("*a{}", level - 1);
            text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![before; 10].join(", ")));
        }
        assert!(parse("t", &text, &TASK).unwrap_err().to_string().contains("more than 100000 values"));
        let large = "x".repeat(100_000);
        let all = vec!["*a"; 1000].join(", ");
        let error = parse("t", &format!("a: &a {large}\nb: [{all}]\n"), &TASK).unwrap_err().to_string();
        assert!(error.contains("t:2:") && error.contains("more than 8 MiB"), "{error}");
        let nested = (0..99).fold(large, |inner, level| format!("&n{level} [{inner}]"));
        assert!(parse("t", &nested, &TASK).unwrap_err().to_string().contains("more than 8 MiB"));
    }
}
