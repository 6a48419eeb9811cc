//! Splits the document of a service into what each operation of ECS takes.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::arn::last;
use crate::definition::schema::{EXPRESS, Field, SERVICE};
use crate::definition::validate::settings::Settings;
use crate::error::Error;
use crate::error::finding::Level;
use crate::options::define::moved;
use crate::types::deployment::check::is_described;
use crate::types::deployment::{Definition, Deployment, Unknown};
use crate::types::service::Service;

/// Members of CreateExpressGatewayService and UpdateExpressGatewayService that a task definition has.
pub(crate) const OF_DEFINITION: [&str; 6] =
    ["primaryContainer", "executionRoleArn", "taskRoleArn", "cpu", "memory", "cpuArchitecture"];

/// Options of `service` that `deploy` does not have.
#[derive(Clone, Default)]
pub(crate) struct ServiceSpec {
    /// Members that CreateService alone takes.
    pub(crate) fixed: Map<String, Value>,
    /// `desiredCount` of the document.
    pub(crate) desired: Option<u32>,
    /// Tags in the request, by key.
    pub(crate) tags: IndexMap<String, String>,
    /// The idempotency token of CreateService.
    pub(crate) token: String,
    pub(crate) plan: bool,
    /// Members of CreateExpressGatewayService: ECS is to manage the service whole.
    pub(crate) express: Option<Map<String, Value>>,
}

impl Service {
    /// The options that `deploy` has, and the others.
    pub(crate) fn split(self) -> Result<(Deployment, ServiceSpec), Error> {
        if self.express.is_some() {
            return self.split_express();
        }
        let mut settings = one_described(self.settings)?;
        settings.retain(|_, value| !value.is_null());
        let mut text = |member: &str| take_text(&mut settings, "settings", member);
        // CreateService and UpdateService name it differently: a document made for either will do.
        let named = same("serviceName", text("serviceName")?, "settings.service", text("service")?)?;
        let service = same("service", self.service, "settings.serviceName", named)?;
        let service = same("service", service, "settings.serviceArn", text("serviceArn")?)?;
        let cluster = same("cluster", self.cluster, "settings.cluster", text("cluster")?)?;
        let cluster = same("cluster", cluster, "settings.clusterArn", text("clusterArn")?)?;
        let definition = same_definition(self.definition, text("taskDefinition")?)?;
        let token = text("clientToken")?.unwrap_or_else(token);
        // Members that ECS only returns: no operation accepts them.
        settings.retain(|member, _| !is_described(member));
        let desired = take_count(&mut settings)?;
        if let (Some(option), Some(member)) = (self.desired, desired)
            && option != member
        {
            return Err(differ("desired", "settings.desiredCount"));
        }
        let tags = take_tags(&mut settings, "settings")?;
        let take = |field: &Field| Some((field.name.to_owned(), settings.shift_remove(field.name)?));
        let fixed: Map<String, Value> =
            SERVICE.fields().iter().filter(|field| field.is_immutable).filter_map(take).collect();
        let wrong = Settings::Service.findings(&fixed, "settings").into_iter();
        // What only a new service takes has no form without it: an empty one is no way to omit it.
        if let Some(first) = wrong.into_iter().find(|finding| finding.level == Level::Error || finding.rule == "empty")
        {
            let text = match first.rule.as_str() {
                "empty" => "empty, and only a new service takes it: give it a value, or remove it".to_owned(),
                _ => format!("{}; {}", first.text, first.advice),
            };
            return Err(Error::invalid(first.path, text));
        }
        let has_strategy =
            settings.get("capacityProviderStrategy").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
        if has_strategy && fixed.contains_key("launchType") {
            let text = "it and capacityProviderStrategy exclude each other: remove one of the two";
            return Err(Error::invalid("settings.launchType", text));
        }
        let is_daemon = fixed.get("schedulingStrategy").is_some_and(|strategy| strategy == "DAEMON");
        for (place, count) in [("settings.desiredCount", desired), ("desired", self.desired)] {
            if is_daemon && count.is_some() {
                return Err(Error::invalid(place, "a DAEMON runs one task on each instance: omit it"));
            }
        }
        let service = service.ok_or_else(|| {
            Error::invalid("service", "no service is named: give `service`, or serviceName in `settings`")
        })?;
        let deployment = moved!(self => Deployment {
            images, containers, patch, variables, desired, force, pin, require, verify, wait, timeout, unknown, recover, failures, codedeploy,
            before, unset;
            ..Deployment { definition, settings, ..Deployment::new(cluster.unwrap_or_else(|| "default".to_owned()), service) }
        });
        deployment.check()?;
        Ok((deployment, ServiceSpec { fixed, desired, tags, token, plan: self.plan, express: None }))
    }
}

impl Service {
    /// The same for a service that ECS is to manage whole.
    fn split_express(self) -> Result<(Deployment, ServiceSpec), Error> {
        self.refuse_beside_express()?;
        let mut express = self.express.unwrap_or_default();
        express.retain(|_, value| !value.is_null());
        check_express(&express, self.unknown)?;
        let mut text = |member: &str| take_text(&mut express, "express", member);
        let service = same("service", self.service, "express.serviceName", text("serviceName")?)?;
        let cluster = same("cluster", self.cluster, "express.cluster", text("cluster")?)?;
        let named = text("taskDefinitionArn")?.map(Definition::Name);
        if named.is_some() && self.definition.is_some() {
            return Err(Error::invalid("definition", "express.taskDefinitionArn says the same: give one of the two"));
        }
        let definition = self.definition.or(named);
        if let (Some(_), Some(member)) =
            (&definition, OF_DEFINITION.iter().find(|member| express.contains_key(**member)))
        {
            let text = "the task definition says that, and ECS takes only one of the two: give it there, or leave `definition` away";
            return Err(Error::invalid(format!("express.{member}"), text));
        }
        let tags = take_tags(&mut express, "express")?;
        let service = service.ok_or_else(|| {
            Error::invalid("service", "no service is named: give `service`, or serviceName in `express`")
        })?;
        let deployment = moved!(self => Deployment {
            images, containers, patch, variables, force, pin, verify, wait, timeout, unknown, recover, failures, before, unset;
            ..Deployment { definition, ..Deployment::new(cluster.unwrap_or_else(|| "default".to_owned()), service) }
        });
        deployment.check()?;
        Ok((deployment, ServiceSpec { tags, plan: self.plan, express: Some(express), ..ServiceSpec::default() }))
    }

    fn refuse_beside_express(&self) -> Result<(), Error> {
        let whole = "ECS manages an Express service whole: leave it away, or `express` for a service of your own";
        let scaled = "an Express service is scaled by load: give the range as `scalingTarget: {minTaskCount, maxTaskCount}` of `express`";
        let beside = [
            ("settings", !self.settings.is_empty(), whole),
            ("desired", self.desired.is_some(), scaled),
            ("codedeploy", self.codedeploy.is_some(), whole),
        ];
        match beside.into_iter().find(|(_, is_given, _)| *is_given) {
            Some((option, _, text)) => Err(Error::invalid(option, text)),
            None => Ok(()),
        }
    }
}

/// Refuses members that ECS does not take, or not with such a value.
fn check_express(express: &Map<String, Value>, unknown: Unknown) -> Result<(), Error> {
    if let Some(member) = express.keys().find(|member| EXPRESS.is_read_only(member)) {
        let text = "is an output of ECS, and no operation accepts it: remove it. What is described is not to be sent back: ECS adds its own \
                    security group";
        return Err(Error::invalid(format!("express.{member}"), text));
    }
    let mut findings = Settings::Express.findings(express, "express").into_iter();
    match findings.find(|finding| finding.level == Level::Error && unknown != Unknown::Allow) {
        Some(first) => Err(Error::invalid(first.path, format!("{}; {}", first.text, first.advice))),
        None => Ok(()),
    }
}

/// The settings. Of a whole response of DescribeServices, those of its only service.
fn one_described(mut settings: Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let Some(Value::Array(mut services)) = settings.shift_remove("services") else { return Ok(settings) };
    if let Some(beside) = settings.keys().find(|member| !matches!(member.as_str(), "failures" | "ResponseMetadata")) {
        let text = "it stands beside `services`, the answer of describe-services: give the service alone, with it";
        return Err(Error::invalid(format!("settings.{beside}"), text));
    }
    match (services.pop(), services.len()) {
        (Some(Value::Object(service)), 0) => Ok(service),
        (Some(_), 0) => {
            Err(Error::invalid("settings.services[0]", "an object expected: the service as ECS describes it"))
        }
        (last, others) => {
            let count = others + usize::from(last.is_some());
            let text =
                format!("this is an answer of describe-services with {count} services: give one of them as `settings`");
            Err(Error::invalid("settings.services", text))
        }
    }
}

fn differ(option: &str, member: &str) -> Error {
    Error::invalid(option, format!("differs from {member}: give one of the two, or the same in both"))
}

fn same(option: &str, given: Option<String>, member: &str, set: Option<String>) -> Result<Option<String>, Error> {
    match (given, set) {
        // A name and the ARN of it are the same.
        (Some(given), Some(set)) if last(&given) != last(&set) => Err(differ(option, member)),
        (given, set) => Ok(given.or(set)),
    }
}

fn same_definition(given: Option<Definition>, named: Option<String>) -> Result<Option<Definition>, Error> {
    match (given, named) {
        (given, None) => Ok(given),
        (None, Some(name)) => Ok(Some(Definition::Name(name))),
        (Some(Definition::Name(given)), Some(name)) if given == name => Ok(Some(Definition::Name(name))),
        // A whole document is a revision of the family that the settings name.
        (Some(Definition::Document(document)), Some(name))
            if document.get("family").and_then(Value::as_str) == Some(&name) =>
        {
            Ok(Some(Definition::Document(document)))
        }
        _ => Err(differ("definition", "settings.taskDefinition")),
    }
}

fn take_text(settings: &mut Map<String, Value>, option: &str, member: &str) -> Result<Option<String>, Error> {
    match settings.shift_remove(member) {
        None => Ok(None),
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text)),
        Some(_) => Err(Error::invalid(format!("{option}.{member}"), "a text expected that is not empty")),
    }
}

fn take_count(settings: &mut Map<String, Value>) -> Result<Option<u32>, Error> {
    let Some(count) = settings.shift_remove("desiredCount") else { return Ok(None) };
    let count = count.as_u64().and_then(|count| u32::try_from(count).ok());
    let wrong = || Error::invalid("settings.desiredCount", "a whole number of 0 or more expected");
    count.ok_or_else(wrong).map(Some)
}

/// Tags by key. A value that is not given is an empty one, as AWS takes it.
fn take_tags(settings: &mut Map<String, Value>, option: &str) -> Result<IndexMap<String, String>, Error> {
    let wrong = |at: usize, text: &str| Err(Error::invalid(format!("{option}.tags[{at}]"), text));
    let mut tags = IndexMap::new();
    // AWS returns its own tags, and no caller can set them.
    let is_described = settings.contains_key("serviceArn");
    let Some(given) = settings.shift_remove("tags") else { return Ok(tags) };
    let Value::Array(given) = given else {
        return Err(Error::invalid(format!("{option}.tags"), "a list of objects with key and value expected"));
    };
    for (at, tag) in given.iter().enumerate() {
        let value = tag.get("value").filter(|value| !value.is_null());
        let (Some(key), Some(value)) = (tag["key"].as_str(), value.map_or(Some(""), Value::as_str)) else {
            return wrong(at, "an object with the texts key and value expected");
        };
        if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            match is_described {
                true => continue,
                false => return wrong(at, "keys that begin with aws: are AWS's own: remove the tag"),
            }
        }
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return wrong(at, &format!("the key {key:?} is given twice"));
        }
    }
    Ok(tags)
}

/// A token of CreateService: at most 36 characters.
fn token() -> String {
    format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::options::read::parse_options;

    fn split(options: Value) -> Result<(Deployment, ServiceSpec), Error> {
        parse_options::<Service>("options", options)?.split()
    }

    #[test]
    fn one_document_says_all() {
        let settings = json!({"serviceName": "api", "cluster": "prod", "taskDefinition": "api", "desiredCount": 2,
            "launchType": "FARGATE", "tags": [{"key": "a", "value": "1"}, {"key": "b"}], "enableExecuteCommand": true,
            "clientToken": "t", "platformVersion": null, "futureMember": {"x": 1}});
        let (deployment, provision) = split(json!({"settings": settings})).unwrap();
        assert_eq!((deployment.service.as_str(), deployment.cluster.as_str()), ("api", "prod"));
        assert_eq!(deployment.definition, Some(Definition::Name("api".to_owned())));
        assert_eq!(Value::Object(deployment.settings), json!({"enableExecuteCommand": true, "futureMember": {"x": 1}}));
        assert_eq!((deployment.desired, provision.desired, provision.token.as_str()), (None, Some(2), "t"));
        assert_eq!(Value::Object(provision.fixed), json!({"launchType": "FARGATE"}));
        assert_eq!(
            provision.tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>(),
            ["a=1", "b="]
        );
        let (deployment, provision) = split(json!({"service": "api", "desired": 3})).unwrap();
        assert_eq!((deployment.cluster.as_str(), deployment.desired, provision.desired), ("default", Some(3), None));
        assert_eq!(provision.token.len(), 32);
    }

    #[test]
    fn what_cannot_be_right_is_named() {
        for (options, expected) in [
            (json!({}), "service: no service is named"),
            (json!({"service": "a", "settings": {"serviceName": "b"}}), "service: differs from settings.serviceName"),
            (
                json!({"service": "a", "cluster": "x", "settings": {"cluster": "y"}}),
                "cluster: differs from settings.cluster",
            ),
            (json!({"service": "a", "desired": 2, "settings": {"desiredCount": 3}}), "desired: differs from"),
            (
                json!({"service": "a", "definition": "x:1", "settings": {"taskDefinition": "x:2"}}),
                "definition: differs from",
            ),
            (
                json!({"service": "a", "definition": {"family": "x"}, "settings": {"taskDefinition": "y"}}),
                "definition: differs from",
            ),
            (json!({"service": "a", "settings": {"desiredCount": "2"}}), "settings.desiredCount: a whole number"),
            (json!({"service": "a", "settings": {"serviceName": 7}}), "settings.serviceName: a text expected"),
            (json!({"service": "a", "settings": {"forceNewDeployment": true}}), "use `force`"),
            (json!({"service": "a", "settings": {"tags": [{"value": "x"}]}}), "settings.tags[0]: an object"),
            (json!({"service": "a", "settings": {"tags": {"a": "x"}}}), "settings.tags: a list"),
            (
                json!({"service": "a", "settings": {"tags": [{"key": "x"}, {"key": "x"}]}}),
                "settings.tags[1]: the key \"x\"",
            ),
            (
                json!({"service": "a", "settings": {"schedulingStrategy": "DAEMON", "desiredCount": 2}}),
                "settings.desiredCount: a DAEMON",
            ),
            (json!({"service": "a", "setting": {}}), "did you mean \"settings\""),
            (json!({"service": "a", "timeout": 0}), "timeout: "),
        ] {
            let error = split(options.clone()).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(expected), "{options}: {error}");
        }
    }
}
