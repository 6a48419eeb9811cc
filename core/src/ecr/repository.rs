//! Creates a repository of ECR if it is not there, and its lifecycle policy even if an answer was lost.

use oci_spec::distribution::Reference;
use serde_json::Value;

use super::push::Push;
use crate::aws::ecr::NewRepository;
use crate::aws::fault::{ApiErrorKind, CallError};
use crate::client::Client;
use crate::engine::background::EventSender;
use crate::error::Error;
use crate::image::registry::Repository;
use crate::types::event::Event;

/// Refuses patterns of tags that ECR would not take.
pub(crate) fn check(exclude: &[String]) -> Result<(), Error> {
    if exclude.len() > 5 {
        return Err(Error::invalid("exclude", format!("ECR takes five patterns at most, not {}", exclude.len())));
    }
    for (at, pattern) in exclude.iter().enumerate() {
        let is_known = |one: char| one.is_ascii_alphanumeric() || "._*-".contains(one);
        let is_sound = (1..=128).contains(&pattern.len()) && pattern.chars().all(is_known);
        if !is_sound || pattern.matches('*').count() > 2 {
            let text = format!(
                "{pattern:?} is no pattern of tags: letters, digits, `.`, `_`, `-` and at most two `*` expected"
            );
            return Err(Error::invalid(format!("exclude[{at}]"), text));
        }
    }
    Ok(())
}

/// The template by which ECR makes a repository that is pushed to: that of the longest prefix, and ROOT for all others.
fn template(prefixes: &[String], name: &str) -> Option<String> {
    let covers =
        |prefix: &&String| *prefix == "ROOT" || name.starts_with(&format!("{}/", prefix.trim_end_matches('/')));
    let length = |prefix: &&String| if *prefix == "ROOT" { 0 } else { prefix.len() };
    prefixes.iter().filter(covers).max_by_key(length).cloned()
}

/// What there is to say where a repository was made without a template.
fn without_template(push: &Push, looked: &Result<Option<String>, String>) -> Option<String> {
    let given =
        [("immutable", push.immutable), ("exclude", !push.exclude.is_empty()), ("lifecycle", push.lifecycle.is_some())];
    match (looked, given.into_iter().find(|(_, is_given)| *is_given)) {
        (Ok(Some(prefix)), Some((option, _))) => Some(format!(
            "is made as `{option}` says, and without the settings of the repository creation template {prefix:?}: ECR has them for \
             repositories that it makes itself"
        )),
        (Err(why), _) => Some(format!(
            "is made without a repository creation template, as it is not known whether one covers it: {why}"
        )),
        _ => None,
    }
}

/// Makes the repository that is pushed to, if it is ECR's and not there; or leaves that to ECR, where it has a template for it.
pub(crate) async fn create(
    client: &Client,
    push: &Push,
    reference: &Reference,
    tell: &EventSender<Event>,
) -> Result<(), Error> {
    let Some(repository) = Repository::of(reference) else {
        return Err(Error::invalid("create", format!("{} is no registry of ECR", reference.registry())));
    };
    let name = &repository.name;
    let ecr = client.ecr(&repository.region).await?;
    let looked = match ecr.push_templates(&repository.account).await {
        Ok(prefixes) => Ok(template(&prefixes, name)),
        // Made as it always was, and said.
        Err(CallError::Api(fault, _)) if matches!(fault.kind, ApiErrorKind::Denied | ApiErrorKind::NotOffered) => {
            Err(fault.text)
        }
        Err(error) => return Err(error.into()),
    };
    let unlike = without_template(push, &looked);
    if matches!(looked, Ok(Some(_))) && unlike.is_none() {
        return Ok(());
    }
    let new = NewRepository { is_immutable: push.immutable, exclude: &push.exclude, is_scanned: push.scan.is_some() };
    let is_new = match ecr.create_repository(&repository, &new).await {
        Ok(()) => true,
        // Of somebody else, or of ours: the answer to it may have been lost.
        Err(error) if error.is("RepositoryAlreadyExistsException") => false,
        Err(error) => return Err(error.into()),
    };
    if let Some(text) = unlike.filter(|_| is_new) {
        warn(tell, "template", format!("{name} {text}"));
    }
    let Some(policy) = &push.lifecycle else { return Ok(()) };
    if !is_new {
        match ecr.lifecycle_policy(&repository).await.map(|kept| is_same(policy, &Value::String(kept))) {
            Err(error) if error.is("LifecyclePolicyNotFoundException") => {}
            Ok(true) => return Ok(()),
            Ok(false) => {
                warn(tell, "lifecycle", format!("{name} keeps the lifecycle policy that it has, which is another"));
                return Ok(());
            }
            Err(CallError::Api(fault, _)) if matches!(fault.kind, ApiErrorKind::Denied | ApiErrorKind::NotOffered) => {
                warn(
                    tell,
                    "lifecycle",
                    format!("{name} keeps the lifecycle policy that it has or has not: {}", fault.text),
                );
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
    let text = policy.as_str().map_or_else(|| policy.to_string(), str::to_owned);
    Ok(ecr.put_lifecycle_policy(&repository, &text).await?)
}

/// Whether a policy, which may be a document or its text, is the same as that of a text.
fn is_same(policy: &Value, kept: &Value) -> bool {
    let parsed = |policy: &Value| policy.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    parsed(policy).unwrap_or_else(|| policy.clone()) == parsed(kept).unwrap_or_else(|| kept.clone())
}

fn warn(tell: &EventSender<Event>, code: &str, text: String) {
    let _ = tell.send(Event::Warning { code: code.to_owned(), text });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::tests::Loopback;
    use crate::ecr::resolve;

    const TEMPLATES: &str = "DescribeRepositoryCreationTemplates";

    #[test]
    fn the_template_of_the_longest_prefix_counts() {
        let prefixes = ["ROOT", "team", "team/app", "other"].map(str::to_owned);
        for (name, expected) in
            [("team/app", "team"), ("team/app/api", "team/app"), ("teams/app", "ROOT"), ("app", "ROOT")]
        {
            assert_eq!(template(&prefixes, name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(template(&prefixes[1..], "app"), None);
    }

    #[test]
    fn a_pattern_is_checked_before_anything_is_sent() {
        for (patterns, expected) in [
            (vec!["latest", "dev-*", "*-rc*"], ""),
            (vec![""], "exclude[0]"),
            (vec!["v1", "a/b"], "exclude[1]"),
            (vec!["*a*b*"], "exclude[0]"),
            (vec!["a"; 6], "exclude: ECR takes five"),
        ] {
            let patterns: Vec<String> = patterns.into_iter().map(str::to_owned).collect();
            let said = check(&patterns).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(said.contains(expected) && said.is_empty() == expected.is_empty(), "{patterns:?}: {said}");
        }
    }

    /// What is called, and which warnings are told, where a template covers the repository or cannot be looked for.
    async fn with_templates(push: Push, templates: (u16, Value)) -> (Vec<String>, Vec<String>) {
        let server = Loopback::with(move |seen| match seen.header("x-amz-target").rsplit('.').next().unwrap() {
            TEMPLATES => (templates.0, Vec::new(), templates.1.to_string()),
            _ => (200, Vec::new(), "{}".to_owned()),
        })
        .await;
        let client = Client::local(&server.url, std::sync::Arc::new(crate::clock::tests::Leaping::default()));
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        create(&client, &push, &resolve::parse(&push.image).unwrap(), &tell).await.unwrap();
        let seen = server.seen.lock().unwrap();
        let name = |seen: &crate::aws::tests::Seen| seen.header("x-amz-target").rsplit('.').next().unwrap().to_owned();
        let mut texts = Vec::new();
        while let Ok(Event::Warning { code, text }) = told.try_recv() {
            texts.push(format!("{code}: {text}"));
        }
        (seen.iter().map(name).collect(), texts)
    }

    #[tokio::test]
    async fn a_repository_is_left_to_a_template_unless_other_settings_are_asked_for() {
        let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1";
        let push = || Push { create: true, ..Push::new("unused", image) };
        let answer = |registry: &str, purpose: &str| {
            let one = json!({"prefix": "team", "appliedFor": [purpose]});
            (200, json!({"registryId": registry, "repositoryCreationTemplates": [one]}))
        };
        let (own, denied) = ("123456789012", (400, json!({"__type": "AccessDeniedException", "message": "no"})));
        for (push, templates, does_create, warning) in [
            (push(), answer(own, "CREATE_ON_PUSH"), false, ""),
            (push(), answer(own, "REPLICATION"), true, ""),
            // Those of another registry say nothing of this one.
            (push(), answer("210987654321", "CREATE_ON_PUSH"), true, ""),
            (
                Push { immutable: true, ..push() },
                answer(own, "CREATE_ON_PUSH"),
                true,
                "template: team/app is made as `immutable`",
            ),
            (push(), denied, true, "template: team/app is made without a repository creation template"),
        ] {
            let (calls, warnings) = with_templates(push, templates.clone()).await;
            assert_eq!(calls.contains(&"CreateRepository".to_owned()), does_create, "{templates:?}");
            assert_eq!(calls[0], TEMPLATES);
            let is_told = warnings.iter().any(|text| !warning.is_empty() && text.starts_with(warning));
            assert!(is_told || (warning.is_empty() && warnings.is_empty()), "{warnings:?}");
        }
    }

    #[tokio::test]
    async fn exclusions_are_sent_with_their_mutability() {
        let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1";
        for (is_immutable, exclude, expected) in [
            (true, vec!["latest"], "IMMUTABLE_WITH_EXCLUSION"),
            (false, vec!["v*"], "MUTABLE_WITH_EXCLUSION"),
            (true, vec![], "IMMUTABLE"),
        ] {
            let server = Loopback::with(|_| (200, Vec::new(), "{}".to_owned())).await;
            let client = Client::local(&server.url, std::sync::Arc::new(crate::clock::tests::Leaping::default()));
            let exclude: Vec<String> = exclude.into_iter().map(str::to_owned).collect();
            let push =
                Push { create: true, immutable: is_immutable, exclude: exclude.clone(), ..Push::new("unused", image) };
            let (tell, _told) = tokio::sync::mpsc::unbounded_channel();
            create(&client, &push, &resolve::parse(image).unwrap(), &tell).await.unwrap();
            let sent: Value = serde_json::from_slice(&server.seen.lock().unwrap()[1].body).unwrap();
            assert_eq!(sent["imageTagMutability"], expected);
            let filters: Vec<Value> =
                exclude.iter().map(|one| json!({"filterType": "WILDCARD", "filter": one})).collect();
            let expected = if filters.is_empty() { Value::Null } else { json!(filters) };
            assert_eq!(sent["imageTagMutabilityExclusionFilters"], expected);
        }
    }

    #[tokio::test]
    async fn a_lifecycle_policy_is_put_where_there_is_none() {
        const PUT: &[&str] = &[TEMPLATES, "CreateRepository", "GetLifecyclePolicy", "PutLifecyclePolicy"];
        let fault = |code: &str| (400, json!({"__type": code, "message": "so"}));
        let has = |text: &str| (200, json!({"lifecyclePolicyText": text}));
        let policy = json!({"rules": [{"rulePriority": 1, "action": {"type": "expire"}}]});
        let there = "RepositoryAlreadyExistsException";
        for (made, kept, calls, warning) in [
            ((200, json!({})), fault("unused"), &[TEMPLATES, "CreateRepository", "PutLifecyclePolicy"] as &[_], None),
            // Made already: perhaps by the call whose answer was lost.
            (fault(there), fault("LifecyclePolicyNotFoundException"), PUT, None),
            (fault(there), has(r#"{"rules":[{"action":{"type":"expire"}, "rulePriority":1}]}"#), &PUT[..3], None),
            (fault(there), has(r#"{"rules":[]}"#), &PUT[..3], Some("which is another")),
            (fault(there), fault("AccessDeniedException"), &PUT[..3], Some("has or has not: so")),
        ] {
            let server = Loopback::with(move |seen| {
                let (status, body) = match seen.header("x-amz-target").rsplit('.').next().unwrap() {
                    "CreateRepository" => made.clone(),
                    "GetLifecyclePolicy" => kept.clone(),
                    _ => (200, json!({})),
                };
                (status, Vec::new(), body.to_string())
            })
            .await;
            let client = Client::local(&server.url, std::sync::Arc::new(crate::clock::tests::Leaping::default()));
            let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1";
            for lifecycle in [policy.clone(), json!(policy.to_string())] {
                let push = Push { create: true, lifecycle: Some(lifecycle), ..Push::new("unused", image) };
                let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
                create(&client, &push, &resolve::parse(image).unwrap(), &tell).await.unwrap();
                let seen = std::mem::take(&mut *server.seen.lock().unwrap());
                let name =
                    |seen: &crate::aws::tests::Seen| seen.header("x-amz-target").rsplit('.').next().unwrap().to_owned();
                assert_eq!(seen.iter().map(name).collect::<Vec<_>>(), calls);
                if calls.last() == PUT.last() {
                    let input: Value = serde_json::from_slice(&seen.last().unwrap().body).unwrap();
                    assert_eq!(input["lifecyclePolicyText"], json!(policy.to_string()));
                }
                match (told.try_recv(), warning) {
                    (Ok(Event::Warning { code, text }), Some(warning)) => {
                        assert!(code == "lifecycle" && text.contains(warning), "{text}");
                    }
                    (told, warning) => assert!(told.is_err() && warning.is_none(), "{told:?} {warning:?}"),
                }
            }
        }
    }
}
