//! A clue in one line for a person: what happened, with its names; and what to do about it.

use super::described::{Bounds, Described};
use super::kind::{EXITS, Kind, advice_by_name};
use super::{Signature, extract};

/// The summary of a failure.
pub(crate) fn summary(clue: &Signature, described: Described<'_>) -> String {
    let words = clue.words.as_deref().map(|words| words.trim_end_matches('.'));
    let short = what(clue, described);
    match (short, words) {
        (Some(what), Some(words)) if has_more_to_say(clue) => format!("{what}: {words}"),
        (Some(what), _) => what,
        (None, Some(words)) => words.to_owned(),
        (None, None) => "a task stopped and ECS gives no reason".to_owned(),
    }
}

/// Whether ECS's text adds to the summary.
fn has_more_to_say(clue: &Signature) -> bool {
    use Kind::*;
    match clue.kind {
        SecretMissing | LogGroupMissing => clue.subject.is_none(),
        Exited | Killed | SegmentationFault | Terminated => true,
        LoadBalancerUnhealthy | Unhealthy | Dependency | StartThrottled | OutOfMemory => false,
        _ => true,
    }
}

/// The summary without ECS's text; `None` if the text is enough.
fn what(clue: &Signature, described: Described<'_>) -> Option<String> {
    use Kind::*;
    let container = clue.container.as_deref();
    let subject = clue.subject.as_deref();
    Some(match clue.kind {
        ImageMissing => images_missing(clue, described),
        PlatformMismatch => platform(clue, described),
        RegistryDenied => format!("the registry refuses {}", image(clue)),
        RegistryUnreachable => format!("the registry of {} cannot be reached", image(clue)),
        RegistryLimit => format!("the registry limits how often it is asked: {} was not pulled", image(clue)),
        PullFailed => format!("{} cannot be pulled", image(clue)),
        DiskFull => format!("no space left for {}", image(clue)),
        SecretMissing if clue.subject.as_deref().is_some_and(|names| names.contains(", ")) => {
            format!("secrets {} do not exist", subject.unwrap_or_default())
        }
        SecretMissing => format!("{} {}", secret(clue, described), lacks(clue.words.as_deref().unwrap_or_default())),
        SecretDenied => format!("the execution role may not read {}", secret(clue, described)),
        EnvironmentFile => format!("environment file {} cannot be read", or(subject, "of the task")),
        LogGroupMissing => format!("log group {} does not exist", or(subject, "of the task")),
        LogDenied => format!("the execution role may not write to log group {}", or(subject, "of the task")),
        LogDriver => format!("the logging driver of {} cannot be set up", or(container, "a container")),
        Volume => format!("a volume cannot be set up{}", prefixed(" ", subject)),
        CannotStart => format!("{} cannot be started", named(container)),
        Exited | Killed | SegmentationFault | Terminated => ended(clue),
        OutOfMemory => out_of_memory(clue, described),
        Unhealthy => unhealthy(clue, described),
        LoadBalancerUnhealthy => unbalanced(clue, described),
        Dependency => dependency(clue),
        Capacity => "there is no capacity for a task".to_owned(),
        Stopped => "somebody stopped the task".to_owned(),
        Interrupted => "the capacity that the task ran on was taken away".to_owned(),
        Placement => format!("no container instance has {}", subject.unwrap_or("what the task requires")),
        PortTaken => format!("a host port of {} is in use on its instance", named(container)),
        TargetGroup => "ECS cannot register the task with its load balancer".to_owned(),
        Runtime => format!("the container runtime of {} does not do what ECS asks", named(container)),
        Network => "the task's network is not usable".to_owned(),
        Role => format!("ECS cannot assume role {}", or(subject, "of the task")),
        Deadlock => return described.bounds().filter(Bounds::is_stuck).map(|bounds| deadlock(&bounds)),
        StartThrottled => "tasks fail to start again and again, and ECS starts them more and more rarely".to_owned(),
        Other if container.is_some() => named(container),
        Throttled | Other => return None,
    })
}

fn or(name: Option<&str>, otherwise: &str) -> String {
    name.map_or_else(|| otherwise.to_owned(), |name| format!("{name:?}"))
}

fn prefixed(before: &str, text: Option<&str>) -> String {
    text.map(|text| format!("{before}{text}")).unwrap_or_default()
}

fn named(container: Option<&str>) -> String {
    container.map_or_else(|| "a container".to_owned(), |name| format!("container {name:?}"))
}

fn image(clue: &Signature) -> String {
    match (clue.subject.as_deref(), clue.container.as_deref()) {
        (Some(image), Some(container)) => format!("image {image} of container {container:?}"),
        (Some(image), None) => format!("image {image}"),
        (None, container) => format!("the image of {}", named(container)),
    }
}

fn secret(clue: &Signature, described: Described<'_>) -> String {
    let Some(secret) = clue.subject.as_deref() else { return "a secret or the registry's login".to_owned() };
    match described.secret_use(secret) {
        Some((container, variable)) => format!("secret {secret} ({variable} of container {container:?})"),
        None => format!("secret {secret}"),
    }
}

/// The missing images: those that ECS names, or if it names none, one of all.
fn images_missing(clue: &Signature, described: Described<'_>) -> String {
    let all = described.images();
    match clue.subject.as_deref() {
        Some(several) if several.contains(", ") => format!("images {several} are not in their registry"),
        None if clue.container.is_none() && !all.is_empty() => {
            format!("one of the images {} is not in its registry", all.join(", "))
        }
        _ => format!("{} is not in its registry", image(clue)),
    }
}

/// What is missing of a secret: all of it, or the part that valueFrom names after the ARN.
fn lacks(words: &str) -> String {
    match extract::word_after(words, "json key ") {
        Some(key) => format!("has no JSON key {key}"),
        None if words.contains("beginning of value") || words.contains("end of JSON") => {
            "is not JSON, although valueFrom asks for a JSON key".to_owned()
        }
        None if words.contains("staging label") || words.contains("VersionId") => {
            "has no value of that version".to_owned()
        }
        None => "does not exist".to_owned(),
    }
}

fn platform(clue: &Signature, described: Described<'_>) -> String {
    let named = clue.words.as_deref().and_then(|words| extract::between(words, "platform '", "'"));
    let wanted = named.map(str::to_owned).or_else(|| described.platform());
    format!("{} is not built for {}", image(clue), wanted.as_deref().unwrap_or("the platform that the task runs on"))
}

fn ended(clue: &Signature) -> String {
    let container = named(clue.container.as_deref());
    let code = clue.exit.unwrap_or_default();
    match clue.kind {
        Kind::Killed => format!("{container} was killed (exit code 137, SIGKILL)"),
        Kind::SegmentationFault => format!("{container} crashed: segmentation fault (exit code 139, SIGSEGV)"),
        Kind::Terminated => format!("{container} was stopped from inside the task (exit code 143, SIGTERM)"),
        _ => match EXITS.iter().find(|(known, ..)| *known == code) {
            Some((_, meaning, _)) => format!("{container} exited with code {code} ({meaning})"),
            None if (129..=192).contains(&code) => {
                format!("{container} exited with code {code} (signal {})", code - 128)
            }
            None => format!("{container} exited with code {code}"),
        },
    }
}

fn out_of_memory(clue: &Signature, described: Described<'_>) -> String {
    let limit = clue.container.as_deref().and_then(|container| described.memory(container));
    // A definition may have "1 GB" where ECS stores MiB.
    let limit =
        limit.map(|limit| if limit.bytes().all(|b| b.is_ascii_digit()) { format!("{limit} MiB") } else { limit });
    let exit = clue.exit.map(|exit| format!(" (exit code {exit})")).unwrap_or_default();
    format!(
        "{} ran out of memory{}{exit}",
        named(clue.container.as_deref()),
        prefixed(": it may use ", limit.as_deref())
    )
}

fn unhealthy(clue: &Signature, described: Described<'_>) -> String {
    let check = clue.container.as_deref().and_then(|container| described.health_check(container));
    format!("{} failed its health check{}", named(clue.container.as_deref()), prefixed(": ", check.as_deref()))
}

fn unbalanced(clue: &Signature, described: Described<'_>) -> String {
    let group = clue.subject.as_deref();
    let port = group.and_then(|group| described.behind(group)).and_then(|(_, port)| port);
    let place = match (clue.container.as_deref(), port) {
        (Some(container), Some(port)) => format!("container {container:?} on port {port}"),
        (container, _) => named(container),
    };
    let by = group.map_or_else(
        || "the load balancer".to_owned(),
        |group| format!("target group {:?}", extract::target_group(group)),
    );
    format!("{by} finds {place} unhealthy{}", prefixed(": ", clue.detail.as_deref()))
}

fn dependency(clue: &Signature) -> String {
    let container = named(clue.container.as_deref());
    let Some(waiting) = clue.subject.as_deref() else {
        return "a container that another one depends on did not get there in time".to_owned();
    };
    let condition = clue.detail.as_deref().unwrap_or("START");
    // Without a text of ECS's, it still waits.
    let so_far = if clue.words.is_none() { "has not got" } else { "never got" };
    format!("{container} {so_far} {condition}, and container {waiting:?} waits for that")
}

fn deadlock(bounds: &Bounds) -> String {
    let Bounds { desired, minimum, maximum } = bounds;
    let (lower, upper) = (bounds.lower(), bounds.upper());
    format!(
        "the deployment configuration leaves no room: of {desired} desired tasks at least {lower} must run \
         (minimumHealthyPercent {minimum}) and at most {upper} may (maximumPercent {maximum}), so that none can be stopped \
         and none started"
    )
}

/// The advice for a failure.
pub(crate) fn advice(clue: &Signature, described: Described<'_>) -> String {
    let special = match clue.kind {
        Kind::Exited => {
            let exit = EXITS.iter().find(|(code, ..)| Some(*code) == clue.exit);
            exit.map(|(.., advice)| (*advice).to_owned())
        }
        Kind::Deadlock => described.bounds().filter(Bounds::is_stuck).map(|bounds| way_out(&bounds)),
        Kind::Other | Kind::Runtime => clue.words.as_deref().and_then(advice_by_name).map(str::to_owned),
        _ => None,
    };
    special.unwrap_or_else(|| clue.kind.advice().to_owned())
}

/// The nearest settings that are not stuck.
fn way_out(bounds: &Bounds) -> String {
    let desired = bounds.desired.max(1);
    let maximum = ((desired + 1) * 100).div_ceil(desired);
    let minimum = (desired - 1) * 100 / desired;
    let down = if minimum == 0 { " (the service is then down for a while)" } else { "" };
    format!("set maximumPercent to {maximum} or more, or minimumHealthyPercent to {minimum} or less{down}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn clue(kind: Kind, container: &str, exit: Option<i64>, subject: &str, words: &str) -> Signature {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Signature {
            kind,
            container: given(container),
            exit,
            subject: given(subject),
            detail: None,
            words: given(words),
        }
    }

    #[test]
    fn a_summary_names_names() {
        let definition = json!({"memory": "512", "containerDefinitions": [{"name": "api", "image": "r/api:2",
            "secrets": [{"name": "DB", "valueFrom": "arn:s"}], "healthCheck": {"command": ["CMD-SHELL", "curl -f x"]}}]});
        let service = json!({"desiredCount": 1, "deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 100},
            "loadBalancers": [{"targetGroupArn": "arn:aws:x:r:1:targetgroup/web/9", "containerName": "api", "containerPort": 80}]});
        let described = Described { definition: Some(&definition), service: Some(&service) };
        for (clue, expected) in [
            (
                clue(Kind::ImageMissing, "api", None, "r/api:2", "CannotPullContainerError: not found."),
                "image r/api:2 of container \"api\" is not in its registry: CannotPullContainerError: not found",
            ),
            (
                clue(Kind::PlatformMismatch, "api", None, "r/api:2", ""),
                "image r/api:2 of container \"api\" is not built for linux/amd64",
            ),
            (
                clue(Kind::SecretMissing, "api", None, "arn:s", "x"),
                "secret arn:s (DB of container \"api\") does not exist",
            ),
            (
                clue(
                    Kind::SecretMissing,
                    "",
                    None,
                    "arn:s",
                    "retrieved secret from Secrets Manager did not contain json key url",
                ),
                "secret arn:s (DB of container \"api\") has no JSON key url",
            ),
            (clue(Kind::Exited, "api", Some(3), "", ""), "container \"api\" exited with code 3"),
            (
                clue(Kind::Exited, "api", Some(0), "", ""),
                "container \"api\" exited with code 0 (it ended, and a service's essential container must not)",
            ),
            (clue(Kind::Exited, "api", Some(130), "", ""), "container \"api\" exited with code 130 (signal 2)"),
            (clue(Kind::Exited, "api", Some(1), "", "boom"), "container \"api\" exited with code 1: boom"),
            (
                clue(Kind::OutOfMemory, "api", Some(137), "", "OutOfMemoryError"),
                "container \"api\" ran out of memory: it may use 512 MiB (exit code 137)",
            ),
            (clue(Kind::Killed, "api", Some(137), "", ""), "container \"api\" was killed (exit code 137, SIGKILL)"),
            (
                clue(Kind::Unhealthy, "api", None, "", "Task failed"),
                "container \"api\" failed its health check: curl -f x",
            ),
            (
                Signature {
                    detail: Some("Request timed out".to_owned()),
                    ..clue(Kind::LoadBalancerUnhealthy, "api", None, "arn:aws:x:r:1:targetgroup/web/9", "")
                },
                "target group \"web\" finds container \"api\" on port 80 unhealthy: Request timed out",
            ),
            (
                Signature { detail: Some("HEALTHY".to_owned()), ..clue(Kind::Dependency, "redis", None, "api", "x") },
                "container \"redis\" never got HEALTHY, and container \"api\" waits for that",
            ),
            (clue(Kind::Other, "", None, "", "Something new."), "Something new"),
            (clue(Kind::Other, "", None, "", ""), "a task stopped and ECS gives no reason"),
            (clue(Kind::Role, "", None, "arn:r", "w"), "ECS cannot assume role \"arn:r\": w"),
        ] {
            assert_eq!(summary(&clue, described), expected);
        }
        let stuck = clue(Kind::Deadlock, "", None, "", "was unable");
        assert!(
            summary(&stuck, described)
                .contains("of 1 desired tasks at least 1 must run (minimumHealthyPercent 100) and at most 1 may")
        );
        assert!(
            advice(&stuck, described)
                .contains("maximumPercent to 200 or more, or minimumHealthyPercent to 0 or less (the")
        );
        assert_eq!(summary(&stuck, Described::default()), "was unable");
    }

    #[test]
    fn advice_follows_the_exit_code_and_the_name_of_the_error() {
        let general = advice(&clue(Kind::Exited, "a", Some(1), "", ""), Described::default());
        let not_found = advice(&clue(Kind::Exited, "a", Some(127), "", ""), Described::default());
        assert!(general.contains("log") && not_found.contains("entryPoint"));
        let runtime = clue(Kind::Other, "", None, "", "DockerTimeoutError: Could not transition to started");
        assert!(advice(&runtime, Described::default()).contains("load"));
        assert!(advice(&clue(Kind::Other, "", None, "", "x"), Described::default()).contains("troubleshooting"));
    }
}
