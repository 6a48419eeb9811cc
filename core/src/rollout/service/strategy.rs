//! Which kind of rollout a service has, and which API shows that one is complete. Pure.

use serde_json::Value;

use crate::json::{list, text};

/// The source of the verdict on a deployment of a service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// ECS replaces tasks step by step: the list of deployments shows the progress.
    #[default]
    Rolling,
    /// ECS goes through stages (blue/green, linear, canary): the record of the service-deployment API decides, and the list if that
    /// API is not offered.
    Staged,
    /// As [`Self::Staged`], but the list never shows that it is complete: behind a Classic Load Balancer.
    Recorded,
    /// ECS manages the service whole (Express Mode): it deploys in stages, and only the record decides.
    Express,
    /// AWS CodeDeploy deploys.
    CodeDeploy,
}

impl Kind {
    /// Whether a deployment goes through stages.
    pub(crate) fn is_staged(self) -> bool {
        matches!(self, Self::Staged | Self::Express)
    }

    /// Whether the list of deployments never shows that one is complete: without the record there is no verdict.
    pub(crate) fn needs_record(self) -> bool {
        matches!(self, Self::Recorded | Self::Express)
    }
}

/// Whether ECS manages a service whole (Express Mode).
pub(crate) fn is_express(service: &Value) -> bool {
    service["resourceManagementType"] == "ECS"
}

/// The kind of a service as described, and its strategy's name. `settings`: members that the order will change.
pub(crate) fn kind(service: &Value, settings: &serde_json::Map<String, Value>) -> Result<(Kind, String), String> {
    if is_express(service) {
        let strategy = service["deploymentConfiguration"]["strategy"].as_str().unwrap_or("CANARY");
        return Ok((Kind::Express, strategy.to_owned()));
    }
    let controller = service["deploymentController"]["type"].as_str().unwrap_or("ECS");
    let asked = settings.get("deploymentConfiguration").and_then(|configuration| configuration["strategy"].as_str());
    let strategy = asked.or_else(|| service["deploymentConfiguration"]["strategy"].as_str()).unwrap_or("ROLLING");
    let has_classic = list(service, "loadBalancers").iter().any(|one| !text(one, "loadBalancerName").is_empty());
    let kind = match (controller, strategy) {
        ("CODE_DEPLOY", _) => return Ok((Kind::CodeDeploy, controller.to_owned())),
        ("ECS", "ROLLING") if has_classic => Kind::Recorded,
        ("ECS", "ROLLING") => Kind::Rolling,
        // For a strategy that AWS adds later, the record decides too.
        ("ECS", _) => Kind::Staged,
        (controller, _) => {
            return Err(format!("has the deployment controller {controller}: only that controller can deploy it"));
        }
    };
    Ok((kind, strategy.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_service_has_a_kind_or_a_reason_why_not() {
        for (service, settings, expected) in [
            (json!({}), json!({}), Ok((Kind::Rolling, "ROLLING"))),
            (json!({"schedulingStrategy": "DAEMON"}), json!({}), Ok((Kind::Rolling, "ROLLING"))),
            (
                json!({"deploymentController": {"type": "ECS"}, "deploymentConfiguration": {"strategy": "CANARY"}}),
                json!({}),
                Ok((Kind::Staged, "CANARY")),
            ),
            (json!({}), json!({"deploymentConfiguration": {"strategy": "NEXT"}}), Ok((Kind::Staged, "NEXT"))),
            (json!({"loadBalancers": [{"loadBalancerName": "old"}]}), json!({}), Ok((Kind::Recorded, "ROLLING"))),
            (
                json!({"deploymentController": {"type": "CODE_DEPLOY"}}),
                json!({}),
                Ok((Kind::CodeDeploy, "CODE_DEPLOY")),
            ),
            (json!({"resourceManagementType": "ECS"}), json!({}), Ok((Kind::Express, "CANARY"))),
            (json!({"resourceManagementType": "CUSTOMER"}), json!({}), Ok((Kind::Rolling, "ROLLING"))),
            (json!({"deploymentController": {"type": "EXTERNAL"}}), json!({}), Err("EXTERNAL")),
        ] {
            let Value::Object(settings) = settings else { continue };
            match (kind(&service, &settings), expected) {
                (Ok((kind, strategy)), Ok(expected)) => assert_eq!((kind, strategy.as_str()), expected),
                (Err(text), Err(word)) => assert!(text.contains(word)),
                (seen, expected) => panic!("{service}: {seen:?} instead of {expected:?}"),
            }
        }
    }
}
