use serde_json::{Value, json};

use crate::definition::validate::testing::{container, found, table};

/// Volumes `v` and so on, as the patches say, all mounted.
fn volumes(patches: &[Value]) -> Value {
    let mut mounts = Vec::new();
    let mut volumes = Vec::new();
    for (at, patch) in patches.iter().enumerate() {
        let mut volume = json!({"name": format!("v{at}")});
        json_patch::merge(&mut volume, patch);
        if volume["name"].is_string() {
            mounts.push(json!({"sourceVolume": volume["name"], "containerPath": format!("/{at}")}));
        }
        volumes.push(volume);
    }
    let mut document = container(&json!({"mountPoints": mounts}));
    document["volumes"] = json!(volumes);
    document
}

#[test]
fn names_and_kinds() {
    table(
        found,
        [
            (volumes(&[json!({}), json!({"host": {}, "efsVolumeConfiguration": {"fileSystemId": "fs-1"}})]), &[]),
            (volumes(&[json!({"name": "a b"})]), &["E volume_name /volumes/0/name"]),
            (volumes(&[json!({"name": null})]), &["E volume_name /volumes/0/name"]),
            (volumes(&[json!({"name": "a"}), json!({"name": "a"})]), &["E volume_name /volumes/1/name"]),
            (json!({"volumes": [{"name": "a"}]}), &["W volume_unused /volumes/0"]),
            (volumes(&[json!({"configuredAtLaunch": true}), json!({"configuredAtLaunch": false})]), &[]),
            (
                volumes(&[json!({"configuredAtLaunch": true}), json!({"configuredAtLaunch": true})]),
                &["E configured_at_launch /volumes/1/configuredAtLaunch"],
            ),
            (
                volumes(&[json!({"host": {"sourcePath": "/x"}, "configuredAtLaunch": true})]),
                &["E volume_kind /volumes/0"],
            ),
            (volumes(&[json!({"dockerVolumeConfiguration": {"scope": "shared", "autoprovision": true}})]), &[]),
            (
                volumes(&[json!({"dockerVolumeConfiguration": {"scope": "task", "autoprovision": true}})]),
                &["E docker_volume /volumes/0/dockerVolumeConfiguration/autoprovision"],
            ),
            (
                volumes(&[
                    json!({"fsxWindowsFileServerVolumeConfiguration": {"fileSystemId": "fs", "rootDirectory": "r"}}),
                ]),
                &["E missing /volumes/0/fsxWindowsFileServerVolumeConfiguration/authorizationConfig"],
            ),
        ],
    );
}

#[test]
fn elastic_file_systems() {
    let efs = |patch: Value| {
        let mut efs = json!({"fileSystemId": "fs-1", "transitEncryption": "ENABLED", "authorizationConfig": {"accessPointId": "p", "iam": "ENABLED"}});
        json_patch::merge(&mut efs, &patch);
        volumes(&[json!({"efsVolumeConfiguration": efs})])
    };
    const ENCRYPTION: &str = "E efs_volume /volumes/0/efsVolumeConfiguration/transitEncryption";
    let port = json!({"transitEncryption": null, "authorizationConfig": null, "transitEncryptionPort": 2049});
    table(
        found,
        [
            (efs(json!({"rootDirectory": "/", "transitEncryptionPort": 65535})), &[]),
            (efs(json!({"rootDirectory": "/x", "authorizationConfig": {"accessPointId": null}})), &[]),
            (efs(json!({"rootDirectory": "/x"})), &["E efs_volume /volumes/0/efsVolumeConfiguration/rootDirectory"]),
            (efs(json!({"transitEncryption": "DISABLED"})), &[ENCRYPTION]),
            (efs(json!({"transitEncryption": null, "authorizationConfig": {"iam": null}})), &[ENCRYPTION]),
            (
                efs(
                    json!({"transitEncryption": null, "authorizationConfig": {"iam": "DISABLED", "accessPointId": null}}),
                ),
                &[],
            ),
            (efs(port), &["W efs_volume /volumes/0/efsVolumeConfiguration/transitEncryptionPort"]),
            (
                efs(json!({"transitEncryptionPort": 65536})),
                &["E range /volumes/0/efsVolumeConfiguration/transitEncryptionPort"],
            ),
        ],
    );
}

#[test]
fn mounts() {
    let mount = |mounts: Value, system: &str| {
        let mut document = container(&json!({"mountPoints": mounts}));
        document["volumes"] = json!([{"name": "v"}]);
        document["runtimePlatform"] = json!({"operatingSystemFamily": system});
        document
    };
    let at = |path: &str| json!({"sourceVolume": "v", "containerPath": path});
    table(
        found,
        [
            (mount(json!([at("/a"), at("/b")]), "LINUX"), &[]),
            (mount(json!([at("/a"), at("/a")]), "LINUX"), &["W mount_path #0/mountPoints/1/containerPath"]),
            (mount(json!([at("a")]), "LINUX"), &["E mount_path #0/mountPoints/0/containerPath"]),
            (mount(json!([at("C:\\a")]), "WINDOWS_SERVER_2022_CORE"), &[]),
            (mount(json!([at("C:\\a")]), "LINUX"), &["E mount_path #0/mountPoints/0/containerPath"]),
            (
                mount(json!([at("C:\\a"), at("D:/b"), at(r"\\.\pipe\docker_engine")]), ""),
                &["W empty /runtimePlatform/operatingSystemFamily"],
            ),
            (
                mount(json!([at("a:b"), at("ab")]), ""),
                &["W empty /runtimePlatform/operatingSystemFamily", "E mount_path #0/mountPoints/1/containerPath"],
            ),
            (mount(json!([{"sourceVolume": "v"}]), "LINUX"), &["E mount_path #0/mountPoints/0/containerPath"]),
            (
                mount(
                    json!([at("/a"), {"containerPath": "/b"}, {"sourceVolume": "w", "containerPath": "/c"}]),
                    "LINUX",
                ),
                &["E mount_volume #0/mountPoints/1/sourceVolume", "E mount_volume #0/mountPoints/2/sourceVolume"],
            ),
        ],
    );
}
