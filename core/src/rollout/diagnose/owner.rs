//! Decides whether a task is ours or belongs to another deployment.

use serde_json::Value;

/// How much earlier than its deployment a task may seem to be created, in seconds: some servers round the times of tasks.
const ROUNDED: f64 = 1.0;

/// What identifies the tasks of our deployment.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Owner {
    /// The id of the deployment, or of the task set if CodeDeploy made one.
    pub(crate) id: String,
    /// The ids of all other deployments and task sets of the service that were ever listed.
    pub(crate) others: Vec<String>,
    /// The group of the service's tasks: `service:NAME`.
    pub(crate) group: String,
    /// The ARN of the definition that the deployment carries.
    pub(crate) definition: String,
    /// When the deployment was created, by AWS's own clock.
    pub(crate) created: Option<f64>,
}

impl Owner {
    /// A deployment that is known by its id alone.
    #[cfg(test)]
    pub(crate) fn of(id: &str) -> Self {
        Self { id: id.to_owned(), ..Self::default() }
    }

    /// Whether the task is of our deployment.
    ///
    /// ECS writes the deployment's id into `startedBy`. Other servers, and other controllers, write something else or
    /// nothing; then a task of the service is ours if it has our revision and was created since our deployment was.
    pub(crate) fn owns(&self, task: &Value) -> bool {
        match task["startedBy"].as_str() {
            Some(by) if by == self.id => true,
            Some(by) if self.others.iter().any(|other| other == by) => false,
            _ => self.is_of_service(task) && task["taskDefinitionArn"] == *self.definition && self.is_since(task),
        }
    }

    fn is_of_service(&self, task: &Value) -> bool {
        task["group"].as_str().is_none_or(|group| group == self.group)
    }

    /// Both times are AWS's: the clock here may differ from it.
    fn is_since(&self, task: &Value) -> bool {
        let created = task["createdAt"].as_f64();
        created.zip(self.created).is_some_and(|(task, deployment)| task + ROUNDED >= deployment)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const REVISION: &str = "arn:aws:ecs:r:1:task-definition/api:2";

    fn owner() -> Owner {
        Owner {
            id: "ecs-svc/2".to_owned(),
            others: vec!["ecs-svc/1".to_owned(), "ecs-svc/3".to_owned()],
            group: "service:api".to_owned(),
            definition: REVISION.to_owned(),
            created: Some(1000.0),
        }
    }

    fn task(by: Value, revision: &str, created: Value) -> Value {
        json!({"startedBy": by, "taskDefinitionArn": revision, "createdAt": created, "group": "service:api"})
    }

    #[test]
    fn a_task_is_ours_by_the_id_of_the_deployment_or_by_revision_and_time() {
        let former = "arn:aws:ecs:r:1:task-definition/api:1";
        for (task, expected) in [
            (task(json!("ecs-svc/2"), REVISION, json!(1001.0)), true),
            // The id alone is enough, whatever else is shown.
            (task(json!("ecs-svc/2"), former, Value::Null), true),
            (task(Value::Null, REVISION, json!(1001.0)), true),
            (task(json!(""), REVISION, json!(1001.0)), true),
            (task(json!("123456789012"), REVISION, json!(1001.0)), true),
            (task(json!("ecs-svc/9870"), REVISION, json!(1001.0)), true),
            (task(json!("CODE_DEPLOY"), REVISION, json!(1001.0)), true),
            (task(Value::Null, REVISION, json!(999.5)), true),
            // Of another deployment that was listed: an older one, or the one that took our place.
            (task(json!("ecs-svc/1"), REVISION, json!(1001.0)), false),
            (task(json!("ecs-svc/3"), REVISION, json!(1001.0)), false),
            // Of another revision; before ours; of no time.
            (task(Value::Null, former, json!(1001.0)), false),
            (task(json!("ecs-svc/9870"), REVISION, json!(998.0)), false),
            (task(Value::Null, REVISION, Value::Null), false),
        ] {
            assert_eq!(owner().owns(&task), expected, "{task}");
        }
        let lone =
            json!({"taskDefinitionArn": REVISION, "createdAt": 1001.0, "group": "family:api", "startedBy": "ci/7"});
        assert!(!owner().owns(&lone), "a task of RunTask is not the service's");
        let unknown = Owner { created: None, ..owner() };
        assert!(
            !unknown.owns(&task(Value::Null, REVISION, json!(1001.0))),
            "without a time nothing tells it from an older one"
        );
    }
}
