//! Builds a plan from the decisions.

use indexmap::IndexMap;
use serde_json::json;

use crate::aws::operation::Operation;
use crate::definition::TaskDefinition;
use crate::error::finding::Change;
use crate::redact;
use crate::rollout::service::strategy::Kind;
use crate::rollout::tasks::queue::When;
use crate::rollout::workflow::Workflow;
use crate::types::plan::{Plan, PlannedCall, PlannedDefinition, PlannedImage};

impl Workflow {
    /// Builds the plan. `writes`: whether there is anything to do.
    pub(crate) fn planned(&self, writes: bool) -> Plan {
        let rendered = self.prepared.rendered.as_ref();
        let current = self.prepared.current.as_ref().map(|revision| &revision.definition);
        let mut calls = Vec::new();
        if writes && self.order.definition.is_none() {
            calls.push(PlannedCall::new(Operation::RegisterTaskDefinition, None));
        }
        if writes {
            calls.extend(self.planned_tasks());
        }
        if let Some(input) = self.planned_tagging() {
            calls.push(PlannedCall::new(Operation::TagResource, Some(input)));
        }
        if writes && self.creates() {
            calls.push(PlannedCall::new(Operation::CreateService, Some(self.new_service())));
        } else if writes && self.found.kind == Kind::CodeDeploy {
            calls.extend(self.planned_codedeploy());
        } else if writes {
            calls.push(PlannedCall::new(Operation::UpdateService, Some(self.update_input())));
        }
        let changed = !calls.is_empty();
        if writes {
            calls.extend(self.planned_checks(When::AtPause));
        }
        calls.extend(self.planned_checks(When::After));
        Plan {
            changed,
            service: self.found.before.name.clone(),
            cluster: self.found.before.cluster.clone(),
            definition: PlannedDefinition {
                from: self.found.before.definition.clone(),
                to: self.order.definition.clone(),
                changes: shown(current, rendered),
            },
            settings: self.settings_changes(),
            findings: self.prepared.warnings.clone(),
            images: rendered.map(|rendered| images(current, rendered, &self.prepared.tags.moved)).unwrap_or_default(),
            calls,
        }
    }

    /// The changes to the base definition.
    pub(crate) fn definition_changes(&self) -> Vec<Change> {
        let base = self.prepared.given.as_ref().or(self.prepared.current.as_ref()).map(|revision| &revision.definition);
        shown(base, self.prepared.rendered.as_ref())
    }

    /// The change of the number of tasks, if it changes.
    pub(crate) fn desired_change(&self) -> Option<Change> {
        let desired = self.request.desired.filter(|desired| u64::from(*desired) != self.found.before.desired)?;
        let (path, after) = ("/desiredCount".to_owned(), Some(json!(desired)));
        Some(Change { path, before: Some(json!(self.found.before.desired)), after })
    }

    pub(crate) fn settings_changes(&self) -> Vec<Change> {
        let desired = self.desired_change();
        let unset = self.request.settings.iter().filter(|(member, asked)| !self.is_set(member, asked));
        let settings = unset.map(|(member, asked)| Change {
            path: format!("/{member}"),
            before: self.setting(member).cloned(),
            after: Some(asked.clone()),
        });
        desired.into_iter().chain(settings).map(redact::change).collect()
    }
}

/// The changes between two definitions, without secrets.
pub(crate) fn shown(before: Option<&TaskDefinition>, after: Option<&TaskDefinition>) -> Vec<Change> {
    before.zip(after).map(|(before, after)| redact::changes(before.diff(after))).unwrap_or_default()
}

/// The images that change, by container. `moved`: the digests that tags name now which named others before.
fn images(
    current: Option<&TaskDefinition>,
    rendered: &TaskDefinition,
    moved: &IndexMap<String, String>,
) -> Vec<PlannedImage> {
    let before: IndexMap<String, String> = current.map(TaskDefinition::images).unwrap_or_default();
    let changes =
        |(container, image): &(String, String)| before.get(container) != Some(image) || moved.contains_key(container);
    let planned = |(container, to): (String, String)| {
        let (from, digest) = (before.get(&container).cloned(), moved.get(&container).cloned());
        PlannedImage { from, container, to, digest }
    };
    rendered.images().into_iter().filter(changes).map(planned).collect()
}
