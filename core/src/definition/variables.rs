//! Fills in `${NAME}` in the texts of a document. Pure: the caller looks up the values.

use serde_json::Value;

use crate::error::Error;

/// Replaces `${NAME}` by the variable's value in every text of the document; names of members stay.
///
/// `$${` means `${` itself, and a `$` before anything else is a plain `$`, so that a shell's `$HOME` stays.
pub(crate) fn fill(value: &mut Value, path: &str, lookup: &impl Fn(&str) -> Option<String>) -> Result<(), Error> {
    match value {
        Value::String(text) if text.contains("${") => {
            *text = filled(text, lookup).map_err(|why| Error::invalid(path, why))?;
            Ok(())
        }
        Value::Array(list) => {
            list.iter_mut().enumerate().try_for_each(|(at, entry)| fill(entry, &format!("{path}/{at}"), lookup))
        }
        Value::Object(object) => {
            object.iter_mut().try_for_each(|(name, member)| fill(member, &format!("{path}/{name}"), lookup))
        }
        _ => Ok(()),
    }
}

fn filled(text: &str, lookup: &impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            filled.push_str(&rest[..at]);
            filled.push('{');
            rest = &rest[at + 2..];
            continue;
        }
        filled.push_str(&rest[..at]);
        let (name, after) =
            rest[at + 2..].split_once('}').ok_or("`${` without `}`: write `$${` for the text itself")?;
        if !is_name(name) {
            return Err("the text in `${…}` is no name of a variable: write `$${` for the text itself".to_owned());
        }
        filled
            .push_str(&lookup(name).ok_or_else(|| format!("the variable {name} is not set: give it in `variables`"))?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn is_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lookup(name: &str) -> Option<String> {
        (name == "TAG" || name == "_T2").then(|| "v${X}$".to_owned())
    }

    #[test]
    fn variables_are_filled_once_and_can_be_escaped() {
        let mut value = json!({"${TAG}": ["a:${TAG}b${_T2}", "$TAG $$ $", "$${TAG}", "$$${TAG}", 1]});
        fill(&mut value, "", &lookup).unwrap();
        assert_eq!(value, json!({"${TAG}": ["a:v${X}$bv${X}$", "$TAG $$ $", "${TAG}", "$${TAG}", 1]}));
    }

    #[test]
    fn what_cannot_be_filled_is_an_error_with_its_place() {
        for (text, why) in [
            ("${NOPE}", "/a/0: the variable NOPE is not set"),
            ("${TAG:-x}", "/a/0: the text in"),
            ("${1}", "no name"),
            ("${", "without `}`"),
        ] {
            let error = fill(&mut json!({"a": [text]}), "", &lookup).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
