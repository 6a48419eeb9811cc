//! Trust policies for the OIDC tokens of CI systems: who may assume the role.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::named::Named;
use crate::error::Error;
use crate::options::define::options;

options! {
    /// Which jobs of a CI system may assume a role, for its trust policy.
    pub struct Trust(provider: TrustProvider, repository) {
        /// The CI system.
        pub provider: TrustProvider,
        /// GitHub: `owner/name`, or with their ids `owner@1/name@2`. GitLab: the project's path, `group/project`. CircleCI: the
        /// project's id.
        pub repository: String,
        /// The jobs of this branch; `*` stands for any characters.
        pub branch: Option<String>,
        /// The jobs of this tag. Not for CircleCI.
        pub tag: Option<String>,
        /// The jobs with this environment. GitHub alone.
        pub environment: Option<String>,
        /// The organization's id. CircleCI alone, and needed there.
        pub organization: Option<String>,
        /// The token's audience. Default: `sts.amazonaws.com` for GitHub, the host's address for GitLab, the organization's id for CircleCI.
        pub audience: Option<String>,
        /// The host of the provider, such as `gitlab.example.com`. Default: that of the public service.
        pub host: Option<String>,
    }
}

/// A CI system whose jobs have an OIDC token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TrustProvider {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
    /// CircleCI.
    Circleci,
}

/// The trust policy; what is to be known about it goes to `notes`.
pub(crate) fn policy(trust: &Trust, named: &Named<'_>, notes: &mut Vec<String>) -> Result<Value, Error> {
    check(trust)?;
    let (host, audience) = match trust.provider {
        TrustProvider::Github => (host(trust, "token.actions.githubusercontent.com"), "sts.amazonaws.com".to_owned()),
        TrustProvider::Gitlab => {
            let host = host(trust, "gitlab.com");
            (host.clone(), format!("https://{host}"))
        }
        TrustProvider::Circleci => {
            let organization = trust.organization.clone().unwrap_or_default();
            let host = host(trust, "oidc.circleci.com");
            (format!("{host}/org/{organization}"), organization)
        }
    };
    let subjects = match trust.provider {
        TrustProvider::Github => github(trust, notes),
        TrustProvider::Gitlab => vec![format!("project_path:{}:{}", trust.repository, gitlab_ref(trust))],
        TrustProvider::Circleci => vec![circleci(trust, notes)],
    };
    if named.account == "*" {
        notes
            .push("the account is not known: put its twelve digits in place of ACCOUNT in the trust policy".to_owned());
    }
    let account = if named.account == "*" { "ACCOUNT" } else { &named.account };
    let provider = format!("arn:{}:iam::{account}:oidc-provider/{host}", named.partition);
    notes.push(format!("{provider} must be there: an identity provider of IAM for https://{host}"));
    let audience = trust.audience.clone().unwrap_or(audience);
    let is_pattern = subjects.iter().any(|subject| subject.contains(['*', '?']));
    let subject = if subjects.len() == 1 { json!(subjects[0]) } else { json!(subjects) };
    let mut condition = json!({"StringEquals": {format!("{host}:aud"): audience}});
    let operator = if is_pattern { "StringLike" } else { "StringEquals" };
    condition[operator][format!("{host}:sub")] = subject;
    Ok(json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }],
    }))
}

fn host(trust: &Trust, default: &str) -> String {
    let host = trust.host.as_deref().unwrap_or(default);
    host.trim_start_matches("https://").trim_end_matches('/').to_owned()
}

fn check(trust: &Trust) -> Result<(), Error> {
    let wrong = |option: &str, text: &str| Err(Error::invalid(format!("trust.{option}"), text));
    let refs = [&trust.branch, &trust.tag, &trust.environment].into_iter().flatten().count();
    if trust.repository.is_empty() || trust.repository.split('/').any(|part| part.contains('*') || part.is_empty()) {
        return wrong("repository", "name one repository, without `*`: every other one could assume the role as well");
    }
    match trust.provider {
        TrustProvider::Circleci if trust.tag.is_some() => {
            wrong("tag", "CircleCI's token does not contain the tag: give `branch`")
        }
        TrustProvider::Circleci if trust.organization.is_none() => {
            wrong("organization", "needed: CircleCI's tokens are issued for the organization's id")
        }
        TrustProvider::Circleci if trust.repository.contains('/') => wrong(
            "repository",
            "give the project's id, as its settings show it: CircleCI's token has no name of the project",
        ),
        TrustProvider::Github | TrustProvider::Gitlab if !trust.repository.contains('/') => {
            wrong("repository", "give owner and name, such as `octo/api`")
        }
        TrustProvider::Gitlab | TrustProvider::Circleci if trust.environment.is_some() => {
            wrong("environment", "only GitHub's `sub` has the environment: give `branch`")
        }
        _ if trust.organization.is_some() && trust.provider != TrustProvider::Circleci => {
            wrong("organization", "is part of `repository` here: only CircleCI has an id for it")
        }
        _ if refs > 1 => wrong("branch", "a token names one of branch, tag and environment: give one of them"),
        TrustProvider::Github | TrustProvider::Gitlab if refs == 0 => wrong(
            "branch",
            "give `branch`, `tag` or `environment`: without, a job of any branch could deploy. `branch: \"*\"` allows that",
        ),
        _ => Ok(()),
    }
}

/// The subjects of GitHub's token. That of a repository made after 15 July 2026 has the ids of owner and repository.
fn github(trust: &Trust, notes: &mut Vec<String>) -> Vec<String> {
    let rest = match (&trust.branch, &trust.tag, &trust.environment) {
        (_, _, Some(environment)) => format!("environment:{environment}"),
        (_, Some(tag), _) => format!("ref:refs/tags/{tag}"),
        (branch, ..) => format!("ref:refs/heads/{}", branch.as_deref().unwrap_or("*")),
    };
    let plain = format!("repo:{}:{rest}", trust.repository);
    if trust.repository.contains('@') {
        return vec![plain];
    }
    notes.push(
        "the `sub` of a repository made after 15 July 2026 has ids, so the trust policy takes both forms; with the ids in \
         `repository` (`owner@1/name@2`) it takes this one repository alone, whatever is called so later"
            .to_owned(),
    );
    let (owner, name) = trust.repository.split_once('/').unwrap_or_default();
    vec![plain, format!("repo:{owner}@*/{name}@*:{rest}")]
}

fn gitlab_ref(trust: &Trust) -> String {
    match (&trust.tag, &trust.branch) {
        (Some(tag), _) => format!("ref_type:tag:ref:{tag}"),
        (None, branch) => format!("ref_type:branch:ref:{}", branch.as_deref().unwrap_or("*")),
    }
}

/// The subject of CircleCI's token. The second version of the token has the branch in it.
fn circleci(trust: &Trust, notes: &mut Vec<String>) -> String {
    let organization = trust.organization.as_deref().unwrap_or_default();
    let project = format!("org/{organization}/project/{}/user/*", trust.repository);
    match &trust.branch {
        Some(branch) => {
            notes.push("the branch is in CIRCLE_OIDC_TOKEN_V2 alone: assume the role with that token".to_owned());
            format!("{project}/vcs-origin/*/vcs-ref/refs/heads/{branch}")
        }
        None => project,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::read::parse_options;

    fn made(trust: Value) -> Result<(Value, Vec<String>), Error> {
        let trust: Trust = parse_options("trust", trust)?;
        let request = Value::Null;
        let named = Named::of("deploy", &request, Some("123456789012"), Some("eu-central-1"));
        let mut notes = Vec::new();
        policy(&trust, &named, &mut notes).map(|policy| (policy["Statement"][0].clone(), notes))
    }

    #[test]
    fn each_provider_has_its_subject_and_audience() {
        let github = "token.actions.githubusercontent.com";
        let (gitlab, circleci) = ("gitlab.com", "oidc.circleci.com/org/o-1");
        for (trust, provider, condition) in [
            (
                json!({"provider": "github", "repository": "octo/api", "branch": "main"}),
                github,
                json!({"StringEquals": {format!("{github}:aud"): "sts.amazonaws.com"},
                       "StringLike": {format!("{github}:sub"): ["repo:octo/api:ref:refs/heads/main", "repo:octo@*/api@*:ref:refs/heads/main"]}}),
            ),
            (
                json!({"provider": "github", "repository": "octo@1/api@2", "environment": "prod"}),
                github,
                json!({"StringEquals": {format!("{github}:aud"): "sts.amazonaws.com",
                                        format!("{github}:sub"): "repo:octo@1/api@2:environment:prod"}}),
            ),
            (
                json!({"provider": "gitlab", "repository": "group/sub/api", "tag": "v*"}),
                gitlab,
                json!({"StringEquals": {"gitlab.com:aud": "https://gitlab.com"},
                       "StringLike": {"gitlab.com:sub": "project_path:group/sub/api:ref_type:tag:ref:v*"}}),
            ),
            (
                json!({"provider": "circleci", "repository": "p-1", "organization": "o-1"}),
                circleci,
                json!({"StringEquals": {format!("{circleci}:aud"): "o-1"},
                       "StringLike": {format!("{circleci}:sub"): "org/o-1/project/p-1/user/*"}}),
            ),
            (
                json!({"provider": "circleci", "repository": "p-1", "organization": "o-1", "branch": "main"}),
                circleci,
                json!({"StringEquals": {format!("{circleci}:aud"): "o-1"},
                       "StringLike": {format!("{circleci}:sub"): "org/o-1/project/p-1/user/*/vcs-origin/*/vcs-ref/refs/heads/main"}}),
            ),
        ] {
            let (statement, _) = made(trust.clone()).unwrap();
            assert_eq!(
                statement["Principal"]["Federated"],
                format!("arn:aws:iam::123456789012:oidc-provider/{provider}"),
                "{trust}"
            );
            assert_eq!(statement["Condition"], condition, "{trust}");
        }
    }

    #[test]
    fn what_would_let_others_in_is_refused() {
        for (trust, text) in [
            (
                json!({"provider": "github", "repository": "octo/*", "branch": "main"}),
                "trust.repository: name one repository",
            ),
            (
                json!({"provider": "github", "repository": "api", "branch": "main"}),
                "trust.repository: give owner and name",
            ),
            (
                json!({"provider": "github", "repository": "octo/api"}),
                "trust.branch: give `branch`, `tag` or `environment`",
            ),
            (
                json!({"provider": "github", "repository": "octo/api", "branch": "a", "tag": "b"}),
                "trust.branch: a token names one of",
            ),
            (
                json!({"provider": "gitlab", "repository": "a/b", "environment": "p"}),
                "trust.environment: only GitHub's",
            ),
            (json!({"provider": "circleci", "repository": "p"}), "trust.organization: needed"),
            (
                json!({"provider": "circleci", "repository": "o/p", "organization": "o"}),
                "trust.repository: give the project's id",
            ),
            (json!({"provider": "jenkins", "repository": "o/p"}), "this word is not known"),
        ] {
            let error = made(trust.clone()).unwrap_err().to_string();
            assert!(error.contains(text), "{trust}: {error}");
        }
    }
}
