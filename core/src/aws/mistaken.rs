//! What is wrong with the options of a client, before anything is called (pure).

use super::connect::ClientOptions;
use super::environment;
use crate::arn;
use crate::error::Error;
use crate::image::registry;

/// The most characters of a session policy that STS takes.
const POLICY: usize = 2048;

pub(crate) fn check(options: &ClientOptions) -> Result<(), Error> {
    if let Some(endpoint) = &options.endpoint {
        environment::check_endpoint("endpoint", endpoint)?;
    }
    if let Some(region) = &options.region {
        environment::check_region("region", region)?;
    }
    check_roles(options)?;
    check_account(options)?;
    let of_a_role = [
        ("via", !options.via.is_empty()),
        ("session", options.session.is_some()),
        ("tags", !options.tags.is_empty()),
        ("duration", options.duration.is_some()),
        ("external", options.external.is_some()),
        ("identity", options.identity.is_some()),
        ("policy", !options.policy.is_empty()),
        ("managed", !options.managed.is_empty()),
        ("oidc", options.oidc == Some(true)),
        ("token", options.token.is_some()),
        ("audience", options.audience.is_some()),
    ];
    if let Some((name, _)) = of_a_role.into_iter().find(|(_, is_given)| *is_given && options.role.is_none()) {
        return Err(Error::invalid(name, "there is no role that it is for: give `role`"));
    }
    check_session(options)?;
    check_policies(options)?;
    check_token(options)
}

fn check_roles(options: &ClientOptions) -> Result<(), Error> {
    for (place, role) in
        options.role.iter().map(|role| ("role", role)).chain(options.via.iter().map(|role| ("via", role)))
    {
        let is_role = arn::parse(role).is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with("role/"));
        if !is_role {
            let text = format!("{role:?} is not the ARN of a role: write arn:aws:iam::<account>:role/<name>");
            return Err(Error::invalid(place, text));
        }
    }
    Ok(())
}

/// The account that is asked for, and that of the role whose session calls.
fn check_account(options: &ClientOptions) -> Result<(), Error> {
    let Some(account) = &options.account else { return Ok(()) };
    if !registry::is_account(account) {
        let text = format!("{account:?} is no account: write its twelve digits, with leading zeros, as a text");
        return Err(Error::invalid("account", text));
    }
    let of_role = options.role.as_deref().and_then(|role| Some((role, arn::account(role)?)));
    match of_role {
        Some((role, own)) if own != account => {
            let text =
                format!("{role} is a role of account {own}, and `account` allows {account} alone: correct one of them");
            Err(Error::invalid("role", text))
        }
        _ => Ok(()),
    }
}

fn check_session(options: &ClientOptions) -> Result<(), Error> {
    let is_name = |name: &str, most: usize, more: &[u8]| {
        (2..=most).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b) || more.contains(&b))
    };
    if let Some(session) = options.session.as_deref().filter(|session| !is_name(session, 64, b"")) {
        let text = format!("{session:?} is no session's name: 2 to 64 of letters, digits and _+=,.@-");
        return Err(Error::invalid("session", text));
    }
    if let Some(identity) = options.identity.as_deref()
        && (!is_name(identity, 64, b"") || identity.starts_with("aws:"))
    {
        let text = format!("{identity:?} is no source identity: 2 to 64 of letters, digits and _+=,.@-");
        return Err(Error::invalid("identity", text));
    }
    if options.external.as_deref().is_some_and(|external| !is_name(external, 1224, b":/")) {
        return Err(Error::invalid("external", "it is no external id: 2 to 1224 of letters, digits and _+=,.@:/-"));
    }
    match options.duration {
        Some(seconds) if !(900..=43200).contains(&seconds) => {
            let text = format!("{seconds} s is no session's duration: 900 to 43200 seconds");
            Err(Error::invalid("duration", text))
        }
        Some(seconds) if seconds > 3600 && !options.via.is_empty() => {
            let text = format!(
                "{seconds} s is too long for a role that another role assumes (`via`): at most 3600; the role is assumed anew in time"
            );
            Err(Error::invalid("duration", text))
        }
        _ => Ok(()),
    }
}

fn check_policies(options: &ClientOptions) -> Result<(), Error> {
    if !options.policy.is_empty() {
        if !options.policy.contains_key("Statement") {
            return Err(Error::invalid("policy", "it has no \"Statement\": it is a whole policy, as IAM writes one"));
        }
        let length = serde_json::Value::Object(options.policy.clone()).to_string().chars().count();
        if length > POLICY {
            let text =
                format!("it has {length} characters, and STS takes {POLICY}: make it shorter, or give `managed`");
            return Err(Error::invalid("policy", text));
        }
    }
    if options.managed.len() > 10 {
        return Err(Error::invalid("managed", format!("{} policies, and STS takes 10", options.managed.len())));
    }
    for (at, policy) in options.managed.iter().enumerate() {
        let is_policy =
            arn::parse(policy).is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with("policy/"));
        if !is_policy {
            let text =
                format!("{policy:?} is not the ARN of a policy: write arn:aws:iam::<account or aws>:policy/<name>");
            return Err(Error::invalid(format!("managed[{at}]"), text));
        }
    }
    Ok(())
}

fn check_token(options: &ClientOptions) -> Result<(), Error> {
    if options.token.is_none() {
        return Ok(());
    }
    if options.oidc == Some(false) {
        return Err(Error::invalid("token", "`oidc` is false, and so no token is used: leave one of them away"));
    }
    if options.audience.is_some() {
        let text = "it is for the token that GitHub is asked for: the token of `token` has its audience already";
        return Err(Error::invalid("audience", text));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
