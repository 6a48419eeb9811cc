//! Where a service is called: what was set by hand, by the SDK's rules of precedence, or AWS's own host for the region.

use aws_config::SdkConfig;
use aws_sdk_ecs::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};

use super::operation::Service;
use crate::arn;

/// The URL that was set by hand: the client's option, `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, or the profile's.
pub(crate) fn configured(config: &SdkConfig, service: Service) -> Option<String> {
    let is_said = |url: &String| !url.trim().is_empty();
    let common = || config.endpoint_url().map(str::to_owned).filter(is_said);
    if config.get_origin("endpoint_url").is_client_config() {
        return common();
    }
    let key = aws_types::service_config::ServiceConfigKey::builder()
        .service_id(service.id())
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    let own = config.service_config().and_then(|services| services.load_config(key));
    own.filter(is_said).or_else(common)
}

/// Whether ECR is called at a server that stands in for AWS, by the client's option or the environment: it has no registries, and
/// what it gives is not for AWS's. A VPC endpoint set by hand is AWS's own.
pub(crate) fn is_stand_in(config: &SdkConfig) -> bool {
    let Some(url) = configured(config, Service::Ecr) else { return false };
    let host = reqwest::Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let is_of_aws = AWS.iter().any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')));
    config.get_origin("endpoint_url").is_client_config() || !is_of_aws
}

/// The domains of AWS's partitions, as its endpoint rule sets name them.
const AWS: [&str; 9] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
];

/// The URL to call a service at. The error says why there is none.
pub(crate) async fn url(config: &SdkConfig, service: Service, region: &str) -> Result<String, String> {
    if let Some(url) = configured(config, service) {
        return Ok(url);
    }
    let (fips, dual) = (config.use_fips() == Some(true), config.use_dual_stack() == Some(true));
    if service == Service::Iam {
        return Ok(format!("https://{}", global(region, fips).0));
    }
    // S3's dual-stack hosts are in the ordinary domain, and these services have none that is known everywhere.
    let is_dual_s3 = dual && service == Service::S3;
    let dual = dual && !matches!(service, Service::S3 | Service::Efs | Service::SecretsManager);
    let params = Params::builder().region(region.to_owned()).use_fips(fips).use_dual_stack(dual).build();
    let params = params.map_err(|error| error.to_string())?;
    // The SDK knows the partitions; its crate for ECS is the one that is linked.
    let ecs = DefaultResolver::new().resolve_endpoint(&params).await.map_err(|error| error.to_string())?;
    let own = ecs.url().split_once("://ecs-fips.").or_else(|| ecs.url().split_once("://ecs."));
    let Some((scheme, rest)) = own else { return Err(format!("no endpoint known for {region}")) };
    let infix = if is_dual_s3 { ".dualstack" } else { "" };
    Ok(format!("{scheme}://{}{infix}.{rest}", host(service, region, fips, dual)))
}

/// IAM's host and the region that its calls are signed for: one of each partition.
fn global(region: &str, fips: bool) -> (&'static str, &'static str) {
    match arn::partition(region) {
        "aws-cn" => ("iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        "aws-us-gov" => ("iam.us-gov.amazonaws.com", "us-gov-west-1"),
        "aws-iso" => ("iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        "aws-iso-b" => ("iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
        // The hosts of the next two are not in AWS's published rule sets; they follow the others'.
        "aws-iso-e" => ("iam.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"),
        "aws-eusc" => ("iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        "aws-iso-f" => ("iam.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"),
        _ if fips => ("iam-fips.amazonaws.com", "us-east-1"),
        _ => ("iam.amazonaws.com", "us-east-1"),
    }
}

/// The region that a call is signed for.
pub(crate) fn signed_region(service: Service, region: &str) -> &str {
    if service == Service::Iam { global(region, false).1 } else { region }
}

/// The part of the host's name before the region, as in the endpoint rule sets that AWS publishes.
fn host(service: Service, region: &str, fips: bool, dual: bool) -> String {
    let name = service.signing();
    let name = match service {
        Service::Ecr | Service::EcrPublic if !dual => format!("api.{name}"),
        _ => name.to_owned(),
    };
    // GovCloud's ordinary hosts are FIPS already, and these services have no others there.
    let only = match service {
        Service::Events => true,
        Service::Logs | Service::AutoScaling | Service::LoadBalancing | Service::Sts | Service::Ssm => !dual,
        _ => false,
    };
    match fips && !(only && region.starts_with("us-gov-")) {
        true => format!("{name}-fips"),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use aws_config::Region;
    use aws_types::origin::Origin;
    use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

    use super::*;

    /// What environment and profile say of single services.
    #[derive(Debug)]
    struct Services;

    impl LoadServiceConfig for Services {
        fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
            (key.env() == "AWS_ENDPOINT_URL" && key.service_id() == "CloudWatch Logs").then(|| "http://logs".to_owned())
        }
    }

    #[test]
    fn what_is_set_nearest_to_the_call_counts() {
        let with = |common: Option<&str>, origin: Option<Origin>| {
            let mut builder = SdkConfig::builder().service_config(Services);
            builder.set_endpoint_url(common.map(str::to_owned));
            if let Some(origin) = origin {
                builder.insert_origin("endpoint_url", origin);
            }
            builder.build()
        };
        let everywhere = Some(Origin::shared_environment_variable());
        for (config, service, expected) in [
            (with(None, None), Service::Ecs, None),
            (with(None, None), Service::Logs, Some("http://logs")),
            (with(Some("http://all"), everywhere), Service::Ecs, Some("http://all")),
            (with(Some("http://all"), everywhere), Service::Logs, Some("http://logs")),
            // The client's own option is for every service.
            (with(Some("http://own"), Some(Origin::shared_config())), Service::Logs, Some("http://own")),
        ] {
            assert_eq!(configured(&config, service).as_deref(), expected, "{service:?}");
        }
    }

    #[test]
    fn a_stand_in_for_aws_is_told_from_aws() {
        for (url, is_option, expected) in [
            (None, false, false),
            (Some("http://localhost:4566"), false, true),
            (Some("https://localhost.localstack.cloud:4566"), false, true),
            (Some("https://vpce-0a1.api.ecr.eu-central-1.vpce.amazonaws.com"), false, false),
            (Some("https://api.ecr.cn-north-1.amazonaws.com.cn"), false, false),
            (Some("https://notamazonaws.com"), false, true),
            // The option is for every service: no one host of AWS's is.
            (Some("https://api.ecr.eu-central-1.amazonaws.com"), true, true),
        ] {
            let mut builder = SdkConfig::builder();
            builder.set_endpoint_url(url.map(str::to_owned));
            let origin = if is_option { Origin::shared_config() } else { Origin::shared_environment_variable() };
            builder.insert_origin("endpoint_url", origin);
            assert_eq!(is_stand_in(&builder.build()), expected, "{url:?} {is_option}");
        }
    }

    #[tokio::test]
    async fn hosts_are_those_of_the_published_rule_sets() {
        for (service, region, fips, dual, expected) in [
            (Service::Ecs, "eu-west-1", false, false, "https://ecs.eu-west-1.amazonaws.com"),
            (Service::Logs, "eu-west-1", false, false, "https://logs.eu-west-1.amazonaws.com"),
            (Service::Logs, "us-gov-west-1", true, false, "https://logs.us-gov-west-1.amazonaws.com"),
            (Service::Logs, "us-east-1", true, true, "https://logs-fips.us-east-1.api.aws"),
            (Service::Events, "us-gov-west-1", true, true, "https://events.us-gov-west-1.api.aws"),
            (Service::CodeDeploy, "us-gov-west-1", true, false, "https://codedeploy-fips.us-gov-west-1.amazonaws.com"),
            (Service::Ecr, "cn-north-1", false, false, "https://api.ecr.cn-north-1.amazonaws.com.cn"),
            (Service::Ecr, "eusc-de-east-1", false, false, "https://api.ecr.eusc-de-east-1.amazonaws.eu"),
            (Service::Ecr, "us-east-1", true, false, "https://api.ecr-fips.us-east-1.amazonaws.com"),
            (Service::Ecr, "us-east-1", true, true, "https://ecr-fips.us-east-1.api.aws"),
            (Service::Ecr, "us-iso-east-1", false, false, "https://api.ecr.us-iso-east-1.c2s.ic.gov"),
            (Service::EcrPublic, "us-east-1", false, false, "https://api.ecr-public.us-east-1.amazonaws.com"),
            (Service::EcrPublic, "us-east-1", false, true, "https://ecr-public.us-east-1.api.aws"),
            (
                Service::AutoScaling,
                "us-gov-west-1",
                true,
                false,
                "https://application-autoscaling.us-gov-west-1.amazonaws.com",
            ),
            (
                Service::LoadBalancing,
                "eu-west-1",
                true,
                false,
                "https://elasticloadbalancing-fips.eu-west-1.amazonaws.com",
            ),
            (Service::Scheduler, "eu-central-1", false, true, "https://scheduler.eu-central-1.api.aws"),
            (Service::Sts, "eu-central-1", false, false, "https://sts.eu-central-1.amazonaws.com"),
            (Service::Iam, "eu-west-1", false, false, "https://iam.amazonaws.com"),
            (Service::Iam, "cn-north-1", false, false, "https://iam.cn-north-1.amazonaws.com.cn"),
            (Service::Iam, "us-gov-west-1", true, false, "https://iam.us-gov.amazonaws.com"),
            (Service::Ssm, "us-gov-west-1", true, false, "https://ssm.us-gov-west-1.amazonaws.com"),
            (Service::Ssm, "eu-west-1", false, true, "https://ssm.eu-west-1.api.aws"),
            (Service::SecretsManager, "eu-west-1", true, true, "https://secretsmanager-fips.eu-west-1.amazonaws.com"),
            (Service::S3, "eu-west-1", true, false, "https://s3-fips.eu-west-1.amazonaws.com"),
            (Service::S3, "eu-west-1", false, true, "https://s3.dualstack.eu-west-1.amazonaws.com"),
            (Service::Efs, "eu-west-1", false, false, "https://elasticfilesystem.eu-west-1.amazonaws.com"),
        ] {
            let config = SdkConfig::builder().region(Region::new(region)).use_fips(fips).use_dual_stack(dual).build();
            assert_eq!(url(&config, service, region).await.as_deref(), Ok(expected));
        }
    }
}
