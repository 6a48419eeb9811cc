//! `aws-actions/amazon-ecs-deploy-task-definition`: a deployment, a task before it, or a registration alone.

use serde_json::{Map, Value, json};

use super::super::command::Call;
use super::super::report::{Converted, VERDICT};
use super::super::text;
use super::inputs::{Inputs, Switch};
use crate::error::Error;

/// All inputs of version 2.6.
pub(crate) const INPUTS: [&str; 32] = [
    "task-definition",
    "desired-count",
    "service",
    "cluster",
    "wait-for-service-stability",
    "wait-for-minutes",
    "wait-max-delay-seconds",
    "codedeploy-appspec",
    "codedeploy-application",
    "codedeploy-deployment-group",
    "codedeploy-deployment-description",
    "codedeploy-deployment-config",
    "force-new-deployment",
    "service-managed-ebs-volume-name",
    "service-managed-ebs-volume",
    "run-task",
    "run-task-container-overrides",
    "run-task-security-groups",
    "run-task-subnets",
    "run-task-assign-public-ip",
    "run-task-capacity-provider-strategy",
    "run-task-launch-type",
    "run-task-started-by",
    "run-task-tags",
    "run-task-managed-ebs-volume-name",
    "run-task-managed-ebs-volume",
    "wait-for-task-stopped",
    "enable-ecs-managed-tags",
    "propagate-tags",
    "keep-null-value-keys",
    "max-retries",
    // Of version 1, which took it without meaning.
    "codedeploy-deployment",
];

/// Makes the call of a step; `call` has what the render steps before it gave.
pub(crate) fn apply(inputs: &Inputs<'_>, call: &mut Call, report: &mut Converted, has_base: bool) -> Result<(), Error> {
    if has_base {
        report.input("task-definition", "what the render step made: its options are given here");
    } else {
        call.set("definition", super::as_file(&inputs.needed("task-definition")?));
        report.input("task-definition", "`--definition`");
    }
    let (service, runs) = (inputs.text("service"), inputs.switch("run-task"));
    if let Switch::Open(_) = runs {
        report.keep("`run-task` is known when the workflow runs: `run` and `before` are other commands");
    }
    call.verb = match (&service, &runs) {
        (Some(_), _) => "deploy",
        (None, Switch::On) => "run",
        (None, _) => "register",
    }
    .to_owned();
    if let Some(service) = &service {
        call.set("service", service.clone());
        report.input("service", "`--service`");
    }
    if let Some(cluster) = inputs.text("cluster") {
        report.input("cluster", "`--cluster`");
        if call.verb != "register" {
            call.set("cluster", cluster);
        }
    }
    match (call.verb.as_str(), &runs) {
        ("deploy", _) => {
            if runs == Switch::On {
                let task = task(inputs, report)?;
                call.set("before", json!([task]));
                report.change("the task before the deployment must end well: if it fails, nothing is deployed, and the step is red");
            }
            deploy(inputs, call, report)?;
        }
        ("run", _) => run(inputs, call, report)?,
        _ => report.change("without `service` the action registers the task definition alone: so does `register`, which makes no new revision if an equal one is there"),
    }
    dropped(inputs, report);
    Ok(())
}

fn deploy(inputs: &Inputs<'_>, call: &mut Call, report: &mut Converted) -> Result<(), Error> {
    number(inputs, "desired-count", "desired", 1, call, report)?;
    match inputs.switch("force-new-deployment") {
        Switch::On => call.set("force", true),
        Switch::Open(text) => open(call, report, "force", text),
        Switch::Off => {}
    }
    if inputs.plain("force-new-deployment").is_some() {
        report.input("force-new-deployment", "`--force`");
    }
    report.input("wait-for-service-stability", "waiting is the default; `--no-wait` without it");
    match inputs.switch("wait-for-service-stability") {
        Switch::On => report.change(VERDICT),
        Switch::Open(text) => {
            open(call, report, "wait", text);
            report.change(VERDICT);
        }
        Switch::Off => {
            call.set("wait", false);
            report.change("as before, the step is green once ECS has taken the order; without `--no-wait` it says whether the deployment is live");
        }
    }
    number(inputs, "wait-for-minutes", "timeout", 60, call, report)?;
    settings(inputs, call, report)?;
    codedeploy(inputs, call, report);
    report.change(
        "where nothing changes, no revision is registered and no deployment begins; `--force` begins one all the same",
    );
    Ok(())
}

/// An input that is a number, in our unit.
fn number(
    inputs: &Inputs<'_>,
    input: &str,
    option: &str,
    unit: u64,
    call: &mut Call,
    report: &mut Converted,
) -> Result<(), Error> {
    let Some(text) = inputs.text(input) else { return Ok(()) };
    let seconds = if unit == 60 { ", in seconds" } else { "" };
    report.input(input, format!("`--{option}`{seconds}"));
    match text.trim().parse::<u64>() {
        // The action waits for 6 hours at most.
        Ok(value) if unit == 60 => call.set(option, value.min(360) * unit),
        Ok(value) => call.set(option, value),
        Err(_) if text::has_variable(&text) => {
            let shell = text::shown(&text);
            let name = shell.trim_start_matches('$').trim_matches(['{', '}']).to_owned();
            call.set(option, text::variable(&if unit == 60 { format!("$(({name} * 60))") } else { shell }));
            report.change(format!(
                "`{input}` must be a number when the workflow runs: the action took an empty one as not given"
            ));
        }
        Err(_) => return Err(inputs.wrong(input, "a whole number is expected")),
    }
    Ok(())
}

fn open(call: &mut Call, report: &mut Converted, option: &str, text: String) {
    report.change(format!("`--{option}` takes true or false: the expression must give one of them"));
    call.set(option, text);
}

/// Members of UpdateService.
fn settings(inputs: &Inputs<'_>, call: &mut Call, report: &mut Converted) -> Result<(), Error> {
    match inputs.switch("enable-ecs-managed-tags") {
        Switch::On => call.set("settings/enableECSManagedTags", true),
        Switch::Open(text) => call.set("settings/enableECSManagedTags", text::json_variable(&text::shown(&text))),
        Switch::Off if inputs.plain("enable-ecs-managed-tags").is_some() => {
            call.set("settings/enableECSManagedTags", false)
        }
        Switch::Off => {}
    }
    if inputs.plain("enable-ecs-managed-tags").is_some() {
        report.input("enable-ecs-managed-tags", "`--settings '{\"enableECSManagedTags\": …}'`");
    }
    if let Some(from) = inputs.text("propagate-tags") {
        call.set("settings/propagateTags", from);
        report.input("propagate-tags", "`--settings '{\"propagateTags\": …}'`");
    }
    if let Some(volume) = volume(inputs, "service-managed-ebs-volume", "managedEBSVolume", report)? {
        call.set("settings/volumeConfigurations", json!([volume]));
    }
    report.change("`volumeConfigurations` of the service stay unless they are given: the action sends an empty list with each update, which removes them");
    Ok(())
}

/// A volume of EBS: its name and its configuration.
fn volume(inputs: &Inputs<'_>, input: &str, member: &str, report: &mut Converted) -> Result<Option<Value>, Error> {
    let Some(name) = inputs.text(&format!("{input}-name")) else { return Ok(None) };
    report.input(format!("{input}-name"), "`name` in `volumeConfigurations` of `settings`");
    let mut volume = json!({"name": name});
    if let Some(configuration) = document(inputs, input)? {
        volume[member] = configuration;
        report.input(input, format!("`{member}` in `volumeConfigurations` of `settings`"));
    }
    Ok(Some(volume))
}

/// An input that is JSON.
fn document(inputs: &Inputs<'_>, input: &str) -> Result<Option<Value>, Error> {
    let Some(text) = inputs.text(input) else { return Ok(None) };
    match serde_json::from_str(&text) {
        Ok(document) => Ok(Some(document)),
        Err(_) if text::has_variable(&text) => Ok(Some(json!(text::json_variable(&text::shown(&text))))),
        Err(error) => Err(inputs.wrong(input, &format!("no JSON: {error}"))),
    }
}

fn codedeploy(inputs: &Inputs<'_>, call: &mut Call, report: &mut Converted) {
    for (input, member) in [
        ("codedeploy-application", "application"),
        ("codedeploy-deployment-group", "group"),
        ("codedeploy-deployment-description", "description"),
        ("codedeploy-deployment-config", "config"),
    ] {
        if let Some(text) = inputs.text(input) {
            call.set(&format!("codedeploy/{member}"), text);
            report.input(input, format!("`--codedeploy '{{\"{member}\": …}}'`"));
        }
    }
    if let Some(path) = inputs.text("codedeploy-appspec") {
        call.set("codedeploy/appspec", super::document_of_file(&path));
        report.input("codedeploy-appspec", "`--codedeploy '{\"appspec\": …}'`, with the text of the file");
    }
    if call.has("codedeploy") {
        report.change("`--codedeploy` is for a service that CodeDeploy deploys, and an error for any other: the action ignored its inputs there");
        report.change("the rollout ends once CodeDeploy has ended the tasks that were replaced: `--timeout` must be longer than its waits");
    }
}

/// A task of its own.
fn run(inputs: &Inputs<'_>, call: &mut Call, report: &mut Converted) -> Result<(), Error> {
    if let Value::Object(task) = task(inputs, report)? {
        call.request.extend(task);
    }
    match inputs.switch("wait-for-task-stopped") {
        Switch::On => report.change("each essential container must end with exit code 0: so did the action; the error has the last lines of the log"),
        Switch::Off => call.set("wait", false),
        Switch::Open(text) => open(call, report, "wait", text),
    }
    report.input("wait-for-task-stopped", "waiting is the default; `--no-wait` without it");
    number(inputs, "wait-for-minutes", "timeout", 60, call, report)
}

/// The options of a task: `settings` of RunTask and its overrides.
fn task(inputs: &Inputs<'_>, report: &mut Converted) -> Result<Value, Error> {
    let (mut task, mut settings) = (json!({}), Map::new());
    report.input("run-task", "`--before` with a service, otherwise the command `run`");
    if let Some(overrides) = document(inputs, "run-task-container-overrides")? {
        task["overrides"] = json!({"containerOverrides": overrides});
        report.input("run-task-container-overrides", "`overrides.containerOverrides`");
    }
    let list = |input: &str| -> Option<Value> {
        let text = inputs.text(input)?;
        let each = text.split(',').map(str::trim).filter(|one| !one.is_empty());
        Some(each.map(Value::from).collect())
    };
    let mut network = Map::new();
    for (input, member) in [("run-task-subnets", "subnets"), ("run-task-security-groups", "securityGroups")] {
        let Some(ids) = list(input) else { continue };
        if ids.as_array().is_some_and(|ids| ids.iter().any(|id| id.as_str().is_some_and(text::has_variable))) {
            report.change(format!("`{input}`: an expression is one id; give several as several expressions"));
        }
        network.insert(member.to_owned(), ids);
        report.input(input, format!("`settings.networkConfiguration.awsvpcConfiguration.{member}`"));
    }
    if let Some(word) = inputs.text("run-task-assign-public-ip") {
        report.input("run-task-assign-public-IP", "`settings.networkConfiguration.awsvpcConfiguration.assignPublicIp`");
        if !network.is_empty() {
            network.insert("assignPublicIp".to_owned(), json!(word));
        }
    }
    if !network.is_empty() {
        settings.insert("networkConfiguration".to_owned(), json!({"awsvpcConfiguration": network}));
    }
    if let Some(strategy) = document(inputs, "run-task-capacity-provider-strategy")? {
        settings.insert("capacityProviderStrategy".to_owned(), strategy);
        report.input("run-task-capacity-provider-strategy", "`settings.capacityProviderStrategy`");
    } else {
        let launch = inputs.text("run-task-launch-type").unwrap_or_else(|| "FARGATE".to_owned());
        settings.insert("launchType".to_owned(), json!(launch));
        report.input("run-task-launch-type", "`settings.launchType`");
    }
    if let Some(tags) = document(inputs, "run-task-tags")? {
        settings.insert("tags".to_owned(), tags);
        report.input("run-task-tags", "`settings.tags`");
    }
    if let Some(volume) = volume(inputs, "run-task-managed-ebs-volume", "managedEBSVolume", report)? {
        settings.insert("volumeConfigurations".to_owned(), json!([volume]));
    }
    if inputs.plain("run-task-started-by").is_some() {
        report.without("`run-task-started-by`: startedBy is what the task is found again by; `settings.group` or `settings.tags` can name it");
    }
    task["settings"] = Value::Object(settings);
    Ok(task)
}

/// Inputs that are not needed.
fn dropped(inputs: &Inputs<'_>, report: &mut Converted) {
    for (input, why) in [
        ("wait-max-delay-seconds", "the pauses follow the deployment: short at its begin and its likely end"),
        ("max-retries", "a call that is throttled or fails in passing is made again until the timeout"),
        ("keep-null-value-keys", "no empty value is removed from a task definition"),
    ] {
        if inputs.plain(input).is_some() {
            report.without(format!("`{input}`: {why}"));
        }
    }
}
