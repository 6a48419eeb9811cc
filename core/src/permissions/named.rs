//! The resources that a request names: account and region, cluster, service, task definition, roles, logs, repositories.
//!
//! A resource that it does not name is `*`, and so is the rest of a text with a variable in it.

use serde_json::{Value, json};

use super::condition::at;
use crate::arn;
use crate::image::reference;
use crate::image::registry::Repository;

/// The names of a request's resources, as they stand in ARNs.
#[derive(Debug)]
pub(crate) struct Named<'a> {
    pub(crate) verb: &'a str,
    pub(crate) request: &'a Value,
    pub(crate) partition: String,
    pub(crate) region: String,
    pub(crate) account: String,
    /// `None` if the request names no cluster.
    pub(crate) cluster: Option<String>,
    pub(crate) service: String,
}

/// The roles of a request: each ARN, or `*` in their place.
pub(crate) const UNKNOWN: &str = "*";

impl<'a> Named<'a> {
    pub(crate) fn of(verb: &'a str, request: &'a Value, account: Option<&str>, region: Option<&str>) -> Self {
        let settings = unwrapped(&request["settings"]);
        let text = |place: &str| request.pointer(place).and_then(Value::as_str).map(str::to_owned);
        let of_settings = |member: &str| settings[member].as_str().map(str::to_owned);
        let record = text("/deployment").filter(|_| verb == "explain");
        let own = record.as_deref().and_then(arn::service_of_record);
        let service =
            text("/service").or_else(|| text("/express/serviceName")).or_else(|| of_settings("serviceName")).or(own);
        let named = text("/cluster").or_else(|| text("/express/cluster")).or_else(|| of_settings("cluster"));
        // A task's ARN has the form of a service's.
        let task = text("/task").filter(|_| verb == "logs");
        let within = service.as_deref().or(task.as_deref()).and_then(arn::cluster_of_service).map(str::to_owned);
        let has_default = !matches!(verb, "register" | "schedule" | "prune" | "revisions");
        let cluster = within.or(named.clone()).or_else(|| has_default.then(|| "default".to_owned()));
        let arns: Vec<String> =
            [service.clone(), named, text("/definition"), text("/to"), text("/role"), text("/family"), task]
                .into_iter()
                .flatten()
                .chain(texts_of(request))
                .collect();
        let part = |part: fn(&arn::Arn<'_>) -> String| {
            arns.iter().filter_map(|text| arn::parse(text)).map(|arn| part(&arn)).find(|part| !part.is_empty())
        };
        let region = region.map(str::to_owned).or_else(|| part(|arn| arn.region.to_owned()));
        let partition = region.as_deref().map(|region| arn::partition(region).to_owned());
        Self {
            verb,
            request,
            partition: partition.or_else(|| part(|arn| arn.partition.to_owned())).unwrap_or_else(|| "aws".to_owned()),
            region: filled(region),
            account: filled(account.map(str::to_owned).or_else(|| part(|arn| arn.account.to_owned()))),
            cluster: cluster.map(|cluster| filled(Some(arn::last(&cluster).to_owned()))),
            service: filled(service.map(|service| arn::last(&service).to_owned())),
        }
    }

    /// An ARN in the request's region and account.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition, self.region, self.account)
    }

    pub(crate) fn cluster_name(&self) -> &str {
        self.cluster.as_deref().unwrap_or(UNKNOWN)
    }

    /// The task definition as a document, if the request has it.
    pub(crate) fn document(&self) -> Option<&Value> {
        let given = &self.request["definition"];
        given.is_object().then(|| given.get("taskDefinition").filter(|inner| inner.is_object()).unwrap_or(given))
    }

    /// The family of the task definition.
    pub(crate) fn family(&self) -> String {
        let in_settings = unwrapped(&self.request["settings"])["taskDefinition"].as_str();
        let name = self.request["definition"].as_str().or(in_settings);
        let family = name.map(arn::without_revision).map(arn::last);
        let family = self.request["patch"]["family"].as_str().or(family);
        filled(family.or_else(|| self.document()?["family"].as_str()).map(str::to_owned))
    }

    /// The roles of the task definition. Those of a definition that the request does not have are not known.
    pub(crate) fn task_roles(&self) -> Vec<String> {
        let roles = |value: &Value| -> Vec<String> {
            let members = ["executionRoleArn", "taskRoleArn"].into_iter();
            members
                .filter_map(|member| value[member].as_str())
                .filter(|role| !role.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let places = ["/overrides", "/before/*/overrides", "/at_pause/*/overrides", "/after/*/overrides"];
        let overrides = places.into_iter().flat_map(|place| at(self.request, place));
        let mut all: Vec<String> = overrides.flat_map(roles).collect();
        match self.document() {
            Some(document) => {
                let (mut document, patch) = (document.clone(), &self.request["patch"]);
                if patch.is_object() {
                    json_patch::merge(&mut document, patch);
                }
                all.extend(roles(&document));
            }
            None => all.push(UNKNOWN.to_owned()),
        }
        named(all)
    }

    /// The roles in `settings`.
    pub(crate) fn settings_roles(&self) -> Vec<String> {
        named(roles(&self.request["settings"]))
    }

    /// The roles in `express`.
    pub(crate) fn express_roles(&self) -> Vec<String> {
        named(roles(&self.request["express"]))
    }

    /// The log groups of the task definition.
    pub(crate) fn log_groups(&self) -> Vec<String> {
        let of_changes = at(self.request, "/containers/*/logging/options/awslogs-group");
        let of_document = self
            .document()
            .map(|document| at(document, "/containerDefinitions/*/logConfiguration/options/awslogs-group"));
        let texts =
            |values: Vec<&Value>| values.into_iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
        let mut groups = texts(of_changes);
        groups.extend(of_document.map_or_else(|| vec![UNKNOWN.to_owned()], texts));
        named(groups)
    }

    /// The ARNs of the repositories whose images are looked at.
    pub(crate) fn repositories(&self) -> Vec<String> {
        let any = || self.arn("ecr", "repository/*");
        let given: Vec<&Value> = ["/image", "/images/*", "/containers/*/image", "/patch/containerDefinitions/*/image"]
            .into_iter()
            .flat_map(|place| at(self.request, place))
            .collect();
        let mut images: Vec<&str> = given.into_iter().filter_map(Value::as_str).collect();
        // A verb of images has none but its own.
        let is_whole = matches!(self.verb, "resolve" | "exists" | "push" | "build") || self.document().is_some();
        let of_document = self.document().map(|document| at(document, "/containerDefinitions/*/image"));
        images.extend(of_document.into_iter().flatten().filter_map(Value::as_str));
        let mut all: Vec<String> = Vec::new();
        for image in images.into_iter().filter(|image| !image.starts_with([':', '@'])) {
            if image.contains("${") {
                return vec![any()];
            }
            let repository = reference::parse(image).ok().as_ref().and_then(Repository::of);
            all.extend(
                repository.map(|of| {
                    format!("arn:{}:ecr:{}:{}:repository/{}", self.partition, of.region, of.account, of.name)
                }),
            );
        }
        if !is_whole || all.is_empty() {
            return vec![any()];
        }
        all.sort();
        all.dedup();
        all
    }

    /// A member of `codedeploy`, or the name that ECS's console gives.
    pub(crate) fn codedeploy(&self, member: &str, prefix: &str) -> String {
        let given = self.request["codedeploy"][member].as_str().map(str::to_owned);
        let short = |name: &str| name.chars().take(47).collect::<String>();
        // Of a service that has neither, CodeDeploy is asked for the one that deployed it last.
        let usual = || format!("{prefix}-{}-{}", short(self.cluster_name()), short(&self.service));
        filled(Some(given.unwrap_or_else(usual)))
    }
}

/// The texts in a request that name an account and a region: images of ECR and roles.
fn texts_of(request: &Value) -> Vec<String> {
    let places = ["/images/*", "/image", "/definition/executionRoleArn", "/definition/taskRoleArn", "/target/lambda"];
    let texts = places.into_iter().flat_map(|place| at(request, place)).filter_map(Value::as_str);
    let as_arn = |text: &str| match reference::parse(text).ok().as_ref().and_then(Repository::of) {
        Some(of) => {
            format!("arn:{}:ecr:{}:{}:repository/{}", arn::partition(&of.region), of.region, of.account, of.name)
        }
        None => text.to_owned(),
    };
    texts.map(as_arn).collect()
}

/// The settings of a service, also from the answer of DescribeServices.
pub(crate) fn unwrapped(settings: &Value) -> &Value {
    match (&settings["services"][0], &settings["service"]) {
        (one @ Value::Object(_), _) | (_, one @ Value::Object(_)) => one,
        _ => settings,
    }
}

/// The roles that a document names.
pub(crate) fn roles(value: &Value) -> Vec<String> {
    let is_role = |member: &str| member == "role" || member.ends_with("oleArn");
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(member, value)| match value {
                Value::String(text) if is_role(member) && !text.is_empty() => vec![text.clone()],
                _ => roles(value),
            })
            .collect(),
        Value::Array(list) => list.iter().flat_map(roles).collect(),
        _ => Vec::new(),
    }
}

/// Each once; `*` alone if it is among them.
fn named(names: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().map(|name| filled(Some(name))).collect();
    names.sort();
    names.dedup();
    match names.iter().any(|name| name == UNKNOWN) {
        true => vec![UNKNOWN.to_owned()],
        false => names,
    }
}

/// A name in an ARN: `*` where it is not known, or for each variable in it.
fn filled(name: Option<String>) -> String {
    let mut name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| UNKNOWN.to_owned());
    while let Some((start, rest)) = name.split_once("${") {
        let rest = rest.split_once('}').map_or("", |(_, rest)| rest);
        name = format!("{start}*{rest}");
    }
    name
}

/// A condition's operator and value for ARNs: equality where the ARN is whole.
pub(crate) fn arn_condition(key: &str, value: &str) -> Value {
    let operator = if value.contains('*') { "ArnLike" } else { "ArnEquals" };
    json!({ operator: { key: value } })
}
