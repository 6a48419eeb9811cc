use serde_json::json;

use super::super::resource;
use super::*;
use crate::verbs::VERBS;

fn made(options: Value) -> PolicyOutcome {
    policy(parse_options("options", options).unwrap()).unwrap()
}

/// The resources and the condition of an action.
fn of<'a>(outcome: &'a PolicyOutcome, action: &str) -> Option<&'a PolicyStatement> {
    outcome.statements.iter().find(|statement| statement.actions.iter().any(|known| known == action))
}

#[test]
fn a_deployment_of_one_service_is_allowed_for_it_alone() {
    let definition = json!({
        "family": "api", "executionRoleArn": "arn:aws:iam::123456789012:role/execution", "taskRoleArn": "task",
        "containerDefinitions": [{
            "name": "api", "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/api:1",
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/api"}}
        }]
    });
    let outcome = made(json!({
        "verb": "deploy", "region": "eu-central-1", "codedeploy": false,
        "request": {"service": "api", "cluster": "prod", "definition": definition, "before": [{"command": ["migrate"]}], "recover": "rollback"}
    }));
    let arn = |rest: &str| format!("arn:aws:ecs:eu-central-1:123456789012:{rest}");
    let resources = |action: &str| of(&outcome, action).unwrap().resources.clone();
    assert_eq!(resources("ecs:UpdateService"), [arn("service/prod/api")]);
    assert_eq!(resources("ecs:DescribeServiceRevisions"), [arn("service-revision/prod/api/*")]);
    assert_eq!(resources("ecs:RunTask"), [arn("task-definition/api:*")]);
    assert_eq!(resources("ecs:RegisterTaskDefinition"), ["*"]);
    assert_eq!(resources("ecr:BatchGetImage"), ["arn:aws:ecr:eu-central-1:123456789012:repository/team/api"]);
    assert_eq!(
        resources("logs:GetLogEvents"),
        ["arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/api:log-stream:*"]
    );
    let condition = |action: &str| of(&outcome, action).unwrap().condition.clone().unwrap();
    assert_eq!(condition("ecs:RunTask"), json!({"ArnEquals": {"ecs:cluster": arn("cluster/prod")}}));
    assert_eq!(condition("ecs:TagResource"), json!({"StringEquals": {"ecs:CreateAction": "RegisterTaskDefinition"}}));
    let passed = of(&outcome, "iam:PassRole").unwrap();
    assert_eq!(passed.condition, Some(json!({"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}})));
    assert_eq!(passed.resources, ["arn:aws:iam::123456789012:role/execution", "arn:aws:iam::123456789012:role/task"]);
    assert!(of(&outcome, "ecs:StopServiceDeployment").unwrap().required);
    for action in ["codedeploy:CreateDeployment", "codedeploy:StopDeployment", "ecs:StopTask"] {
        assert_eq!(of(&outcome, action), None, "{action}");
    }
    // What it can do without stands apart, with what is missing then.
    let spared = of(&outcome, "elasticloadbalancing:DescribeTargetHealth").unwrap();
    assert!(!spared.required && spared.without[0].contains("why tasks stopped"), "{spared:?}");
    assert_eq!(outcome.notes, Vec::<String>::new());
}

#[test]
fn what_is_not_known_is_a_star_and_a_note() {
    let outcome =
        made(json!({"verb": "deploy", "request": {"service": "api", "cluster": "prod", "images": {"api": ":2"}}}));
    assert_eq!(of(&outcome, "ecs:UpdateService").unwrap().resources, ["arn:aws:ecs:*:*:service/prod/api"]);
    let passed = of(&outcome, "iam:PassRole").unwrap();
    assert_eq!(passed.resources, ["arn:aws:iam::*:role/*"]);
    assert!(outcome.notes.iter().any(|note| note.contains("`account` and `region`")), "{:?}", outcome.notes);
    assert!(outcome.notes.iter().any(|note| note.contains("roles are not in the request")), "{:?}", outcome.notes);
    // It is not known who deploys.
    assert_eq!(
        of(&outcome, "codedeploy:CreateDeployment").unwrap().resources,
        ["arn:aws:codedeploy:*:*:deploymentgroup:AppECS-prod-api/DgpECS-prod-api"]
    );
}

#[test]
fn a_service_named_by_its_arn_tells_account_region_and_partition() {
    let outcome = made(json!({
        "verb": "watch", "request": {"service": "arn:aws-cn:ecs:cn-north-1:123456789012:service/prod/api"}
    }));
    let resources = &of(&outcome, "ecs:DescribeServices").unwrap().resources;
    assert_eq!(resources, &["arn:aws-cn:ecs:cn-north-1:123456789012:service/prod/api"]);
}

#[test]
fn a_plan_writes_nothing() {
    for (verb, request) in [
        ("service", json!({"settings": {"serviceName": "api", "desiredCount": 2}, "definition": "api", "plan": true})),
        ("run", json!({"service": "api", "images": {"api": ":2"}, "plan": true})),
        ("scale", json!({"service": "api", "min": 1, "max": 2, "cpu": 60, "plan": true})),
        ("schedule", json!({"name": "tick", "plan": true})),
    ] {
        let outcome = made(json!({"verb": verb, "request": request}));
        let actions = outcome.statements.iter().flat_map(|statement| &statement.actions);
        let is_read = |action: &&String| {
            let operation = action.split(':').nth(1).unwrap();
            ["Describe", "Get", "List", "Batch"].iter().any(|prefix| operation.starts_with(prefix))
        };
        let writes: Vec<_> = actions.filter(|action| !is_read(action)).collect();
        assert_eq!(writes, Vec::<&String>::new(), "{verb}");
    }
}

#[test]
fn every_action_of_the_table_has_a_scope() {
    for verb in permission_verbs() {
        let request = Value::Null;
        let named = Named::of(verb, &request, None, None);
        for grant in super::super::permissions(verb) {
            for action in grant.actions {
                assert!(resource::scope(action, grant.purpose, &named).is_some(), "{action} of {verb} has no scope");
            }
        }
    }
}

#[test]
fn every_verb_has_a_policy_and_a_wrong_one_is_named() {
    for verb in VERBS {
        let outcome = made(json!({"verb": verb.name.replace('_', "-")}));
        let sids: Vec<_> = outcome.statements.iter().map(|statement| &statement.sid).collect();
        let mut once = sids.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), sids.len(), "{}: {sids:?}", verb.name);
        assert!(sids.iter().all(|sid| sid.bytes().all(|byte| byte.is_ascii_alphanumeric())), "{sids:?}");
    }
    for (options, text) in [
        (json!({"verb": "deplyo"}), "verb: \"deplyo\" is unknown: did you mean \"deploy\"?"),
        (json!({"verb": "deploy", "request": {"service": "a", "image": {}}}), "request: unknown option \"image\""),
        (json!({"verb": "whoami", "request": {"a": 1}}), "request: `whoami` takes no options"),
    ] {
        let error = policy(parse_options("options", options.clone()).unwrap()).unwrap_err().to_string();
        assert!(error.contains(text), "{options}: {error}");
    }
}

#[test]
fn roles_in_settings_are_passed_to_ecs() {
    let role = "arn:aws:iam::123456789012:role/infrastructure";
    let settings = json!({"loadBalancers": [{"advancedConfiguration": {"roleArn": role}}]});
    let outcome = made(json!({"verb": "deploy", "request": {"service": "api", "settings": settings, "definition": {
        "family": "api", "containerDefinitions": [{"name": "api", "image": "nginx"}]
    }}}));
    let passed = of(&outcome, "iam:PassRole").unwrap();
    assert_eq!(passed.resources, [role]);
    assert_eq!(passed.condition, Some(json!({"StringEquals": {"iam:PassedToService": "ecs.amazonaws.com"}})));
}
