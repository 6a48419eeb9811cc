//! Where the lines of containers go, and why those of some cannot be read. Pure.

use serde_json::Value;

use crate::json::{list, text};
use crate::rollout::diagnose::log::LogSource;

/// The log of a container, as its logConfiguration tells.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source<'a> {
    /// CloudWatch, by the driver awslogs.
    Cloudwatch(LogSource<'a>),
    /// Another place: why its lines cannot be read from here.
    Elsewhere(String),
}

/// Where the lines of a container of a task definition go.
pub(crate) fn source(container: &Value) -> Source<'_> {
    let configuration = &container["logConfiguration"];
    if let Some(source) = LogSource::of(configuration) {
        return Source::Cloudwatch(source);
    }
    let option = |name: &str| configuration["options"][name].as_str().filter(|value| !value.is_empty());
    Source::Elsewhere(match configuration["logDriver"].as_str() {
        None => "has no logConfiguration: nothing keeps its lines".to_owned(),
        Some("awslogs") => "has the driver awslogs without awslogs-group: nothing can be read".to_owned(),
        Some("awsfirelens") => {
            let to = option("Name").or_else(|| option("@type")).map(|name| format!(" to {name}")).unwrap_or_default();
            let group = option("log_group_name").map(|group| format!(", log group {group}")).unwrap_or_default();
            format!("sends its lines through FireLens{to}{group}: they are read there, and not by task from here")
        }
        Some(driver) => format!("has the log driver {driver}: CloudWatch has none of its lines"),
    })
}

/// The containers of a task definition, by name, with where their lines go. `only`: that container alone.
pub(crate) fn sources<'a>(definition: &'a Value, only: Option<&str>) -> Vec<(String, Source<'a>)> {
    let containers = list(definition, "containerDefinitions").iter();
    let wanted = containers.filter(|container| only.is_none_or(|only| container["name"] == only));
    wanted.map(|container| (text(container, "name"), source(container))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_read_says_where_it_goes() {
        let fire = |options: Value| json!({"logDriver": "awsfirelens", "options": options});
        for (configuration, expected) in [
            (Value::Null, "no logConfiguration"),
            (json!({"logDriver": "awslogs", "options": {}}), "without awslogs-group"),
            (
                fire(json!({"Name": "cloudwatch_logs", "log_group_name": "/a"})),
                "FireLens to cloudwatch_logs, log group /a:",
            ),
            (fire(json!({"@type": "splunk_hec"})), "FireLens to splunk_hec:"),
            (fire(Value::Null), "through FireLens: "),
            (json!({"logDriver": "splunk"}), "the log driver splunk"),
        ] {
            let container = json!({"name": "api", "logConfiguration": configuration});
            match source(&container) {
                Source::Elsewhere(text) => assert!(text.contains(expected), "{text}"),
                source => panic!("{configuration}: {source:?}"),
            }
        }
        let options = json!({"awslogs-group": "/a", "awslogs-stream-prefix": "ecs"});
        let definition = json!({"containerDefinitions": [
            {"name": "api", "logConfiguration": {"logDriver": "awslogs", "options": options}}, {"name": "redis"}]});
        let found = sources(&definition, Some("api"));
        assert!(matches!(&found[..], [(name, Source::Cloudwatch(_))] if name == "api"), "{found:?}");
        assert_eq!(sources(&definition, None).len(), 2);
    }
}
