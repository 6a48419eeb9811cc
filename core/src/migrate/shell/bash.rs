//! silinternational's `ecs-deploy`, a script of bash.

use serde_json::json;

use super::super::command::Call;
use super::super::report::{Converted, VERDICT};
use super::super::text;
use super::{Became, Draft, Script, set_image, shorthand};

/// Options with a value, by their short and long names.
const VALUED: [(&str, &str); 19] = [
    ("-k", "--aws-access-key"),
    ("-s", "--aws-secret-key"),
    ("-r", "--region"),
    ("-p", "--profile"),
    ("-a", "--aws-assume-role"),
    ("-c", "--cluster"),
    ("-n", "--service-name"),
    ("-d", "--task-definition"),
    ("-i", "--image"),
    ("-t", "--timeout"),
    ("-m", "--min"),
    ("-M", "--max"),
    ("-D", "--desired-count"),
    ("-e", "--tag-env-var"),
    ("-to", "--tag-only"),
    ("", "--max-definitions"),
    ("", "--task-definition-file"),
    ("", "--launch-type"),
    ("", "--platform-version"),
];

pub(crate) fn convert(script: &Script<'_>, at: usize) -> Draft {
    let command = &script.commands[at];
    let mut report = Converted::new("ecs-deploy (bash)", (0, 0));
    let mut call = Call::new("deploy");
    let (mut image, mut tag, mut family) = (None, None, None);
    let mut words = command.words.iter().skip(1).map(|word| word.text.as_str());
    while let Some(word) = words.next() {
        let long = VALUED.iter().find(|(short, long)| word == *long || (word == *short && !short.is_empty()));
        let Some((_, long)) = long else {
            switch(word, &mut words, &mut call, &mut report);
            continue;
        };
        let Some(value) = words.next() else {
            report.keep(format!("`{long}` has no value"));
            break;
        };
        match *long {
            "--image" => image = Some(value.to_owned()),
            "--tag-only" => tag = Some(value.to_owned()),
            "--task-definition" => family = Some(value.to_owned()),
            _ => valued(long, value, &mut call, &mut report),
        }
    }
    verb(&mut call, family, &mut report);
    match (tag, image) {
        (Some(tag), _) => {
            report.input("--tag-only", "`--image CONTAINER=:TAG`");
            set_image(script, &mut call, &mut report, &format!(":{tag}"));
        }
        (None, Some(image)) => {
            report.input("--image", "`--image CONTAINER=IMAGE`");
            let name = image.rsplit('/').next().unwrap_or_default();
            if !name.contains([':', '@']) && !text::has_variable(name) {
                report.change("an image without a tag was given `latest`: it is written out here");
                set_image(script, &mut call, &mut report, &format!("{image}:latest"));
            } else {
                set_image(script, &mut call, &mut report, &image);
            }
        }
        (None, None) if !call.has("definition") => report.keep("it has no image"),
        (None, None) => {}
    }
    Draft { report, became: Became::Calls(vec![call]), range: command.range.clone() }
}

/// What it does: deploys a service, runs a task, or registers a task definition alone.
fn verb(call: &mut Call, family: Option<String>, report: &mut Converted) {
    if let Some(family) = family {
        report.input("--task-definition", "`--definition`");
        if !call.has("definition") {
            call.set("definition", family);
        }
    }
    let runs = call.request.shift_remove("run").is_some();
    call.verb = if runs {
        "run"
    } else if call.has("service") {
        "deploy"
    } else {
        "register"
    }
    .to_owned();
    match call.verb.as_str() {
        "deploy" => {
            if !call.has("timeout") {
                call.set("timeout", 90);
                report.change("its time was 90 seconds, which is little: `--timeout` is written out; 1800 without it");
            }
            report.change(VERDICT);
            report.change("it was green once one task of the new definition ran; here all of them are live");
        }
        "run" if call.request.shift_remove("until").is_none() => call.set("wait", false),
        _ => {}
    }
    if call.verb != "deploy" {
        ["recover", "force", "desired", "until", "timeout"]
            .iter()
            .for_each(|option| _ = call.request.shift_remove(*option));
    }
    if call.verb == "register" {
        call.request.shift_remove("cluster");
    }
}

fn valued(option: &str, value: &str, call: &mut Call, report: &mut Converted) {
    let number = || value.parse::<u64>().map_or_else(|_| json!(value), |number| json!(number));
    let ours = match option {
        "--cluster" | "--service-name" | "--task-definition-file" | "--timeout" | "--desired-count" => {
            let ours = match option {
                "--cluster" => "cluster",
                "--service-name" => "service",
                "--timeout" => "timeout",
                "--desired-count" => "desired",
                _ => "definition",
            };
            let is_text = matches!(ours, "cluster" | "service" | "definition");
            let is_bare = ours == "definition" && !value.contains(['.', '/']) && !text::has_variable(value);
            let given = if is_bare { format!("./{value}") } else { value.to_owned() };
            call.set(ours, if is_text { json!(given) } else { number() });
            format!("`--{ours}`")
        }
        "--region" | "--profile" | "--aws-assume-role" => {
            let ours = option.trim_start_matches("--").replace("aws-assume-role", "role");
            call.client.insert(ours.clone(), json!(value));
            format!("`--{ours}`")
        }
        "--min" | "--max" => {
            let member = if option == "--min" { "minimumHealthyPercent" } else { "maximumPercent" };
            call.set(&format!("settings/deploymentConfiguration/{member}"), number());
            format!("`--settings '{{\"deploymentConfiguration\": {{\"{member}\": …}}}}'`")
        }
        "--launch-type" | "--platform-version" => {
            let member = if option == "--launch-type" { "launchType" } else { "platformVersion" };
            call.set(&format!("settings/{member}"), value);
            format!("`--settings '{{\"{member}\": …}}'`")
        }
        "--aws-access-key" | "--aws-secret-key" => {
            report.change("keys are not given on a command line, where others can read them: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
            report.keep("its keys stand on the command line: put them into the environment first");
            return;
        }
        "--max-definitions" => {
            return report.without("`--max-definitions`: no revision is deregistered, so that a rollback finds it");
        }
        "--tag-env-var" => {
            return report.keep(format!(
                "`--tag-env-var`: write the tag into `--image`, such as `CONTAINER=repository:${value}`"
            ));
        }
        _ => return report.keep(format!("`{option}` has no counterpart")),
    };
    report.input(option, ours);
}

fn switch<'a>(word: &str, words: &mut impl Iterator<Item = &'a str>, call: &mut Call, report: &mut Converted) {
    match word {
        "--enable-rollback" => {
            call.set("recover", "rollback");
            report.input(word, "`--recover rollback`");
            report.change("after going back the command ends with an error, and names what runs now");
        }
        "--force-new-deployment" => {
            call.set("force", true);
            report.input(word, "`--force`");
        }
        "--run-task" => {
            call.set("run", true);
            report.input(word, "the command `run`");
        }
        "--wait-for-success" => {
            call.set("until", true);
            report.input(word, "waiting is the default of `run`");
        }
        "--network-configuration" => {
            if let Some(value) = words.next() {
                call.set("settings/networkConfiguration", shorthand::document(&[value.to_owned()]));
                report.input(word, "`--settings '{\"networkConfiguration\": …}'`");
            }
        }
        "--copy-task-definition-tags" => {
            report.without("`--copy-task-definition-tags`: tags are copied to the new revision")
        }
        "--skip-deployments-check" => {
            report.without("`--skip-deployments-check`: a deployment is live once its own tasks are")
        }
        "--aws-instance-profile" => {
            report.without("`--aws-instance-profile`: the credentials of the machine are found by themselves")
        }
        "--use-latest-task-def" => {
            report.change("the base is what the service runs; for the newest revision give `--definition FAMILY`")
        }
        "-v" | "--verbose" => report.without("`--verbose`"),
        other => report.keep(format!("`{other}` is no option of it")),
    }
}
