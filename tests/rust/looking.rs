//! What `export` gives is what the verbs take: planned as no change where it comes from, and accepted where nothing is. What `status`
//! shows of a deployment is what `explain` takes.

use std::time::Duration;

use ecs_rollout::{Client, Export, parse_options};
use ecs_rollout_simulator::Simulator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Calls a verb by its name, and returns its outcome.
async fn ask(client: &Client, verb: &str, options: Value) -> Value {
    let mut begun = client.call(verb, options.clone()).unwrap();
    begun.rollout.outcome().await.unwrap_or_else(|error| panic!("{verb} {options}: {error}"))
}

fn merged(one: Value, other: Value) -> Value {
    let mut all = one;
    all.as_object_mut().unwrap().extend(other.as_object().cloned().unwrap());
    all
}

fn definition() -> Value {
    json!({
        "family": "api", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "containerDefinitions": [{"name": "api", "image": "registry.example/api:1", "portMappings": [{"containerPort": 3000}],
            "environment": [{"name": "MODE", "value": "plain"}]}, {"name": "redis", "image": "redis:7", "essential": false}],
        "tags": [{"key": "team", "value": "a"}],
    })
}

/// A service that is there, by what it has.
#[derive(Debug, Clone)]
struct Kind {
    balanced: bool,
    codedeploy: bool,
    spot: bool,
    staged: bool,
    tagged: bool,
    breaker: bool,
    exec: bool,
    grace: Option<u64>,
    desired: u64,
    scaled: Option<(u64, bool, bool)>,
}

impl Kind {
    fn service(&self) -> Value {
        let network = json!({"awsvpcConfiguration": {"subnets": ["subnet-2", "subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}});
        let mut service = json!({"serviceName": "api", "cluster": "prod", "taskDefinition": "api", "desiredCount": self.desired,
            "networkConfiguration": network, "enableExecuteCommand": self.exec});
        match self.spot {
            true => {
                service["capacityProviderStrategy"] = json!([{"capacityProvider": "FARGATE_SPOT", "weight": 1}, {"capacityProvider": "FARGATE", "weight": 1, "base": 1}])
            }
            false => service["launchType"] = json!("FARGATE"),
        }
        if self.balanced || self.codedeploy {
            let group = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/api/0123456789abcdef";
            service["loadBalancers"] =
                json!([{"targetGroupArn": group, "containerName": "api", "containerPort": 3000}]);
            if let Some(grace) = self.grace {
                service["healthCheckGracePeriodSeconds"] = json!(grace);
            }
        }
        if self.codedeploy {
            service["deploymentController"] = json!({"type": "CODE_DEPLOY"});
        } else if self.breaker {
            service["deploymentConfiguration"] =
                json!({"deploymentCircuitBreaker": {"enable": true, "rollback": true}});
        }
        if self.staged && !self.codedeploy {
            service["deploymentConfiguration"]["strategy"] = json!("BLUE_GREEN");
            service["deploymentConfiguration"]["bakeTimeInMinutes"] = json!(1);
            // Without a load balancer that has two target groups, its traffic is not shifted.
            service.as_object_mut().unwrap().shift_remove("loadBalancers");
            service.as_object_mut().unwrap().shift_remove("healthCheckGracePeriodSeconds");
        }
        if self.tagged {
            service["tags"] = json!([{"key": "team", "value": "a"}, {"key": "empty", "value": ""}]);
        }
        service
    }

    fn scaling(&self) -> Option<Value> {
        let (max, is_suspended, has_action) = self.scaled?;
        let step = json!({"PolicyName": "steps", "StepScalingPolicyConfiguration": {"AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]}});
        let mut options =
            json!({"service": "api", "cluster": "prod", "min": 1, "max": max + 1, "cpu": 60, "policies": [step]});
        if is_suspended {
            options["suspended"] = json!({"in": true});
        }
        if has_action {
            options["actions"] = json!([{"ScheduledActionName": "night", "Schedule": "cron(0 1 * * ? *)", "ScalableTargetAction": {"MinCapacity": 1}}]);
        }
        Some(options)
    }
}

async fn exported(kind: &Kind) {
    let groups = if kind.codedeploy { json!([{"cluster": "prod", "service": "api"}]) } else { json!([]) };
    let world = json!({"speed": 0, "clusters": ["prod"], "definitions": [definition()], "services": [kind.service()], "codedeploy": groups});
    let simulator = Simulator::start(world).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
    let client = simulator.client();
    if let Some(scaling) = kind.scaling() {
        ask(&client, "scale", scaling).await;
        // Until the service has as many tasks as the range asks for.
        simulator.clock().advance(Duration::from_secs(600));
    }
    let place = json!({"service": "api", "cluster": "prod"});
    let outcome = ask(&client, "export", place.clone()).await;
    assert_eq!(outcome["warnings"], json!([]), "{kind:?}");
    let (taskdef, settings) = (outcome["taskdef"].clone(), outcome["settings"].clone());
    let deploy = merged(place.clone(), json!({"definition": taskdef}));
    let service = json!({"settings": settings, "definition": taskdef});
    let mut planned = vec![
        ("plan", deploy),
        ("register", json!({"definition": taskdef, "plan": true})),
        ("service", merged(service.clone(), json!({"plan": true}))),
    ];
    let scaling = outcome.get("scaling").map(|scaling| merged(place, scaling.clone()));
    assert_eq!(scaling.is_some(), kind.scaled.is_some());
    planned.extend(scaling.iter().map(|options| ("scale", merged(options.clone(), json!({"plan": true})))));
    for (verb, options) in planned {
        let plan = ask(&client, verb, options).await;
        assert_eq!(plan["changed"], false, "{kind:?}: {verb}: {plan:#}");
    }
    // A service of CodeDeploy is not created without its application and deployment group.
    if kind.codedeploy {
        return;
    }
    // Where nothing is, the same documents make it.
    let empty = Simulator::start(json!({"speed": 0, "clusters": ["prod"]})).unwrap();
    let created = ask(&empty.client(), "service", merged(service, json!({"wait": false}))).await;
    assert_eq!(created["created"], true, "{kind:?}");
    if let Some(options) = scaling {
        ask(&empty.client(), "scale", options).await;
    }
    empty.clock().advance(Duration::from_secs(600));
    let again = ask(&empty.client(), "export", json!({"service": "api", "cluster": "prod"})).await;
    for member in ["taskdef", "settings", "scaling"] {
        let both = [&outcome, &again].map(|outcome| without_counts(outcome.get(member).cloned().unwrap_or_default()));
        assert_eq!(both[0], both[1], "{kind:?}: {member}");
    }
}

/// An autoscaler may have set another number of tasks.
fn without_counts(mut document: Value) -> Value {
    document.as_object_mut().map(|members| members.shift_remove("desiredCount"));
    document
}

fn kinds() -> impl Strategy<Value = Kind> {
    let switch = any::<bool>;
    let flags = (switch(), prop::bool::weighted(0.2), switch(), switch(), switch(), switch(), switch());
    let scaled = prop::option::of((1..9_u64, switch(), switch()));
    (flags, prop::option::of(1..100_u64), 0..4_u64, scaled).prop_map(|(flags, grace, desired, scaled)| {
        let (balanced, codedeploy, spot, staged, tagged, breaker, exec) = flags;
        Kind { balanced, codedeploy, spot, staged, tagged, breaker, exec, grace, desired, scaled }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn what_is_exported_plans_as_no_change_and_can_be_created(kind in kinds()) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(exported(&kind));
    }
}

#[tokio::test]
async fn files_are_written_and_none_is_replaced_unasked() {
    let kind = Kind {
        balanced: true,
        codedeploy: false,
        spot: false,
        staged: false,
        tagged: true,
        breaker: true,
        exec: false,
        grace: None,
        desired: 2,
        scaled: Some((5, false, false)),
    };
    let world = json!({"speed": 0, "clusters": ["prod"], "definitions": [definition()], "services": [kind.service()]});
    let simulator = Simulator::start(world).unwrap();
    let client = simulator.client();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("api");
    let export = |more: Map<String, Value>| {
        let options = merged(json!({"service": "api", "cluster": "prod", "folder": path}), Value::Object(more));
        client.export(parse_options::<Export>("options", options).unwrap())
    };
    let names =
        |files: &[String]| files.iter().map(|file| file.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>();
    let outcome = export(Map::new()).await.unwrap();
    assert_eq!(names(&outcome.files), ["taskdef.json", "service.json"]);
    let read = |name: &str| serde_json::from_str::<Value>(&std::fs::read_to_string(path.join(name)).unwrap()).unwrap();
    assert_eq!((read("taskdef.json"), read("service.json")), (outcome.taskdef.clone(), outcome.settings.clone()));
    let calls = simulator.calls().as_array().unwrap().len();
    let error = export(Map::new()).await.unwrap_err();
    assert!(error.to_string().contains("taskdef.json is there already"), "{error}");
    assert_eq!(simulator.calls().as_array().unwrap().len(), calls, "nothing is called for it");
    ask(&client, "scale", kind.scaling().unwrap()).await;
    let overwrite = json!({"overwrite": true}).as_object().cloned().unwrap();
    let outcome = export(overwrite.clone()).await.unwrap();
    assert_eq!(names(&outcome.files), ["taskdef.json", "service.json", "scaling.json"]);
    assert_eq!(Some(read("scaling.json")), outcome.scaling);
    // A file of an earlier time is not removed, and not passed over in silence.
    ask(&client, "scale", json!({"service": "api", "cluster": "prod", "remove": true})).await;
    let outcome = export(overwrite).await.unwrap();
    assert!(
        outcome
            .warnings
            .iter()
            .any(|warning| warning.text.contains("scaling.json in the folder is of an earlier time"))
    );
    assert!(!format!("{outcome:?}").contains("plain"), "no value of a variable is told by Debug");
}

#[tokio::test]
async fn the_arn_of_a_deployment_is_enough_to_explain_it() {
    let kind = Kind {
        balanced: false,
        codedeploy: false,
        spot: false,
        staged: false,
        tagged: false,
        breaker: true,
        exec: false,
        grace: None,
        desired: 2,
        scaled: None,
    };
    let world = json!({
        "speed": 0, "clusters": ["prod"], "definitions": [definition(), definition(), definition()], "services": [kind.service()],
        "script": [
            {"at": 1, "operation": "UpdateService", "input": {"cluster": "prod", "service": "api", "taskDefinition": "api:1"}},
            {"at": 2, "operation": "UpdateService", "input": {"cluster": "prod", "service": "api", "taskDefinition": "api:2"}},
        ],
    });
    let simulator = Simulator::start(world).unwrap();
    simulator.clock().advance(Duration::from_secs(300));
    let client = simulator.client();
    let status = ask(&client, "status", json!({"service": "api", "cluster": "prod"})).await;
    let deployments = status["deployments"].as_array().unwrap();
    let verdicts: Vec<&str> = deployments.iter().map(|one| one["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["succeeded", "superseded", "succeeded"]);
    for one in deployments {
        let arn = one["record"].as_str().unwrap();
        for deployment in [arn, arn.rsplit('/').next().unwrap()] {
            let mut options = json!({"deployment": deployment});
            if deployment != arn {
                options = merged(options, json!({"service": "api", "cluster": "prod"}));
            }
            let explained = ask(&client, "explain", options).await;
            for member in ["verdict", "record", "definition", "created"] {
                assert_eq!(explained[member], one[member], "{deployment}: {member}");
            }
        }
    }
}
