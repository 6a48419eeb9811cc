use serde_json::json;

use super::*;

#[test]
fn each_partition_has_its_console() {
    let of = |partition: &str, region: &str| console(&format!("arn:{partition}:ecs:{region}:1:service/prod/api"));
    for (partition, region, host) in [
        ("aws", "eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("aws-eusc", "eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ] {
        let page = format!("https://{host}/ecs/v2/clusters/prod/services/api/deployments?region={region}");
        assert_eq!(of(partition, region), Some(page));
    }
    assert_eq!(of("aws-iso", "us-iso-east-1"), None);
    for old in ["arn:aws:ecs:eu-central-1:1:service/api", "api", "", "arn:aws:ecs::1:service/prod/api"] {
        assert_eq!(console(old), None, "{old}");
    }
}

fn revision(arn: &str, definition: &str, digest: &str) -> Value {
    json!({"serviceRevisionArn": arn, "taskDefinition": definition, "containerImages": [
        {"containerName": "api", "image": "api:2", "imageDigest": digest}, {"containerName": "redis", "image": "redis:7"}]})
}

fn service(revisions: &[&str], record: &str) -> Map<String, Value> {
    let revisions: Vec<Value> = revisions.iter().map(|arn| json!({ "arn": arn })).collect();
    let service = json!({"currentServiceRevisions": revisions, "currentServiceDeployment": record});
    service.as_object().unwrap().clone()
}

#[test]
fn images_are_those_of_the_only_revision_of_the_definition() {
    let mut shown = Shown::default();
    shown.note_service(&service(&["r1", "r2"], "d1"), true);
    assert!(shown.is_unknown());
    shown.note_revisions(
        &json!({"serviceRevisions": [revision("r1", "api:1", "sha256:a"), revision("r2", "api:2", "sha256:b")]}),
    );
    assert!(!shown.is_unknown());
    shown.find("api:2");
    let images = shown.images().unwrap();
    assert_eq!(images["api"], RunningImage { image: "api:2".to_owned(), digest: Some("sha256:b".to_owned()) });
    assert_eq!(images["redis"].digest, None);
    shown.find("api:3");
    assert_eq!(shown.images(), None);
    // Two of the same definition: it is not known which of them is meant.
    shown.note_revisions(&json!({"serviceRevisions": [revision("r1", "api:2", "sha256:a")]}));
    shown.find("api:2");
    assert_eq!(shown.images(), None);
    shown.note_record(&json!({"targetServiceRevision": {"arn": "r1"}}));
    shown.find("api:2");
    assert_eq!(shown.images().unwrap()["api"].digest.as_deref(), Some("sha256:a"));
    // What it has rolled back to.
    shown.note_record(&json!({"targetServiceRevision": {"arn": "r1"}, "rollback": {"serviceRevisionArn": "r3"}}));
    assert!(shown.is_unknown());
}

#[test]
fn a_record_counts_once_another_is_named_than_before() {
    let mut shown = Shown::default();
    shown.note_service(&service(&["r1"], "d1"), true);
    assert_eq!(shown.record(), None);
    shown.note_service(&service(&["r1"], "d1"), false);
    assert_eq!(shown.record(), None);
    shown.note_service(&service(&["r2"], "d2"), false);
    assert_eq!(shown.record().as_deref(), Some("d2"));
}

#[test]
fn the_seconds_of_a_stage_add_up() {
    let mut shown = Shown::default();
    assert_eq!(shown.stages(3.0), None);
    for (stage, now) in [("A", 1.0), ("B", 2.5), ("A", 4.0)] {
        shown.enter(stage, now);
    }
    let expected = IndexMap::from([("A".to_owned(), 3.5), ("B".to_owned(), 1.5)]);
    assert_eq!(shown.stages(6.0), Some(expected));
}
