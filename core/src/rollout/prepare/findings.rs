//! Checks a request before anything is written, and refuses or warns: options without a value, ARNs of several accounts or regions,
//! times that are far too long, another family.

use serde_json::Value;

use crate::definition::TaskDefinition;
use crate::error::Error;
use crate::error::finding::{Finding, Level};
use crate::image::reference;
use crate::json::list;
use crate::options::arn::{self, Place};
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::deployment::Definition;

/// A longer wait is more likely one in milliseconds.
const DAY: f64 = 86_400.0;

/// Rules about a definition and a service together by which ECS refuses an order.
const BETWEEN: [&str; 5] =
    ["network_configuration", "volume_configuration", "load_balancer", "service_connect", "launch_type"];

impl Workflow {
    /// Warns, and keeps the warning for those who read a plan.
    pub(crate) fn caution(&mut self, rule: &str, path: &str, text: &str, advice: &str) {
        self.cx.warn(rule, format!("{path}: {text}; {advice}"));
        self.prepared.warnings.push(Finding {
            level: Level::Warning,
            rule: rule.to_owned(),
            path: path.to_owned(),
            text: text.to_owned(),
            advice: advice.to_owned(),
        });
    }

    /// Warns about probable mistakes in the options.
    pub(crate) fn warn_of_options(&mut self) {
        let unset = std::mem::take(&mut self.request.unset);
        for (rule, option, text, advice) in unset.into_warnings() {
            // A service's ARN has named it.
            if option != "cluster" || self.request.cluster == "default" {
                self.caution(rule, &option, &text, advice);
            }
        }
        let own = (self.verb != Verb::Run).then(|| ("timeout".to_owned(), self.request.timeout));
        let times: Vec<_> =
            own.into_iter().chain(self.tasks.timeouts()).filter(|(_, seconds)| *seconds > DAY).collect();
        for (option, seconds) in times {
            let text = format!("{seconds} seconds are {:.1} days", seconds / DAY);
            self.caution("long_timeout", &option, &text, "give seconds, not milliseconds");
        }
    }

    /// Warns if the request names no change at all: nothing is deployed, and a new deployment may have been intended.
    pub(crate) fn warn_of_nothing_asked(&mut self) {
        let asks = self.verb != Verb::Deploy
            || self.providing.is_some()
            || self.request.definition.is_some()
            || self.request.desired.is_some()
            || !self.request.settings.is_empty()
            || !self.request.changes().is_empty();
        if !asks {
            let text = format!(
                "nothing is deployed, as the request names no change of service {:?}: give `images`, `definition` or another change, or \
                 `force` for a new deployment of the running definition",
                self.found.before.name
            );
            self.cx.warn("nothing_asked", text);
        }
    }

    /// Refuses ARNs of a wrong kind, and those of more than one region or account.
    pub(crate) fn check_places(&self) -> Result<(), Error> {
        let places = self.places();
        places.iter().try_for_each(arn::check_kind)?;
        arn::check_cluster(&self.request.service, &self.request.cluster)?;
        arn::check_together(&places)
    }

    /// Refuses ARNs of another region than the one that is called.
    pub(crate) async fn check_region(&self) -> Result<(), Error> {
        let places = self.places();
        if places.iter().all(|place| arn::parse(place.text).is_none()) {
            return Ok(());
        }
        let aws = self.cx.client.aws().await?;
        match aws.is_by_hand() {
            // A server at a custom endpoint ignores the region: its answers are compared.
            true => Ok(()),
            false => places.iter().try_for_each(|place| arn::check_region(place, aws.region())),
        }
    }

    /// Checks the region at a custom endpoint: what is not found there may be in another region than the one chosen.
    pub(crate) fn check_called(&self) -> Result<(), Error> {
        let Some(region) = self.cx.client.called().region else { return Ok(()) };
        self.places().iter().try_for_each(|place| arn::check_region(place, &region))
    }

    /// Refuses ARNs of another region or account than that of the service as ECS describes it.
    pub(crate) fn check_found(&self) -> Result<(), Error> {
        let found = self.prepared.service.get("serviceArn").and_then(Value::as_str).unwrap_or_default();
        let mut places = vec![Place { option: "the service that ECS describes", kind: "service", text: found }];
        places.extend(self.places());
        arn::check_together(&places)
    }

    /// Refuses a definition that was named by an ARN, and is of another place than the one that ECS describes.
    pub(crate) fn check_given(&self, name: &str, found: &str) -> Result<(), Error> {
        arn::check_together(&[
            Place { option: "the definition that ECS describes", kind: "task-definition", text: found },
            Place { option: self.definition_option(), kind: "task-definition", text: name },
        ])
    }

    fn definition_option(&self) -> &'static str {
        if self.verb == Verb::Rollback { "to" } else { "definition" }
    }

    pub(crate) fn places(&self) -> Vec<Place<'_>> {
        let mut places = vec![
            Place { option: "service", kind: "service", text: &self.request.service },
            Place { option: "cluster", kind: "cluster", text: &self.request.cluster },
        ];
        if let Some(Definition::Name(name)) = &self.request.definition {
            places.push(Place { option: self.definition_option(), kind: "task-definition", text: name });
        }
        places
    }

    /// Findings between the definition and the service with the requested settings. Findings that the running revision already has are
    /// left out.
    pub(crate) fn service_findings(&self, rendered: &TaskDefinition) -> Vec<Finding> {
        // Of an Express service, network, scaling and load balancer are ECS's own.
        if matches!(self.verb, Verb::Run | Verb::Register) || self.is_express() {
            return Vec::new();
        }
        let after = self.service_after();
        if self.creates() {
            let known = rendered.validate();
            return rendered.validate_for(&after).into_iter().filter(|finding| !known.contains(finding)).collect();
        }
        let Some(current) = &self.prepared.current else {
            // The findings of the running revision are unknown: check only what ECS refuses of any definition with this service.
            let is_between =
                |finding: &Finding| finding.level == Level::Error && BETWEEN.contains(&finding.rule.as_str());
            let found = rendered.validate_for(&after).into_iter();
            return found.filter(|finding| finding.path.starts_with("/service") && is_between(finding)).collect();
        };
        let before = Value::Object(self.prepared.service.clone());
        let known: Vec<_> = current.definition.validate_for(&before).into_iter().chain(rendered.validate()).collect();
        rendered.validate_for(&after).into_iter().filter(|finding| !known.contains(finding)).collect()
    }

    /// Refuses an image that is only a name over one from a registry, if a document or a patch sets it; those of options are refused
    /// there.
    pub(crate) fn check_bare_images(&self, rendered: &TaskDefinition) -> Result<(), Error> {
        let known: Vec<Value> = [&self.prepared.given, &self.prepared.current]
            .into_iter()
            .flatten()
            .map(|one| one.definition.to_value())
            .collect();
        let image = |document: &Value, name: &Value| {
            let containers = list(document, "containerDefinitions").iter();
            containers.filter(|one| one["name"] == *name).find_map(|one| one["image"].as_str()).map(str::to_owned)
        };
        let rendered = rendered.to_value();
        for (at, container) in list(&rendered, "containerDefinitions").iter().enumerate() {
            let Some(new) = container["image"].as_str() else { continue };
            let before: Vec<String> = known.iter().filter_map(|document| image(document, &container["name"])).collect();
            // An image that was there before is not of this deployment.
            if before.iter().any(|before| before == new) {
                continue;
            }
            if let Some(why) = before.iter().find_map(|before| reference::bare_over(before, new)) {
                return Err(Error::invalid(format!("/containerDefinitions/{at}/image"), why));
            }
        }
        Ok(())
    }

    /// Warns if the definition is of another family than the one that the service runs.
    pub(crate) fn warn_of_family(&mut self, family: Option<&str>) {
        let running = self.found.before.definition.as_deref().and_then(family_of).map(str::to_owned);
        let is_other = |running: &&String| family.is_some_and(|family| family != running.as_str());
        if matches!(self.verb, Verb::Run | Verb::Register) {
            return;
        }
        if let Some((running, family)) = running.as_ref().filter(is_other).zip(family) {
            let text = format!("the definition is of the family {family:?}, and the service runs one of {running:?}");
            let option = self.definition_option();
            self.caution("other_family", option, &text, "check that it is the definition of this service");
        }
    }
}

/// The family in the ARN of a definition.
fn family_of(arn: &str) -> Option<&str> {
    arn.rsplit('/').next()?.split(':').next().filter(|family| !family.is_empty())
}
