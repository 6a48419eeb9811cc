//! Every scenario through the crate.

#[tokio::test]
async fn every_scenario_ends_as_it_must() {
    let files = ecs_rollout_tests::scenarios();
    assert!(files.len() > 10, "where are the scenarios?");
    let mut failures = Vec::new();
    for file in files {
        if let Err(what) = ecs_rollout_tests::run(&file).await {
            failures.push(format!("{}: {what}", file.display()));
        }
    }
    assert!(failures.is_empty(), "{} scenarios failed\n{}", failures.len(), failures.join("\n\n"));
}
