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
    /// The overrides of one-off tasks: each place in the request, and the document.
    pub(crate) overrides: Vec<(String, Value)>,
}

/// All references, in the order of the documents.
pub(crate) fn references(definition: &Value, place: &Place<'_>) -> Vec<Reference> {
    let mut found = Found::default();
    found.roles_of_tasks("", definition);
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
    for (path, overrides) in &place.overrides {
        found.roles_of_tasks(path, overrides);
    }
    found.references
}

#[derive(Default)]
struct Found {
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

    fn roles_of_tasks(&mut self, path: &str, document: &Value) {
        for member in ["executionRoleArn", "taskRoleArn"] {
            self.role(format!("{path}/{member}"), word(document, member), TASKS);
        }
    }

    fn container(&mut self, path: &str, container: &Value) {
        for (at, secret) in list(container, "secrets").iter().enumerate() {
            self.secret(format!("{path}/secrets/{at}/valueFrom"), word(secret, "valueFrom"));
        }
        if let Some(id) = word(&container["repositoryCredentials"], "credentialsParameter") {
            self.add(format!("{path}/repositoryCredentials/credentialsParameter"), of_secrets_manager(id));
        }
        self.logs(&format!("{path}/logConfiguration"), &container["logConfiguration"]);
        for (at, file) in list(container, "environmentFiles").iter().enumerate() {
            self.file(format!("{path}/environmentFiles/{at}/value"), word(file, "value"));
        }
        let lens = &container["firelensConfiguration"]["options"];
        if word(lens, "config-file-type") == Some("s3") {
            self.file(
                format!("{path}/firelensConfiguration/options/config-file-value"),
                word(lens, "config-file-value"),
            );
        }
        for (at, specification) in list(container, "credentialSpecs").iter().enumerate() {
            // `credentialspec:ARN` or `credentialspecdomainless:ARN`.
            let from = specification.as_str().and_then(|text| text.split_once(':')).map(|(_, arn)| arn);
            let path = format!("{path}/credentialSpecs/{at}");
            match from.and_then(arn::parse).map(|arn| arn.service) {
                Some("s3") => self.file(path, from),
                Some("ssm") => self.secret(path, from),
                _ => {}
            }
        }
    }

    fn logs(&mut self, path: &str, logs: &Value) {
        for (at, secret) in list(logs, "secretOptions").iter().enumerate() {
            self.secret(format!("{path}/secretOptions/{at}/valueFrom"), word(secret, "valueFrom"));
        }
        if let (Some("awslogs"), Some(name)) = (word(logs, "logDriver"), word(&logs["options"], "awslogs-group")) {
            let region = word(&logs["options"], "awslogs-region").map(str::to_owned);
            let is_created = word(&logs["options"], "awslogs-create-group") == Some("true");
            let target = Target::LogGroup { name: name.to_owned(), region, is_created };
            self.add(format!("{path}/options/awslogs-group"), target);
        }
    }

    /// An object of S3, by its ARN. One that is malformed is a finding of its own.
    fn file(&mut self, path: String, from: Option<&str>) {
        let object = from.and_then(arn::parse).filter(|arn| arn.service == "s3");
        let object = object.and_then(|arn| arn.resource.split_once('/')).filter(|(_, key)| !key.is_empty());
        if let Some((bucket, key)) = object {
            self.add(path, Target::File { bucket: bucket.to_owned(), key: key.to_owned() });
        }
    }

    /// A secret of a container: Secrets Manager's by its ARN, anything else is a parameter of SSM.
    fn secret(&mut self, path: String, from: Option<&str>) {
        let Some(from) = from.filter(|from| !from.is_empty()) else { return };
        let target = match arn::parse(from) {
            Some(arn) if arn.service == "secretsmanager" => of_secrets_manager(from),
            Some(arn) if arn.service == "ssm" => {
                let Some(name) = arn.resource.strip_prefix("parameter/") else { return };
                let (name, selector) = selected(name);
                let names = match name.contains('/') {
                    true => vec![format!("/{name}")],
                    // The ARN of `/a` and of `a` is the same.
                    false => vec![name.to_owned(), format!("/{name}")],
                };
                let account = Some(arn.account.to_owned()).filter(|account| !account.is_empty());
                Target::Parameter { names, region: Some(arn.region.to_owned()), account, selector }
            }
            Some(_) => return,
            None => {
                let (name, selector) = selected(from);
                Target::Parameter { names: vec![name.to_owned()], region: None, account: None, selector }
            }
        };
        self.add(path, target);
    }

    fn volume(&mut self, path: &str, volume: &Value) {
        let windows = &volume["fsxWindowsFileServerVolumeConfiguration"]["authorizationConfig"];
        let credentials = "fsxWindowsFileServerVolumeConfiguration/authorizationConfig/credentialsParameter";
        self.secret(format!("{path}/{credentials}"), word(windows, "credentialsParameter"));
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
        let service = &place.service;
        self.balancers(definition, place);
        for (at, one) in list(service, "capacityProviderStrategy").iter().enumerate() {
            if let Some(name) = word(one, "capacityProvider") {
                let target = Target::CapacityProvider { cluster: place.cluster.to_owned(), name: name.to_owned() };
                self.add(format!("/service/capacityProviderStrategy/{at}/capacityProvider"), target);
            }
        }
        for (at, volume) in list(service, "volumeConfigurations").iter().enumerate() {
            let role = word(&volume["managedEBSVolume"], "roleArn");
            self.role(format!("/service/volumeConfigurations/{at}/managedEBSVolume/roleArn"), role, ECS);
        }
        for (at, lattice) in list(service, "vpcLatticeConfigurations").iter().enumerate() {
            self.role(format!("/service/vpcLatticeConfigurations/{at}/roleArn"), word(lattice, "roleArn"), ECS);
        }
        for (at, hook) in list(&service["deploymentConfiguration"], "lifecycleHooks").iter().enumerate() {
            let path = format!("/service/deploymentConfiguration/lifecycleHooks/{at}/roleArn");
            self.role(path, word(hook, "roleArn"), ECS);
        }
        let connect = &service["serviceConnectConfiguration"];
        self.logs("/service/serviceConnectConfiguration/logConfiguration", &connect["logConfiguration"]);
        for (at, one) in list(connect, "services").iter().enumerate() {
            let path = format!("/service/serviceConnectConfiguration/services/{at}/tls/roleArn");
            self.role(path, word(&one["tls"], "roleArn"), ECS);
        }
    }

    fn balancers(&mut self, definition: &Value, place: &Place<'_>) {
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
                let target = Target::Group { arn: arn.to_owned(), kind, ports: ports.clone(), is_new };
                self.add(format!("{path}/{member}"), target);
            }
            self.role(format!("{path}/advancedConfiguration/roleArn"), word(advanced, "roleArn"), ECS);
        }
    }
}

/// A parameter's name, and the version or label after it.
fn selected(name: &str) -> (&str, Option<String>) {
    match name.split_once(':') {
        Some((name, selector)) => (name, Some(selector.to_owned()).filter(|selector| !selector.is_empty())),
        None => (name, None),
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
