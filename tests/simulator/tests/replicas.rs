//! Answers that are old, in parts old, or in pages; and what somebody else does at a moment that no clock names.

mod common;

use common::http::{asked, describe, post};
use common::{CRASH, breaker, ok, service, states, until, update, wait, world};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

fn with(members: Value, configuration: Value) -> Simulator {
    let mut world = world(2, configuration);
    world.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
    Simulator::start(world).expect("the world is sound")
}

fn refused(members: Value) -> String {
    let mut world = world(1, json!({}));
    world.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
    Simulator::start(world).map(drop).expect_err("it is refused").to_string()
}

fn looked(simulator: &Simulator) -> Value {
    asked(simulator, "DescribeServices", json!({ "cluster": "prod", "services": ["api"] }))["services"][0].take()
}

/// The revisions that the PRIMARY deployments of some looks carry.
fn primaries(simulator: &Simulator, looks: usize) -> Vec<String> {
    let revision = |service: Value| {
        let arn = service["deployments"][0]["taskDefinition"].as_str().unwrap_or_default().to_owned();
        arn.rsplit(':').next().unwrap_or_default().to_owned()
    };
    (0..looks).map(|_| revision(looked(simulator))).collect()
}

#[test]
fn replicas_answer_in_turn() {
    let simulator = with(json!({ "replicas": [{ "lag": 0 }, { "lag": 30 }] }), json!({}));
    wait(&simulator, 100.0);
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    wait(&simulator, 10.0);
    assert_eq!(primaries(&simulator, 4), ["2", "1", "2", "1"]);
    let shown: Vec<Value> =
        simulator.calls().as_array().expect("calls").iter().map(|call| call["shown"].clone()).collect();
    assert_eq!(shown, [Value::Null, json!("replica"), Value::Null, json!("replica")]);
    wait(&simulator, 30.0);
    assert_eq!(primaries(&simulator, 2), ["2", "2"]);
}

#[test]
fn every_read_of_ecs_comes_from_a_replica() {
    let simulator = with(json!({ "replicas": [{ "lag": 30 }] }), json!({}));
    wait(&simulator, 100.0);
    let by_name = json!({ "cluster": "prod", "service": "api" });
    let revisions = |simulator: &Simulator| {
        let list = ok(simulator, "ListServiceDeployments", by_name.clone());
        let newest = list["serviceDeployments"][0].clone();
        [newest["serviceDeploymentArn"].clone(), newest["targetServiceRevisionArn"].clone()]
    };
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    wait(&simulator, 5.0);
    let [record, revision] = revisions(&simulator);
    let listed = asked(&simulator, "ListServiceDeployments", by_name.clone());
    assert_eq!(listed["serviceDeployments"].as_array().map(Vec::len), Some(1));
    let described = asked(&simulator, "DescribeServiceDeployments", json!({ "serviceDeploymentArns": [record] }));
    assert_eq!(described["failures"][0]["reason"], "MISSING");
    let described = asked(&simulator, "DescribeServiceRevisions", json!({ "serviceRevisionArns": [revision] }));
    assert_eq!(described["failures"][0]["reason"], "MISSING");
    let tasks = ok(&simulator, "ListTasks", json!({ "cluster": "prod" }))["taskArns"].clone();
    assert_eq!(tasks.as_array().map(Vec::len), Some(4));
    let listed = asked(&simulator, "ListTasks", json!({ "cluster": "prod" }));
    assert_eq!(listed["taskArns"].as_array().map(Vec::len), Some(2));
    let described = asked(&simulator, "DescribeTasks", json!({ "cluster": "prod", "tasks": tasks }));
    assert_eq!(described["failures"].as_array().map(Vec::len), Some(2));
    let registered = post(&simulator, "RegisterTaskDefinition", &common::definition("good")).expect("an answer");
    assert_eq!(registered.0, 200);
    let described = asked(&simulator, "DescribeTaskDefinition", json!({ "taskDefinition": "api:7" }));
    assert_eq!(described["__type"], "ClientException");
}

/// What a replica shows is what really was at that moment, not what was before the last change.
#[test]
fn a_replica_shows_a_moment_between_two_changes() {
    let simulator =
        with(json!({ "replicas": [{ "lag": 0, "operations": ["ListTasks"] }, { "lag": 20 }] }), breaker(true));
    update(&simulator, json!({ "taskDefinition": CRASH }));
    let mut seen = Vec::new();
    for _ in 0..120 {
        wait(&simulator, 1.0);
        seen.push((service(&simulator), looked(&simulator), looked(&simulator)));
    }
    for (second, (now, first, late)) in seen.iter().enumerate() {
        assert_eq!(first, now, "{second}");
        if let Some(before) = second.checked_sub(20) {
            assert_eq!(*late, seen[before].0, "{second}");
        }
    }
}

#[test]
fn a_replica_may_be_late_for_a_time_or_stand_still() {
    let simulator = with(json!({ "replicas": [{ "lag": 60, "from": 10, "to": 40 }] }), json!({}));
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    let mut seen = Vec::new();
    for _ in 0..5 {
        wait(&simulator, 9.0);
        seen.extend(primaries(&simulator, 1));
    }
    assert_eq!(seen, ["2", "1", "1", "1", "2"]);
    let simulator = with(json!({ "replicas": [{ "from": 10, "to": 300 }] }), json!({}));
    wait(&simulator, 12.0);
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    wait(&simulator, 280.0);
    assert_eq!(primaries(&simulator, 1), ["1"]);
    wait(&simulator, 9.0);
    assert_eq!(primaries(&simulator, 1), ["2"]);
    for (members, part) in [
        (json!({ "replicas": [{}] }), "world.replicas[0]: expected `lag`"),
        (json!({ "replicas": [{ "lag": 1, "until": 3 }] }), "unknown member `until`"),
        (json!({ "replicas": [{ "lag": 1, "operations": ["UpdateService"] }] }), "an operation that reads"),
    ] {
        let error = refused(members);
        assert!(error.contains(part), "{error}");
    }
}

/// A service that was deleted and made again is, to a replica that is behind, INACTIVE for a moment; a new one is not there.
#[test]
fn a_service_made_again_looks_deleted_to_a_late_replica() {
    let script = json!([
        { "at": 10, "operation": "DeleteService", "input": { "cluster": "prod", "service": "api", "force": true } },
        { "at": 60, "operation": "CreateService", "input": { "cluster": "prod", "serviceName": "api", "taskDefinition": "api:2",
            "desiredCount": 1 } },
        { "at": 60, "operation": "CreateService", "input": { "cluster": "prod", "serviceName": "new", "taskDefinition": "api:2",
            "desiredCount": 1 } },
    ]);
    let simulator = with(json!({ "script": script, "replicas": [{ "lag": 0 }, { "lag": 4 }] }), json!({}));
    wait(&simulator, 62.0);
    let statuses: Vec<Value> = (0..2).map(|_| looked(&simulator)["status"].clone()).collect();
    assert_eq!(statuses, ["ACTIVE", "INACTIVE"]);
    let new = || asked(&simulator, "DescribeServices", json!({ "cluster": "prod", "services": ["new"] }));
    assert_eq!(new()["services"][0]["status"], "ACTIVE");
    assert_eq!(new()["failures"][0]["reason"], "MISSING");
    assert_eq!(states(&simulator), ["completed", "in_progress", "in_progress"]);
}

#[test]
fn torn_answers_are_of_two_moments() {
    let torn = |old: &str| {
        let faults = json!([{ "kind": "torn", "old": old, "seconds": 5 }]);
        let simulator = with(json!({ "faults": faults }), json!({}));
        wait(&simulator, 20.0);
        update(&simulator, json!({ "taskDefinition": "api:2" }));
        wait(&simulator, 3.0);
        let seen = looked(&simulator);
        assert_eq!(simulator.calls()[0]["shown"], "torn");
        assert_eq!(looked(&simulator), service(&simulator), "only once");
        let all = seen["deployments"].as_array().expect("a list").iter();
        let all = all.map(|one| {
            let definition = one["taskDefinition"].as_str().unwrap_or_default();
            format!(
                "{} {}",
                one["status"].as_str().unwrap_or_default(),
                definition.rsplit('/').next().unwrap_or_default()
            )
        });
        let own = seen["taskDefinition"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
        (own, all.collect::<Vec<_>>())
    };
    let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(torn("deployments"), ("api:2".to_owned(), list(&["PRIMARY api:1"])));
    assert_eq!(torn("service"), ("api:1".to_owned(), list(&["PRIMARY api:2", "ACTIVE api:1"])));
    assert_eq!(torn("primary_last"), ("api:2".to_owned(), list(&["PRIMARY api:2", "PRIMARY api:1"])));
    assert_eq!(torn("primary_first"), ("api:2".to_owned(), list(&["PRIMARY api:1", "PRIMARY api:2"])));
    for (fault, part) in [
        (json!({ "kind": "torn", "operation": "ListTasks" }), "expected DescribeServices"),
        (json!({ "kind": "torn", "old": "events" }), "expected one of deployments"),
        (json!({ "kind": "stale", "old": "service" }), "unknown member `old`"),
    ] {
        let error = refused(json!({ "faults": [fault] }));
        assert!(error.contains(part), "{error}");
    }
}

/// All pages of a list: their sizes and their items.
fn pages(simulator: &Simulator, operation: &str, member: &str, mut input: Value) -> (Vec<usize>, Vec<Value>) {
    let (mut sizes, mut items) = (Vec::new(), Vec::new());
    loop {
        let answer = asked(simulator, operation, input.clone());
        let page = answer[member].as_array().expect("a page").clone();
        sizes.push(page.len());
        items.extend(page);
        match answer.get("nextToken") {
            Some(next) => input["nextToken"] = next.clone(),
            None => return (sizes, items),
        }
    }
}

#[test]
fn lists_come_in_pages_of_a_world() {
    let records = |paging: Value| {
        let simulator = with(json!({ "pages": { "ListServiceDeployments": paging } }), json!({}));
        for _ in 0..4 {
            wait(&simulator, 1.0);
            update(&simulator, json!({ "forceNewDeployment": true }));
        }
        let input = json!({ "cluster": "prod", "service": "api", "maxResults": 50 });
        let (sizes, items) = pages(&simulator, "ListServiceDeployments", "serviceDeployments", input);
        (sizes, items.into_iter().map(|mut item| item["serviceDeploymentArn"].take()).collect::<Vec<_>>())
    };
    let (sizes, usual) = records(json!({}));
    assert_eq!(sizes, [5]);
    let (sizes, reversed) = records(json!({ "size": 2, "order": "reversed" }));
    assert_eq!((sizes, reversed), (vec![2, 2, 1], usual.iter().rev().cloned().collect()));
    let (sizes, mut mixed) = records(json!({ "size": 3, "empty": 2, "order": "mixed" }));
    assert_eq!(sizes, [0, 0, 3, 0, 0, 2]);
    assert_ne!(mixed, usual);
    let mut sorted = usual.clone();
    sorted.sort_by_key(Value::to_string);
    mixed.sort_by_key(Value::to_string);
    assert_eq!(mixed, sorted);
    let simulator = with(json!({ "pages": { "ListTasks": { "size": 1 } } }), json!({}));
    assert_eq!(pages(&simulator, "ListTasks", "taskArns", json!({ "cluster": "prod" })).0, [1, 1]);
    for (pages, part) in [
        (json!({ "ListServices": {} }), "one of ListServiceDeployments, ListTasks"),
        (json!({ "ListTasks": { "size": 0 } }), "above zero"),
        (json!({ "ListTasks": { "order": "newest" } }), "one of usual, reversed, mixed"),
    ] {
        let error = refused(json!({ "pages": pages }));
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_proxy_answers_in_its_own_way() {
    for (status, header) in [
        (200, "content-type: text/html"),
        (302, "location: http://127.0.0.1:"),
        (307, "location: http://127.0.0.1:"),
        (400, "content-type: text/html"),
        (403, "content-type: text/html"),
        (404, "content-type: text/html"),
        (407, "proxy-authenticate: basic"),
        (502, "content-type: text/html"),
        (503, "content-type: text/html"),
    ] {
        let simulator = with(json!({ "faults": [{ "kind": "proxy", "status": status }] }), json!({}));
        let (answered, head, body) = describe(&simulator).expect("an answer");
        assert_eq!(answered, status);
        assert!(
            head.contains(header) && !head.contains("x-amzn-requestid") && body.starts_with("<html>"),
            "{head}\n{body}"
        );
        assert_eq!(simulator.calls()[0]["error"], "proxy");
        assert_eq!(describe(&simulator).map(|answer| answer.0), Some(200));
    }
    for (kind, part) in
        [("empty", ""), ("json", "{\"status\":400,\"detail\""), ("code", "{\"__type\":\"GatewayRefused\"")]
    {
        let fault = json!({ "kind": "proxy", "status": 400, "body": kind, "from": 5, "to": 10, "operation": "DescribeServices" });
        let simulator = with(json!({ "faults": [fault] }), json!({}));
        assert_eq!(describe(&simulator).map(|answer| answer.0), Some(200));
        wait(&simulator, 6.0);
        let (status, _, body) = describe(&simulator).expect("an answer");
        assert!(status == 400 && body.starts_with(part) && body.is_empty() == part.is_empty(), "{body}");
        assert_eq!(post(&simulator, "ListClusters", &json!({})).map(|answer| answer.0), Some(200));
    }
    let forced = json!({ "cluster": "prod", "service": "api", "forceNewDeployment": true });
    for (performed, deployments) in [(false, 1), (true, 2)] {
        let fault = json!({ "kind": "proxy", "operation": "UpdateService", "performed": performed });
        let simulator = with(json!({ "faults": [fault] }), json!({}));
        assert_eq!(post(&simulator, "UpdateService", &forced).map(|answer| answer.0), Some(502));
        assert_eq!(states(&simulator).len(), deployments);
    }
    for (fault, part) in [
        (json!({ "kind": "proxy", "status": 99 }), "a status of HTTP"),
        (json!({ "kind": "proxy", "body": "xml" }), "one of html, empty, json, code"),
        (json!({ "kind": "html", "status": 500 }), "unknown member `status`"),
    ] {
        let error = refused(json!({ "faults": [fault] }));
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_service_that_may_not_be_seen_denies_its_batch() {
    let mut world = world(1, json!({}));
    let mut other = world["services"][0].clone();
    other["serviceName"] = json!("secret");
    world["services"].as_array_mut().expect("a list").push(other);
    world["faults"] = json!([{ "operation": "DescribeServices", "kind": "denied", "service": "secret", "from": 0 }]);
    let simulator = Simulator::start(world).expect("the world is sound");
    let looked = |services: &[&str]| {
        let answer = asked(&simulator, "DescribeServices", json!({ "cluster": "prod", "services": services }));
        answer["__type"].as_str().unwrap_or("ok").to_owned()
    };
    assert_eq!(looked(&["api"]), "ok");
    assert_eq!(looked(&["api", "secret"]), "AccessDeniedException");
    assert_eq!(looked(&["arn:aws:ecs:eu-central-1:123456789012:service/prod/secret"]), "AccessDeniedException");
    assert_eq!(looked(&["api"]), "ok");
}

#[test]
fn the_list_may_be_late_or_show_no_state() {
    let simulator = with(json!({ "list_lag": 60 }), json!({}));
    assert_eq!(service(&simulator)["deployments"][0]["rolloutState"], "COMPLETED");
    update(&simulator, json!({ "taskDefinition": "api:2" }));
    let ended = |simulator: &Simulator| common::newest(simulator)["status"] == "SUCCESSFUL";
    until(&simulator, |_| ended(&simulator));
    for _ in 0..59 {
        assert_eq!(service(&simulator)["deployments"][0]["rolloutState"], "IN_PROGRESS");
        wait(&simulator, 1.0);
    }
    wait(&simulator, 2.0);
    assert_eq!(service(&simulator)["deployments"][0]["rolloutState"], "COMPLETED");
    let simulator = with(json!({ "list_lag": 1e9 }), breaker(false));
    update(&simulator, json!({ "taskDefinition": CRASH }));
    until(&simulator, |_| common::newest(&simulator)["status"] == "STOPPED");
    wait(&simulator, 600.0);
    assert_eq!(service(&simulator)["deployments"][0]["rolloutState"], "IN_PROGRESS");
    let simulator = with(json!({ "rolling_rollout_state": false }), json!({}));
    assert_eq!(service(&simulator)["deployments"][0].get("rolloutState"), None);
}

#[test]
fn the_list_may_be_early_in_the_bake_time() {
    for early in [false, true] {
        let simulator =
            with(json!({ "list_early": early }), json!({ "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2 }));
        update(&simulator, json!({ "taskDefinition": "api:2" }));
        until(&simulator, |_| common::newest(&simulator)["lifecycleStage"] == "BAKE_TIME");
        wait(&simulator, 30.0);
        let state = service(&simulator)["deployments"][0]["rolloutState"].clone();
        assert_eq!(state, if early { "COMPLETED" } else { "IN_PROGRESS" });
        assert_eq!(common::newest(&simulator)["status"], "IN_PROGRESS");
    }
}

#[test]
fn a_script_waits_for_what_others_do() {
    let of = |after: &str, at: f64, configuration: Value, definition: &str| {
        let input =
            json!({ "cluster": "prod", "service": "api", "forceNewDeployment": true, "taskDefinition": "api:1" });
        let script = json!([{ "after": after, "at": at, "operation": "UpdateService", "input": input }]);
        let simulator = with(json!({ "script": script }), configuration);
        wait(&simulator, 7.5);
        let input = json!({ "cluster": "prod", "service": "api", "taskDefinition": definition });
        assert_eq!(post(&simulator, "UpdateService", &input).map(|answer| answer.0), Some(200));
        wait(&simulator, 900.0);
        let calls = simulator.calls();
        let by = calls.as_array().expect("calls").iter().find(|call| call["by"] == "script").cloned();
        (by.map(|call| call["at"].as_f64().unwrap_or_default()), simulator.deployments())
    };
    let (at, truth) = of("UpdateService", 0.5, json!({}), "api:2");
    assert_eq!(at, Some(8.0));
    assert_eq!(truth[1]["state"], "superseded");
    let (at, truth) = of("completed", 0.0, json!({}), "api:2");
    assert_eq!((at, &truth[1]["state"]), (truth[1]["finished"].as_f64(), &json!("completed")));
    let (at, truth) = of("rolled_back", 0.25, breaker(true), CRASH);
    assert_eq!(at, truth[1]["finished"].as_f64().map(|finished| finished + 0.25));
    assert_eq!([&truth[1]["state"], &truth[2]["state"]], ["rolled_back", "superseded"]);
    assert_eq!(
        [&truth[1]["by"], &truth[2]["by"], &truth[3]["by"]],
        [&Value::Null, &json!("rollback"), &json!("script")]
    );
    let (at, truth) = of("failed", 3.0, breaker(false), CRASH);
    assert_eq!(at, truth[1]["finished"].as_f64().map(|finished| finished + 3.0));
    assert_eq!(truth[2]["state"], "completed");
    let (at, _) = of("stopped", 0.0, json!({}), "api:2");
    assert_eq!(at, None);
    for (step, part) in [
        (json!({ "after": "ended", "operation": "UpdateService" }), "one of completed, failed"),
        (json!({ "operation": "UpdateService" }), "world.script[0].at: expected to be given"),
    ] {
        let error = refused(json!({ "script": [step] }));
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn the_newest_deployment_can_be_stopped_by_a_script() {
    let input = json!({ "serviceDeploymentArn": "newest" });
    let script = json!([{ "after": "UpdateService", "at": 2, "operation": "StopServiceDeployment", "input": input }]);
    let simulator = with(json!({ "script": script }), json!({}));
    let input = json!({ "cluster": "prod", "service": "api", "taskDefinition": "api:2" });
    assert_eq!(post(&simulator, "UpdateService", &input).map(|answer| answer.0), Some(200));
    wait(&simulator, 60.0);
    assert_eq!(states(&simulator), ["completed", "stopped", "completed"]);
}

#[test]
fn fewer_tasks_start_without_a_word() {
    let simulator = with(json!({ "run_short": 2 }), json!({}));
    let run = || {
        let answer = ok(&simulator, "RunTask", json!({ "cluster": "prod", "taskDefinition": "api:1", "count": 3 }));
        (answer["tasks"].as_array().map(Vec::len), answer["failures"].clone())
    };
    assert_eq!(run(), (Some(1), json!([])));
    assert_eq!(run(), (Some(3), json!([])));
}
