//! The simulator as a server of its own, for deploy scripts in any language.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

const USAGE: &str = "usage: ecs-rollout-simulator [--port 4566] [--speed 1] [--world file.json]";

fn main() -> ExitCode {
    match serve(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn std::error::Error>> {
    let Some((port, world)) = read(arguments)? else {
        println!("{USAGE}");
        return Ok(());
    };
    let simulator = Simulator::start_on(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), world)?;
    println!("export AWS_ENDPOINT_URL={}", simulator.endpoint());
    println!("export AWS_ACCESS_KEY_ID=simulator AWS_SECRET_ACCESS_KEY=simulator");
    println!("export AWS_REGION={0} AWS_DEFAULT_REGION={0}", simulator.region());
    if simulator.clock().speed() == 0.0 {
        eprintln!(
            "note: at speed 0 time stands still; move it with POST {{\"advance\": seconds}} to /_simulator/clock"
        );
    }
    println!("# serving at {} times the wall's speed; Ctrl-C ends it", simulator.clock().speed());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tokio::signal::ctrl_c())?;
    Ok(())
}

/// The port and the world that were asked for; nothing when help was.
fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<(u16, Value)>, Box<dyn std::error::Error>> {
    let (mut port, mut speed, mut world) = (4566, None, json!({}));
    while let Some(flag) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{flag} needs a value\n{USAGE}"));
        match flag.as_str() {
            "--help" | "-h" => return Ok(None),
            "--port" => port = value()?.parse().map_err(|_| "--port needs a number up to 65535")?,
            "--speed" => speed = Some(value()?.parse::<f64>().map_err(|_| "--speed needs a number")?),
            "--world" => {
                let path = value()?;
                let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
                world = serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
            }
            _ => return Err(format!("unknown argument {flag}\n{USAGE}").into()),
        }
    }
    if let (Some(speed), Some(members)) = (speed, world.as_object_mut()) {
        members.insert("speed".to_owned(), json!(speed));
    }
    Ok(Some((port, world)))
}
