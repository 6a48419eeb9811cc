//! The environment variables of the program. An option on the command line counts before its variable, and the variable before the
//! request file. One that is set to nothing counts as not set.

/// The service: its name or ARN. Option `service`.
pub const SERVICE: &str = "ECS_ROLLOUT_SERVICE";
/// The cluster: its name or ARN. Option `cluster`.
pub const CLUSTER: &str = "ECS_ROLLOUT_CLUSTER";
/// The task definition: a family, `family:revision`, an ARN or a file. Option `definition`.
pub const DEFINITION: &str = "ECS_ROLLOUT_DEFINITION";
/// Seconds until the wait ends. Option `timeout`.
pub const TIMEOUT: &str = "ECS_ROLLOUT_TIMEOUT";
/// What to do if a rollout fails: `leave` or `rollback`. Option `recover`.
pub const RECOVER: &str = "ECS_ROLLOUT_RECOVER";
/// The region. Option `region` of the client; `AWS_REGION` is read as well.
pub const REGION: &str = "ECS_ROLLOUT_REGION";
/// The profile. Option `profile` of the client; `AWS_PROFILE` is read as well.
pub const PROFILE: &str = "ECS_ROLLOUT_PROFILE";
/// The URL to call instead of AWS's own. Option `endpoint` of the client; `AWS_ENDPOINT_URL` is read as well.
pub const ENDPOINT: &str = "ECS_ROLLOUT_ENDPOINT";
/// The account that every call must be signed for. Option `account` of the client.
pub const ACCOUNT: &str = "ECS_ROLLOUT_ACCOUNT";
/// The ARN of the role to assume. Option `role` of the client.
pub const ROLE: &str = "ECS_ROLLOUT_ROLE";
/// The name of the session. Option `session` of the client.
pub const SESSION: &str = "ECS_ROLLOUT_SESSION";
/// The request file. Option `--file`.
pub const FILE: &str = "ECS_ROLLOUT_FILE";
/// What is written to standard output: `text`, `json` or `id`. Option `--output`.
pub const OUTPUT: &str = "ECS_ROLLOUT_OUTPUT";
/// `1` or `true`: write nothing to standard error but errors. Option `--quiet`.
pub const QUIET: &str = "ECS_ROLLOUT_QUIET";
/// The world of a simulator that takes the place of AWS. Option `--simulate`.
pub const SIMULATE: &str = "ECS_ROLLOUT_SIMULATE";
/// The file that gets a report of what happened, as a page. Option `--report`.
pub const REPORT: &str = "ECS_ROLLOUT_REPORT";
/// The file that gets the verdict as JUnit has it. Option `--junit`.
pub const JUNIT: &str = "ECS_ROLLOUT_JUNIT";
/// `0` or `false`: no summary on the page of a job of GitHub Actions. Option `--no-summary`.
pub const SUMMARY: &str = "ECS_ROLLOUT_SUMMARY";
/// A token for GitHub with the permission `deployments: write`: with it, a deployment on GitHub follows the one of ECS. A token in
/// another variable, such as `GITHUB_TOKEN`, is not used.
pub const GITHUB_TOKEN: &str = "ECS_ROLLOUT_GITHUB_TOKEN";
/// The environment of that deployment on GitHub; the cluster's name if not set.
pub const GITHUB_ENVIRONMENT: &str = "ECS_ROLLOUT_GITHUB_ENVIRONMENT";

/// The variables of options of verbs, by the name of the option.
pub(crate) const OF_VERBS: [(&str, &str); 5] = [
    ("service", SERVICE),
    ("cluster", CLUSTER),
    ("definition", DEFINITION),
    ("timeout", TIMEOUT),
    ("recover", RECOVER),
];
/// The variables of options of the client, by the name of the option.
pub(crate) const OF_CLIENT: [(&str, &str); 6] = [
    ("region", REGION),
    ("profile", PROFILE),
    ("endpoint", ENDPOINT),
    ("account", ACCOUNT),
    ("role", ROLE),
    ("session", SESSION),
];
/// The variables of the program itself.
const OF_PROGRAM: [&str; 9] = [FILE, OUTPUT, QUIET, SIMULATE, REPORT, JUNIT, SUMMARY, GITHUB_TOKEN, GITHUB_ENVIRONMENT];
/// What the tests of this repository set, and is no option.
const OF_TESTS: [&str; 1] = ["ECS_ROLLOUT_PRINT"];

/// The value of a variable that is set to something.
pub(crate) fn value(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// A warning for each variable whose name begins as ours do and is none.
pub(crate) fn unknown(set: impl Iterator<Item = String>) -> Vec<String> {
    let known: Vec<&str> = OF_VERBS.iter().chain(&OF_CLIENT).map(|(_, name)| *name).chain(OF_PROGRAM).collect();
    let is_unknown =
        |name: &String| name.starts_with("ECS_ROLLOUT_") && !known.contains(&&**name) && !OF_TESTS.contains(&&**name);
    let text = |name: String| {
        let hint = crate::options::names::suggestion(&name, &known);
        format!("the environment variable {name} is unknown{hint}")
    };
    set.filter(is_unknown).map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_none_is_named() {
        let set = ["PATH", CLUSTER, "ECS_ROLLOUT_CLUSTR", "ECS_ROLLOUT_PRINT"].map(str::to_owned);
        let warnings = unknown(set.into_iter());
        let expected = "the environment variable ECS_ROLLOUT_CLUSTR is unknown: did you mean \"ECS_ROLLOUT_CLUSTER\"?";
        assert_eq!(warnings, [expected]);
    }
}
