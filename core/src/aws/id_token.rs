//! The ID token of a job of a CI system, for which AWS gives the credentials of a role: where it is had, and what it says of itself.

use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use super::fault::{ApiError, ApiErrorKind};
use super::github_oidc::GithubToken;
use super::operation::Operation;
use crate::error::Error;
use crate::file;

/// Where the token is had.
#[derive(Clone)]
pub(crate) enum IdToken {
    /// GitHub is asked for one each time.
    Github(GithubToken),
    /// It was in a variable of the environment.
    Variable(String),
    /// It is read from a file each time.
    File(PathBuf),
}

impl IdToken {
    /// The token that a job of GitHub Actions may ask for.
    pub(crate) fn of_github(environment: impl Fn(&str) -> Option<String>, audience: Option<&str>) -> Option<Self> {
        GithubToken::of(environment, audience).map(Self::Github)
    }

    /// The token at the place that the option `token` names.
    pub(crate) fn at(place: &str, environment: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        if Claims::of(place).is_some() {
            let text = "it is the token itself: give the name of the variable or the path of the file that holds it";
            return Err(Error::invalid("token", text));
        }
        if place.contains(['/', '\\', '.']) {
            return Ok(Self::File(PathBuf::from(place)));
        }
        let is_name = place.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !place.is_empty();
        match environment(place).filter(|_| is_name) {
            Some(token) => Ok(Self::Variable(token.trim().to_owned())),
            None => {
                let text = format!(
                    "the environment variable {place:?} is not set, or empty: a job of GitLab names it under `id_tokens`, one of \
                     CircleCI has CIRCLE_OIDC_TOKEN_V2 where it uses a context; a file is named by a path, such as ./{place}"
                );
                Err(Error::invalid("token", text))
            }
        }
    }

    /// A token that is valid now, as far as this side can tell.
    pub(crate) async fn token(&self) -> Result<String, ApiError> {
        match self {
            Self::Github(github) => github.token().await,
            Self::Variable(token) => Ok(token.clone()),
            Self::File(path) => read(path).map_err(|why| {
                let text = format!("the ID token in {path:?}, which `token` names, cannot be read ({why})");
                ApiError::of_role(Operation::AssumeRoleWithWebIdentity, ApiErrorKind::Rejected, text)
            }),
        }
    }
}

/// A file with a token; the error is why it cannot be read.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    let bytes = file::read(path).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|_| "it is no text".to_owned())?;
    let token = text.trim();
    if token.is_empty() { Err("it is empty".to_owned()) } else { Ok(token.to_owned()) }
}

/// Without the token.
impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Github(github) => github.fmt(f),
            Self::Variable(_) => f.write_str("Variable"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

/// What a token says of itself that a trust policy is about. Nobody has checked it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Claims {
    issuer: String,
    subject: String,
    audience: Vec<String>,
}

/// The most characters of a claim that are shown.
const LONGEST: usize = 200;

impl Claims {
    /// Those of a JSON Web Token; `None` for any other text.
    pub(crate) fn of(token: &str) -> Option<Self> {
        let [_, payload, _] = token.trim().split('.').collect::<Vec<_>>()[..] else { return None };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        let whole: Value = serde_json::from_slice(&bytes).ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let audience = match &whole["aud"] {
            Value::Array(all) => all.iter().filter_map(text).collect(),
            one => text(one).into_iter().collect(),
        };
        let claim = |name: &str| text(&whole[name]).unwrap_or_default();
        whole.is_object().then(|| Self { issuer: claim("iss"), subject: claim("sub"), audience })
    }

    /// What to do about a refusal of the token, after a semicolon; nothing where that is not about its claims.
    pub(crate) fn remedy(&self, refusal: &str) -> Option<String> {
        let has = |marks: &[&str]| marks.iter().any(|mark| refusal.contains(mark));
        let host = self.host();
        let (subject, audience) = (shown(&self.subject), self.audiences());
        let seen = format!("the token has iss {}, sub {subject} and aud {audience}", shown(&self.issuer));
        if has(&["ExpiredToken", "Token expired"]) {
            return Some(format!("; {seen}, and is too old: give one that the job has just got"));
        }
        if has(&["InvalidIdentityToken", "OpenIDConnect", "Incorrect token audience"]) {
            return Some(format!(
                "; {seen}: IAM, in the role's account, needs an identity provider with the URL https://{host} and the audience {audience}"
            ));
        }
        has(&["AccessDenied", "Not authorized"]).then(|| {
            format!(
                "; {seen}: the role's trust policy has to allow sts:AssumeRoleWithWebIdentity to the identity provider {host}, with \
                 \"{host}:sub\" that is or fits {subject} and \"{host}:aud\" that is {audience} (the verb `policy` writes one with `trust`)"
            )
        })
    }

    /// The provider's name in IAM: the issuer's URL without its scheme.
    fn host(&self) -> String {
        let host = self.issuer.trim_start_matches("https://").trim_end_matches('/');
        plain(if host.is_empty() { "?" } else { host })
    }

    fn audiences(&self) -> String {
        let all: Vec<String> = self.audience.iter().take(3).map(|one| shown(one)).collect();
        if all.is_empty() { "none".to_owned() } else { all.join(", ") }
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

fn shown(text: &str) -> String {
    format!("{:?}", plain(text))
}

#[cfg(test)]
pub(crate) mod tests;
