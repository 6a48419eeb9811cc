//! Which hosts are registries of ECR, and what their names say (pure).

use oci_spec::distribution::Reference;

/// A registry of ECR, as its host names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Registry {
    /// An account's own, in a region.
    Private {
        /// Its twelve digits.
        account: String,
        region: String,
        fips: bool,
        dual_stack: bool,
    },
    /// Amazon ECR Public.
    Public,
}

/// A repository of ECR, as its API names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repository {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) name: String,
}

impl Repository {
    /// The repository that a reference is of; `None` where its registry is not an account's own.
    pub(crate) fn of(reference: &Reference) -> Option<Self> {
        match registry(reference.registry())? {
            Registry::Private { account, region, .. } => {
                Some(Self { account, region, name: reference.repository().to_owned() })
            }
            Registry::Public => None,
        }
    }
}

/// The domains behind the region, in all partitions. As in AWS's own credential helper for Docker.
const SUFFIXES: [&str; 9] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "on.aws",
    "on.amazonwebservices.com.cn",
    "sc2s.sgov.gov",
    "c2s.ic.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
];

/// ECR Public's own host.
pub(crate) const PUBLIC: &str = "public.ecr.aws";

/// The registry that a host is, if it is one of ECR's.
pub(crate) fn registry(host: &str) -> Option<Registry> {
    if host == PUBLIC || host == "ecr-public.aws.com" {
        return Some(Registry::Public);
    }
    let (account, rest) = host.split_once('.')?;
    let rest = rest.strip_prefix("dkr.ecr").or_else(|| rest.strip_prefix("dkr-ecr"))?;
    let (fips, rest) = rest.strip_prefix("-fips").map_or((false, rest), |rest| (true, rest));
    let (region, suffix) = rest.strip_prefix('.')?.split_once('.')?;
    let is_region = region.starts_with(|c: char| c.is_ascii_alphanumeric())
        && region.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let (account, region) = (account.to_owned(), region.to_owned());
    (is_account(&account) && is_region && SUFFIXES.contains(&suffix)).then(|| Registry::Private {
        account,
        region,
        fips,
        dual_stack: suffix.starts_with("on."),
    })
}

/// Whether it is written like an account's id.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_every_partition_are_known_and_no_others() {
        for (host, expected) in [
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", Some(("eu-west-1", false, false))),
            ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", Some(("us-gov-west-1", true, false))),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", Some(("cn-north-1", false, false))),
            ("123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu", Some(("eusc-de-east-1", false, false))),
            ("123456789012.dkr-ecr.eu-west-1.on.aws", Some(("eu-west-1", false, true))),
            ("123456789012.dkr-ecr-fips.us-east-1.on.aws", Some(("us-east-1", true, true))),
            ("123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", Some(("cn-north-1", false, true))),
            ("123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov", Some(("us-iso-east-1", false, false))),
            ("123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov", Some(("us-isob-east-1", false, false))),
            ("123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", Some(("eu-isoe-west-1", false, false))),
            ("123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov", Some(("us-isof-south-1", false, false))),
            ("12345678901.dkr.ecr.eu-west-1.amazonaws.com", None),
            ("1234567890123.dkr.ecr.eu-west-1.amazonaws.com", None),
            ("12345678901a.dkr.ecr.eu-west-1.amazonaws.com", None),
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example", None),
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.org", None),
            ("123456789012.dkr.ecr..amazonaws.com", None),
            ("123456789012.dkr.ecr.-x.amazonaws.com", None),
            ("123456789012.dkr.ecr-tips.eu-west-1.amazonaws.com", None),
            ("x.123456789012.dkr.ecr.eu-west-1.amazonaws.com", None),
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com:443", None),
            ("docker.io", None),
            ("", None),
        ] {
            let expected = expected.map(|(region, fips, dual_stack)| Registry::Private {
                account: "123456789012".to_owned(),
                region: region.to_owned(),
                fips,
                dual_stack,
            });
            assert_eq!(registry(host), expected, "{host}");
        }
        assert_eq!(registry("public.ecr.aws"), Some(Registry::Public));
        assert_eq!(registry("ecr-public.aws.com"), Some(Registry::Public));
    }
}
