//! Rules about Fargate, and about containers for Windows.

use serde_json::Value;

use super::{Container, Found, Task, choice, is_set, list, text, whole};
use crate::definition::path::Place;
use crate::definition::schema;

/// Task sizes on Fargate: cpu units, then the memory in MiB that goes with them, from, to, step; whether Windows
/// runs with them. Source: the AWS developer guide, "Fargate task CPU and memory".
const SIZES: [(u64, u64, u64, u64, bool); 8] = [
    (256, 512, 1024, 512, false),
    (256, 2048, 2048, 1024, false),
    (512, 1024, 4096, 1024, false),
    (1024, 2048, 8192, 1024, true),
    (2048, 4096, 16384, 1024, true),
    (4096, 8192, 30720, 1024, true),
    (8192, 16384, 61440, 4096, false),
    (16384, 32768, 122_880, 8192, false),
];

/// Members of a container that RegisterTaskDefinition refuses for Fargate.
const REFUSED: [&str; 7] = [
    "disableNetworking",
    "dnsSearchDomains",
    "dnsServers",
    "dockerSecurityOptions",
    "extraHosts",
    "links",
    "privileged",
];

/// Members of `linuxParameters` that are not for Fargate: `Fargate compatible task definitions do not support sharedMemorySize`. For
/// `tmpfs` the sources disagree.
const REFUSED_OF_LINUX: [&str; 4] = ["sharedMemorySize", "maxSwap", "swappiness", "devices"];

/// Members of a container that Windows cannot have; whether ECS refuses them.
const NOT_ON_WINDOWS: [(&str, bool); 8] = [
    ("dnsServers", true),
    ("dnsSearchDomains", true),
    ("hostname", true),
    ("environmentFiles", true),
    ("user", false),
    ("disableNetworking", false),
    ("privileged", false),
    ("readonlyRootFilesystem", false),
];

/// Systems that Fargate runs; those of the second list are not offered or not confirmed.
const WINDOWS_DOUBTFUL: [&str; 5] = [
    "WINDOWS_SERVER_2016_FULL",
    "WINDOWS_SERVER_2004_CORE",
    "WINDOWS_SERVER_20H2_CORE",
    "WINDOWS_SERVER_2025_CORE",
    "WINDOWS_SERVER_2025_FULL",
];

const MOST_FILES: i64 = 1_048_576;

pub(crate) fn check(task: &Task, found: &mut Found) {
    if task.is_windows && is_set(task.document.get("ipcMode")) {
        let text = "ipcMode is not supported for Windows containers";
        found.warning("windows_unsupported", &Place::top("ipcMode"), text, "remove ipcMode");
    }
    if !task.is_fargate {
        return;
    }
    if task.network != "awsvpc" {
        let text = "Fargate runs tasks in network mode awsvpc alone";
        found.error("fargate_network", &Place::top("networkMode"), text, "set networkMode to \"awsvpc\"");
    }
    task_size(task, found);
    task_members(task, found);
    volumes(task, found);
    if task.is_windows {
        windows(task, found);
    }
}

fn task_size(task: &Task, found: &mut Found) {
    let size = |member: &str| schema::size(task.document, member);
    for member in ["cpu", "memory"].into_iter().filter(|member| size(member).is_none()) {
        let advice = format!("set {member} at the task level, as a text");
        found.error("fargate_size", &Place::top(member), format!("Fargate needs the task's {member}"), advice);
    }
    let (Some(cpu), Some(memory)) = (size("cpu"), size("memory")) else { return };
    let (Ok(units), Ok(mib)) = (cpu.parse::<u64>(), memory.parse::<u64>()) else {
        let place = Place::top(if cpu.parse::<u64>().is_err() { "cpu" } else { "memory" });
        let text = format!("cpu {cpu:?} with memory {memory:?} is not a size");
        found.error("fargate_size", &place, text, "give cpu in units (\"256\") or vCPU, memory in MiB (\"512\") or GB");
        return;
    };
    let offered = || SIZES.iter().filter(|(.., windows)| *windows || !task.is_windows);
    if !offered().any(|row| row.0 == units) {
        let mut all: Vec<_> = offered().map(|row| row.0).collect();
        all.dedup();
        let system = if task.is_windows { " for Windows" } else { "" };
        let text = format!("cpu {units} is not offered on Fargate{system}");
        found.error("fargate_size", &Place::top("cpu"), text, format!("use {}", choice(all)));
    } else if !offered().any(|row| row.0 == units && fits(row, mib)) {
        let text = format!("memory {mib} is not offered with cpu {units}");
        found.error("fargate_size", &Place::top("memory"), text, format!("use {}", memories(units)));
    }
}

fn fits((_, from, to, step, _): &(u64, u64, u64, u64, bool), mib: u64) -> bool {
    (*from..=*to).contains(&mib) && (mib - from).is_multiple_of(*step)
}

/// The memory that goes with `units` of cpu: one by one where it is little, else as a range.
fn memories(units: u64) -> String {
    let rows: Vec<_> = SIZES.iter().filter(|row| row.0 == units).collect();
    match rows.as_slice() {
        [(_, from, to, step, _)] if (to - from) / step > 3 => format!("{from} to {to} in steps of {step}"),
        rows => choice(
            rows.iter()
                .flat_map(|(_, from, to, step, _)| (0..=(to - from) / step).map(move |steps| from + steps * step)),
        ),
    }
}

fn refuse(place: &Place, member: &str, found: &mut Found) {
    let text = format!("{member} cannot be used on Fargate");
    found.error("fargate_refused", place, text, format!("remove {member}"));
}

fn doubt(place: &Place, member: &str, found: &mut Found) {
    let text = format!("{member} is not supported on Fargate");
    found.warning("fargate_unsupported", place, text, format!("remove {member}"));
}

fn task_members(task: &Task, found: &mut Found) {
    for member in ["ipcMode", "placementConstraints", "inferenceAccelerators"] {
        if is_set(task.document.get(member)) {
            refuse(&Place::top(member), member, found);
        }
    }
    if task.document.get("pidMode").is_some_and(|mode| mode == "host") {
        let text = "pidMode \"host\" cannot be used on Fargate";
        found.error("fargate_refused", &Place::top("pidMode"), text, "use \"task\", or remove pidMode");
    }
}

fn volumes(task: &Task, found: &mut Found) {
    let top = Place::top("volumes");
    for (at, volume) in list(task.document.get("volumes")).iter().enumerate() {
        let place = top.at(at);
        if volume.get("host").is_some_and(|host| is_set(host.get("sourcePath"))) {
            refuse(&place.member("host").member("sourcePath"), "sourcePath", found);
        }
        if volume.get("dockerVolumeConfiguration").is_some_and(Value::is_object) {
            refuse(&place.member("dockerVolumeConfiguration"), "dockerVolumeConfiguration", found);
        }
        if is_set(volume.get("fsxWindowsFileServerVolumeConfiguration")) {
            let member = "fsxWindowsFileServerVolumeConfiguration";
            refuse(&place.member(member), member, found);
        }
        if task.is_windows && is_set(volume.get("efsVolumeConfiguration")) {
            let text = "EFS cannot be used by Windows on Fargate";
            let place = place.member("efsVolumeConfiguration");
            found.error("fargate_windows", &place, text, "remove the volume, or run on Linux");
        }
    }
}

fn windows(task: &Task, found: &mut Found) {
    let Some(platform) = task.document.get("runtimePlatform") else { return };
    let top = Place::top("runtimePlatform");
    if text(platform, "cpuArchitecture").is_some_and(|architecture| architecture != "X86_64") {
        let text = "Windows on Fargate runs on X86_64 alone";
        found.error("fargate_windows", &top.member("cpuArchitecture"), text, "set cpuArchitecture to \"X86_64\"");
    }
    if let Some(system) = text(platform, "operatingSystemFamily").filter(|system| WINDOWS_DOUBTFUL.contains(system)) {
        let text = format!("{system} is not known to be offered on Fargate");
        let advice = "use WINDOWS_SERVER_2019_CORE, WINDOWS_SERVER_2019_FULL or their 2022 successors";
        found.warning("fargate_windows", &top.member("operatingSystemFamily"), text, advice);
    }
    if is_set(task.document.get("ephemeralStorage")) {
        let text = "ephemeralStorage is not supported for Windows on Fargate";
        found.warning("fargate_windows", &Place::top("ephemeralStorage"), text, "remove ephemeralStorage");
    }
}

pub(crate) fn check_container(task: &Task, container: &Container, found: &mut Found) {
    let place = container.place();
    if task.is_windows {
        windows_members(task, container, found);
    }
    if !task.is_fargate {
        return;
    }
    for member in REFUSED.into_iter().filter(|member| is_set(container.get(member))) {
        refuse(&place.member(member), member, found);
    }
    for (at, _) in list(container.get("resourceRequirements"))
        .iter()
        .enumerate()
        .filter(|(_, requirement)| text(requirement, "type") == Some("GPU"))
    {
        refuse(&place.member("resourceRequirements").at(at), "a GPU", found);
    }
    linux_parameters(container, found);
    timeouts(container, found);
    ulimits(container, found);
    log_driver(task, container, found);
}

fn windows_members(task: &Task, container: &Container, found: &mut Found) {
    // What Fargate refuses is reported once.
    let told = |member: &str| task.is_fargate && REFUSED.contains(&member);
    for (member, is_refused) in NOT_ON_WINDOWS {
        if is_set(container.get(member)) && !told(member) {
            let (place, text) = (container.place(), format!("{member} cannot be used by Windows containers"));
            let (place, advice) = (place.member(member), format!("remove {member}"));
            match is_refused {
                true => found.error("windows_refused", &place, text, advice),
                false => found.warning("windows_unsupported", &place, text, advice),
            }
        }
    }
}

fn linux_parameters(container: &Container, found: &mut Found) {
    let Some(parameters) = container.get("linuxParameters").filter(|value| value.is_object()) else { return };
    let place = container.place();
    let place = place.member("linuxParameters");
    // A number is given, also where it is 0.
    let is_given =
        |member: &&str| parameters.get(*member).is_some_and(Value::is_number) || is_set(parameters.get(*member));
    for member in REFUSED_OF_LINUX.into_iter().filter(is_given) {
        refuse(&place.member(member), member, found);
    }
    if is_set(parameters.get("tmpfs")) {
        doubt(&place.member("tmpfs"), "tmpfs", found);
    }
    let added = parameters.get("capabilities").and_then(|capabilities| capabilities.get("add"));
    for (at, capability) in list(added).iter().enumerate() {
        if let Some(capability) = capability.as_str().filter(|capability| *capability != "SYS_PTRACE") {
            let text = format!("the capability {capability:?} cannot be added on Fargate");
            let place = place.member("capabilities");
            let place = place.member("add");
            found.error("fargate_refused", &place.at(at), text, "remove it: SYS_PTRACE is the only one");
        }
    }
}

fn timeouts(container: &Container, found: &mut Found) {
    for member in ["startTimeout", "stopTimeout"] {
        if let Some(seconds) = container.get(member).and_then(whole).filter(|seconds| !(2..=120).contains(seconds)) {
            let text = format!("{member} is {seconds} s, Fargate allows 2 to 120");
            found.error("fargate_timeout", &container.place().member(member), text, "use 2 to 120 seconds");
        }
    }
}

fn ulimits(container: &Container, found: &mut Found) {
    let place = container.place();
    let place = place.member("ulimits");
    for (at, limit) in list(container.get("ulimits")).iter().enumerate() {
        match (text(limit, "name"), limit.get("hardLimit").and_then(whole)) {
            (Some("nofile"), Some(hard)) if hard > MOST_FILES => {
                let text = format!("the hard limit of nofile is {hard}, Fargate allows {MOST_FILES}");
                let advice = format!("use {MOST_FILES} at most");
                found.warning("fargate_unsupported", &place.at(at).member("hardLimit"), text, advice);
            }
            (Some("nofile") | None, _) => {}
            (Some(name), _) => {
                let text =
                    format!("only the ulimit nofile can be set on Fargate, {name} is not known to have an effect");
                found.warning("fargate_unsupported", &place.at(at).member("name"), text, format!("remove {name}"));
            }
        }
    }
}

fn log_driver(task: &Task, container: &Container, found: &mut Found) {
    const KNOWN_ELSEWHERE: [&str; 5] = ["json-file", "syslog", "journald", "gelf", "fluentd"];
    let place = container.place();
    let place = place.member("logConfiguration");
    match container.get("logConfiguration").and_then(|logging| text(logging, "logDriver")) {
        Some(driver) if KNOWN_ELSEWHERE.contains(&driver) => {
            let text = format!("the log driver {driver:?} is not offered on Fargate");
            found.error("log_driver", &place.member("logDriver"), text, "use awslogs, splunk or awsfirelens");
        }
        Some(driver @ ("splunk" | "awsfirelens")) if task.is_windows => {
            let text = format!("the log driver {driver:?} is not offered to Windows on Fargate");
            found.error("log_driver", &place.member("logDriver"), text, "use awslogs");
        }
        _ => {}
    }
    let router = container.get("firelensConfiguration").filter(|router| !Value::is_null(router));
    if task.is_windows && router.is_some() {
        let place = container.place();
        let text = "FireLens cannot be used by Windows on Fargate";
        found.error("fargate_windows", &place.member("firelensConfiguration"), text, "use the log driver awslogs");
    }
    let file = router.and_then(|router| router.get("options")).and_then(|options| text(options, "config-file-type"));
    if file.is_some_and(|kind| kind == "s3") {
        let place = container.place();
        let place = place.member("firelensConfiguration");
        let place = place.member("options");
        let text = "Fargate reads a FireLens configuration from a file of the image, not from S3";
        found.error("fargate_refused", &place.member("config-file-type"), text, "use config-file-type \"file\"");
    }
}
