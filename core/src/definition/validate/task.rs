//! Rules about the task as a whole: its name, its size in bytes and in cpu and memory, its roles and its tags.

use serde_json::{Map, Value};

use super::{Found, NAME_ADVICE, Task, is_name, is_set, list, repeated, text, whole};
use crate::definition::is_own_tag;
use crate::definition::path::Place;
use crate::definition::schema::{self, TASK};

/// ECS's quota for a task definition's JSON, which cannot be raised.
const MOST_BYTES: usize = 64 * 1024;

/// Task cpu that can be asked for outside of Fargate: 0.125 to 192 vCPU.
const CPU: std::ops::RangeInclusive<i64> = 128..=196_608;

pub(crate) fn check(task: &Task, found: &mut Found) {
    family(task, found);
    bytes(task, found);
    read_only(task, found);
    for member in ["taskRoleArn", "executionRoleArn"] {
        role(task, member, found);
    }
    tags(task, found);
    if !task.is_fargate {
        sizes(task, found);
    }
    sums(task, found);
    essential(task, found);
    proxy(task, found);
    sandbox(task, found);
}

fn proxy(task: &Task, found: &mut Found) {
    let name = task.document.get("proxyConfiguration").and_then(|proxy| text(proxy, "containerName"));
    if let Some(name) = name.filter(|name| !name.is_empty() && task.container(name).is_none()) {
        let text = format!("there is no container {name:?} to be the proxy");
        let place = Place::top("proxyConfiguration");
        found.error("proxy", &place.member("containerName"), text, "name a container of this task definition");
    }
}

/// Source: the API reference of trustedExecutionConfiguration.
fn sandbox(task: &Task, found: &mut Found) {
    let Some(trusted) = task.document.get("trustedExecutionConfiguration") else { return };
    if text(trusted, "isolationMode") == Some("CONFIDENTIAL_SANDBOX") && !is_set(trusted.get("attestationPolicy")) {
        let text = "CONFIDENTIAL_SANDBOX needs an attestationPolicy";
        let place = Place::top("trustedExecutionConfiguration");
        found.error("missing", &place.member("attestationPolicy"), text, "give it, or choose another isolationMode");
    }
}

fn family(task: &Task, found: &mut Found) {
    let place = Place::top("family");
    match task.document.get("family") {
        Some(Value::String(name)) if is_name(name) => {}
        Some(Value::String(name)) => {
            found.error("family", &place, format!("{name:?} is not the name of a family"), NAME_ADVICE);
        }
        None | Some(Value::Null) => found.error("family", &place, "the family is missing", "name the family as a text"),
        Some(_) => {}
    }
}

fn bytes(task: &Task, found: &mut Found) {
    // A letter takes two bytes at most when it is escaped, but for control characters that no text has.
    if 2 * rough_size(task.document) <= MOST_BYTES {
        return;
    }
    let bytes = serde_json::to_string(task.document).map_or(0, |text| text.len());
    if bytes > MOST_BYTES {
        let text = format!("the definition has {bytes} bytes as JSON, {MOST_BYTES} are allowed");
        let advice = "move environment variables to a file (environmentFiles) or scripts into the image";
        found.error("too_large", &Place::ROOT, text, advice);
    }
}

/// About the bytes of an object as compact JSON in which nothing is escaped: never fewer, and a comma more here
/// and there.
fn rough_size(object: &Map<String, Value>) -> usize {
    // Two quotes, a colon and a comma.
    object.iter().map(|(name, value)| name.len() + 4 + rough_size_of(value)).sum::<usize>() + 2
}

fn rough_size_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Number(number) => number.as_u64().map_or(24, |whole| whole.checked_ilog10().unwrap_or(0) as usize + 1),
        Value::String(text) => text.len() + 2,
        Value::Array(list) => list.iter().map(|entry| 1 + rough_size_of(entry)).sum::<usize>() + 2,
        Value::Object(object) => rough_size(object),
    }
}

/// Read-only members: a patch can bring back what loading has removed.
fn read_only(task: &Task, found: &mut Found) {
    for member in TASK.names().filter(|member| TASK.is_read_only(member) && task.document.contains_key(*member)) {
        let text = format!("{member} is written by ECS and cannot be registered");
        found.warning("read_only", &Place::top(member), text, format!("remove {member}"));
    }
}

fn role(task: &Task, member: &str, found: &mut Found) {
    let Some(role) = task.document.get(member).and_then(Value::as_str).filter(|role| !role.is_empty()) else { return };
    let is_short = role.len() <= 64 && role.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b));
    let mut parts = role.splitn(6, ':');
    let is_arn = parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| partition.starts_with("aws"))
        && parts.next() == Some("iam")
        && parts.next() == Some("")
        && parts.next().is_some_and(|account| account.len() == 12)
        && parts.next().is_some_and(|role| role.starts_with("role/"));
    if !is_short && !is_arn {
        let text = format!("{role:?} is neither the ARN nor the name of a role");
        found.warning("role", &Place::top(member), text, "use arn:aws:iam::ACCOUNT:role/NAME");
    }
}

fn tags(task: &Task, found: &mut Found) {
    check_tags(list(task.document.get("tags")), &Place::top("tags"), found);
}

/// Checks tags of something that is created.
pub(crate) fn check_tags(tags: &[Value], place: &Place, found: &mut Found) {
    for (at, tag) in tags.iter().enumerate().filter(|(_, tag)| tag.is_object()) {
        if tag.get("key").is_none_or(Value::is_null) {
            found.error("tag", &place.at(at).member("key"), "the tag has no key", "give it a key, or remove it");
        }
        for (member, least, most) in [("key", 1, 128), ("value", 0, 256)] {
            if let Some(why) = text(tag, member).and_then(|text| bad_tag(text, member, least, most)) {
                let advice = "use letters, digits, spaces and _ . : / = + - @ within the length, without aws: in front";
                found.error("tag", &place.at(at).member(member), why, advice);
            }
        }
    }
    for at in repeated(tags.iter().map(|tag| text(tag, "key"))) {
        let text = format!("a second tag has the key {:?}", text(&tags[at], "key").unwrap_or_default());
        found.error("tag", &place.at(at).member("key"), text, "keep one of the two");
    }
}

fn bad_tag(text: &str, member: &str, least: usize, most: usize) -> Option<String> {
    let length = text.chars().count();
    let is_fit = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    if !(least..=most).contains(&length) {
        Some(format!("a tag's {member} has {length} characters, {least} to {most} are allowed"))
    } else if let Some(stranger) = text.chars().find(|c| !is_fit(*c)) {
        Some(format!("a tag's {member} has the character {stranger:?}"))
    } else if is_own_tag(text) {
        Some(format!("a tag's {member} begins with aws:, which is AWS's own"))
    } else {
        None
    }
}

/// Outside of Fargate the task's size is optional and not bound to steps.
fn sizes(task: &Task, found: &mut Found) {
    for member in ["cpu", "memory"] {
        let Some(given) = schema::size(task.document, member) else { continue };
        let place = Place::top(member);
        if task.is_windows {
            let text = format!("ECS ignores the task's {member} for Windows containers on EC2");
            found.warning("task_size", &place, text, format!("set {member} on the containers"));
        }
        match given.parse::<i64>() {
            Ok(cpu) if member == "cpu" && !CPU.contains(&cpu) => {
                let text = format!("{cpu} is not between {} and {} cpu units", CPU.start(), CPU.end());
                found.error("task_size", &place, text, "use cpu units (\"256\") or vCPU (\"1 vCPU\")");
            }
            Ok(size) if size > 0 => {}
            _ => {
                let advice =
                    "give cpu in units (\"256\") or vCPU (\"1 vCPU\"), memory in MiB (\"512\") or GB (\"1 GB\")";
                found.error("task_size", &place, format!("{given:?} is not an amount of {member}"), advice);
            }
        }
    }
}

/// The containers' limits must fit into the task. Both may be equal, although the model's text has "lower":
/// ECS's own message is "cannot be greater".
fn sums(task: &Task, found: &mut Found) {
    if task.is_windows && !task.is_fargate {
        return;
    }
    let limit = |member| schema::size(task.document, member)?.parse::<i64>().ok().filter(|limit| *limit > 0);
    if let Some(limit) = limit("cpu")
        && sum(task, &["cpu"]) > limit
    {
        let text = format!("the containers ask for {} cpu units, the task has {limit}", sum(task, &["cpu"]));
        found.error("cpu_sum", &Place::top("cpu"), text, "raise the task's cpu, or lower that of containers");
    }
    if let Some(limit) = limit("memory") {
        memory(task, limit, found);
    }
}

/// The sum over the containers of the first of `members` that each has.
fn sum(task: &Task, members: &[&str]) -> i64 {
    let asked = task
        .containers
        .iter()
        .map(|container| members.iter().find_map(|member| container.get(member).and_then(whole)).unwrap_or(0));
    asked.fold(0, i64::saturating_add)
}

/// ECS refuses reservations that do not fit into the task together, and a hard limit that does not fit alone. It takes hard
/// limits that do not fit together, so that containers can share what is free.
fn memory(task: &Task, limit: i64, found: &mut Found) {
    for container in &task.containers {
        if let Some(hard) = container.get("memory").and_then(whole).filter(|hard| *hard > limit) {
            let text = format!("memory {hard} is above the memory of the task, {limit}");
            let advice = "raise the task's memory, or lower that of the container";
            found.error("memory_sum", &container.place().member("memory"), text, advice);
        }
    }
    // Without a reservation the hard limit is what a container reserves; whether ECS counts it here is not confirmed.
    let (reserved, all) = (sum(task, &["memoryReservation"]), sum(task, &["memoryReservation", "memory"]));
    let (top, advice) = (Place::top("memory"), "raise the task's memory, or lower that of containers");
    if reserved > limit {
        let text = format!("the containers reserve {reserved} MiB of memory, the task has {limit}");
        found.error("memory_sum", &top, text, advice);
    } else if all > limit {
        let text = format!("the containers reserve {all} MiB of memory, hard limits among it, the task has {limit}");
        found.warning("memory_sum", &top, text, advice);
    }
}

fn essential(task: &Task, found: &mut Found) {
    if !task.containers.iter().any(|container| container.is_essential) {
        let advice = "omit essential, or set it to true, for at least one container";
        found.error("essential", &Place::top("containerDefinitions"), "no container is essential", advice);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::definition::validate::testing::{container, found, found_on_fargate, table};

    #[test]
    fn names_tags_and_roles() {
        let key = |key: &str| json!({"tags": [{"key": key, "value": "v"}]});
        table(
            found,
            [
                (json!({"family": "a-B_9"}), &[]),
                (json!({"family": "a b"}), &["E family /family"]),
                (json!({"family": null}), &["E family /family"]),
                (json!({"family": "a".repeat(256)}), &["E family /family"]),
                (key(&"k".repeat(128)), &[]),
                (key("team: é/a=b+c-d@e.f_g"), &[]),
                (
                    json!({"proxyConfiguration": {"type": "APPMESH", "containerName": "x"}}),
                    &["E proxy /proxyConfiguration/containerName"],
                ),
                (
                    json!({"trustedExecutionConfiguration": {"isolationMode": "CONFIDENTIAL_SANDBOX"}}),
                    &["E missing /trustedExecutionConfiguration/attestationPolicy"],
                ),
                (key(&"k".repeat(129)), &["E tag /tags/0/key"]),
                (key(""), &["E tag /tags/0/key"]),
                (key("AWS:x"), &["E tag /tags/0/key"]),
                (key("a*"), &["E tag /tags/0/key"]),
                (json!({"tags": [{"value": "v"}]}), &["E tag /tags/0/key"]),
                (json!({"tags": [{"key": "a", "value": "v".repeat(257)}]}), &["E tag /tags/0/value"]),
                (json!({"tags": [{"key": "a"}, {"key": "A"}, {"key": "a"}]}), &["E tag /tags/2/key"]),
                (json!({"taskRoleArn": "short", "executionRoleArn": "arn:aws-cn:iam::123456789012:role/p/r"}), &[]),
                (json!({"taskRoleArn": "arn:aws:iam::123456789012:user/r"}), &["W role /taskRoleArn"]),
                (json!({"revision": 3}), &["W read_only /revision"]),
                (json!({"_novelty": "x".repeat(60_000)}), &[]),
                (json!({"_novelty": "x".repeat(66_000)}), &["E too_large "]),
                (json!({"_novelty": "\n".repeat(33_000)}), &["E too_large "]),
                (json!({"_novelty": "\n".repeat(32_000)}), &[]),
            ],
        );
        let tags: Vec<_> = (0..51).map(|at| json!({"key": at.to_string()})).collect();
        assert_eq!(found(&json!({"tags": tags})), ["E too_many /tags"]);
    }

    #[test]
    fn sizes_and_sums() {
        let two = |first, second| {
            json!({"cpu": "1024", "memory": "1 GB", "containerDefinitions": [
            {"name": "a", "image": "a:1", "cpu": 512, "memory": first}, {"name": "b", "image": "a:1", "cpu": second, "memoryReservation": 512}]})
        };
        let soft = |hard, first, second| {
            json!({"memory": "1024", "containerDefinitions": [
            {"name": "a", "image": "a:1", "memory": hard, "memoryReservation": first},
            {"name": "b", "image": "a:1", "memoryReservation": second}]})
        };
        table(
            found,
            [
                (json!({"cpu": "128", "memory": "100"}), &[]),
                (json!({"cpu": "192 vCPU"}), &[]),
                (json!({"cpu": "127"}), &["E task_size /cpu"]),
                (json!({"cpu": "193 vCPU"}), &["E task_size /cpu"]),
                (json!({"cpu": "much", "memory": "0"}), &["E task_size /cpu", "E task_size /memory"]),
                (two(512, 512), &[]),
                (two(513, 512), &["W memory_sum /memory"]),
                (two(1025, 513), &["E cpu_sum /cpu", "E memory_sum #0/memory", "W memory_sum /memory"]),
                (soft(1024, 512, 512), &[]),
                (soft(1024, 512, 513), &["E memory_sum /memory"]),
                // Hard limits over-committed, as the reservations fit.
                (soft(1000, 100, 900), &[]),
                (container(&json!({"essential": false})), &["E essential /containerDefinitions"]),
                (
                    json!({"cpu": "128", "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}),
                    &["W task_size /cpu"],
                ),
            ],
        );
        let many =
            json!([{"name": "a", "image": "a:1", "cpu": i64::MAX}, {"name": "b", "image": "a:1", "cpu": i64::MAX}]);
        assert_eq!(found_on_fargate(&json!({"containerDefinitions": many})), ["E cpu_sum /cpu"]);
    }
}
