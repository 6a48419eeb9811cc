//! Why there are no credentials, in words that name the mistake: a profile that is not there, half a pair of keys, or nothing at all.

use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

use super::FaultKind;
use super::connect::Options;
use super::fault::deepest;
use super::role::Refused;

/// Where the SDK looks for credentials, in its order.
const PLACES: &str = "nothing in the environment (AWS_ACCESS_KEY_ID), the profile of the shared config files (AWS_PROFILE), \
    web identity (AWS_WEB_IDENTITY_TOKEN_FILE), or the metadata of a container or an instance";

/// Says why none were found. What only takes too long stays as it is: it may pass.
pub(super) async fn explain(options: &Options, error: CredentialsError) -> CredentialsError {
    if matches!(error, CredentialsError::ProviderTimedOut(_)) {
        return error;
    }
    let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let words = deepest(&error);
    let text = match (profile_mistake(options.profile.as_deref()).await, &options.profile) {
        (Some(mistake), _) => mistake,
        (None, Some(profile)) => {
            format!("the profile {profile:?} gives none: {words}; sign in, or correct the profile")
        }
        (None, None) => without_profile(environment, &words),
    };
    CredentialsError::provider_error(Refused { kind: FaultKind::Credentials, text })
}

fn without_profile(environment: impl Fn(&str) -> Option<String>, words: &str) -> String {
    for (set, unset) in [("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")]
    {
        if environment(set).is_some() && environment(unset).is_none() {
            return format!("{set} is set, and {unset} is not: set both");
        }
    }
    match environment("AWS_PROFILE") {
        Some(profile) => {
            format!("AWS_PROFILE is {profile:?}, and gives none: {words}; sign in, or correct the profile")
        }
        None => format!("{PLACES}: sign in, or set one of them ({words})"),
    }
}

/// What is wrong with the profile's own name, where it is asked for: by the option, or by AWS_PROFILE.
pub(super) async fn profile_mistake(option: Option<&str>) -> Option<String> {
    let variable = std::env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
    let (name, place) = match (option, variable) {
        (Some(name), _) => (name.to_owned(), "the option `profile`"),
        (None, Some(name)) => (name, "AWS_PROFILE"),
        (None, None) => return None,
    };
    let files = EnvConfigFiles::default();
    let set = aws_config::profile::load(&Fs::real(), &Env::real(), &files, None).await.ok()?;
    let names: Vec<&str> = set.profiles().collect();
    unknown_profile(&name, place, &names)
}

fn unknown_profile(name: &str, place: &str, names: &[&str]) -> Option<String> {
    if names.contains(&name) {
        return None;
    }
    let hint = match names {
        [] => ": they name none".to_owned(),
        names => crate::option_names::suggestion(name, names),
    };
    Some(format!(
        "{place} is {name:?}, and the shared config files (~/.aws/config, ~/.aws/credentials) have no such profile{hint}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mistake_is_named() {
        let text = |names: &[&str]| unknown_profile("prodd", "AWS_PROFILE", names);
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
            let text = without_profile(|name| set.contains(&name).then(|| "x".to_owned()), "why");
            assert!(text.starts_with(expected), "{text}");
        }
    }
}
