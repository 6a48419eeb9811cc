//! fabfuel's `ecs`, a tool of Python: `ecs deploy`, `ecs scale`, `ecs run`, `ecs update`.

use serde_json::{Value, json};

use super::super::command::Call;
use super::super::report::{Converted, VERDICT};
use super::super::text;
use super::lexer::commands;
use super::{Became, Draft, Script, set_image};

/// Options with the number of their values.
const OPTIONS: [(&str, &str, usize); 43] = [
    ("-t", "--tag", 1),
    ("-i", "--image", 2),
    ("-c", "--command", 2),
    ("-e", "--env", 3),
    ("-s", "--secret", 3),
    ("-d", "--docker-label", 3),
    ("-h", "--health-check", 6),
    ("", "--cpu", 2),
    ("", "--memory", 2),
    ("", "--memoryreservation", 2),
    ("", "--task-cpu", 1),
    ("", "--task-memory", 1),
    ("", "--privileged", 2),
    ("", "--essential", 2),
    ("", "--env-file", 2),
    ("", "--s3-env-file", 2),
    ("", "--secrets-env-file", 2),
    ("-u", "--ulimit", 4),
    ("", "--system-control", 3),
    ("-p", "--port", 3),
    ("-m", "--mount", 3),
    ("-l", "--log", 4),
    ("-r", "--role", 1),
    ("-x", "--execution-role", 1),
    ("", "--runtime-platform", 2),
    ("", "--task", 1),
    ("", "--region", 1),
    ("", "--access-key-id", 1),
    ("", "--secret-access-key", 1),
    ("", "--profile", 1),
    ("", "--account", 1),
    ("", "--assume-role", 1),
    ("", "--timeout", 1),
    ("", "--sleep-time", 1),
    ("", "--volume", 2),
    ("", "--add-container", 1),
    ("", "--remove-container", 1),
    ("", "--launchtype", 1),
    ("", "--subnet", 1),
    ("", "--securitygroup", 1),
    ("", "--platform-version", 1),
    ("", "--comment", 1),
    ("", "--user", 1),
];

/// An option with its values.
struct Given {
    name: String,
    values: Vec<String>,
}

pub(crate) fn convert(script: &Script<'_>, at: usize) -> Option<Draft> {
    let command = &script.commands[at];
    let verb = command.words.get(1)?.text.clone();
    if !matches!(verb.as_str(), "deploy" | "scale" | "run" | "update" | "cron" | "diff") {
        return None;
    }
    let mut report = Converted::new(format!("ecs {verb} (ecs-deploy)"), (0, 0));
    let words: Vec<&str> = command.words.iter().skip(2).map(|word| word.text.as_str()).collect();
    let (arguments, options) = read(&words);
    let call = match verb.as_str() {
        "deploy" => deploy(script, &arguments, &options, &mut report),
        "scale" => scale(&arguments, &options, &mut report),
        "run" => run(&arguments, &options, &mut report),
        "update" => update(script, &arguments, &options, &mut report),
        _ => {
            report.keep(format!(
                "`ecs {verb}` has no counterpart that does the same: `schedule` makes schedules, `diff` compares files"
            ));
            Call::default()
        }
    };
    let calls = if call.verb.is_empty() { Vec::new() } else { vec![call] };
    Some(Draft { report, became: Became::Calls(calls), range: command.range.clone() })
}

fn read(words: &[&str]) -> (Vec<String>, Vec<Given>) {
    let (mut arguments, mut options) = (Vec::new(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (name, joined) = match word.split_once('=').filter(|_| word.starts_with("--")) {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (*word, None),
        };
        let known = OPTIONS.iter().find(|(short, long, _)| name == *long || (!short.is_empty() && name == *short));
        match known {
            Some((_, long, count)) => {
                let values: Vec<String> =
                    joined.into_iter().chain(words.by_ref().map(|word| (*word).to_owned())).take(*count).collect();
                options.push(Given { name: (*long).to_owned(), values });
            }
            None if name.starts_with("--") || (name.len() == 2 && name.starts_with('-')) => {
                let has_value = name.starts_with("--newrelic") || name.starts_with("--slack");
                let values =
                    joined.into_iter().chain(has_value.then(|| words.next().map(|word| (*word).to_owned())).flatten());
                options.push(Given { name: name.to_owned(), values: values.collect() });
            }
            None => arguments.push((*word).to_owned()),
        }
    }
    (arguments, options)
}

fn deploy(script: &Script<'_>, arguments: &[String], options: &[Given], report: &mut Converted) -> Call {
    let mut call = Call::new("deploy");
    match arguments {
        [cluster, service] => {
            call.set("service", service.clone());
            call.set("cluster", cluster.clone());
            report.input("CLUSTER SERVICE", "`--cluster`, `--service`");
        }
        _ => report.keep("its arguments are CLUSTER and SERVICE"),
    }
    changes(script, options, &mut call, report);
    timeout(options, &mut call, report);
    if !options.iter().any(|option| option.name == "--no-deregister") {
        report.without("`--deregister`: the former revision stays, so that a rollback finds it");
    }
    report.change(VERDICT);
    call
}

fn timeout(options: &[Given], call: &mut Call, report: &mut Converted) {
    let given = options.iter().find(|option| option.name == "--timeout").and_then(|option| option.values.first());
    report.input("--timeout", "`--timeout`");
    match given.map(String::as_str) {
        Some("-1") => call.set("wait", false),
        Some(text) => call.set("timeout", text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number))),
        None => {
            call.set("timeout", 300);
            report.change("its time was 300 seconds: `--timeout` is written out; 1800 without it");
        }
    }
}

fn scale(arguments: &[String], options: &[Given], report: &mut Converted) -> Call {
    let mut call = Call::new("deploy");
    match arguments {
        [cluster, service, count] => {
            call.set("service", service.clone());
            call.set("cluster", cluster.clone());
            call.set("desired", count.parse::<u64>().map_or_else(|_| json!(count), |number| json!(number)));
            report.input("CLUSTER SERVICE DESIRED_COUNT", "`--cluster`, `--service`, `--desired`");
        }
        _ => report.keep("its arguments are CLUSTER, SERVICE and DESIRED_COUNT"),
    }
    client(options, &mut call, report);
    timeout(options, &mut call, report);
    rest(options, report);
    call
}

fn update(script: &Script<'_>, arguments: &[String], options: &[Given], report: &mut Converted) -> Call {
    let mut call = Call::new("register");
    match arguments {
        [task] => {
            call.set("definition", task.clone());
            report.input("TASK", "`--definition`");
        }
        _ => report.keep("its argument is TASK"),
    }
    changes(script, options, &mut call, report);
    call
}

fn run(arguments: &[String], options: &[Given], report: &mut Converted) -> Call {
    let mut call = Call::new("run");
    match arguments {
        [cluster, task] => (call.set("cluster", cluster.clone()), call.set("definition", task.clone())).0,
        [cluster, task, count] => {
            call.set("cluster", cluster.clone());
            call.set("definition", task.clone());
            call.set("count", count.parse::<u64>().map_or_else(|_| json!(count), |number| json!(number)));
        }
        _ => report.keep("its arguments are CLUSTER, TASK and a count"),
    }
    report.input("CLUSTER TASK", "`--cluster`, `--definition`");
    let (mut network, mut settings) = (json!({}), json!({"launchType": "EC2"}));
    let mut overrides: Vec<Value> = Vec::new();
    for option in options {
        let value = |at: usize| option.values.get(at).cloned().unwrap_or_default();
        let mut of_container = |member: &str, entry: Value| {
            let at = overrides.iter().position(|one| one["name"] == value(0)).unwrap_or_else(|| {
                overrides.push(json!({"name": value(0)}));
                overrides.len() - 1
            });
            match (&mut overrides[at][member], entry) {
                (Value::Array(list), Value::Object(one)) => list.push(Value::Object(one)),
                (place, Value::Object(one)) => *place = json!([one]),
                (place, other) => *place = other,
            }
        };
        match option.name.as_str() {
            "--command" => of_container("command", words(&value(1))),
            "--env" => of_container("environment", json!({"name": value(1), "value": value(2)})),
            "--launchtype" => settings["launchType"] = json!(value(0)),
            "--platform-version" => settings["platformVersion"] = json!(value(0)),
            "--subnet" => push(&mut network["subnets"], value(0)),
            "--securitygroup" => push(&mut network["securityGroups"], value(0)),
            "--public-ip" => network["assignPublicIp"] = json!("ENABLED"),
            "--secret" | "--docker-label" | "--env-file" | "--s3-env-file" => {
                report.keep(format!("`{}` of a task that runs once has no counterpart", option.name))
            }
            _ => continue,
        }
        report.input(
            &option.name,
            if matches!(option.name.as_str(), "--command" | "--env") { "`--overrides`" } else { "`--settings`" },
        );
    }
    if network != json!({}) {
        settings["networkConfiguration"] = json!({"awsvpcConfiguration": network});
    }
    call.set("settings", settings);
    if !overrides.is_empty() {
        call.set("overrides", json!({"containerOverrides": overrides}));
    }
    call.set("wait", false);
    report.change(
        "as before, it ends once the task is started; without `--no-wait` it shows the log and ends as the task does",
    );
    client(options, &mut call, report);
    rest(options, report);
    call
}

fn push(list: &mut Value, one: String) {
    match list {
        Value::Array(list) => list.push(json!(one)),
        other => *other = json!([one]),
    }
}

/// The words of a command, as a shell cuts it.
fn words(text: &str) -> Value {
    let first = commands(text).into_iter().next();
    first.map_or_else(
        || json!([text]),
        |command| command.words.into_iter().map(|word| Value::String(word.text)).collect(),
    )
}

/// Changes to the task definition.
fn changes(script: &Script<'_>, options: &[Given], call: &mut Call, report: &mut Converted) {
    for option in options {
        let became = match option.name.as_str() {
            "--tag" => {
                set_image(script, call, report, &format!(":{}", option.value(0)));
                Some("`--image CONTAINER=:TAG`")
            }
            "--rollback" => {
                call.set("recover", "rollback");
                report.change("after going back the command ends with an error, and names what runs now");
                Some("`--recover rollback`")
            }
            _ => of_container(option, call).or_else(|| of_task(option, call)),
        };
        if let Some(ours) = became {
            report.input(&option.name, ours);
        }
    }
    exclusive(options, call, report);
    client(options, call, report);
    rest(options, report);
}

/// A change to one container, the first value of the option.
fn of_container(option: &Given, call: &mut Call) -> Option<&'static str> {
    let (container, name) = (option.value(0), option.value(1));
    let ours = match option.name.as_str() {
        "--image" => {
            call.set(&format!("images/{container}"), name);
            "`--image`"
        }
        "--env" => {
            call.change(container, &["environment", name], option.value(2));
            "`--env`"
        }
        "--secret" => {
            call.change(container, &["secrets", name], option.value(2));
            "`--containers '{\"…\": {\"secrets\": {…}}}'`"
        }
        "--docker-label" => {
            call.change(container, &["labels", name], option.value(2));
            "`--containers '{\"…\": {\"labels\": {…}}}'`"
        }
        "--command" => {
            call.change(container, &["command"], words(name));
            "`--containers '{\"…\": {\"command\": […]}}'`"
        }
        "--cpu" | "--memory" => {
            call.change(container, &[option.name.trim_start_matches("--")], option.number(1));
            "`--containers '{\"…\": {\"cpu\": …, \"memory\": …}}'`"
        }
        "--log" => {
            call.change(container, &["logging", "driver"], name);
            call.change(container, &["logging", "options", option.value(2)], option.value(3));
            "`--containers '{\"…\": {\"logging\": {…}}}'`"
        }
        "--s3-env-file" => {
            let all = call.request.entry("containers").or_insert_with(|| json!({}));
            push(&mut all[container]["files"], name.to_owned());
            "`--containers '{\"…\": {\"files\": […]}}'`"
        }
        "--health-check" => {
            let times = json!({"interval": option.number(2), "timeout": option.number(3),
                "retries": option.number(4), "startPeriod": option.number(5)});
            call.change(container, &["health"], times);
            call.change(container, &["health", "command"], json!(["CMD-SHELL", name]));
            "`--containers '{\"…\": {\"health\": {…}}}'`"
        }
        _ => return None,
    };
    Some(ours)
}

/// A change to the task as a whole.
fn of_task(option: &Given, call: &mut Call) -> Option<&'static str> {
    let member = match option.name.as_str() {
        "--task-cpu" => "cpu",
        "--task-memory" => "memory",
        "--role" => "taskRoleArn",
        "--execution-role" => "executionRoleArn",
        "--runtime-platform" => {
            let platform = json!({"cpuArchitecture": option.value(0), "operatingSystemFamily": option.value(1)});
            call.set("patch/runtimePlatform", platform);
            return Some("`--patch '{\"runtimePlatform\": …}'`");
        }
        "--task" => {
            call.set("definition", option.value(0));
            return Some("`--definition`");
        }
        _ => return None,
    };
    call.set(&format!("patch/{member}"), option.value(0));
    Some("`--set /MEMBER=…`")
}

/// Options that remove what a container has.
fn exclusive(options: &[Given], call: &mut Call, report: &mut Converted) {
    const ALL: [(&str, &str); 3] = [
        ("--exclusive-env", "environment"),
        ("--exclusive-secrets", "secrets"),
        ("--exclusive-docker-labels", "labels"),
    ];
    for (name, member) in ALL.into_iter().filter(|(name, _)| options.iter().any(|option| option.name == *name)) {
        report.input(name, format!("`\"*\": null` in `{member}` of `--containers`"));
        report.change(format!(
            "`{name}` removed those of all containers; `\"*\": null` removes those of the container that it is given for"
        ));
        let containers = call.request.get("containers").and_then(Value::as_object);
        let containers: Vec<String> = containers.map(|all| all.keys().cloned().collect()).unwrap_or_default();
        containers.iter().for_each(|container| call.change(container, &[member, "*"], Value::Null));
    }
}

impl Given {
    fn value(&self, at: usize) -> &str {
        self.values.get(at).map_or("", String::as_str)
    }

    fn number(&self, at: usize) -> Value {
        self.value(at).parse::<u64>().map_or_else(|_| json!(self.value(at)), |number| json!(number))
    }
}

fn client(options: &[Given], call: &mut Call, report: &mut Converted) {
    let value = |name: &str| options.iter().find(|option| option.name == name).and_then(|option| option.values.first());
    for (name, ours) in [("--region", "region"), ("--profile", "profile")] {
        if let Some(given) = value(name) {
            call.client.insert(ours.to_owned(), json!(given));
            report.input(name, format!("`--{ours}`"));
        }
    }
    match (value("--account"), value("--assume-role")) {
        (Some(account), Some(role)) => {
            call.client.insert("role".to_owned(), json!(format!("arn:aws:iam::{account}:role/{role}")));
            report.input("--account, --assume-role", "`--role`");
        }
        (None, None) => {}
        _ => report.keep("`--account` and `--assume-role` are needed together"),
    }
}

/// What is not needed, and what has no counterpart.
fn rest(options: &[Given], report: &mut Converted) {
    for option in options {
        match option.name.as_str() {
            "--access-key-id" | "--secret-access-key" => {
                report.keep("its keys stand on the command line: put them into the environment first")
            }
            "--diff" | "--no-diff" | "--sleep-time" | "--ignore-warnings" | "--comment" | "--user" => {
                report.without(format!("`{}`", option.name))
            }
            name if name.starts_with("--slack") || name.starts_with("--newrelic") => {
                report.without(format!("`{name}`: no other service is notified; do it in a step after this one"));
            }
            "--deregister" | "--no-deregister" | "--no-rollback" | "--timeout" | "--public-ip" | "--account"
            | "--assume-role" => {}
            name => {
                let is_done = report.inputs.iter().any(|input| input.name == name || input.name.contains(name));
                if !is_done {
                    report.keep(format!(
                        "`{name}` has no counterpart: change the task definition's file, and give it as `--definition`"
                    ));
                }
            }
        }
    }
    // A variable in a word stays one.
    debug_assert!(report.inputs.iter().all(|input| !text::has_variable(&input.name)));
}
