//! When a grant is needed, as data: rules over the members of a request.

use serde_json::Value;

/// Decides from a request whether a grant is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Nothing: it depends on what AWS has or on what happens.
    Open,
    /// It is needed if one of these holds.
    Any(&'static [Test]),
    /// It is needed if all of these hold.
    All(&'static [Test]),
    /// The other rule, unless `remove` is given.
    Written(&'static Rule),
    /// The other rule, and `remove` is given.
    Removed(&'static Rule),
    /// CodeDeploy deploys the service: it does if `codedeploy` is given, and otherwise who asks for the policy may know.
    CodeDeploy,
    /// Both rules hold.
    Both(&'static Rule, &'static Rule),
    /// A role is named in `settings`.
    SettingsRoles,
}

/// A test of a request. Places are JSON Pointers, and `*` stands for every entry of a list or map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    /// It is given: not null, not false, not empty, not 0.
    Given(&'static str),
    /// It is not given.
    Absent(&'static str),
    /// It is null.
    Null(&'static str),
    /// It is this word, number or boolean.
    Is(&'static str, &'static str),
    /// It is not this word, number or boolean.
    IsNot(&'static str, &'static str),
    /// It is a text with this in it, or has one.
    Has(&'static str, &'static str),
}

impl Rule {
    /// Whether a grant is needed for a request. `codedeploy`: whether CodeDeploy deploys the service; `None` if that is not known.
    pub(crate) fn applies(&self, request: &Value, codedeploy: Option<bool>) -> bool {
        match self {
            Self::Open => true,
            Self::Any(tests) => tests.iter().any(|test| test.holds(request)),
            Self::All(tests) => tests.iter().all(|test| test.holds(request)),
            Self::Written(rule) => rule.applies(request, codedeploy) && Test::Absent("/remove").holds(request),
            Self::Removed(rule) => rule.applies(request, codedeploy) && Test::Given("/remove").holds(request),
            Self::CodeDeploy => request.get("codedeploy").is_some_and(Value::is_object) || codedeploy != Some(false),
            Self::Both(one, other) => one.applies(request, codedeploy) && other.applies(request, codedeploy),
            Self::SettingsRoles => !super::named::roles(&request["settings"]).is_empty(),
        }
    }
}

impl Rule {
    /// Whether it is about a service that CodeDeploy deploys.
    pub(crate) fn is_of_codedeploy(&self) -> bool {
        match self {
            Self::CodeDeploy => true,
            Self::Both(one, other) => one.is_of_codedeploy() || other.is_of_codedeploy(),
            _ => false,
        }
    }
}

impl Test {
    pub(crate) fn holds(&self, request: &Value) -> bool {
        match self {
            Self::Given(place) => at(request, place).into_iter().any(is_given),
            Self::Absent(place) => !Self::Given(place).holds(request),
            Self::Null(place) => at(request, place).into_iter().any(Value::is_null),
            Self::Is(place, word) => at(request, place).into_iter().any(|value| is_word(value, word)),
            Self::IsNot(place, word) => !Self::Is(place, word).holds(request),
            Self::Has(place, part) => at(request, place).into_iter().any(|value| has(value, part)),
        }
    }
}

/// The values at a place.
pub(crate) fn at<'a>(value: &'a Value, place: &str) -> Vec<&'a Value> {
    let steps = place.split('/').skip(1);
    steps.fold(vec![value], |values, step| {
        let next = |value: &'a Value| -> Vec<&'a Value> {
            match (step, value) {
                ("*", Value::Array(list)) => list.iter().collect(),
                ("*", Value::Object(map)) => map.values().collect(),
                _ => value.get(step).into_iter().collect(),
            }
        };
        values.into_iter().flat_map(next).collect()
    })
}

fn is_given(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_on) => *is_on,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

fn is_word(value: &Value, word: &str) -> bool {
    match value {
        Value::String(text) => text == word,
        other => {
            let spelt = other.to_string();
            spelt == word
        }
    }
}

fn has(value: &Value, part: &str) -> bool {
    match value {
        Value::String(text) => text.contains(part),
        Value::Array(list) => list.iter().any(|value| has(value, part)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_tells_what_it_needs() {
        let request = json!({
            "desired": 0, "wait": false, "cpu": null, "images": {}, "recover": "rollback", "registries": ["public.ecr.aws"],
            "before": [{"stop": false}, {"stop": true}], "target": {"http": {"url": "x"}}
        });
        for (test, expected) in [
            (Test::Given("/desired"), false),
            (Test::Is("/desired", "0"), true),
            (Test::Is("/wait", "false"), true),
            (Test::IsNot("/verify", "false"), true),
            (Test::Null("/cpu"), true),
            (Test::Null("/memory"), false),
            (Test::Given("/images"), false),
            (Test::Absent("/images"), true),
            (Test::Is("/recover", "rollback"), true),
            (Test::Has("/registries", "public.ecr"), true),
            (Test::Given("/before/*/stop"), true),
            (Test::Given("/target/http"), true),
            (Test::Given("/target/task"), false),
        ] {
            assert_eq!(test.holds(&request), expected, "{test:?}");
        }
    }

    #[test]
    fn who_deploys_may_be_known_from_the_request_or_by_whoever_asks() {
        for (request, known, expected) in [
            (json!({}), None, true),
            (json!({}), Some(false), false),
            (json!({}), Some(true), true),
            (json!({"codedeploy": {}}), Some(false), true),
            (json!({"codedeploy": null}), Some(false), false),
        ] {
            assert_eq!(Rule::CodeDeploy.applies(&request, known), expected, "{request} {known:?}");
        }
        const HTTP: Rule = Rule::Any(&[Test::Given("/target/http")]);
        let removed = json!({"target": {"http": {"url": "x"}}, "remove": true});
        assert!(!Rule::Written(&HTTP).applies(&removed, None) && Rule::Removed(&HTTP).applies(&removed, None));
    }
}
