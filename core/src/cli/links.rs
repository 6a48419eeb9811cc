//! Pages of AWS's console for what an ARN names, in each partition that has a public console. Pure.

use crate::arn::{self, Arn};

/// The page about a resource of ECS; `None` where the partition's console has no address that is known.
pub(crate) fn page(arn: &str) -> Option<String> {
    let arn = arn::parse(arn).filter(|arn| arn.service == "ecs")?;
    let host = host(&arn)?;
    let part = |number: usize| arn.segment(number).filter(|part| is_plain(part));
    let path = match arn.kind() {
        "task-definition" => format!("task-definitions/{}/{}/containers", part(1)?, part(2)?),
        "cluster" => format!("clusters/{}/services", part(1)?),
        "service" => format!("clusters/{}/services/{}/health", part(1)?, part(2)?),
        "service-deployment" => {
            format!("clusters/{}/services/{}/deployments/{}", part(1)?, part(2)?, part(3)?)
        }
        "task" => format!("clusters/{}/tasks/{}/configuration", part(1)?, part(2)?),
        _ => return None,
    };
    Some(format!("https://{host}/ecs/v2/{path}?region={}", arn.region))
}

/// The page about a service, from an ARN of the same account and region.
pub(crate) fn service(sibling: &str, cluster: &str, service: &str) -> Option<String> {
    let sibling = arn::parse(sibling)?;
    page(&sibling.sibling(&format!("service/{}/{}", arn::last(cluster), arn::last(service))))
}

fn host(arn: &Arn<'_>) -> Option<String> {
    let domain = match arn.partition {
        "aws" => "console.aws.amazon.com",
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        "aws-eusc" => "console.amazonaws-eusc.eu",
        _ => return None,
    };
    is_plain(arn.region).then(|| format!("{}.{domain}", arn.region))
}

/// Names of ECS have no other characters: nothing else gets into an address.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_own_console() {
        for (arn, expected) in [
            (
                "arn:aws:ecs:eu-central-1:1:task-definition/api:7",
                Some(
                    "https://eu-central-1.console.aws.amazon.com/ecs/v2/task-definitions/api/7/containers?region=eu-central-1",
                ),
            ),
            (
                "arn:aws-cn:ecs:cn-north-1:1:service/prod/api",
                Some(
                    "https://cn-north-1.console.amazonaws.cn/ecs/v2/clusters/prod/services/api/health?region=cn-north-1",
                ),
            ),
            (
                "arn:aws-us-gov:ecs:us-gov-west-1:1:task/prod/abc",
                Some(
                    "https://us-gov-west-1.console.amazonaws-us-gov.com/ecs/v2/clusters/prod/tasks/abc/configuration?region=us-gov-west-1",
                ),
            ),
            ("arn:aws-iso:ecs:us-iso-east-1:1:service/prod/api", None),
            ("arn:aws:ecs:eu-central-1:1:service/prod/a?b", None),
            ("arn:aws:s3:::bucket", None),
            ("api", None),
        ] {
            assert_eq!(page(arn).as_deref(), expected, "{arn}");
        }
        let service = service("arn:aws:ecs:eu-west-1:1:task-definition/api:7", "prod", "web").unwrap();
        assert!(service.contains("/clusters/prod/services/web/"), "{service}");
    }
}
