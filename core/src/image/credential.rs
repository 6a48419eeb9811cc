//! Credentials of registries: what a client keeps of them, and what it hands out. No call is made here.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use tokio::sync::{Mutex, MutexGuard};

/// Credentials for one registry. The password is shown only by [`password`](Self::password).
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Credential {
    /// The registry's host.
    pub registry: String,
    /// The user's name.
    pub user: String,
    /// When it expires, in seconds since 1970.
    pub expires: f64,
    /// The file it was written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Why other programs will not use what was written: a credential helper that Docker asks first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shadowed: Option<String>,
    /// `user:password`, base64.
    #[serde(skip)]
    token: String,
}

impl Credential {
    /// The credential of a registry that a token of ECR is good for.
    pub(crate) fn new(registry: String, token: &Token) -> Self {
        let expires = token.expires.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let user = decoded(&token.token).map(|(user, _)| user).unwrap_or_default();
        Self { registry, user, expires, file: None, shadowed: None, token: token.token.clone() }
    }

    /// The password.
    pub fn password(&self) -> String {
        decoded(&self.token).map(|(_, password)| password).unwrap_or_default()
    }

    /// User and password as HTTP's Basic authorization needs them: base64.
    pub fn basic(&self) -> &str {
        &self.token
    }

    /// Lines that make GitHub Actions hide the secret in all later output (`::add-mask::…`). They contain the secret: print
    /// them first, and write them nowhere else.
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

/// A token of ECR or ECR Public. It has no `Debug`: it is a secret.
#[derive(Clone)]
pub(crate) struct Token {
    /// `user:password`, base64.
    token: String,
    expires: SystemTime,
    /// The host of the caller's own registry.
    pub(crate) own: Option<String>,
}

/// A token that expires within this time is fetched again.
const MARGIN: Duration = Duration::from_secs(300);
/// How long a token is valid where AWS does not say it: ECR gives twelve hours.
const VALID: Duration = Duration::from_secs(12 * 3600);

impl Token {
    /// A token that ECR gave; `None` where it is not user and password. `endpoint` is the URL of the caller's own registry.
    pub(crate) fn new(token: &str, expires: Option<f64>, endpoint: Option<&str>) -> Option<Self> {
        decoded(token)?;
        let expires = expires.filter(|at| at.is_finite() && *at > 0.0 && *at < 1e11);
        let expires = expires.map_or_else(|| SystemTime::now() + VALID, |at| UNIX_EPOCH + Duration::from_secs_f64(at));
        let own = endpoint.map(|url| url.trim_start_matches("https://").to_owned());
        Some(Self { token: token.to_owned(), expires, own: own.filter(|host| !host.is_empty()) })
    }

    /// Whether it can still be used for a while.
    pub(crate) fn is_fresh(&self) -> bool {
        SystemTime::now() + MARGIN < self.expires
    }
}

/// The tokens that a client has fetched, by region; `None` is ECR Public. One token is good for the registries of all accounts.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<HashMap<Option<String>, Token>>);

impl TokenCache {
    /// Keep the lock while a token is fetched, so that many pulls at once fetch one.
    pub(crate) async fn lock(&self) -> MutexGuard<'_, HashMap<Option<String>, Token>> {
        self.0.lock().await
    }

    #[cfg(test)]
    pub(crate) fn set(&self, region: &str, password: &str) {
        let token = STANDARD.encode(format!("AWS:{password}"));
        let token = Token { token, expires: SystemTime::now() + VALID, own: None };
        self.0.try_lock().unwrap().insert(Some(region.to_owned()), token);
    }
}

/// User and password from the form that HTTP's Basic authorization has.
fn decoded(token: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(token).ok()?).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn credential(registry: &str) -> Credential {
        let token = STANDARD.encode("AWS:pass%word");
        Credential::new(registry.to_owned(), &Token { token, expires: UNIX_EPOCH + Duration::from_secs(1), own: None })
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
    fn a_token_is_user_and_password_and_holds_for_a_while() {
        let text = STANDARD.encode("AWS:p");
        let token = Token::new(&text, Some(1e9), Some("https://h")).unwrap();
        assert_eq!(token.own.as_deref(), Some("h"));
        assert_eq!(token.expires, UNIX_EPOCH + Duration::from_secs(1_000_000_000));
        assert!(!token.is_fresh());
        for expires in [None, Some(-1.0), Some(f64::NAN), Some(1e300)] {
            let token = Token::new(&text, expires, Some("https://")).unwrap();
            assert!(token.is_fresh() && token.own.is_none(), "{expires:?}");
        }
        for text in ["", "%%", "QVdT"] {
            assert!(Token::new(text, None, None).is_none(), "{text}");
        }
    }
}
