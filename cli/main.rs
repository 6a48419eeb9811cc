//! The program `ecs-rollout`: the command line of the crate, with the simulator beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(ecs_rollout::cli::main(std::env::args_os(), &ecs_rollout_simulator::ForCommandLine))
}
