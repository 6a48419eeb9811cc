//! Finds the references in a task definition and a service. Pure.

use serde_json::Value;

use super::{Reference, Target};
use crate::arn;
use crate::json::{list, word};

const TASKS: &str = "ecs-tasks.amazonaws.com";
/// Who assumes the infrastructure roles of a service.
const ECS: &str = "ecs.amazonaws.com";

/// Where a document is to be used.
#[derive(Debug, Default)]
pub(crate) struct Place<'a> {
    pub(crate) cluster: &'a str,
    /// Whether the cluster itself is looked up.
    pub(crate) looks_for_cluster: bool,
    /// The service as it is to be; null where there is none.
    pub(crate) service: Value,
    /// Members of the service that the request sets.
    pub(crate) settings: Vec<String>,
}

/// All references, in the order of the documents.
pub(crate) fn references(definition: &Value, place: &Place<'_>) -> Vec<Reference> {
    let mut found = Found { account: own_account(definition), ..Found::default() };
    for member in ["executionRoleArn", "taskRoleArn"] {
        found.role(format!("/{member}"), word(definition, member), TASKS);
    }
    for (at, container) in list(definition, "containerDefinitions").iter().enumerate() {
        found.container(&format!("/containerDefinitions/{at}"), container);
    }
    for (at, volume) in list(definition, "volumes").iter().enumerate() {
        found.volume(&format!("/volumes/{at}"), volume);
    }
    if place.looks_for_cluster {
        found.add("/service/cluster".to_owned(), Target::Cluster { cluster: place.cluster.to_owned() });
    }
    if place.service.is_object() {
        found.service(definition, place);
    }
    found.references
}

/// The account that a definition is of: ECS takes no role of another.
fn own_account(definition: &Value) -> Option<String> {
    let roles = ["executionRoleArn", "taskRoleArn"].into_iter().filter_map(|member| word(definition, member));
    roles.filter_map(arn::account).next().map(str::to_owned)
}

#[derive(Default)]
struct Found {
    /// The account of the definition, where it tells it.
    account: Option<String>,
    references: Vec<Reference>,
}

impl Found {
    fn add(&mut self, path: String, target: Target) {
        self.references.push(Reference { path, target });
    }

    fn role(&mut self, path: String, role: Option<&str>, principal: &'static str) {
        // What is malformed is a finding of its own.
        if let Some(role) = role.filter(|role| !role.is_empty() && !role.contains(char::is_whitespace)) {
            self.add(path, Target::Role { role: role.to_owned(), principal });
        }
    }

    fn container(&mut self, path: &str, container: &Value) {
        for (at, secret) in list(container, "secrets").iter().enumerate() {
            self.secret(format!("{path}/secrets/{at}/valueFrom"), word(secret, "valueFrom"));
        }
        let logs = &container["logConfiguration"];
        for (at, secret) in list(logs, "secretOptions").iter().enumerate() {
            self.secret(format!("{path}/logConfiguration/secretOptions/{at}/valueFrom"), word(secret, "valueFrom"));
        }
        if let Some(id) = word(&container["repositoryCredentials"], "credentialsParameter") {
            self.add(format!("{path}/repositoryCredentials/credentialsParameter"), of_secrets_manager(id));
        }
        if let (Some("awslogs"), Some(name)) = (word(logs, "logDriver"), word(&logs["options"], "awslogs-group")) {
            let region = word(&logs["options"], "awslogs-region").map(str::to_owned);
            let is_created = word(&logs["options"], "awslogs-create-group") == Some("true");
            let target = Target::LogGroup { name: name.to_owned(), region, is_created };
            self.add(format!("{path}/logConfiguration/options/awslogs-group"), target);
        }
        for (at, file) in list(container, "environmentFiles").iter().enumerate() {
            let object = word(file, "value").and_then(arn::parse).filter(|arn| arn.service == "s3");
            let object = object.and_then(|arn| arn.resource.split_once('/')).filter(|(_, key)| !key.is_empty());
            if let Some((bucket, key)) = object {
                let target = Target::File { bucket: bucket.to_owned(), key: key.to_owned() };
                self.add(format!("{path}/environmentFiles/{at}/value"), target);
            }
        }
    }

    /// A secret of a container: Secrets Manager's by its ARN, anything else is a parameter of SSM.
    fn secret(&mut self, path: String, from: Option<&str>) {
        let Some(from) = from.filter(|from| !from.is_empty()) else { return };
        let target = match arn::parse(from) {
            Some(arn) if arn.service == "secretsmanager" => of_secrets_manager(from),
            Some(arn) if arn.service == "ssm" => {
                let Some(name) = arn.resource.strip_prefix("parameter/") else { return };
                let is_shared = self.account.as_deref().is_some_and(|account| account != arn.account);
                let names = match name.contains('/') {
                    // One that another account shares is known by its ARN alone.
                    _ if is_shared => vec![from.to_owned()],
                    // The ARN of `/a` and of `a` is the same.
                    true => vec![format!("/{name}")],
                    false => vec![name.to_owned(), format!("/{name}")],
                };
                Target::Parameter { names, region: Some(arn.region.to_owned()) }
            }
            Some(_) => return,
            None => Target::Parameter { names: vec![from.to_owned()], region: None },
        };
        self.add(path, target);
    }

    fn volume(&mut self, path: &str, volume: &Value) {
        let file_system = &volume["efsVolumeConfiguration"];
        let Some(id) = word(file_system, "fileSystemId") else { return };
        let path = format!("{path}/efsVolumeConfiguration");
        self.add(format!("{path}/fileSystemId"), Target::FileSystem { id: id.to_owned() });
        if let Some(point) = word(&file_system["authorizationConfig"], "accessPointId") {
            let target = Target::AccessPoint { id: point.to_owned(), file_system: id.to_owned() };
            self.add(format!("{path}/authorizationConfig/accessPointId"), target);
        }
    }

    fn service(&mut self, definition: &Value, place: &Place<'_>) {
        // Tasks with an interface of their own are targets by its address.
        let kind = if word(definition, "networkMode") == Some("awsvpc") { "ip" } else { "instance" };
        let mapped = list(definition, "containerDefinitions").iter().flat_map(|one| list(one, "portMappings"));
        let ports: Vec<u64> = mapped.filter_map(|port| port["containerPort"].as_u64()).collect();
        let is_new = place.settings.iter().any(|member| member == "loadBalancers");
        for (at, balancer) in list(&place.service, "loadBalancers").iter().enumerate() {
            let path = format!("/service/loadBalancers/{at}");
            let advanced = &balancer["advancedConfiguration"];
            let groups = [
                ("targetGroupArn", word(balancer, "targetGroupArn")),
                ("advancedConfiguration/alternateTargetGroupArn", word(advanced, "alternateTargetGroupArn")),
            ];
            for (member, arn) in groups {
                let Some(arn) = arn.filter(|arn| arn::parse(arn).is_some()) else { continue };
                let target = Target::TargetGroup { arn: arn.to_owned(), kind, ports: ports.clone(), is_new };
                self.add(format!("{path}/{member}"), target);
            }
            self.role(format!("{path}/advancedConfiguration/roleArn"), word(advanced, "roleArn"), ECS);
        }
        for (at, one) in list(&place.service, "capacityProviderStrategy").iter().enumerate() {
            if let Some(name) = word(one, "capacityProvider") {
                let target = Target::CapacityProvider { cluster: place.cluster.to_owned(), name: name.to_owned() };
                self.add(format!("/service/capacityProviderStrategy/{at}/capacityProvider"), target);
            }
        }
        for (at, volume) in list(&place.service, "volumeConfigurations").iter().enumerate() {
            let role = word(&volume["managedEBSVolume"], "roleArn");
            self.role(format!("/service/volumeConfigurations/{at}/managedEBSVolume/roleArn"), role, ECS);
        }
    }
}

/// A secret by its name or ARN. An ARN may go on after the name: `:json-key:version-stage:version-id`.
fn of_secrets_manager(from: &str) -> Target {
    let Some(arn) = arn::parse(from) else {
        return Target::Secret { id: from.to_owned(), region: None, stage: None, version: None };
    };
    let parts: Vec<&str> = from.split(':').collect();
    let part = |at: usize| parts.get(at).filter(|part| !part.is_empty()).map(|part| (*part).to_owned());
    let id = parts[..parts.len().min(7)].join(":");
    Target::Secret { id, region: Some(arn.region.to_owned()), stage: part(8), version: part(9) }
}

#[cfg(test)]
mod tests;
