//! Deploys a new image to a service of Amazon ECS and shows what happens.
//!
//! Without AWS settings it starts the simulator and deploys there; with `--endpoint`, or with AWS settings in the
//! environment, the same program deploys for real. `--broken` shows what an image that does not start looks like.

use std::error::Error;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use ecs_rollout::{Client, ClientOptions, Deployment, Event, Rollout, TaskDefinition};
use ecs_rollout_simulator::Simulator;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

const SYSTEM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/nestjs-redis");
const SETTINGS: [&str; 4] = ["AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"];

/// Deploys a new image to a service of Amazon ECS and shows what happens; on the simulator, unless AWS settings are given.
#[derive(Parser)]
struct Arguments {
    /// The URL to call instead of AWS's own.
    #[arg(long)]
    endpoint: Option<String>,
    #[arg(long, default_value = "production")]
    cluster: String,
    #[arg(long, default_value = "nestjs")]
    service: String,
    /// The tag of the image to deploy.
    #[arg(long, default_value = "1.1.0")]
    tag: String,
    /// Deploy the tag `broken`.
    #[arg(long)]
    broken: bool,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let definition = TaskDefinition::load(format!("{SYSTEM}/taskdef.json"))?;
    let is_real = arguments.endpoint.is_some() || SETTINGS.iter().any(|name| std::env::var_os(name).is_some());
    let client = if is_real {
        let mut options = ClientOptions::default();
        options.endpoint = arguments.endpoint;
        Client::new(options)
    } else {
        simulator(&definition)?.client()
    };

    let tag = if arguments.broken { "broken" } else { &arguments.tag };
    let deployment = Deployment::new(arguments.cluster, arguments.service)
        .definition(&definition)
        .image("nestjs", format!(":{tag}"));
    let mut rollout = client.deploy(deployment);
    show(&mut rollout).await;
    match rollout.outcome().await {
        Ok(outcome) => {
            println!("live: {} ({:.0} s, {} calls)", outcome.definition, outcome.seconds, outcome.calls);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("{}: {error}", error.code());
            if let Some(failure) = error.failure() {
                for cause in &failure.causes {
                    eprintln!("  {} tasks: {}", cause.tasks.len(), cause.summary);
                    eprintln!("    {}", cause.advice.as_deref().unwrap_or_default());
                }
                if let Some(restored) = &failure.restored {
                    eprintln!("  running again: {restored}");
                }
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

fn simulator(definition: &TaskDefinition) -> Result<Simulator, Box<dyn Error>> {
    let mut world: Value = serde_json::from_str(&std::fs::read_to_string(format!("{SYSTEM}/world.json"))?)?;
    world["definitions"] = json!([definition.to_value()]);
    if !std::io::stderr().is_terminal() {
        world["speed"] = json!(0); // nobody watches: let simulated time take no time
    }
    Ok(Simulator::start(world)?)
}

/// A progress bar on a terminal, plain lines elsewhere.
async fn show(rollout: &mut Rollout) {
    let is_terminal = std::io::stderr().is_terminal();
    let bar = ProgressBar::new(100);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent}%") {
        bar.set_style(style);
    }
    let say = |text: &str| bar.suspend(|| println!("{text}"));
    while let Some(event) = rollout.next().await {
        match event {
            Event::Progress { desired, running, previous, percent, .. } => {
                let numbers = format!("{running}/{desired} run, {previous} to go");
                bar.set_position(percent);
                if !is_terminal {
                    say(&format!("{percent:3}%  {numbers}"));
                }
                bar.set_message(numbers);
            }
            Event::Started { service, cluster, strategy, .. } => {
                say(&format!("started {service} {cluster} {strategy}"))
            }
            Event::Registered { definition, reused, .. } => {
                say(&format!("registered {definition}{}", if reused { " (was there)" } else { "" }));
            }
            Event::Updated { deployment, .. } => say(&format!("updated {deployment}")),
            Event::Message { text, .. } => say(&text),
            Event::Stopped { kind, reason, .. } => say(&format!("stopped: {kind}: {}", reason.unwrap_or_default())),
            Event::Warning { text, .. } => say(&format!("warning: {text}")),
            Event::Retrying { operation, code, delay, .. } => {
                say(&format!("{operation}: {code}, again in {delay:.1} s"))
            }
            Event::Succeeded(_) | Event::Failed { .. } => {}
            other => say(&format!("{other:?}")),
        }
    }
    bar.finish_and_clear();
}
