//! Decides how services are created, found and deleted.

use serde_json::{Map, Value, json};

use super::input::paged;
use super::{Answer, ApiError, Input, invalid, object, show};
use crate::model::Model;
use crate::model::events::Events;
use crate::model::service::{Service, State};
use crate::model::shelf::Shelf;
use crate::rules;

/// How long a deleted service is still described, in seconds.
const REMEMBERED: f64 = 3600.0;

pub(super) const DAEMON: &str = "The daemon scheduling strategy does not support a desired count for services. Remove the \
                                 desired count value and try again";

/// Members of CreateService that are not settings kept as they are.
const OWN: [&str; 6] = ["cluster", "serviceName", "taskDefinition", "desiredCount", "clientToken", "tags"];

/// The newest service of that name or ARN that still shows.
pub(super) fn find(model: &Model, cluster: &str, reference: &str) -> Option<usize> {
    let shows = |service: &Service| service.ended.is_none_or(|ended| model.now - ended < REMEMBERED);
    let mut newest = model.services.iter().enumerate().rev();
    newest.find(|(_, service)| service.is(cluster, reference) && shows(service)).map(|(index, _)| index)
}

/// The same, where it must be there.
pub(super) fn demand(model: &Model, input: &Input<'_>, member: &str) -> Result<usize, ApiError> {
    let reference = input.need(member)?;
    let cluster = input.cluster(model)?;
    let missing = || ApiError::new("ServiceNotFoundException", "Service not found.");
    find(model, &cluster, reference).ok_or_else(missing)
}

/// The revision that a service is to run.
pub(super) fn definition(model: &Model, reference: &str) -> Result<String, ApiError> {
    let missing = || ApiError::new("ClientException", "TaskDefinition not found.");
    let found = model.definition(reference).ok_or_else(missing)?;
    match found.active() {
        true => Ok(found.arn.clone()),
        false => Err(ApiError::new("ClientException", "TaskDefinition is inactive")),
    }
}

/// Refuses what the scheduler here does not know, rather than doing something else.
pub(super) fn modelled(settings: &Map<String, Value>) -> Result<(), ApiError> {
    let configuration = settings.get("deploymentConfiguration");
    let strategy = configuration.and_then(|value| value.get("strategy")).and_then(Value::as_str);
    let scheduling = settings.get("schedulingStrategy").and_then(Value::as_str);
    let strategies = ["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"];
    let foreign = strategy.filter(|name| !strategies.contains(name));
    let foreign = foreign.or(scheduling.filter(|name| !["REPLICA", "DAEMON"].contains(name)));
    match foreign {
        Some(name) => Err(ApiError::new(
            "UnsupportedFeatureException",
            format!("The simulator does not model the strategy {name}."),
        )),
        None => Ok(()),
    }
}

pub(super) fn create(model: &mut Model, input: &Input<'_>) -> Answer {
    let cluster = input.cluster(model)?;
    let name = input.need("serviceName")?;
    let token = input.text("clientToken")?;
    if let Some(index) = find(model, &cluster, name) {
        let known = &model.services[index];
        match known.state {
            State::Active if token.is_some() && known.token.as_deref() == token => {
                return Ok(object([("service", show::service(model, known, true))]));
            }
            State::Active => return Err(invalid("Creation of service was not idempotent.")),
            State::Draining => return Err(invalid("Unable to Start a service that is still Draining.")),
            State::Inactive => {}
        }
    }
    let kept = |(name, value): &(&String, &Value)| !OWN.contains(&name.as_str()) && !value.is_null();
    let settings: Map<String, Value> =
        input.members().iter().filter(kept).map(|(name, value)| (name.clone(), value.clone())).collect();
    let revision = input.text("taskDefinition")?.and_then(|reference| model.definition(reference));
    if model.outside.strict {
        rules::create_service(input.members(), revision)?;
    }
    modelled(&settings)?;
    let controller = settings.get("deploymentController").and_then(|value| value.get("type"));
    let external = controller.is_some_and(|kind| kind == "EXTERNAL");
    let definition = match input.text("taskDefinition")? {
        None if external => None,
        _ => Some(definition(model, input.need("taskDefinition")?)?),
    };
    let daemon = settings.get("schedulingStrategy").is_some_and(|name| name == "DAEMON");
    if daemon && input.value("desiredCount").is_some() {
        return Err(invalid(DAEMON));
    }
    let desired = if daemon { model.outside.instances } else { input.desired()?.unwrap_or(1) };
    let service = Service {
        name: name.to_owned(),
        arn: model.place.arn(&format!("service/{cluster}/{name}")),
        cluster,
        state: State::Active,
        ended: None,
        desired,
        created: model.now,
        settings,
        tags: input.list("tags")?.to_vec(),
        token: token.map(str::to_owned),
        express: None,
        deployments: Vec::new(),
        completed: None,
        records: Shelf::default(),
        revisions: Shelf::default(),
        tasks: Vec::new(),
        gone: std::collections::VecDeque::new(),
        events: Events::default(),
        steady: definition.is_none(),
        interrupted: 0,
        truths: Shelf::default(),
        deploys: Shelf::default(),
    };
    model.services.push(service);
    let index = model.services.len() - 1;
    if let Some(definition) = definition {
        model.with_service(index, |service, around| service.deploy(&definition, around));
    }
    Ok(object([("service", show::service(model, &model.services[index], true))]))
}

pub(super) fn describe(model: &mut Model, input: &Input<'_>) -> Answer {
    let cluster = input.cluster(model)?;
    let (names, tags) = (input.texts("services")?, input.with_tags()?);
    if names.is_empty() {
        return Err(invalid("Services cannot be empty."));
    }
    if names.len() > 10 {
        return Err(invalid("Services cannot have more than 10 elements."));
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for name in names {
        match find(model, &cluster, name) {
            Some(index) => found.push(show::service(model, &model.services[index], tags)),
            None => failures.push(show::missing(model, "service", &cluster, name)),
        }
    }
    Ok(object([("services", Value::Array(found)), ("failures", Value::Array(failures))]))
}

pub(super) fn delete(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = demand(model, input, "service")?;
    let force = input.flag("force")?;
    let now = model.now;
    let service = &mut model.services[index];
    if service.state != State::Active {
        return Err(ApiError::new("ServiceNotActiveException", "Service was not ACTIVE."));
    }
    if service.desired > 0 && !force {
        return Err(invalid("The service cannot be stopped while it is scaled above 0."));
    }
    service.retire("stopped", Some("the service was deleted".to_owned()), now);
    service.state = State::Draining;
    service.desired = 0;
    Ok(object([("service", show::service(model, &model.services[index], true))]))
}

pub(super) fn list(model: &mut Model, input: &Input<'_>) -> Answer {
    let cluster = input.cluster(model)?;
    let kind = input.text("launchType")?;
    let fits = |service: &&Service| {
        let own = service.deployments.first().map_or("", |primary| primary.source.definition.as_str());
        let own = show::platform(model, &service.settings, own);
        let same = |name: &str| own.get("launchType").and_then(Value::as_str) == Some(name);
        service.cluster == cluster && service.state != State::Inactive && kind.is_none_or(same)
    };
    let found = model.services.iter().filter(fits).map(|service| json!(service.arn)).collect();
    Ok(paged("serviceArns", input.page(found, 10)?))
}
