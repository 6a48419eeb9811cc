//! Decides what UpdateService changes, and which changes begin a deployment.

use serde_json::{Map, Value, json};

use super::services::{DAEMON, definition, demand, modelled};
use super::{Answer, ApiError, Input, invalid, object, show};
use crate::model::Model;
use crate::model::service::{DEPLOYED, Service, State};
use crate::rules;

/// Members of UpdateService that are not settings kept as they are.
const OWN: [&str; 5] = ["cluster", "service", "taskDefinition", "desiredCount", "forceNewDeployment"];

const FORCE: &str = "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity \
                     provider strategy on a service that is already using one, you must force a new deployment.";

pub(super) fn update(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = demand(model, input, "service")?;
    let service = &model.services[index];
    if service.state != State::Active {
        return Err(ApiError::new("ServiceNotActiveException", "Service was not ACTIVE."));
    }
    // Source: kayac/ecspresso PR 902 and aws/containers-roadmap 2813. The words are not known.
    let is_given = |member: &&str| input.value(member).is_some();
    if let Some(member) =
        ["loadBalancers", "deploymentConfiguration"].iter().find(|member| service.express.is_some() && is_given(member))
    {
        return Err(invalid(format!("{member} cannot be updated for a service whose resources Amazon ECS manages.")));
    }
    let force = input.flag("forceNewDeployment")?;
    allowed(service, input, force)?;
    let running = service.deployments.first().map(|primary| primary.source.definition.clone()).unwrap_or_default();
    let wanted = match input.text("taskDefinition")? {
        Some(reference) => definition(model, reference)?,
        None => running.clone(),
    };
    let desired = input.desired()?;
    let settings = merged(&service.settings, input.members());
    if model.outside.strict {
        let (before, after) = (model.definition(&running), model.definition(&wanted));
        rules::update_service(input.members(), &settings, before, after)?;
    }
    modelled(&settings)?;
    if service.daemon() && desired.is_some() {
        return Err(invalid(DAEMON));
    }
    let strategy = "capacityProviderStrategy";
    if !force && settings.get(strategy) != service.settings.get(strategy) {
        return Err(invalid(FORCE));
    }
    let deploys = force || wanted != running || differs(&service.settings, &settings);
    if deploys && model.outside.refuse_update && service.stage().is_some() {
        return Err(invalid("A deployment of the service is in progress. Stop it, or wait until it is complete."));
    }
    let service = &mut model.services[index];
    service.settings = settings;
    service.desired = desired.unwrap_or(service.desired);
    service.steady &= desired.is_none() && !deploys;
    if deploys {
        model.with_service(index, |service, around| service.deploy(&wanted, around));
    }
    Ok(object([("service", show::service(model, &model.services[index], true))]))
}

/// What a service under another controller refuses.
fn allowed(service: &Service, input: &Input<'_>, force: bool) -> Result<(), ApiError> {
    let controller = service.controller();
    let has = |name: &str| input.value(name).is_some();
    if controller == "ECS" {
        return Ok(());
    }
    let what = match (has("taskDefinition"), force || DEPLOYED.into_iter().any(has)) {
        (true, _) => "task definition",
        (false, true) => "network parameters",
        (false, false) => return Ok(()),
    };
    let advice = match controller {
        "CODE_DEPLOY" => " Use AWS CodeDeploy to trigger a new deployment.",
        _ => "",
    };
    Err(invalid(format!("Unable to update {what} on services with a {controller} deployment controller.{advice}")))
}

/// The settings with what was sent: null changes nothing, `deploymentConfiguration` is merged member by member.
fn merged(settings: &Map<String, Value>, sent: &Map<String, Value>) -> Map<String, Value> {
    let mut merged = settings.clone();
    for (name, value) in sent.iter().filter(|(name, value)| !OWN.contains(&name.as_str()) && !value.is_null()) {
        match (merged.get_mut(name), value) {
            (Some(Value::Object(known)), Value::Object(new)) if name == "deploymentConfiguration" => {
                known.extend(new.iter().filter(|(_, v)| !v.is_null()).map(|(n, v)| (n.clone(), v.clone())));
            }
            _ => {
                merged.insert(name.clone(), value.clone());
            }
        }
    }
    merged
}

fn differs(before: &Map<String, Value>, after: &Map<String, Value>) -> bool {
    let member = |settings: &Map<String, Value>, name: &str| {
        let value = settings.get(name).cloned().unwrap_or(Value::Null);
        if value == json!([]) { Value::Null } else { value }
    };
    DEPLOYED.iter().any(|name| member(before, name) != member(after, name))
}
