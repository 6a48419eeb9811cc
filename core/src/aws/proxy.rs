//! Which calls of AWS go through a proxy: those that the environment names one for, but none to this machine or its metadata.

use std::net::IpAddr;

use crate::error::Error;
use crate::http::loopback::is_loopback;

/// Variables that name a proxy for calls of AWS, in the order in which they count; the last for what is not encrypted.
const FOR_HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const FOR_HTTP: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// A URL without what may be a secret in it: user, password, and all that stands behind its path.
pub(crate) fn shown(url: &str) -> String {
    let Ok(mut url) = reqwest::Url::parse(url) else { return "what is no URL".to_owned() };
    // Neither can fail where there is a host.
    let _ = (url.set_username(""), url.set_password(None));
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

/// A proxy as its variable names it; without a scheme it is one of HTTP.
fn parse(proxy: &str) -> Option<reqwest::Url> {
    let url = if proxy.contains("://") { proxy.to_owned() } else { format!("http://{proxy}") };
    reqwest::Url::parse(&url).ok().filter(reqwest::Url::has_host)
}

/// Refuses a proxy that is no URL: it would be passed over, and what it is there for not be reached. It is not repeated, as it may
/// hold a password.
pub(crate) fn check(environment: impl Fn(&str) -> Option<String>) -> Result<(), Error> {
    let all = FOR_HTTPS.into_iter().chain(FOR_HTTP);
    match all.filter_map(|name| Some((name, environment(name)?))).find(|(_, proxy)| parse(proxy).is_none()) {
        Some((name, _)) => Err(Error::invalid(name, "it is no URL of a proxy: write http://host:port, or unset it")),
        None => Ok(()),
    }
}

/// The proxy that a call to this endpoint goes through, and the variable that names it; `None` where it goes there directly.
pub(crate) fn of(endpoint: &str, environment: impl Fn(&str) -> Option<String>) -> Option<(String, &'static str)> {
    // What is no URL is AWS's own endpoint of a region.
    let url = reqwest::Url::parse(endpoint).ok().filter(reqwest::Url::has_host);
    let host = url.as_ref().and_then(reqwest::Url::host_str).unwrap_or("amazonaws.com").to_owned();
    if is_near(endpoint) || is_spared(&host, &environment) {
        return None;
    }
    let names = if url.is_some_and(|url| url.scheme() == "http") { FOR_HTTP } else { FOR_HTTPS };
    let (name, proxy) = names.into_iter().find_map(|name| Some((name, environment(name)?)))?;
    let proxy = shown(parse(&proxy)?.as_str());
    Some((proxy.trim_end_matches('/').to_owned(), name))
}

/// Whether NO_PROXY names the host, or a domain that it is of.
fn is_spared(host: &str, environment: impl Fn(&str) -> Option<String>) -> bool {
    let spared = environment("NO_PROXY").or_else(|| environment("no_proxy")).unwrap_or_default();
    let is_it = |name: &str| {
        let name = name.trim_start_matches('.');
        name == "*"
            || host == name
            || host.strip_suffix(name).is_some_and(|rest| !name.is_empty() && rest.ends_with('.'))
    };
    spared.split(',').map(str::trim).any(is_it)
}

/// Whether it is this machine, or the metadata of an instance or container: of a proxy that would be the proxy's own.
pub(super) fn is_near(uri: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(uri) else { return false };
    let host = url.host_str().unwrap_or_default();
    is_loopback(host)
        || match host.trim_matches(['[', ']']).parse() {
            Ok(IpAddr::V4(address)) => address.is_link_local(),
            // The metadata services' own addresses: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
            Ok(IpAddr::V6(address)) => address.segments()[..2] == [0xfd00, 0xec2],
            Err(_) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_is_named_without_its_password() {
        let of = |all: &'static [(&str, &str)]| {
            move |name: &str| all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        for (all, endpoint, expected) in [
            (&[("HTTPS_PROXY", "http://u:hunter2@proxy:3128/")][..], "ECS in eu-central-1", Some("http://proxy:3128")),
            (&[("https_proxy", "proxy:3128")], "https://ecs.eu-west-1.amazonaws.com", Some("http://proxy:3128")),
            (&[("HTTPS_PROXY", "http://proxy:3128")], "http://10.0.0.1:4566", None),
            (&[("HTTPS_PROXY", "http://proxy:3128")], "https://127.0.0.1:4566", None),
            (
                &[("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", "x, .amazonaws.com")],
                "https://ecs.eu-west-1.amazonaws.com",
                None,
            ),
            (&[], "ECS in eu-central-1", None),
        ] {
            assert_eq!(super::of(endpoint, of(all)).map(|(proxy, _)| proxy).as_deref(), expected, "{endpoint}");
        }
        for (all, is_refused) in [
            (&[("HTTPS_PROXY", "http://u:hunter2@proxy:3128")][..], false),
            (&[("ALL_PROXY", "proxy:3128")], false),
            (&[("HTTPS_PROXY", "http://")], true),
            (&[("HTTP_PROXY", "http://u:hunter2@pro xy:3128")], true),
            (&[("HTTPS_PROXY", "http://proxy:port")], true),
        ] {
            let checked = check(of(all));
            assert_eq!(checked.is_err(), is_refused, "{all:?}");
            assert!(!checked.err().map(|error| error.to_string()).unwrap_or_default().contains("hunter2"));
        }
    }

    #[test]
    fn what_is_near_is_told_from_the_rest() {
        for (uri, expected) in [
            ("http://127.0.0.1:4566/", true),
            ("http://localhost:4566/", true),
            ("http://ecs.localhost:4566/", true),
            ("http://[::1]:4566/", true),
            ("http://169.254.170.2/v2/credentials", true),
            ("http://[fd00:ec2::254]/latest", true),
            ("https://ecs.eu-central-1.amazonaws.com/", false),
            ("http://localhost.example/", false),
            ("http://10.0.0.1:4566/", false),
        ] {
            assert_eq!(is_near(uri), expected, "{uri}");
        }
    }
}
