//! The commands: one row each. A verb of the table in `verbs.rs` without a row is a command all the same, in the last group.

use crate::verbs::{VERBS, Verb};

/// A command as help shows it.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) group: Group,
    /// What it does, in a line.
    pub(crate) about: &'static str,
    /// Command lines, and what each does.
    pub(crate) examples: &'static [(&'static str, &'static str)],
    /// Where the id in its outcome stands: the first of these places that there is.
    pub(crate) id: &'static [&'static str],
}

/// What a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Deploy,
    Service,
    Tasks,
    Images,
    Documents,
    Other,
}

impl Group {
    pub(crate) const ALL: [(Self, &'static str); 6] = [
        (Self::Deploy, "Deployments"),
        (Self::Service, "Services"),
        (Self::Tasks, "Tasks, schedules"),
        (Self::Images, "Images"),
        (Self::Documents, "Documents"),
        (Self::Other, "Other"),
    ];
}

/// Where an id stands if a row does not say it.
const USUAL: &[&str] = &["/deployment", "/definition", "/image", "/arn", "/name", "/service", "/id"];

const fn row(
    name: &'static str,
    group: Group,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
) -> Row {
    Row { name, group, about, examples, id: USUAL }
}

const fn row_with(row: Row, id: &'static [&'static str]) -> Row {
    Row { id, ..row }
}

/// The rows, in the order in which help shows them.
pub(crate) const ROWS: &[Row] = &[
    row(
        "deploy",
        Group::Deploy,
        "Deploy a change to a service and watch it to the verdict",
        &[
            ("ecs-rollout deploy api --cluster prod --image api=:v2", "A new image"),
            (
                "ecs-rollout deploy api --cluster prod --env api.LEVEL=debug --set /cpu=512",
                "A variable and the task's size",
            ),
            (
                "ecs-rollout deploy api --cluster prod --definition taskdef.json --recover rollback",
                "A definition from a file",
            ),
            ("ecs-rollout deploy --file request.yaml --output json", "A whole request; events as JSON"),
            ("ecs-rollout deploy --file rollout.yaml", "Many services, if the file has `services`: as `deploy-all`"),
        ],
    ),
    row(
        "deploy-all",
        Group::Deploy,
        "Deploy many services at once",
        &[("ecs-rollout deploy-all --file services.yaml --parallel 1", "One after the other")],
    ),
    row(
        "plan-all",
        Group::Deploy,
        "Show what `deploy-all` would do, and write nothing",
        &[("ecs-rollout plan-all --file services.yaml --exit-code", "Status 3 if a service would change")],
    ),
    row(
        "plan",
        Group::Deploy,
        "Show what `deploy` would do, and write nothing",
        &[
            ("ecs-rollout plan api --cluster prod --image api=:v2", "The changes and the calls"),
            ("ecs-rollout plan api --cluster prod --image api=:v2 --exit-code", "Status 3 if there are changes"),
            ("ecs-rollout plan --file rollout.yaml", "Many services, if the file has `services`: as `plan-all`"),
        ],
    ),
    row_with(
        row(
            "check",
            Group::Deploy,
            "Check that all is there that a deployment needs, and write nothing",
            &[
                ("ecs-rollout check api --cluster prod --image api=:v2", "Before a deployment"),
                ("ecs-rollout check --definition taskdef.json", "A definition alone; status 4 if it cannot run"),
            ],
        ),
        &["/ok"],
    ),
    row(
        "watch",
        Group::Deploy,
        "Watch a deployment that somebody else began",
        &[("ecs-rollout watch api --cluster prod", "The newest one")],
    ),
    row(
        "rollback",
        Group::Deploy,
        "Go back to what a service ran before",
        &[("ecs-rollout rollback api --cluster prod --to api:1", "To a revision")],
    ),
    row(
        "resume",
        Group::Deploy,
        "Let a deployment go on that waits at a hook",
        &[("ecs-rollout resume api --cluster prod", "The hook that waits")],
    ),
    row_with(
        row(
            "service",
            Group::Service,
            "Create a service, or bring it to what is asked, and deploy it",
            &[
                ("ecs-rollout service --settings service.json --definition taskdef.json", "From files"),
                (
                    "ecs-rollout service api --cluster prod --settings /enableExecuteCommand=true --plan",
                    "What would change",
                ),
            ],
        ),
        &["/service", "/deployment", "/definition"],
    ),
    row_with(
        row(
            "scale",
            Group::Service,
            "Set within which range and by what a service scales",
            &[("ecs-rollout scale api --cluster prod --min 2 --max 6 --cpu 60", "By CPU")],
        ),
        &["/resource", "/service"],
    ),
    row_with(
        row(
            "status",
            Group::Service,
            "Show what a service runs, how it is, and its last deployments",
            &[("ecs-rollout status api --cluster prod --deployments 3", "With the last three deployments")],
        ),
        &["/live/deployment", "/arn"],
    ),
    row(
        "explain",
        Group::Service,
        "Explain why an earlier deployment failed",
        &[("ecs-rollout explain api --cluster prod", "The newest that failed")],
    ),
    row_with(
        row(
            "logs",
            Group::Service,
            "Show the lines of all containers of a service or a task",
            &[("ecs-rollout logs api --cluster prod --follow --duration 5", "As they come, for 5 seconds")],
        ),
        &["/streams/*/stream"],
    ),
    row_with(
        row(
            "export",
            Group::Service,
            "Write what a service runs as files that the verbs take",
            &[("ecs-rollout export api --cluster prod --folder exported", "taskdef.json, service.json, scaling.json")],
        ),
        &["/files", "/definition"],
    ),
    row_with(
        row(
            "remove",
            Group::Service,
            "Scale a service down, delete it, and wait until it is gone",
            &[("ecs-rollout remove api --cluster prod --plan", "Which calls that would be")],
        ),
        &["/service"],
    ),
    row_with(
        row(
            "run",
            Group::Tasks,
            "Run a task to its end, such as a migration",
            &[(
                "ecs-rollout run api --cluster prod --env STEP=1 -- node migrate.js",
                "What the service runs, with another command",
            )],
        ),
        &["/tasks/*/task"],
    ),
    row_with(
        row(
            "schedule",
            Group::Tasks,
            "Make a call by the clock, with EventBridge",
            &[
                ("ecs-rollout schedule nightly --file schedule.yaml", "From a file"),
                ("ecs-rollout schedule nightly --remove", "Delete it"),
            ],
        ),
        &["/arn", "/name"],
    ),
    row_with(
        row(
            "login",
            Group::Images,
            "Get credentials for registries of ECR",
            &[("ecs-rollout login --write", "Into Docker's configuration")],
        ),
        &["/*/registry"],
    ),
    row_with(
        row(
            "resolve",
            Group::Images,
            "Show which image a tag names: digest, platforms, size",
            &[("ecs-rollout resolve 123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:v2", "An image in ECR")],
        ),
        &["/image"],
    ),
    row_with(
        row(
            "exists",
            Group::Images,
            "Say whether an image is there",
            &[(
                "ecs-rollout exists 123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:v2 --exit-code",
                "Status 3 if it is not",
            )],
        ),
        &[""],
    ),
    row_with(
        row(
            "push",
            Group::Images,
            "Push an image from a file to a registry, without Docker",
            &[(
                "ecs-rollout push image.tar --image 123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:v2 --output id",
                "Its digest for `deploy`",
            )],
        ),
        &["/image"],
    ),
    row_with(
        row(
            "build",
            Group::Images,
            "Build an image with the builder that is installed, and push it",
            &[(
                "ecs-rollout build . --image 123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:v2",
                "Built and pushed",
            )],
        ),
        &["/pushed/image", "/digest"],
    ),
    row_with(
        row(
            "register",
            Group::Documents,
            "Register a revision of a task definition, and run nothing",
            &[("ecs-rollout register --definition taskdef.json --image api=:v2 --output id", "The revision's ARN")],
        ),
        &["/definition"],
    ),
    row_with(
        row(
            "revisions",
            Group::Documents,
            "List the revisions of a task definition",
            &[("ecs-rollout revisions api --limit 5", "The newest five")],
        ),
        &["/*/definition"],
    ),
    row_with(
        row(
            "prune",
            Group::Documents,
            "Deregister old revisions that nothing uses",
            &[("ecs-rollout prune api --keep 5 --plan", "Which would go, and why the others stay")],
        ),
        &["/removed"],
    ),
    row(
        "render",
        Group::Documents,
        "Apply changes to a task definition, without AWS",
        &[("ecs-rollout render taskdef.json --image api=:v2 --set /cpu=512", "The document on standard output")],
    ),
    row(
        "validate",
        Group::Documents,
        "Find what ECS would refuse in a task definition, without AWS",
        &[("ecs-rollout validate taskdef.json --service service.json", "Together with a service's settings")],
    ),
    row(
        "diff",
        Group::Documents,
        "Show the changes between two task definitions, without AWS",
        &[("ecs-rollout diff taskdef.json other.yaml --exit-code", "Status 3 if there are any")],
    ),
    row(
        "migrate",
        Group::Documents,
        "Show what the files of other tools are in these commands",
        &[
            ("ecs-rollout migrate deploy.sh --container api", "What each command becomes, and what is different"),
            ("ecs-rollout migrate deploy.sh --container api --write", "Changed in place"),
        ],
    ),
    row_with(
        row(
            "policy",
            Group::Other,
            "Print the IAM policy that a verb or a request needs",
            &[("ecs-rollout policy deploy --request request.yaml --account 123456789012", "For a request")],
        ),
        &[],
    ),
    row_with(
        row("whoami", Group::Other, "Show by whom the calls are signed", &[("ecs-rollout whoami", "Account and ARN")]),
        &["/arn"],
    ),
    row(
        "simulate",
        Group::Other,
        "Serve a simulated ECS for any AWS SDK or CLI",
        &[("ecs-rollout simulate world.json --port 4566", "Prints the variables to set; Ctrl-C ends it")],
    ),
    row(
        "report",
        Group::Other,
        "Draw what a command did, from the events that it wrote, as a page",
        &[("ecs-rollout report events.jsonl --report report.html", "Of `deploy --output json > events.jsonl`")],
    ),
    row(
        "completions",
        Group::Other,
        "Print completions for a shell",
        &[("ecs-rollout completions bash", "For bash, elvish, fish, powershell or zsh")],
    ),
];

/// The row of a command.
pub(crate) fn find(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}

/// The verb of a command; `None` for one that is no verb.
pub(crate) fn verb(command: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| self::command(verb.name) == command)
}

/// A verb's or an option's name as a command line has it.
pub(crate) fn command(name: &str) -> String {
    name.replace('_', "-")
}

/// The names of all commands with their groups, in the order in which help shows them.
pub(crate) fn all() -> Vec<(String, Group)> {
    let rows = ROWS.iter().map(|row| (row.name.to_owned(), row.group));
    let verbs = VERBS.iter().map(|verb| command(verb.name)).filter(|name| find(name).is_none());
    rows.chain(verbs.map(|name| (name, Group::Other))).collect()
}

/// Where the id in a command's outcome stands.
pub(crate) fn id(command: &str) -> &'static [&'static str] {
    find(command).map_or(USUAL, |row| row.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commands that are no verbs.
    const OWN: [&str; 7] = ["render", "validate", "diff", "migrate", "report", "simulate", "completions"];

    #[test]
    fn each_command_is_a_verb_or_our_own_and_has_an_example() {
        for (name, _) in all() {
            let row =
                find(&name).unwrap_or_else(|| panic!("{name} has no row in cli/commands.rs: what it does, examples"));
            assert!(verb(&name).is_some() != OWN.contains(&row.name), "{name}");
            assert!(!row.examples.is_empty(), "{name}");
            assert!(row.examples.iter().all(|(line, _)| line.starts_with(&format!("ecs-rollout {name}"))), "{name}");
            assert!(row.about.len() < 70 && !row.about.ends_with('.'), "{name}");
        }
    }
}
