//! Waits for ECR's scan of a pushed image, counts the findings by severity and compares them with what is allowed.

use std::time::Duration;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::aws::ecr::ScanResult;
use crate::aws::fault::ApiError;
use crate::client::Client;
use crate::engine::background::EventSender;
use crate::error::Error;
use crate::image::registry::Repository;
use crate::options::define::options;
use crate::types::event::Event;

options! {
    /// What is made of the vulnerabilities that ECR finds in an image.
    pub struct Scan {
        /// The lowest severity that fails the push, once ECR has found something of it. Nothing does unless given: all is counted.
        pub fail: Option<Severity>,
        /// How long to wait for what ECR finds, in seconds: 0 or more.
        #[serde(default = "default_wait")]
        pub wait: f64 = default_wait(),
    }
}

fn default_wait() -> f64 {
    300.0
}

impl Scan {
    /// Refuses a wait that would have no end.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match Duration::try_from_secs_f64(self.wait) {
            Ok(_) => Ok(()),
            Err(_) => {
                Err(Error::invalid("scan.wait", format!("{} is no number of seconds: write 0 or more", self.wait)))
            }
        }
    }
}

/// How bad a vulnerability is, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// As ECR says it: CRITICAL.
    Critical,
    /// As ECR says it: HIGH.
    High,
    /// As ECR says it: MEDIUM.
    Medium,
    /// As ECR says it: LOW.
    Low,
    /// As ECR says it: INFORMATIONAL.
    Informational,
}

/// What ECR found in an image, over all its platforms.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Scanned {
    /// How many vulnerabilities there are by severity, as ECR names it in lower case.
    pub counts: IndexMap<String, u64>,
    /// The digests of those images that ECR has looked at.
    pub images: Vec<String>,
}

/// Where an image lies that is waited for.
pub(crate) struct Place<'a> {
    pub(crate) repository: &'a Repository,
    /// As a person names it.
    pub(crate) image: &'a str,
}

/// What one look at ECR's findings shows.
#[derive(Debug, PartialEq)]
enum Look {
    /// They are there, so many by severity.
    Found(IndexMap<String, u64>),
    /// They are to come.
    Pending,
    /// Nobody has asked ECR to look.
    Unasked,
    /// They will not come: why.
    Never(String),
}

/// Waits for what ECR finds in images (DescribeImageScanFindings; StartImageScan where none was begun), and says whether it is
/// too bad. What keeps ECR from looking is an error where something may fail the push and no answer came in time or none is
/// allowed, and a warning otherwise.
pub(crate) async fn gate(
    client: &Client,
    place: &Place<'_>,
    digests: &[String],
    scan: &Scan,
    tell: &EventSender<Event>,
) -> Result<Scanned, Error> {
    let deadline = client.clock().now() + Duration::try_from_secs_f64(scan.wait).unwrap_or_default();
    let failed = |text: String| Error::PushFailed { image: place.image.to_owned(), text };
    let mut findings = Scanned::default();
    for digest in digests {
        let why = match wait(client, place, digest, deadline).await {
            Ok(Look::Found(counts)) => {
                for (severity, count) in counts {
                    let sum = findings.counts.entry(severity).or_default();
                    *sum = sum.saturating_add(count);
                }
                findings.images.push(digest.clone());
                continue;
            }
            Ok(Look::Never(why)) => Ok(format!("ECR does not look into {digest}: {why}")),
            Ok(Look::Pending | Look::Unasked) => Err(failed(format!(
                "it is pushed, but ECR has found nothing and said nothing of {digest} within {} s",
                scan.wait
            ))),
            Err(error) => Err(error),
        };
        let text = match why {
            Err(error) if scan.fail.is_some() => return Err(error),
            Err(error) => error.to_string(),
            Ok(text) => text,
        };
        let _ = tell.send(Event::Warning { code: "scan".to_owned(), text });
    }
    match scan.fail.and_then(|fail| too_bad(&findings.counts, fail)) {
        Some(counts) => {
            Err(failed(format!("it is pushed, but has {counts} vulnerabilities; {}", place.command(&findings))))
        }
        None => Ok(findings),
    }
}

/// Looks until there is something to see or the time is over.
async fn wait(client: &Client, place: &Place<'_>, digest: &str, deadline: Duration) -> Result<Look, Error> {
    let ecr = client.ecr(&place.repository.region).await?;
    let mut pause = Duration::from_secs(2);
    let mut is_begun = false;
    loop {
        let seen = match ecr.scan_result(place.repository, digest).await {
            Ok(result) => seen(result),
            Err(error) => error.api().and_then(refused).ok_or(error)?,
        };
        if seen == Look::Unasked && !is_begun {
            is_begun = true;
            if let Err(error) = ecr.start_scan(place.repository, digest).await
                && let Some(never @ Look::Never(_)) = error.api().and_then(refused)
            {
                return Ok(never);
            }
        } else if !matches!(seen, Look::Pending | Look::Unasked) {
            return Ok(seen);
        }
        let left = deadline.saturating_sub(client.clock().now());
        if left.is_zero() {
            return Ok(seen);
        }
        client.clock().sleep(pause.min(left)).await;
        pause = pause.mul_f64(1.3).min(Duration::from_secs(10));
    }
}

/// Enhanced scanning goes on for ever: ACTIVE is its end.
fn seen(result: ScanResult) -> Look {
    match result.status.as_str() {
        "COMPLETE" | "ACTIVE" => Look::Found(result.counts),
        "FAILED"
        | "UNSUPPORTED_IMAGE"
        | "SCAN_ELIGIBILITY_EXPIRED"
        | "FINDINGS_UNAVAILABLE"
        | "LIMIT_EXCEEDED"
        | "IMAGE_ARCHIVED"
        | "IMAGE_SIZE_EXCEEDED" => {
            let status = result.status;
            let why = result.description.filter(|text| !text.is_empty());
            Look::Never(why.map_or_else(|| status.clone(), |why| format!("{status}: {why}")))
        }
        _ => Look::Pending,
    }
}

/// The state of the findings by a failed call; `None` if the failure has another cause.
fn refused(fault: &ApiError) -> Option<Look> {
    match fault.code.as_str() {
        "ScanNotFoundException" => Some(Look::Unasked),
        "UnsupportedImageTypeException" | "ImageArchivedException" => {
            Some(Look::Never(format!("{}: {}", fault.code, fault.text)))
        }
        _ => None,
    }
}

/// The number of findings that are not allowed, as a text.
fn too_bad(counts: &IndexMap<String, u64>, fail: Severity) -> Option<String> {
    use Severity::{Critical, High, Informational, Low, Medium};
    let all =
        [(Critical, "critical"), (High, "high"), (Medium, "medium"), (Low, "low"), (Informational, "informational")];
    let bad: Vec<_> = all
        .into_iter()
        .filter(|(severity, _)| *severity <= fail)
        .filter_map(|(_, name)| Some((name, counts.get(name).copied().filter(|count| *count > 0)?)))
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    (!bad.is_empty()).then(|| bad.join(", "))
}

impl Place<'_> {
    /// What shows a person the findings.
    fn command(&self, findings: &Scanned) -> String {
        let digest = findings.images.first().map_or("", String::as_str);
        format!(
            "see them with `aws ecr describe-image-scan-findings --region {} --registry-id {} --repository-name {} --image-id imageDigest={digest}`",
            self.repository.region, self.repository.account, self.repository.name
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tokio::sync::mpsc;

    use super::*;
    use crate::aws::tests::Loopback;
    use crate::clock::tests::Leaping;

    #[test]
    fn every_status_is_an_answer_or_none_yet() {
        let counted = |counts: &[(&str, u64)]| {
            Look::Found(counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect())
        };
        let never = |text: &str| Look::Never(text.to_owned());
        for (status, expected) in [
            ("COMPLETE", counted(&[("critical", 1), ("undefined", 2)])),
            ("ACTIVE", counted(&[("critical", 1), ("undefined", 2)])),
            ("IN_PROGRESS", Look::Pending),
            ("PENDING", Look::Pending),
            ("SOMETHING_NEW", Look::Pending),
            ("FAILED", never("FAILED: so")),
            ("UNSUPPORTED_IMAGE", never("UNSUPPORTED_IMAGE: so")),
            ("SCAN_ELIGIBILITY_EXPIRED", never("SCAN_ELIGIBILITY_EXPIRED: so")),
            ("FINDINGS_UNAVAILABLE", never("FINDINGS_UNAVAILABLE: so")),
            ("LIMIT_EXCEEDED", never("LIMIT_EXCEEDED: so")),
            ("IMAGE_ARCHIVED", never("IMAGE_ARCHIVED: so")),
            ("IMAGE_SIZE_EXCEEDED", never("IMAGE_SIZE_EXCEEDED: so")),
        ] {
            let counts = [("critical".to_owned(), 1), ("undefined".to_owned(), 2)].into_iter().collect();
            let result = ScanResult { status: status.to_owned(), description: Some("so".to_owned()), counts };
            assert_eq!(seen(result), expected, "{status}");
        }
        let result = ScanResult { status: "FAILED".to_owned(), description: Some(String::new()), ..Default::default() };
        assert_eq!(seen(result), never("FAILED"));
    }

    #[test]
    fn what_is_as_bad_as_allowed_or_worse_fails() {
        let counts: IndexMap<String, u64> =
            [("high".to_owned(), 2), ("critical".to_owned(), 0), ("low".to_owned(), 7)].into_iter().collect();
        for (fail, expected) in [
            (Severity::Critical, None),
            (Severity::High, Some("2 high")),
            (Severity::Medium, Some("2 high")),
            (Severity::Low, Some("2 high, 7 low")),
        ] {
            assert_eq!(too_bad(&counts, fail).as_deref(), expected, "{fail:?}");
        }
    }

    /// Runs the gate against ECR's answers in turn; the last is said for ever.
    async fn run(answers: &[(u16, Value)], scan: Scan) -> (Result<Scanned, Error>, Vec<Event>, Vec<String>) {
        let answers: Mutex<Vec<_>> = Mutex::new(answers.iter().rev().cloned().collect());
        let server = Loopback::with(move |seen| {
            let mut answers = answers.lock().unwrap();
            if seen.header("x-amz-target").ends_with("StartImageScan") {
                return (200, Vec::new(), "{}".to_owned());
            }
            let (status, body) = if answers.len() > 1 { answers.pop().unwrap() } else { answers[0].clone() };
            (status, Vec::new(), body.to_string())
        })
        .await;
        let client = Client::local(server.url.clone(), Arc::new(Leaping::default()));
        let reference = crate::ecr::resolve::parse("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1").unwrap();
        let place = Place { repository: &Repository::of(&reference).unwrap(), image: "r.example/app:v1" };
        let (tell, mut told) = mpsc::unbounded_channel();
        let digests = ["sha256:a".to_owned()];
        let end = gate(&client, &place, &digests, &scan, &tell).await;
        drop(tell);
        let mut events = Vec::new();
        while let Some(event) = told.recv().await {
            events.push(event);
        }
        let seen = server.seen.lock().unwrap();
        let calls = seen.iter().map(|seen| seen.header("x-amz-target").rsplit('.').next().unwrap().to_owned());
        (end, events, calls.collect())
    }

    #[tokio::test]
    async fn findings_are_waited_for_and_held_against_what_is_allowed() {
        let none = (400, json!({"__type": "ScanNotFoundException", "message": "none"}));
        let done = (
            200,
            json!({
                "imageScanStatus": {"status": "ACTIVE"},
                "imageScanFindings": {"findingSeverityCounts": {"CRITICAL": 1, "HIGH": 2}},
            }),
        );
        let strict = Scan { fail: Some(Severity::Critical), wait: 10.0 };
        let (end, events, calls) = run(&[none.clone(), done.clone()], strict.clone()).await;
        let error = end.unwrap_err();
        assert_eq!(error.code(), "push_failed");
        let text = error.to_string();
        assert!(text.contains("has 1 critical vuln") && text.contains("--image-id imageDigest=sha256:a"), "{text}");
        assert_eq!(calls, ["DescribeImageScanFindings", "StartImageScan", "DescribeImageScanFindings"]);
        assert!(events.is_empty());
        let (end, ..) = run(&[done], Scan::default()).await;
        assert_eq!(end.unwrap().counts["high"], 2);

        let unsupported = (200, json!({"imageScanStatus": {"status": "UNSUPPORTED_IMAGE"}}));
        let (end, events, _) = run(&[unsupported], strict.clone()).await;
        assert_eq!(end.unwrap(), Scanned::default());
        assert!(matches!(&events[..], [Event::Warning { text, .. }] if text.contains("UNSUPPORTED_IMAGE")));

        // What is not known is no yes.
        let denied = (400, json!({"__type": "AccessDeniedException", "message": "ecr:DescribeImageScanFindings"}));
        for (answer, code) in [(none, "push_failed"), (denied, "denied")] {
            let scan = Scan { wait: 0.0, ..strict.clone() };
            assert_eq!(run(std::slice::from_ref(&answer), scan).await.0.unwrap_err().code(), code);
            let (end, events, _) = run(&[answer], Scan { wait: 0.0, fail: None }).await;
            assert_eq!((end, events.len()), (Ok(Scanned::default()), 1));
        }
    }
}
