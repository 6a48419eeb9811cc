//! From a request to the command line of `ecs-rollout` that makes it.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::text;

/// A verb with its request, and the options of the client.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Call {
    pub(crate) verb: String,
    pub(crate) request: Map<String, Value>,
    pub(crate) client: Map<String, Value>,
    /// Options of the program, such as `--output id`.
    pub(crate) program: Vec<String>,
}

/// A command line, and the request that it makes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Command {
    /// The verb.
    pub verb: String,
    /// The command line, over several lines.
    pub line: String,
    /// The request as a document; variables of a shell stand in it as they are.
    pub request: Value,
    /// Options of the client, if there are any: `region`, `profile`, `role`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub client: Map<String, Value>,
}

impl Call {
    pub(crate) fn new(verb: &str) -> Self {
        Self { verb: verb.to_owned(), ..Self::default() }
    }

    /// Sets a value at a place of the request: steps with `/` between them, which must not have one.
    pub(crate) fn set(&mut self, place: &str, value: impl Into<Value>) {
        let mut steps: Vec<&str> = place.split('/').collect();
        let last = steps.pop().unwrap_or_default();
        let mut at = &mut self.request;
        for step in steps {
            let inner = at.entry(step).or_insert_with(|| json!({}));
            if !inner.is_object() {
                *inner = json!({});
            }
            let Value::Object(map) = inner else { return };
            at = map;
        }
        at.insert(last.to_owned(), value.into());
    }

    /// Sets a change to a container, whose name may have variables.
    pub(crate) fn change(&mut self, container: &str, place: &[&str], value: impl Into<Value>) {
        let all = self.request.entry("containers").or_insert_with(|| json!({}));
        let mut at = &mut all[container];
        for step in place {
            at = &mut at[*step];
        }
        *at = value.into();
    }

    pub(crate) fn has(&self, option: &str) -> bool {
        self.request.contains_key(option)
    }

    pub(crate) fn command(&self) -> Command {
        let shown = |map: &Map<String, Value>| match text::shown_document(&Value::Object(map.clone())) {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        Command {
            verb: self.verb.clone(),
            line: self.line("  "),
            request: Value::Object(shown(&self.request)),
            client: shown(&self.client),
        }
    }

    /// The command line. Options after the first line begin with `indent`.
    pub(crate) fn line(&self, indent: &str) -> String {
        let groups = self.groups();
        let mut head = format!("ecs-rollout {}", self.verb.replace('_', "-"));
        if let Some(file) = self.document() {
            head.push_str(&format!(" {}", text::word(file)));
        }
        let short = std::iter::once(head.clone()).chain(groups.iter().cloned()).collect::<Vec<_>>().join(" ");
        if short.chars().count() <= 100 && !short.contains('\n') {
            return short;
        }
        std::iter::once(head).chain(groups).collect::<Vec<_>>().join(&format!(" \\\n{indent}"))
    }

    /// The file that `render` takes as its first word.
    fn document(&self) -> Option<&str> {
        self.request.get("definition").filter(|_| self.verb == "render")?.as_str()
    }

    /// Options with their values.
    fn groups(&self) -> Vec<String> {
        let mut groups = Vec::new();
        let mut trailing = None;
        // The subject comes first, whatever order the other tool has.
        const FIRST: [&str; 3] = ["service", "cluster", "definition"];
        let first = FIRST.into_iter().filter_map(|name| self.request.get_key_value(name));
        let rest = self.request.iter().filter(|(name, _)| !FIRST.contains(&name.as_str()));
        for (name, value) in first.chain(rest) {
            if name == "definition" && self.document().is_some() {
                continue;
            }
            match (name.as_str(), value) {
                ("command", Value::Array(words)) => trailing = Some(words),
                ("containers", Value::Object(containers)) => of_containers(containers, &mut groups),
                ("patch", Value::Object(patch)) => of_patch(patch, &mut groups),
                ("codedeploy", Value::Object(members)) => of_codedeploy(members, &mut groups),
                _ => of_option(name, value, &mut groups),
            }
        }
        self.client.iter().for_each(|(name, value)| of_option(name, value, &mut groups));
        groups.extend(self.program.iter().cloned());
        if let Some(words) = trailing {
            let words: Vec<String> = words.iter().filter_map(Value::as_str).map(text::word).collect();
            groups.push(format!("-- {}", words.join(" ")));
        }
        groups
    }
}

fn of_option(name: &str, value: &Value, groups: &mut Vec<String>) {
    let flag = name.replace('_', "-");
    let mut add = |flag: &str, value: &str| groups.push(format!("--{flag} {}", text::word(value)));
    match value {
        Value::Null => {}
        Value::Bool(true) => groups.push(format!("--{flag}")),
        Value::Bool(false) => groups.push(format!("--no-{flag}")),
        Value::Number(number) => add(&flag, &number.to_string()),
        // A switch by a variable has its value behind `=`.
        Value::String(word) if is_switch(name) && (text::has_variable(word) || name == "verify") => {
            groups.push(format!("--{flag}={}", text::word(word)));
        }
        Value::String(word) => add(&flag, word),
        Value::Object(map) if matches!(name, "images" | "environment" | "variables" | "args") => {
            let flag = flag.trim_end_matches('s');
            map.iter().for_each(|(key, value)| add(flag, &format!("{key}={}", value.as_str().unwrap_or_default())));
        }
        Value::Array(words) if words.iter().all(Value::is_string) => {
            let flag =
                flag.strip_suffix("ies").map_or(flag.trim_end_matches('s').to_owned(), |word| format!("{word}y"));
            words.iter().filter_map(Value::as_str).for_each(|word| add(&flag, word));
        }
        document => add(&flag, &text::json(document)),
    }
}

fn is_switch(name: &str) -> bool {
    matches!(name, "wait" | "force" | "pin" | "verify" | "stop" | "write")
}

/// Variables have an option of their own; all else of a container is a document.
fn of_containers(containers: &Map<String, Value>, groups: &mut Vec<String>) {
    let mut rest = containers.clone();
    for (container, change) in &mut rest {
        let Some(Value::Object(environment)) = change.get_mut("environment") else { continue };
        environment.retain(|name, value| match value.as_str() {
            Some(value) => {
                groups.push(format!("--env {}", text::word(&format!("{container}.{name}={value}"))));
                false
            }
            None => true,
        });
        if environment.is_empty()
            && let Value::Object(change) = change
        {
            change.remove("environment");
        }
    }
    rest.retain(|_, change| change.as_object().is_none_or(|change| !change.is_empty()));
    if !rest.is_empty() {
        groups.push(format!("--containers {}", text::word(&text::json(&Value::Object(rest)))));
    }
}

/// The text of a file cannot stand inside JSON: it has a place of its own.
fn of_codedeploy(members: &Map<String, Value>, groups: &mut Vec<String>) {
    let is_file = |name: &String, value: &Value| name == "appspec" && value.as_str().is_some_and(text::has_variable);
    let (files, rest): (Map<_, _>, Map<_, _>) =
        members.clone().into_iter().partition(|(name, value)| is_file(name, value));
    if !rest.is_empty() {
        of_option("codedeploy", &Value::Object(rest), groups);
    }
    for (name, value) in files {
        groups.push(format!("--codedeploy {}", text::word(&format!("/{name}={}", value.as_str().unwrap_or_default()))));
    }
}

/// Texts of the task have a place; all else is a document.
fn of_patch(patch: &Map<String, Value>, groups: &mut Vec<String>) {
    let mut rest = patch.clone();
    rest.retain(|name, value| match value.as_str() {
        Some(value) => {
            groups.push(format!("--set {}", text::word(&format!("/{name}={value}"))));
            false
        }
        None => true,
    });
    if !rest.is_empty() {
        groups.push(format!("--patch {}", text::word(&text::json(&Value::Object(rest)))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_option_has_its_form() {
        let mut call = Call::new("deploy");
        call.set("service", "api");
        call.set("images/api", format!("repo:{}", text::variable("$TAG")));
        call.change("api", &["environment", "LEVEL"], "a b");
        call.change("api", &["command"], json!(["node", "main.js"]));
        call.set("patch/cpu", "512");
        call.set("patch/runtimePlatform", json!({"cpuArchitecture": "ARM64"}));
        call.set("settings/propagateTags", "SERVICE");
        call.set("wait", false);
        call.set("force", text::variable("$FORCE"));
        call.set("timeout", 600);
        call.client.insert("region".to_owned(), json!("eu-central-1"));
        let expected = r#"ecs-rollout deploy \
  --service api \
  --image "api=repo:$TAG" \
  --env 'api.LEVEL=a b' \
  --containers '{"api":{"command":["node","main.js"]}}' \
  --set /cpu=512 \
  --patch '{"runtimePlatform":{"cpuArchitecture":"ARM64"}}' \
  --settings '{"propagateTags":"SERVICE"}' \
  --no-wait \
  --force="$FORCE" \
  --timeout 600 \
  --region eu-central-1"#;
        assert_eq!(call.line("  "), expected);
        assert_eq!(call.command().request["images"]["api"], "repo:$TAG");
        let mut run = Call::new("run");
        run.set("service", "api");
        run.set("command", json!(["npm", "run", "migrate"]));
        assert_eq!(run.line("  "), "ecs-rollout run --service api -- npm run migrate");
        let mut login = Call::new("login");
        login.set("registries", json!(["123456789012"]));
        assert_eq!(login.line("  "), "ecs-rollout login --registry 123456789012");
    }
}
