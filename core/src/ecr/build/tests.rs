//! Building with `buildah` as Debian packages it: it needs no service. `FROM scratch` and a busybox need no registry.

use super::*;
use crate::aws::Options;

const BUSYBOX: &str = "/bin/busybox";

fn client() -> Client {
    Client::new(Options::default())
}

/// Whether it can be tried for real. On a continuous integration it must be.
fn is_here() -> bool {
    let found = Builder::named("buildah").is_ok() && Path::new(BUSYBOX).is_file();
    assert!(found || std::env::var_os("CI").is_none(), "missing: apt-get install buildah busybox-static");
    if !found {
        eprintln!("skipped: no buildah or no {BUSYBOX}");
    }
    found
}

/// A program called `buildah` that says what it is to say.
#[cfg(unix)]
fn script(folder: &Path, text: &str) -> String {
    program_called("buildah", folder, text)
}

/// A program of that name that says what it is to say.
#[cfg(unix)]
fn program_called(name: &str, folder: &Path, text: &str) -> String {
    use std::process::Command;
    let (path, text_file) = (folder.join(name), folder.join("text"));
    std::fs::write(&text_file, format!("#!/bin/sh\n{text}\n")).unwrap();
    // By another process: a test beside this one that forks would take along a file that is open here for writing, and a
    // file that is open for writing cannot be run.
    let done = Command::new("install").args(["-m", "755"]).args([&text_file, &path]).status().unwrap();
    assert!(done.success());
    path.display().to_string()
}

/// The real one, with a store of its own and without what a container may not do.
#[cfg(unix)]
fn buildah(folder: &Path) -> String {
    let store = folder.display();
    let options = format!("--root {store}/store --runroot {store}/run --storage-driver vfs");
    script(folder, &format!("export BUILDAH_ISOLATION=chroot; exec buildah {options} \"$@\""))
}

#[cfg(unix)]
#[tokio::test]
async fn an_image_is_built_and_its_secrets_are_not_told() {
    if !is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let builder = buildah(folder.path());
    let context = at("context");
    std::fs::create_dir(&context).unwrap();
    std::fs::copy(BUSYBOX, context.join("busybox")).unwrap();
    std::fs::write(at("token"), "hunter2-secret\n").unwrap();
    let file = "FROM scratch\nCOPY busybox /bin/busybox\nARG GREETING\nRUN --mount=type=secret,id=token \
        [\"/bin/busybox\", \"sh\", \"-c\", \"/bin/busybox echo arg $GREETING; /bin/busybox cat /run/secrets/token; /bin/busybox echo $GREETING > /greeting\"]\n";
    std::fs::write(context.join("Dockerfile"), file).unwrap();
    let build = Build {
        args: [("GREETING".to_owned(), "good $(morning)".to_owned())].into_iter().collect(),
        secrets: [("token".to_owned(), at("token"))].into_iter().collect(),
        builder: Some(builder),
        layout: Some(at("layout")),
        ..Build::new(&context)
    };
    let mut building = client().build(build.clone());
    let mut said = Vec::new();
    while let Some(Event::Building { text }) = building.next().await {
        said.push(text);
    }
    let built = building.outcome().await.unwrap();
    assert!(said.iter().any(|line| line == "arg ***") && said.iter().any(|line| line == "***"), "{said:?}");
    assert!(!said.join("\n").contains("hunter2"), "{said:?}");
    assert_eq!((built.builder.as_str(), built.layout, built.pushed), ("buildah", Some(at("layout")), None));
    assert_eq!(source::open(&at("layout"), None).unwrap().manifests.last().unwrap().digest, built.digest);

    std::fs::write(context.join("Dockerfile"), "FROM scratch\nCOPY nowhere /\n").unwrap();
    let error = client().build(Build { layout: Some(at("other")), ..build }).outcome().await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("it is not built: buildah ended with status") && text.contains("nowhere"), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn an_image_of_several_platforms_is_built_whole() {
    if !is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (context, layout) = (folder.path().join("context"), folder.path().join("layout"));
    std::fs::create_dir(&context).unwrap();
    std::fs::write(context.join("Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n").unwrap();
    let build = Build {
        platforms: vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()],
        builder: Some(buildah(folder.path())),
        layout: Some(layout.clone()),
        ..Build::new(&context)
    };
    let built = client().build(build).outcome().await.unwrap();
    let manifests = source::open(&layout, None).unwrap().manifests;
    let (root, images) = manifests.split_last().unwrap();
    assert_eq!((&root.digest, images.len()), (&built.digest, 2));
    let index: serde_json::Value = serde_json::from_slice(&root.bytes).unwrap();
    let mut platforms: Vec<&str> = index["manifests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| image["platform"]["architecture"].as_str().unwrap())
        .collect();
    platforms.sort_unstable();
    assert_eq!(platforms, ["amd64", "arm64"]);
}

#[cfg(unix)]
#[tokio::test]
async fn what_was_built_is_pushed_and_what_fails_is_told_without_secrets() {
    use crate::aws::tests::Loopback;
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made");
    let digest = source::tests::layout(&made, &[b"layer".to_vec()]);
    let copy = format!("case $1 in push) mkdir ${{3#oci:}} && cp -r {}/* ${{3#oci:}}/;; esac", made.display());
    let builder = script(folder.path(), &copy);
    let server = Loopback::with(|seen| match seen.line.split(' ').next() {
        Some("HEAD") => (404, Vec::new(), String::new()),
        Some("POST") => (202, vec![("location", "/v2/app/blobs/uploads/1".to_owned())], String::new()),
        _ => (201, Vec::new(), String::new()),
    })
    .await;
    let image = format!("{}/app:v1", server.url.trim_start_matches("http://"));
    let build = Build { builder: Some(builder), image: Some(image), ..Build::new(folder.path()) };
    let built = client().build(build.clone()).outcome().await.unwrap();
    assert_eq!((&built.digest, built.layout), (&digest, None));
    assert_eq!(built.pushed.unwrap().digest, digest);

    let says = "for a; do echo \"got $a\"; done; echo npm hunter2-secret >&2; printf 'raw \\377hunter2\\376bin\\n' >&2; exit 3";
    script(folder.path(), says);
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "hunter2-secret").unwrap();
    // No text in UTF-8.
    let raw = folder.path().join("raw");
    std::fs::write(&raw, b"\xffhunter2\xfebin").unwrap();
    let args = [("KEY".to_owned(), "value-of-it".to_owned())].into_iter().collect();
    let secrets = [("npm".to_owned(), secret), ("raw".to_owned(), raw)].into_iter().collect();
    let options = vec!["--build-arg=OTHER=hunter2-option".to_owned(), "--label=a=b".to_owned()];
    let build = Build { args, secrets, options, ..build };
    let error = client().build(build.clone()).outcome().await.unwrap_err();
    let text = format!("{error} {build:?}");
    assert_eq!(error.code(), "push_failed");
    assert!(text.contains("ended with status 3") && text.contains("KEY=***") && text.contains("npm ***"), "{text}");
    assert!(text.contains("raw ***") && text.contains("--label=a=b"), "{text}");
    assert!(!text.contains("hunter2") && !text.contains("value-of-it"), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn dockers_own_builder_is_passed_over_unless_containerd_keeps_its_images() {
    let folder = tempfile::tempdir().unwrap();
    let overlay = "[[Backing Filesystem extfs] [Supports d_type true]]";
    let containerd = "[[driver-type io.containerd.snapshotter.v1]]";
    let none: &[String] = &[];
    for (driver, status, options, expected) in [
        ("docker", overlay, none, false),
        ("docker", containerd, none, true),
        ("docker-container", overlay, none, true),
        ("kubernetes", "", none, true),
        ("docker", overlay, &["--builder=mine".to_owned()] as &[_], true),
        ("", containerd, none, false),
    ] {
        let text = format!(
            "case \"$1 $2\" in 'buildx inspect') [ -n '{driver}' ] || exit 1; printf 'Name:   default\\nDriver: {driver}\\n';;\n\
             'info --format') echo '{status}';; 'buildx version') ;; *) exit 1;; esac"
        );
        let docker = Builder::named(&program_called("docker", folder.path(), &text)).unwrap();
        assert_eq!(can(&docker, options).await, expected, "{driver} {status} {options:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_built_is_said_before_anything_is_run() {
    let folder = tempfile::tempdir().unwrap();
    let image = Some("r.example/app:v1".to_owned());
    let build = Build { image: image.clone(), builder: Some("make".to_owned()), ..Build::new(folder.path()) };
    for (build, path) in [
        (build.clone(), "builder"),
        (Build { image: image.clone(), ..Build::new(folder.path().join("none")) }, "context"),
        (Build::new(folder.path()), "image"),
        (Build { tags: vec!["a".to_owned()], ..Build::new(folder.path()) }, "tags"),
        (
            Build {
                scan: Some(Scan { wait: -1.0, ..Scan::default() }),
                image: image.clone(),
                ..Build::new(folder.path())
            },
            "scan.wait",
        ),
        (Build { layout: Some(folder.path().to_owned()), ..Build::new(folder.path()) }, "layout"),
        (Build { layout: Some(folder.path().join("a:b")), ..Build::new(folder.path()) }, "layout"),
        (Build { secrets: [("a".to_owned(), "nowhere".into())].into_iter().collect(), ..build }, "secrets.a"),
    ] {
        let error = client().build(build).outcome().await.unwrap_err();
        assert!(matches!(&error, Error::Invalid { path: Some(found), .. } if found == path), "{path}: {error}");
    }
}
