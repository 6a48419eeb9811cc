//! Where in a file the thing stands that an error is about: line and column. Pure.

use saphyr_parser::{Event, Parser, Span};

/// Line and column, from 1, of what an error's path and text are about; `None` where the file has no such place.
pub(crate) fn find(text: &str, path: &str, error: &str) -> Option<(usize, usize)> {
    let mut steps = steps(path);
    // The path of an unknown option is the object that it stands in.
    let unknown = error.split_once("unknown option \"").and_then(|(_, rest)| rest.split_once('"'));
    steps.extend(unknown.map(|(name, _)| name.to_owned()));
    let mut events = Events(Parser::new_from_str(text));
    loop {
        match events.next()? {
            (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
            (event, span) => return events.node(&event, span, Some(&steps)),
        }
    }
}

/// The steps of a dotted path, `services[1].images.api`; none for the whole.
fn steps(path: &str) -> Vec<String> {
    let whole = ["options", "client"];
    let separated = path.replace('[', ".").replace(']', "").replace('/', ".");
    separated.split('.').filter(|step| !step.is_empty() && !whole.contains(step)).map(str::to_owned).collect()
}

struct Events<'a>(Parser<'a, saphyr_parser::StrInput<'a>>);

impl<'a> Events<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        self.0.next()?.ok()
    }

    /// Reads a node to its end. With `steps`: the place of what they lead to, within this node.
    fn node(&mut self, event: &Event<'a>, span: Span, steps: Option<&[String]>) -> Option<(usize, usize)> {
        let mut found = match steps {
            Some([]) => Some((span.start.line(), span.start.col() + 1)),
            _ => None,
        };
        match event {
            Event::MappingStart(..) => loop {
                let (key, at) = self.next()?;
                let name = match &key {
                    Event::MappingEnd => return found,
                    Event::Scalar(name, ..) => name.to_string(),
                    _ => String::new(),
                };
                let rest = steps.and_then(|steps| steps.split_first()).filter(|(first, _)| **first == name);
                self.node(&key, at, None);
                let (value, span) = self.next()?;
                let inner = self.node(&value, span, rest.map(|(_, rest)| rest));
                // An option is found at its name: the value may stand on another line.
                let own = rest.map(|(_, rest)| if rest.is_empty() { None } else { inner });
                let of_key = (at.start.line(), at.start.col() + 1);
                found = found.or(own.map(|inner| inner.unwrap_or(of_key)));
            },
            Event::SequenceStart(..) => {
                let mut number = 0;
                loop {
                    let (entry, span) = self.next()?;
                    if matches!(entry, Event::SequenceEnd) {
                        return found;
                    }
                    let rest = steps.and_then(|steps| steps.split_first());
                    let rest = rest.filter(|(first, _)| **first == number.to_string()).map(|(_, rest)| rest);
                    found = found.or(self.node(&entry, span, rest));
                    number += 1;
                }
            }
            _ => found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_an_option_is_its_line_and_column() {
        let yaml =
            "service: api\nimages:\n  api: [1]\nservices:\n- service: a\n  desired: x\n- {service: b, timeout: no}\n";
        let json = "{\n  \"service\": \"api\",\n  \"imges\": {}\n}";
        for (text, path, error, expected) in [
            (yaml, "images.api", "a list given", Some((3, 3))),
            (yaml, "services[0].desired", "", Some((6, 3))),
            (yaml, "services[1].timeout", "", Some((7, 16))),
            (yaml, "options", "options: unknown option \"images\": did you mean", Some((2, 1))),
            (yaml, "images.api.deep", "", Some((3, 3))),
            (yaml, "nothing", "", None),
            (json, "options", "options: unknown option \"imges\": did you mean", Some((3, 3))),
            (json, "options", "the option \"cluster\" is needed", Some((1, 1))),
        ] {
            assert_eq!(find(text, path, error), expected, "{path} {error}");
        }
    }
}
