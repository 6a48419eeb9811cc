//! Creates a repository of ECR if it is not there, and its lifecycle policy even if an answer was lost.

use oci_spec::distribution::Reference;
use serde_json::Value;

use super::push::Push;
use crate::aws::fault::{ApiErrorKind, CallError};
use crate::client::Client;
use crate::engine::background::EventSender;
use crate::error::Error;
use crate::image::registry::Repository;
use crate::types::event::Event;

/// Makes the repository that is pushed to, if it is ECR's and not there.
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
    let is_new = match ecr.create_repository(&repository, push.immutable, push.scan.is_some()).await {
        Ok(()) => true,
        // Of somebody else, or of ours: the answer to it may have been lost.
        Err(error) if error.is("RepositoryAlreadyExistsException") => false,
        Err(error) => return Err(error.into()),
    };
    let Some(policy) = &push.lifecycle else { return Ok(()) };
    if !is_new {
        match ecr.lifecycle_policy(&repository).await.map(|kept| is_same(policy, &Value::String(kept))) {
            Err(error) if error.is("LifecyclePolicyNotFoundException") => {}
            Ok(true) => return Ok(()),
            Ok(false) => return warn(tell, format!("{name} keeps the lifecycle policy that it has, which is another")),
            Err(CallError::Api(fault, _)) if matches!(fault.kind, ApiErrorKind::Denied | ApiErrorKind::NotOffered) => {
                return warn(tell, format!("{name} keeps the lifecycle policy that it has or has not: {}", fault.text));
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

fn warn(tell: &EventSender<Event>, text: String) -> Result<(), Error> {
    let _ = tell.send(Event::Warning { code: "lifecycle".to_owned(), text });
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::tests::Loopback;
    use crate::ecr::resolve;

    #[tokio::test]
    async fn a_lifecycle_policy_is_put_where_there_is_none() {
        const PUT: &[&str] = &["CreateRepository", "GetLifecyclePolicy", "PutLifecyclePolicy"];
        let fault = |code: &str| (400, json!({"__type": code, "message": "so"}));
        let has = |text: &str| (200, json!({"lifecyclePolicyText": text}));
        let policy = json!({"rules": [{"rulePriority": 1, "action": {"type": "expire"}}]});
        let there = "RepositoryAlreadyExistsException";
        for (made, kept, calls, warning) in [
            ((200, json!({})), fault("unused"), &["CreateRepository", "PutLifecyclePolicy"] as &[_], None),
            // Made already: perhaps by the call whose answer was lost.
            (fault(there), fault("LifecyclePolicyNotFoundException"), PUT, None),
            (fault(there), has(r#"{"rules":[{"action":{"type":"expire"}, "rulePriority":1}]}"#), &PUT[..2], None),
            (fault(there), has(r#"{"rules":[]}"#), &PUT[..2], Some("which is another")),
            (fault(there), fault("AccessDeniedException"), &PUT[..2], Some("has or has not: so")),
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
