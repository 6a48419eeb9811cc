//! Rules about volumes, and about where containers mount them.

use std::collections::HashSet;

use serde_json::Value;

use super::{Container, Found, NAME_ADVICE, Task, is_name, is_set, list, repeated, text};
use crate::definition::path::Place;
use crate::definition::schema::VOLUME;

pub(crate) fn check(task: &Task, found: &mut Found) {
    let (volumes, top) = (list(task.document.get("volumes")), Place::top("volumes"));
    if volumes.is_empty() {
        return;
    }
    let mounted: HashSet<&str> = task.containers.iter().flat_map(mounts).filter_map(source).collect();
    for (at, volume) in volumes.iter().enumerate().filter(|(_, volume)| volume.is_object()) {
        let place = top.at(at);
        name(volume, &mounted, &place, found);
        kinds(volume, &place, found);
        let source = volume.get("host").and_then(|host| text(host, "sourcePath"));
        if source.is_some_and(|source| !source.is_empty() && source.trim().is_empty()) {
            // "host.sourcePath should not be blank."
            let place = place.member("host");
            let text = "the path on the instance is white space, which ECS refuses";
            found.error("empty", &place.member("sourcePath"), text, "give a path, or remove host");
        }
        if let Some(efs) = volume.get("efsVolumeConfiguration") {
            elastic(efs, &place.member("efsVolumeConfiguration"), found);
        }
        let docker = volume.get("dockerVolumeConfiguration");
        if docker.is_some_and(|docker| is_set(docker.get("autoprovision")) && text(docker, "scope") != Some("shared")) {
            let place = place.member("dockerVolumeConfiguration");
            let text = "autoprovision works only with the scope shared";
            found.error("docker_volume", &place.member("autoprovision"), text, "set scope to \"shared\", or remove it");
        }
    }
    for at in repeated(volumes.iter().map(|volume| text(volume, "name"))) {
        let text = format!("a second volume is named {:?}", text(&volumes[at], "name").unwrap_or_default());
        found.error("volume_name", &top.at(at).member("name"), text, "give each volume a different name");
    }
    let at_launch = volumes.iter().enumerate().filter(|(_, volume)| is_set(volume.get("configuredAtLaunch")));
    for (at, _) in at_launch.skip(1) {
        let text = "a second volume is configured at launch, one is allowed";
        found.error("configured_at_launch", &top.at(at).member("configuredAtLaunch"), text, "keep one of them");
    }
}

fn mounts<'a>(container: &Container<'a>) -> &'a [Value] {
    list(container.get("mountPoints"))
}

fn source(mount: &Value) -> Option<&str> {
    text(mount, "sourceVolume")
}

fn name(volume: &Value, mounted: &HashSet<&str>, place: &Place, found: &mut Found) {
    match volume.get("name") {
        Some(Value::String(name)) if !is_name(name) => {
            let text = format!("{name:?} is not the name of a volume");
            found.error("volume_name", &place.member("name"), text, NAME_ADVICE);
        }
        Some(Value::String(name)) if !mounted.contains(name.as_str()) => {
            let text = format!("the volume {name:?} is not mounted by any container");
            found.warning("volume_unused", place, text, "mount it, or remove it");
        }
        None | Some(Value::Null) => {
            let text = "the volume has no name, so nothing can mount it";
            found.error("volume_name", &place.member("name"), text, "name it, or remove it");
        }
        Some(_) => {}
    }
}

fn kinds(volume: &Value, place: &Place, found: &mut Found) {
    let sets = |kind: &&str| is_set(volume.get(*kind)) || volume.get(*kind).is_some_and(Value::is_object);
    // Every member except the name decides the kind.
    let kinds: Vec<_> = VOLUME.names().filter(|member| *member != "name").filter(sets).collect();
    if kinds.len() > 1 {
        let text = format!("the volume is of {} kinds at once: {}", kinds.len(), kinds.join(", "));
        found.error("volume_kind", place, text, "keep one of them");
    }
}

fn elastic(efs: &Value, place: &Place, found: &mut Found) {
    let authorization = efs.get("authorizationConfig");
    let is_encrypted = text(efs, "transitEncryption") == Some("ENABLED");
    let uses_iam = authorization.is_some_and(|config| text(config, "iam") == Some("ENABLED"));
    let uses_point = authorization.is_some_and(|config| is_set(config.get("accessPointId")));
    let encryption = place.member("transitEncryption");
    if (uses_iam || uses_point) && !is_encrypted {
        let what = if uses_iam { "IAM" } else { "an access point" };
        let text = format!("EFS with {what} needs encryption in transit");
        found.error("efs_volume", &encryption, text, "set transitEncryption to \"ENABLED\"");
    }
    let root = text(efs, "rootDirectory").filter(|root| !matches!(*root, "" | "/"));
    if let Some(root) = root.filter(|_| uses_point) {
        let text = format!("rootDirectory {root:?} cannot be given with an access point, which has its own root");
        found.error("efs_volume", &place.member("rootDirectory"), text, "remove rootDirectory, or set it to \"/\"");
    }
    if is_set(efs.get("transitEncryptionPort")) && !is_encrypted {
        let text = "transitEncryptionPort has no effect without encryption in transit";
        found.warning(
            "efs_volume",
            &place.member("transitEncryptionPort"),
            text,
            "set transitEncryption to \"ENABLED\"",
        );
    }
}

/// Whether a path in a container is absolute. Definitions for Windows on EC2 need not have an operating system family: AWS's examples do
/// not.
fn is_absolute(path: &str, task: &Task) -> bool {
    let mut letters = path.chars();
    let is_drive = letters.next().is_some_and(|drive| drive.is_ascii_alphabetic()) && letters.next() == Some(':');
    let is_windows_path = is_drive || path.starts_with("\\\\");
    path.starts_with('/') || task.is_windows || (is_windows_path && task.may_be_windows)
}

pub(crate) fn check_mounts(task: &Task, container: &Container, found: &mut Found) {
    let (mounts, place) = (mounts(container), container.place());
    if mounts.is_empty() {
        return;
    }
    let place = place.member("mountPoints");
    let volumes = list(task.document.get("volumes"));
    for (at, mount) in mounts.iter().enumerate().filter(|(_, mount)| mount.is_object()) {
        let here = place.at(at);
        match mount.get("sourceVolume") {
            Some(Value::String(name)) if !volumes.iter().any(|volume| text(volume, "name") == Some(name)) => {
                let text = format!("there is no volume {name:?}");
                let advice = "name an entry of the task's volumes";
                found.error("mount_volume", &here.member("sourceVolume"), text, advice);
            }
            None | Some(Value::Null) => {
                let place = here.member("sourceVolume");
                found.error("mount_volume", &place, "the mount has no volume", "name an entry of the task's volumes");
            }
            Some(_) => {}
        }
        match mount.get("containerPath") {
            Some(Value::String(path)) if !is_absolute(path, task) => {
                let text = format!("{path:?} is not an absolute path");
                found.error("mount_path", &here.member("containerPath"), text, "begin it with /");
            }
            None | Some(Value::Null) => {
                let place = here.member("containerPath");
                found.error("mount_path", &place, "the mount has no path in the container", "set containerPath");
            }
            Some(_) => {}
        }
    }
    for at in repeated(mounts.iter().map(|mount| text(mount, "containerPath"))) {
        let text = format!("{:?} is mounted twice", text(&mounts[at], "containerPath").unwrap_or_default());
        found.warning("mount_path", &place.at(at).member("containerPath"), text, "keep one of the two mounts");
    }
}

#[cfg(test)]
mod tests;
