//! Region, endpoint and credentials in the environment and the profile: empty counts as unset, and all else is checked as
//! the client's own options are, with the name of the place it comes from. Pure.

use aws_sdk_ecs::config::Credentials;

use super::operation::Service;
use crate::error::Error;
use crate::options::unset;

/// In the order in which they count.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The variables that credentials may come from.
const KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";

/// The region of the environment.
pub(crate) fn region(environment: impl Fn(&str) -> Option<String>) -> Result<Option<String>, Error> {
    let found = REGIONS.into_iter().find_map(|name| Some((name, environment(name)?)));
    let Some((name, region)) = found else { return Ok(None) };
    check_region(name, &region)?;
    Ok(Some(region))
}

pub(crate) fn check_region(place: &str, region: &str) -> Result<(), Error> {
    let wrong = |text: String| Err(Error::invalid(place, text));
    if unset::is_nothing(region) {
        return wrong(format!("{region:?} is no region: {}", unset::NOT_SET));
    }
    let is_legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !region.bytes().all(is_legal) {
        let meant = region.trim().to_lowercase().replace('_', "-");
        let is_near = meant.bytes().all(is_legal) && meant.contains('-');
        let meant = if is_near { meant.as_str() } else { "eu-central-1" };
        let instance = if is_near { "" } else { "for instance " };
        return wrong(format!("{region:?} is no region: write {instance}{meant}"));
    }
    // `eu-central-1a`: a region ends in its number.
    let is_number = |text: &str| {
        text.rsplit('-').next().is_some_and(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()))
    };
    let zone =
        region.strip_suffix(|c: char| c.is_ascii_lowercase()).filter(|rest| is_number(rest) && rest.contains('-'));
    match zone {
        Some(of) => wrong(format!("{region:?} is an availability zone: its region is {of}")),
        None => Ok(()),
    }
}

/// Where the endpoint of a service comes from, that is no option of the client's.
pub(crate) fn endpoint_place(service: Service, environment: impl Fn(&str) -> Option<String>) -> String {
    let own = format!("AWS_ENDPOINT_URL_{}", service.id().to_uppercase().replace(' ', "_"));
    [own, "AWS_ENDPOINT_URL".to_owned()]
        .into_iter()
        .find(|name| environment(name).is_some())
        .unwrap_or_else(|| "endpoint_url in the profile".to_owned())
}

pub(crate) fn check_endpoint(place: &str, endpoint: &str) -> Result<(), Error> {
    let wrong = |text: String| Err(Error::invalid(place, text));
    if endpoint.contains('@') {
        return wrong("a URL with a user in it is not taken: leave user and password away".to_owned());
    }
    if unset::is_nothing(endpoint) {
        return wrong(format!("{endpoint:?} is no URL: {}", unset::NOT_SET));
    }
    if endpoint.contains(char::is_whitespace) {
        return wrong(format!("{endpoint:?} has white space in it"));
    }
    let host = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
    let is_url = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
        && reqwest::Url::parse(endpoint).is_ok_and(|url| url.has_host());
    if !is_url {
        return wrong(format!("{endpoint:?} is no URL: write http://host:port"));
    }
    Ok(())
}

/// Why credentials cannot be sent: they go into headers, and a secret with a line break signs what nobody else signs.
pub(crate) fn unsound(credentials: &Credentials, environment: impl Fn(&str) -> Option<String>) -> Option<String> {
    let parts = [
        (KEY, "aws_access_key_id", Some(credentials.access_key_id())),
        (SECRET, "aws_secret_access_key", Some(credentials.secret_access_key())),
        (TOKEN, "aws_session_token", credentials.session_token()),
    ];
    let is_of_environment = environment(KEY).is_some_and(|key| key == credentials.access_key_id());
    parts.into_iter().find_map(|(variable, member, value)| {
        let (value, name) = (value?, if is_of_environment { variable } else { member });
        let why = if value != value.trim() {
            "has white space at its start or end, such as the line break of a file"
        } else if value.is_empty() {
            "is empty"
        } else if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            "has white space, or a character that is not ASCII, in it"
        } else {
            return None;
        };
        Some(format!("{name} {why}: set it to the key's own characters alone"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'a>(all: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        // As `connect` gives it: blank is unset.
        |name| {
            let value = all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            value.filter(|value| !value.trim().is_empty())
        }
    }

    #[test]
    fn a_region_of_the_environment_is_checked_as_the_option_is() {
        for (all, expected) in [
            (&[("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-2")][..], Ok(Some("eu-west-1"))),
            (&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "eu-west-2")], Ok(Some("eu-west-2"))),
            (&[("AWS_REGION", " ")], Ok(None)),
            (&[("AWS_REGION", "eu-central-1 ")], Err("AWS_REGION: \"eu-central-1 \" is no region: write eu-central-1")),
            (&[("AWS_REGION", "us_east_1")], Err("AWS_REGION: \"us_east_1\" is no region: write us-east-1")),
            (&[("AWS_REGION", "Frankfurt am Main")], Err("write for instance eu-central-1")),
            (
                &[("AWS_DEFAULT_REGION", "eu-central-1a")],
                Err("AWS_DEFAULT_REGION: \"eu-central-1a\" is an availability zone"),
            ),
            (&[("AWS_REGION", "undefined")], Err("AWS_REGION: \"undefined\" is no region: is the variable")),
            (&[("AWS_REGION", "null")], Err("is the variable that it comes from not set?")),
            (&[("AWS_REGION", "None")], Err("is the variable that it comes from not set?")),
        ] {
            match (region(of(all)), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found.as_deref(), expected, "{all:?}"),
                (Err(error), Err(text)) => assert!(error.to_string().contains(text), "{error}"),
                (found, _) => panic!("{all:?}: {found:?}"),
            }
        }
    }

    #[test]
    fn an_endpoint_is_told_with_the_place_it_comes_from() {
        for (all, service, expected) in [
            (&[("AWS_ENDPOINT_URL", "x"), ("AWS_ENDPOINT_URL_ECS", "x")][..], Service::Ecs, "AWS_ENDPOINT_URL_ECS"),
            (&[("AWS_ENDPOINT_URL", "x"), ("AWS_ENDPOINT_URL_ECS", "")], Service::Ecs, "AWS_ENDPOINT_URL"),
            (&[("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "x")], Service::Logs, "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"),
            (&[], Service::Logs, "endpoint_url in the profile"),
        ] {
            assert_eq!(endpoint_place(service, of(all)), expected);
        }
        for url in ["localhost:4566", "http://", "http:///x", "none", "http://a b", "//host", "http://[::1"] {
            let error = check_endpoint("AWS_ENDPOINT_URL", url).unwrap_err().to_string();
            assert!(error.starts_with("invalid input: AWS_ENDPOINT_URL: "), "{error}");
        }
        let error = check_endpoint("AWS_ENDPOINT_URL", "http://u:hunter2@host").unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
        check_endpoint("AWS_ENDPOINT_URL", "https://vpce-1.ecs.eu-west-1.vpce.amazonaws.com:8443/a").unwrap();
    }

    #[test]
    fn keys_that_cannot_be_sent_are_named_by_their_variable_and_never_shown() {
        let keys = |key: &str, secret: &str, token: Option<&str>| {
            Credentials::new(key, secret, token.map(str::to_owned), None, "test")
        };
        for (credentials, all, expected) in [
            (
                keys("AKIA\n", "hunter2", None),
                &[("AWS_ACCESS_KEY_ID", "AKIA\n")][..],
                "AWS_ACCESS_KEY_ID has white space at its",
            ),
            (
                keys("AKIA", "hunter2 ", None),
                &[("AWS_ACCESS_KEY_ID", "AKIA")],
                "AWS_SECRET_ACCESS_KEY has white space at its",
            ),
            (
                keys("AKIA", "x", Some("hun ter2")),
                &[("AWS_ACCESS_KEY_ID", "AKIA")],
                "AWS_SESSION_TOKEN has white space, or",
            ),
            (keys("AK IA", "x", None), &[("AWS_ACCESS_KEY_ID", "other")], "aws_access_key_id has white space, or"),
            (keys("AKIA", "", None), &[], "aws_secret_access_key is empty"),
        ] {
            let text = unsound(&credentials, of(all)).unwrap();
            assert!(text.starts_with(expected) && !text.contains("hun"), "{text}");
        }
        assert_eq!(unsound(&keys("AKIA", "a/b+c=", Some("t==")), of(&[])), None);
    }
}
