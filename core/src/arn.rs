//! The parts of an ARN. Pure, and right in every partition.

/// An ARN in parts: `arn:partition:service:region:account:kind/name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

/// The last segment of an ARN, or a name as it is.
pub(crate) fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The parts of an ARN; `None` for a name.
pub(crate) fn parse(text: &str) -> Option<Arn<'_>> {
    let mut parts = text.splitn(6, ':');
    if parts.next() != Some("arn") {
        return None;
    }
    let mut part = || parts.next();
    Some(Arn { partition: part()?, service: part()?, region: part()?, account: part()?, resource: part()? })
}

impl<'a> Arn<'a> {
    /// What it is the ARN of, such as `service`.
    pub(crate) fn kind(&self) -> &'a str {
        self.segment(0).unwrap_or_default()
    }

    /// A segment of the resource; number 0 is its kind.
    pub(crate) fn segment(&self, number: usize) -> Option<&'a str> {
        self.resource.split(['/', ':']).nth(number).filter(|segment| !segment.is_empty())
    }

    /// The ARN of another resource of the same service, account and region.
    pub(crate) fn sibling(&self, resource: &str) -> String {
        let Self { partition, service, region, account, .. } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// The account in an ARN.
pub(crate) fn account(text: &str) -> Option<&str> {
    parse(text).map(|arn| arn.account).filter(|account| !account.is_empty())
}

/// The cluster in a service's ARN; `None` for a name, and in an ARN of the old format.
pub(crate) fn cluster_of_service(service: &str) -> Option<&str> {
    match service.split('/').collect::<Vec<_>>()[..] {
        [kind, cluster, _] if kind.starts_with("arn:") => Some(cluster),
        _ => None,
    }
}

/// The ARN of the service in the ARN of one of its service deployments.
pub(crate) fn service_of_record(deployment: &str) -> Option<String> {
    let arn = parse(deployment).filter(|arn| arn.kind() == "service-deployment")?;
    Some(arn.sibling(&format!("service/{}/{}", arn.segment(1)?, arn.segment(2)?)))
}

/// A task definition's name or ARN without its revision.
pub(crate) fn without_revision(definition: &str) -> &str {
    let family = last(definition);
    let revision = family.split_once(':').map_or(0, |(name, _)| family.len() - name.len());
    &definition[..definition.len() - revision]
}

/// The partition that a region is in.
pub(crate) fn partition(region: &str) -> &'static str {
    const REGIONS: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("eusc-", "aws-eusc"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-iso-", "aws-iso"),
    ];
    REGIONS.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: &str = "arn:aws:ecs:eu-central-1:123456789012:service/prod/api";

    #[test]
    fn an_arn_is_taken_apart_and_put_together() {
        assert_eq!((account(SERVICE), account("api"), account("arn:aws:s3:::a")), (Some("123456789012"), None, None));
        let arn = parse(SERVICE).unwrap();
        assert_eq!((arn.kind(), arn.segment(2), arn.segment(3)), ("service", Some("api"), None));
        assert_eq!(arn.sibling("cluster/prod"), "arn:aws:ecs:eu-central-1:123456789012:cluster/prod");
        for (service, cluster) in [(SERVICE, Some("prod")), ("arn:aws:ecs:r:1:service/api", None), ("a/b/c", None)] {
            assert_eq!(cluster_of_service(service), cluster, "{service}");
        }
        for (deployment, service) in [
            ("arn:aws:ecs:eu-central-1:123456789012:service-deployment/prod/api/x", Some(SERVICE)),
            (SERVICE, None),
            ("ecs-svc/1", None),
        ] {
            assert_eq!(service_of_record(deployment).as_deref(), service, "{deployment}");
        }
        for (definition, family) in [
            ("arn:aws:ecs:r:1:task-definition/api:7", "arn:aws:ecs:r:1:task-definition/api"),
            ("arn:aws:ecs:r:1:task-definition/api", "arn:aws:ecs:r:1:task-definition/api"),
            ("api:7", "api"),
            ("api", "api"),
        ] {
            assert_eq!(without_revision(definition), family);
        }
    }
}
