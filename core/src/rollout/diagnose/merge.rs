//! Merges the reports of stopped tasks, service events and targets about the same failure into one cause.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::Signature;
use super::described::Described;
use super::kind::Kind;
use super::service_event::ReportedFailure;
use super::summary::{advice, summary};
use super::task::StoppedTask;
use crate::error::failure::{Cause, StoppedContainer};

/// All that is known of a deployment's failures.
pub(crate) struct Evidence<'a> {
    /// The tasks that stopped, newest first.
    pub(crate) stopped: &'a [StoppedTask],
    /// What service events report, newest first.
    pub(crate) reported: &'a [ReportedFailure],
    /// What is reported of tasks of ours that still run.
    pub(crate) running: &'a [ReportedFailure],
    /// The tasks that were started since the deployment began.
    pub(crate) started: &'a HashSet<String>,
    /// The tasks that are known to be another deployment's.
    pub(crate) other_tasks: &'a HashSet<String>,
    pub(crate) described: Described<'a>,
}

/// A cause in the making.
struct Group {
    clue: Signature,
    tasks: Vec<String>,
    containers: Vec<StoppedContainer>,
}

impl Evidence<'_> {
    /// The tasks of ours among those that an event names; `None` if it names others only.
    fn ours(&self, named: &[String]) -> Option<Vec<String>> {
        let is_ours = |task: &&String| {
            !self.other_tasks.contains(*task)
                && (self.started.contains(*task) || self.stopped.iter().any(|stopped| stopped.id == **task))
        };
        let ours: Vec<String> = named.iter().filter(is_ours).cloned().collect();
        (named.is_empty() || !ours.is_empty()).then_some(ours)
    }

    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for task in self.stopped {
            match groups.iter_mut().find(|group| group.clue.is_same(&task.clue)) {
                Some(group) => group.tasks.push(task.id.clone()),
                None => groups.push(Group {
                    clue: task.clue.clone(),
                    tasks: vec![task.id.clone()],
                    containers: task.containers.clone(),
                }),
            }
        }
        // Oldest first: the newest reason counts, and reports on running tasks are the newest.
        for reported in self.reported.iter().rev() {
            if let Some(tasks) = self.ours(&reported.tasks) {
                read_events(&mut groups, &reported.clue, &tasks);
            }
        }
        for one in self.running {
            read_events(&mut groups, &one.clue, &one.tasks);
        }
        // It is only a consequence if there is any other cause.
        if groups.iter().any(|group| group.clue.kind != Kind::StartThrottled) {
            groups.retain(|group| group.clue.kind != Kind::StartThrottled);
        }
        groups
    }
}

/// Adds the report of an event or a target to its cause, or makes a new cause of it.
fn read_events(groups: &mut Vec<Group>, clue: &Signature, tasks: &[String]) {
    if let Some(group) = groups.iter_mut().find(|group| is_about(clue, &group.clue)) {
        group.clue.detail = clue.detail.clone().or(group.clue.detail.take());
        group.clue.subject = group.clue.subject.take().or_else(|| clue.subject.clone());
        group.clue.container = group.clue.container.take().or_else(|| clue.container.clone());
        let news: Vec<_> = tasks.iter().filter(|task| !group.tasks.contains(*task)).cloned().collect();
        group.tasks.splice(0..0, news);
        return;
    }
    // A task that stopped for a known cause is unhealthy because of that.
    let is_explained = |task: &String| groups.iter().any(|group| group.tasks.contains(task));
    if tasks.is_empty() || !tasks.iter().all(is_explained) {
        let tasks = tasks.iter().filter(|task| !is_explained(task)).cloned().collect();
        groups.push(Group { clue: clue.clone(), tasks, containers: Vec::new() });
    }
}

/// Whether the report of an event or a target is about a known cause: a missing part is no contradiction.
fn is_about(clue: &Signature, known: &Signature) -> bool {
    let agree = |one: &Option<String>, other: &Option<String>| one.is_none() || other.is_none() || one == other;
    clue.kind == known.kind
        && agree(&clue.subject, &known.subject)
        && agree(&clue.container, &known.container)
        && (clue.kind != Kind::Other || clue.words == known.words)
}

/// The causes, most frequent first, each with its signature, which finds its log.
pub(crate) fn causes(evidence: &Evidence<'_>) -> Vec<(Signature, Cause)> {
    let mut groups = evidence.groups();
    groups.sort_by_key(|group| Reverse(group.tasks.len()));
    let cause = |group: Group| {
        let cause = Cause {
            kind: group.clue.kind.name().to_owned(),
            summary: summary(&group.clue, evidence.described),
            advice: Some(advice(&group.clue, evidence.described)),
            tasks: group.tasks,
            containers: group.containers,
            log: Vec::new(),
        };
        (group.clue, cause)
    };
    groups.into_iter().map(cause).collect()
}
