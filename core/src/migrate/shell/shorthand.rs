//! Values as the AWS CLI takes them: JSON, a file, or its shorthand such as `awsvpcConfiguration={subnets=[a,b],assignPublicIp=ENABLED}`.

use serde_json::{Map, Value, json};

use super::super::text;

/// A structure or a list, from JSON, `file://…` or shorthand.
pub(crate) fn document(given: &[String]) -> Value {
    let whole = given.join(" ");
    if let Some(path) = whole.strip_prefix("file://") {
        return json!(text::json_variable(&format!("$(cat {})", text::word(path))));
    }
    if whole.starts_with(['{', '[']) {
        return serde_json::from_str(&whole).unwrap_or_else(|_| json!(text::json_variable(&text::shown(&whole))));
    }
    if text::has_variable(&whole) && !whole.contains('=') {
        return json!(text::json_variable(&text::shown(&whole)));
    }
    match given {
        [one] => Parser(one).members(),
        many => many.iter().map(|one| Parser(one).members()).collect(),
    }
}

struct Parser<'a>(&'a str);

impl Parser<'_> {
    /// `a=1,b=[x,y],c={d=2}`
    fn members(&mut self) -> Value {
        let mut map = Map::new();
        loop {
            let Some((name, rest)) = self.0.split_once('=') else { return Value::Object(map) };
            self.0 = rest;
            let value = self.value();
            map.insert(name.trim_matches([' ', ',']).to_owned(), value);
            match self.0.strip_prefix(',') {
                Some(rest) => self.0 = rest,
                None => return Value::Object(map),
            }
        }
    }

    fn value(&mut self) -> Value {
        match self.0.chars().next() {
            Some('[') => {
                self.0 = &self.0[1..];
                let mut list = Vec::new();
                while !self.0.is_empty() && !self.0.starts_with(']') {
                    list.push(self.value());
                    self.0 = self.0.strip_prefix(',').unwrap_or(self.0);
                }
                self.0 = self.0.strip_prefix(']').unwrap_or(self.0);
                Value::Array(list)
            }
            Some('{') => {
                self.0 = &self.0[1..];
                let members = self.members();
                self.0 = self.0.strip_prefix('}').unwrap_or(self.0);
                members
            }
            _ => {
                let end = self.0.find([',', ']', '}']).unwrap_or(self.0.len());
                let (word, rest) = self.0.split_at(end);
                self.0 = rest;
                scalar(word.trim())
            }
        }
    }
}

/// Numbers and booleans as JSON has them. An id of digits stays a text.
fn scalar(word: &str) -> Value {
    match word {
        "true" => json!(true),
        "false" => json!(false),
        _ => word.parse::<u64>().ok().filter(|_| word.len() < 10).map_or_else(|| json!(word), |number| json!(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorthand_and_json_are_the_same() {
        let read = |given: &[&str]| document(&given.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        let network =
            json!({"awsvpcConfiguration": {"subnets": ["subnet-1", "subnet-2"], "assignPublicIp": "ENABLED"}});
        assert_eq!(read(&["awsvpcConfiguration={subnets=[subnet-1,subnet-2],assignPublicIp=ENABLED}"]), network);
        assert_eq!(read(&[&network.to_string()]), network);
        assert_eq!(read(&["capacityProvider=FARGATE,weight=1"]), json!({"capacityProvider": "FARGATE", "weight": 1}));
        assert_eq!(
            read(&["key=a,value=1", "key=b,value=x"]),
            json!([{"key": "a", "value": 1}, {"key": "b", "value": "x"}])
        );
        assert_eq!(text::shown_document(&read(&["file://o.json"])), json!("$(cat o.json)"));
        for broken in ["", "a", "a=[", "a={b=", "=", "a=]", "a=}"] {
            read(&[broken]);
        }
    }
}
