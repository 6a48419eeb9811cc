//! Images on the simulator: who one is, how to log in, what a tag names, and a push that ECR's operations know of.

use std::path::Path;

use ecs_rollout::{Error, parse_options};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

const HOST: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";

fn simulator() -> Simulator {
    let images = json!({
        (format!("{HOST}/api:gone")): {"missing": true},
        (format!("{HOST}/api:kept")): {"status": "ARCHIVED"},
        (format!("{HOST}/api:back")): {"status": "ACTIVATING"},
        (format!("{HOST}/api:one")): {"content": "same"},
        (format!("{HOST}/api:two")): {"content": "same", "platforms": ["linux/amd64", "linux/arm64"]},
        (format!("{HOST}/api:arm")): {"platforms": ["linux/arm64"]},
        (format!("{HOST}/api:moves")): {"content": [{"content": "before"}, {"from": 60, "content": "after"}]},
    });
    Simulator::start(json!({"speed": 0, "images": images})).unwrap()
}

#[tokio::test]
async fn one_is_known_and_can_log_in() {
    let simulator = simulator();
    let identity = json!(simulator.client().whoami().await.unwrap());
    assert_eq!(
        identity,
        json!({"account": "123456789012", "arn": "arn:aws:iam::123456789012:user/simulator", "user": "AIDASIMULATEDUSER0000"})
    );
    let credentials = simulator.client().login(parse_options("options", json!({})).unwrap()).await.unwrap();
    assert_eq!((credentials[0].registry.as_str(), credentials[0].user.as_str()), (HOST, "AWS"));
    assert_eq!(credentials[0].password(), "simulated-password");
}

#[tokio::test]
async fn a_tag_names_its_content() {
    let simulator = simulator();
    let client = simulator.client();
    let digest = async |tag: &str| client.resolve(&format!("{HOST}/api:{tag}")).await.unwrap().digest;
    assert_eq!(digest("one").await, digest("two").await);
    assert_ne!(digest("one").await, digest("three").await);
    let before = digest("moves").await;
    simulator.clock().advance(std::time::Duration::from_secs(61));
    assert_ne!(digest("moves").await, before);
    assert_eq!(client.resolve(&format!("{HOST}/api:arm")).await.unwrap().platforms, ["linux/arm64"]);
    assert!(!client.exists(&format!("{HOST}/api:gone")).await.unwrap());
    let missing = client.resolve(&format!("{HOST}/api:gone")).await.unwrap_err();
    assert!(
        matches!(&missing, Error::ImageMissing { nearest, .. } if nearest.contains(&"one".to_owned())),
        "{missing:?}"
    );
}

#[tokio::test]
async fn an_archived_image_is_not_a_missing_one() {
    let simulator = simulator();
    let client = simulator.client();
    for (tag, expected, way) in [("kept", "ARCHIVED", "push it again"), ("back", "ACTIVATING", "being restored")] {
        let error = client.resolve(&format!("{HOST}/api:{tag}")).await.unwrap_err();
        assert!(matches!(&error, Error::ImageArchived { status, .. } if status == expected), "{error:?}");
        assert!(error.to_string().contains(way), "{error}");
        // What cannot be pulled is pushed again.
        assert!(!client.exists(&format!("{HOST}/api:{tag}")).await.unwrap());
    }
}

/// An OCI layout of one image.
fn layout(folder: &Path) {
    let keep = |bytes: &str| {
        let digest = digest_of(bytes);
        let blobs = folder.join("blobs/sha256");
        std::fs::create_dir_all(&blobs).unwrap();
        std::fs::write(blobs.join(digest.trim_start_matches("sha256:")), bytes).unwrap();
        json!({"digest": digest, "size": bytes.len()})
    };
    let part = |media: &str, kept: Value| json!({"mediaType": media, "digest": kept["digest"], "size": kept["size"]});
    let config = part("application/vnd.oci.image.config.v1+json", keep(r#"{"os":"linux","architecture":"amd64"}"#));
    let layer = part("application/vnd.oci.image.layer.v1.tar", keep("a layer"));
    let media = "application/vnd.oci.image.manifest.v1+json";
    let manifest = json!({"schemaVersion": 2, "mediaType": media, "config": config, "layers": [layer]}).to_string();
    let index = json!({"schemaVersion": 2, "manifests": [part(media, keep(&manifest))]});
    std::fs::write(folder.join("index.json"), index.to_string()).unwrap();
    std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
}

fn digest_of(bytes: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

#[tokio::test]
async fn what_is_pushed_is_there_for_ecr_as_well() {
    let folder = tempfile::tempdir().unwrap();
    layout(folder.path());
    let simulator = simulator();
    let host = simulator.endpoint().trim_start_matches("http://").to_owned();
    let push = json!({"path": folder.path(), "image": format!("{host}/team/app:v1")});
    let pushed = simulator.client().push(parse_options("options", push).unwrap()).outcome().await.unwrap();
    let resolved = simulator.client().resolve(&format!("{host}/team/app:v1")).await.unwrap();
    assert_eq!((&resolved.digest, resolved.platforms), (&pushed.digest, vec!["linux/amd64".to_owned()]));
    let in_ecr = simulator.client().resolve(&format!("{HOST}/team/app:v1")).await.unwrap();
    assert_eq!(in_ecr.digest, pushed.digest);
}

/// Pushes the one image to the simulator's registry.
async fn push(simulator: &Simulator, name: &str, more: Value) -> Result<Value, Error> {
    let folder = tempfile::tempdir().unwrap();
    layout(folder.path());
    let host = simulator.endpoint().trim_start_matches("http://").to_owned();
    let mut request = json!({"path": folder.path(), "image": format!("{host}/{name}")});
    more.as_object().into_iter().flatten().for_each(|(option, value)| request[option] = value.clone());
    let pushed = simulator.client().push(parse_options("options", request).unwrap()).outcome().await;
    pushed.map(|outcome| json!(outcome))
}

fn strict(script: &Value) -> Simulator {
    Simulator::start(json!({"speed": 0, "repositories": ["team/app"], "script": script})).unwrap()
}

#[tokio::test]
async fn a_repository_is_made_by_the_push_where_a_template_says_so() {
    let simulator = strict(&json!([{"at": 0, "operation": "ecr:CreateRepositoryCreationTemplate",
        "input": {"prefix": "made", "appliedFor": ["CREATE_ON_PUSH"], "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
            "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "dev-*"}]}}]));
    push(&simulator, "team/app:v1", Value::Null).await.unwrap();
    push(&simulator, "made/api:v1", Value::Null).await.unwrap();
    let missing = push(&simulator, "other/api:v1", Value::Null).await.unwrap_err();
    assert!(matches!(&missing, Error::PushFailed { text, .. } if text.contains("CREATE_ON_PUSH")), "{missing}");
}

#[tokio::test]
async fn layers_are_taken_over_where_the_registry_does_so_and_it_is_said_where_not() {
    let on = json!([{"at": 0, "operation": "ecr:PutAccountSetting", "input": {"name": "BLOB_MOUNTING", "value": "ENABLED"}}]);
    for (script, mounts) in [(on, true), (json!([]), false)] {
        let simulator = Simulator::start(json!({"speed": 0, "script": script})).unwrap();
        push(&simulator, "team/app:v1", Value::Null).await.unwrap();
        let pushed = push(&simulator, "team/other:v1", json!({"mount": ["team/app"]})).await.unwrap();
        let warnings = pushed["warnings"].as_array().unwrap();
        if mounts {
            assert_eq!(
                (&pushed["sent"], &pushed["mounted"], warnings.len()),
                (&json!(0), &pushed["skipped"], 0),
                "{pushed}"
            );
            assert!(pushed["mounted"].as_u64() > Some(0));
        } else {
            assert_eq!((&pushed["mounted"], warnings.len()), (&json!(0), 1), "{pushed}");
            assert!(warnings[0]["text"].as_str().unwrap().contains("BLOB_MOUNTING"), "{pushed}");
        }
        // What the other repository has not, either, is no reason for a warning.
        let nothing = push(&simulator, "team/third:v1", json!({"mount": ["team/empty"]})).await.unwrap();
        assert_eq!(nothing["warnings"], json!([]), "{nothing}");
    }
}
