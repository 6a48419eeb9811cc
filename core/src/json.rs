//! JSON: members that may be absent or of another type, and the numbers of a text.
//!
//! A number is held as 64 bits: a whole number or a floating-point one. Its value stays, its spelling need not: `1.10` leaves as
//! `1.1`, and `1e3` as `1000.0`. [`is_exact`] tests whether the value of a number would change.

use std::ops::Range;

use serde_json::{Number, Value};

/// A member of an object. Objects here have few members: a linear search is faster than hashing.
pub(crate) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(member, _)| *member == name).map(|(_, value)| value)
}

/// A member that is a text.
pub(crate) fn word<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    member(value, name)?.as_str()
}

/// The entries of a list; none where the member is no list.
pub(crate) fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value[member].as_array().map_or(&[], Vec::as_slice)
}

/// The text of a member; empty where it is none.
pub(crate) fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

/// A time in seconds since 1970: AWS gives a number, other servers may give a text.
pub(crate) fn time(value: &Value, member: &str) -> Option<f64> {
    let of_text = |text: &str| text.parse::<jiff::Timestamp>().ok().map(|at| at.as_duration().as_secs_f64());
    value[member].as_f64().or_else(|| of_text(value[member].as_str()?))
}

/// The number of a member; 0 where it is none.
pub(crate) fn number(value: &Value, member: &str) -> u64 {
    value[member].as_u64().unwrap_or_default()
}

/// A member's name as a step of a JSON Pointer (RFC 6901).
pub(crate) fn pointer_step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The type of a value, as an error names it; the value itself may be a secret.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The document in an answer of a server. A number that 64 bits cannot hold becomes the nearest one that they can, as in every SDK;
/// one beyond all of them, such as `1e400`, becomes a text: no answer is lost for a number.
pub(crate) fn answer(body: &[u8]) -> Option<Value> {
    if let Ok(document) = serde_json::from_slice(body) {
        return Some(document);
    }
    let text = std::str::from_utf8(body).ok()?;
    let (mut quoted, mut end) = (String::new(), 0);
    for token in numbers(text).filter(|token| text[token.clone()].parse::<Number>().is_err()) {
        quoted.push_str(&format!("{}\"{}\"", &text[end..token.start], &text[token.clone()]));
        end = token.end;
    }
    quoted.push_str(&text[end..]);
    serde_json::from_str(&quoted).ok()
}

/// Whether all numbers of a JSON text keep their value.
pub fn keeps_numbers(text: &str) -> bool {
    inexact(text).is_none()
}

/// Where the first number of a JSON text begins that would not keep its value.
pub(crate) fn inexact(text: &str) -> Option<usize> {
    numbers(text).find(|token| !is_exact(&text[token.clone()])).map(|token| token.start)
}

/// Whether a number that is written like this is written back with the same value.
pub(crate) fn is_exact(number: &str) -> bool {
    // Most numbers are ports, sizes and counts.
    if number.len() <= 18 && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    number.parse().is_ok_and(|held| is_value(&held, number))
}

/// Whether a number has the value that a text has in decimal.
pub(crate) fn is_value(number: &Number, text: &str) -> bool {
    decimal(text).is_some_and(|value| decimal(&number.to_string()) == Some(value))
}

/// Sign, digits without zeros at both ends, and the power of ten behind them. `None` for an exponent that is beyond reason.
fn decimal(number: &str) -> Option<(bool, String, i64)> {
    let (is_negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some((false, String::new(), 0));
    }
    let moved = i64::try_from(digits.len() - significant.len()).ok()? - i64::try_from(fraction.len()).ok()?;
    Some((is_negative, significant.to_owned(), exponent.parse::<i64>().ok()?.checked_add(moved)?))
}

/// The places of all numbers in a JSON text, in order.
fn numbers(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => at = end_of_text(bytes, at + 1),
                b'-' | b'0'..=b'9' => {
                    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
                    let start = at;
                    at += bytes[at..].iter().take_while(|byte| is_part(byte)).count();
                    return Some(start..at);
                }
                _ => at += 1,
            }
        }
        None
    })
}

/// The place behind the quote that ends a text.
fn end_of_text(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// How deep a document is nested.
#[cfg(feature = "fuzz")]
pub(crate) fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_keeps_its_value_or_is_known_not_to() {
        for (number, written) in [
            ("0", "0"),
            ("-0.0", "-0.0"),
            ("0e99999999999999999999", "0.0"),
            ("256.0", "256.0"),
            ("1.10", "1.1"),
            ("0.1", "0.1"),
            ("1e3", "1000.0"),
            ("1E+2", "100.0"),
            ("12e-1", "1.2"),
            ("1e22", "1e+22"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("100000000000000000000", "1e+20"),
        ] {
            assert!(is_exact(number), "{number}");
            assert_eq!(number.parse::<Number>().unwrap().to_string(), written);
        }
        for number in [
            "1e400",
            "-1e400",
            "1e-400",
            "12345678901234567890123",
            "18446744073709551616",
            "-9223372036854775809",
            "0.1234567890123456789",
            "1e99999999999999999999",
        ] {
            assert!(!is_exact(number), "{number}");
        }
    }

    #[test]
    fn the_place_is_that_of_the_number_and_not_of_a_text() {
        for (text, place) in [
            (r#"{"a": [1, 2.50, "1e400", "\"1e400"], "1e400": true}"#, None),
            (r#"{"a": "\\", "b": 1e400}"#, Some(17)),
            ("[1,-1e400]", Some(3)),
            ("1e400", Some(0)),
        ] {
            assert_eq!(inexact(text), place, "{text}");
        }
    }

    #[test]
    fn no_answer_is_lost_for_a_number() {
        let body = r#"{"a": [1e400, "ä 1e400"], "b": -1e999, "c": 0.1234567890123456789, "d": 18446744073709551616}"#;
        let document = answer(body.as_bytes()).unwrap();
        let near: f64 = "0.1234567890123456789".parse().unwrap();
        let (whole, text) = (18446744073709551616.0_f64, "ä 1e400");
        assert_eq!(document, json!({"a": ["1e400", text], "b": "-1e999", "c": near, "d": whole}));
        for body in ["{\"a\": 1e400", "1e400 x", "", "\"1e400"] {
            assert_eq!(answer(body.as_bytes()), None, "{body}");
        }
    }

    proptest! {
        #[test]
        fn what_is_exact_comes_back(mantissa in "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?", exponent in "([eE][+-]?[0-9]{1,3})?") {
            let text = format!("{mantissa}{exponent}");
            prop_assert_eq!(inexact(&format!("[\"{text}\", {text}]")).is_none(), is_exact(&text));
            // The answer is never lost.
            let is_answer = answer(format!("[{text}]").as_bytes()).is_some();
            prop_assert!(is_answer);
            if is_exact(&text) {
                let value: Value = serde_json::from_str(&text).unwrap();
                let again = value.to_string();
                prop_assert_eq!(decimal(&again), decimal(&text));
                prop_assert_eq!(serde_json::from_str::<Value>(&again).unwrap(), value);
            }
        }

        #[test]
        fn every_number_of_64_bits_is_exact(whole in any::<i64>(), natural in any::<u64>(), fraction in any::<f64>()) {
            prop_assert!(is_exact(&whole.to_string()) && is_exact(&natural.to_string()));
            if let Some(number) = Number::from_f64(fraction) {
                prop_assert!(is_exact(&number.to_string()) && is_exact(&fraction.to_string()));
            }
        }
    }
}
