//! The guide's reference pages, from the core's own types and docs.

use std::collections::BTreeSet;

use ecs_rollout::diagnosis_kinds;

use super::docs::{Doc, Spelling};
use super::python;
use super::schema::{Contract, Field, Named, Shape, Type};
use super::surface::offered;

const HEAD: &str = "<!-- Printed by tests/contract.rs. Do not edit. -->\n";

/// The codes of warnings that are no finding of a rule.
const WARNINGS: &[(&str, &str)] = &[
    ("appspec", "The AppSpec has something that CodeDeploy may not do as it is meant."),
    ("autoscaled", "An autoscaler sets the number of tasks, and will change what is asked."),
    ("autoscaling", "It is not known whether an autoscaler sets the number of tasks."),
    ("cluster", "There is no cluster `default`, and ECS creates it with an Express service."),
    ("codedeploy", "CodeDeploy's application and deployment group stay, although the service goes."),
    ("created", "Somebody else has created the service meanwhile."),
    ("current", "What the service runs now could not be read."),
    ("deployments", "CodeDeploy's deployments could not be listed: one on its way is not joined."),
    ("desired_changed", "The service runs another number of tasks than was asked."),
    ("diagnosis", "Why tasks stopped could not be found out: a call failed."),
    ("group", "CodeDeploy's deployment group could not be read, and is not checked."),
    ("health", "How many tasks are healthy is not known: a call was refused."),
    ("images", "Which images run is not known: a call was refused."),
    ("in_progress", "A deployment is in progress, and what is exported may not be live."),
    ("logs", "The lines of a container cannot be read, or a log is too long to be read to its end."),
    ("long_description", "The description is longer than CodeDeploy documents."),
    (
        "no_deployment",
        "ECS has begun no deployment for an update of an Express service: the one that runs already gives the verdict.",
    ),
    ("nothing_asked", "The request asks for no change."),
    ("records", "The service-deployment API cannot be used: the list of deployments decides."),
    ("recovering", "The rollout failed, and `recover` begins to roll back."),
    ("require", "What `require` asks for is attached to an image, and was not verified further."),
    ("rollback", "The way back was refused, or what ran before had to be guessed."),
    ("scaling", "How the service is scaled is not known, or its scalable target is left."),
    ("stop", "A task could not be stopped."),
    ("tag", "A tag names another image now, or it is not known whether it does."),
    ("target", "CodeDeploy's stages could not be read."),
    ("tasks", "Tasks go on that nobody watches any more."),
    ("tasks_missing", "The service has fewer tasks than it should."),
    ("timeout", "`timeout` is shorter than waits that CodeDeploy is set to."),
    ("until", "The watch was to end at a pause, and the deployment went live without one that was seen."),
];

/// All pages, by file.
pub(crate) fn pages(contract: &Contract) -> Vec<(&'static str, String)> {
    vec![
        ("docs/reference/options.md", options(contract)),
        ("docs/reference/events.md", events(contract)),
        ("docs/reference/errors.md", errors(contract)),
        ("docs/reference/outcomes.md", outcomes(contract)),
        ("docs/reference/diagnoses.md", diagnoses()),
        ("docs/reference/rules.md", super::rules::page()),
    ]
}

fn options(contract: &Contract) -> String {
    let mut page = format!(
        "{HEAD}\n# Options\n\nThe options of each verb, the same in Rust, Python and Node. In JavaScript `deploy_all` is `deployAll`, and `plan_all` is `planAll`. \
         `null` is `None` in Python and Rust.\n"
    );
    let mut nested = BTreeSet::from(["ClientOptions".to_owned(), "Changes".to_owned()]);
    for verb in offered(contract) {
        page.push_str(&format!("\n## {}\n\n{}", verb.verb.name, prose(&verb.doc, contract)));
        page.push_str(&table(verb.options, "option"));
        verb.options.iter().for_each(|option| option.kind.names(&mut nested));
    }
    page.push_str("\n# Options within options\n");
    let requests: BTreeSet<&str> = offered(contract).iter().filter_map(|verb| verb.verb.request).collect();
    let all = closure(contract, nested);
    for named in contract.types.iter().filter(|named| all.contains(&named.name)) {
        if !requests.contains(named.name.as_str()) || named.name == "Deployment" {
            page.push_str(&section(named, "option"));
        }
    }
    page
}

fn events(contract: &Contract) -> String {
    let mut page = format!(
        "{HEAD}\n# Events\n\nWhat a rollout sends, by `type`. The last one is `succeeded` or `failed`. In Rust they are the variants of \
         `Event`. Do not fail on a type that you do not know: there can be more.\n"
    );
    let Some(Shape::Union(names)) = shape(contract, "Event") else { panic!("Event is no union") };
    let mut nested = BTreeSet::new();
    for name in names {
        let named = find(contract, name);
        let Shape::Object(fields) = &named.shape else { panic!("{name} is no object") };
        let tag = fields.iter().find_map(|field| match &field.kind {
            Type::Word(word) if field.name == "type" => Some(word),
            _ => None,
        });
        let members: Vec<Field> = fields.iter().filter(|field| field.name != "type").map(clone).collect();
        members.iter().for_each(|field| field.kind.names(&mut nested));
        page.push_str(&format!("\n## {}\n\n{}\n\n", tag.unwrap_or(name), named.doc));
        match tag.map(String::as_str) {
            Some("succeeded") => page.push_str("Its members are those of the [outcome](outcomes.md).\n"),
            _ => page.push_str(&table(&members, "member")),
        }
    }
    page.push_str("\n## Of many services\n\n");
    page.push_str(&table(fields(contract, "FleetEvent"), "member"));
    page.push_str(
        "\n## Codes of warnings\n\nThe `code` of a `warning`. A warning about a document has the [rule](rules.md) as its code; `verify`, \
         `lifecycle`, `mount`, `scan` and `template` are about images. There can be more.\n\n| code | meaning |\n|---|---|\n",
    );
    WARNINGS.iter().for_each(|(code, text)| page.push_str(&format!("| `{code}` | {text} |\n")));
    page.push_str("\n## Members of members\n");
    let all = closure(contract, nested);
    for named in contract.types.iter().filter(|named| all.contains(&named.name) && named.name != "Warning") {
        page.push_str(&section(named, "member").replacen("## ", "### ", 1));
    }
    page
}

fn errors(contract: &Contract) -> String {
    let mut page = format!(
        "{HEAD}\n# Errors\n\nEach error has a `code`, a text for people, and its data in `detail`. Python has a class for each code under \
         `ecs_rollout.Error`; the ends of a deployment derive from `DeploymentError`. Node throws `EcsRolloutError`, and TypeScript \
         narrows `detail` by `code`. Rust has the enum `Error`. What to do about each: [troubleshooting](../troubleshooting.md).\n\n\
         | code | Python | meaning |\n|---|---|---|\n"
    );
    for error in &contract.errors {
        let class = python::class(error);
        page.push_str(&format!("| [`{0}`](#{0}) | `{class}` | {1} |\n", error.code, cell(&error.doc)));
    }
    let mut nested = BTreeSet::new();
    for error in &contract.errors {
        let fields = fields(contract, &error.detail);
        fields.iter().for_each(|field| field.kind.names(&mut nested));
        page.push_str(&format!("\n## {}\n\n{}\n\n", error.code, error.doc));
        page.push_str(&table(fields, "member of `detail`"));
    }
    page.push_str("\n## Data of errors\n");
    let all = closure(contract, nested);
    for named in contract.types.iter().filter(|named| all.contains(&named.name)) {
        page.push_str(&section(named, "member").replacen("## ", "### ", 1));
    }
    page
}

fn outcomes(contract: &Contract) -> String {
    let mut page = format!(
        "{HEAD}\n# Outcomes\n\nWhat each verb gives in the end. A member without a value is absent.\n\n| verb | outcome |\n|---|---|\n"
    );
    let mut nested = BTreeSet::new();
    for verb in offered(contract) {
        let (name, is_list) = verb.outcome();
        let link = match contract.types.iter().any(|named| named.name == name) {
            true => format!("[`{name}`](#{})", name.to_lowercase()),
            false => format!("`{name}`"),
        };
        page.push_str(&format!("| `{}` | {}{link} |\n", verb.verb.name, if is_list { "list of " } else { "" }));
        nested.insert(name.to_owned());
    }
    let all = closure(contract, nested);
    for named in contract.types.iter().filter(|named| all.contains(&named.name)) {
        page.push_str(&section(named, "member"));
    }
    page
}

fn diagnoses() -> String {
    let mut page = format!(
        "{HEAD}\n# Diagnoses\n\nThe `kind` of a cause, in `detail.causes` of an error and in the event `stopped`. *Passes* says whether the \
         cause may go away while one waits. Where it does not, and nothing in ECS would ever fail the deployment, the verdict is `failed` \
         after `failures` tasks. Each kind with its cause: [troubleshooting](../troubleshooting.md#why-tasks-stop).\n\n\
         | kind | passes | advice |\n|---|---|---|\n"
    );
    for (name, advice, passes) in diagnosis_kinds() {
        page.push_str(&format!("| `{name}` | {} | {} |\n", if passes { "may" } else { "no" }, cell(advice)));
    }
    page
}

/// A page in which each advice stands between its markers.
pub(crate) fn with_advice(text: &str) -> String {
    const END: &str = "<!-- end of advice -->";
    let mut parts = text.split("<!-- advice: ");
    let mut printed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (kind, rest) = part.split_once(" -->").expect("a marker ends with -->");
        let (_, advice, _) = diagnosis_kinds().find(|(name, ..)| *name == kind).expect("a kind of the core");
        let rest = rest.split_once(END).expect("an advice has an end").1;
        let advice = advice.split_whitespace().collect::<Vec<_>>().join(" ");
        let first = advice.chars().next().unwrap_or_default().to_uppercase();
        let other: String = advice.chars().skip(1).collect();
        printed.push_str(&format!("<!-- advice: {kind} -->\nRemedy: {first}{other}.\n{END}{rest}"));
    }
    printed
}

// ----- parts of a page

fn prose(doc: &Doc, contract: &Contract) -> String {
    let spelling =
        Spelling { error: &|code| code.to_owned(), method: &|name| name.to_owned(), none: "null", null: "null" };
    doc.lines(&spelling, &contract.errors, 136).join("\n") + "\n\n"
}

fn section(named: &Named, head: &str) -> String {
    let text = format!("\n## {}\n\n{}\n\n", named.name, named.doc);
    match &named.shape {
        Shape::Object(fields) => text + &table(fields, head),
        Shape::Union(names) => text + &names.iter().map(|name| format!("- {}\n", link(name))).collect::<String>(),
        Shape::Words(words) => text + &words.iter().map(|word| format!("- `\"{word}\"`\n")).collect::<String>(),
        Shape::Alias(kind) => text + &format!("{}\n", spell(kind)),
    }
}

fn table(fields: &[Field], head: &str) -> String {
    if fields.is_empty() {
        return format!("It has no {head}s.\n");
    }
    let row = |field: &Field| {
        let note = match &field.default {
            Some(default) if !default.is_null() => format!(" Default: `{default}`."),
            _ if field.required && head == "option" => " Required.".to_owned(),
            _ => String::new(),
        };
        format!("| `{}` | {} | {}{} |\n", field.name, spell(&field.kind), cell(&field.doc), note)
    };
    format!("| {head} | type | meaning |\n|---|---|---|\n{}", fields.iter().map(row).collect::<String>())
}

fn spell(kind: &Type) -> String {
    match kind {
        Type::Any => "any value".to_owned(),
        Type::Text => "text".to_owned(),
        Type::Number => "number".to_owned(),
        Type::Whole => "whole number".to_owned(),
        Type::Boolean => "true or false".to_owned(),
        Type::Word(word) => format!("`\"{word}\"`"),
        Type::Named(name) => link(name),
        Type::List(inner) => format!("list: {}", spell(inner)),
        Type::Map(inner) => format!("by name: {}", spell(inner)),
        Type::Nullable(inner) => format!("{}, or null", spell(inner)),
        Type::Either(kinds) => kinds.iter().map(spell).collect::<Vec<_>>().join(", or "),
    }
}

/// A type is a section of the same page.
fn link(name: &str) -> String {
    match name {
        "Event" => "[event](events.md)".to_owned(),
        "Outcome" => "[`Outcome`](outcomes.md#outcome)".to_owned(),
        "Warning" => "[`Warning`](outcomes.md#warning)".to_owned(),
        _ => format!("[`{name}`](#{})", name.to_lowercase()),
    }
}

fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// The types, and those that these name.
fn closure(contract: &Contract, mut names: BTreeSet<String>) -> BTreeSet<String> {
    loop {
        let mut more = names.clone();
        for named in contract.types.iter().filter(|named| names.contains(&named.name)) {
            match &named.shape {
                Shape::Object(fields) => fields.iter().for_each(|field| field.kind.names(&mut more)),
                Shape::Union(kinds) => more.extend(kinds.iter().cloned()),
                Shape::Alias(kind) => kind.names(&mut more),
                Shape::Words(_) => {}
            }
        }
        // An event is a page of its own.
        more.retain(|name| name != "Event");
        if more.len() == names.len() {
            return names;
        }
        names = more;
    }
}

fn find<'a>(contract: &'a Contract, name: &str) -> &'a Named {
    contract
        .types
        .iter()
        .find(|named| named.name == name)
        .unwrap_or_else(|| panic!("{name} is no type of the contract"))
}

fn shape<'a>(contract: &'a Contract, name: &str) -> Option<&'a Shape> {
    contract.types.iter().find(|named| named.name == name).map(|named| &named.shape)
}

fn fields<'a>(contract: &'a Contract, name: &str) -> &'a [Field] {
    match shape(contract, name) {
        Some(Shape::Object(fields)) => fields,
        _ => panic!("{name} is no object"),
    }
}

fn clone(field: &Field) -> Field {
    Field {
        name: field.name.clone(),
        doc: field.doc.clone(),
        kind: field.kind.clone(),
        required: field.required,
        default: field.default.clone(),
    }
}

#[test]
fn every_code_of_a_warning_has_its_sentence() {
    let known: BTreeSet<&str> = WARNINGS.iter().map(|(code, _)| *code).collect();
    let sources: Vec<String> = super::docs::sources_of_core().collect();
    let calls =
        sources.iter().flat_map(|source| [".warn(\"", ".unknown(\""].map(|call| source.split(call).skip(1))).flatten();
    let found: BTreeSet<&str> = calls.filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(found, known);
}

#[test]
fn troubleshooting_has_an_entry_for_every_code_and_every_kind() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/troubleshooting.md")).unwrap();
    let documented: BTreeSet<&str> = text.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let contract = Contract::of_core();
    let codes = contract.errors.iter().map(|error| error.code.clone());
    let expected: BTreeSet<String> = codes.chain(diagnosis_kinds().map(|(name, ..)| format!("Task: {name}"))).collect();
    let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
    let missing: Vec<_> = expected.difference(&documented).collect();
    let unknown: Vec<_> = documented.difference(&expected).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing {missing:?}, unknown {unknown:?}");
    for (kind, ..) in diagnosis_kinds() {
        assert!(text.contains(&format!("<!-- advice: {kind} -->")), "{kind} has no remedy");
    }
}
