//! Every scenario through the crate.

#[path = "scenarios/policies.rs"]
mod policies;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ecs_rollout::{permission_verbs, permissions};
use ecs_rollout_tests::soak;

#[tokio::test]
async fn every_scenario_ends_as_it_must() {
    let files = ecs_rollout_tests::scenarios();
    assert!(files.len() > 10, "where are the scenarios?");
    let (mut failures, mut called) = (Vec::new(), BTreeSet::new());
    for file in files {
        match ecs_rollout_tests::run(&file).await {
            Ok(ran) => {
                let (verb, actions) = (&ran.verb, ran.actions());
                failures.extend(not_granted(verb, &actions).map(|action| {
                    format!("{}: {verb} calls {action}, which core/src/permissions.rs lacks", file.display())
                }));
                let beyond = policies::not_allowed(&ran).await;
                failures.extend(beyond.into_iter().map(|what| format!("{}: {what}", file.display())));
                called.extend(actions);
            }
            Err(what) => failures.push(format!("{}: {what}", file.display())),
        }
    }
    failures.extend(never_called(&called));
    assert!(failures.is_empty(), "{} scenarios failed\n{}", failures.len(), failures.join("\n\n"));
}

/// The actions that a verb called and that its permissions do not hold.
fn not_granted<'a>(verb: &str, actions: &'a BTreeSet<String>) -> impl Iterator<Item = &'a String> {
    let granted: BTreeSet<&str> = permissions(verb).iter().flat_map(|grant| grant.actions.iter().copied()).collect();
    // Nobody can be refused to hear who they are.
    let needs_none = |action: &str| action == "sts:GetCallerIdentity";
    actions.iter().filter(move |action| !granted.contains(action.as_str()) && !needs_none(action))
}

/// Actions of the table that no scenario calls, and why.
const NOT_CALLED: [(&str, &str); 11] = [
    ("s3:ListBucket", "S3 asks it of the caller, to say that a file is missing"),
    ("iam:", "AWS checks it itself: it is no operation that is called here"),
    ("sts:GetServiceBearerToken", "AWS checks it itself for the login to public.ecr.aws"),
    ("secretsmanager:", "EventBridge keeps a connection's secret there, and AWS asks it of the caller"),
    ("cloudwatch:", "Application Auto Scaling makes the alarms, and AWS asks it of the caller"),
    ("codedeploy:RegisterApplicationRevision", "CreateDeployment with an AppSpec asks it of the caller"),
    ("codedeploy:GetDeploymentConfig", "CreateDeployment asks it of the caller"),
    (
        "codedeploy:ListDeploymentTargets",
        "called where `watch` names a deployment of CodeDeploy, whose id no file can know",
    ),
    ("ecs:TagResource", "RegisterTaskDefinition, RunTask and CreateService with tags ask it of the caller"),
    ("ecr:", "tested with the registry: core/src/ecr"),
    ("ecr-public:", "tested with the registry: core/src/ecr"),
];

/// What of the table no scenario calls, without a reason.
fn never_called(called: &BTreeSet<String>) -> Vec<String> {
    let actions = permission_verbs().flat_map(permissions).flat_map(|grant| grant.actions.iter().copied());
    let all: BTreeSet<&str> = actions.collect();
    let is_excepted = |action: &str| NOT_CALLED.iter().any(|(prefix, _)| action.starts_with(prefix));
    let missing = all.iter().filter(|action| !called.contains(**action) && !is_excepted(action));
    missing.map(|action| format!("no scenario calls {action} of core/src/permissions.rs")).collect()
}

/// A slice of the soak; the whole of it is `cargo run -p ecs-rollout-tests --bin soak`.
static SLICE: LazyLock<soak::Tally> = LazyLock::new(|| soak::run_many(0..400));

#[test]
fn rollouts_in_bulk_end_as_they_really_did() {
    let tally = &*SLICE;
    assert!(tally.wrong.is_empty(), "{:#?}", tally.wrong);
    assert_eq!(tally.rollouts, 400);
    // It is no soak without faults, nor where they decide everything.
    let succeeded = tally.ends.get("succeeded").copied().unwrap_or_default();
    assert!(tally.faults.values().sum::<u64>() > 100 && succeeded > 100, "{tally:?}");
}

/// A kind of world that never comes about proves nothing.
#[test]
fn every_kind_of_world_is_met() {
    assert_eq!(SLICE.unmet(), Vec::<&str>::new(), "{:?}", SLICE.met);
}
