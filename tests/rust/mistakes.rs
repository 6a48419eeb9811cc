//! Mistakes that people make, each answered with its place, its cause and the remedy: `tests/mistakes.json`.

use ecs_rollout_simulator::Simulator;
use ecs_rollout_tests::{answer_to, mistakes};
use serde_json::Value;

#[tokio::test]
async fn every_mistake_is_answered_with_place_cause_and_remedy() {
    let (world, mistakes) = mistakes();
    let mut missed = Vec::new();
    for mistake in &mistakes {
        let simulator = Simulator::start(world.clone()).unwrap();
        let answer = Box::pin(answer_to(&simulator, mistake)).await;
        let says = mistake["says"].as_array().unwrap().iter().filter_map(Value::as_str);
        let unsaid: Vec<&str> = says.filter(|text| !answer.contains(text)).collect();
        let is_one_line = !answer.contains('\n') || !mistake["warning"].is_null();
        if !unsaid.is_empty() || !is_one_line || answer.contains("hunter2") {
            missed
                .push(format!("{}: {}\n  says   {answer}\n  should {unsaid:?}", mistake["about"], mistake["request"]));
        }
    }
    assert!(mistakes.len() >= 60, "{}", mistakes.len());
    assert!(missed.is_empty(), "{} of {}\n{}", missed.len(), mistakes.len(), missed.join("\n"));
}
