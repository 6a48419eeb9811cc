//! Rules about one container: its name, image, memory, health check and the shapes of smaller members.

use serde_json::Value;

use super::{Container, Found, NAME_ADVICE, Task, choice, get, image, is_name, list, whole};
use crate::definition::schema::ULIMITS;

/// Docker's own lower bound, in MiB, since 20.10.
const LEAST_MEMORY: i64 = 6;

pub(crate) fn check(task: &Task, container: &Container, found: &mut Found) {
    name(task, container, found);
    image::check(task, container, found);
    memory(task, container, found);
    health(container, found);
    ulimits(container, found);
    texts(container, found);
}

fn name(task: &Task, container: &Container, found: &mut Found) {
    let place = container.place();
    let place = place.member("name");
    match container.name {
        Some(name) if !is_name(name) => {
            found.error("container_name", &place, format!("{name:?} is not the name of a container"), NAME_ADVICE);
        }
        Some(name) if task.named.get(name).is_some_and(|first| *first < container.at) => {
            let text = format!("a second container is named {name:?}");
            found.error("container_name", &place, text, "give each container a different name");
        }
        None if container.get("name").is_none_or(Value::is_null) => {
            found.error("container_name", &place, "the container has no name", "name it");
        }
        _ => {}
    }
}

fn memory(task: &Task, container: &Container, found: &mut Found) {
    let place = container.place();
    let number = |member| container.get(member).and_then(whole);
    let (hard, soft) = (number("memory"), number("memoryReservation"));
    if let (Some(hard), Some(soft)) = (hard, soft)
        && soft > hard
    {
        let text = format!("memoryReservation {soft} is above memory {hard}");
        let advice = "raise memory, lower memoryReservation, or remove one of them";
        found.error("container_memory", &place.member("memoryReservation"), text, advice);
    }
    if let Some(hard) = hard.filter(|hard| (0..LEAST_MEMORY).contains(hard)) {
        let text = format!("memory is {hard} MiB, a container needs {LEAST_MEMORY}");
        found.warning("container_memory", &place.member("memory"), text, format!("use {LEAST_MEMORY} or more"));
    }
    let is_absent = |member| container.get(member).is_none_or(Value::is_null);
    let is_task_silent = task.document.get("memory").is_none_or(Value::is_null) || task.is_windows;
    if is_task_silent && !task.is_fargate && is_absent("memory") && is_absent("memoryReservation") {
        let text = format!("neither the container {} nor the task has a memory size", container.label());
        found.error("container_memory", &place.member("memory"), text, "set memory or memoryReservation");
    }
}

fn health(container: &Container, found: &mut Found) {
    let Some(check) = container.get("healthCheck").filter(|check| check.is_object()) else { return };
    let place = container.place();
    let place = place.member("healthCheck");
    if let Some(seconds) = get(check, "timeout").and_then(whole) {
        let text = format!("timeout is {seconds} s, 2 to 60 are allowed");
        match seconds {
            2..=60 => {}
            // The API model has 60, other sources 120.
            61..=120 => found.warning("health_check", &place.member("timeout"), text, "use 60 seconds at most"),
            _ => found.error("health_check", &place.member("timeout"), text, "use 2 to 60 seconds"),
        }
    }
    let place = place.member("command");
    let advice = "write [\"CMD-SHELL\", \"command line\"] or [\"CMD\", \"program\", \"argument\"]";
    match get(check, "command") {
        None | Some(Value::Null) => {
            let known = ["command", "interval", "timeout", "retries", "startPeriod"];
            let other =
                check.as_object().and_then(|check| check.keys().find(|member| !known.contains(&member.as_str())));
            let text = match other {
                Some(other) => format!("the health check has no command: its {other:?} is no member that ECS has"),
                None => "the health check has no command".to_owned(),
            };
            found.error("health_check", &place, text, advice);
        }
        Some(Value::Array(words)) if words.iter().all(Value::is_null) => {
            found.error("health_check", &place, "the health check's command is empty", advice);
        }
        Some(command) => {
            if let Some(text) = bad_command(list(Some(command))) {
                found.warning("health_check", &place, text, advice);
            }
        }
    }
}

/// Checks a health check's command. ECS documents that it must begin with CMD or CMD-SHELL, but has taken
/// others as CMD.
fn bad_command(words: &[Value]) -> Option<&'static str> {
    let nothing = "the health check's command has nothing to run";
    match (words.first()?.as_str()?, words.len()) {
        ("CMD" | "CMD-SHELL", 1) => Some(nothing),
        ("CMD-SHELL", 2) if words[1].as_str().is_some_and(|line| line.trim().is_empty()) => Some(nothing),
        ("CMD-SHELL", 3..) => Some("CMD-SHELL takes one text; those after it are not part of its command"),
        ("CMD" | "CMD-SHELL", _) | ("NONE", 1) => None,
        _ => Some("the health check's command begins with neither CMD nor CMD-SHELL"),
    }
}

fn ulimits(container: &Container, found: &mut Found) {
    for (at, limit) in list(container.get("ulimits")).iter().enumerate() {
        if let Some(name) = limit.get("name").and_then(Value::as_str).filter(|name| !ULIMITS.contains(name)) {
            let place = container.place();
            let place = place.member("ulimits");
            let text = format!("{name:?} is not the name of a limit");
            found.error("ulimit", &place.at(at).member("name"), text, format!("use {}", choice(ULIMITS)));
        }
        let number = |member| limit.get(member).and_then(whole);
        // -1 is no limit.
        if let (Some(soft), Some(hard)) = (number("softLimit"), number("hardLimit"))
            && hard >= 0
            && !(0..=hard).contains(&soft)
        {
            let place = container.place();
            let place = place.member("ulimits");
            let text = format!("the soft limit {soft} is above the hard limit {hard}");
            found.warning("ulimit", &place.at(at).member("softLimit"), text, format!("use {hard} at most"));
        }
    }
}

/// Checks lists whose texts must have a certain form.
fn texts(container: &Container, found: &mut Found) {
    const OPTIONS: [&str; 3] = ["apparmor:", "label:", "credentialspec:"];
    const SPECS: [&str; 2] = ["credentialspec:", "credentialspecdomainless:"];
    let each = |member: &'static str| list(container.get(member)).iter().enumerate();
    let place = container.place();
    for (at, domain) in each("dnsSearchDomains") {
        if domain.as_str().is_some_and(|domain| !is_search_domain(domain)) {
            let text = format!("{domain} is not a search domain");
            let advice = "use letters, digits, hyphens and dots, 254 at most, a letter or digit last";
            found.error("dns_search_domain", &place.member("dnsSearchDomains").at(at), text, advice);
        }
    }
    for (at, option) in each("dockerSecurityOptions") {
        let is_known = |option: &str| {
            option.starts_with("no-new-privileges") || OPTIONS.iter().any(|known| option.starts_with(known))
        };
        if option.as_str().is_some_and(|option| !is_known(option)) {
            let text = format!("{option} is not a known security option");
            let advice = "use no-new-privileges, apparmor:PROFILE, label:VALUE or credentialspec:PATH";
            found.warning("security_option", &place.member("dockerSecurityOptions").at(at), text, advice);
        }
    }
    for (at, spec) in each("credentialSpecs") {
        if spec.as_str().is_some_and(|spec| !SPECS.iter().any(|known| spec.starts_with(known))) {
            let text = "the entry is not a credential specification";
            let advice = "use credentialspec:ARN or credentialspecdomainless:ARN";
            found.warning("credential_spec", &place.member("credentialSpecs").at(at), text, advice);
        }
    }
}

fn is_search_domain(text: &str) -> bool {
    text.len() <= 254
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
        && text.bytes().last().is_some_and(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::definition::validate::testing::{container, found, table};

    fn found_in(patch: &Value) -> Vec<String> {
        found(&container(patch))
    }

    #[test]
    fn names_and_memory() {
        table(
            found_in,
            [
                (json!({"name": null}), &["E container_name #0/name"]),
                (json!({"name": "a.b"}), &["E container_name #0/name"]),
                (json!({"memoryReservation": 63}), &[]),
                (json!({"memoryReservation": 64}), &[]),
                (json!({"memoryReservation": 65}), &["E container_memory #0/memoryReservation"]),
                (json!({"memory": 6}), &[]),
                (json!({"memory": 5}), &["W container_memory #0/memory"]),
                (json!({"memory": null}), &["E container_memory #0/memory"]),
                (json!({"memory": null, "memoryReservation": 9}), &[]),
            ],
        );
        let two = json!({"memory": "64", "containerDefinitions": [{"name": "a", "image": "a:1"}, {"name": "a", "image": "a:1"}]});
        assert_eq!(found(&two), ["E container_name #1/name"]);
    }

    #[test]
    fn health_checks() {
        let check = |member: &str, value: Value| {
            let mut check = json!({"command": ["CMD", "true"]});
            check[member] = value;
            json!({"healthCheck": check})
        };
        table(
            found_in,
            [
                (check("timeout", json!(60)), &[]),
                (check("timeout", json!(61)), &["W health_check #0/healthCheck/timeout"]),
                (check("timeout", json!(120)), &["W health_check #0/healthCheck/timeout"]),
                (check("timeout", json!(121)), &["E health_check #0/healthCheck/timeout"]),
                (check("timeout", json!(1)), &["E health_check #0/healthCheck/timeout"]),
                (check("interval", json!(5)), &[]),
                (check("interval", json!(4)), &["E range #0/healthCheck/interval"]),
                (check("interval", json!(301)), &["E range #0/healthCheck/interval"]),
                (check("retries", json!(11)), &["E range #0/healthCheck/retries"]),
                (check("startPeriod", json!(0)), &[]),
                (check("startPeriod", json!(301)), &["E range #0/healthCheck/startPeriod"]),
                (check("command", json!(["NONE"])), &[]),
                (check("command", json!(["CMD-SHELL", "curl -f localhost || exit 1"])), &[]),
                (check("command", json!(["CMD-SHELL", "curl", "-f"])), &["W health_check #0/healthCheck/command"]),
                (check("command", json!(["CMD-SHELL", " "])), &["W health_check #0/healthCheck/command"]),
                (check("command", json!(["CMD"])), &["W health_check #0/healthCheck/command"]),
                (check("command", json!(["curl", "-f"])), &["W health_check #0/healthCheck/command"]),
                (check("command", json!([])), &["E health_check #0/healthCheck/command"]),
                (check("command", json!("curl")), &["E type #0/healthCheck/command"]),
                (check("command", json!(null)), &["E health_check #0/healthCheck/command"]),
            ],
        );
    }

    #[test]
    fn smaller_members() {
        table(
            found_in,
            [
                (json!({"restartPolicy": {"enabled": true, "restartAttemptPeriod": 60}}), &[]),
                (
                    json!({"restartPolicy": {"restartAttemptPeriod": 59, "ignoredExitCodes": vec![0; 51]}}),
                    &[
                        "E range #0/restartPolicy/restartAttemptPeriod",
                        "E too_many #0/restartPolicy/ignoredExitCodes",
                        "E missing #0/restartPolicy/enabled",
                    ],
                ),
                (json!({"ulimits": [{"name": "nofile", "softLimit": 5, "hardLimit": 5}]}), &[]),
                (json!({"ulimits": [{"name": "nofile", "softLimit": 5, "hardLimit": -1}]}), &[]),
                (
                    json!({"ulimits": [{"name": "nofile", "softLimit": 6, "hardLimit": 5}, {"name": "files", "softLimit": 1, "hardLimit": 1}]}),
                    &["W ulimit #0/ulimits/0/softLimit", "E ulimit #0/ulimits/1/name"],
                ),
                (json!({"linuxParameters": {"swappiness": 100, "maxSwap": 0}}), &[]),
                (
                    json!({"linuxParameters": {"swappiness": 101, "maxSwap": -1, "tmpfs": [{"containerPath": "/t"}]}}),
                    &[
                        "E range #0/linuxParameters/swappiness",
                        "E range #0/linuxParameters/maxSwap",
                        "E missing #0/linuxParameters/tmpfs/0/size",
                    ],
                ),
                (json!({"versionConsistency": "disabled"}), &[]),
                (json!({"versionConsistency": "off"}), &["W unknown_value #0/versionConsistency"]),
                (
                    json!({"dnsSearchDomains": ["a.example", "-"], "dockerSecurityOptions": ["no-new-privileges", "x"]}),
                    &["E dns_search_domain #0/dnsSearchDomains/1", "W security_option #0/dockerSecurityOptions/1"],
                ),
                (json!({"credentialSpecs": ["credentialspec:arn:aws:s3:::b/k"]}), &[]),
                (json!({"credentialSpecs": ["arn:aws:s3:::b/k"]}), &["W credential_spec #0/credentialSpecs/0"]),
            ],
        );
    }
}
