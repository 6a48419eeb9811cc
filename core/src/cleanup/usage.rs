//! Decides which revisions of a family may be deregistered. Pure.

use indexmap::IndexMap;
use serde_json::Value;

use super::prune::KeptRevision;
use crate::arn::last;
use crate::json::{list, text};

/// What uses the revisions of one family: by `family:revision`, the users.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    family: String,
    uses: IndexMap<String, Vec<String>>,
}

impl Usage {
    pub(crate) fn of(family: &str) -> Self {
        Self { family: family.to_owned(), ..Self::default() }
    }

    /// Notes that a user names a revision. A name without a number means the newest, which is never removed.
    pub(crate) fn add(&mut self, definition: &str, user: impl Into<String>) {
        let name = last(definition);
        if name.split_once(':').is_some_and(|(family, _)| family == self.family) {
            let (users, user) = (self.uses.entry(name.to_owned()).or_default(), user.into());
            if !users.contains(&user) {
                users.push(user);
            }
        }
    }

    /// Notes the revisions that a service runs or deploys, as it is described.
    pub(crate) fn add_service(&mut self, service: &Value) {
        let user = service_name(service);
        self.add(&text(service, "taskDefinition"), user.clone());
        for (member, what) in [("deployments", "deployment"), ("taskSets", "task set")] {
            for one in list(service, member) {
                self.add(&text(one, "taskDefinition"), format!("{what} {} of {user}", text(one, "id")));
            }
        }
    }

    /// Notes every revision that a text of a document names, such as the input of a schedule.
    pub(crate) fn add_texts(&mut self, document: &Value, user: &str) {
        match document {
            Value::String(text) => {
                // A document may be written as a text.
                match serde_json::from_str::<Value>(text) {
                    Ok(inner @ (Value::Object(_) | Value::Array(_))) => self.add_texts(&inner, user),
                    _ => self.add(text, user),
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add_texts(item, user)),
            Value::Object(members) => members.values().for_each(|member| self.add_texts(member, user)),
            _ => {}
        }
    }

    /// Whether a service has anything to do with the family.
    pub(crate) fn concerns(&self, service: &Value) -> bool {
        let named = list(service, "deployments").iter().chain(list(service, "taskSets")).chain([service]);
        let mut families = named.map(|one| text(one, "taskDefinition"));
        families.any(|definition| last(&definition).split(':').next() == Some(self.family.as_str()))
    }

    /// Divides revisions, newest first, into those to deregister, oldest first, and those to keep with the reasons.
    pub(crate) fn decide(&self, revisions: &[String], keep: usize) -> (Vec<String>, Vec<KeptRevision>) {
        let (mut removed, mut kept) = (Vec::new(), Vec::new());
        for (at, arn) in revisions.iter().enumerate() {
            let newest = (at < keep).then(|| format!("one of the newest {keep}"));
            let users = self.uses.get(last(arn)).into_iter().flatten().cloned();
            let why: Vec<String> = newest.into_iter().chain(users).collect();
            match why.is_empty() {
                true => removed.push(arn.clone()),
                false => kept.push(KeptRevision { definition: arn.clone(), why }),
            }
        }
        removed.reverse();
        (removed, kept)
    }
}

/// A service as a reason names it.
pub(crate) fn service_name(service: &Value) -> String {
    format!("service {} in cluster {}", text(service, "serviceName"), last(&text(service, "clusterArn")))
}

/// Whether a deployment of a service may be in progress, so that revisions count that the service itself may not show.
pub(crate) fn is_deploying(service: &Value) -> bool {
    let deployments = list(service, "deployments");
    let is_complete = |one: &Value| one["rolloutState"] == "COMPLETED";
    deployments.len() != 1 || !deployments.iter().all(is_complete)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn arn(revision: u64) -> String {
        format!("arn:aws:ecs:r:1:task-definition/api:{revision}")
    }

    #[test]
    fn every_way_to_use_a_revision_keeps_it() {
        let mut usage = Usage::of("api");
        let service = json!({"serviceName": "web", "clusterArn": "arn:aws:ecs:r:1:cluster/prod", "taskDefinition": arn(1),
            "deployments": [{"id": "ecs-svc/1", "taskDefinition": arn(2)}], "taskSets": [{"id": "ts", "taskDefinition": arn(3)}]});
        assert!(usage.concerns(&service) && !Usage::of("ap").concerns(&service));
        usage.add_service(&service);
        usage.add(&arn(4), "task t");
        usage.add("api", "schedule without a number");
        usage.add("api2:5", "another family");
        usage.add_texts(&json!({"Input": json!({"TaskDefinition": "api:6"}).to_string()}), "schedule s");
        let (removed, kept) = usage.decide(&(1..=9).rev().map(arn).collect::<Vec<_>>(), 2);
        assert_eq!(removed, [arn(5), arn(7)]);
        let why: Vec<(u64, &str)> = kept
            .iter()
            .map(|one| (one.definition.rsplit(':').next().unwrap().parse().unwrap(), one.why[0].as_str()))
            .collect();
        assert_eq!(
            why,
            [
                (9, "one of the newest 2"),
                (8, "one of the newest 2"),
                (6, "schedule s"),
                (4, "task t"),
                (3, "task set ts of service web in cluster prod"),
                (2, "deployment ecs-svc/1 of service web in cluster prod"),
                (1, "service web in cluster prod")
            ]
        );
    }

    #[test]
    fn a_service_is_looked_at_closely_unless_one_deployment_is_complete() {
        for (deployments, expected) in [
            (json!([{"rolloutState": "COMPLETED"}]), false),
            (json!([{"rolloutState": "IN_PROGRESS"}]), true),
            (json!([{"rolloutState": "COMPLETED"}, {"rolloutState": "COMPLETED"}]), true),
            (json!([{}]), true),
            (json!([]), true),
        ] {
            assert_eq!(is_deploying(&json!({ "deployments": deployments })), expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_in_use_and_none_of_the_newest_is_ever_removed(
            count in 0..40_u64, keep in 1..15_usize, used in prop::collection::vec(1..40_u64, 0..10),
        ) {
            let revisions: Vec<String> = (1..=count).rev().map(arn).collect();
            let mut usage = Usage::of("api");
            used.iter().for_each(|number| usage.add(&arn(*number), "task"));
            let (removed, kept) = usage.decide(&revisions, keep);
            prop_assert_eq!(removed.len() + kept.len(), revisions.len());
            for number in &used {
                prop_assert!(!removed.contains(&arn(*number)));
            }
            for arn in revisions.iter().take(keep) {
                prop_assert!(!removed.contains(arn));
            }
            // Neither more nor less: what is kept has a reason.
            prop_assert!(kept.iter().all(|one| !one.why.is_empty()));
        }
    }
}
