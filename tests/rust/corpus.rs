//! Task definitions in the shapes that people have them in (`tests/corpus`): each loads, has no error, registers, and is then
//! found to be registered.

use std::path::{Path, PathBuf};

use ecs_rollout::{Client, Level, TaskDefinition, parse_options};
use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What `register` says of a definition; `is_plan`: without writing.
async fn registered(client: &Client, definition: &TaskDefinition, is_plan: bool) -> Value {
    let request = json!({"definition": definition.to_value(), "verify": false, "plan": is_plan});
    json!(Box::pin(client.register(parse_options("options", request).unwrap())).await.unwrap())
}

#[tokio::test]
async fn every_definition_registers_once() {
    assert!(corpus().len() >= 50);
    for file in corpus() {
        let simulator = Simulator::start(json!({"speed": 0, "clusters": ["prod"]})).unwrap();
        let client = simulator.client();
        let definition = TaskDefinition::load(&file).unwrap();
        let errors: Vec<_> =
            definition.validate().into_iter().filter(|finding| finding.level == Level::Error).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", file.display());
        assert_eq!(registered(&client, &definition, true).await["changed"], true, "{}", file.display());
        assert_eq!(registered(&client, &definition, false).await["changed"], true, "{}", file.display());
        let again = registered(&client, &definition, true).await;
        assert_eq!(again["changed"], false, "{}: {again:#}", file.display());
    }
}
