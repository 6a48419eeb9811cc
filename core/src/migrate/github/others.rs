//! The actions around a deployment: credentials, login to ECR, and Express Mode.

use serde_json::{Number, Value, json};

use super::super::command::Call;
use super::super::report::Converted;
use super::inputs::Inputs;

/// All inputs of `aws-actions/amazon-ecr-login` 2.1.
pub(crate) const LOGIN: [&str; 5] = ["http-proxy", "mask-password", "registries", "registry-type", "skip-logout"];

/// The call of a login.
pub(crate) fn login(inputs: &Inputs<'_>, report: &mut Converted) -> Call {
    let mut call = Call::new("login");
    let is_public = inputs.plain("registry-type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("public"));
    if is_public {
        call.set("registries", json!(["public.ecr.aws"]));
        report.input("registry-type", "`--registry public.ecr.aws`");
    } else if let Some(registries) = inputs.text("registries") {
        let each: Vec<&str> = registries.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
        call.set("registries", json!(each));
        report.input("registries", "`--registry`, once for each");
    }
    call.set("write", true);
    if inputs.plain("http-proxy").is_some() {
        report.keep("`http-proxy`: set HTTPS_PROXY in the environment of the job, which every command takes");
    }
    if inputs.plain("mask-password").is_some() {
        report.without("`mask-password`: the password is in no output of the step");
    }
    if inputs.plain("skip-logout").is_some() {
        report.without("`skip-logout`: nobody logs out; the token ends after twelve hours");
    }
    report.change(
        "the login stays in Docker's configuration when the job ends: on a runner of your own, for twelve hours",
    );
    call
}

/// Inputs of `aws-actions/configure-aws-credentials` 6.2, and what takes their place where no other step needs credentials.
const CREDENTIALS: [(&str, &str); 33] = [
    ("aws-region", "`--region`, or AWS_REGION"),
    ("aws-profile", "`--profile`, of a profile that is there"),
    ("overwrite-aws-profile", ""),
    ("role-to-assume", "`--role`: with the permission `id-token: write` the job's own token is used"),
    ("aws-access-key-id", "AWS_ACCESS_KEY_ID in the environment"),
    ("aws-secret-access-key", "AWS_SECRET_ACCESS_KEY in the environment"),
    ("aws-session-token", "AWS_SESSION_TOKEN in the environment"),
    ("web-identity-token-file", "`--role` and `--token` with the file's path"),
    ("role-chaining", "`--role` beside credentials of the environment"),
    ("audience", "`--audience`"),
    ("http-proxy", "HTTPS_PROXY in the environment"),
    ("no-proxy", "NO_PROXY in the environment"),
    ("mask-aws-account-id", ""),
    ("role-duration-seconds", "`--duration`; credentials are fetched again before they expire"),
    ("role-external-id", "`--external`"),
    ("role-session-name", "`--session`"),
    ("role-skip-session-tagging", "no tags are set unless given"),
    ("transitive-tag-keys", ""),
    ("inline-session-policy", "`--policy`"),
    ("managed-session-policies", "`--managed`, once for each"),
    ("output-credentials", ""),
    ("output-env-credentials", ""),
    ("unset-current-credentials", ""),
    ("disable-retry", "calls are made again where that may help"),
    ("retry-max-attempts", "calls are made again until the timeout"),
    ("special-characters-workaround", ""),
    ("use-existing-credentials", "credentials of the environment come first"),
    ("allowed-account-ids", "`--account`, for one account"),
    ("force-skip-oidc", "`--no-oidc`"),
    ("action-timeout-s", ""),
    ("custom-tags", "`--tag`, once for each"),
    ("sts-endpoint", "AWS_ENDPOINT_URL_STS in the environment"),
    ("role-skip-session-tags", ""),
];

/// The names of the inputs.
pub(crate) fn of_credentials() -> Vec<&'static str> {
    CREDENTIALS.iter().map(|(input, _)| *input).collect()
}

/// The step stays: other steps may need the credentials that it leaves behind. Its inputs are named with what would take their place.
pub(crate) fn credentials(inputs: &Inputs<'_>, report: &mut Converted) {
    for (name, _) in inputs.names() {
        let Some((_, option)) = CREDENTIALS.iter().find(|(input, _)| input.eq_ignore_ascii_case(name)) else {
            continue;
        };
        match option.is_empty() {
            true => report.without(format!("`{name}`")),
            false => report.input(name, *option),
        }
    }
    report.keep("`ecs-rollout` takes the credentials that this step leaves in the environment. It is not needed if no other step calls AWS");
}

/// All inputs of `aws-actions/amazon-ecs-deploy-express-service` 1.2.
pub(crate) const EXPRESS: [&str; 25] = [
    "service-name",
    "image",
    "execution-role-arn",
    "infrastructure-role-arn",
    "cluster",
    "container-port",
    "environment-variables",
    "secrets",
    "command",
    "log-group",
    "log-stream-prefix",
    "repository-credentials",
    "tags",
    "mutate-tags-on-update",
    "cpu",
    "memory",
    "task-role-arn",
    "subnets",
    "security-groups",
    "health-check-path",
    "min-task-count",
    "max-task-count",
    "auto-scaling-metric",
    "auto-scaling-target-value",
    // Of version 1.0.
    "service",
];

/// Inputs that are texts, and their places in the request.
const TEXTS: [(&str, &str); 14] = [
    ("service-name", "service"),
    ("service", "service"),
    ("cluster", "cluster"),
    ("image", "express/primaryContainer/image"),
    ("execution-role-arn", "express/executionRoleArn"),
    ("infrastructure-role-arn", "express/infrastructureRoleArn"),
    ("log-group", "express/primaryContainer/awsLogsConfiguration/logGroup"),
    ("log-stream-prefix", "express/primaryContainer/awsLogsConfiguration/logStreamPrefix"),
    ("repository-credentials", "express/primaryContainer/repositoryCredentials/credentialsParameter"),
    ("cpu", "express/cpu"),
    ("memory", "express/memory"),
    ("task-role-arn", "express/taskRoleArn"),
    ("health-check-path", "express/healthCheckPath"),
    ("auto-scaling-metric", "express/scalingTarget/autoScalingMetric"),
];
/// Inputs that are numbers.
const NUMBERS: [(&str, &str); 4] = [
    ("container-port", "express/primaryContainer/containerPort"),
    ("min-task-count", "express/scalingTarget/minTaskCount"),
    ("max-task-count", "express/scalingTarget/maxTaskCount"),
    ("auto-scaling-target-value", "express/scalingTarget/autoScalingTargetValue"),
];
/// Inputs that are lists with commas between their items.
const LISTS: [(&str, &str); 2] = [
    ("subnets", "express/networkConfiguration/subnets"),
    ("security-groups", "express/networkConfiguration/securityGroups"),
];
/// Inputs that are JSON.
const DOCUMENTS: [(&str, &str); 4] = [
    ("environment-variables", "express/primaryContainer/environment"),
    ("secrets", "express/primaryContainer/secrets"),
    ("command", "express/primaryContainer/command"),
    ("tags", "express/tags"),
];

/// A service of Express Mode is one of `service` with `express`: created if it is not there, otherwise compared.
pub(crate) fn express(inputs: &Inputs<'_>, report: &mut Converted) -> Call {
    let mut call = Call::new("service");
    let mut set = |report: &mut Converted, input: &str, place: &str, value: Value| {
        call.set(place, value);
        let option = match place.strip_prefix("express/") {
            Some(member) => format!("`{}` of `--express`", member.replace('/', ".")),
            None => format!("`--{place}`"),
        };
        report.input(input, option);
    };
    for (input, place) in TEXTS {
        if let Some(text) = inputs.text(input) {
            set(report, input, place, text.into());
        }
    }
    for (input, place) in NUMBERS {
        match inputs.text(input).map(|text| text.trim().parse::<Number>()) {
            Some(Ok(number)) => set(report, input, place, number.into()),
            Some(Err(_)) => {
                report.keep(format!("`{input}` is no number as it stands, and `--express` needs one in its place"))
            }
            None => {}
        }
    }
    for (input, place) in LISTS {
        if let Some(text) = inputs.text(input) {
            set(report, input, place, text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect());
        }
    }
    for (input, place) in DOCUMENTS {
        match inputs.text(input).map(|text| document(input, &text)) {
            Some(Some(document)) => set(report, input, place, document),
            Some(None) => {
                report.keep(format!("`{input}` is no JSON list as it stands, and `--express` needs one in its place"))
            }
            None => {}
        }
    }
    express_notes(inputs, report);
    call
}

/// What differs from the action.
fn express_notes(inputs: &Inputs<'_>, report: &mut Converted) {
    let is_given = |input: &str| inputs.text(input).is_some_and(|text| !text.trim().is_empty());
    let removes_tags =
        inputs.text("mutate-tags-on-update").is_some_and(|text| text.trim().eq_ignore_ascii_case("true"));
    if removes_tags {
        report.change("`mutate-tags-on-update`: tags that are given are written if they differ, and others stay: the action removes them");
    } else if is_given("tags") {
        report.change("`tags`: those that differ are written to a service that is there, too");
    }
    if is_given("security-groups") && !is_given("subnets") {
        report.change("`security-groups`: the action ignores them without `subnets`");
    }
    report.change("of a service that is there, what is not given stays, and if nothing differs there is no deployment: `--force` begins one");
    report.change("the wait ends at the verdict of the deployment's own record, and a time-out is an error");
}

/// JSON, or tags as lines of `key=value`.
fn document(input: &str, text: &str) -> Option<Value> {
    let parsed = serde_json::from_str::<Value>(text).ok().filter(Value::is_array);
    let pair = |line: &str| line.split_once('=').map(|(key, value)| json!({"key": key.trim(), "value": value.trim()}));
    let lines = || text.lines().filter(|line| !line.trim().is_empty()).map(pair).collect::<Option<Vec<Value>>>();
    parsed.or_else(|| (input == "tags").then(lines)?.map(Value::Array))
}

/// The lines of a login's script: its registry is an output where other steps read it.
pub(crate) fn login_script(call: &Call, is_read: bool) -> Vec<String> {
    if !is_read {
        return vec![call.line("  ")];
    }
    let mut call = call.clone();
    call.program.push("--output id".to_owned());
    // A command inside of `echo` would fail without anybody hearing of it.
    vec![format!("registry=\"$({})\"", call.line("  ")), "echo \"registry=$registry\" >> \"$GITHUB_OUTPUT\"".to_owned()]
}

/// The lines of a render step whose file other steps read.
pub(crate) fn render_script(call: &Call) -> Vec<String> {
    vec![
        "definition=\"$RUNNER_TEMP/task-definition-$RANDOM.json\"".to_owned(),
        format!("{} > \"$definition\"", call.line("  ")),
        "echo \"task-definition=$definition\" >> \"$GITHUB_OUTPUT\"".to_owned(),
    ]
}
