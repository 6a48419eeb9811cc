//! Values in a state of Terraform or OpenTofu, by their addresses (pure). Format version 4.

use serde_json::Value;

use crate::options::names;
use crate::redact::secrets;

/// Why there is no value for an address, and what to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Missing {
    pub(crate) text: String,
    pub(crate) advice: String,
}

fn missing<T>(text: impl Into<String>, advice: impl Into<String>) -> Result<T, Missing> {
    Err(Missing { text: text.into(), advice: advice.into() })
}

/// What to give instead of a value that is a secret.
const SECRET: &str = "a secret's value is never put into a definition: keep it in Secrets Manager or a SecureString, and give its ARN in \
                      `secrets` of the container";

/// A step of an address: a name, or what stands in brackets.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Name(String),
    Index(Value),
}

/// The value at an address, as a text.
pub(crate) fn value(state: &Value, address: &str) -> Result<String, Missing> {
    check_version(state)?;
    let steps = steps(address)?;
    let (kind, rest) = split(&steps);
    match kind {
        Some("output") => output(state, rest),
        _ => attribute(state, &steps),
    }
}

fn check_version(state: &Value) -> Result<(), Missing> {
    if state.get("encrypted_data").is_some() {
        return missing("the state is encrypted", "give a state that is not, or the text itself");
    }
    match &state["version"] {
        Value::Number(version) if version.as_u64() == Some(4) => Ok(()),
        Value::Null => missing("it is no state of Terraform: it has no `version`", "give a terraform.tfstate"),
        version => missing(
            format!("the state has the format version {version}"),
            "give one of version 4: Terraform 0.12 and later, and OpenTofu",
        ),
    }
}

/// `a.b["c.d"][0]` in steps.
fn steps(address: &str) -> Result<Vec<Step>, Missing> {
    let wrong = || {
        missing(
            format!("{address:?} is no address"),
            "write output.name, aws_vpc.main.id, or module.net.aws_subnet.a[\"x\"].id",
        )
    };
    let mut steps = Vec::new();
    let mut rest = address.trim();
    loop {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        if end == 0 {
            return wrong();
        }
        steps.push(Step::Name(rest[..end].to_owned()));
        rest = &rest[end..];
        while let Some(inner) = rest.strip_prefix('[') {
            let Some((index, after)) = index(inner) else { return wrong() };
            steps.push(Step::Index(index));
            rest = after;
        }
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None if rest.is_empty() => return Ok(steps),
            None => return wrong(),
        }
    }
}

/// What stands in brackets, without the first of them, and what follows: a number, or a text in quotation marks of either kind.
fn index(inner: &str) -> Option<(Value, &str)> {
    if let Some(quote) = inner.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let (text, after) = inner[1..].split_once(quote)?;
        return Some((Value::String(text.to_owned()), after.strip_prefix(']')?));
    }
    let (number, after) = inner.split_once(']')?;
    Some((Value::Number(number.trim().parse::<u64>().ok()?.into()), after))
}

fn split(steps: &[Step]) -> (Option<&str>, &[Step]) {
    match steps.split_first() {
        Some((Step::Name(name), rest)) => (Some(name), rest),
        _ => (None, steps),
    }
}

fn output(state: &Value, rest: &[Step]) -> Result<String, Missing> {
    let (Some(name), rest) = split(rest) else {
        return missing("the address names no output", "write output.name");
    };
    let Some(output) = state["outputs"].get(name) else {
        let known: Vec<&str> =
            state["outputs"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        return missing(format!("the state has no output {name:?}"), near(name, &known));
    };
    if output["sensitive"] == true {
        return missing(format!("the output {name:?} is sensitive"), SECRET);
    }
    let found = follow(&output["value"], rest)?;
    if secrets::looks_secret(name, &found) && !found.starts_with("arn:") {
        return missing(format!("the output {name:?} looks like a secret"), SECRET);
    }
    plain(rest, found)
}

/// The parts of an address of a resource.
#[derive(Default)]
struct Resource {
    module: String,
    mode: &'static str,
    kind: String,
    name: String,
}

fn attribute(state: &Value, steps: &[Step]) -> Result<String, Missing> {
    let (resource, rest) = resource(steps)?;
    let all = state["resources"].as_array().map_or(&[][..], Vec::as_slice);
    let address = |one: &Value| {
        let part = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        let module = part("module");
        let dot = if module.is_empty() { "" } else { "." };
        let data = if one["mode"] == "data" { "data." } else { "" };
        format!("{module}{dot}{data}{}.{}", part("type"), part("name"))
    };
    let is_it = |one: &&Value| {
        one["module"].as_str().unwrap_or_default() == resource.module
            && one["mode"].as_str().unwrap_or("managed") == resource.mode
            && one["type"] == resource.kind.as_str()
            && one["name"] == resource.name.as_str()
    };
    let Some(found) = all.iter().find(is_it) else {
        let own = serde_json::json!({"module": resource.module, "mode": resource.mode, "type": resource.kind, "name": resource.name});
        let own = address(&own);
        let known: Vec<String> = all.iter().map(address).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        return missing(format!("the state has no resource {own}"), near(&own, &known));
    };
    let (instance, rest) = instance(found, rest)?;
    check_marks(instance, rest)?;
    plain(rest, follow(&instance["attributes"], rest)?)
}

/// The resource that an address begins with, and what follows.
fn resource(steps: &[Step]) -> Result<(Resource, &[Step]), Missing> {
    let mut resource = Resource { mode: "managed", ..Resource::default() };
    let mut rest = steps;
    while let [Step::Name(word), Step::Name(name), after @ ..] = rest
        && word == "module"
    {
        let dot = if resource.module.is_empty() { "" } else { "." };
        resource.module.push_str(&format!("{dot}module.{name}"));
        rest = after;
        if let [Step::Index(index), after @ ..] = rest {
            resource.module.push_str(&format!("[{index}]"));
            rest = after;
        }
    }
    if let [Step::Name(word), after @ ..] = rest
        && word == "data"
    {
        (resource.mode, rest) = ("data", after);
    }
    match rest {
        [Step::Name(kind), Step::Name(name), after @ ..] => {
            (resource.kind, resource.name) = (kind.clone(), name.clone());
            Ok((resource, after))
        }
        _ => missing("the address names no attribute of a resource", "write it as aws_vpc.main.id, or output.name"),
    }
}

/// The instance that is meant, and the steps within it.
fn instance<'a, 's>(resource: &'a Value, steps: &'s [Step]) -> Result<(&'a Value, &'s [Step]), Missing> {
    let all = resource["instances"].as_array().map_or(&[][..], Vec::as_slice);
    let key = |one: &Value| one.get("index_key").filter(|key| !key.is_null()).cloned();
    let keys = || all.iter().filter_map(key).take(10).map(|key| format!("[{key}]")).collect::<Vec<_>>().join(", ");
    match (steps, all) {
        ([Step::Index(index), rest @ ..], _) => match all.iter().find(|one| key(one).as_ref() == Some(index)) {
            Some(one) => Ok((one, rest)),
            // An index of a single resource is one of its attributes' at most.
            None => missing(format!("the resource has no instance [{index}]"), format!("known are {}", keys())),
        },
        (steps, [one]) if key(one).is_none() => Ok((one, steps)),
        (_, []) => missing("the resource has no instance", "it has a count of 0, or is not made yet"),
        _ => missing("the resource has several instances", format!("name one: {}", keys())),
    }
}

/// Refuses what Terraform has marked as sensitive.
fn check_marks(instance: &Value, steps: &[Step]) -> Result<(), Missing> {
    let marked = instance["sensitive_attributes"].as_array().map_or(&[][..], Vec::as_slice);
    let is_marked = marked.iter().any(|path| {
        let path = path.as_array().map_or(&[][..], Vec::as_slice);
        !path.is_empty()
            && path.iter().zip(steps).all(|(mark, step)| match step {
                Step::Name(name) => mark["value"] == name.as_str() || mark["value"]["value"] == name.as_str(),
                Step::Index(index) => &mark["value"]["value"] == index || &mark["value"] == index,
            })
    });
    match is_marked {
        true => missing("Terraform has marked the attribute as sensitive", SECRET),
        false => Ok(()),
    }
}

/// Refuses an attribute that is called as a secret is, or holds what looks like a key: older versions of Terraform do not mark them.
fn plain(steps: &[Step], text: String) -> Result<String, Missing> {
    let name = steps.iter().rev().find_map(|step| match step {
        Step::Name(name) => Some(name.as_str()),
        Step::Index(_) => None,
    });
    match secrets::looks_secret(name.unwrap_or_default(), &text) && !text.starts_with("arn:") {
        true => missing("the attribute looks like a secret", SECRET),
        false => Ok(text),
    }
}

/// A value's text, some steps on.
fn follow(value: &Value, steps: &[Step]) -> Result<String, Missing> {
    let Some((step, rest)) = steps.split_first() else {
        return match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(is_on) => Ok(is_on.to_string()),
            Value::Null => {
                missing("its value is null", "it has no value yet: apply the configuration, or name another attribute")
            }
            Value::Array(_) => missing("its value is a list", "name one of its values, such as [0]"),
            Value::Object(members) => {
                let known: Vec<&str> = members.keys().map(String::as_str).take(10).collect();
                missing("its value is no text but a map", format!("name one of its members: {}", known.join(", ")))
            }
        };
    };
    let (next, name) = match step {
        Step::Name(name) => (value.get(name), name.clone()),
        Step::Index(Value::String(key)) => (value.get(key), key.clone()),
        Step::Index(index) => {
            let at = index.as_u64().and_then(|at| usize::try_from(at).ok());
            (at.and_then(|at| value.get(at)), index.to_string())
        }
    };
    match next {
        Some(next) => follow(next, rest),
        None => {
            let known: Vec<&str> = value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            missing(format!("there is no {name:?}"), near(&name, &known))
        }
    }
}

/// The nearest known name, or what to look at.
pub(crate) fn near(name: &str, known: &[&str]) -> String {
    match known {
        [] => "there are none: check that it is the right one".to_owned(),
        known => {
            let hint = names::suggestion(name, known);
            let hint = hint.trim_start_matches(": ");
            // A list of many names helps nobody.
            if hint.starts_with("known are") && known.len() > 10 {
                "check its name".to_owned()
            } else {
                hint.to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests;
