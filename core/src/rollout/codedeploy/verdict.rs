//! Judges a deployment by CodeDeploy's documents: its end, and its owner. Pure, and the only place with a verdict on a deployment of
//! CodeDeploy.
//!
//! A deployment is successful only if CodeDeploy reports Succeeded for the id that CreateDeployment returned.

use serde_json::Value;

use crate::json::{list, text};

/// The statuses of a deployment in progress, as ListDeployments takes them.
pub(crate) const ACTIVE: [&str; 5] = ["Created", "Queued", "InProgress", "Baking", "Ready"];

/// The verdict on a deployment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// Nothing decisive yet.
    Pending,
    Succeeded,
    /// CodeDeploy failed it, without a rollback.
    Failed {
        reason: Option<String>,
    },
    /// CodeDeploy failed it, and its configuration rolls back, but there is no rollback deployment yet.
    FailedMayRollBack {
        reason: Option<String>,
    },
    /// CodeDeploy failed it, and this deployment rolls it back.
    RolledBack {
        reason: Option<String>,
        by: String,
    },
    /// It was stopped, or waited too long to be continued; `by`: the rollback deployment.
    Stopped {
        reason: Option<String>,
        by: Option<String>,
    },
}

/// The verdict of one look (the `deploymentInfo` of GetDeployment). A document with another id is no evidence.
pub(crate) fn judge(id: &str, info: &Value) -> Verdict {
    if info["deploymentId"] != id {
        return Verdict::Pending;
    }
    let reason = reason(info);
    let is_alarm = info["errorInformation"]["code"].as_str().is_some_and(|code| code.starts_with("ALARM_"));
    match (info["status"].as_str(), rollback(info)) {
        (Some("Succeeded"), _) => Verdict::Succeeded,
        (Some("Failed"), Some(by)) => Verdict::RolledBack { reason, by },
        // A deployment stopped by an alarm was not stopped by a person.
        (Some("Stopped"), Some(by)) if is_alarm => Verdict::RolledBack { reason, by },
        (Some("Failed"), None) if undoes(info, "DEPLOYMENT_FAILURE") => Verdict::FailedMayRollBack { reason },
        (Some("Stopped"), None) if is_alarm && undoes(info, "DEPLOYMENT_STOP_ON_ALARM") => {
            Verdict::FailedMayRollBack { reason }
        }
        (Some("Failed"), None) => Verdict::Failed { reason },
        (Some("Stopped"), None) if is_alarm => Verdict::Failed { reason },
        (Some("Stopped"), by) => Verdict::Stopped { reason, by },
        _ => Verdict::Pending,
    }
}

/// CodeDeploy's reason for a failure.
pub(crate) fn reason(info: &Value) -> Option<String> {
    let (code, message) = (text(&info["errorInformation"], "code"), text(&info["errorInformation"], "message"));
    match (code.is_empty(), message.is_empty()) {
        (true, true) => None,
        (false, false) => Some(format!("{code}: {message}")),
        _ => Some(code + &message),
    }
}

/// The id of the deployment that undoes this one.
fn rollback(info: &Value) -> Option<String> {
    info["rollbackInfo"]["rollbackDeploymentId"].as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The id of the deployment that this one rolls back, if it is a rollback.
pub(crate) fn undone(info: &Value) -> Option<String> {
    info["rollbackInfo"]["rollbackTriggeringDeploymentId"].as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

/// Whether CodeDeploy rolls back by itself after such an end.
fn undoes(info: &Value, event: &str) -> bool {
    let rollback = &info["autoRollbackConfiguration"];
    rollback["enabled"] == true && list(rollback, "events").iter().any(|listed| listed == event)
}

pub(crate) fn is_over(info: &Value) -> bool {
    matches!(info["status"].as_str(), Some("Succeeded" | "Failed" | "Stopped"))
}

/// What identifies a deployment as ours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fingerprint {
    /// The ARN of the definition.
    pub(crate) definition: String,
    /// The digest of the AppSpec.
    pub(crate) sha256: String,
}

/// The owner of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// It deploys our definition.
    Ours,
    Theirs,
    /// It does not show yet.
    Unknown,
}

/// Finds the owner of a deployment: by the task set that it has made, and before that by its AppSpec.
pub(crate) fn owner(fingerprint: &Fingerprint, info: &Value, service: &Value) -> Owner {
    let id = text(info, "deploymentId");
    if undone(info).is_some() {
        return Owner::Theirs;
    }
    let set = list(service, "taskSets").iter().find(|set| set["externalId"] == *id && !id.is_empty());
    if let Some(set) = set {
        return if set["taskDefinition"] == *fingerprint.definition { Owner::Ours } else { Owner::Theirs };
    }
    let revision = &info["revision"];
    let digest = ["appSpecContent", "string"].iter().find_map(|form| revision[*form]["sha256"].as_str());
    match digest.filter(|digest| !digest.is_empty()) {
        Some(digest) if digest.eq_ignore_ascii_case(&fingerprint.sha256) => Owner::Ours,
        Some(_) => Owner::Theirs,
        None => Owner::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_status_has_its_verdict() {
        let info = |status: &str, code: &str, by: Option<&str>, events: Value| {
            json!({"deploymentId": "d-1", "status": status, "errorInformation": {"code": code, "message": "m"},
                "rollbackInfo": {"rollbackDeploymentId": by}, "autoRollbackConfiguration": {"enabled": true, "events": events}})
        };
        let reason = |code: &str| Some(format!("{code}: m"));
        let by = || "d-2".to_owned();
        for (info, expected) in [
            (json!({"deploymentId": "d-1", "status": "Succeeded"}), Verdict::Succeeded),
            (json!({"deploymentId": "d-9", "status": "Succeeded"}), Verdict::Pending),
            (json!({"status": "Succeeded"}), Verdict::Pending),
            (json!({"deploymentId": "d-1", "status": "Failed"}), Verdict::Failed { reason: None }),
            (info("Failed", "HOOK", None, json!([])), Verdict::Failed { reason: reason("HOOK") }),
            (
                info("Failed", "HOOK", None, json!(["DEPLOYMENT_FAILURE"])),
                Verdict::FailedMayRollBack { reason: reason("HOOK") },
            ),
            (info("Failed", "HOOK", Some("d-2"), json!([])), Verdict::RolledBack { reason: reason("HOOK"), by: by() }),
            (
                info("Stopped", "MANUAL_STOP", None, json!(["DEPLOYMENT_FAILURE"])),
                Verdict::Stopped { reason: reason("MANUAL_STOP"), by: None },
            ),
            (
                info("Stopped", "MANUAL_STOP", Some("d-2"), json!([])),
                Verdict::Stopped { reason: reason("MANUAL_STOP"), by: Some(by()) },
            ),
            (
                info("Stopped", "ALARM_ACTIVE", Some("d-2"), json!([])),
                Verdict::RolledBack { reason: reason("ALARM_ACTIVE"), by: by() },
            ),
            (info("Stopped", "ALARM_ACTIVE", None, json!([])), Verdict::Failed { reason: reason("ALARM_ACTIVE") }),
            (
                info("Stopped", "ALARM_ACTIVE", None, json!(["DEPLOYMENT_STOP_ON_ALARM"])),
                Verdict::FailedMayRollBack { reason: reason("ALARM_ACTIVE") },
            ),
            (json!({"deploymentId": "d-1"}), Verdict::Pending),
            (json!({"deploymentId": "d-1", "status": 7}), Verdict::Pending),
            (Value::Null, Verdict::Pending),
        ] {
            assert_eq!(judge("d-1", &info), expected, "{info}");
        }
        for status in ACTIVE.into_iter().chain(["SOMETHING_NEW"]) {
            assert_eq!(judge("d-1", &info(status, "", None, json!([]))), Verdict::Pending, "{status}");
        }
    }

    #[test]
    fn a_deployment_is_known_by_its_task_set_or_its_appspec() {
        let fingerprint = Fingerprint { definition: "td:2".to_owned(), sha256: "aa".to_owned() };
        let service = |definition: &str| json!({"taskSets": [{"externalId": "d-1", "taskDefinition": definition}]});
        let info = |digest: Option<&str>| json!({"deploymentId": "d-1", "status": "InProgress", "revision": {"appSpecContent": {"sha256": digest}}});
        let back = json!({"deploymentId": "d-1", "rollbackInfo": {"rollbackTriggeringDeploymentId": "d-0"}});
        let over = json!({"deploymentId": "d-1", "status": "Failed"});
        for (info, service, expected) in [
            (info(None), service("td:2"), Owner::Ours),
            (info(Some("aa")), service("td:1"), Owner::Theirs),
            (info(Some("AA")), json!({}), Owner::Ours),
            (info(Some("bb")), json!({}), Owner::Theirs),
            (info(None), json!({"taskSets": [{"externalId": "d-7", "taskDefinition": "td:2"}]}), Owner::Unknown),
            (json!({}), json!({"taskSets": [{"externalId": "", "taskDefinition": "td:2"}]}), Owner::Unknown),
            (back, service("td:2"), Owner::Theirs),
            (over, json!({}), Owner::Unknown),
        ] {
            assert_eq!(owner(&fingerprint, &info, &service), expected, "{info} {service}");
        }
    }
}
