//! Builds the input of RunTask: overrides, network and placement from the request, the definition and the service; and checks it.
//! Pure.

use serde_json::{Map, Value, json};

use crate::definition::schema;
use crate::error::{Error, list};
use crate::json;
use crate::options::names::suggestion;
use crate::types::task::OneOffTask;

/// Characters that ECS takes for all overrides, JSON's own included.
const OVERRIDES: usize = 8192;

/// What the input of a task is made of.
#[derive(Clone, Copy)]
pub(crate) struct RunInput<'a> {
    /// The path of the task in the request, with a dot after it; empty if it is the whole request.
    pub(crate) place: &'a str,
    pub(crate) task: &'a OneOffTask,
    /// The definition that it runs.
    pub(crate) definition: &'a Value,
    /// The service whose settings it takes; empty if there is none.
    pub(crate) service: &'a Map<String, Value>,
    pub(crate) cluster: &'a str,
}

/// The input of RunTask without definition, name and token; and the container that decides, if one does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunTaskInput {
    pub(crate) input: Map<String, Value>,
    pub(crate) decider: Option<String>,
}

/// Members that are sent although RunTask is not known to have them: AWS would ignore a misspelt override without an error.
pub(crate) fn unknown(place: &str, task: &OneOffTask) -> Vec<(String, String)> {
    let containers = task.overrides.get("containerOverrides").and_then(Value::as_array).into_iter().flatten();
    let containers = containers.enumerate().filter_map(|(at, one)| {
        Some((format!("overrides.containerOverrides[{at}]."), one.as_object()?, &schema::CONTAINER_OVERRIDE))
    });
    let all = [
        ("settings.".to_owned(), &task.settings, &schema::RUN),
        ("overrides.".to_owned(), &task.overrides, &schema::OVERRIDES),
    ];
    let unknown = all.into_iter().chain(containers).flat_map(|(within, members, shape)| {
        let known: Vec<&str> = shape.names().collect();
        let unknown = members.keys().filter(|member| !known.contains(&member.as_str()));
        let unknown = unknown.map(|member| (format!("{place}{within}{member}"), hint_of_unknown(member, &known)));
        unknown.collect::<Vec<_>>()
    });
    unknown.collect()
}

/// The warning about one.
pub(crate) const UNKNOWN: &str = "RunTask has no such member known to this version, and it is sent as it is";

fn hint_of_unknown(member: &str, known: &[&str]) -> String {
    match suggestion(member, known).split_once(": did you mean ") {
        Some((_, nearest)) => format!("did you mean {nearest}"),
        None => "check its name".to_owned(),
    }
}

pub(crate) fn compose(of: &RunInput<'_>) -> Result<RunTaskInput, Error> {
    of.task.check(of.place)?;
    let mut overrides = of.task.overrides.clone();
    let decider = of.override_container(&mut overrides)?;
    let mut input = Map::new();
    input.insert("cluster".to_owned(), json!(of.cluster));
    input.insert("count".to_owned(), json!(of.task.count));
    if !overrides.is_empty() {
        let length = Value::Object(overrides.clone()).to_string().chars().count();
        if length > OVERRIDES {
            let text = format!("all overrides together have {length} characters, and ECS takes {OVERRIDES}");
            return Err(of.wrong("overrides", &text));
        }
        input.insert("overrides".to_owned(), Value::Object(overrides));
    }
    of.put_where(&mut input)?;
    // Null is no value, as in ECS: the service's setting is used.
    let given = of.task.settings.iter().filter(|(_, value)| !value.is_null());
    input.extend(given.map(|(member, value)| (member.clone(), value.clone())));
    Ok(RunTaskInput { input, decider })
}

impl<'a> RunInput<'a> {
    fn wrong(&self, option: &str, text: &str) -> Error {
        Error::invalid(format!("{}{option}", self.place), text)
    }

    fn names(&self) -> impl Iterator<Item = &'a str> {
        json::list(self.definition, "containerDefinitions").iter().filter_map(|one| one["name"].as_str())
    }

    fn known(&self, name: &str, option: &str) -> Result<(), Error> {
        if self.names().any(|known| known == name) {
            return Ok(());
        }
        let place = Some(format!("{}{option}", self.place));
        let known = self.names().map(str::to_owned).collect();
        Err(Error::ContainerMissing { container: name.to_owned(), known, place })
    }

    /// The container that command and environment are for.
    fn target(&self) -> Option<&'a str> {
        let containers = json::list(self.definition, "containerDefinitions");
        let first = containers.iter().find(|container| container["essential"] != false).or(containers.first());
        first.and_then(|container| container["name"].as_str())
    }

    /// Puts command and environment into the overrides; the container that decides.
    fn override_container(&self, overrides: &mut Map<String, Value>) -> Result<Option<String>, Error> {
        let given = match overrides.get("containerOverrides") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(list)) => list.clone(),
            Some(_) => return Err(self.wrong("overrides.containerOverrides", "a list of objects expected")),
        };
        let mut given = given;
        for (at, one) in given.iter().enumerate() {
            let Some(name) = one["name"].as_str() else {
                let option = format!("overrides.containerOverrides[{at}].name");
                return Err(self.wrong(&option, "name its container"));
            };
            self.known(name, &format!("overrides.containerOverrides[{at}].name"))?;
            for member in ["command", "environment"] {
                if one.get(member).is_some_and(|value| !(value.is_null() || value.is_array())) {
                    let option = format!("overrides.containerOverrides[{at}].{member}");
                    return Err(self.wrong(&option, "a list expected"));
                }
            }
        }
        if let Some(name) = &self.task.container {
            self.known(name, "container")?;
        }
        if self.task.command.is_some() || !self.task.environment.is_empty() {
            let name = self.task.container.as_deref().or(self.target()).unwrap_or_default();
            self.merge(&mut given, name)?;
            overrides.insert("containerOverrides".to_owned(), Value::Array(given.clone()));
        }
        let commanded = given.iter().filter(|one| one["command"].is_array());
        let commanded: Vec<&str> = commanded.filter_map(|one| one["name"].as_str()).collect();
        Ok(match (&self.task.container, commanded.as_slice()) {
            (Some(name), _) => Some(name.clone()),
            (None, [only]) => Some((*only).to_owned()),
            _ => None,
        })
    }

    fn merge(&self, given: &mut Vec<Value>, name: &str) -> Result<(), Error> {
        if !given.iter().any(|one| one["name"] == name) {
            given.push(json!({ "name": name }));
        }
        let Some(entry) = given.iter_mut().find(|one| one["name"] == name) else { return Ok(()) };
        if let Some(command) = &self.task.command {
            if entry["command"].is_array() {
                return Err(self.wrong("command", "overrides.containerOverrides has a command for that container, too"));
            }
            entry["command"] = json!(command);
        }
        let mut variables = entry["environment"].as_array().cloned().unwrap_or_default();
        for (variable, value) in &self.task.environment {
            if variables.iter().any(|one| one["name"] == *variable) {
                let text = "overrides.containerOverrides sets this variable of that container, too";
                return Err(self.wrong(&format!("environment.{variable}"), text));
            }
            variables.push(json!({ "name": variable, "value": value }));
        }
        if !variables.is_empty() {
            entry["environment"] = Value::Array(variables);
        }
        Ok(())
    }

    /// Network, launch type or capacity providers, platform version, and volumes that are left to the launch, as the service has them.
    fn put_where(&self, input: &mut Map<String, Value>) -> Result<(), Error> {
        let is_given = |member: &str| self.task.settings.get(member).is_some_and(|value| !value.is_null());
        let mut take = |member: &str| {
            let value = self.of_service(member);
            input.extend(value.map(|value| (member.to_owned(), value.clone())));
        };
        if !is_given("launchType") && !is_given("capacityProviderStrategy") {
            match self.of_service("capacityProviderStrategy") {
                Some(_) => take("capacityProviderStrategy"),
                None => take("launchType"),
            }
            take("platformVersion");
        }
        let is_left = |volume: &Value| volume["configuredAtLaunch"] == true;
        if !is_given("volumeConfigurations") && json::list(self.definition, "volumes").iter().any(is_left) {
            take("volumeConfigurations");
        }
        if self.definition["networkMode"] != "awsvpc" || is_given("networkConfiguration") {
            return Ok(());
        }
        take("networkConfiguration");
        if !input.contains_key("networkConfiguration") {
            let families = list(&[self.definition["family"].as_str().unwrap_or_default().to_owned()]);
            let text = format!(
                "needed: definition {families} has networkMode awsvpc; give {{\"awsvpcConfiguration\": {{\"subnets\": […]}}}}, or \
                 a `service` that has one"
            );
            return Err(self.wrong("settings.networkConfiguration", &text));
        }
        Ok(())
    }

    /// A setting of the service. If CodeDeploy or another controller deploys it, its PRIMARY task set has it.
    fn of_service(&self, member: &str) -> Option<&'a Value> {
        let is_set = |value: &&Value| !value.is_null() && **value != json!([]);
        let inner = ["deployments", "taskSets"].into_iter().filter_map(|inner| self.service.get(inner)?.as_array());
        let primary = || inner.flatten().find(|one| one["status"] == "PRIMARY").and_then(|one| one.get(member));
        self.service.get(member).filter(is_set).or_else(|| primary().filter(is_set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition() -> Value {
        json!({"family": "api", "networkMode": "awsvpc", "containerDefinitions": [
            {"name": "log", "essential": false}, {"name": "api"}, {"name": "redis"}]})
    }

    fn service() -> Map<String, Value> {
        let network = json!({"awsvpcConfiguration": {"subnets": ["subnet-1"]}});
        let service = json!({"launchType": "FARGATE", "platformVersion": "LATEST", "networkConfiguration": network});
        service.as_object().cloned().unwrap()
    }

    fn composed(task: Value, service: &Map<String, Value>) -> Result<RunTaskInput, Error> {
        let task: OneOffTask = crate::options::read::parse_options("options", task).unwrap();
        let definition = definition();
        compose(&RunInput { place: "before[0].", task: &task, definition: &definition, service, cluster: "prod" })
    }

    #[test]
    fn command_and_environment_are_an_override_of_the_deciding_container() {
        let entry = |value: Value| json!({ "containerOverrides": [value] });
        for (task, overrides, decider) in [
            (json!({}), Value::Null, None),
            (json!({"command": ["a"]}), entry(json!({"name": "api", "command": ["a"]})), Some("api")),
            (json!({"container": "log"}), Value::Null, Some("log")),
            (
                json!({"container": "redis", "environment": {"A": "1"}}),
                entry(json!({"name": "redis", "environment": [{"name": "A", "value": "1"}]})),
                Some("redis"),
            ),
            (
                json!({"environment": {"A": "1"}}),
                entry(json!({"name": "api", "environment": [{"name": "A", "value": "1"}]})),
                None,
            ),
            (
                json!({"command": ["a"], "overrides": {"containerOverrides": [{"name": "api", "cpu": 7}]}}),
                entry(json!({"name": "api", "cpu": 7, "command": ["a"]})),
                Some("api"),
            ),
            (
                json!({"overrides": {"containerOverrides": [{"name": "redis", "command": ["b"]}], "newMember": 1.50}}),
                json!({"containerOverrides": [{"name": "redis", "command": ["b"]}], "newMember": 1.50}),
                Some("redis"),
            ),
            (
                json!({"command": ["a"], "overrides": {"containerOverrides": [{"name": "redis", "command": ["b"]}]}}),
                json!({"containerOverrides": [{"name": "redis", "command": ["b"]}, {"name": "api", "command": ["a"]}]}),
                None,
            ),
        ] {
            let made = composed(task.clone(), &service()).unwrap();
            assert_eq!(made.input.get("overrides").cloned().unwrap_or_default(), overrides, "{task}");
            assert_eq!(made.decider.as_deref(), decider, "{task}");
        }
    }

    #[test]
    fn a_task_is_placed_like_its_service_unless_set_otherwise() {
        let network = |subnet: &str| json!({"awsvpcConfiguration": {"subnets": [subnet]}});
        let spot = json!([{"capacityProvider": "FARGATE_SPOT"}]);
        let with = |more: Value| {
            let mut all = service();
            all.extend(more.as_object().cloned().unwrap());
            all
        };
        let sets = json!({"taskSets": [{"status": "ACTIVE", "launchType": "EC2"}, {"status": "PRIMARY", "launchType": "FARGATE",
            "networkConfiguration": network("subnet-1"), "platformVersion": "1.4.0"}]});
        for (settings, service, expected) in [
            (json!({}), service(), json!(["FARGATE", null, "LATEST", "subnet-1"])),
            (json!({}), with(json!({"capacityProviderStrategy": spot})), json!([null, spot, "LATEST", "subnet-1"])),
            (json!({}), sets.as_object().cloned().unwrap(), json!(["FARGATE", null, "1.4.0", "subnet-1"])),
            (json!({"launchType": "EC2"}), service(), json!(["EC2", null, null, "subnet-1"])),
            (json!({"capacityProviderStrategy": spot}), service(), json!([null, spot, null, "subnet-1"])),
            (json!({"networkConfiguration": network("s")}), Map::new(), json!([null, null, null, "s"])),
        ] {
            let input = Value::Object(composed(json!({ "settings": settings }), &service).unwrap().input);
            let subnet = input.pointer("/networkConfiguration/awsvpcConfiguration/subnets/0");
            let seen =
                json!([input["launchType"], input["capacityProviderStrategy"], input["platformVersion"], subnet]);
            assert_eq!(seen, expected, "{settings}");
        }
    }

    #[test]
    fn unknown_members_are_sent_with_a_warning() {
        let task = json!({"settings": {"launchTyp": "EC2", "group": "g"}, "overrides": {"memory": "1", "containerOverride": [],
            "containerOverrides": [{"name": "api", "comand": ["a"]}]}});
        let task: OneOffTask = crate::options::read::parse_options("options", task).unwrap();
        let warnings = unknown("before[1].", &task);
        for (text, expected) in warnings.iter().zip([
            ("before[1].settings.launchTyp", "did you mean \"launchType\"?"),
            ("before[1].overrides.containerOverride", "did you mean \"containerOverrides\"?"),
            ("before[1].overrides.containerOverrides[0].comand", "did you mean \"command\"?"),
        ]) {
            assert_eq!((text.0.as_str(), text.1.as_str()), expected);
        }
        assert_eq!(warnings.len(), 3);
    }

    #[test]
    fn mistakes_are_reported_with_their_path() {
        let long = "x".repeat(OVERRIDES);
        for (task, text) in [
            (json!({"count": 0}), "before[0].count: RunTask starts 1 to 10"),
            (json!({"count": 11}), "before[0].count: "),
            (json!({"timeout": 0}), "before[0].timeout: "),
            (json!({"command": []}), "before[0].command: empty"),
            (json!({"container": "web"}), r#"no container "web""#),
            (json!({"overrides": {"containerOverrides": [{"name": "web"}]}}), r#"no container "web""#),
            (json!({"overrides": {"containerOverrides": [{}]}}), "before[0].overrides.containerOverrides[0].name"),
            (json!({"overrides": {"containerOverrides": {}}}), "a list of objects"),
            (json!({"settings": {"count": 2}}), "before[0].settings.count: is given by an option: use `count`"),
            (json!({"settings": {"clientToken": "t"}}), "before[0].settings.clientToken"),
            (json!({"settings": {"launchType": "EC2", "capacityProviderStrategy": [{}]}}), "exclude each other"),
            (
                json!({"command": ["a"], "overrides": {"containerOverrides": [{"name": "api", "command": ["b"]}]}}),
                "has a command for that container, too",
            ),
            (
                json!({"environment": {"A": "hunter2"}, "overrides": {"containerOverrides": [
                    {"name": "api", "environment": [{"name": "A", "value": "x"}]}]}}),
                "before[0].environment.A: ",
            ),
            (json!({"environment": {"A": long}}), "and ECS takes 8192"),
        ] {
            let error = composed(task.clone(), &service()).unwrap_err().to_string();
            assert!(error.contains(text) && !error.contains("hunter2"), "{task}: {error}");
        }
        let error = composed(json!({}), &Map::new()).unwrap_err().to_string();
        assert!(error.contains("before[0].settings.networkConfiguration: needed"), "{error}");
    }
}
