//! Credentials for registries of ECR: fetched with its API, kept in the client, and written for Docker if asked.

use serde_json::json;

use super::docker_config;
use crate::aws::fault::ApiError;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::error::Error;
use crate::image::credential::{Credential, Token};
use crate::image::registry::{self, Registry};
use crate::options::define::options;

options! {
    /// Which credentials `login` fetches.
    #[derive(Eq)]
    pub struct Login {
        /// The registries: hosts (`<account>.dkr.ecr.<region>.amazonaws.com`, `public.ecr.aws`) or account ids. Default: the caller's
        /// own registry in the client's region.
        pub registries: Vec<String>,
        /// Write them into Docker's configuration (`$DOCKER_CONFIG/config.json` or `~/.docker/config.json`), for other programs.
        pub write: bool,
    }
}

impl Client {
    /// Gets credentials for registries of Amazon ECR, and writes them into Docker's configuration if asked. The client keeps
    /// them, and gets new ones before they expire after twelve hours.
    ///
    /// # Errors
    /// `invalid` for what is no registry of ECR, or for a configuration that cannot be read or written. `denied`,
    /// `credentials`, `throttled` and `network`.
    pub async fn login(&self, login: Login) -> Result<Vec<Credential>, Error> {
        let mut wanted = Vec::new();
        for registry in &login.registries {
            wanted.push(Wanted::of(registry)?);
        }
        if wanted.is_empty() {
            wanted.push(Wanted::Own);
        }
        let mut credentials = Vec::new();
        for wanted in wanted {
            credentials.push(self.credential(wanted).await?);
        }
        if login.write {
            docker_config::write(&mut credentials).await?;
        }
        Ok(credentials)
    }

    /// The credential of a registry of ECR; `None` for other hosts.
    pub(crate) async fn credential_for(&self, host: &str) -> Result<Option<Credential>, Error> {
        match registry::registry(host) {
            Some(registry) => self.credential(Wanted::Host(host.to_owned(), registry)).await.map(Some),
            None => Ok(None),
        }
    }

    async fn credential(&self, wanted: Wanted) -> Result<Credential, Error> {
        let region = match &wanted {
            Wanted::Host(_, Registry::Public) => None,
            Wanted::Host(_, Registry::Private { region, .. }) => Some(region.clone()),
            Wanted::Own | Wanted::Account(_) => Some(self.aws().await?.region().to_owned()),
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
        let registry = match wanted {
            Wanted::Host(host, _) => host,
            Wanted::Own => own()?,
            Wanted::Account(account) => {
                let own = own()?;
                own.split_once('.').map(|(_, rest)| format!("{account}.{rest}")).unwrap_or(own)
            }
        };
        Ok(Credential::new(registry, &token))
    }

    async fn token(&self, region: Option<String>) -> Result<Token, Error> {
        let mut tokens = self.tokens().lock().await;
        if let Some(token) = tokens.get(&region).filter(|token| token.is_fresh()) {
            return Ok(token.clone());
        }
        let token = match &region {
            Some(region) => self.ecr(region).await?.token().await?,
            None => self.public_token().await?,
        };
        tokens.insert(region, token.clone());
        Ok(token)
    }

    /// A token for ECR Public, whose API is in one region alone.
    async fn public_token(&self) -> Result<Token, Error> {
        let operation = Operation::GetPublicAuthorizationToken;
        let answer = self.ask("us-east-1", operation, &json!({})).await?;
        let data = &answer["authorizationData"];
        let token = data["authorizationToken"].as_str();
        match token.and_then(|token| Token::new(token, data["expiresAt"].as_f64(), None)) {
            Some(token) => Ok(token),
            None => Err(ApiError::unreadable(operation).into_error(self.aws().await?.endpoint())),
        }
    }
}

/// A registry as `registries` names it.
enum Wanted {
    Own,
    Account(String),
    Host(String, Registry),
}

impl Wanted {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_registry_is_refused_by_name() {
        for text in ["docker.io", "", "12345", "https://user@public.ecr.aws"] {
            assert!(Wanted::of(text).is_err(), "{text}");
        }
        for text in ["public.ecr.aws", "123456789012", "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/"] {
            assert!(Wanted::of(text).is_ok(), "{text}");
        }
    }
}
