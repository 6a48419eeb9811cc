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

/// A slice of the soak; the whole of it is `cargo run -p ecs-rollout-tests --bin soak`.
#[test]
fn rollouts_in_bulk_end_as_they_really_did() {
    let tally = ecs_rollout_tests::soak::run_many(0..300);
    assert!(tally.wrong.is_empty(), "{:#?}", tally.wrong);
    assert_eq!(tally.rollouts, 300);
    // It is no soak without faults, nor where they decide everything.
    let succeeded = tally.ends.get("succeeded").copied().unwrap_or_default();
    assert!(tally.faults.values().sum::<u64>() > 100 && succeeded > 100, "{tally:?}");
}
