//! Brings the whole system to what this folder says: migration, service, scaling, schedule. What is there already stays as it
//! is: run twice, the second time writes nothing.
//!
//! ```text
//! cargo run -p ecs-rollout-examples --bin system -- --image :1.2.0    deploys an image that is there
//! cargo run -p ecs-rollout-examples --bin system -- --plan            writes nothing, and says what would be written
//! ```
//!
//! Without AWS settings all of it happens on the simulator.

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use ecs_rollout::{
    Client, ClientOptions, Event, Finding, OneOffTask, PlannedCall, Scale, Schedule, Service, TaskDefinition,
    parse_options,
};
use ecs_rollout_simulator::Simulator;
use serde_json::{Map, Value, json};

const SYSTEM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/nestjs-redis");
const VARIABLES: [&str; 4] = ["AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"];

/// Brings the whole system to what this folder says; on the simulator, unless AWS settings are given.
#[derive(Parser)]
struct Arguments {
    /// The image to deploy.
    #[arg(long, default_value = ":1.1.0")]
    image: String,
    /// Write nothing, and say what would be written.
    #[arg(long)]
    plan: bool,
    /// The ARN of the role to assume.
    #[arg(long)]
    role: Option<String>,
    /// The URL to call instead of AWS's own.
    #[arg(long)]
    endpoint: Option<String>,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let client = connect(&arguments)?;
    match deploy(&client, &arguments).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            let Some(error) = error.downcast_ref::<ecs_rollout::Error>() else { return Err(error) };
            eprintln!("{}: {error}", error.code());
            for cause in error.failure().into_iter().flat_map(|failure| &failure.causes) {
                eprintln!("  {}\n    {}", cause.summary, cause.advice.as_deref().unwrap_or_default());
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

fn connect(arguments: &Arguments) -> Result<Client, Box<dyn Error>> {
    let is_named = VARIABLES.iter().any(|name| std::env::var_os(name).is_some());
    if arguments.role.is_some() || arguments.endpoint.is_some() || is_named {
        let mut options = ClientOptions::default().region("eu-central-1");
        (options.role, options.endpoint) = (arguments.role.clone(), arguments.endpoint.clone());
        return Ok(Client::new(options));
    }
    println!("on the simulator, for there are no AWS settings:");
    let mut world = document("world.json")?;
    let migration = json!({"exit": {"code": 0, "after": 5}, "log": ["the schema is 2 now, and was 0"]});
    world["speed"] = json!(0);
    (world["definitions"], world["services"]) = (json!([]), json!([]));
    world["images"]["*/nestjs:*"]["commands"] = json!({ "node dist/migrate.js": migration });
    Ok(Simulator::start(world)?.client())
}

async fn deploy(client: &Client, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let plan = arguments.plan;
    let definition = TaskDefinition::load(format!("{SYSTEM}/taskdef.json"))?;
    let settings: Map<String, Value> = serde_json::from_value(document("service.json")?)?;
    let name = |member: &str| settings[member].as_str().unwrap_or_default().to_owned();
    let (cluster, service) = (name("cluster"), name("serviceName"));
    let migration = OneOffTask::default().container("nestjs").command(["node", "dist/migrate.js"]);
    let request = Service::new(&cluster, &service, settings.clone())
        .definition(&definition)
        .image("nestjs", &arguments.image)
        .before([migration])
        .plan(plan);
    let mut rollout = client.service(request);
    while let Some(event) = rollout.next().await {
        show(&event);
    }
    let serviced = rollout.outcome().await?;
    say("service", serviced.outcome.changed, &serviced.planned, &serviced.findings);

    if plan && serviced.created {
        println!("scaling: follows once the service is there");
    } else {
        let scale = Scale::new(cluster, service).min(2).max(10).cpu(60.0).requests(1000.0).plan(plan);
        let scaled = client.scale(scale).await?;
        say("scaling", scaled.changed, &scaled.planned, &scaled.findings);
    }

    let schedule: Schedule = parse_options("schedule.json", document("schedule.json")?)?;
    let scheduled = client.schedule(schedule.plan(plan)).await?;
    say("schedule", scheduled.changed, &scheduled.planned, &scheduled.findings);
    println!("  next: {}", scheduled.next.iter().take(3).cloned().collect::<Vec<_>>().join(", "));
    Ok(())
}

fn document(name: &str) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_str(&std::fs::read_to_string(format!("{SYSTEM}/{name}"))?)?)
}

fn show(event: &Event) {
    match event {
        Event::Progress { running, desired, previous, .. } => {
            println!("  {running} of {desired} run, {previous} to go");
        }
        Event::Message { text, .. } | Event::Log { text, .. } | Event::Warning { text, .. } => println!("  {text}"),
        Event::Registered { definition, .. } => println!("  registered {definition}"),
        Event::Updated { deployment, .. } => println!("  updated {deployment}"),
        Event::Stopped { task, kind, .. } => println!("  stopped {task} {kind}"),
        _ => {}
    }
}

/// What a verb has come to, in lines.
fn say(what: &str, changed: bool, planned: &[PlannedCall], findings: &[Finding]) {
    let calls: Vec<&str> = planned.iter().map(|call| call.operation.as_str()).collect();
    match (changed, calls.is_empty()) {
        (false, _) => println!("{what}: as it is to be"),
        (true, true) => println!("{what}: changed"),
        (true, false) => println!("{what}: would call {}", calls.join(", ")),
    }
    for finding in findings {
        println!("  {}: {}", finding.path, finding.text);
    }
}
