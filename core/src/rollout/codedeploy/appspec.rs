//! The AppSpec: given as a document or text, or derived from the service, and sent as JSON with our definition in it. Pure.
//!
//! Members that are not ours to set pass through in their order; only the definition is set.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::definition;
use crate::error::Error;
use crate::json::{list, text};

/// The path of the AppSpec in the request.
const OPTION: &str = "codedeploy.appspec";
const TYPE: &str = "AWS::ECS::Service";

/// An AppSpec that lacks nothing but the definition's ARN.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct AppSpec {
    document: Value,
    /// Whether it was derived from the service.
    is_derived: bool,
}

impl AppSpec {
    /// Reads the option: a document, or JSON or YAML text.
    pub(crate) fn read(given: &Value) -> Result<Self, Error> {
        let document = match given {
            Value::String(text) => definition::parse(OPTION, text)?,
            other => other.clone(),
        };
        check(&document)?;
        Ok(Self { document, is_derived: false })
    }

    /// Derives the AppSpec from the service. The network is left out: CodeDeploy then keeps the service's. A pinned platform version
    /// and a capacity provider strategy are not kept, so they are set (<https://github.com/aws/containers-roadmap/issues/1752>).
    pub(crate) fn derive(service: &Value) -> Result<Self, String> {
        let set = list(service, "taskSets").iter().find(|set| set["status"] == "PRIMARY").unwrap_or(&Value::Null);
        let balancers = [service, set].into_iter().find_map(|one| list(one, "loadBalancers").first());
        let balancer = balancers
            .filter(|one| !text(one, "containerName").is_empty())
            .ok_or("has no load balancer with a container to derive an AppSpec from: give `codedeploy: {appspec}`")?;
        let mut properties = Map::new();
        properties.insert("TaskDefinition".to_owned(), Value::Null);
        properties.insert(
            "LoadBalancerInfo".to_owned(),
            json!({"ContainerName": balancer["containerName"], "ContainerPort": balancer["containerPort"]}),
        );
        if let Some(version) = service["platformVersion"].as_str().filter(|version| *version != "LATEST") {
            properties.insert("PlatformVersion".to_owned(), json!(version));
        }
        let strategy = strategy(service);
        if !strategy.is_empty() {
            let strategy: Vec<Value> = strategy.iter().map(as_in_appspec).collect();
            properties.insert("CapacityProviderStrategy".to_owned(), json!(strategy));
        }
        let document = json!({
            "version": 0.0,
            "Resources": [{"TargetService": {"Type": TYPE, "Properties": properties}}],
        });
        Ok(Self { document, is_derived: true })
    }

    /// Checks its load balancing settings against the definition: CodeDeploy would find a mismatch only during the deployment.
    pub(crate) fn check_against(&self, definition: &Value) -> Result<(), Error> {
        for (path, properties) in self.properties() {
            let Some(balancer) = member(properties, "LoadBalancerInfo") else { continue };
            let (Some(name), Some(port)) = (member(balancer, "ContainerName"), member(balancer, "ContainerPort"))
            else {
                continue;
            };
            let container = list(definition, "containerDefinitions").iter().find(|one| one["name"] == *name);
            let Some(container) = container else {
                let text = format!("the task definition has no container {name}: name the one that takes the traffic");
                return Err(self.wrong(&format!("{path}/LoadBalancerInfo/ContainerName"), text));
            };
            let mapped = |mapping: &Value| number(&mapping["containerPort"]) == number(port);
            if !list(container, "portMappings").iter().any(mapped) {
                let text =
                    format!("container {name} has no port {port} in its portMappings: CodeDeploy needs it there");
                return Err(self.wrong(&format!("{path}/LoadBalancerInfo/ContainerPort"), text));
            }
        }
        Ok(())
    }

    /// The setting of the service that a deployment with this AppSpec would lose.
    pub(crate) fn loses(&self, service: &Value) -> Option<&'static str> {
        let says = |name: &str| self.properties().all(|(_, properties)| member(properties, name).is_some());
        (!strategy(service).is_empty() && !says("CapacityProviderStrategy")).then_some(
            "the AppSpec has no CapacityProviderStrategy and the service has: CodeDeploy does not keep it unless the AppSpec holds it",
        )
    }

    /// The same without hooks: a rollback is not tested again, as with CodeDeploy's own rollbacks.
    pub(crate) fn without_hooks(mut self) -> Self {
        if let Some(document) = self.document.as_object_mut() {
            document.retain(|name, _| !name.eq_ignore_ascii_case("Hooks"));
        }
        self
    }

    /// The content to send, with this definition in every target service.
    pub(crate) fn content(&self, definition: &str) -> String {
        let mut document = self.document.clone();
        for properties in targets_mut(&mut document) {
            match properties.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("TaskDefinition")) {
                Some((_, place)) => *place = json!(definition),
                None => drop(properties.insert("TaskDefinition".to_owned(), json!(definition))),
            }
        }
        document.to_string()
    }

    fn properties(&self) -> impl Iterator<Item = (String, &Value)> {
        targets(&self.document)
            .filter_map(|(path, target)| Some((format!("{path}/Properties"), member(target, "Properties")?)))
    }

    fn wrong(&self, path: &str, text: String) -> Error {
        match self.is_derived {
            true => Error::invalid("codedeploy", format!("the service's load balancer does not fit: {text}")),
            false => Error::invalid(format!("{OPTION}{path}"), text),
        }
    }
}

/// The digest that CodeDeploy compares the content with, in hexadecimal.
pub(crate) fn sha256(content: &str) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn strategy(service: &Value) -> &[Value] {
    let set = list(service, "taskSets").iter().find(|set| set["status"] == "PRIMARY");
    let own = list(service, "capacityProviderStrategy");
    if own.is_empty() { set.map_or(&[], |set| list(set, "capacityProviderStrategy")) } else { own }
}

/// A member of an AppSpec. CodeDeploy ignores the case of its names.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The target services, each with its place.
fn targets(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let resources = member(document, "Resources").and_then(Value::as_array).into_iter().flatten().enumerate();
    resources.flat_map(|(index, resource)| {
        let named = resource.as_object().into_iter().flatten();
        named.map(move |(name, target)| (format!("/Resources/{index}/{name}"), target))
    })
}

fn targets_mut(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    fn inner<'a>(value: &'a mut Value, name: &str) -> Option<&'a mut Value> {
        value.as_object_mut()?.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
    let resources = inner(document, "Resources").and_then(Value::as_array_mut).into_iter().flatten();
    let targets = resources.filter_map(Value::as_object_mut).flat_map(|resource| resource.values_mut());
    targets.filter_map(|target| inner(target, "Properties")?.as_object_mut())
}

/// Checks the shape of an AppSpec: CodeDeploy would refuse all of these mistakes.
fn check(document: &Value) -> Result<(), Error> {
    let wrong = |path: &str, text: String| Err(Error::invalid(format!("{OPTION}{path}"), text));
    if !document.is_object() {
        let kind = crate::json::kind(document);
        return wrong("", format!("{kind} given, an AppSpec with Resources expected: an object, or JSON or YAML text"));
    }
    let resources = match member(document, "Resources") {
        Some(Value::Array(resources)) if !resources.is_empty() => resources,
        Some(_) => return wrong("/Resources", "a list with the target service expected".to_owned()),
        None => return wrong("", "it has no Resources: name the target service there".to_owned()),
    };
    for (index, resource) in resources.iter().enumerate() {
        if resource.as_object().is_none_or(Map::is_empty) {
            return wrong(&format!("/Resources/{index}"), "an object with a TargetService expected".to_owned());
        }
    }
    for (path, target) in targets(document) {
        if let Some(other) = member(target, "Type").filter(|kind| **kind != TYPE) {
            return wrong(&format!("{path}/Type"), format!("{other} given, {TYPE:?} expected"));
        }
        let Some(properties) = member(target, "Properties").filter(|properties| properties.is_object()) else {
            return wrong(&path, "an object with Properties expected".to_owned());
        };
        let balancer = member(properties, "LoadBalancerInfo");
        let path = format!("{path}/Properties/LoadBalancerInfo");
        let name = balancer.and_then(|balancer| member(balancer, "ContainerName"));
        if name.and_then(Value::as_str).is_none_or(str::is_empty) {
            return wrong(&path, "it needs a ContainerName: the container that takes the traffic".to_owned());
        }
        if balancer.and_then(|balancer| member(balancer, "ContainerPort")).and_then(number).is_none() {
            return wrong(&path, "it needs a ContainerPort: a number".to_owned());
        }
    }
    match member(document, "Hooks") {
        None | Some(Value::Array(_) | Value::Null) => Ok(()),
        Some(_) => wrong("/Hooks", "a list of objects expected, each a lifecycle event with its function".to_owned()),
    }
}

/// A number, or a text that is one.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// The same value with its members as an AppSpec writes them, the first letter a capital.
fn as_in_appspec(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let key = |name: &str| name.chars().take(1).flat_map(char::to_uppercase).chain(name.chars().skip(1)).collect();
    Value::Object(members.iter().map(|(name, value)| (key(name), as_in_appspec(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        \
        taskDefinition: <TASK_DEFINITION>\n        LoadBalancerInfo: { ContainerName: api, ContainerPort: 3000 }\n        New: {b: 1.5, a: x}\n\
        Hooks:\n  - BeforeInstall: check\n  - AfterAllowTraffic: arn:aws:lambda:x:1:function:f\n";

    #[test]
    fn only_the_definition_is_put_in() {
        let content = AppSpec::read(&json!(YAML)).unwrap().content("arn:td/api:2");
        let expected = "{\"version\":0.0,\"Resources\":[{\"TargetService\":{\"Type\":\"AWS::ECS::Service\",\"Properties\":{\
            \"taskDefinition\":\"arn:td/api:2\",\"LoadBalancerInfo\":{\"ContainerName\":\"api\",\"ContainerPort\":3000},\
            \"New\":{\"b\":1.5,\"a\":\"x\"}}}}],\"Hooks\":[{\"BeforeInstall\":\"check\"},\
            {\"AfterAllowTraffic\":\"arn:aws:lambda:x:1:function:f\"}]}";
        assert_eq!(content, expected);
        assert_eq!(AppSpec::read(&json!(expected)).unwrap().content("arn:td/api:2"), expected);
        let bare = AppSpec::read(&json!(YAML)).unwrap().without_hooks().content("arn:td/api:2");
        assert_eq!(bare.strip_suffix('}'), expected.split(",\"Hooks\"").next());
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn mistakes_have_their_place() {
        let target = |properties: Value| json!({"Resources": [{"T": {"Type": TYPE, "Properties": properties}}]});
        let balancer = json!({"ContainerName": "api", "ContainerPort": 3000});
        for (given, text) in [
            (json!(7), "codedeploy.appspec: a number given"),
            (json!("version: 0.0\nResources: [a"), "codedeploy.appspec:3:1: not YAML"),
            (json!("{\"Resources\": oops}"), "codedeploy.appspec:1:15: not JSON"),
            (json!("a\nb"), "codedeploy.appspec: a text given"),
            (json!({}), "codedeploy.appspec: it has no Resources"),
            (json!({"resources": []}), "codedeploy.appspec/Resources: a list"),
            (json!({"Resources": ["x"]}), "codedeploy.appspec/Resources/0: an object"),
            (
                json!({"Resources": [{"F": {"Type": "AWS::Lambda::Function"}}]}),
                "codedeploy.appspec/Resources/0/F/Type: ",
            ),
            (json!({"Resources": [{"T": {}}]}), "codedeploy.appspec/Resources/0/T: an object with Properties"),
            (
                target(json!({})),
                "codedeploy.appspec/Resources/0/T/Properties/LoadBalancerInfo: it needs a ContainerName",
            ),
            (
                target(json!({"loadBalancerInfo": {"containerName": "api", "ContainerPort": "x"}})),
                "it needs a ContainerPort",
            ),
            (
                json!({"Hooks": {"BeforeInstall": "f"}, "Resources": [{"T": {"Properties": {"LoadBalancerInfo": balancer}}}]}),
                "codedeploy.appspec/Hooks: a list",
            ),
        ] {
            let error = AppSpec::read(&given).unwrap_err().to_string();
            assert!(error.contains(text), "{given}: {error}");
        }
    }

    #[test]
    fn an_appspec_is_derived_from_the_service() {
        let service = json!({"platformVersion": "1.4.0", "loadBalancers": [{"targetGroupArn": "g", "containerName": "api", "containerPort": 3000}],
            "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]});
        let spec = AppSpec::derive(&service).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&spec.content("td:2")).unwrap(),
            json!({"version": 0.0, "Resources": [{"TargetService": {"Type": TYPE, "Properties": {"TaskDefinition": "td:2",
                "LoadBalancerInfo": {"ContainerName": "api", "ContainerPort": 3000}, "PlatformVersion": "1.4.0",
                "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1, "Base": 0}]}}}]})
        );
        assert_eq!(spec.loses(&service), None);
        assert!(AppSpec::read(&json!(YAML)).unwrap().loses(&service).is_some());
        let plain = json!({"platformVersion": "LATEST", "loadBalancers": service["loadBalancers"]});
        let content = AppSpec::derive(&plain).unwrap().content("td:2");
        assert!(!content.contains("PlatformVersion") && !content.contains("CapacityProviderStrategy"), "{content}");
        assert!(AppSpec::derive(&json!({})).unwrap_err().contains("give `codedeploy: {appspec}`"));
    }

    #[test]
    fn the_container_of_the_traffic_must_be_there() {
        let spec = AppSpec::read(&json!(YAML)).unwrap();
        let definition = |name: &str, port: u64| json!({"containerDefinitions": [{"name": name, "portMappings": [{"containerPort": port}]}]});
        spec.check_against(&definition("api", 3000)).unwrap();
        for (definition, place) in
            [(definition("web", 3000), "ContainerName"), (definition("api", 80), "ContainerPort")]
        {
            let error = spec.check_against(&definition).unwrap_err().to_string();
            assert!(
                error.contains(&format!(
                    "codedeploy.appspec/Resources/0/TargetService/Properties/LoadBalancerInfo/{place}: "
                )),
                "{error}"
            );
        }
    }
}
