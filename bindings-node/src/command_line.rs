//! The program `ecs-rollout` in Node: the crate's own, with the simulator that this add-on has already.

use napi_derive::napi;

/// Runs the program with these arguments, the first of which is its name, and returns its exit code. Nothing else runs meanwhile.
#[napi]
pub fn command_line(arguments: Vec<String>) -> u32 {
    ecs_rollout::cli::main(arguments, &ecs_rollout_simulator::ForCommandLine).into()
}
