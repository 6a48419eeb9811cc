//! Reads options from a document, and explains what is wrong with one. No text repeats a value: it may be a secret.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};
use serde_json::{Map, Value};

use super::names::{DEPLOYMENT, elsewhere, meant, suggestion};
use super::unset::NOT_SET;
use crate::error::Error;

/// Options for which `null` means removal, which differs from an option that is not given.
const NULLABLE: [&str; 3] = ["cpu", "memory", "requests"];

/// Options that are not `null` on purpose, and what is used instead.
const REPLACED: [(&str, &str); 17] = [
    ("before", "no task runs before the deployment"),
    ("at_pause", "no task runs where the deployment waits"),
    ("after", "no task runs once the deployment is live"),
    ("until", "the watch ends with the verdict"),
    ("service", "no service is used"),
    ("cluster", "the cluster \"default\" is used"),
    ("definition", "the definition that the service runs now is used"),
    ("images", "no image changes"),
    ("containers", "no container changes"),
    ("environment", "no variable is set"),
    ("patch", "nothing is patched"),
    ("variables", "no ${NAME} is filled in"),
    ("settings", "no setting changes"),
    ("to", "the definition before the present one is used"),
    ("deployment", "the newest deployment is used"),
    ("key", "the run gets a new key"),
    ("command", "the container's own command runs"),
];

/// Options that do nothing if they are empty.
const NOTHING: [&str; 3] = ["images", "containers", "patch"];

/// Options that change something; so does `definition` if it is deployed.
const CHANGES: [&str; 8] = ["images", "containers", "patch", "variables", "settings", "desired", "force", "pin"];

/// What to do about what is empty.
const FILL: &str = "fill it, or omit it";

/// Options that were `null` or empty, so that a default is used. Each becomes a warning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unset(Vec<Caution>);

/// A rule, the option, what was done, and what to do.
type Caution = (&'static str, String, String, &'static str);

impl Unset {
    /// Removes the known options that are `null`: the warnings about them, and their names.
    fn take(options: &mut Map<String, Value>, known: &[&str]) -> (Self, Vec<String>) {
        let (mut warnings, mut removed) = (Vec::new(), Vec::new());
        // What is deployed is a change; what is registered or run is only the base of one.
        let is_deployed = known.contains(&"desired");
        let is_change = |(name, value): (&String, &Value)| {
            let is_nothing = value.is_null() || *value == false || value.as_object().is_some_and(Map::is_empty);
            (CHANGES.contains(&name.as_str()) || (is_deployed && name == "definition"))
                && (!is_nothing || name == "variables")
        };
        let changes = options.iter().any(is_change);
        let empty = |option: String, what: &str| {
            ("empty_option", option, format!("an empty object was given, so {what}"), FILL)
        };
        let is_known_option = |name: &str| known.contains(&name);
        if let (Some(Value::Object(containers)), true) = (options.get("containers"), is_known_option("containers")) {
            let idle = containers.iter().filter(|(_, change)| change.as_object().is_some_and(Map::is_empty));
            warnings.extend(idle.map(|(name, _)| empty(format!("containers.{name}"), "it changes nothing")));
        }
        for option in ["before", "at_pause", "after"].into_iter().filter(|option| is_known_option(option)) {
            let tasks = options.get(option).and_then(Value::as_array).into_iter().flatten().enumerate();
            let idle = tasks.filter(|(_, task)| task.as_object().is_some_and(Map::is_empty));
            warnings.extend(idle.map(|(at, _)| empty(format!("{option}[{at}]"), "the container's own command runs")));
        }
        options.retain(|name, value| {
            if !known.contains(&name.as_str()) {
                return true;
            }
            let is_empty = value.as_object().is_some_and(Map::is_empty);
            if NOTHING.contains(&name.as_str()) && is_empty && !changes {
                warnings.push(empty(name.clone(), "it changes nothing"));
            }
            if !value.is_null() || NULLABLE.contains(&name.as_str()) {
                return true;
            }
            if let Some((option, instead)) = REPLACED.into_iter().find(|(option, _)| option == name) {
                warnings.push(("null_option", option.to_owned(), format!("null was given, so {instead}"), NOT_SET));
            }
            removed.push(name.clone());
            false
        });
        (Self(warnings), removed)
    }

    /// The warnings.
    pub(crate) fn into_warnings(self) -> impl Iterator<Item = Caution> {
        self.0.into_iter()
    }
}

thread_local! {
    /// What the requests that are being read take as their `unset`, in their order: serde has no other way in.
    static UNSET: RefCell<VecDeque<Unset>> = const { RefCell::new(VecDeque::new()) };
}

/// The `unset` of the request that is being read.
pub(crate) fn unset() -> Unset {
    UNSET.with_borrow_mut(|queue| queue.pop_front().unwrap_or_default())
}

/// Reads options; `what` is what the error calls the whole.
///
/// # Errors
/// [`Error::Invalid`] where an option is unknown, missing or of a wrong type; it names the option.
#[doc(hidden)]
pub fn parse_options<T: DeserializeOwned>(what: &str, mut options: Value) -> Result<T, Error> {
    let known = members::<T>();
    let mut removed = Vec::new();
    let mut queue = VecDeque::new();
    // `None` and `null` are how callers in other languages leave an option away.
    if let Value::Object(options) = &mut options {
        if known.contains(&"defaults") {
            apply_defaults(options);
        }
        let (unset, names) = Unset::take(options, known);
        removed = names;
        match options.get_mut("services").and_then(Value::as_array_mut) {
            Some(services) if known.contains(&"services") => {
                let each = services.iter_mut().filter_map(Value::as_object_mut);
                queue.extend(each.map(|one| Unset::take(one, &DEPLOYMENT).0));
            }
            _ => queue.push_back(unset),
        }
    }
    UNSET.set(queue);
    let read = serde_path_to_error::deserialize(options);
    UNSET.take();
    read.map_err(|error| {
        let (path, words) = (error.path().to_string(), error.inner().to_string());
        match words.strip_prefix("missing field ").map(|name| name.trim_matches('`')) {
            Some(name) if removed.iter().any(|removed| removed == name) => {
                Error::invalid(name, format!("null given, and this option is needed; {NOT_SET}"))
            }
            _ => explain(what, &path, &words),
        }
    })
}

/// Gives each of the services what `defaults` has and it does not give itself.
fn apply_defaults(options: &mut Map<String, Value>) {
    if let (Some(Value::Object(_)), Some(Value::Array(services))) = (options.get("defaults"), options.get("services")) {
        let defaults = options["defaults"].clone();
        let merged = services
            .iter()
            .map(|service| if service.is_object() { with_defaults(&defaults, service) } else { service.clone() });
        options["services"] = merged.collect();
        options.shift_remove("defaults");
    }
}

/// A document over its defaults: objects are merged member by member, but a whole `definition` is one value.
pub(crate) fn with_defaults(defaults: &Value, own: &Value) -> Value {
    match (defaults, own) {
        (Value::Object(defaults), Value::Object(own)) => {
            let mut merged = own.clone();
            for (name, default) in defaults {
                match merged.get(name) {
                    None => _ = merged.insert(name.clone(), default.clone()),
                    Some(value) if name != "definition" => merged[name] = with_defaults(default, value),
                    Some(_) => {}
                }
            }
            Value::Object(merged)
        }
        _ => own.clone(),
    }
}

/// Reads a value that was given: `null` is not a way to leave this one away.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The names of the members of a type that is read as an object; none for any other.
fn members<T: DeserializeOwned>() -> &'static [&'static str] {
    let members = Cell::new(&[][..]);
    // It gives no value, so that reading ends as soon as it has begun.
    let _ = T::deserialize(Members(&members));
    members.get()
}

struct Members<'a>(&'a Cell<&'static [&'static str]>);

impl<'de> Deserializer<'de> for Members<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.set(fields);
        self.deserialize_any(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("only the names are asked for"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Turns serde's error into ours. The value is left out: it may be a secret.
pub(crate) fn explain(what: &str, path: &str, words: &str) -> Error {
    let place = if path == "." { what.to_owned() } else { path.to_owned() };
    if let Some(rest) = words.strip_prefix("unknown field ") {
        let mut names = rest.split('`').skip(1).step_by(2);
        let unknown = names.next().unwrap_or_default().to_owned();
        let known: Vec<&str> = names.collect();
        // serde_path_to_error counts the unknown name itself to the path.
        let place = place.strip_suffix(&unknown).map_or(place.as_str(), |rest| rest.trim_end_matches('.'));
        let place = if place.is_empty() { what } else { place };
        let hint = meant(&unknown, &known).or_else(|| elsewhere(&unknown, &known));
        let hint = hint.unwrap_or_else(|| suggestion(&unknown, &known));
        return Error::invalid(place, format!("unknown option {unknown:?}{hint}"));
    }
    if let Some(rest) = words.strip_prefix("missing field ") {
        return Error::invalid(place, format!("the option {} is needed", rest.replace('`', "\"")));
    }
    if let Some((_, known)) = words.strip_prefix("unknown variant ").and_then(|rest| rest.rsplit_once(", expected ")) {
        let known = known.strip_prefix("one of ").unwrap_or(known).replace('`', "\"");
        return Error::invalid(place, format!("this word is not known; give {known}"));
    }
    match words.rsplit_once(", expected ") {
        Some((given, expected)) if given.starts_with("invalid ") => {
            let is_type = given.starts_with("invalid type");
            let given = given.split_once(": ").map_or("", |(_, given)| given);
            let given = given.split(['"', '`']).next().unwrap_or_default().trim();
            let (given, expected) = (Kind::given(given), Kind::expected(expected));
            if (&given, &expected) == (&Kind::Number, &Kind::Whole) {
                return Error::invalid(place, format!("{} expected", expected.word()));
            }
            let remedy = if is_type { remedy(&place, &given, &expected) } else { String::new() };
            Error::invalid(place, format!("{} given, {} expected{remedy}", given.word(), expected.word()))
        }
        _ => Error::invalid(place, words),
    }
}

/// What kind of value was given, or expected.
#[derive(PartialEq)]
enum Kind {
    Null,
    Text,
    Number,
    Whole,
    Boolean,
    Object,
    List,
    Other(String),
}

impl Kind {
    /// Reads serde's word for the type of a value; empty if the type is right.
    fn given(word: &str) -> Self {
        match word {
            "null" | "unit value" | "Option value" => Self::Null,
            "string" | "character" | "string value" => Self::Text,
            "integer" | "floating point" | "number" => Self::Number,
            "boolean" => Self::Boolean,
            "sequence" => Self::List,
            "map" => Self::Object,
            "" => Self::Other("a value".to_owned()),
            other => Self::Other(other.to_owned()),
        }
    }

    fn expected(words: &str) -> Self {
        match words {
            "a string" | "string" | "a borrowed string" | "path string" | "a character" => Self::Text,
            "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" => Self::Whole,
            "f64" | "f32" => Self::Number,
            "a boolean" => Self::Boolean,
            "a sequence" | "unit" => Self::List,
            "a map" => Self::Object,
            _ if words.starts_with("struct ") => Self::Object,
            _ if words.starts_with("enum ") || words.starts_with("variant ") || words == "string or map" => Self::Text,
            other => Self::Other(other.to_owned()),
        }
    }

    fn word(&self) -> &str {
        match self {
            Self::Null => "null",
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Whole => "a whole number of 0 or more",
            Self::Boolean => "true or false",
            Self::Object => "an object",
            Self::List => "a list",
            Self::Other(words) => words,
        }
    }
}

/// What to do, after a semicolon; empty if the types are enough.
fn remedy(place: &str, given: &Kind, expected: &Kind) -> String {
    let option = place.split(['.', '[']).next().unwrap_or_default();
    let last = place.rsplit('.').next().unwrap_or_default();
    let remedy = match (given, expected) {
        (Kind::Null, _) => NOT_SET,
        (Kind::Text, Kind::Number) if last == "timeout" => "give the seconds as a number, such as 600 for ten minutes",
        (Kind::Text, Kind::Number | Kind::Whole) => "give the number without quotes",
        (Kind::Text, Kind::Boolean) => "give true or false without quotes",
        (Kind::Text, Kind::List) if matches!(last, "command" | "entrypoint") => {
            "give its words one by one, such as [\"npm\", \"run\", \"migrate\"]"
        }
        (Kind::Text, Kind::Object) if place.contains("after[") => {
            "these are tasks: the services that come first are given as `needs`"
        }
        (Kind::Text | Kind::Object, Kind::List) => "put it into a list",
        (Kind::Text, Kind::Object) if option == "images" => "give {container: image}, such as {\"api\": \":v2\"}",
        (Kind::Text, Kind::Object) => "where it is JSON, read it into an object first",
        (Kind::List, Kind::Object) if matches!(last, "environment" | "secrets" | "labels") => {
            "give {NAME: value}, not a list of name and value"
        }
        (Kind::List, Kind::Object) if option == "images" => "give {container: image}",
        (Kind::List, Kind::Object) if last == "containers" => "give {container: {…}}, by the names of the containers",
        (_, Kind::Text) if last == "recover" => "give \"leave\" or \"rollback\"",
        (Kind::Number | Kind::Boolean, Kind::Text) => "put it into quotes",
        (Kind::Object, Kind::Text) if option == "images" => {
            "the image of a container is a text; all else of it belongs into `containers`"
        }
        (Kind::Boolean, Kind::Object) if last == "codedeploy" => {
            "which controller deploys is the service's own setting: give {} or omit it"
        }
        _ => return String::new(),
    };
    format!("; {remedy}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::deployment::Deployment;
    use crate::types::fleet::DeployAll;

    #[test]
    fn the_options_of_deploy_are_known_by_name() {
        let sorted = |names: &[&'static str]| {
            let mut names = names.to_vec();
            names.sort_unstable();
            names
        };
        assert_eq!(sorted(members::<Deployment>()), sorted(&DEPLOYMENT));
    }

    #[test]
    fn null_leaves_an_option_away_and_is_kept_where_that_may_be_a_mistake() {
        let codes = |options: Value| {
            let read: Deployment = parse_options("options", options).unwrap();
            read.unset.into_warnings().map(|(code, option, ..)| (code, option)).collect::<Vec<_>>()
        };
        let one = |code: &'static str, option: &str| vec![(code, option.to_owned())];
        for (options, expected) in [
            (json!({"service": "a", "desired": null, "codedeploy": null}), Vec::new()),
            (json!({"service": "a", "cluster": null}), one("null_option", "cluster")),
            (json!({"service": "a", "before": null}), one("null_option", "before")),
            (json!({"service": "a", "images": {}}), one("empty_option", "images")),
            (json!({"service": "a", "images": {}, "desired": 2}), Vec::new()),
            (json!({"service": "a", "images": {}, "definition": "api"}), Vec::new()),
            (json!({"service": "a", "patch": {}}), one("empty_option", "patch")),
            (json!({"service": "a", "containers": {"api": {}}}), one("empty_option", "containers.api")),
            (json!({"service": "a", "before": [{"command": ["a"]}, {}]}), one("empty_option", "before[1]")),
            (json!({"service": "a", "after": [{}]}), one("empty_option", "after[0]")),
            (json!({"service": "a", "until": null}), one("null_option", "until")),
            (json!({"service": "a", "settings": {}, "variables": {}}), Vec::new()),
        ] {
            assert_eq!(codes(options.clone()), expected, "{options}");
        }
        let run: crate::types::task::Run =
            parse_options("options", json!({"definition": "api", "images": {}, "command": null})).unwrap();
        let options: Vec<_> = run.unset.into_warnings().map(|(_, option, ..)| option).collect();
        assert_eq!(options, ["images", "command"]);
        let services = json!({"services": [{"service": "a"}, {"service": "b", "cluster": null}]});
        let all: DeployAll = parse_options("options", services).unwrap();
        let count = |at: usize| all.services[at].unset.clone().into_warnings().count();
        assert_eq!((count(0), count(1)), (0, 1));
        let error =
            parse_options::<DeployAll>("options", json!({"services": [], "timeout": 5})).unwrap_err().to_string();
        assert!(error.contains("\"timeout\" belongs to each service"), "{error}");
        for (options, text) in [
            (json!({"service": null}), "service: null given, and this option is needed"),
            (json!({"service": "a", "clustr": null}), "did you mean \"cluster\"?"),
            (
                json!({"service": "a", "images": {"api": null}}),
                "images.api: null given, a text expected; is the variable",
            ),
        ] {
            let error = parse_options::<Deployment>("options", options).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
    }
}
