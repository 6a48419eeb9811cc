//! What is looked up before anything is written: images, and all else that the request refers to.

use std::time::Duration;

use serde_json::Value;

use super::refuse;
use crate::definition::changes::Changes;
use crate::ecr;
use crate::ecr::verify::Checks;
use crate::engine::context::Halt;
use crate::error::Error;
use crate::error::finding::{Finding, Level};
use crate::json::list;
use crate::options::verify::Verify;
use crate::rollout::references::{self, Place};
use crate::rollout::workflow::{Verb, Workflow};

/// How long a look at images or at a reference may take.
const LIMIT: Duration = Duration::from_secs(6);

/// What has been looked up.
#[derive(Default)]
pub(crate) struct Lookups {
    /// What is wrong is gathered as findings, and no error.
    pub(crate) gathers: bool,
    /// What was gathered.
    pub(crate) gathered: Vec<Finding>,
    /// True once the images have been looked at.
    has_images: bool,
    /// How many references were looked up, once they were.
    pub(crate) references: Option<u64>,
}

impl Lookups {
    /// The same before anything was looked up.
    pub(crate) fn anew(&mut self) -> Self {
        Self { gathers: self.gathers, gathered: std::mem::take(&mut self.gathered), ..Self::default() }
    }
}

impl Workflow {
    /// Refuses what ECS would refuse; or gathers it, if all is to be found out.
    pub(crate) fn refuse_or_gather(&mut self, findings: Vec<Finding>) -> Result<(), Error> {
        if !self.prepared.lookups.gathers {
            return refuse(findings);
        }
        let gathered = &mut self.prepared.lookups.gathered;
        let new: Vec<_> = findings.into_iter().filter(|finding| !gathered.contains(finding)).collect();
        gathered.extend(new);
        Ok(())
    }

    /// Looks up what `verify` asks for, unless that has been done.
    pub(crate) async fn look_up_before_a_write(&mut self) -> Result<(), Halt> {
        if self.request.verify.looks_at_images() && !self.prepared.lookups.has_images {
            Box::pin(self.check_images()).await?;
        }
        if self.request.verify == Verify::All && self.prepared.lookups.references.is_none() {
            Box::pin(self.check_references()).await?;
        }
        Ok(())
    }

    /// Looks whether the images are there and fit, and what their tags name (ECR's BatchGetImage, or the registry).
    pub(crate) async fn check_images(&mut self) -> Result<(), Halt> {
        let Some(rendered) = self.prepared.rendered.clone() else { return Ok(()) };
        let checks = Checks { verify: self.request.verify.looks_at_images(), pin: self.request.pin, limit: LIMIT };
        let (client, document) = (self.cx.client.clone(), rendered.to_value());
        let mut verified = self.cx.unless_cancelled(ecr::verify(&client, &document, checks)).await?;
        // They count among the looks that a rollout of a minute may take.
        self.watched.spent(verified.looked);
        self.refuse_images(std::mem::take(&mut verified.errors), &document).await?;
        for (code, text) in verified.warnings {
            if self.prepared.lookups.gathers {
                self.refuse_or_gather(vec![skipped_image(text.clone(), &document)])?;
            }
            self.cx.warn(code, text);
        }
        if !verified.pins.is_empty() {
            let pins = Changes { images: verified.pins, ..Changes::default() };
            self.prepared.rendered = Some(rendered.into_rendered(&pins)?);
        }
        self.prepared.lookups.has_images = true;
        Ok(())
    }

    /// Refuses images that are missing or do not fit. If all is looked up, the error names what else is missing.
    async fn refuse_images(&mut self, errors: Vec<Error>, document: &Value) -> Result<(), Halt> {
        let findings: Option<Vec<Finding>> = errors.iter().map(|error| image_finding(error, document)).collect();
        let looks_on = self.prepared.lookups.gathers || self.request.verify == Verify::All;
        match (findings, errors.into_iter().next()) {
            (_, None) => Ok(()),
            (Some(findings), Some(_)) if self.prepared.lookups.gathers => Ok(self.refuse_or_gather(findings)?),
            (Some(mut findings), Some(first)) if looks_on => {
                findings.extend(self.look_at_references().await?);
                match findings.len() {
                    1 => Err(first.into()),
                    _ => Err(refusal(findings).into()),
                }
            }
            (_, Some(first)) => Err(first.into()),
        }
    }

    /// Refuses, or gathers, what is missing or does not fit of all that the definition and the service refer to.
    async fn check_references(&mut self) -> Result<(), Halt> {
        let wrong = self.look_at_references().await?;
        match &wrong[..] {
            [] => Ok(()),
            _ if self.prepared.lookups.gathers => Ok(self.refuse_or_gather(wrong)?),
            [one] if one.rule == "cluster_check" => {
                let (cluster, called) = (self.request.cluster.clone(), self.cx.client.called());
                Err(Error::ClusterMissing { cluster, called }.into())
            }
            _ => Err(refusal(wrong).into()),
        }
    }

    /// Looks up all that the definition and the service refer to. Returns what is missing or does not fit; the rest are warnings.
    async fn look_at_references(&mut self) -> Result<Vec<Finding>, Halt> {
        let Some(rendered) = self.prepared.rendered.clone() else { return Ok(Vec::new()) };
        let cluster = self.request.cluster.clone();
        let place = self.place_of_references(&cluster);
        let (client, references) = (self.cx.client.clone(), references::references(&rendered.to_value(), &place));
        let checked = self.cx.unless_cancelled(references::check(&client, &references, LIMIT)).await?;
        self.prepared.lookups.references = Some(references.len() as u64);
        self.cx.attempts.calls += checked.calls;
        self.watched.spent(u32::try_from(checked.calls).unwrap_or(u32::MAX));
        let (wrong, others): (Vec<_>, Vec<_>) =
            checked.findings.into_iter().partition(|finding| finding.level == Level::Error);
        for finding in others {
            self.cx.warn(&finding.rule, format!("{}: {}; {}", finding.path, finding.text, finding.advice));
            self.prepared.warnings.push(finding);
        }
        Ok(wrong)
    }

    /// Where the definition is to be used. That a service's cluster is there, the service has shown.
    fn place_of_references<'a>(&self, cluster: &'a str) -> Place<'a> {
        let settings: Vec<String> = self.request.settings.keys().cloned().collect();
        let overrides = self.tasks.overrides();
        let looks_for_cluster = true;
        match self.verb {
            Verb::Register if settings.is_empty() => Place { cluster, overrides, ..Place::default() },
            Verb::Register => {
                let service = Value::Object(self.request.settings.clone());
                Place { cluster, looks_for_cluster, service, settings, overrides }
            }
            Verb::Run => Place { cluster, looks_for_cluster, overrides, ..Place::default() },
            _ if self.creates() => {
                let settings = vec!["loadBalancers".to_owned()];
                Place { cluster, looks_for_cluster, service: self.service_after(), settings, overrides }
            }
            _ => Place { cluster, looks_for_cluster: false, service: self.service_after(), settings, overrides },
        }
    }
}

/// One error that names all that is wrong.
fn refusal(findings: Vec<Finding>) -> Error {
    let each = findings.iter().map(|finding| format!("{}: {}; {}", finding.path, finding.text, finding.advice));
    let text = each.collect::<Vec<_>>().join(". ");
    Error::Invalid { path: findings.first().map(|first| first.path.clone()), text, findings }
}

/// What is wrong with an image, as a finding; `None` of an error that is about something else.
fn image_finding(error: &Error, document: &Value) -> Option<Finding> {
    let (container, advice) = match error {
        Error::ImageMissing { container, .. } => (container.as_deref()?, "push it, or correct the reference"),
        Error::PlatformMismatch { container, .. } => {
            (container.as_str(), "build the image for that platform, or set runtimePlatform")
        }
        _ => return None,
    };
    let at = list(document, "containerDefinitions").iter().position(|one| one["name"] == container)?;
    Some(Finding {
        level: Level::Error,
        rule: "image_check".to_owned(),
        path: format!("/containerDefinitions/{at}/image"),
        text: error.to_string(),
        advice: advice.to_owned(),
    })
}

/// An image that was not looked at. The text begins with it.
fn skipped_image(text: String, document: &Value) -> Finding {
    let is_it = |one: &Value| one["image"].as_str().is_some_and(|image| text.starts_with(&format!("{image} ")));
    let at = list(document, "containerDefinitions").iter().position(is_it);
    Finding {
        level: Level::Skipped,
        rule: "image_check".to_owned(),
        path: at.map_or_else(|| "/containerDefinitions".to_owned(), |at| format!("/containerDefinitions/{at}/image")),
        text,
        advice: "allow ecr:BatchGetImage, ecr:DescribeImages and ecr:GetDownloadUrlForLayer, or check it by hand"
            .to_owned(),
    }
}
