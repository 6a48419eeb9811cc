//! Who may fetch and push: tokens of ECR, kept as long as they hold, and shown to nobody who does not ask for them.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{ask, docker_config};
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::error::Error;
use crate::image::registry::{self, Registry};
use crate::options::define::options;

options! {
    /// What `login` is asked for.
    #[derive(Eq)]
    pub struct Login {
        /// The registries: hosts (`<account>.dkr.ecr.<region>.amazonaws.com`, `public.ecr.aws`) or account ids. The caller's own in
        /// the client's region, unless given.
        pub registries: Vec<String>,
        /// Write them into Docker's configuration (`$DOCKER_CONFIG/config.json` or `~/.docker/config.json`), for other programs.
        pub write: bool,
    }
}

/// A user and a password for a registry. Printing it does not show the password: [`password`](Self::password) does.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Credential {
    /// The registry's host.
    pub registry: String,
    /// The user's name.
    pub user: String,
    /// Until when it is valid, in seconds since 1970.
    pub expires: f64,
    /// The file it was written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// What keeps other programs from using what was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shadowed: Option<String>,
    /// `user:password`, base64.
    #[serde(skip)]
    token: String,
}

impl Credential {
    /// The password.
    pub fn password(&self) -> String {
        decoded(&self.token).map(|(_, password)| password).unwrap_or_default()
    }

    /// User and password as HTTP's Basic authorization has them: base64.
    pub fn basic(&self) -> &str {
        &self.token
    }

    /// The lines that make GitHub Actions hide the secret in all that is printed later (`::add-mask::…`). They hold it:
    /// print them first, and nowhere else.
    pub fn masks(&self) -> Vec<String> {
        let password = self.password();
        let secrets = password.lines().chain([self.token.as_str()]).filter(|secret| !secret.is_empty());
        secrets.map(|secret| format!("::add-mask::{}", secret.replace('%', "%25").replace('\r', "%0D"))).collect()
    }
}

/// Without the secret.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("registry", &self.registry)
            .field("user", &self.user)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// The tokens a client has fetched: by region, or for ECR Public. One serves the registries of all accounts.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<Option<String>, Token>>);

impl Tokens {
    #[cfg(test)]
    pub(crate) fn set(&self, region: &str, password: &str) {
        let token = STANDARD.encode(format!("AWS:{password}"));
        let token = Token { token, expires: SystemTime::now() + VALID, own: None };
        self.0.try_lock().unwrap().insert(Some(region.to_owned()), token);
    }
}

#[derive(Clone)]
struct Token {
    /// `user:password`, base64.
    token: String,
    expires: SystemTime,
    /// The host of the caller's own registry.
    own: Option<String>,
}

/// A token that is about to expire is not given out any more.
const MARGIN: Duration = Duration::from_secs(300);
/// Where AWS does not say it: tokens are valid for twelve hours.
const VALID: Duration = Duration::from_secs(12 * 3600);

impl Client {
    /// Gets credentials for registries of Amazon ECR, and writes them into Docker's configuration if asked. The client keeps
    /// them, and gets new ones before they expire after twelve hours.
    ///
    /// # Errors
    /// `invalid` for what is no registry of ECR, or for a configuration that cannot be read or written. `denied`,
    /// `credentials`, `throttled` and `network`.
    pub async fn login(&self, login: Login) -> Result<Vec<Credential>, Error> {
        let mut asked = Vec::new();
        for registry in &login.registries {
            asked.push(Asked::of(registry)?);
        }
        if asked.is_empty() {
            asked.push(Asked::Own);
        }
        let mut credentials = Vec::new();
        for asked in asked {
            credentials.push(self.credential(asked).await?);
        }
        if login.write {
            docker_config::write(&mut credentials).await?;
        }
        Ok(credentials)
    }

    /// What lets one into a registry of ECR.
    pub(crate) async fn credential_for(&self, host: &str) -> Result<Option<Credential>, Error> {
        match registry::registry(host) {
            Some(registry) => self.credential(Asked::Host(host.to_owned(), registry)).await.map(Some),
            None => Ok(None),
        }
    }

    async fn credential(&self, asked: Asked) -> Result<Credential, Error> {
        let region = match &asked {
            Asked::Host(_, Registry::Public) => None,
            Asked::Host(_, Registry::Private { region, .. }) => Some(region.clone()),
            Asked::Own | Asked::Account(_) => Some(self.aws().await?.region().to_owned()),
        };
        let token = self.token(region).await?;
        let own = || {
            let text = "ECR does not say which host the registry has: name the host".to_owned();
            token.own.clone().ok_or(Error::Aws {
                operation: "GetAuthorizationToken".to_owned(),
                name: "unreadable".to_owned(),
                text,
                request: None,
                begun: None,
            })
        };
        let registry = match asked {
            Asked::Host(host, _) => host,
            Asked::Own => own()?,
            Asked::Account(account) => {
                let own = own()?;
                own.split_once('.').map(|(_, rest)| format!("{account}.{rest}")).unwrap_or(own)
            }
        };
        let expires = token.expires.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let user = decoded(&token.token).map(|(user, _)| user).unwrap_or_default();
        Ok(Credential { registry, user, expires, file: None, shadowed: None, token: token.token })
    }

    async fn token(&self, region: Option<String>) -> Result<Token, Error> {
        // Held while asking, so that many pulls at once ask once.
        let mut tokens = self.tokens().0.lock().await;
        if let Some(token) = tokens.get(&region).filter(|token| SystemTime::now() + MARGIN < token.expires) {
            return Ok(token.clone());
        }
        let (place, operation) = match &region {
            Some(region) => (region.as_str(), Operation::GetAuthorizationToken),
            None => ("us-east-1", Operation::GetPublicAuthorizationToken),
        };
        let answer = ask(self, place, operation, &json!({})).await?;
        let Some(token) = token(&answer["authorizationData"]) else {
            return Err(ApiError::unreadable(operation).into_error(self.aws().await?.endpoint()));
        };
        tokens.insert(region, token.clone());
        Ok(token)
    }
}

enum Asked {
    Own,
    Account(String),
    Host(String, Registry),
}

impl Asked {
    fn of(text: &str) -> Result<Self, Error> {
        if registry::is_account(text) {
            return Ok(Self::Account(text.to_owned()));
        }
        let host = text.strip_prefix("https://").unwrap_or(text).trim_end_matches('/');
        match registry::registry(host) {
            Some(registry) => Ok(Self::Host(host.to_owned(), registry)),
            None => Err(Error::invalid(
                "registries",
                format!(
                    "{host:?} is no registry of ECR: write {}, <account>.dkr.ecr.<region>.amazonaws.com or an account's id",
                    registry::PUBLIC
                ),
            )),
        }
    }
}

/// The token in an answer: ECR gives a list of one, ECR Public the one itself.
fn token(data: &Value) -> Option<Token> {
    let data = data.get(0).unwrap_or(data);
    let token = data["authorizationToken"].as_str()?.to_owned();
    decoded(&token)?;
    let expires = data["expiresAt"].as_f64().filter(|at| at.is_finite() && *at > 0.0 && *at < 1e11);
    let expires = expires.map_or_else(|| SystemTime::now() + VALID, |at| UNIX_EPOCH + Duration::from_secs_f64(at));
    let own = data["proxyEndpoint"].as_str().map(|url| url.trim_start_matches("https://").to_owned());
    Some(Token { token, expires, own: own.filter(|host| !host.is_empty()) })
}

/// User and password out of HTTP's Basic form.
pub(crate) fn decoded(token: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(token).ok()?).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn credential(registry: &str) -> Credential {
        let token = STANDARD.encode("AWS:pass%word");
        Credential {
            registry: registry.to_owned(),
            user: "AWS".to_owned(),
            expires: 1.0,
            file: None,
            shadowed: None,
            token,
        }
    }

    #[test]
    fn the_secret_is_shown_to_who_asks_alone() {
        let credential = credential("r");
        let shown = format!("{credential:?} {}", serde_json::to_string(&credential).unwrap());
        assert!(!shown.contains("pass%word") && !shown.contains(credential.basic()), "{shown}");
        assert_eq!(credential.password(), "pass%word");
        let masks = credential.masks();
        assert_eq!(masks, ["::add-mask::pass%25word".to_owned(), format!("::add-mask::{}", credential.basic())]);
    }

    #[test]
    fn a_token_is_found_in_a_list_and_alone() {
        let one =
            json!({"authorizationToken": STANDARD.encode("AWS:p"), "expiresAt": 1e9, "proxyEndpoint": "https://h"});
        for data in [json!([one]), one.clone()] {
            let token = token(&data).unwrap();
            assert_eq!(token.own.as_deref(), Some("h"));
            assert_eq!(token.expires, UNIX_EPOCH + Duration::from_secs(1_000_000_000));
        }
        for data in
            [json!([]), json!(null), json!([{"authorizationToken": "%%"}]), json!({"authorizationToken": "QVdT"})]
        {
            assert!(token(&data).is_none(), "{data}");
        }
    }

    #[test]
    fn what_is_no_registry_is_refused_by_name() {
        for text in ["docker.io", "", "12345", "https://user@public.ecr.aws"] {
            assert!(Asked::of(text).is_err(), "{text}");
        }
        for text in ["public.ecr.aws", "123456789012", "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/"] {
            assert!(Asked::of(text).is_ok(), "{text}");
        }
    }
}
