//! What CodeDeploy's documents say of a deployment: its fate, and whose it is. Pure, and the only place where a verdict on a
//! deployment of CodeDeploy is reached.
//!
//! Success is said of the id that CreateDeployment gave, once CodeDeploy says Succeeded of it.

use serde_json::Value;

use crate::json::{list, text};

/// Statuses of a deployment that is on its way, as ListDeployments takes them.
pub(crate) const ACTIVE: [&str; 5] = ["Created", "Queued", "InProgress", "Baking", "Ready"];

/// What is known of a deployment's fate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// Nothing decisive yet.
    Pending,
    Succeeded,
    /// CodeDeploy gave up on it and leaves it at that.
    Failed {
        reason: Option<String>,
    },
    /// CodeDeploy gave up on it, and the rollback that its configuration promises has not been made yet.
    FailedMayRollBack {
        reason: Option<String>,
    },
    /// CodeDeploy gave up on it, and this deployment goes back.
    RolledBack {
        reason: Option<String>,
        by: String,
    },
    /// Somebody stopped it, or let it wait too long; `by`: the deployment that goes back.
    Stopped {
        reason: Option<String>,
        by: Option<String>,
    },
}

/// The verdict of one look (the `deploymentInfo` of GetDeployment). What is of another id is no evidence.
pub(crate) fn judge(id: &str, info: &Value) -> Verdict {
    if info["deploymentId"] != id {
        return Verdict::Pending;
    }
    let reason = reason(info);
    let is_alarm = info["errorInformation"]["code"].as_str().is_some_and(|code| code.starts_with("ALARM_"));
    match (info["status"].as_str(), rollback(info)) {
        (Some("Succeeded"), _) => Verdict::Succeeded,
        (Some("Failed"), Some(by)) => Verdict::RolledBack { reason, by },
        // An alarm is nobody who stops a deployment.
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

/// CodeDeploy's own words about a bad end.
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

/// The id of the deployment that this one undoes, where it is a rollback.
pub(crate) fn undone(info: &Value) -> Option<String> {
    info["rollbackInfo"]["rollbackTriggeringDeploymentId"].as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

/// Whether CodeDeploy is to go back by itself on such an end.
fn undoes(info: &Value, event: &str) -> bool {
    let rollback = &info["autoRollbackConfiguration"];
    rollback["enabled"] == true && list(rollback, "events").iter().any(|listed| listed == event)
}

pub(crate) fn is_over(info: &Value) -> bool {
    matches!(info["status"].as_str(), Some("Succeeded" | "Failed" | "Stopped"))
}

/// What a deployment of ours looks like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fingerprint {
    /// The ARN of the definition.
    pub(crate) definition: String,
    /// The digest of the AppSpec.
    pub(crate) sha256: String,
}

/// Whose a deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// It deploys our definition.
    Ours,
    Theirs,
    /// It shows nothing yet that tells.
    Unknown,
}

/// Whose the deployment is: by the task set that it has made, and before that by its AppSpec.
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
        let said = |status: &str, code: &str, by: Option<&str>, events: Value| {
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
            (said("Failed", "HOOK", None, json!([])), Verdict::Failed { reason: reason("HOOK") }),
            (
                said("Failed", "HOOK", None, json!(["DEPLOYMENT_FAILURE"])),
                Verdict::FailedMayRollBack { reason: reason("HOOK") },
            ),
            (said("Failed", "HOOK", Some("d-2"), json!([])), Verdict::RolledBack { reason: reason("HOOK"), by: by() }),
            (
                said("Stopped", "MANUAL_STOP", None, json!(["DEPLOYMENT_FAILURE"])),
                Verdict::Stopped { reason: reason("MANUAL_STOP"), by: None },
            ),
            (
                said("Stopped", "MANUAL_STOP", Some("d-2"), json!([])),
                Verdict::Stopped { reason: reason("MANUAL_STOP"), by: Some(by()) },
            ),
            (
                said("Stopped", "ALARM_ACTIVE", Some("d-2"), json!([])),
                Verdict::RolledBack { reason: reason("ALARM_ACTIVE"), by: by() },
            ),
            (said("Stopped", "ALARM_ACTIVE", None, json!([])), Verdict::Failed { reason: reason("ALARM_ACTIVE") }),
            (
                said("Stopped", "ALARM_ACTIVE", None, json!(["DEPLOYMENT_STOP_ON_ALARM"])),
                Verdict::FailedMayRollBack { reason: reason("ALARM_ACTIVE") },
            ),
            (json!({"deploymentId": "d-1"}), Verdict::Pending),
            (json!({"deploymentId": "d-1", "status": 7}), Verdict::Pending),
            (Value::Null, Verdict::Pending),
        ] {
            assert_eq!(judge("d-1", &info), expected, "{info}");
        }
        for status in ACTIVE.into_iter().chain(["SOMETHING_NEW"]) {
            assert_eq!(judge("d-1", &said(status, "", None, json!([]))), Verdict::Pending, "{status}");
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
