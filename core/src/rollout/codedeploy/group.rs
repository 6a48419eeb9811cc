//! The names of application and deployment group, and the waits that the group's configuration sets. Pure.

use serde_json::Value;

use crate::arn::last;
use crate::json::list;

/// The names that a deployment is made under.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Names {
    pub(crate) application: String,
    pub(crate) group: String,
}

/// Characters of a cluster's and a service's name that ECS's console takes into the names it makes.
const KEPT: usize = 47;

impl Names {
    /// As ECS's console makes them.
    pub(crate) fn of_console(cluster: &str, service: &str) -> Self {
        let cut = |name: &str| name.chars().take(KEPT).collect::<String>();
        let both = format!("{}-{}", cut(last(cluster)), cut(last(service)));
        Self { application: format!("AppECS-{both}"), group: format!("DgpECS-{both}") }
    }

    /// Those that a deployment was made under (`deploymentInfo`).
    pub(crate) fn of_deployment(info: &Value) -> Option<Self> {
        let name = |member: &str| info[member].as_str().filter(|name| !name.is_empty()).map(str::to_owned);
        Some(Self { application: name("applicationName")?, group: name("deploymentGroupName")? })
    }
}

/// How long a deployment waits, in seconds; absent if unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Waits {
    /// For ContinueDeployment, before traffic moves.
    pub(crate) ready: Option<f64>,
    /// Before the tasks that were replaced go.
    pub(crate) termination: Option<f64>,
    /// While traffic moves.
    pub(crate) shift: Option<f64>,
}

impl Waits {
    /// Reads the waits of a group or a deployment.
    pub(crate) fn of(document: &Value) -> Self {
        let configuration = &document["blueGreenDeploymentConfiguration"];
        let minutes = |value: &Value| value.as_f64().map(|minutes| minutes * 60.0);
        let termination = &configuration["terminateBlueInstancesOnDeploymentSuccess"];
        Self {
            ready: minutes(&configuration["deploymentReadyOption"]["waitTimeInMinutes"]),
            termination: match termination["action"].as_str() {
                Some("KEEP_ALIVE") => Some(0.0),
                _ => minutes(&termination["terminationWaitTimeInMinutes"]),
            },
            shift: document["deploymentConfigName"].as_str().and_then(shift),
        }
    }

    /// The least that a deployment takes beside starting its tasks and its hooks, in seconds.
    pub(crate) fn least(&self) -> f64 {
        self.termination.unwrap_or_default() + self.shift.unwrap_or_default()
    }
}

/// How long traffic moves with one of AWS's own configurations, in seconds, by its name.
fn shift(config: &str) -> Option<f64> {
    let name = config.strip_prefix("CodeDeployDefault.ECS")?;
    if name == "AllAtOnce" {
        return Some(0.0);
    }
    let numbers = |rest: &str, between: &str| {
        let (percent, minutes) = rest.strip_suffix("Minutes")?.split_once(between)?;
        Some((percent.parse::<f64>().ok().filter(|percent| *percent >= 1.0)?, minutes.parse::<f64>().ok()? * 60.0))
    };
    if let Some((_, seconds)) = name.strip_prefix("Canary").and_then(|rest| numbers(rest, "Percent")) {
        return Some(seconds);
    }
    let (percent, seconds) = name.strip_prefix("Linear").and_then(|rest| numbers(rest, "PercentEvery"))?;
    Some(((100.0 / percent).ceil() - 1.0) * seconds)
}

/// Checks whether a group (`deploymentGroupInfo`) deploys this service. Returns what it deploys instead.
pub(crate) fn deploys(group: &Value, cluster: &str, service: &str) -> Result<(), String> {
    if let Some(other) = group["computePlatform"].as_str().filter(|platform| *platform != "ECS") {
        return Err(format!("it is for the compute platform {other}"));
    }
    let services = list(group, "ecsServices");
    let is_ours = |one: &Value| {
        let name = |member: &str| one[member].as_str().map(last);
        name("serviceName") == Some(last(service)) && name("clusterName").is_none_or(|name| name == last(cluster))
    };
    if services.is_empty() || services.iter().any(is_ours) {
        return Ok(());
    }
    let name = |one: &Value| {
        format!("{}/{}", one["clusterName"].as_str().unwrap_or("?"), one["serviceName"].as_str().unwrap_or("?"))
    };
    Err(format!("it deploys {}", services.iter().map(name).collect::<Vec<_>>().join(", ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_those_of_the_console() {
        let names = Names::of_console("arn:aws:ecs:x:1:cluster/prod", "api");
        assert_eq!((names.application.as_str(), names.group.as_str()), ("AppECS-prod-api", "DgpECS-prod-api"));
        let long = "x".repeat(60);
        assert_eq!(Names::of_console("prod", &long).group, format!("DgpECS-prod-{}", "x".repeat(47)));
        let info = json!({"applicationName": "a", "deploymentGroupName": "g"});
        assert_eq!(Names::of_deployment(&info).map(|names| names.application), Some("a".to_owned()));
        assert_eq!(Names::of_deployment(&json!({"applicationName": "a"})), None);
    }

    #[test]
    fn waits_are_those_of_the_group() {
        let group = json!({"deploymentConfigName": "CodeDeployDefault.ECSLinear10PercentEvery3Minutes", "blueGreenDeploymentConfiguration": {
            "terminateBlueInstancesOnDeploymentSuccess": {"action": "TERMINATE", "terminationWaitTimeInMinutes": 5},
            "deploymentReadyOption": {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": 60}}});
        let waits = Waits::of(&group);
        assert_eq!(waits, Waits { ready: Some(3600.0), termination: Some(300.0), shift: Some(1620.0) });
        assert_eq!(waits.least(), 1920.0);
        assert_eq!(Waits::of(&json!({})), Waits::default());
        for (name, seconds) in [
            ("CodeDeployDefault.ECSAllAtOnce", Some(0.0)),
            ("CodeDeployDefault.ECSCanary10Percent15Minutes", Some(900.0)),
            ("CodeDeployDefault.ECSLinear0PercentEvery1Minutes", None),
            ("mine", None),
        ] {
            assert_eq!(shift(name), seconds, "{name}");
        }
    }

    #[test]
    fn a_group_of_another_service_is_recognized() {
        let group = |services: Value| json!({"computePlatform": "ECS", "ecsServices": services});
        let service = |cluster: &str, service: &str| json!([{"clusterName": cluster, "serviceName": service}]);
        assert_eq!(deploys(&group(service("prod", "api")), "arn:aws:ecs:x:1:cluster/prod", "api"), Ok(()));
        assert_eq!(deploys(&json!({}), "prod", "api"), Ok(()));
        for (group, text) in [
            (group(service("prod", "web")), "it deploys prod/web"),
            (group(service("test", "api")), "it deploys test/api"),
            (json!({"computePlatform": "Lambda"}), "it is for the compute platform Lambda"),
        ] {
            assert_eq!(deploys(&group, "prod", "api"), Err(text.to_owned()));
        }
    }
}
