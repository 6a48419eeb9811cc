//! `ecspresso.yml` with its files: a service definition and a task definition, with templates in them.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::command::Call;
use super::report::{Converted, VERDICT};
use super::text;
use super::yaml::{Node, wrong};
use crate::definition;
use crate::error::Error;
use crate::options::names;

/// The members of its configuration.
const MEMBERS: [&str; 12] = [
    "required_version",
    "region",
    "cluster",
    "service",
    "service_definition",
    "task_definition",
    "plugins",
    "appspec",
    "filter_command",
    "timeout",
    "codedeploy",
    "ignore",
];

/// A file that is written beside.
pub(crate) type Written = (PathBuf, String);

/// Reads a file that stands beside the configuration.
pub(crate) type Read<'a> = dyn Fn(&Path) -> std::io::Result<String> + 'a;

/// Whether a document is a configuration of ecspresso.
pub(crate) fn is_it(root: &Node) -> bool {
    root.get("task_definition").is_some() && (root.get("service").is_some() || root.get("cluster").is_some())
}

/// The templates of a text: blocks such as `{{ if … }}` go with their lines, so that the rest of a configuration can be read.
pub(crate) fn without_blocks(text: &str) -> String {
    let is_block = |line: &str| {
        let inner = line.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
        inner.is_some_and(|inner| {
            let word = inner.trim_matches(['-', ' ']).split([' ', '(']).next().unwrap_or_default();
            matches!(word, "if" | "else" | "end" | "range" | "with" | "define")
        })
    };
    text.split_inclusive('\n').map(|line| if is_block(line) { "\n" } else { line }).collect()
}

/// Converts a configuration. The files in it are written anew under names of ours where they have templates.
pub(crate) fn convert(name: &str, raw: &str, root: &Node, read: &Read<'_>) -> Result<(Converted, Vec<Written>), Error> {
    let mut report = Converted::new("ecspresso deploy", (root.line, root.column));
    for (key, _) in root.map() {
        let known = key.scalar().unwrap_or_default();
        if !MEMBERS.contains(&known) {
            return Err(wrong(
                name,
                key,
                format!("ecspresso has no member {known:?}{}", names::suggestion(known, &MEMBERS)),
            ));
        }
    }
    if without_blocks(raw) != raw {
        report.change("`{{ if … }}` of the configuration is not evaluated: what stands in it is taken");
    }
    let folder = Path::new(name).parent().unwrap_or(Path::new(""));
    let has_service = root.get("service_definition").is_some();
    let mut call = Call::new(if has_service { "service" } else { "deploy" });
    let mut written = Vec::new();
    for (member, option) in [("service", "service"), ("cluster", "cluster")] {
        if let Some(value) = root.word(member) {
            call.set(option, templates(value, &mut report));
            report.input(member, format!("`--{option}`"));
        }
    }
    if let Some(region) = root.word("region").filter(|region| !region.is_empty()) {
        call.client.insert("region".to_owned(), json!(templates(region, &mut report)));
        report.input("region", "`--region`");
    }
    for (member, option) in [("task_definition", "definition"), ("service_definition", "settings")] {
        let Some(node) = root.get(member) else { continue };
        let path = node.scalar().unwrap_or_default();
        report.input(member, format!("`--{option}`"));
        let (given, names) = file(name, node, &folder.join(path), read, &mut report, &mut written)?;
        call.set(option, given.display().to_string());
        if option == "settings" && !names.is_empty() {
            report.keep("templates of a service definition have no counterpart: write it with `ecspresso render`");
        }
        for (name, default) in names {
            let shell = default.map_or_else(|| format!("${name}"), |default| format!("${{{name}:-{default}}}"));
            call.set(&format!("variables/{name}"), text::variable(&shell));
        }
    }
    if let Some(node) = root.get("timeout") {
        let seconds = duration(node.scalar().unwrap_or_default());
        let seconds = seconds.ok_or_else(|| wrong(name, node, "a duration such as 10m0s is expected"))?;
        call.set("timeout", seconds);
        report.input("timeout", "`--timeout`, in seconds");
    } else {
        report.change("its time was 10 minutes; it is 30 here, unless `--timeout` is given");
    }
    codedeploy(root, &mut call, &mut report);
    others(root, &mut report);
    if has_service {
        report.change("`service` creates the service if it is not there, as `ecspresso deploy` does, and sends only the members that differ");
    }
    report.change(VERDICT);
    report.becomes(&call);
    Ok((report, written))
}

/// Variables by their names, with the values that they have where nobody sets them.
type Names = Vec<(String, Option<String>)>;

/// A file of the configuration: as it is, or written anew with variables in place of templates.
fn file(
    name: &str,
    node: &Node,
    path: &Path,
    read: &Read<'_>,
    report: &mut Converted,
    written: &mut Vec<Written>,
) -> Result<(PathBuf, Names), Error> {
    if path.extension().is_some_and(|extension| extension == "jsonnet") {
        report.keep(format!("{}: Jsonnet is not read; write its JSON with `ecspresso render`", path.display()));
        return Ok((path.to_owned(), Vec::new()));
    }
    let unread = |error| wrong(name, node, format!("{}: the file cannot be read: {error}", path.display()));
    let content = read(path).map_err(unread)?;
    let (changed, names) = variables(&content, report);
    let shown = path.display().to_string();
    definition::parse(&shown, &changed)?;
    if names.is_empty() {
        return Ok((path.to_owned(), names));
    }
    report.change(format!("{shown}: templates became `${{NAME}}`, which `--variable` fills in"));
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let new = path.with_file_name(format!("{stem}.ecs-rollout.{extension}"));
    written.push((new.clone(), changed));
    Ok((new, names))
}

/// The templates of an option's value, as variables of a shell.
fn templates(value: &str, report: &mut Converted) -> String {
    replaced(value, report, |name, default| match default {
        Some(default) => text::variable(&format!("${{{name}:-{default}}}")),
        None => text::variable(&format!("${name}")),
    })
}

/// The templates of a file, as variables of a task definition.
fn variables(content: &str, report: &mut Converted) -> (String, Names) {
    // What looks like one of ours already stays what it is.
    let escaped = content.replace("${", "$${");
    let names = RefCell::new(Names::new());
    let changed = replaced(&escaped, report, |name, default| {
        let one = (name.to_owned(), default.map(str::to_owned));
        if !names.borrow().iter().any(|(known, _)| known == name) {
            names.borrow_mut().push(one);
        }
        format!("${{{name}}}")
    });
    (changed, names.into_inner())
}

fn replaced(value: &str, report: &mut Converted, form: impl Fn(&str, Option<&str>) -> String) -> String {
    let (mut written, mut rest) = (String::new(), value);
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        let inner = rest[start + 2..start + length].trim_matches(['-', ' ']);
        let inner = inner.split('|').next().unwrap_or_default().trim();
        written.push_str(&rest[..start]);
        rest = &rest[start + length + 2..];
        let (function, arguments) = inner.split_once(' ').unwrap_or((inner, ""));
        let arguments: Vec<&str> = arguments
            .split(['`', '"', '\''])
            .map(|part| part.trim_matches('\\'))
            .filter(|part| !part.trim().is_empty())
            .collect();
        let name = arguments.first().copied().unwrap_or_default();
        match function {
            "env" | "must_env" => {
                let default = arguments.get(1).copied().filter(|_| function == "env");
                written.push_str(&form(name, default));
            }
            "tfstate" | "tfstatef" | "ssm" | "secretsmanager_arn" | "cfn_output" | "cfn_export" => {
                let variable: String = name
                    .chars()
                    .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
                    .collect();
                let variable = variable.trim_matches('_').to_owned();
                report.without(format!("`{function} {name}`: look it up in a step before, and set {variable}"));
                written.push_str(&form(&variable, None));
            }
            other => {
                report.keep(format!("the template {{{{ {other} … }}}} has no counterpart"));
                written.push_str(&form("TEMPLATE", None));
            }
        }
    }
    written + rest
}

/// Seconds of a duration as Go writes it: `1h20m0s`.
pub(crate) fn duration(text: &str) -> Option<u64> {
    let (mut seconds, mut number) = (0.0, String::new());
    let mut units = 0;
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '0'..='9' | '.' => number.push(c),
            _ => {
                let unit = match (c, chars.peek()) {
                    ('m', Some('s')) => {
                        chars.next();
                        0.001
                    }
                    ('h', _) => 3600.0,
                    ('m', _) => 60.0,
                    ('s', _) => 1.0,
                    _ => return None,
                };
                seconds += std::mem::take(&mut number).parse::<f64>().ok()? * unit;
                units += 1;
            }
        }
    }
    (units > 0 && number.is_empty()).then_some(seconds as u64)
}

fn codedeploy(root: &Node, call: &mut Call, report: &mut Converted) {
    if let Some(names) = root.get("codedeploy") {
        for (member, option) in [("application_name", "application"), ("deployment_group_name", "group")] {
            if let Some(value) = names.word(member) {
                let value = templates(value, report);
                call.set(&format!("codedeploy/{option}"), value);
                report.input(format!("codedeploy.{member}"), format!("`--codedeploy '{{\"{option}\": …}}'`"));
            }
        }
    }
    if let Some(appspec) = root.get("appspec") {
        if appspec.get("Resources").is_none() {
            report.keep(
                "`appspec` has no Resources, which ecspresso makes of the service's load balancer: write them into it",
            );
        }
        call.set("codedeploy/appspec", appspec.document());
        report.input("appspec", "`--codedeploy '{\"appspec\": …}'`");
    }
}

fn others(root: &Node, report: &mut Converted) {
    for (member, why) in [
        ("required_version", "the version is chosen where the program is installed"),
        ("filter_command", "nothing is chosen on a terminal"),
    ] {
        if root.get(member).is_some() {
            report.without(format!("`{member}`: {why}"));
        }
    }
    if root.get("ignore").is_some_and(|ignore| !matches!(ignore.document(), Value::Null)) {
        report.keep("`ignore` (tags that are not compared): tags that are not given stay as they are; take it away if that is what it is for");
    }
    for plugin in root.get("plugins").map_or(&[][..], Node::list) {
        let name = plugin.word("name").unwrap_or_default();
        report.without(format!("plugin `{name}`: look its values up in a step before, and set variables"));
    }
}
