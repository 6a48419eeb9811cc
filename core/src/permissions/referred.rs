//! The resources of the calls that look references up: those that the request's documents name; any, where it has no document.

use serde_json::{Value, json};

use super::condition::at;
use super::named::Named;
use crate::arn;
use crate::rollout::references::{Place, Target, references};

/// What looks up all that a request refers to.
pub(crate) const LOOKS: &[&str] = &[
    "iam:GetRole",
    "secretsmanager:DescribeSecret",
    "ssm:DescribeParameters",
    "logs:DescribeLogGroups",
    "s3:GetObject",
    "s3:ListBucket",
    "elasticloadbalancing:DescribeTargetGroups",
    "ecs:DescribeClusters",
    "elasticfilesystem:DescribeFileSystems",
    "elasticfilesystem:DescribeAccessPoints",
];

/// The ARNs that an action is allowed on; `None` of an action that takes no resource, or is none of these.
pub(crate) fn resources(action: &str, named: &Named<'_>) -> Option<Vec<String>> {
    let of = |service: &str, region: Option<&str>, resource: &str| {
        let region = region.unwrap_or(&named.region);
        format!("arn:{}:{service}:{region}:{}:{resource}", named.partition, named.account)
    };
    let any = |service: &str, resource: &str| vec![format!("arn:{}:{service}:*:*:{resource}", named.partition)];
    let Some(targets) = targets(named) else {
        return Some(match action {
            "secretsmanager:DescribeSecret" => any("secretsmanager", "secret:*"),
            "ssm:DescribeParameters" => vec!["*".to_owned()],
            "logs:DescribeLogGroups" => any("logs", "log-group:*"),
            "s3:GetObject" => vec![format!("arn:{}:s3:::*/*", named.partition)],
            "s3:ListBucket" => vec![format!("arn:{}:s3:::*", named.partition)],
            "elasticfilesystem:DescribeFileSystems" => any("elasticfilesystem", "file-system/*"),
            "elasticfilesystem:DescribeAccessPoints" => any("elasticfilesystem", "access-point/*"),
            _ => return None,
        });
    };
    let is_meant: fn(&Target) -> bool = match action {
        "secretsmanager:DescribeSecret" => |target| matches!(target, Target::Secret { .. }),
        "ssm:DescribeParameters" => |target| matches!(target, Target::Parameter { .. }),
        "logs:DescribeLogGroups" => |target| matches!(target, Target::LogGroup { .. }),
        "s3:GetObject" | "s3:ListBucket" => |target| matches!(target, Target::File { .. }),
        "elasticfilesystem:DescribeFileSystems" => |target| matches!(target, Target::FileSystem { .. }),
        "elasticfilesystem:DescribeAccessPoints" => |target| matches!(target, Target::AccessPoint { .. }),
        _ => return None,
    };
    let mut all: Vec<String> = targets
        .iter()
        .filter(|target| is_meant(target))
        .flat_map(|target| match target {
            Target::Secret { id, .. } if id.starts_with("arn:") => vec![id.clone()],
            Target::Secret { id, .. } => vec![of("secretsmanager", None, &format!("secret:{id}-*"))],
            // The call takes no resource.
            Target::Parameter { .. } => vec!["*".to_owned()],
            // The call is allowed on the groups that begin with a name.
            Target::LogGroup { region, .. } => vec![of("logs", region.as_deref(), "log-group:*")],
            Target::File { bucket, .. } if action == "s3:ListBucket" => {
                vec![format!("arn:{}:s3:::{bucket}", named.partition)]
            }
            Target::File { bucket, key } => vec![format!("arn:{}:s3:::{bucket}/{key}", named.partition)],
            Target::FileSystem { id } => vec![of("elasticfilesystem", None, &format!("file-system/{}", arn::last(id)))],
            Target::AccessPoint { id, .. } => {
                vec![of("elasticfilesystem", None, &format!("access-point/{}", arn::last(id)))]
            }
            _ => Vec::new(),
        })
        .collect();
    all.sort();
    all.dedup();
    Some(all)
}

/// What the request's document and its changes refer to; `None` if it has no whole document, or a variable in it.
fn targets(named: &Named<'_>) -> Option<Vec<Target>> {
    let mut document = named.document()?.clone();
    if named.request["patch"].is_object() {
        json_patch::merge(&mut document, &named.request["patch"]);
    }
    let texts = |place: &str| at(named.request, place).into_iter().filter(|value| value.is_string()).cloned();
    let secrets: Vec<Value> = texts("/containers/*/secrets/*")
        .chain(texts("/containers/*/logging/secrets/*"))
        .map(|from| json!({"valueFrom": from}))
        .collect();
    let files: Vec<Value> = texts("/containers/*/files/*").map(|file| json!({"value": file})).collect();
    let changes = json!({"containerDefinitions": [{"secrets": secrets, "environmentFiles": files}]});
    if document.to_string().contains("${") || changes.to_string().contains("${") {
        return None;
    }
    let all = [&document, &changes].into_iter().flat_map(|one| references(one, &Place::default()));
    Some(all.map(|reference| reference.target).collect())
}
