//! From a command line to a request: a file, then the environment's variables, then the options over both.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde_json::{Map, Value, json};

use super::arguments::{client_id, off_id, request_id, subject};
use super::refusal::Refusal;
use super::{value, variables};
use crate::definition::place;
use crate::definition::schema::{RUN, SERVICE, Shape, TASK};
use crate::error::Error;
use crate::options::schema::{Described, Kind};

/// A request as it was asked for, and the file that it comes from.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) options: Value,
    file: Option<RequestFile>,
}

#[derive(Debug)]
struct RequestFile {
    path: PathBuf,
    text: String,
}

impl Asked {
    /// A request of these options.
    pub(crate) fn of(options: Value) -> Self {
        Self { options, file: None }
    }

    /// An error of core about the request, with its place in the file where it stands there.
    pub(crate) fn placed(&self, error: Error) -> Refusal {
        let path = match &error {
            Error::Invalid { path, .. } => path.clone(),
            Error::ContainerMissing { place, container, .. } => {
                place.clone().or_else(|| Some(format!("images.{container}")))
            }
            _ => None,
        };
        let mut refusal = Refusal::from(error);
        if let (Some(file), Some(path)) = (&self.file, path)
            && let Some((line, column)) = place::find(&file.text, &path, &refusal.text)
        {
            refusal.text = format!("{}:{line}:{column}: {}", file.path.display(), refusal.text);
        }
        refusal
    }
}

/// The command for many services, and its request, if the file of `deploy` or `plan` is one of many: it has `services`.
pub(crate) fn of_many(verb: &str, matches: &ArgMatches) -> Result<Option<(&'static str, Asked)>, Refusal> {
    let command = match verb {
        "deploy" => "deploy-all",
        "plan" => "plan-all",
        _ => return Ok(None),
    };
    let Some((path, _, document)) = file(matches)? else { return Ok(None) };
    if document.get("services").is_none() {
        return Ok(None);
    }
    let mut options = json!({"file": path});
    for (name, given) in given(&super::arguments::of_verb(verb), matches)? {
        if !["recover", "variables"].contains(&name.as_str()) {
            let text = format!("{}: --{name} is an option of one service", path.display());
            let hint = "give it to the service in the file, or under `defaults` for all of them".to_owned();
            return Err(Refusal::usage(text, Some(hint)));
        }
        options[name] = given;
    }
    Ok(Some((command, Asked::of(options))))
}

/// Reads the request of a command.
pub(crate) fn request(options: &[Described], matches: &ArgMatches) -> Result<Asked, Refusal> {
    let file = file(matches)?;
    let (mut request, file) = match file {
        Some((path, text, document)) => (with_definition(document, &path)?, Some(RequestFile { path, text })),
        None => (json!({}), None),
    };
    for (name, variable) in variables::OF_VERBS {
        if let (Some(option), Some(given)) =
            (options.iter().find(|option| option.name == name), variables::value(variable))
        {
            request[name] = variable_value(option, variable, &given)?;
        }
    }
    let given = given(options, matches)?;
    value::merge(&mut request, Value::Object(given));
    if let (Some(missing), true) = (options.iter().find(|option| is_missing(option, &request)), file.is_none()) {
        return Err(needed(missing, options));
    }
    Ok(Asked { options: request, file })
}

/// Reads the settings of the client.
pub(crate) fn client(options: &[Described], matches: &ArgMatches) -> Result<Value, Refusal> {
    let mut settings = json!({});
    for (name, variable) in variables::OF_CLIENT {
        if let Some(given) = variables::value(variable) {
            settings[name] = json!(given);
        }
    }
    for option in options {
        if let Some(given) = option_value(option, &client_id(&option.name), matches)? {
            settings[option.name.as_str()] = given;
        }
    }
    Ok(settings)
}

/// The request file: its path, its text and its document.
fn file(matches: &ArgMatches) -> Result<Option<(PathBuf, String, Value)>, Refusal> {
    let named = matches.try_get_one::<String>("file").ok().flatten().cloned();
    let Some(path) = named.or_else(|| variables::value(variables::FILE)).map(PathBuf::from) else { return Ok(None) };
    let (text, document) = value::read_file(&path)?;
    if !document.is_object() {
        return Err(Error::invalid(format!("{}:1:1", path.display()), "a request is an object of options").into());
    }
    Ok(Some((path, text, document)))
}

/// With the documents that its `definition` options name as files, which stand beside the request file.
fn with_definition(mut request: Value, path: &Path) -> Result<Value, Refusal> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let services = request.get_mut("services").and_then(Value::as_array_mut);
    for one in services.into_iter().flatten() {
        read_definition(one, folder)?;
    }
    read_definition(&mut request, folder)?;
    Ok(request)
}

fn read_definition(request: &mut Value, folder: &Path) -> Result<(), Refusal> {
    if let Some(name) = request.get("definition").and_then(Value::as_str) {
        request["definition"] = value::definition(name, folder)?;
    }
    Ok(())
}

fn variable_value(option: &Described, variable: &str, given: &str) -> Result<Value, Refusal> {
    match option.kind {
        Kind::Number => given
            .trim()
            .parse()
            .map(Value::Number)
            .map_err(|_| Refusal::usage(format!("{variable}: a number is expected"), None)),
        _ if option.name == "definition" => value::definition(given, Path::new("")),
        _ => Ok(json!(given)),
    }
}

/// The request, as the command line gives it.
pub(crate) fn given(options: &[Described], matches: &ArgMatches) -> Result<Map<String, Value>, Refusal> {
    let mut given = Map::new();
    if let (Some(option), Some(word)) = (subject(options), one(matches, "subject")) {
        given.insert(option.name.clone(), json!(word));
    }
    for option in options {
        if let Some(value) = option_value(option, &request_id(&option.name), matches)? {
            given.insert(option.name.clone(), value);
        }
    }
    let mut given = Value::Object(given);
    let has = |name: &str| options.iter().any(|option| option.name == name);
    for text in many(matches, "set") {
        let place = value::placed(text).ok_or_else(|| {
            Refusal::usage("--set: /PLACE=VALUE is expected", Some("write --set /cpu=512".to_owned()))
        })?;
        value::set("set", &mut given["patch"], place, &TASK)?;
    }
    for text in many(matches, "env") {
        set_variable(&mut given, text, has("environment"))?;
    }
    if let Some(words) = matches.try_get_many::<String>("trailing").ok().flatten() {
        given["command"] = words.cloned().collect();
    }
    match given {
        Value::Object(given) => Ok(given),
        _ => Ok(Map::new()),
    }
}

/// `CONTAINER.KEY=VALUE`; `KEY=VALUE` where the request has variables of its own.
fn set_variable(request: &mut Value, text: &str, has_own: bool) -> Result<(), Refusal> {
    let (name, value) = value::pair("env", text)?;
    match name.split_once('.') {
        Some((container, name)) => request["containers"][container]["environment"][name] = json!(value),
        None if has_own => request["environment"][name] = json!(value),
        None => {
            let hint = format!("write --env CONTAINER.{name}=…");
            return Err(Refusal::usage("--env: which container gets the variable?", Some(hint)));
        }
    }
    Ok(())
}

/// What was given for an option; `None` if nothing was.
fn option_value(option: &Described, id: &str, matches: &ArgMatches) -> Result<Option<Value>, Refusal> {
    let name = option.name.as_str();
    let each = || many(matches, id);
    let value = match &option.kind {
        Kind::Boolean if matches.get_flag(&off_id(id)) => Some(json!(false)),
        Kind::Switch(_) if matches.get_flag(&off_id(id)) => Some(json!(false)),
        Kind::Switch(_) => {
            one(matches, id).map(|word| word.parse::<bool>().map_or_else(|_| json!(word), |is_on| json!(is_on)))
        }
        Kind::Boolean => matches.get_one::<bool>(id).map(|is_on| json!(is_on)),
        Kind::Number => matches.get_one::<serde_json::Number>(id).map(|number| json!(number)),
        Kind::Text | Kind::Word(_) => one(matches, id).map(|text| json!(text)),
        Kind::Any if name == "definition" => {
            one(matches, id).map(|text| value::definition(text, Path::new(""))).transpose()?
        }
        Kind::Any => one(matches, id).map(|text| value::any(name, text)).transpose()?,
        Kind::List => Some(each().map(|text| json!(text)).collect()).filter(is_filled),
        Kind::Map => {
            let pairs: Result<Map<String, Value>, Refusal> = each()
                .map(|text| value::pair(name, text).map(|(key, text)| (key.to_owned(), looked_up(name, text))))
                .collect();
            Some(Value::Object(pairs?)).filter(is_filled)
        }
        Kind::Document => document(name, each())?,
        Kind::Documents => documents(name, each())?,
    };
    Ok(value)
}

/// The value of an entry: a text, or for a variable where it is looked up, as a JSON object.
fn looked_up(name: &str, text: &str) -> Value {
    let source = if name == "variables" && text.starts_with('{') { serde_json::from_str(text).ok() } else { None };
    source.filter(Value::is_object).unwrap_or_else(|| json!(text))
}

/// Whole documents and values at their places, one over the other.
fn document<'a>(name: &str, given: impl Iterator<Item = &'a String>) -> Result<Option<Value>, Refusal> {
    let mut document = None;
    for text in given {
        let under = document.get_or_insert_with(|| json!({}));
        match value::placed(text) {
            Some(place) => value::set(name, under, place, shape(name))?,
            None => value::merge(under, value::document(name, text)?),
        }
    }
    Ok(document)
}

fn documents<'a>(name: &str, given: impl Iterator<Item = &'a String>) -> Result<Option<Value>, Refusal> {
    let mut all = Vec::new();
    for text in given {
        match value::document(name, text)? {
            Value::Array(list) => all.extend(list),
            one => all.push(one),
        }
    }
    Ok(Some(Value::Array(all)).filter(is_filled))
}

/// The members that AWS's documents in an option have.
fn shape(option: &str) -> &'static Shape {
    static OF_SETTINGS: Shape = SERVICE;
    static OF_RUN: Shape = RUN;
    static OF_PATCH: Shape = TASK;
    match option {
        "patch" => &OF_PATCH,
        "settings" => &OF_SETTINGS,
        "overrides" => &OF_RUN,
        _ => &Shape::Any,
    }
}

fn one<'a>(matches: &'a ArgMatches, id: &str) -> Option<&'a String> {
    matches.try_get_one::<String>(id).ok().flatten()
}

fn many<'a>(matches: &'a ArgMatches, id: &str) -> impl Iterator<Item = &'a String> {
    matches.try_get_many::<String>(id).ok().flatten().into_iter().flatten()
}

fn is_filled(value: &Value) -> bool {
    value.as_array().is_none_or(|list| !list.is_empty()) && value.as_object().is_none_or(|map| !map.is_empty())
}

fn is_missing(option: &Described, request: &Value) -> bool {
    option.is_required && request.get(&option.name).is_none()
}

fn needed(option: &Described, options: &[Described]) -> Refusal {
    let name = &option.name;
    let is_subject = subject(options).is_some_and(|subject| subject.name == *name);
    let word = if is_subject { format!("{}, ", name.to_uppercase()) } else { String::new() };
    let variable = variables::OF_VERBS.iter().find(|(known, _)| known == name);
    let variable = variable.map(|(_, variable)| format!(", {variable}")).unwrap_or_default();
    let hint = format!("give it as {word}--{name}{variable} or in --file");
    Refusal::usage(format!("{name} is needed"), Some(hint))
}

#[cfg(test)]
mod tests;
