//! The samples of README and guide that are Rust, as programs on the simulator: see `tests/samples/README.md`.

use std::path::Path;
use std::process::Command;

use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sample");

#[test]
fn every_sample_runs_as_it_stands() {
    let list = Command::new(PROGRAM).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let places: Vec<&str> = list.lines().collect();
    assert!(places.len() >= 4, "{places:?}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let worlds: Value = serde_json::from_slice(&std::fs::read(root.join("samples/worlds.json")).unwrap()).unwrap();
    for place in places {
        let simulator = Simulator::start(worlds["prod"].clone()).unwrap();
        let mut program = Command::new(PROGRAM);
        program.arg(place).current_dir(root.join("samples/files"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
            program.env_remove(name);
        }
        let done = program
            .env("AWS_ENDPOINT_URL", simulator.endpoint())
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "a")
            .env("AWS_SECRET_ACCESS_KEY", "b")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(done.status.success(), "{place}: {}{}", text(&done.stdout), text(&done.stderr));
    }
}

#[test]
fn the_worlds_are_those_of_a_simulator() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/worlds.json");
    let worlds: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    for (name, world) in worlds.as_object().unwrap() {
        let mut whole = json!({});
        let mut chain = vec![world];
        while let Some(like) = chain.last().unwrap()["like"].as_str() {
            chain.push(&worlds[like]);
        }
        for part in chain.into_iter().rev() {
            for (member, value) in part.as_object().unwrap().iter().filter(|(member, _)| *member != "like") {
                whole[member] = value.clone();
            }
        }
        Simulator::start(whole).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
