//! The members of an outcome beside the verdict: its images by digest, its record, its page in AWS's console, and how long
//! each stage took.

use std::time::Duration;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::arn;
use crate::aws::operation::Operation;
use crate::json::{list, text};
use crate::rollout::service::strategy::Kind;
use crate::rollout::workflow::Workflow;
use crate::types::event::RunningImage;

/// How long the look for images may take, on the system's clock.
const IMAGES: Duration = Duration::from_secs(4);

/// The images of a service revision, by container.
type Images = IndexMap<String, RunningImage>;

/// What looks have shown of the service and its revisions.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// The revisions that have been described: each with its definition and its images.
    revisions: IndexMap<String, (String, Images)>,
    /// The ARNs of the revisions that the service had in the last look.
    current: Vec<String>,
    /// The record that the service named in the last look, and before the order.
    records: [Option<String>; 2],
    /// The revision of our record, or the one that it has rolled back to.
    own: Option<String>,
    images: Option<Images>,
    stages: IndexMap<String, f64>,
    /// The present stage, and since when.
    stage: Option<(String, f64)>,
}

impl Shown {
    /// Notes a service as it is described. `before`: before the order.
    pub(crate) fn note_service(&mut self, service: &Map<String, Value>, before: bool) {
        let revisions = service.get("currentServiceRevisions").and_then(Value::as_array).into_iter().flatten();
        self.current = revisions.map(|one| text(one, "arn")).filter(|arn| !arn.is_empty()).collect();
        let record = service.get("currentServiceDeployment").and_then(Value::as_str).map(str::to_owned);
        self.records[0].clone_from(&record);
        if before {
            self.records[1] = record;
        }
    }

    /// Notes described service revisions (DescribeServiceRevisions).
    pub(crate) fn note_revisions(&mut self, answer: &Value) {
        for revision in list(answer, "serviceRevisions") {
            let digest = |image: &Value| Some(text(image, "imageDigest")).filter(|digest| !digest.is_empty());
            let image = |one: &Value| {
                (text(one, "containerName"), RunningImage { image: text(one, "image"), digest: digest(one) })
            };
            let images = list(revision, "containerImages").iter().map(image);
            let images = images.filter(|(container, one)| !container.is_empty() && !one.image.is_empty()).collect();
            self.revisions.insert(text(revision, "serviceRevisionArn"), (text(revision, "taskDefinition"), images));
        }
    }

    /// Notes our record (DescribeServiceDeployments, or as ListServiceDeployments shows it).
    pub(crate) fn note_record(&mut self, record: &Value) {
        let back = text(&record["rollback"], "serviceRevisionArn");
        let target = text(&record["targetServiceRevision"], "arn");
        let own = [back, target, text(record, "targetServiceRevisionArn")];
        self.own = own.into_iter().find(|arn| !arn.is_empty()).or_else(|| self.own.take());
    }

    /// Notes that a stage has begun. `now`: seconds since the start.
    pub(crate) fn enter(&mut self, stage: &str, now: f64) {
        self.leave(now);
        self.stage = Some((stage.to_owned(), now));
    }

    fn leave(&mut self, now: f64) {
        if let Some((stage, since)) = self.stage.take() {
            *self.stages.entry(stage).or_default() += now - since;
        }
    }

    /// The seconds of each stage up to now.
    pub(crate) fn stages(&self, now: f64) -> Option<IndexMap<String, f64>> {
        let mut stages = self.stages.clone();
        if let Some((stage, since)) = &self.stage {
            *stages.entry(stage.clone()).or_default() += now - since;
        }
        stages.values_mut().for_each(|seconds| *seconds = (*seconds * 1000.0).round() / 1000.0);
        (!stages.is_empty()).then_some(stages)
    }

    /// The images, if they were found.
    pub(crate) fn images(&self) -> Option<Images> {
        self.images.clone()
    }

    /// The record that the service names since the order. ECS may name the former one for a while.
    pub(crate) fn record(&self) -> Option<String> {
        let [now, before] = &self.records;
        now.clone().filter(|_| before.is_some() && now != before)
    }

    /// The revisions that may be ours.
    fn candidates(&self) -> Vec<String> {
        self.own.clone().map_or_else(|| self.current.clone(), |own| vec![own])
    }

    /// Finds the images of the only revision that carries this definition.
    fn find(&mut self, definition: &str) {
        let candidates = self.candidates();
        let described = candidates.iter().filter_map(|arn| self.revisions.get(arn));
        let mut ours = described.filter(|(carried, images)| carried == definition && !images.is_empty());
        self.images = ours.next().map(|(_, images)| images.clone()).filter(|_| ours.next().is_none());
    }

    /// Whether a call is needed to know what the revisions carry.
    fn is_unknown(&self) -> bool {
        self.candidates().iter().any(|arn| !self.revisions.contains_key(arn))
    }
}

impl Workflow {
    /// Finds the images of the deployment: in what was read, or with one call (DescribeServiceRevisions). It is never a condition.
    pub(crate) async fn find_images(&mut self) {
        let definition = self.order.definition.clone().or_else(|| self.found.before.definition.clone());
        let (Some(definition), false) = (definition, self.found.kind == Kind::CodeDeploy) else { return };
        if self.watched.shown.is_unknown() {
            let input = json!({"serviceRevisionArns": self.watched.shown.candidates().into_iter().take(20).collect::<Vec<_>>()});
            self.cx.timing.overruns = true;
            let look =
                tokio::time::timeout(IMAGES, Box::pin(self.call(Operation::DescribeServiceRevisions, &input))).await;
            self.cx.timing.overruns = false;
            if let Ok(Ok(Ok(answer))) = look {
                self.watched.shown.note_revisions(&answer);
            }
        }
        self.watched.shown.find(&definition);
    }

    /// The ARN of our record.
    pub(crate) fn record_arn(&self) -> Option<String> {
        let is_ours = self.order.changed && matches!(self.found.kind, Kind::Rolling | Kind::Recorded);
        self.records.own.arn.clone().or_else(|| self.watched.shown.record().filter(|_| is_ours))
    }

    /// The page of the service's deployments in AWS's console.
    pub(crate) fn console(&self) -> Option<String> {
        console(&text(&Value::Object(self.prepared.service.clone()), "serviceArn"))
    }
}

/// The console of each partition: `REGION.HOST`. That of the others is not known in public.
const CONSOLES: [(&str, &str); 4] = [
    ("aws", "console.aws.amazon.com"),
    ("aws-cn", "console.amazonaws.cn"),
    ("aws-us-gov", "console.amazonaws-us-gov.com"),
    ("aws-eusc", "console.amazonaws-eusc.eu"),
];

/// The page of a service's deployments, by the service's ARN. The old format of ARNs names no cluster, and has none.
fn console(service: &str) -> Option<String> {
    let arn = arn::parse(service)?;
    let (cluster, name) = (arn.segment(1)?, arn.segment(2)?);
    let (_, host) = CONSOLES.iter().find(|(partition, _)| *partition == arn.partition)?;
    let region = Some(arn.region).filter(|region| !region.is_empty())?;
    Some(format!("https://{region}.{host}/ecs/v2/clusters/{cluster}/services/{name}/deployments?region={region}"))
}

#[cfg(test)]
mod tests;
