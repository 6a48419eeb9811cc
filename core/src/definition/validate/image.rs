//! Rules about a container's image reference.

use serde_json::Value;

use super::{Container, Found, Task};
use crate::image::reference;
use crate::image::registry::{Registry, registry};

const LONGEST: usize = 255;

pub(crate) fn check(task: &Task, container: &Container, found: &mut Found) {
    let place = container.place();
    let place = place.member("image");
    let reference = match container.get("image") {
        Some(Value::String(reference)) => reference,
        None | Some(Value::Null) => {
            found.error("image", &place, "the container has no image", "give its image reference");
            return;
        }
        Some(_) => return,
    };
    if let Err(why) = reference::check(reference) {
        let advice = match reference.contains(['<', '{']) {
            true => "put the image in the place of the placeholder (option `images`)",
            false => "correct the image reference",
        };
        found.error("image", &place, why, advice);
        return;
    }
    let length = reference.chars().count();
    if length > LONGEST {
        let text = format!("the image reference has {length} characters, {LONGEST} are allowed");
        found.error("image", &place, text, "use a shorter repository or tag");
    }
    match parts(reference) {
        (false, false) => {
            let text = format!("{reference:?} has no tag: it means whatever is :latest when a task starts");
            found.warning("image_tag", &place, text, "give a tag or a digest");
        }
        (true, true) => {
            let text = format!("{reference:?} has a tag and a digest: the digest decides");
            found.warning("image_tag", &place, text, "keep one of the two");
        }
        _ => {}
    }
    if task.is_fargate && !task.has_execution_role && is_private_ecr(reference) {
        let text = "Fargate pulls images of private ECR repositories with an execution role";
        found.error("execution_role", &place, text, "set executionRoleArn at the task level");
    }
}

/// Whether a tag and whether a digest is written.
fn parts(reference: &str) -> (bool, bool) {
    let (name, digest) = reference.split_once('@').map_or((reference, None), |(name, digest)| (name, Some(digest)));
    // A colon before the last slash belongs to a port.
    let last = name.rsplit('/').next().unwrap_or(name);
    (last.contains(':'), digest.is_some())
}

fn is_private_ecr(reference: &str) -> bool {
    let host = reference.split('/').next().unwrap_or_default();
    matches!(registry(host), Some(Registry::Private { .. }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::is_private_ecr;
    use crate::definition::validate::testing::{container, found, found_on_fargate, table};

    const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    #[test]
    fn references() {
        let image = |image: Value| container(&json!({"image": image}));
        table(
            found,
            [
                (image(json!("localhost:5000/app:1")), &[]),
                (image(json!(format!("app@{DIGEST}"))), &[]),
                (image(json!("localhost:5000/app")), &["W image_tag #0/image"]),
                (image(json!(format!("app:1@{DIGEST}"))), &["W image_tag #0/image"]),
                (image(json!("App:1")), &["E image #0/image"]),
                (image(json!(null)), &["E image #0/image"]),
                (image(json!(1)), &["E type #0/image"]),
                (image(json!(format!("{}/app:1", "a".repeat(249)))), &[]),
                (image(json!(format!("{}/app:1", "a".repeat(250)))), &["E image #0/image"]),
            ],
        );
    }

    #[test]
    fn a_private_registry_needs_an_execution_role_on_fargate() {
        let on_fargate = |image: &str| {
            let mut patch = container(&json!({"image": image}));
            patch["executionRoleArn"] = Value::Null;
            found_on_fargate(&patch)
        };
        assert_eq!(on_fargate("public.ecr.aws/a/b:1").len(), 0);
        assert_eq!(on_fargate("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"), ["E execution_role #0/image"]);
        for (host, is_private) in [
            ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", true),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", true),
            ("123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu", true),
            ("123456789012.dkr-ecr.eu-west-1.on.aws", true),
            ("12345678901.dkr.ecr.eu-west-1.amazonaws.com", false),
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.org", false),
            ("public.ecr.aws", false),
            ("äöüäöüäöüäöü", false),
        ] {
            assert_eq!(is_private_ecr(&format!("{host}/app:1")), is_private, "{host}");
        }
    }
}
