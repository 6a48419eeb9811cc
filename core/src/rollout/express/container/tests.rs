use super::*;

fn definition(container: Value, more: Value) -> TaskDefinition {
    let mut main = json!({"name": MAIN, "image": "repo/web:1", "essential": true,
        "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp", "name": "main-8080-tcp"}],
        "environment": [{"name": "A", "value": "1"}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-region": "r", "awslogs-stream-prefix": "ecs"}}});
    for (member, value) in container.as_object().into_iter().flatten() {
        main[member] = value.clone();
    }
    let mut document = json!({"family": "prod-web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "1024",
        "memory": "2048", "executionRoleArn": "arn:aws:iam::1:role/e", "containerDefinitions": [main],
        "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"}});
    for (member, value) in more.as_object().into_iter().flatten() {
        document[member] = value.clone();
    }
    TaskDefinition::new(document).unwrap()
}

#[test]
fn a_change_becomes_the_members_that_make_it() {
    let before = definition(json!({}), json!({}));
    let whole = |changes: Value| {
        let mut container = container_of(&before.to_value());
        container.extend(changes.as_object().cloned().unwrap_or_default());
        json!({"primaryContainer": container})
    };
    for (container, more, expected) in [
        (json!({}), json!({}), json!({})),
        (json!({"image": "repo/web:2"}), json!({}), whole(json!({"image": "repo/web:2"}))),
        (json!({"environment": []}), json!({}), whole(json!({"environment": []}))),
        (json!({"command": ["serve"]}), json!({}), whole(json!({"command": ["serve"]}))),
        (json!({}), json!({"cpu": "512", "memory": "1024"}), json!({"cpu": "512", "memory": "1024"})),
        (json!({}), json!({"runtimePlatform": {"cpuArchitecture": "ARM64"}}), json!({"cpuArchitecture": "ARM64"})),
        (
            json!({"portMappings": [{"containerPort": 81, "hostPort": 81, "protocol": "tcp", "name": "x"}]}),
            json!({}),
            whole(json!({"containerPort": 81})),
        ),
        // What ECS fills in is no change.
        (json!({"cpu": 0, "mountPoints": [], "volumesFrom": []}), json!({}), json!({})),
    ] {
        let after = definition(container, more);
        assert_eq!(members(&before, &after, &Map::new()).map(Value::Object), Ok(expected));
    }
}

#[test]
fn what_no_member_can_make_is_named() {
    let before = definition(json!({}), json!({"taskRoleArn": "arn:aws:iam::1:role/t"}));
    for (container, more, expected) in [
        (json!({"healthCheck": {"command": ["CMD", "true"]}}), json!({}), "/containerDefinitions/0/healthCheck"),
        (json!({}), json!({"taskRoleArn": null}), "/taskRoleArn"),
        (json!({}), json!({"ephemeralStorage": {"sizeInGiB": 30}}), "/ephemeralStorage"),
        (
            json!({"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-region": "r",
                "awslogs-stream-prefix": "ecs", "mode": "non-blocking"}}}),
            json!({}),
            "/containerDefinitions/0/logConfiguration/options/mode",
        ),
    ] {
        let more = more.as_object().cloned().unwrap_or_default();
        let mut document = before.to_value();
        document.as_object_mut().unwrap().extend(more);
        for (member, value) in container.as_object().into_iter().flatten() {
            document["containerDefinitions"][0][member] = value.clone();
        }
        let after = TaskDefinition::new(document).unwrap().registrable();
        let path = members(&before, &after, &Map::new()).unwrap_err();
        assert!(path.starts_with(expected), "{path} instead of {expected}");
    }
    let mut document = before.to_value();
    document["containerDefinitions"].as_array_mut().unwrap().push(json!({"name": "side", "image": "i"}));
    let path = members(&before, &TaskDefinition::new(document).unwrap(), &Map::new()).unwrap_err();
    assert!(path.starts_with("/containerDefinitions"), "{path}");
}

/// A member that AWS adds to `primaryContainer` stays in it.
#[test]
fn what_ecs_shows_beside_is_sent_back() {
    let (before, after) = (definition(json!({}), json!({})), definition(json!({"image": "repo/web:2"}), json!({})));
    let described = json!({"image": "repo/web:1", "containerPort": 8080, "future": {"x": 1}});
    let members = members(&before, &after, described.as_object().unwrap()).unwrap();
    assert_eq!(members["primaryContainer"], json!({"image": "repo/web:2", "containerPort": 8080, "future": {"x": 1}}));
}

/// With `unknown: "allow"` a member that is not known here goes to ECS, and not into a task definition.
#[test]
fn what_is_not_known_goes_beside_the_definition() {
    let asked = json!({"primaryContainer": {"image": "repo/web:2", "future": {"x": 1}, "kept": 2, "absent": null}});
    let asked = asked.as_object().unwrap();
    assert_eq!(made("f", asked)["containerDefinitions"][0].get("future"), None);
    let described = json!({"image": "repo/web:1", "kept": 2});
    let found = beside(asked, described.as_object().unwrap());
    assert_eq!(Value::Object(found), json!({"future": {"x": 1}}));
}

#[test]
fn asked_members_make_a_definition_and_come_back() {
    let asked = json!({"cpu": "512", "memory": "1024", "cpuArchitecture": "ARM64", "executionRoleArn": "arn:aws:iam::1:role/e",
        "primaryContainer": {"image": "repo/web:3", "containerPort": 3000, "environment": [{"name": "B", "value": "2"}],
            "awsLogsConfiguration": {"logGroup": "/web", "logStreamPrefix": "p"}}});
    let made = made("prod-web", asked.as_object().unwrap());
    let document = Value::Object(made.clone());
    assert_eq!(Value::Object(container_of(&document)), asked["primaryContainer"]);
    assert_eq!((&document["cpu"], &document["runtimePlatform"]["cpuArchitecture"]), (&json!("512"), &json!("ARM64")));
    // Once more, nothing changes.
    assert_eq!(applied(made.clone(), asked.as_object().unwrap()), made);
    let definition = TaskDefinition::new(document).unwrap();
    assert!(!is_own(&definition, "prod-web") && is_own(&definition, "default-web") && unfit(&definition).is_none());
}

#[test]
fn what_ecs_does_not_take_as_a_definition_is_named() {
    let without_main =
        TaskDefinition::new(json!({"family": "f", "containerDefinitions": [{"name": "api", "image": "i"}]}));
    for (definition, expected) in [
        (without_main.unwrap(), "no container \"Main\""),
        (definition(json!({"portMappings": [{"containerPort": 80}]}), json!({})), "1 TCP port mappings"),
        (definition(json!({}), json!({"requiresCompatibilities": ["EC2"]})), "FARGATE"),
    ] {
        let (_, text) = unfit(&definition).unwrap();
        assert!(text.contains(expected), "{text}");
    }
}
