//! Why there are no credentials, in words that name the mistake: a profile that is not there, half a pair of keys, or nothing at all.

use std::path::Path;

use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

use super::connect::ClientOptions;
use super::credential_process;
use super::fault::ApiError;
use super::fault::{bottom, deepest};
use super::id_token::{self, Claims};
use super::proxy;

/// Where the SDK looks for credentials, in its order.
const PLACES: &str = "nothing in the environment (AWS_ACCESS_KEY_ID), the profile of the shared config files (AWS_PROFILE), \
    web identity (AWS_WEB_IDENTITY_TOKEN_FILE), or the metadata of a container or an instance";

/// A variable of the process's environment; `None` where it is unset or empty.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// Says why none were found. What only takes too long stays as it is: it may pass.
pub(crate) async fn explain(options: &ClientOptions, error: CredentialsError) -> CredentialsError {
    if matches!(error, CredentialsError::ProviderTimedOut(_)) {
        return error;
    }
    let words = match bottom(&error) {
        words if credential_process::is_about(&words) => {
            let program = credential_process::program(options.profile.as_deref()).await;
            credential_process::explain(&words, program.as_deref())
        }
        _ => deepest(&error),
    };
    let text = match (profile_mistake(options.profile.as_deref()).await, &options.profile) {
        (Some(mistake), _) => mistake,
        (None, Some(profile)) => {
            format!("the profile {profile:?} gives none: {words}; sign in, or correct the profile")
        }
        (None, None) => {
            without_profile(environment, |path| id_token::read(Path::new(path)), options.role.is_some(), &words)
        }
    };
    CredentialsError::provider_error(ApiError::uncredentialed(text))
}

/// What to say where the SDK panicked while it looked for them.
pub(crate) fn panicked() -> String {
    let empty = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL"]
        .into_iter()
        .find(|name| std::env::var(name).is_ok_and(|value| value.trim().is_empty()));
    match empty {
        Some(name) => format!("{name} is set and empty, which the AWS SDK does not take: unset it"),
        None => {
            "the AWS SDK panicked while it looked for them: check the profile and the variables AWS_…, and report it"
                .to_owned()
        }
    }
}

/// `token`: the token in a file, or why it cannot be read. `has_role`: whether a role is to be assumed with what is found.
fn without_profile(
    environment: impl Fn(&str) -> Option<String>,
    token: impl Fn(&str) -> Result<String, String>,
    has_role: bool,
    words: &str,
) -> String {
    for (set, unset) in [("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")]
    {
        if environment(set).is_some() && environment(unset).is_none() {
            return format!("{set} is set, and {unset} is not: set both");
        }
    }
    if let Some(profile) = environment("AWS_PROFILE") {
        return format!("AWS_PROFILE is {profile:?}, and gives none: {words}; sign in, or correct the profile");
    }
    if let Some(path) = environment("AWS_WEB_IDENTITY_TOKEN_FILE") {
        return match (token(&path), environment("AWS_ROLE_ARN")) {
            (Err(why), _) => {
                format!(
                    "AWS_WEB_IDENTITY_TOKEN_FILE is {path:?}, which cannot be read ({why}): name the file with the token, or unset it"
                )
            }
            (Ok(_), None) => "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not: set both".to_owned(),
            (Ok(token), Some(role)) => {
                let remedy = Claims::of(&token).and_then(|claims| claims.remedy(words)).unwrap_or_default();
                format!(
                    "the role {role:?} of AWS_ROLE_ARN is not to be had with the token in {path:?} of AWS_WEB_IDENTITY_TOKEN_FILE: {words}{remedy}"
                )
            }
        };
    }
    for (name, host) in
        [("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "http://169.254.170.2"), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")]
    {
        if let Some(uri) = environment(name) {
            let uri = proxy::shown(&format!("{host}{uri}"));
            return format!(
                "{uri}, which {name} names, gives none: {words}; check that it is meant, and that something listens there"
            );
        }
    }
    // A job without the permission has no address to ask for a token at.
    let is_job = environment("GITHUB_ACTIONS").is_some() && environment("ACTIONS_ID_TOKEN_REQUEST_URL").is_none();
    if has_role && is_job {
        return "this job of GitHub Actions may not ask for an ID token to assume the role with: give it `permissions: id-token: write`, \
                or other credentials in the environment"
            .to_owned();
    }
    format!("{PLACES}: sign in, or set one of them ({words})")
}

/// What is wrong with the profile's own name, where it is asked for: by the option, or by AWS_PROFILE.
pub(crate) async fn profile_mistake(option: Option<&str>) -> Option<String> {
    let variable = std::env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
    let (name, place) = match (option, variable) {
        (Some(name), _) => (name.to_owned(), "the option `profile`"),
        (None, Some(name)) => (name, "AWS_PROFILE"),
        (None, None) => return None,
    };
    let files = EnvConfigFiles::default();
    let set = aws_config::profile::load(&Fs::real(), &Env::real(), &files, None).await.ok()?;
    let mut names: Vec<&str> = set.profiles().collect();
    names.sort_unstable();
    let file = |variable: &str, usual: &str| environment(variable).unwrap_or_else(|| usual.to_owned());
    let files = Files {
        config: file("AWS_CONFIG_FILE", "~/.aws/config"),
        credentials: file("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    };
    let home = environment("HOME").or_else(|| environment("USERPROFILE")).unwrap_or_default();
    let text = std::fs::read_to_string(files.config.replacen('~', &home, 1)).unwrap_or_default();
    unknown_profile(&name, place, &names, &files, &text)
}

/// The shared config files.
struct Files {
    config: String,
    credentials: String,
}

/// `config`: the text of the config file.
fn unknown_profile(name: &str, place: &str, names: &[&str], files: &Files, config: &str) -> Option<String> {
    if names.contains(&name) {
        return None;
    }
    let Files { config: file, credentials } = files;
    let bare = format!("[{name}]");
    let hint = match names {
        // In the file of credentials the names stand alone, in this one they do not.
        _ if config.lines().any(|line| line.trim() == bare) => {
            format!(": {file} has the section {bare}, which must be [profile {name}] there")
        }
        [] => ": they name none".to_owned(),
        names => crate::options::names::suggestion(name, names),
    };
    Some(format!("{place} is {name:?}, and the shared config files ({file}, {credentials}) have no such profile{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mistake_is_named() {
        let files = Files { config: "/etc/aws.ini".to_owned(), credentials: "~/.aws/credentials".to_owned() };
        let text = |names: &[&str]| unknown_profile("prodd", "AWS_PROFILE", names, &files, "");
        assert!(text(&["dev", "prod"]).unwrap().contains("(/etc/aws.ini, ~/.aws/credentials)"));
        let found =
            unknown_profile("prodd", "AWS_PROFILE", &["default"], &files, "[default]\n [prodd] \nregion = x").unwrap();
        assert!(
            found.ends_with("/etc/aws.ini has the section [prodd], which must be [profile prodd] there"),
            "{found}"
        );
        assert!(text(&["dev", "prod"]).unwrap().ends_with("have no such profile: did you mean \"prod\"?"));
        assert!(text(&["a", "b"]).unwrap().ends_with(": known are a, b"));
        assert!(text(&[]).unwrap().ends_with(": they name none"));
        assert_eq!(text(&["prodd"]), None);
        for (set, expected) in [
            (&["AWS_ACCESS_KEY_ID"][..], "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not: set both"),
            (&["AWS_SECRET_ACCESS_KEY"], "AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not: set both"),
            (&["AWS_PROFILE"], "AWS_PROFILE is \"x\", and gives none: why; sign in, or correct the profile"),
            (&[], "nothing in the environment (AWS_ACCESS_KEY_ID)"),
        ] {
            let text = without_profile(
                |name| set.contains(&name).then(|| "x".to_owned()),
                |_| Ok(String::new()),
                false,
                "why",
            );
            assert!(text.starts_with(expected), "{text}");
        }
        for (all, has_role, expected) in [
            (
                &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/token"), ("AWS_ROLE_ARN", "r")][..],
                false,
                "AWS_WEB_IDENTITY_TOKEN_FILE is \"/no/token\", which cannot be read (not there)",
            ),
            (
                &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")],
                false,
                "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not",
            ),
            (
                &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://u:hunter2@127.0.0.1:9/creds?token=hunter2")],
                false,
                "http://127.0.0.1:9/creds, which AWS_CONTAINER_CREDENTIALS_FULL_URI names, gives none: why",
            ),
            (
                &[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x")],
                false,
                "http://169.254.170.2/v2/x, which AWS_CONTAINER_CREDENTIALS_RELATIVE_URI names",
            ),
            (&[("GITHUB_ACTIONS", "true")], true, "this job of GitHub Actions may not ask for an ID token"),
            (&[("GITHUB_ACTIONS", "true")], false, "nothing in the environment"),
            (&[("GITHUB_ACTIONS", "true"), ("ACTIONS_ID_TOKEN_REQUEST_URL", "x")], true, "nothing in the environment"),
        ] {
            let of = |name: &str| all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            let token = |path: &str| if path == "/no/token" { Err("not there".to_owned()) } else { Ok(String::new()) };
            let text = without_profile(of, token, has_role, "why");
            assert!(text.starts_with(expected) && !text.contains("hunter2"), "{text}");
        }
    }
}
