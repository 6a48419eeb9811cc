//! The actions around a deployment: credentials, login to ECR, and Express Mode.

use serde_json::json;

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

/// No verb makes or changes a service of Express Mode. What its deployment comes to can be watched.
pub(crate) fn express(inputs: &Inputs<'_>, report: &mut Converted) {
    for (name, _) in inputs.names().filter(|(name, _)| !matches!(*name, "service-name" | "service" | "cluster")) {
        report.without(format!("`{name}`: a member of Create- or UpdateExpressGatewayService"));
    }
    let mut call = Call::new("watch");
    for (input, option) in [("service-name", "service"), ("service", "service"), ("cluster", "cluster")] {
        if let Some(text) = inputs.text(input) {
            call.set(option, text);
            report.input(input, format!("`--{option}` of `watch`"));
        }
    }
    if call.has("service") {
        report.becomes(&call);
    }
    report.keep("services of Express Mode are created and changed by ECS's own API alone: the step stays. `watch` after it says how its deployment ends");
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
