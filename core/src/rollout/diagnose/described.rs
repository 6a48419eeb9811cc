//! Reads from the task definition and the service what ECS's messages only name. Either may be unknown.

use serde_json::Value;

use super::log::LogSource;
use crate::json::list;

/// The documents of AWS that explain ECS's messages.
#[derive(Clone, Copy, Default)]
pub(crate) struct Described<'a> {
    /// The task definition that is deployed.
    pub(crate) definition: Option<&'a Value>,
    /// The service as described.
    pub(crate) service: Option<&'a Value>,
}

/// A container that must start first, and the condition that it must reach.
pub(crate) struct Dependency<'a> {
    pub(crate) container: &'a str,
    pub(crate) condition: &'a str,
}

/// The bounds that a deployment configuration sets, in tasks.
pub(crate) struct Bounds {
    pub(crate) desired: u64,
    pub(crate) minimum: u64,
    pub(crate) maximum: u64,
}

impl Bounds {
    /// Tasks that must keep running.
    pub(crate) fn lower(&self) -> u64 {
        self.desired.saturating_mul(self.minimum).div_ceil(100)
    }

    /// The most tasks that may run at the same time.
    pub(crate) fn upper(&self) -> u64 {
        self.desired.saturating_mul(self.maximum) / 100
    }

    /// Whether nothing can be stopped and nothing started.
    pub(crate) fn is_stuck(&self) -> bool {
        self.lower() >= self.desired && self.upper() <= self.desired
    }
}

const NOTHING: &[Value] = &[];

impl<'a> Described<'a> {
    pub(crate) fn containers(&self) -> &'a [Value] {
        self.definition.map_or(NOTHING, |definition| list(definition, "containerDefinitions"))
    }

    pub(crate) fn container(&self, name: &str) -> Option<&'a Value> {
        self.containers().iter().find(|container| container["name"] == name)
    }

    /// The name of the only container; `None` if there are several.
    pub(crate) fn only_container(&self) -> Option<&'a str> {
        match self.containers() {
            [only] => only["name"].as_str(),
            _ => None,
        }
    }

    pub(crate) fn image(&self, container: &str) -> Option<&'a str> {
        self.container(container)?["image"].as_str()
    }

    /// The container whose image a text names. Of several with the same image, the first.
    pub(crate) fn container_by_image(&self, text: &str) -> Option<&'a str> {
        let named = |container: &&Value| container["image"].as_str().is_some_and(|image| text.contains(image));
        self.containers().iter().find(named)?["name"].as_str()
    }

    /// The images of all containers, each once.
    pub(crate) fn images(&self) -> Vec<&'a str> {
        let mut images = Vec::new();
        for image in self.containers().iter().filter_map(|container| container["image"].as_str()) {
            if !images.contains(&image) {
                images.push(image);
            }
        }
        images
    }

    /// The images that a text names.
    pub(crate) fn images_in(&self, text: &str) -> Vec<&'a str> {
        self.images().into_iter().filter(|image| text.contains(image)).collect()
    }

    /// The container that uses a secret, and the variable that it becomes.
    pub(crate) fn secret_use(&self, from: &str) -> Option<(&'a str, &'a str)> {
        self.containers().iter().find_map(|container| {
            // ECS may name the secret alone, without the JSON key and version after it.
            let is_secret = |secret: &&Value| secret["valueFrom"].as_str().is_some_and(|whole| whole.starts_with(from));
            let secret = list(container, "secrets").iter().find(is_secret)?;
            container["name"].as_str().zip(secret["name"].as_str())
        })
    }

    /// All environment files.
    pub(crate) fn environment_files(&self) -> Vec<&'a str> {
        let files = self.containers().iter().flat_map(|container| list(container, "environmentFiles"));
        files.filter_map(|file| file["value"].as_str()).collect()
    }

    /// All log groups, each once.
    pub(crate) fn log_groups(&self) -> Vec<&'a str> {
        let mut groups = Vec::new();
        for container in self.containers() {
            let group = container["logConfiguration"]["options"]["awslogs-group"].as_str();
            groups.extend(group.filter(|group| !groups.contains(group)));
        }
        groups
    }

    /// Whether the task ends with the container. An unknown container is essential, as is ECS's default.
    pub(crate) fn is_essential(&self, container: &str) -> bool {
        self.container(container).is_none_or(|container| container["essential"] != false)
    }

    /// How long the container may take from SIGTERM to its end, in seconds.
    pub(crate) fn stop_timeout(&self, container: &str) -> f64 {
        self.container(container).and_then(|container| container["stopTimeout"].as_f64()).unwrap_or(30.0)
    }

    pub(crate) fn dependencies(&self, container: &str) -> Vec<Dependency<'a>> {
        let all = self.container(container).map_or(NOTHING, |container| list(container, "dependsOn"));
        let dependency = |one: &'a Value| {
            let container = one["containerName"].as_str()?;
            Some(Dependency { container, condition: one["condition"].as_str().unwrap_or("START") })
        };
        all.iter().filter_map(dependency).collect()
    }

    /// The memory that the container may use, in MiB: its own limit, or the task's.
    pub(crate) fn memory(&self, container: &str) -> Option<String> {
        let own = self.container(container).and_then(|container| whole(&container["memory"]));
        own.or_else(|| whole(&self.definition?["memory"]))
    }

    /// The command of a container's health check, as one line.
    pub(crate) fn health_check(&self, container: &str) -> Option<String> {
        let command = list(&self.container(container)?["healthCheck"], "command");
        let words: Vec<&str> = command.iter().filter_map(Value::as_str).collect();
        (words.len() > 1).then(|| words[1..].join(" "))
    }

    /// The only container with a health check; `None` if there are several.
    pub(crate) fn only_checked(&self) -> Option<&'a str> {
        let mut checked = self.containers().iter().filter(|container| !container["healthCheck"].is_null());
        let first = checked.next()?;
        if checked.next().is_some() { None } else { first["name"].as_str() }
    }

    /// The platform that the images must be for, as `os/architecture`.
    pub(crate) fn platform(&self) -> Option<String> {
        let platform = &self.definition?["runtimePlatform"];
        let os = platform["operatingSystemFamily"].as_str().unwrap_or("LINUX");
        let os = if os.starts_with("WINDOWS") { "windows" } else { "linux" };
        let architecture = match platform["cpuArchitecture"].as_str() {
            Some("ARM64") => "arm64",
            _ => "amd64",
        };
        Some(format!("{os}/{architecture}"))
    }

    /// Where the container's log goes, if it is readable.
    pub(crate) fn log(&self, container: &str) -> Option<LogSource<'a>> {
        LogSource::of(&self.container(container)?["logConfiguration"])
    }

    /// The target groups that the service's tasks are registered in.
    pub(crate) fn target_groups(&self) -> Vec<&'a str> {
        let mut groups = Vec::new();
        for balancer in self.balancers() {
            let all = [&balancer["targetGroupArn"], &balancer["advancedConfiguration"]["alternateTargetGroupArn"]];
            for group in all.into_iter().filter_map(Value::as_str) {
                if !groups.contains(&group) {
                    groups.push(group);
                }
            }
        }
        groups
    }

    /// The container and the port behind a target group (ARN) or a Classic load balancer (name).
    pub(crate) fn behind(&self, group: &str) -> Option<(&'a str, Option<u64>)> {
        let is_balancer = |balancer: &&Value| {
            let names = ["/targetGroupArn", "/loadBalancerName", "/advancedConfiguration/alternateTargetGroupArn"];
            names.iter().any(|name| balancer.pointer(name).is_some_and(|value| value == group))
        };
        let balancer = self.balancers().find(is_balancer)?;
        Some((balancer["containerName"].as_str()?, balancer["containerPort"].as_u64()))
    }

    fn balancers(&self) -> impl Iterator<Item = &'a Value> {
        let own = self.service.map_or(NOTHING, |service| list(service, "loadBalancers"));
        let sets = self.service.map_or(NOTHING, |service| list(service, "taskSets"));
        own.iter().chain(sets.iter().flat_map(|set| list(set, "loadBalancers")))
    }

    /// How many tasks may and must run during a deployment; `None` if AWS does not show it.
    pub(crate) fn bounds(&self) -> Option<Bounds> {
        let service = self.service?;
        let configuration = &service["deploymentConfiguration"];
        Some(Bounds {
            desired: service["desiredCount"].as_u64()?,
            minimum: configuration["minimumHealthyPercent"].as_u64()?,
            maximum: configuration["maximumPercent"].as_u64()?,
        })
    }
}

/// A number that AWS writes as a number or as text.
fn whole(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_configuration_is_stuck_when_nothing_may_stop_and_nothing_start() {
        for (desired, minimum, maximum, bounds, stuck) in [
            (4, 50, 200, (2, 8), false),
            (4, 100, 125, (4, 5), false),
            (3, 100, 125, (3, 3), true),
            (2, 75, 100, (2, 2), true),
            (2, 50, 100, (1, 2), false),
            (1, 100, 100, (1, 1), true),
            (1, 0, 100, (0, 1), false),
        ] {
            let found = Bounds { desired, minimum, maximum };
            assert_eq!((found.lower(), found.upper()), bounds, "{desired} {minimum}/{maximum}");
            assert_eq!(found.is_stuck(), stuck, "{desired} {minimum}/{maximum}");
        }
    }

    #[test]
    fn things_are_found_by_what_ecs_names() {
        let definition = json!({"memory": "512", "runtimePlatform": {"cpuArchitecture": "ARM64"}, "containerDefinitions": [
            {"name": "api", "image": "r/api:2", "secrets": [{"name": "DB", "valueFrom": "arn:aws:secretsmanager:r:1:secret:db:url::"}],
             "dependsOn": [{"containerName": "redis", "condition": "HEALTHY"}], "logConfiguration": {"options": {"awslogs-group": "/a"}}},
            {"name": "redis", "essential": false, "memory": 64, "healthCheck": {"command": ["CMD-SHELL", "redis-cli ping"]}}]});
        let service = json!({"loadBalancers": [{"targetGroupArn": "tg", "containerName": "api", "containerPort": 80}]});
        let documents = Described { definition: Some(&definition), service: Some(&service) };
        assert_eq!(documents.secret_use("arn:aws:secretsmanager:r:1:secret:db"), Some(("api", "DB")));
        assert_eq!(documents.container_by_image("pull r/api:2: x"), Some("api"));
        assert_eq!(
            (documents.memory("api"), documents.memory("redis")),
            (Some("512".to_owned()), Some("64".to_owned()))
        );
        assert_eq!(documents.platform().as_deref(), Some("linux/arm64"));
        assert_eq!(documents.health_check("redis").as_deref(), Some("redis-cli ping"));
        assert_eq!(documents.only_checked(), Some("redis"));
        assert_eq!(documents.behind("tg"), Some(("api", Some(80))));
        assert_eq!((documents.target_groups(), documents.log_groups()), (vec!["tg"], vec!["/a"]));
        assert!(documents.is_essential("api") && !documents.is_essential("redis") && documents.is_essential("unknown"));
    }
}
