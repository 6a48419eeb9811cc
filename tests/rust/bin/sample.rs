//! Runs one sample of README or guide by its place, such as `README.md:60`; without a place, lists all.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;

type Ended = Result<(), Box<dyn Error>>;
type Running = Pin<Box<dyn Future<Output = Ended>>>;

/// The blocks as they stand, each in a function.
mod samples {
    use super::{Ended, Running};

    include!(concat!(env!("OUT_DIR"), "/samples.rs"));
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(place) = std::env::args().nth(1) else {
        samples::SAMPLES.iter().for_each(|(place, _)| println!("{place}"));
        return ExitCode::SUCCESS;
    };
    let (_, run) = samples::SAMPLES.iter().find(|(known, _)| *known == place).expect("a place of the list");
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
