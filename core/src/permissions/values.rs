//! The resources of the calls that look the values of `variables` up: those that the request names.

use serde_json::Value;

use super::condition::at;
use super::named::{Named, UNKNOWN};
use crate::options::source::bucket;

/// The ARNs that an action is allowed on; `None` of an action that looks no value up.
pub(crate) fn resources(action: &str, named: &Named<'_>) -> Option<Vec<String>> {
    let member = match action {
        "ssm:GetParameters" => "ssm",
        "cloudformation:DescribeStacks" => "cloudformation",
        // The call takes no resource.
        "cloudformation:ListExports" => return Some(vec![UNKNOWN.to_owned()]),
        "s3:GetObject" => "tfstate",
        "secretsmanager:DescribeSecret" => "secret",
        _ => return None,
    };
    let mut all: Vec<String> = Vec::new();
    for source in at(named.request, "/variables/*") {
        if let Some(arn) = source[member].as_str().and_then(|name| resource(member, name, source, named))
            && !all.contains(&arn)
        {
            all.push(arn);
        }
    }
    Some(all)
}

/// The ARN of one of them; `None` of a file.
fn resource(member: &str, name: &str, source: &Value, named: &Named<'_>) -> Option<String> {
    let of = |service: &str, resource: &str| {
        let region = source["region"].as_str().unwrap_or(&named.region);
        format!("arn:{}:{service}:{region}:{}:{resource}", named.partition, named.account)
    };
    match member {
        // Without the version or label behind the name.
        "ssm" => Some(match name.split_once(":parameter/") {
            Some((head, rest)) => format!("{head}:parameter/{}", rest.split(':').next().unwrap_or(rest)),
            None => of("ssm", &format!("parameter/{}", name.split(':').next().unwrap_or(name).trim_start_matches('/'))),
        }),
        "cloudformation" if name.starts_with("arn:") => name.rsplit_once('.').map(|(stack, _)| stack.to_owned()),
        "cloudformation" => name.rsplit_once('.').map(|(stack, _)| of("cloudformation", &format!("stack/{stack}/*"))),
        "tfstate" => bucket(name).map(|(bucket, key)| format!("arn:{}:s3:::{bucket}/{key}", named.partition)),
        _ if name.starts_with("arn:") => Some(name.to_owned()),
        _ => Some(of("secretsmanager", &format!("secret:{name}-*"))),
    }
}
