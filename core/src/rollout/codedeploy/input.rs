//! The inputs for CodeDeploy, and for UpdateService the part that CodeDeploy does not handle. Pure.

use serde_json::{Map, Value, json};

use super::appspec::sha256;
use super::group::Names;
use super::verdict::ACTIVE;
use crate::definition::schema::{CodeDeploy, SERVICE};
use crate::error::Error;
use crate::rollout::service::settings;
use crate::types::deployment::Deployment;

/// Characters of a description that CodeDeploy was seen to take, and that it documents.
/// Source: codeship-library/aws-utilities#92.
const DESCRIPTION: usize = 512;
const DOCUMENTED: usize = 256;

/// Whether UpdateService takes a member of a service that CodeDeploy deploys.
pub(crate) fn is_taken(member: &str) -> bool {
    let field = SERVICE.field(member).filter(|field| field.is_updatable());
    field.is_none_or(|field| field.codedeploy == CodeDeploy::Taken)
}

/// Refuses settings that UpdateService would refuse. An unknown member passes, and so does one that the service has already, which is
/// not sent.
pub(crate) fn check_settings(settings: &Map<String, Value>, service: &Value) -> Result<(), Error> {
    for (member, asked) in settings {
        let Some(field) = SERVICE.field(member).filter(|field| field.is_updatable()) else { continue };
        if !is_taken(member) && service.get(member).is_some_and(|set| settings::is_set(member, set, asked)) {
            continue;
        }
        let instead = match field.codedeploy {
            CodeDeploy::Taken => continue,
            CodeDeploy::InAppSpec(name) => format!("give {name} in the Properties of `codedeploy: {{appspec}}`"),
            CodeDeploy::Refused => "change it by itself first".to_owned(),
        };
        let text = format!("ECS does not take it for a service that CodeDeploy deploys: {instead}");
        return Err(Error::invalid(format!("settings.{member}"), text));
    }
    let configuration = settings.get("deploymentConfiguration").unwrap_or(&Value::Null);
    for watchdog in ["deploymentCircuitBreaker", "alarms"] {
        if configuration[watchdog]["enable"] == true {
            let text = "a service that CodeDeploy deploys has none: the deployment group has rollbacks and alarms";
            return Err(Error::invalid(format!("settings.deploymentConfiguration.{watchdog}"), text));
        }
    }
    Ok(())
}

/// The warning about a description that is longer than CodeDeploy documents.
pub(crate) fn long_description(description: Option<&str>) -> Option<String> {
    let length = description.map(|text| text.chars().count()).filter(|length| *length > DOCUMENTED)?;
    Some(format!(
        "codedeploy.description: {length} characters given, CodeDeploy documents {DOCUMENTED} and was seen to take {DESCRIPTION}; \
         shorten it, if it is refused"
    ))
}

/// Refuses a description that CodeDeploy would refuse.
pub(crate) fn check_description(description: Option<&str>) -> Result<(), Error> {
    match description.map(|text| text.chars().count()) {
        Some(length) if length > DESCRIPTION => {
            let text = format!("{length} characters given, CodeDeploy takes {DESCRIPTION}: shorten it");
            Err(Error::invalid("codedeploy.description", text))
        }
        _ => Ok(()),
    }
}

/// The input of CreateDeployment.
pub(crate) fn create(request: &Deployment, names: &Names, content: &str, definition: &str) -> Value {
    let options = request.codedeploy.clone().unwrap_or_default();
    let default = || format!("ecs-rollout: {definition}").chars().take(DESCRIPTION).collect();
    let mut input = json!({
        "applicationName": names.application,
        "deploymentGroupName": names.group,
        "revision": {
            "revisionType": "AppSpecContent",
            "appSpecContent": {"content": content, "sha256": sha256(content)},
        },
        "description": options.description.unwrap_or_else(default),
    });
    if let Some(config) = options.config {
        input["deploymentConfigName"] = json!(config);
    }
    input
}

/// The input of ListDeployments for deployments in progress.
pub(crate) fn on_their_way(names: &Names) -> Value {
    json!({
        "applicationName": names.application,
        "deploymentGroupName": names.group,
        "includeOnlyStatuses": ACTIVE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_ecs_refuses_are_reported_with_their_path() {
        for (settings, text) in [
            (json!({"networkConfiguration": {}}), "settings.networkConfiguration: ECS does not take it"),
            (json!({"platformVersion": "1.4.0"}), "give PlatformVersion in the Properties"),
            (json!({"enableExecuteCommand": true}), "change it by itself first"),
            (
                json!({"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": true}}}),
                "settings.deploymentConfiguration.deploymentCircuitBreaker: ",
            ),
        ] {
            let error = check_settings(settings.as_object().unwrap(), &Value::Null).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
        let fine =
            json!({"propagateTags": "SERVICE", "deploymentConfiguration": {"maximumPercent": 200}, "invented": 1});
        check_settings(fine.as_object().unwrap(), &Value::Null).unwrap();
        // What the service has already is no change.
        let (same, service) = (json!({"platformVersion": "1.4.0"}), json!({"platformVersion": "1.4.0"}));
        check_settings(same.as_object().unwrap(), &service).unwrap();
    }

    #[test]
    fn a_description_is_never_cut_in_silence() {
        check_description(Some(&"ü".repeat(512))).unwrap();
        assert_eq!(long_description(Some(&"ü".repeat(256))), None);
        assert!(long_description(Some(&"ü".repeat(257))).is_some());
        let error = check_description(Some(&"x".repeat(513))).unwrap_err().to_string();
        assert!(error.contains("codedeploy.description: 513 characters given"), "{error}");
    }

    #[test]
    fn the_input_holds_the_order_and_nothing_else() {
        let names = Names { application: "a".to_owned(), group: "g".to_owned() };
        let mut request = Deployment::new("prod", "api");
        let input = create(&request, &names, "abc", "td:2");
        assert_eq!(
            input,
            json!({"applicationName": "a", "deploymentGroupName": "g", "description": "ecs-rollout: td:2", "revision": {
                "revisionType": "AppSpecContent", "appSpecContent": {"content": "abc",
                "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}})
        );
        request.codedeploy = Some(crate::types::deployment::CodeDeploy {
            config: Some("CodeDeployDefault.ECSAllAtOnce".to_owned()),
            description: Some("why".to_owned()),
            ..Default::default()
        });
        let input = create(&request, &names, "abc", "td:2");
        assert_eq!(
            (&input["deploymentConfigName"], &input["description"]),
            (&json!("CodeDeployDefault.ECSAllAtOnce"), &json!("why"))
        );
    }
}
