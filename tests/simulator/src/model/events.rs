//! Decides the words of ECS: service event messages and the reasons of a rollout.

use std::collections::VecDeque;

use super::ids::Ids;
use super::task::Task;

/// One entry of a service's `events`.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) at: f64,
    pub(crate) message: String,
}

/// A service's events, newest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    kept: VecDeque<Event>,
    said: u64,
}

impl Events {
    /// How many of them ECS keeps.
    const KEPT: usize = 100;

    /// `text` is what follows the prefix `(service NAME) `.
    pub(crate) fn say(&mut self, ids: &mut Ids, at: f64, service: &str, text: &str) {
        self.kept.push_front(Event { id: ids.uuid(), at, message: format!("(service {service}) {text}") });
        self.kept.truncate(Events::KEPT);
        self.said += 1;
    }

    /// How many there ever were.
    pub(crate) fn said(&self) -> u64 {
        self.said
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Event> {
        self.kept.iter()
    }
}

fn named(tasks: &[&Task]) -> String {
    tasks.iter().map(|task| format!("(task {})", task.id)).collect::<Vec<_>>().join(" ")
}

pub(crate) const STEADY: &str = "has reached a steady state.";
pub(crate) const IMPAIRED: &str = "is unable to consistently start tasks successfully.";
pub(crate) const DEADLOCK: &str = "was unable to stop or start tasks during a deployment because of the service \
     deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.";

pub(crate) fn started(tasks: &[&Task]) -> String {
    format!("has started {} tasks: {}.", tasks.len(), named(tasks))
}

pub(crate) fn stopped(tasks: &[&Task]) -> String {
    format!("has stopped {} running tasks: {}.", tasks.len(), named(tasks))
}

pub(crate) fn registered(count: usize, group: &str) -> String {
    format!("registered {count} targets in (target-group {group})")
}

pub(crate) fn deregistered(count: usize, group: &str) -> String {
    format!("deregistered {count} targets in (target-group {group})")
}

pub(crate) fn draining(count: usize) -> String {
    format!("has begun draining connections on {count} tasks.")
}

/// A load balancer, as messages name it.
#[derive(Clone, Debug)]
pub(crate) enum Balancer {
    Group { arn: String, port: i64 },
    Classic { name: String },
}

impl Balancer {
    pub(crate) fn name(&self) -> String {
        match self {
            Balancer::Group { arn, .. } => format!("target-group {arn}"),
            Balancer::Classic { name } => format!("elb {name}"),
        }
    }

    pub(crate) fn unhealthy(&self, task: &str, reason: &str) -> String {
        match self {
            Balancer::Group { port, .. } => {
                format!("(task {task}) (port {port}) is unhealthy in ({}) due to (reason {reason})", self.name())
            }
            Balancer::Classic { .. } => {
                format!("(instance i-0123456789abcdef0) is unhealthy in ({}) due to (reason {reason})", self.name())
            }
        }
    }
}

pub(crate) fn container_unhealthy(task: &str) -> String {
    format!("(task {task}) failed container health checks.")
}

pub(crate) fn completed(deployment: &str) -> String {
    format!("(deployment {deployment}) deployment completed.")
}

pub(crate) fn failed(deployment: &str, why: &str) -> String {
    format!("(deployment {deployment}) deployment failed: {why}.")
}

pub(crate) fn rolling_back(to: &str) -> String {
    format!("rolling back to deployment {to}.")
}

/// Texts of `rolloutStateReason`.
pub(crate) mod reason {
    pub(crate) const ALARMED: &str = "ECS deployment alarm: alarm detected.";
    pub(crate) const HOOKED: &str = "ECS deployment lifecycle hook: a hook failed.";
    pub(crate) const BROKEN: &str = "ECS deployment circuit breaker: tasks failed to start.";

    pub(crate) fn in_progress(deployment: &str) -> String {
        format!("ECS deployment {deployment} in progress.")
    }

    pub(crate) fn completed(deployment: &str) -> String {
        format!("ECS deployment {deployment} completed.")
    }

    pub(crate) fn rolling_back(by: &str, to: &str) -> String {
        format!("ECS deployment {by}: rolling back to deploymentId {to}.")
    }
}
