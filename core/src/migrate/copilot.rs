//! A manifest of AWS Copilot: how a service's containers are changed. What Copilot made with CloudFormation stays, and is named.

use serde_json::{Map, Value, json};

use super::command::Call;
use super::report::{Converted, VERDICT};
use super::text;
use super::yaml::{Node, wrong};
use crate::error::Error;
use crate::options::names;

/// The types of manifests.
const TYPES: [&str; 6] = [
    "Load Balanced Web Service",
    "Backend Service",
    "Worker Service",
    "Request-Driven Web Service",
    "Scheduled Job",
    "Static Site",
];

/// The members of a manifest that belong to what CloudFormation made.
const STACK: [&str; 12] = [
    "http",
    "nlb",
    "network",
    "storage",
    "publish",
    "subscribe",
    "observability",
    "environments",
    "taskdef_overrides",
    "alb",
    "dns",
    "cdn",
];

/// Whether a document is a manifest of Copilot.
pub(crate) fn is_it(root: &Node) -> bool {
    root.word("type").is_some_and(|kind| TYPES.contains(&kind))
        || (root.get("name").is_some() && root.get("type").is_some())
}

/// The commands for each environment of a manifest; without environments, for one that the shell names.
pub(crate) fn convert(name: &str, root: &Node) -> Result<Vec<Converted>, Error> {
    let node = root.get("type").unwrap_or(root);
    let kind = node.scalar().unwrap_or_default();
    if !TYPES.contains(&kind) {
        return Err(wrong(name, node, format!("Copilot has no type {kind:?}{}", names::suggestion(kind, &TYPES))));
    }
    let service = root.word("name").ok_or_else(|| wrong(name, root, "`name` is needed"))?;
    let environments = root.get("environments").map_or(&[][..], Node::map);
    if environments.is_empty() {
        return Ok(vec![one(kind, service, root, &json!({}), "ENVIRONMENT")]);
    }
    let each = environments.iter().map(|(key, over)| {
        let mut report = one(kind, service, root, &over.document(), key.scalar().unwrap_or_default());
        (report.line, report.column) = (key.line, key.column);
        report
    });
    Ok(each.collect())
}

fn one(kind: &str, service: &str, root: &Node, over: &Value, environment: &str) -> Converted {
    let mut manifest = root.document();
    merge(&mut manifest, over);
    let mut report = Converted::new(format!("copilot: {kind}, environment {environment}"), (root.line, root.column));
    report.keep("a manifest is no script: put the commands into the pipeline, in place of `copilot svc deploy`");
    if matches!(kind, "Request-Driven Web Service" | "Static Site") {
        report.without(format!("{kind}: it does not run on ECS"));
        return report;
    }
    let is_job = kind == "Scheduled Job";
    let mut call = Call::new(if is_job { "register" } else { "deploy" });
    let family = format!("APP-{environment}-{service}");
    if is_job {
        call.set("definition", family.clone());
        report.without("`on` (the schedule): the stack has a rule or a state machine for it; `schedule` with target `task` makes one of EventBridge Scheduler");
    } else {
        call.set("cluster", format!("CLUSTER-OF-APP-{environment}"));
        call.set("service", format!("SERVICE-OF-{family}"));
        report.change(format!("the names of cluster and service are those that the stack {family} made: `copilot svc show --name {service} --resources` has them"));
    }
    image(&manifest, service, &mut call, &mut report);
    definition(&manifest, service, &mut call, &mut report);
    if !is_job {
        count(&manifest, &mut call, &mut report);
        settings(&manifest, &mut call, &mut report);
        report.change(VERDICT);
    }
    for member in STACK.iter().filter(|member| **member != "environments" && manifest.get(**member).is_some()) {
        report.without(format!(
            "`{member}`: what the stack made for it stays as it is; change it where your infrastructure is kept"
        ));
    }
    report.change("the next `copilot svc deploy` sets the service back to what its stack has: do not use both");
    report.becomes(&call);
    report
}

fn image(manifest: &Value, service: &str, call: &mut Call, report: &mut Converted) {
    let image = &manifest["image"];
    match image["location"].as_str() {
        Some(location) => {
            call.set(&format!("images/{service}"), with_variables(location));
            report.input("image.location", "`--image`");
        }
        None => {
            call.set(&format!("images/{service}"), ":TAG");
            report.input("image.build", "`ecs-rollout build` before it, and `--image` with the tag that it pushed");
        }
    }
    for (name, sidecar) in manifest["sidecars"].as_object().into_iter().flatten() {
        if let Some(image) = sidecar["image"].as_str() {
            call.set(&format!("images/{name}"), image);
            report.input(format!("sidecars.{name}.image"), "`--image`");
        }
        container(sidecar, name, &format!("sidecars.{name}."), call, report);
    }
}

/// Copilot fills in variables of the environment, as a shell does.
fn with_variables(location: &str) -> String {
    match (location.find("${"), location.find('}')) {
        (Some(start), Some(end)) if start < end => {
            let variable = text::variable(&location[start..=end]);
            format!("{}{variable}{}", &location[..start], with_variables(&location[end + 1..]))
        }
        _ => location.to_owned(),
    }
}

fn definition(manifest: &Value, service: &str, call: &mut Call, report: &mut Converted) {
    for member in ["cpu", "memory"] {
        if let Some(value) = manifest[member].as_u64() {
            call.set(&format!("patch/{member}"), value.to_string());
            report.input(member, format!("`--set /{member}=…`"));
        }
    }
    if let Some(platform) = manifest["platform"].as_str().and_then(|platform| platform.split_once('/')) {
        let architecture = match platform.1 {
            "arm64" => "ARM64",
            _ => "X86_64",
        };
        call.set(
            "patch/runtimePlatform",
            json!({"operatingSystemFamily": platform.0.to_uppercase(), "cpuArchitecture": architecture}),
        );
        report.input("platform", "`--patch '{\"runtimePlatform\": …}'`");
    }
    container(manifest, service, "", call, report);
    if let Some(check) = manifest["image"]["healthcheck"].as_object() {
        call.change(service, &["health"], health(check));
        report.input("image.healthcheck", "`--containers '{\"…\": {\"health\": {…}}}'`");
    }
}

/// Variables, secrets, command and entry point of a container.
fn container(manifest: &Value, name: &str, place: &str, call: &mut Call, report: &mut Converted) {
    for (variable, value) in manifest["variables"].as_object().into_iter().flatten() {
        match value {
            Value::Object(_) => report.without(format!(
                "`{place}variables.{variable}`: `from_cfn` is looked up by CloudFormation; give its value"
            )),
            value => call.change(name, &["environment", variable], plain(value)),
        }
    }
    if manifest["variables"].is_object() {
        report.input(format!("{place}variables"), "`--env`");
    }
    for (variable, value) in manifest["secrets"].as_object().into_iter().flatten() {
        match (value, value["secretsmanager"].as_str()) {
            (Value::String(parameter), _) => call.change(name, &["secrets", variable], parameter.clone()),
            (_, Some(secret)) => {
                call.change(
                    name,
                    &["secrets", variable],
                    format!("arn:aws:secretsmanager:REGION:ACCOUNT:secret:{secret}"),
                );
                report.change(format!("`{place}secrets.{variable}`: put region and account into its ARN"));
            }
            _ => report.without(format!(
                "`{place}secrets.{variable}`: `from_cfn` is looked up by CloudFormation; give its ARN"
            )),
        }
    }
    if manifest["secrets"].is_object() {
        report.input(format!("{place}secrets"), "`--containers '{\"…\": {\"secrets\": {…}}}'`");
    }
    for (member, option) in [("command", "command"), ("entrypoint", "entrypoint")] {
        let words = match &manifest[member] {
            Value::String(line) => line.split_whitespace().map(Value::from).collect(),
            Value::Array(words) => Value::Array(words.clone()),
            _ => continue,
        };
        call.change(name, &[option], words);
        report.input(format!("{place}{member}"), format!("`--containers '{{\"…\": {{\"{option}\": […]}}}}'`"));
    }
}

/// A health check with its durations in seconds.
fn health(check: &Map<String, Value>) -> Value {
    let members = check.iter().map(|(member, value)| {
        let (name, is_time) = match member.as_str() {
            "start_period" => ("startPeriod", true),
            "interval" | "timeout" => (member.as_str(), true),
            other => (other, false),
        };
        let seconds = value.as_str().filter(|_| is_time).and_then(super::ecspresso::duration);
        (name.to_owned(), seconds.map_or_else(|| value.clone(), |seconds| json!(seconds)))
    });
    members.collect::<Map<_, _>>().into()
}

fn count(manifest: &Value, call: &mut Call, report: &mut Converted) {
    match &manifest["count"] {
        Value::Number(number) => {
            call.set("desired", number.clone());
            report.input("count", "`--desired`");
        }
        Value::Object(count) => {
            let range = &count.get("range").cloned().unwrap_or_default();
            let ends = range
                .as_str()
                .and_then(|range| range.split_once('-'))
                .map(|(min, max)| (min.to_owned(), max.to_owned()));
            let ends = ends.or_else(|| Some((range["min"].as_u64()?.to_string(), range["max"].as_u64()?.to_string())));
            let mut scale = Call::new("scale");
            for option in ["service", "cluster"] {
                scale.set(option, call.request.get(option).cloned().unwrap_or_default());
            }
            if let Some((min, max)) = ends {
                scale.set("min", min.parse::<u64>().unwrap_or_default());
                scale.set("max", max.parse::<u64>().unwrap_or_default());
                report.input("count.range", "`--min` and `--max` of `scale`");
            }
            for (member, option) in
                [("cpu_percentage", "cpu"), ("memory_percentage", "memory"), ("requests", "requests")]
            {
                let target = count.get(member).map(|target| target.get("value").unwrap_or(target).clone());
                if let Some(target) = target {
                    scale.set(option, target);
                    report.input(format!("count.{member}"), format!("`--{option}` of `scale`"));
                }
            }
            for member in ["response_time", "queue_delay", "spot", "spot_from"] {
                if count.contains_key(member) || range.get(member).is_some() {
                    report.without(format!(
                        "`count.{member}`: give it as a policy or a capacity provider strategy of your own"
                    ));
                }
            }
            report.becomes(&scale);
        }
        _ => {}
    }
}

fn settings(manifest: &Value, call: &mut Call, report: &mut Converted) {
    if let Some(is_on) = manifest["exec"].as_bool() {
        call.set("settings/enableExecuteCommand", is_on);
        report.input("exec", "`--settings '{\"enableExecuteCommand\": …}'`");
    }
    let percents = match manifest["deployment"]["rolling"].as_str() {
        Some("default") => Some((100, 200)),
        Some("recreate") => Some((0, 100)),
        _ => None,
    };
    if let Some((min, max)) = percents {
        call.set("settings/deploymentConfiguration", json!({"minimumHealthyPercent": min, "maximumPercent": max}));
        report.input("deployment.rolling", "`--settings '{\"deploymentConfiguration\": {…}}'`");
    }
    if !manifest["deployment"]["rollback_alarms"].is_null() {
        report.without("`deployment.rollback_alarms`: the alarms of the stack stay those of the service");
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What an environment changes: maps member by member, all else as a whole.
fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                merge(under.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over.clone(),
    }
}
