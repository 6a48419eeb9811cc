//! `cargo run -p ecs-rollout-tests --bin soak -- [first] [count]`: rollouts in bulk, each held against the simulator's truth.
//! A seed that went wrong is replayed alone by `-- <seed> 1`.

use std::process::ExitCode;

use ecs_rollout_tests::soak;

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("expected: [first seed] [count]"));
    let (first, count) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(10_000));
    let tally = soak::run_many(first..first + count);
    println!("{} rollouts, {} calls", tally.rollouts, tally.calls);
    println!("ends: {:?}", tally.ends);
    println!("faults: {:?}", tally.faults);
    println!("rollouts that met:");
    for kind in soak::KINDS {
        println!("{:>8} {kind}", tally.met.get(kind).copied().unwrap_or_default());
    }
    println!("revisions made twice after a lost answer: {}", tally.extra_revisions);
    println!("wrong: {}", tally.wrong.len());
    for wrong in &tally.wrong {
        println!("{wrong}");
    }
    if tally.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
