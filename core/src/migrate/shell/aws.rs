//! The AWS CLI: `aws ecs update-service` with its waiter, `register-task-definition`, `run-task`, `deploy`, and the login to ECR.

use serde_json::{Value, json};

use super::super::command::Call;
use super::super::report::{Converted, VERDICT};
use super::super::text;
use super::lexer::Command;
use super::{Became, Draft, Script, shorthand};

/// Options of a command, in their order.
struct Options {
    all: Vec<(String, Vec<String>)>,
}

impl Options {
    /// The options behind the first words.
    fn of(command: &Command, skipped: usize) -> Self {
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        for word in command.words.iter().skip(skipped) {
            match word.text.strip_prefix("--") {
                Some(option) => match option.split_once('=').filter(|(name, _)| !name.contains(['{', '"'])) {
                    Some((name, value)) => all.push((name.to_owned(), vec![value.to_owned()])),
                    None => all.push((option.to_owned(), Vec::new())),
                },
                None => match all.last_mut() {
                    Some((_, values)) => values.push(word.text.clone()),
                    None => all.push((String::new(), vec![word.text.clone()])),
                },
            }
        }
        Self { all }
    }

    fn take(&mut self, name: &str) -> Option<Vec<String>> {
        let at = self.all.iter().position(|(known, _)| known == name)?;
        Some(self.all.remove(at).1)
    }

    fn one(&mut self, name: &str) -> Option<String> {
        self.take(name).map(|values| values.join(" "))
    }
}

/// The command of the CLI, behind its global options: `ecs update-service`, and how many words it has.
fn operation(command: &Command) -> Option<(String, String, usize)> {
    let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
    let mut at = 1;
    while words.get(at)?.starts_with("--") {
        at += if words[at].contains('=') || words[at].starts_with("--no-") || words[at] == "--debug" { 1 } else { 2 };
    }
    Some(((*words.get(at)?).to_owned(), (*words.get(at + 1)?).to_owned(), at + 2))
}

pub(crate) fn convert(script: &Script<'_>, at: usize) -> Option<Draft> {
    let command = &script.commands[at];
    let (service, operation, skipped) = operation(command)?;
    let mut options = Options::of(command, skipped);
    // Global options before the service.
    options.all.extend(Options::of(command, 1).all.into_iter().take_while(|(_, values)| !values.contains(&service)));
    let mut report = Converted::new(format!("aws {service} {operation}"), (0, 0));
    let became = match (service.as_str(), operation.as_str()) {
        ("ecs", "update-service") => update(script, at, &mut options, &mut report),
        ("ecs", "wait") => wait(script, at, &mut options, &mut report)?,
        ("ecs", "register-task-definition") => register(&mut options, &mut report),
        ("ecs", "run-task") => run(&mut options, &mut report),
        ("ecs", "deploy") => deploy(&mut options, &mut report),
        ("ecr" | "ecr-public", "get-login-password") => return login(script, at, options, report),
        _ => return None,
    };
    finish(command, options, &mut report, became).map(|became| Draft { report, became, range: command.range.clone() })
}

/// Options of the client, what is read of the output, and what is left.
fn finish(command: &Command, mut options: Options, report: &mut Converted, became: Became) -> Option<Became> {
    let mut became = became;
    client(&mut options, &mut became, report);
    let output = options.one("output");
    let query = options.one("query");
    for ignored in [
        "no-cli-pager",
        "no-paginate",
        "debug",
        "no-cli-auto-prompt",
        "color",
        "cli-read-timeout",
        "cli-connect-timeout",
    ] {
        options.take(ignored);
    }
    if let Became::Calls(calls) = &mut became
        && command.is_read
    {
        let ids = ["taskDefinition.taskDefinitionArn", "tasks[0].taskArn", "tasks[].taskArn", "tasks[*].taskArn"];
        match query.as_deref().filter(|query| ids.contains(query) && output.as_deref() == Some("text")) {
            Some(_) => {
                calls.iter_mut().for_each(|call| call.program.push("--output id".to_owned()));
                report.input("--query", "`--output id`");
            }
            None => report.keep("something reads its output, which is another one: `--output json` has events, the outcome last; `--output id` the id"),
        }
    }
    for (name, _) in &options.all {
        report.keep(match name.is_empty() {
            true => "a word of it is no option".to_owned(),
            false => format!("`--{name}` has no counterpart"),
        });
    }
    Some(became)
}

fn client(options: &mut Options, became: &mut Became, report: &mut Converted) {
    for (option, ours) in [("region", "region"), ("profile", "profile"), ("endpoint-url", "endpoint")] {
        let Some(value) = options.one(option) else { continue };
        report.input(format!("--{option}"), format!("`--{ours}`"));
        if let Became::Calls(calls) = became {
            calls.iter_mut().for_each(|call| _ = call.client.insert(ours.to_owned(), json!(value)));
        }
    }
}

/// Options that become an option of ours as they are.
fn plain(options: &mut Options, call: &mut Call, report: &mut Converted, names: &[(&str, &str)]) {
    for (name, ours) in names {
        if let Some(value) = options.one(name) {
            let value = value.parse::<u64>().map_or_else(|_| json!(value), |number| json!(number));
            let is_number = matches!(*ours, "desired" | "count");
            call.set(ours, if is_number { value } else { json!(text_of(&value)) });
            report.input(format!("--{name}"), format!("`--{}`", ours.split('/').next().unwrap_or_default()));
        }
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Options that are members of AWS's own documents.
fn settings(options: &mut Options, call: &mut Call, report: &mut Converted, names: &[&str]) {
    for (name, values) in std::mem::take(&mut options.all) {
        let bare = name.strip_prefix("no-").unwrap_or(&name);
        if !names.contains(&bare) {
            options.all.push((name, values));
            continue;
        }
        let member = member(bare);
        let value = match values.as_slice() {
            [] => json!(!name.starts_with("no-")),
            [one] if !one.contains(['=', '{', '[']) && !one.starts_with("file://") && !is_structure(bare) => {
                scalar(one)
            }
            _ => match shorthand::document(&values) {
                one @ Value::Object(_) if is_list(bare) => json!([one]),
                document => document,
            },
        };
        report.input(format!("--{name}"), format!("`--settings '{{\"{member}\": …}}'`"));
        call.set(&format!("settings/{member}"), value);
    }
}

fn scalar(word: &str) -> Value {
    match word.parse::<u64>() {
        Ok(number) => json!(number),
        Err(_) => json!(word),
    }
}

fn is_structure(option: &str) -> bool {
    option.ends_with("configuration") || is_list(option)
}

fn is_list(option: &str) -> bool {
    matches!(
        option,
        "load-balancers"
            | "capacity-provider-strategy"
            | "service-registries"
            | "placement-constraints"
            | "placement-strategy"
            | "volume-configurations"
            | "tags"
    )
}

/// `health-check-grace-period-seconds` as a member.
fn member(option: &str) -> String {
    if option == "enable-ecs-managed-tags" {
        return "enableECSManagedTags".to_owned();
    }
    let mut words = option.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| all + &word[..1].to_uppercase() + &word[1..])
}

fn update(script: &Script<'_>, at: usize, options: &mut Options, report: &mut Converted) -> Became {
    let mut call = Call::new("deploy");
    plain(
        options,
        &mut call,
        report,
        &[
            ("cluster", "cluster"),
            ("service", "service"),
            ("task-definition", "definition"),
            ("desired-count", "desired"),
        ],
    );
    if options.take("force-new-deployment").is_some() {
        call.set("force", true);
        report.input("--force-new-deployment", "`--force`");
    }
    options.take("no-force-new-deployment");
    settings(
        options,
        &mut call,
        report,
        &[
            "deployment-configuration",
            "network-configuration",
            "capacity-provider-strategy",
            "placement-constraints",
            "placement-strategy",
            "platform-version",
            "health-check-grace-period-seconds",
            "enable-execute-command",
            "enable-ecs-managed-tags",
            "propagate-tags",
            "load-balancers",
            "service-registries",
            "service-connect-configuration",
            "volume-configurations",
            "availability-zone-rebalancing",
        ],
    );
    let waits = script.commands[at..].iter().any(|command| {
        is_wait(command)
            && waited(command)
                .iter()
                .any(|service| Some(service.as_str()) == call.request.get("service").and_then(Value::as_str))
    });
    match waits {
        true => report.change(VERDICT),
        false => {
            call.set("wait", false);
            report.change(
                "as before, nothing waits; without `--no-wait` the command says whether the deployment is live",
            );
        }
    }
    if call.has("definition") || call.has("force") {
        report.change("where nothing changes, no deployment begins; `--force` begins one all the same");
    }
    Became::Calls(vec![call])
}

fn is_wait(command: &Command) -> bool {
    operation(command).is_some_and(|(service, operation, at)| {
        service == "ecs"
            && operation == "wait"
            && command.words.get(at).is_some_and(|word| word.text == "services-stable")
    })
}

fn waited(command: &Command) -> Vec<String> {
    operation(command).and_then(|(.., at)| Options::of(command, at + 1).take("services")).unwrap_or_default()
}

/// The waiter: the updates of its services watch themselves; a service that something else changed is watched.
fn wait(script: &Script<'_>, at: usize, options: &mut Options, report: &mut Converted) -> Option<Became> {
    let command = &script.commands[at];
    report.from.push_str(" services-stable");
    if !is_wait(command) {
        return None;
    }
    options.take("");
    let services = options.take("services")?;
    let cluster = options.one("cluster");
    report.input("--services", "`--service`");
    let updated: Vec<Option<String>> = script.commands[..at]
        .iter()
        .filter(|command| {
            operation(command).is_some_and(|(service, operation, _)| service == "ecs" && operation == "update-service")
        })
        .map(|command| Options::of(command, 3).one("service"))
        .collect();
    let (own, others): (Vec<String>, Vec<String>) =
        services.into_iter().partition(|service| updated.contains(&Some(service.clone())));
    if own.len() > 1 {
        report.change("the services are deployed one after the other; `ecs-rollout deploy-all --file services.yaml` deploys them at once");
    }
    let watch = |service: String| {
        let mut call = Call::new("watch");
        if let Some(cluster) = &cluster {
            call.set("cluster", cluster.clone());
        }
        call.set("service", service);
        call
    };
    if others.is_empty() {
        report.input("--cluster", "`deploy` waits by itself");
        return Some(Became::Nothing);
    }
    report.change(VERDICT);
    report.change("600 seconds were the waiter's end; it is 1800 here, unless `--timeout` is given");
    Some(Became::Calls(others.into_iter().map(watch).collect()))
}

fn register(options: &mut Options, report: &mut Converted) -> Became {
    let mut call = Call::new("register");
    match options.one("cli-input-json").or_else(|| options.one("cli-input-yaml")) {
        Some(input) => {
            report.input("--cli-input-json", "`--definition`");
            match input.strip_prefix("file://") {
                Some(path) if path.contains(['.', '/']) => call.set("definition", path),
                Some(path) => call.set("definition", format!("./{path}")),
                None => call.set("definition", input),
            }
        }
        None => report.keep("the definition is in its options: write it to a file, and give that to `--definition`"),
    }
    report.change("where an equal revision is there, it is taken, and no new one is made");
    Became::Calls(vec![call])
}

fn run(options: &mut Options, report: &mut Converted) -> Became {
    let mut call = Call::new("run");
    plain(options, &mut call, report, &[("cluster", "cluster"), ("task-definition", "definition"), ("count", "count")]);
    if let Some(overrides) = options.take("overrides") {
        call.set("overrides", shorthand::document(&overrides));
        report.input("--overrides", "`--overrides`");
    }
    settings(
        options,
        &mut call,
        report,
        &[
            "launch-type",
            "network-configuration",
            "capacity-provider-strategy",
            "platform-version",
            "group",
            "tags",
            "enable-execute-command",
            "enable-ecs-managed-tags",
            "propagate-tags",
            "placement-constraints",
            "placement-strategy",
            "volume-configurations",
        ],
    );
    if options.take("started-by").is_some() {
        report.without("`--started-by`: startedBy is what the task is found again by; `--key` names a run, and the same name is the same run");
    }
    call.set("wait", false);
    report.change(
        "as before, it ends once the task is started; without `--no-wait` it shows the log and ends as the task does",
    );
    report
        .change("a task that cannot be started is an error: `run-task` lists it in `failures` and ends with status 0");
    Became::Calls(vec![call])
}

fn deploy(options: &mut Options, report: &mut Converted) -> Became {
    let mut call = Call::new("deploy");
    plain(
        options,
        &mut call,
        report,
        &[("cluster", "cluster"), ("service", "service"), ("task-definition", "definition")],
    );
    plain(
        options,
        &mut call,
        report,
        &[("codedeploy-application", "codedeploy/application"), ("codedeploy-deployment-group", "codedeploy/group")],
    );
    if let Some(path) = options.one("codedeploy-appspec") {
        call.set("codedeploy/appspec", text::variable(&format!("$(cat {})", text::word(&path))));
        report.input("--codedeploy-appspec", "`--codedeploy`, with the text of the file");
    }
    report.change("the rollout ends once CodeDeploy has ended the tasks that were replaced: `--timeout` must be longer than its waits");
    Became::Calls(vec![call])
}

/// `aws ecr get-login-password | docker login --username AWS --password-stdin HOST`, as one.
fn login(script: &Script<'_>, at: usize, mut options: Options, mut report: Converted) -> Option<Draft> {
    let (command, next) = (&script.commands[at], script.commands.get(at + 1)?);
    let words: Vec<&str> = next.words.iter().map(|word| word.text.as_str()).collect();
    if !next.is_piped || words.first() != Some(&"docker") || words.get(1) != Some(&"login") {
        return None;
    }
    let valued = ["-u", "--username"];
    let host = words
        .iter()
        .enumerate()
        .skip(2)
        .find(|(at, word)| !word.starts_with('-') && !valued.contains(&words[at - 1]))?
        .1;
    let host = host.trim_start_matches("https://").trim_end_matches('/');
    let host = if host.starts_with("public.ecr.aws") { "public.ecr.aws" } else { host };
    report.from.push_str(" | docker login");
    let mut call = Call::new("login");
    call.set("registries", json!([host]));
    call.set("write", true);
    report.input("docker login", "`--registry`");
    let mut became = Became::Calls(vec![call]);
    client(&mut options, &mut became, &mut report);
    Some(Draft { report, became, range: command.range.start..next.range.end })
}

/// The family and the file of a command that downloads a task definition.
pub(crate) fn download(command: &Command) -> Option<(String, String)> {
    let (service, operation, skipped) = operation(command)?;
    let mut options = Options::of(command, skipped);
    let is_it = service == "ecs"
        && operation == "describe-task-definition"
        && options.one("query").as_deref() == Some("taskDefinition");
    let family = options.one("task-definition").filter(|_| is_it)?;
    ["region", "output", "no-cli-pager"].into_iter().for_each(|option| _ = options.take(option));
    options.all.is_empty().then_some((family, command.output.clone()?))
}
