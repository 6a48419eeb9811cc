//! Pushes an image from a file: `push <OCI layout or archive> <registry/repository:tag>`. Also what `tests/bench/push.sh` measures.

use ecs_rollout::{Client, Event, Push};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, image] = &arguments[..] else { return Err("push <OCI layout or archive> <image>".into()) };
    let mut pushing = Client::from_env().await.push(Push::new(path, image));
    while let Some(event) = pushing.next().await {
        if let Event::Pushing { sent, skipped, total, .. } = event {
            eprintln!("{sent} of {total} bytes sent, {skipped} were there");
        }
    }
    println!("{}", pushing.outcome().await?.image);
    Ok(())
}
