//! The verdict on an earlier deployment, from its record alone. Pure.

use serde_json::Value;

use super::judge::{self, Verdict};

/// How an earlier deployment ended, in the words of the errors.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PastVerdict {
    /// `succeeded`, `in_progress`, `failed`, `rolled_back`, `stopped` or `superseded`.
    pub(crate) word: &'static str,
    /// ECS's reason.
    pub(crate) reason: Option<String>,
    /// The ARN of the service deployment that took its place.
    pub(crate) by: Option<String>,
}

/// The word for a deployment that has not ended.
pub(crate) const IN_PROGRESS: &str = "in_progress";
/// The word for one that is live and complete, or was.
pub(crate) const SUCCEEDED: &str = "succeeded";

/// The verdict of a record (DescribeServiceDeployments, or as ListServiceDeployments shows it) among all records of its service.
pub(crate) fn past(record: &Value, records: &[Value]) -> PastVerdict {
    let ended = |word, reason| PastVerdict { word, reason, by: None };
    match judge::judge_service_deployment(record) {
        Verdict::Succeeded => ended(SUCCEEDED, None),
        Verdict::Failed { reason } => ended("failed", reason),
        Verdict::RolledBack { reason } => ended("rolled_back", reason),
        // A newer deployment ends the one before as STOPPED.
        Verdict::Stopped { reason } => match judge::successor(record, records) {
            Some(successor) => {
                let by = successor["serviceDeploymentArn"].as_str().map(str::to_owned);
                PastVerdict { word: "superseded", reason, by }
            }
            None => ended("stopped", reason),
        },
        _ => ended(IN_PROGRESS, None),
    }
}

/// Whether a verdict is one of a deployment that did not become live.
pub(crate) fn is_failure(word: &str) -> bool {
    word != SUCCEEDED && word != IN_PROGRESS
}

/// The verdict on a deployment that no record tells of, from its entry in the list of deployments.
pub(crate) fn listed(state: Option<&str>, reason: Option<&str>, is_primary: bool) -> PastVerdict {
    let told = |word, reason: Option<&str>| PastVerdict { word, reason: reason.map(str::to_owned), by: None };
    match state {
        Some("COMPLETED") => told(SUCCEEDED, None),
        Some("FAILED") => told("failed", reason),
        // One that is not PRIMARY and was not complete: another deployment took its place.
        Some(_) if !is_primary => told("superseded", None),
        _ => told(IN_PROGRESS, None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(arn: &str, status: &str, created: f64, finished: f64) -> Value {
        json!({"serviceDeploymentArn": arn, "status": status, "createdAt": created, "finishedAt": finished})
    }

    #[test]
    fn every_state_of_a_record_has_a_word() {
        let with = |status: &str, more: Value| {
            let mut record = record("a", status, 100.0, 160.0);
            json_patch::merge(&mut record, &more);
            record
        };
        let tripped = json!({"deploymentCircuitBreaker": {"status": "TRIGGERED"}});
        for (record, word) in [
            (with("PENDING", json!({"finishedAt": null})), IN_PROGRESS),
            (with("IN_PROGRESS", json!({"finishedAt": null})), IN_PROGRESS),
            (with("SUCCESSFUL", json!({})), SUCCEEDED),
            (with("STOPPED", json!({})), "stopped"),
            (with("STOPPED", tripped), "failed"),
            (with("STOPPED", json!({"rollback": {"reason": "x"}})), "rolled_back"),
            (with("STOP_REQUESTED", json!({})), IN_PROGRESS),
            (with("ROLLBACK_REQUESTED", json!({})), "rolled_back"),
            (with("ROLLBACK_IN_PROGRESS", json!({})), "rolled_back"),
            (with("ROLLBACK_SUCCESSFUL", json!({})), "rolled_back"),
            (with("ROLLBACK_FAILED", json!({})), "failed"),
        ] {
            let verdict = past(&record, std::slice::from_ref(&record));
            assert_eq!((verdict.word, verdict.by), (word, None), "{record}");
            assert_eq!(is_failure(word), !matches!(word, SUCCEEDED | IN_PROGRESS));
        }
    }

    #[test]
    fn a_deployment_that_was_stopped_for_another_is_superseded() {
        let stopped = record("a", "STOPPED", 100.0, 160.0);
        for (other, by) in [
            (record("b", "SUCCESSFUL", 150.0, 300.0), Some("b")),
            (record("b", "SUCCESSFUL", 400.0, 500.0), None),
            (record("b", "SUCCESSFUL", 10.0, 50.0), None),
        ] {
            let verdict = past(&stopped, &[other, stopped.clone()]);
            assert_eq!(verdict.by.as_deref(), by);
            assert_eq!(verdict.word, if by.is_some() { "superseded" } else { "stopped" });
        }
    }

    #[test]
    fn without_records_the_list_has_to_do() {
        for (state, is_primary, word) in [
            (Some("COMPLETED"), true, SUCCEEDED),
            (Some("FAILED"), false, "failed"),
            (Some("IN_PROGRESS"), true, IN_PROGRESS),
            (Some("IN_PROGRESS"), false, "superseded"),
            (None, true, IN_PROGRESS),
        ] {
            assert_eq!(listed(state, Some("r"), is_primary).word, word, "{state:?}");
        }
    }
}
