//! Refuses ARNs of another kind, region or account than the request needs. Pure.

pub(crate) use crate::arn::parse;
use crate::arn::{cluster_of_service, last};
use crate::error::Error;

/// An option, or a place in an answer, that holds an ARN of one kind, or a name.
pub(crate) struct Place<'a> {
    /// The option, as an error names it.
    pub(crate) option: &'a str,
    /// The kind of resource, as in an ARN.
    pub(crate) kind: &'a str,
    pub(crate) text: &'a str,
}

/// Refuses an ARN of another kind, or one that is none.
pub(crate) fn check_kind(place: &Place<'_>) -> Result<(), Error> {
    if !place.text.starts_with("arn:") {
        return Ok(());
    }
    let wrong = |what: &str| {
        let text = format!("{what}: give arn:PARTITION:ecs:REGION:ACCOUNT:{}/NAME, or the name", place.kind);
        Err(Error::invalid(place.option, text))
    };
    match parse(place.text) {
        None => wrong("this is not a whole ARN"),
        Some(arn) if arn.service != "ecs" => wrong(&format!("this is an ARN of {:?}, and not of ECS", arn.service)),
        Some(arn) if arn.kind() != place.kind => {
            wrong(&format!("this is the ARN of a {}, and not of a {}", arn.kind(), place.kind))
        }
        Some(_) => Ok(()),
    }
}

/// Refuses a cluster that is not the one in the service's ARN.
pub(crate) fn check_cluster(service: &str, cluster: &str) -> Result<(), Error> {
    let given = last(cluster);
    match cluster_of_service(service) {
        Some(named) if cluster != "default" && named != given => {
            let text = format!("the service's ARN names the cluster {named:?}, and {given:?} is given: omit it");
            Err(Error::invalid("cluster", text))
        }
        _ => Ok(()),
    }
}

/// Refuses ARNs that are not all of one region and account; names are of any.
pub(crate) fn check_together(places: &[Place<'_>]) -> Result<(), Error> {
    let mut arns = places.iter().filter_map(|place| Some((place, parse(place.text)?)));
    let Some((first, known)) = arns.next() else { return Ok(()) };
    for (place, arn) in arns {
        let difference = [
            ("partition", known.partition, arn.partition),
            ("region", known.region, arn.region),
            ("account", known.account, arn.account),
        ];
        // A server that stands in for AWS may leave one out.
        let mut difference = difference.into_iter().filter(|(_, known, other)| !known.is_empty() && !other.is_empty());
        if let Some((what, known, other)) = difference.find(|(_, known, other)| known != other) {
            let text = format!(
                "its ARN is of {what} {other}, and {} is of {what} {known}: both have to be of the same",
                first.option
            );
            return Err(Error::invalid(place.option, text));
        }
    }
    Ok(())
}

/// Refuses an ARN of another region than the one that is called.
pub(crate) fn check_region(place: &Place<'_>, called: &str) -> Result<(), Error> {
    match parse(place.text).filter(|arn| !arn.region.is_empty() && arn.region != called) {
        Some(arn) => {
            let text = format!(
                "its ARN is of region {}, and the client calls {called}: make the client with the region {}",
                arn.region, arn.region
            );
            Err(Error::invalid(place.option, text))
        }
        None => Ok(()),
    }
}

/// Refuses ARNs of another partition, region or account than the one that is called; `called` is an ARN from there.
pub(crate) fn check_called(places: &[Place<'_>], called: &str) -> Result<(), Error> {
    let Some(called) = parse(called) else { return Ok(()) };
    for (place, arn) in places.iter().filter_map(|place| Some((place, parse(place.text)?))) {
        let differing = [
            ("partition", arn.partition, called.partition, "make the client with credentials and a region of it"),
            ("region", arn.region, called.region, "make the client with that region"),
            ("account", arn.account, called.account, "make the client with credentials or a `role` of that account"),
        ];
        // A server that stands in for AWS may leave one out, and the ARN of a caller has no region.
        let differing = differing.into_iter().filter(|(_, own, called, _)| !own.is_empty() && !called.is_empty());
        if let Some((what, own, called, way)) = differing.into_iter().find(|(_, own, called, _)| own != called) {
            let text =
                format!("its ARN is of {what} {own}, and the client calls {what} {called}: {way}, or give the name");
            return Err(Error::invalid(place.option, text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: &str = "arn:aws:ecs:eu-central-1:123456789012:service/prod/api";

    fn place<'a>(option: &'a str, kind: &'a str, text: &'a str) -> Place<'a> {
        Place { option, kind, text }
    }

    #[test]
    fn arns_of_another_kind_are_told_from_names() {
        for (kind, text, expected) in [
            ("service", SERVICE, None),
            ("service", "api", None),
            ("service", "arn:aws:ecs:eu-central-1:123456789012:service/api", None),
            ("cluster", SERVICE, Some("the ARN of a service, and not of a cluster")),
            ("service", "arn:aws:ecs:eu-central-1:123456789012:cluster/prod", Some("the ARN of a cluster")),
            ("task-definition", "arn:aws-cn:ecs:cn-north-1:1:task-definition/api:7", None),
            ("task-definition", "arn:aws:ecr:eu-central-1:1:repository/api", Some("an ARN of \"ecr\"")),
            ("cluster", "arn:aws:ecs:prod", Some("not a whole ARN")),
        ] {
            let error = check_kind(&place("option", kind, text)).err().map(|error| error.to_string());
            match expected {
                None => assert_eq!(error, None, "{text}"),
                Some(expected) => assert!(error.as_ref().is_some_and(|error| error.contains(expected)), "{error:?}"),
            }
        }
    }

    #[test]
    fn arns_are_of_one_region_and_account_in_every_partition() {
        for (other, expected) in [
            ("prod", None),
            ("arn:aws:ecs:eu-central-1:123456789012:cluster/prod", None),
            ("arn:aws:ecs:eu-central-1::cluster/prod", None),
            (
                "arn:aws:ecs:eu-west-1:123456789012:cluster/prod",
                Some("of region eu-west-1, and service is of region eu-central-1"),
            ),
            ("arn:aws:ecs:eu-central-1:210987654321:cluster/prod", Some("of account 210987654321")),
            ("arn:aws-cn:ecs:cn-north-1:123456789012:cluster/prod", Some("of partition aws-cn")),
        ] {
            let places = [place("service", "service", SERVICE), place("cluster", "cluster", other)];
            let error = check_together(&places).err().map(|error| error.to_string());
            match expected {
                None => assert_eq!(error, None, "{other}"),
                Some(expected) => assert!(error.as_ref().is_some_and(|error| error.contains(expected)), "{error:?}"),
            }
        }
        for (called, expected) in [
            (SERVICE, None),
            ("arn:aws:iam::123456789012:user/ci", None),
            ("api", None),
            (
                "arn:aws:iam::210987654321:user/ci",
                Some("of account 123456789012, and the client calls account 210987654321"),
            ),
            ("arn:aws:ecs:eu-west-1:123456789012:service/prod/api", Some("the client calls region eu-west-1")),
            ("arn:aws-cn:iam::123456789012:user/ci", Some("of partition aws, and the client calls partition aws-cn")),
        ] {
            let places = [place("cluster", "cluster", "prod"), place("service", "service", SERVICE)];
            let error = check_called(&places, called).err().map(|error| error.to_string());
            match expected {
                None => assert_eq!(error, None, "{called}"),
                Some(expected) => assert!(error.as_ref().is_some_and(|error| error.contains(expected)), "{error:?}"),
            }
        }
        assert!(check_region(&place("service", "service", SERVICE), "eu-central-1").is_ok());
        let error = check_region(&place("to", "service", SERVICE), "us-gov-west-1").unwrap_err().to_string();
        assert!(error.contains("to: its ARN is of region eu-central-1, and the client calls us-gov-west-1"), "{error}");
    }
}
