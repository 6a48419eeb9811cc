//! Decides how an AppSpec is read: JSON, or as much of YAML as an AppSpec needs; its keys in any case.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// What an AppSpec for ECS says.
#[derive(Clone, Debug)]
pub(crate) struct AppSpec {
    pub(crate) definition: String,
    pub(crate) container: String,
    pub(crate) port: i64,
    /// Lifecycle event to function.
    pub(crate) hooks: Vec<(String, String)>,
    pub(crate) network: Option<Value>,
}

/// Reads the text; the error says what is wrong with it.
pub(crate) fn read(text: &str) -> Result<AppSpec, String> {
    let document = serde_json::from_str(text).ok().or_else(|| yaml(text)).ok_or("it is neither JSON nor YAML")?;
    let resources = member(&document, "Resources").and_then(Value::as_array).ok_or("Resources is missing")?;
    let service = resources.first().and_then(Value::as_object).and_then(|one| one.values().next());
    let properties = service.and_then(|service| member(service, "Properties")).ok_or("Properties is missing")?;
    let text = |value: Option<&Value>, what: &str| {
        let text = value.and_then(Value::as_str).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or(format!("{what} is missing"))
    };
    let balancer = member(properties, "LoadBalancerInfo").ok_or("LoadBalancerInfo is missing")?;
    let port = member(balancer, "ContainerPort");
    let port = port.and_then(|port| port.as_i64().or_else(|| port.as_str()?.parse().ok()));
    let hooks = member(&document, "Hooks").and_then(Value::as_array).into_iter().flatten();
    let named = |(event, function): (&String, &Value)| Some((event.clone(), function.as_str()?.to_owned()));
    Ok(AppSpec {
        definition: text(member(properties, "TaskDefinition"), "TaskDefinition")?,
        container: text(member(balancer, "ContainerName"), "ContainerName")?,
        port: port.ok_or("ContainerPort is missing")?,
        hooks: hooks.filter_map(Value::as_object).flatten().filter_map(named).collect(),
        network: member(properties, "NetworkConfiguration").map(as_in_ecs),
    })
}

/// The same value with its keys as ECS writes them, the first letter small.
fn as_in_ecs(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let key = |name: &str| name.chars().take(1).flat_map(char::to_lowercase).chain(name.chars().skip(1)).collect();
    Value::Object(members.iter().map(|(name, value)| (key(name), as_in_ecs(value))).collect())
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn yaml(text: &str) -> Option<Value> {
    let mut events = Parser::new_from_str(text).map(|event| event.ok().map(|(event, _)| event));
    loop {
        match events.next()?? {
            Event::StreamStart | Event::DocumentStart(_) => {}
            event => return node(event, &mut events),
        }
    }
}

fn node<'a>(event: Event<'a>, events: &mut impl Iterator<Item = Option<Event<'a>>>) -> Option<Value> {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, ..) => {
            Some(text.parse::<i64>().map_or_else(|_| Value::from(text.as_ref()), Value::from))
        }
        Event::Scalar(text, ..) => Some(Value::from(text.as_ref())),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            loop {
                match events.next()?? {
                    Event::SequenceEnd => return Some(Value::Array(list)),
                    event => list.push(node(event, events)?),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut map = Map::new();
            loop {
                match events.next()?? {
                    Event::MappingEnd => return Some(Value::Object(map)),
                    Event::Scalar(key, ..) => {
                        let next = events.next()??;
                        map.insert(key.into_owned(), node(next, events)?);
                    }
                    _ => return None,
                }
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn both_forms_say_the_same() {
        let yaml = "version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        \
                    TaskDefinition: \"arn:x:2\"\n        LoadBalancerInfo: { ContainerName: web, ContainerPort: 8080 }\n\
                    Hooks:\n  - BeforeInstall: check\n";
        let json = r#"{"version":1,"resources":[{"TargetService":{"type":"AWS::ECS::Service","properties":{"taskDefinition":"arn:x:2",
            "loadBalancerInfo":{"containerName":"web","containerPort":8080}}}}],"hooks":[{"BeforeInstall":"check"}]}"#;
        for text in [yaml, json] {
            let read = read(text).expect("it is sound");
            assert_eq!((read.definition.as_str(), read.container.as_str(), read.port), ("arn:x:2", "web", 8080));
            assert_eq!(read.hooks, [("BeforeInstall".to_owned(), "check".to_owned())]);
        }
        assert_eq!(read("{}").err().as_deref(), Some("Resources is missing"));
    }
}
