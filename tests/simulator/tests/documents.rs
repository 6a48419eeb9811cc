//! Task definitions and services as documents: what is kept, filled in, refused, listed and tagged.

mod common;

use common::{code, definition, ok, service, start, update, wait};
use ecs_rollout_simulator::{Simulator, WorldError};
use serde_json::{Value, json};

fn empty() -> Simulator {
    Simulator::start(json!({ "speed": 0 })).expect("the world is sound")
}

#[test]
fn unknown_members_come_back_in_order() {
    let simulator = empty();
    let sent = json!({
        "zebra": { "b": 1, "a": [1.50, null] }, "family": "api", "apple": 1,
        "containerDefinitions": [{ "image": "api:1", "memory": 64, "name": "api", "newToday": { "deep": [{ "x": 1 }] } }],
    });
    let answer = ok(&simulator, "RegisterTaskDefinition", sent)["taskDefinition"].take();
    let described = ok(&simulator, "DescribeTaskDefinition", json!({ "taskDefinition": "api" }));
    assert_eq!(answer, described["taskDefinition"]);
    let names: Vec<&String> = answer.as_object().expect("an object").keys().take(4).collect();
    assert_eq!(names, ["zebra", "family", "apple", "containerDefinitions"]);
    assert_eq!(answer["zebra"].to_string(), r#"{"b":1,"a":[1.5,null]}"#);
    assert_eq!(answer["containerDefinitions"][0]["newToday"], json!({ "deep": [{ "x": 1 }] }));
    assert_eq!([&answer["revision"], &answer["status"]], [&json!(1), &json!("ACTIVE")]);

    let input = json!({ "serviceName": "api", "taskDefinition": "api", "desiredCount": 1, "newMember": { "y": 2 } });
    ok(&simulator, "CreateService", input);
    ok(&simulator, "UpdateService", json!({ "service": "api", "another": [1] }));
    let seen = ok(&simulator, "DescribeServices", json!({ "services": ["api"] }))["services"][0].take();
    assert_eq!([&seen["newMember"], &seen["another"]], [&json!({ "y": 2 }), &json!([1])]);
}

#[test]
fn read_back_is_normalised() {
    let simulator = empty();
    let sent = json!({
        "family": "api", "cpu": "1 vCPU", "memory": "2GB", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"], "tags": [{ "key": "team", "value": "a" }],
        "containerDefinitions": [{ "name": "api", "memory": 64, "image": "api:1", "portMappings": [{ "containerPort": 80 }] }],
    });
    let answer = ok(&simulator, "RegisterTaskDefinition", sent.clone());
    let document = &answer["taskDefinition"];
    assert_eq!([&document["cpu"], &document["memory"]], ["1024", "2048"]);
    assert_eq!([&document["volumes"], &document["placementConstraints"]], [&json!([]), &json!([])]);
    let container = &document["containerDefinitions"][0];
    assert_eq!([&container["cpu"], &container["essential"]], [&json!(0), &json!(true)]);
    assert_eq!(container["portMappings"], json!([{ "containerPort": 80, "protocol": "tcp", "hostPort": 80 }]));
    for member in ["environment", "mountPoints", "volumesFrom"] {
        assert_eq!(container[member], json!([]), "{member}");
    }
    assert_eq!(document["compatibilities"], json!(["EC2", "FARGATE"]));
    assert!(document.get("tags").is_none());
    assert_eq!(answer["tags"], json!([{ "key": "team", "value": "a" }]));
    let second = ok(&simulator, "RegisterTaskDefinition", sent);
    assert_eq!(second["taskDefinition"]["revision"], 2);
    let plain = ok(&simulator, "DescribeTaskDefinition", json!({ "taskDefinition": "api:1" }));
    assert!(plain.get("tags").is_none());
    let tagged = json!({ "taskDefinition": "api:1", "include": ["TAGS"] });
    assert_eq!(ok(&simulator, "DescribeTaskDefinition", tagged)["tags"][0]["key"], "team");
}

#[test]
fn what_ecs_refuses_is_refused() {
    let simulator = empty();
    let refusal = |change: fn(&mut Value)| {
        let mut sent = definition("api:1");
        change(&mut sent);
        let (status, body) = simulator.call("RegisterTaskDefinition", sent).expect_err("it is refused");
        assert_eq!((status, &body["__type"]), (400, &json!("ClientException")));
        body["message"].as_str().unwrap_or_default().to_owned()
    };
    assert!(refusal(|sent| sent["containerDefinitions"][0]["name"] = json!("")).contains("name"));
    assert!(refusal(|sent| sent["containerDefinitions"][0]["image"] = Value::Null).contains("image"));
    assert_eq!(
        refusal(|sent| sent["containerDefinitions"][0]["secrets"] = json!([{ "name": "A", "valueFrom": "a" }])),
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
    );
    assert_eq!(
        refusal(|sent| sent["requiresCompatibilities"] = json!(["FARGATE"])),
        "Fargate requires that 'cpu' be defined at the task level."
    );
    let pair = |sent: &mut Value| {
        sent["requiresCompatibilities"] = json!(["FARGATE"]);
        sent["cpu"] = json!("256");
        sent["memory"] = json!("4096");
    };
    assert_eq!(refusal(pair), "No Fargate configuration exists for given values.");
}

#[test]
fn definitions_are_listed_and_deregistered() {
    let simulator = start(1, json!({}));
    let listed =
        ok(&simulator, "ListTaskDefinitions", json!({ "familyPrefix": "api", "sort": "DESC", "maxResults": 2 }));
    let names: Vec<&str> =
        listed["taskDefinitionArns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(names[0].ends_with("api:6") && names[1].ends_with("api:5"), "{names:?}");
    let next = json!({ "familyPrefix": "api", "maxResults": 100, "nextToken": listed["nextToken"] });
    let rest = ok(&simulator, "ListTaskDefinitions", next);
    assert_eq!(rest["taskDefinitionArns"].as_array().map(Vec::len), Some(6 - 2));
    assert_eq!(
        ok(&simulator, "ListTaskDefinitionFamilies", json!({ "familyPrefix": "a" }))["families"],
        json!(["api"])
    );
    assert_eq!(ok(&simulator, "ListTaskDefinitions", json!({ "familyPrefix": "ap" }))["taskDefinitionArns"], json!([]));
    let gone = ok(&simulator, "DeregisterTaskDefinition", json!({ "taskDefinition": "api:6" }));
    assert_eq!(gone["taskDefinition"]["status"], "INACTIVE");
    let latest = ok(&simulator, "DescribeTaskDefinition", json!({ "taskDefinition": "api" }));
    assert_eq!(latest["taskDefinition"]["revision"], 5);
    let input = json!({ "cluster": "prod", "service": "api", "taskDefinition": "api:6" });
    let (_, error) = simulator.call("UpdateService", input).expect_err("it is inactive");
    assert_eq!(error, json!({ "__type": "ClientException", "message": "TaskDefinition is inactive" }));
    assert_eq!(code(&simulator, "DescribeTaskDefinition", json!({ "taskDefinition": "other" })), "ClientException");
}

#[test]
fn services_are_created_found_and_deleted() {
    let simulator = start(1, json!({}));
    let input = json!({
        "cluster": "prod", "serviceName": "web", "taskDefinition": "api", "desiredCount": 1, "clientToken": "once",
        "tags": [{ "key": "a", "value": "b" }],
    });
    simulator.add(json!({ "images": { "memory": {} } })).expect("a sound world");
    let made = ok(&simulator, "CreateService", input.clone())["service"].take();
    assert_eq!(made["deployments"].as_array().map(Vec::len), Some(1));
    assert_eq!(ok(&simulator, "CreateService", input.clone())["service"]["serviceArn"], made["serviceArn"]);
    let mut other = input;
    other["clientToken"] = json!("twice");
    assert_eq!(code(&simulator, "CreateService", other), "InvalidParameterException");
    wait(&simulator, 15.0);
    let asked = json!({ "cluster": "prod", "services": [made["serviceArn"], "nobody"], "include": ["TAGS"] });
    let seen = ok(&simulator, "DescribeServices", asked.clone());
    assert_eq!(seen["services"][0]["runningCount"], 1);
    assert_eq!(seen["services"][0]["tags"][0]["key"], "a");
    assert_eq!(seen["failures"][0]["reason"], "MISSING");
    assert_eq!(
        ok(&simulator, "ListServices", json!({ "cluster": "prod" }))["serviceArns"].as_array().map(Vec::len),
        Some(2)
    );
    let delete = json!({ "cluster": "prod", "service": "web" });
    assert_eq!(code(&simulator, "DeleteService", delete), "InvalidParameterException");
    let forced = json!({ "cluster": "prod", "service": "web", "force": true });
    assert_eq!(ok(&simulator, "DeleteService", forced)["service"]["status"], "DRAINING");
    wait(&simulator, 5.0);
    assert_eq!(ok(&simulator, "DescribeServices", asked)["services"][0]["status"], "INACTIVE");
    let late = json!({ "cluster": "prod", "service": "web", "desiredCount": 1 });
    assert_eq!(code(&simulator, "UpdateService", late), "ServiceNotActiveException");
    assert_eq!(
        code(&simulator, "UpdateService", json!({ "cluster": "prod", "service": "no" })),
        "ServiceNotFoundException"
    );
    assert_eq!(
        code(&simulator, "UpdateService", json!({ "cluster": "no", "service": "api" })),
        "ClusterNotFoundException"
    );
    let many: Vec<String> = (0..11).map(|n| n.to_string()).collect();
    assert_eq!(
        code(&simulator, "DescribeServices", json!({ "cluster": "prod", "services": many })),
        "InvalidParameterException"
    );
}

#[test]
fn other_controllers_refuse() {
    let simulator = start(1, json!({}));
    let input = json!({
        "cluster": "prod", "serviceName": "blue", "taskDefinition": "api:1", "desiredCount": 1,
        "deploymentController": { "type": "CODE_DEPLOY" },
    });
    let made = ok(&simulator, "CreateService", input)["service"].take();
    assert_eq!(made["deployments"], json!([]));
    assert_eq!(made["taskSets"][0]["status"], "PRIMARY");
    let input = json!({ "cluster": "prod", "service": "blue", "taskDefinition": "api:2" });
    let (_, error) = simulator.call("UpdateService", input).expect_err("refused");
    assert_eq!(
        error["message"],
        "Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to \
         trigger a new deployment."
    );
    let input = json!({ "cluster": "prod", "service": "blue" });
    assert_eq!(code(&simulator, "ListServiceDeployments", input), "UnsupportedFeatureException");
    let blue = json!({ "cluster": "prod", "service": "api", "deploymentConfiguration": { "strategy": "RAINBOW" } });
    assert_eq!(code(&simulator, "UpdateService", blue), "InvalidParameterException");
}

#[test]
fn service_deployments_and_revisions_are_listed() {
    let simulator = start(1, json!({}));
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    wait(&simulator, 20.0);
    let all = ok(&simulator, "ListServiceDeployments", json!({ "cluster": "prod", "service": "api" }));
    let all = all["serviceDeployments"].as_array().cloned().unwrap_or_default();
    assert_eq!(all.len(), 2);
    let created = all[0]["createdAt"].clone();
    assert!(created.as_f64() > all[1]["createdAt"].as_f64(), "newest first");
    let input =
        json!({ "cluster": "prod", "service": "api", "createdAt": { "after": created }, "status": ["SUCCESSFUL"] });
    let since = ok(&simulator, "ListServiceDeployments", input);
    assert_eq!(since["serviceDeployments"], json!([all[0]]));
    let target = all[0]["targetServiceRevisionArn"].clone();
    let revisions = ok(&simulator, "DescribeServiceRevisions", json!({ "serviceRevisionArns": [target, "arn:none"] }));
    let revision = &revisions["serviceRevisions"][0];
    assert!(revision["taskDefinition"].as_str().is_some_and(|arn| arn.ends_with("api:2")));
    assert_eq!(revision["containerImages"][0]["image"], "better");
    assert_eq!(revisions["failures"][0]["reason"], "MISSING");
    let id = all[0]["serviceDeploymentArn"].as_str().and_then(|arn| arn.rsplit('/').next()).unwrap_or_default();
    assert_eq!(id.len(), 21);
    let number = target.as_str().and_then(|arn| arn.rsplit('/').next()).unwrap_or_default();
    assert_eq!(number.len(), 19);
}

#[test]
fn tags_and_clusters() {
    let simulator = start(1, json!({}));
    let arn = service(&simulator)["serviceArn"].clone();
    ok(
        &simulator,
        "TagResource",
        json!({ "resourceArn": arn, "tags": [{ "key": "a", "value": "1" }, { "key": "b" }] }),
    );
    ok(&simulator, "TagResource", json!({ "resourceArn": arn, "tags": [{ "key": "a", "value": "2" }] }));
    ok(&simulator, "UntagResource", json!({ "resourceArn": arn, "tagKeys": ["b"] }));
    let tags = ok(&simulator, "ListTagsForResource", json!({ "resourceArn": arn }));
    assert_eq!(tags["tags"], json!([{ "key": "a", "value": "2" }]));
    let made = ok(&simulator, "CreateCluster", json!({ "clusterName": "new" }));
    assert_eq!(made["cluster"]["status"], "ACTIVE");
    let seen = ok(&simulator, "DescribeClusters", json!({ "clusters": ["prod", "none"] }));
    assert_eq!(seen["clusters"][0]["activeServicesCount"], 1);
    assert_eq!(seen["failures"][0]["reason"], "MISSING");
    assert_eq!(code(&simulator, "DeleteCluster", json!({ "cluster": "prod" })), "ClusterContainsServicesException");
    ok(&simulator, "DeleteCluster", json!({ "cluster": "new" }));
    assert_eq!(ok(&simulator, "ListClusters", json!({}))["clusterArns"].as_array().map(Vec::len), Some(1));
    assert_eq!(code(&simulator, "Dance", json!({})), "UnknownOperationException");
}

#[test]
fn a_world_document_is_checked() {
    let refusal = |world: Value| match Simulator::start(world) {
        Ok(_) => panic!("it is refused"),
        Err(error) => error.to_string(),
    };
    assert_eq!(refusal(json!({ "sped": 1 })), "world: unknown member `sped`");
    assert_eq!(refusal(json!({ "speed": "fast" })), "world.speed: expected a number from 0 to 1e9");
    assert_eq!(refusal(json!({ "images": { "a": { "helthy": 1 } } })), "world.images.a: unknown member `helthy`");
    assert!(
        refusal(json!({ "faults": [{ "kind": "odd" }] })).starts_with("world.faults[0].kind: expected one of throttle")
    );
    assert_eq!(refusal(json!({ "script": [{ "operation": "x" }] })), "world.script[0].at: expected to be given");
    assert_eq!(
        refusal(json!({ "services": [{ "serviceName": "a", "taskDefinition": "none" }] })),
        "world.services[0]: ClientException: TaskDefinition not found."
    );
    assert!(matches!(empty().add(json!({ "speed": 1 })), Err(WorldError::Late { .. })));
    let simulator = Simulator::start(Value::Null).expect("an empty world");
    assert_eq!(ok(&simulator, "DescribeClusters", json!({}))["clusters"][0]["clusterName"], "default");
}
