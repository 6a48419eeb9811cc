//! `cargo run -p ecs-rollout-tests --bin scenario -- file.json…`: scenarios one by one, wherever they are, each with what did not hold.

use std::path::Path;
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut failed = false;
    for file in std::env::args().skip(1) {
        match ecs_rollout_tests::run(Path::new(&file)).await {
            Ok(_) => println!("{file}: ok"),
            Err(what) => {
                failed = true;
                println!("{file}: {what}");
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
