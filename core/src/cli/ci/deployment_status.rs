//! A deployment on GitHub's page of the repository, which follows the one of ECS: made when ECS has accepted that, and closed with its
//! verdict. Only with a token of its own variable: a token that is there for something else makes none.

use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::cli::exit_codes;
use crate::cli::history::History;
use crate::cli::style::plain;
use crate::cli::variables;
use crate::http::loopback::is_loopback;
use crate::http::{Http, root_cause};

/// For one answer of GitHub.
const PATIENCE: Duration = Duration::from_secs(10);
/// GitHub takes no longer description.
const DESCRIPTION: usize = 140;
const API: &str = "https://api.github.com";
const VERSION: &str = "2022-11-28";

/// Where it is made, and with whose token. It has no `Debug`: it holds a secret.
#[derive(Clone)]
pub(crate) struct Place {
    api: Url,
    repository: String,
    commit: String,
    token: String,
    environment: Option<String>,
    /// The page of the run.
    log: Option<String>,
}

impl Place {
    /// By the variables of a job; `None` without a token.
    pub(crate) fn of(variable: &dyn Fn(&str) -> Option<String>) -> Option<Result<Self, String>> {
        let token = variable(variables::GITHUB_TOKEN)?;
        let needed = |name: &str| variable(name).ok_or_else(|| format!("no deployment on GitHub: {name} is not set"));
        let place = || {
            let (repository, commit) = (needed("GITHUB_REPOSITORY")?, needed("GITHUB_SHA")?);
            let api = variable("GITHUB_API_URL").unwrap_or_else(|| API.to_owned());
            let wrong = || format!("no deployment on GitHub: GITHUB_API_URL is no https address: {}", plain(&api));
            let url = Url::parse(&format!("{}/", api.trim_end_matches('/'))).map_err(|_| wrong())?;
            let is_safe = url.scheme() == "https" || url.host_str().is_some_and(is_loopback);
            let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
            if !is_safe || !is_name(&repository) || repository.contains("..") {
                return Err(wrong());
            }
            let server = variable("GITHUB_SERVER_URL").zip(variable("GITHUB_RUN_ID"));
            let log = server.map(|(server, run)| format!("{server}/{repository}/actions/runs/{run}"));
            let environment = variable(variables::GITHUB_ENVIRONMENT);
            Ok(Self { api: url, repository, commit, token, environment, log })
        };
        Some(place())
    }

    /// Makes the deployment, which is in progress.
    pub(crate) async fn begin(self, title: String, cluster: String) -> Result<Begun, String> {
        let environment = match (&self.environment, cluster.as_str()) {
            (Some(environment), _) => environment.clone(),
            (None, "") => "default".to_owned(),
            (None, cluster) => cluster.to_owned(),
        };
        let body = json!({
            "ref": self.commit, "environment": environment, "auto_merge": false, "required_contexts": [],
            "description": short(&title),
        });
        let made = self.post("deployments", &body).await?;
        let id = made["id"].as_u64().ok_or_else(|| "no deployment on GitHub: the answer has no id".to_owned())?;
        let begun = Begun { place: self, id };
        begun.post("in_progress", &title, None).await?;
        Ok(begun)
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let failed = |why: String| format!("no deployment on GitHub: {why}");
        let url =
            self.api.join(&format!("repos/{}/{path}", self.repository)).map_err(|error| failed(error.to_string()))?;
        let http = Http::new().map_err(|error| failed(error.to_string()))?;
        let request = http
            .request(Method::POST, url)
            .timeout(PATIENCE)
            .bearer_auth(&self.token)
            .header("accept", "application/vnd.github+json")
            .header("content-type", "application/json")
            .header("x-github-api-version", VERSION)
            .body(body.to_string());
        let answer = request.send().await.map_err(|error| failed(root_cause(&error)))?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|error| failed(root_cause(&error)))?;
        let document: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if status.as_u16() == 201 {
            return Ok(document);
        }
        let text = plain(document["message"].as_str().unwrap_or_default()).replace(&self.token, "***");
        let hint = match status.as_u16() {
            401 | 403 | 404 => "; the job needs `permissions: deployments: write`",
            _ => "",
        };
        Err(failed(format!("GitHub answered {} {text}{hint}", status.as_u16())))
    }
}

/// A deployment that is in progress.
pub(crate) struct Begun {
    place: Place,
    id: u64,
}

impl Begun {
    /// Closes it with the verdict.
    pub(crate) async fn end(&self, history: &History) -> Result<(), String> {
        let ends = history.ends();
        let bad = ends.iter().find(|end| !end.is_good());
        let shown = bad.or(ends.first());
        let headline = shown.map(|end| end.headline.clone()).unwrap_or_default();
        let endpoint = shown.and_then(|end| end.word("endpoint")).filter(|url| url.starts_with("https://"));
        self.post(state(history), &headline, endpoint.as_deref()).await
    }

    async fn post(&self, state: &str, description: &str, endpoint: Option<&str>) -> Result<(), String> {
        let mut body = json!({"state": state, "description": short(description)});
        let log = self.place.log.as_deref();
        for (name, value) in [("log_url", log), ("environment_url", endpoint)] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        self.place.post(&format!("deployments/{}/statuses", self.id), &body).await.map(drop)
    }
}

/// A verdict against it is a failure; where there is none, such as after a time-out, it is an error.
fn state(history: &History) -> &'static str {
    let code = history.end["code"].as_str().unwrap_or_default();
    match history.end["type"].as_str() {
        Some("succeeded") => "success",
        Some("failed") if (exit_codes::FAILED..=exit_codes::STOPPED).contains(&exit_codes::of(code)) => "failure",
        _ => "error",
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(DESCRIPTION) {
        None => text.to_owned(),
        Some(_) => text.chars().take(DESCRIPTION - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(set: &[(&str, &str)]) -> Option<Result<Place, String>> {
        Place::of(&|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_token_of_its_own_is_needed_and_goes_to_https_alone() {
        let job = [("GITHUB_REPOSITORY", "o/r"), ("GITHUB_SHA", "abc"), ("GITHUB_TOKEN", "t")];
        assert!(place(&job).is_none());
        let with = |more: &[(&'static str, &'static str)]| {
            place(&[&job[..], &[(variables::GITHUB_TOKEN, "t")], more].concat())
        };
        let refused = |more| with(more).unwrap().err().unwrap();
        assert_eq!(with(&[]).unwrap().ok().unwrap().api.as_str(), "https://api.github.com/");
        let enterprise = with(&[("GITHUB_API_URL", "https://git.example/api/v3")]).unwrap().ok().unwrap();
        assert_eq!(enterprise.api.join("repos/x").unwrap().as_str(), "https://git.example/api/v3/repos/x");
        assert!(with(&[("GITHUB_API_URL", "http://127.0.0.1:1")]).unwrap().is_ok());
        assert!(refused(&[("GITHUB_API_URL", "http://git.example")]).contains("no https address"));
        assert!(
            place(&[(variables::GITHUB_TOKEN, "t")]).unwrap().err().unwrap().contains("GITHUB_REPOSITORY is not set")
        );
    }

    #[test]
    fn a_verdict_is_a_state() {
        for (end, expected) in [
            (json!({"type": "succeeded"}), "success"),
            (json!({"type": "failed", "code": "rolled_back"}), "failure"),
            (json!({"type": "failed", "code": "timed_out"}), "error"),
            (json!({"type": "failed", "code": "denied"}), "error"),
        ] {
            assert_eq!(state(&History { end, ..History::default() }), expected);
        }
        assert_eq!(short(&"ä".repeat(200)).chars().count(), DESCRIPTION);
    }
}
