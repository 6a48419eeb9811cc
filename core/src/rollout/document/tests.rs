use super::*;
use crate::types::deployment::Definition;

/// A folder with a document and a definition beside it.
fn folder(document: &str) -> (tempfile::TempDir, DeployAll) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rollout.yaml"), document).unwrap();
    let definition = r#"{"family": "api", "containerDefinitions": [{"name": "api", "image": "api:1"}]}"#;
    std::fs::write(folder.path().join("taskdef.json"), definition).unwrap();
    let path = folder.path().join("rollout.yaml").display().to_string();
    (folder, DeployAll::default().file(path))
}

#[test]
fn a_document_is_read_with_its_defaults_variables_and_definitions() {
    let (_folder, asked) = folder(
        "bake: 30\nrecover: rollback\ndefaults:\n  cluster: prod\n  images: {api: ':${TAG}'}\n  timeout: 600\nservices:\n\
         - service: api\n  definition: taskdef.json\n  images: {proxy: ':1'}\n- {service: web, needs: [api], cluster: other, region: '${REGION}'}\n",
    );
    let all = resolve(asked.variables([("TAG", "v2"), ("REGION", "eu-west-1")]).parallel(2)).unwrap();
    assert_eq!((all.bake, all.recover, all.parallel, all.stop), (Some(30.0), Recover::Rollback, Some(2), true));
    let [api, web] = &all.services[..] else { panic!("{all:?}") };
    assert_eq!((&*api.cluster, &*web.cluster, web.region.as_deref()), ("prod", "other", Some("eu-west-1")));
    assert_eq!((api.images["api"].as_str(), api.images["proxy"].as_str(), web.images.len()), (":v2", ":1", 1));
    // What is in definitions is filled in by the service's own variables.
    assert_eq!((api.timeout, &api.variables), (600.0, &None));
    assert!(matches!(&api.definition, Some(Definition::Document(document)) if document["family"] == "api"));
    assert_eq!(web.needs, ["api"]);
}

#[test]
fn every_mistake_is_said_with_line_and_column() {
    let (folder, asked) = folder(
        "paralel: 2\ndefaults:\n  cluster: prod\n  tiemout: 5\nservices:\n- service: api\n  imges: {api: ':v2'}\n- service: web\n  needs: [ap]\n\
         - service: db\n  region: '${NO_SUCH_REGION}'\n- service: web\n  cluster: prod\n",
    );
    let error = resolve(asked).unwrap_err();
    let name = folder.path().join("rollout.yaml").display().to_string();
    let findings = error.detail()["findings"].clone();
    let found: Vec<String> = findings
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!("{}: {}", one["path"].as_str().unwrap().strip_prefix(&name).unwrap(), one["text"].as_str().unwrap())
        })
        .collect();
    for text in [
        ":1:1: options: unknown option \"paralel\": did you mean \"parallel\"?",
        ":4:3: defaults: unknown option \"tiemout\": did you mean \"timeout\"?",
        ":7:3: services[0]: unknown option \"imges\": did you mean \"images\"?",
        ":11:3: services[2].region: the variable NO_SUCH_REGION is not set: give it in `variables`",
    ] {
        assert!(found.iter().any(|found| found == text), "{text}: {found:#?}");
    }
    assert!(error.to_string().contains("rollout.yaml:1:1: options: unknown option"), "{error}");
}

#[test]
fn an_order_that_cannot_be_is_said_with_line_and_column() {
    let (_folder, asked) = folder(
        "services:\n- service: a\n  needs:\n  - b\n- service: b\n  needs: [c]\n- service: c\n  needs: [a, x]\n- service: a\n",
    );
    let error = resolve(asked).unwrap_err();
    let findings = error.detail()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["path"], one["text"]))
        .collect::<Vec<_>>();
    for text in [
        "rollout.yaml:9:3\" \"services[3].service: service \\\"a\\\" is given twice",
        "rollout.yaml:8:14\" \"services[2].needs[1]: no service is called \\\"x\\\"",
    ] {
        assert!(findings.iter().any(|found| found.contains(text)), "{text}: {findings:#?}");
    }
    for (document, text) in [
        (
            "services:\n- service: a\n  needs: [b]\n- service: b\n  needs: [a]\n",
            "rollout.yaml:3:11: services[0].needs[0]: \"a\", \"b\" need each other",
        ),
        (
            "services:\n- service: a\n  after: [b]\n",
            "rollout.yaml:3:11: services[0].after[0]: a text given, an object expected; these are tasks",
        ),
        ("services: {a: {}}\n", "rollout.yaml:1:1: services: a list is expected"),
        ("services: []\n", "rollout.yaml:1:1: services: empty"),
        ("- service: a\n", "rollout.yaml:1:1: a rollout is an object"),
        ("services:\n- service: a\n  definition: nothing.json\n", "nothing.json: the file cannot be read"),
        ("file: x\nservices: [{service: a}]\n", "rollout.yaml:1:1: file: a rollout's file names no other"),
    ] {
        let (_folder, asked) = self::folder(document);
        let error = resolve(asked).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
}

#[test]
fn what_is_given_beside_a_file_is_clear() {
    let (_folder, asked) = folder("services: [{service: a}]\n");
    let error = resolve(asked.clone().services([FleetService::new("prod", "b")])).unwrap_err().to_string();
    assert!(error.contains("services: `file` has them"), "{error}");
    assert!(!resolve(asked.stop(false)).unwrap().stop);
    let error =
        resolve(DeployAll::new([FleetService::new("prod", "b")]).variables([("A", "b")])).unwrap_err().to_string();
    assert!(error.contains("variables: these fill in a `file`"), "{error}");
}
