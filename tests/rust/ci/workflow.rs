//! Runs the shell steps of a job, as GitHub's runner does: expressions filled in, outputs handed on, until one fails.
//!
//! Actions are not run, but for this repository's own. What the steps call beside `ecs-rollout` (docker, pipx, pip) is a program that
//! does nothing.

use std::collections::BTreeMap;
use std::path::Path;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};
use serde_json::{Map, Value, json};

use crate::program::{Done, Folder, Program};

/// A text of YAML as a document.
pub(crate) fn read_yaml(text: &str) -> Value {
    let mut parser = Parser::new_from_str(text);
    loop {
        match next(&mut parser) {
            Event::StreamStart | Event::DocumentStart(_) => {}
            event => return node(event, &mut parser),
        }
    }
}

fn next<'a>(parser: &mut Parser<'a, StrInput<'a>>) -> Event<'a> {
    parser.next().unwrap().unwrap_or_else(|error| panic!("{error}")).0
}

fn node<'a>(event: Event<'a>, parser: &mut Parser<'a, StrInput<'a>>) -> Value {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, ..) => {
            let other =
                serde_json::from_str::<Value>(&text).ok().filter(|value| value.is_boolean() || value.is_number());
            other.unwrap_or_else(|| json!(text))
        }
        Event::Scalar(text, ..) => json!(text),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            loop {
                match next(parser) {
                    Event::SequenceEnd => return Value::Array(list),
                    event => list.push(node(event, parser)),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut map = Map::new();
            loop {
                let key = match next(parser) {
                    Event::MappingEnd => return Value::Object(map),
                    Event::Scalar(text, ..) => text.into_owned(),
                    other => panic!("a key is {other:?}"),
                };
                let event = next(parser);
                map.insert(key, node(event, parser));
            }
        }
        other => panic!("{other:?} is not read here"),
    }
}

/// A job that is run.
pub(crate) struct Job<'a> {
    folder: &'a Folder,
    program: Program,
    /// What expressions name: `github.sha`, `env.IMAGE`, `steps.build.outputs.image`.
    context: BTreeMap<String, String>,
    /// The job's variables.
    variables: BTreeMap<String, String>,
    /// The end of each step that was run, by its name or its first line.
    pub(crate) ends: Vec<(String, Done)>,
}

impl<'a> Job<'a> {
    pub(crate) fn new(folder: &'a Folder, program: Program) -> Self {
        for name in ["docker", "pipx", "pip"] {
            folder.program_file(name, "#!/bin/sh\nexit 0\n");
        }
        folder.link_program();
        let context = BTreeMap::from([("github.sha".to_owned(), "abc123".to_owned())]);
        Self {
            folder,
            program: program.with("GITHUB_SHA", "abc123"),
            context,
            variables: BTreeMap::new(),
            ends: Vec::new(),
        }
    }

    /// Takes over the variables of a document: those of a workflow, of a job.
    pub(crate) fn with_variables(mut self, env: &Value) -> Self {
        for (name, value) in members(env) {
            let value = self.filled(&value);
            self.context.insert(format!("env.{name}"), value.clone());
            self.variables.insert(name, value);
        }
        self
    }

    /// Runs the steps of a job, and returns whether all ended well.
    pub(crate) fn run(&mut self, steps: &Value) -> bool {
        let mut is_good = true;
        for step in steps.as_array().unwrap() {
            if !is_good && step["if"] != "always()" {
                continue;
            }
            is_good &= self.step(step);
        }
        is_good
    }

    fn step(&mut self, step: &Value) -> bool {
        if step["uses"].as_str().is_some_and(|name| name.starts_with("ecs-rollout/ecs-rollout@")) {
            return self.own_action(step);
        }
        let Some(script) = step["run"].as_str() else { return true };
        let env: Vec<(String, String)> =
            members(&step["env"]).map(|(name, value)| (name, self.filled(&value))).collect();
        let script = self.filled(script);
        let id = step["id"].as_str().unwrap_or("none");
        let outputs = self.shell(&script, &env, step["name"].as_str());
        for (name, value) in outputs {
            self.context.insert(format!("steps.{id}.outputs.{name}"), value);
        }
        self.ends.last().is_some_and(|(_, done)| done.status == 0)
    }

    /// The step that runs the program in the action of this repository; its installation has a test of its own.
    fn own_action(&mut self, step: &Value) -> bool {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let action = read_yaml(&std::fs::read_to_string(root.join("action.yml")).unwrap());
        let given: BTreeMap<String, String> =
            members(&step["with"]).map(|(name, value)| (name, self.filled(&value))).collect();
        for name in given.keys() {
            assert!(!action["inputs"][name].is_null(), "the action has no input {name}");
        }
        for (name, input) in action["inputs"].as_object().unwrap() {
            let default = input["default"].as_str().map_or_else(String::new, str::to_owned);
            self.context.insert(format!("inputs.{name}"), given.get(name).cloned().unwrap_or(default));
        }
        let inner = action["runs"]["steps"].as_array().unwrap().iter().find(|inner| inner["id"] == "run").unwrap();
        let mut env: Vec<(String, String)> =
            members(&inner["env"]).map(|(name, value)| (name, self.filled(&value))).collect();
        env.push(("GITHUB_ACTION_PATH".to_owned(), root.display().to_string()));
        let outputs = self.shell(inner["run"].as_str().unwrap(), &env, step["name"].as_str());
        for (name, value) in outputs {
            self.context.insert(format!("steps.run.outputs.{name}"), value);
        }
        for (name, output) in action["outputs"].as_object().unwrap() {
            let value = self.filled(output["value"].as_str().unwrap());
            self.context.insert(format!("steps.{}.outputs.{name}", step["id"].as_str().unwrap_or("none")), value);
        }
        self.ends.last().is_some_and(|(_, done)| done.status == 0)
    }

    /// Runs a script as `bash -e -o pipefail`, and returns its outputs.
    pub(crate) fn shell(
        &mut self,
        script: &str,
        env: &[(String, String)],
        name: Option<&str>,
    ) -> Vec<(String, String)> {
        self.folder.write("output", "");
        self.folder.write("script.sh", script);
        let mut command = self.program.under("bash");
        let path = format!("{}:{}", self.folder.path().join("bin").display(), std::env::var("PATH").unwrap());
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "script.sh"]).envs(&self.variables);
        command.envs(env.iter().cloned()).env("PATH", path).env("GITHUB_OUTPUT", self.folder.path().join("output"));
        command.env("RUNNER_TEMP", self.folder.path());
        let done = Done::of(command.output().unwrap());
        let title = name.map_or_else(|| script.lines().next().unwrap_or_default().to_owned(), str::to_owned);
        self.ends.push((title, done));
        outputs(&self.folder.read("output"))
    }

    /// A text with its expressions filled in. One that nothing is known of is empty, as on GitHub.
    fn filled(&self, text: &str) -> String {
        let mut parts = text.split("${{");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once("}}").unwrap();
            filled.push_str(self.context.get(name.trim()).map_or("", String::as_str));
            filled.push_str(rest);
        }
        filled
    }
}

fn members(document: &Value) -> impl Iterator<Item = (String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    document.as_object().into_iter().flatten().map(move |(name, value)| (name.clone(), text(value)))
}

/// The file of outputs, read as the runner reads it: `NAME=VALUE`, or lines up to a delimiter.
pub(crate) fn outputs(text: &str) -> Vec<(String, String)> {
    let mut lines = text.lines();
    let mut all = Vec::new();
    while let Some(line) = lines.next() {
        match (line.split_once("<<"), line.split_once('=')) {
            (Some((name, delimiter)), _) if !name.contains('=') => {
                let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
                all.push((name.to_owned(), value.join("\n")));
            }
            (_, Some((name, value))) => all.push((name.to_owned(), value.to_owned())),
            _ => panic!("{line:?} is no output"),
        }
    }
    all
}
