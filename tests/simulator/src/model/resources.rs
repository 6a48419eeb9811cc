//! Decides what an account has around ECS that tasks refer to: roles, secrets, parameters, log groups, files, target groups, file
//! systems, stacks.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::reader::{Reader, WorldError, expected};

/// All that a world lists. A world that lists nothing has no such APIs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resources {
    /// Trust policies, by the role's name.
    pub(crate) roles: BTreeMap<String, Role>,
    /// Secrets as DescribeSecret shows them, by name.
    pub(crate) secrets: BTreeMap<String, Map<String, Value>>,
    pub(crate) parameters: BTreeMap<String, Parameter>,
    pub(crate) log_groups: Vec<String>,
    /// Objects of S3: their texts by `bucket/key`.
    pub(crate) files: BTreeMap<String, String>,
    /// The regions of buckets that are in another one.
    pub(crate) buckets: BTreeMap<String, String>,
    /// Target groups as DescribeTargetGroups shows them, in part, by ARN.
    pub(crate) target_groups: BTreeMap<String, Map<String, Value>>,
    pub(crate) file_systems: BTreeMap<String, FileSystem>,
    /// Outputs of stacks, by the stack's name.
    pub(crate) stacks: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) exports: BTreeMap<String, String>,
    /// The capacity providers of clusters, by the cluster's name.
    pub(crate) capacity_providers: BTreeMap<String, Vec<Value>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Role {
    /// The path before the name: `/`, or `/a/`.
    pub(crate) path: String,
    pub(crate) trust: Value,
}

#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) kind: String,
    pub(crate) value: String,
    /// The number of its newest version.
    pub(crate) version: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct FileSystem {
    pub(crate) state: String,
    pub(crate) access_points: Vec<String>,
}

const KNOWN: [&str; 11] = [
    "capacity_providers",
    "roles",
    "secrets",
    "parameters",
    "log_groups",
    "files",
    "buckets",
    "target_groups",
    "file_systems",
    "stacks",
    "exports",
];

impl Resources {
    pub(crate) fn read(members: &Map<String, Value>, place: &str) -> Result<Resources, WorldError> {
        let whole = Value::Object(members.clone());
        let reader = Reader::new(&whole, place, &KNOWN)?;
        let mut read = Resources { log_groups: reader.texts("log_groups")?, ..Resources::default() };
        for (name, trust) in each(&reader, "roles")? {
            let (path, name) = match name.rsplit_once('/') {
                Some((path, name)) => (format!("/{path}/"), name),
                None => ("/".to_owned(), name.as_str()),
            };
            read.roles.insert(name.to_owned(), Role { path, trust: trusting(trust) });
        }
        for (name, secret) in each(&reader, "secrets")? {
            let shown = secret.as_object().cloned();
            let shown =
                shown.ok_or_else(|| expected(&format!("{place}.secrets.{name}"), "members of DescribeSecret"))?;
            read.secrets.insert(name.clone(), shown);
        }
        for (name, parameter) in each(&reader, "parameters")? {
            let place = format!("{place}.parameters.{name}");
            let (kind, value) = match parameter {
                Value::String(value) => ("String", value.as_str()),
                other => (
                    other["type"].as_str().unwrap_or("String"),
                    other["value"].as_str().ok_or_else(|| expected(&place, "a text, or an object with `value`"))?,
                ),
            };
            if !["String", "StringList", "SecureString"].contains(&kind) {
                return Err(expected(&format!("{place}.type"), "String, StringList or SecureString"));
            }
            let version = parameter["version"].as_u64().unwrap_or(1);
            read.parameters.insert(name.clone(), Parameter { kind: kind.to_owned(), value: value.to_owned(), version });
        }
        read.files = texts(&reader, "files")?;
        read.buckets = texts(&reader, "buckets")?;
        for (arn, group) in each(&reader, "target_groups")? {
            let place = format!("{place}.target_groups.{arn}");
            let shown =
                group.as_object().cloned().ok_or_else(|| expected(&place, "members of DescribeTargetGroups"))?;
            read.target_groups.insert(arn.clone(), shown);
        }
        for (id, value) in each(&reader, "file_systems")? {
            let place = format!("{place}.file_systems.{id}");
            let reader = Reader::new(value, &place, &["state", "access_points"])?;
            let state = reader.text("state")?.unwrap_or("available").to_owned();
            read.file_systems.insert(id.clone(), FileSystem { state, access_points: reader.texts("access_points")? });
        }
        for (name, outputs) in each(&reader, "stacks")? {
            let place = format!("{place}.stacks.{name}");
            let outputs = outputs.as_object().ok_or_else(|| expected(&place, "outputs by name"))?;
            let outputs =
                outputs.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()));
            read.stacks.insert(name.clone(), outputs.collect());
        }
        for (cluster, names) in each(&reader, "capacity_providers")? {
            let place = format!("{place}.capacity_providers.{cluster}");
            let names = names.as_array().cloned().ok_or_else(|| expected(&place, "a list of names"))?;
            read.capacity_providers.insert(cluster.clone(), names);
        }
        read.exports = texts(&reader, "exports")?;
        Ok(read)
    }
}

fn each<'a>(reader: &Reader<'a>, name: &str) -> Result<Vec<(&'a String, &'a Value)>, WorldError> {
    Ok(reader.object(name)?.into_iter().flatten().collect())
}

fn texts(reader: &Reader<'_>, name: &str) -> Result<BTreeMap<String, String>, WorldError> {
    let text = |(key, value): (&String, &Value)| {
        let text = value.as_str().ok_or_else(|| expected(&format!("{}.{key}", reader.place(name)), "a text"))?;
        Ok((key.clone(), text.to_owned()))
    };
    each(reader, name)?.into_iter().map(text).collect()
}

/// A trust policy as it is, or that of the services that may assume the role.
fn trusting(trust: &Value) -> Value {
    match trust {
        Value::Object(_) => trust.clone(),
        services => json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}]}),
    }
}
