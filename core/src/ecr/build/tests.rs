//! Building with `buildah` as Debian packages it: it needs no service. `FROM scratch` and a busybox need no registry.

use super::*;
use crate::aws::connect::ClientOptions;

const BUSYBOX: &str = "/bin/busybox";

fn client() -> Client {
    Client::new(ClientOptions::default())
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

/// A builder without an end, which keeps a pipe open as long as it or anything that it has started runs. It says so there first.
#[cfg(unix)]
fn endless(folder: &Path, more: &str) -> (Build, PathBuf) {
    let pipe = folder.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let text = format!("exec 9>{}; {more} echo started >&9; sleep 1000", pipe.display());
    let build =
        Build { builder: Some(script(folder, &text)), layout: Some(folder.join("layout")), ..Build::new(folder) };
    (build, pipe)
}

/// What is written to a pipe, once nobody can write any more.
#[cfg(unix)]
async fn to_its_end(pipe: PathBuf) -> String {
    tokio::task::spawn_blocking(move || std::fs::read_to_string(pipe).unwrap()).await.unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn a_builder_ends_when_time_is_over_or_nobody_wants_the_build_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let (build, pipe) = endless(folder.path(), "");
    let mut building = client().build(Build { timeout: 1.5, ..build.clone() });
    let (error, said) = tokio::join!(building.outcome(), to_its_end(pipe.clone()));
    let error = error.unwrap_err();
    assert!(matches!(error, Error::TimedOut { seconds: 1.5, .. }), "{error}");
    assert_eq!(said, "started\n");

    let reader = tokio::spawn(to_its_end(pipe));
    script(folder.path(), &format!("exec 9>{}; echo started; sleep 1000", folder.path().join("pipe").display()));
    let mut building = client().build(build);
    assert_eq!(building.next().await, Some(Event::Building { text: "started".to_owned() }));
    drop(building);
    assert_eq!(reader.await.unwrap(), "");
}

#[cfg(unix)]
#[tokio::test]
async fn a_builder_that_will_not_end_is_made_to() {
    let folder = tempfile::tempdir().unwrap();
    let (build, pipe) = endless(folder.path(), "trap '' TERM;");
    let mut building = client().build(Build { timeout: 1.5, ..build });
    let (error, said) = tokio::join!(building.outcome(), to_its_end(pipe));
    assert!(matches!(error, Err(Error::TimedOut { .. })));
    assert_eq!(said, "started\n");
}

const FOLDER: &str = "ECS_ROLLOUT_TEST_FOLDER";

#[cfg(unix)]
#[tokio::test]
#[ignore = "it is the process that the test below ends"]
async fn builds_until_it_is_ended() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let builder = folder.join("buildah").display().to_string();
    let build = Build { builder: Some(builder), layout: Some(folder.join("layout")), ..Build::new(&folder) };
    client().build(build).outcome().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_builder_ends_with_the_process_that_wanted_it() {
    use std::io::Read;
    use std::process::Command;
    // What a shell has put into the background ignores SIGINT, and so do its children.
    for signal in ["-TERM", "-KILL"] {
        let folder = tempfile::tempdir().unwrap();
        let (_, pipe) = endless(folder.path(), "");
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "ecr::build::tests::builds_until_it_is_ended", "--ignored"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let ended = tokio::task::spawn_blocking(move || {
            let mut pipe = std::fs::File::open(pipe).unwrap();
            let mut word = [0; 8];
            pipe.read_exact(&mut word).unwrap();
            let killed = Command::new("kill").args([signal, &process.id().to_string()]).status().unwrap();
            assert!(killed.success() && !process.wait().unwrap().success());
            // Comes to an end when the builder has, and all that it has started.
            pipe.read_to_end(&mut Vec::new()).unwrap()
        });
        assert_eq!(ended.await.unwrap(), 0, "{signal}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn of_a_builder_that_says_a_great_deal_little_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let text = "head -c 30000000 /dev/zero | tr '\\0' x; echo; yes line | head -n 400000; echo the end; exit 3";
    let build = Build {
        builder: Some(script(folder.path(), text)),
        layout: Some(folder.path().join("layout")),
        ..Build::new(folder.path())
    };
    let mut building = client().build(build);
    let (mut count, mut told) = (0, 0);
    while let Some(event) = building.next().await {
        if let Event::Building { text } = event {
            assert!(text.len() <= LINE + 4, "{}", text.len());
            (count, told) = (count + 1, told + text.len());
        }
    }
    assert!(count > 1000 && told + count * EVENT <= TOLD + 2 * LINE, "{count} {told}");
    let error = building.outcome().await.unwrap_err().to_string();
    assert!(error.contains("ended with status 3") && error.ends_with("line | the end"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_builder_leaves_running_does_not_keep_the_build() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made");
    let digest = source::tests::layout(&made, &[b"layer".to_vec()]);
    let text = format!("case $1 in push) sleep 30 & cp -r {}/. ${{3#oci:}};; esac", made.display());
    let layout = Some(folder.path().join("layout"));
    let build =
        Build { builder: Some(script(folder.path(), &text)), layout, timeout: 25.0, ..Build::new(folder.path()) };
    assert_eq!(client().build(build).outcome().await.unwrap().digest, digest);
}

#[tokio::test]
async fn no_part_of_a_secret_is_told_where_a_line_is_cut() {
    const SECRET: &str = "hunter2-is-a-long-secret";
    let builder = Builder { kind: Kind::Buildah, program: "buildah".into() };
    let (tell, _told) = tokio::sync::mpsc::unbounded_channel();
    let mut secrets = Words::default();
    secrets.extend([SECRET]);
    let run = Run { builder: &builder, command: Vec::new(), secrets: &secrets, tell: &tell };
    for before in LINE - 2 * SECRET.len()..LINE + 2 * SECRET.len() {
        for times in [1, 200] {
            let text = format!("{}{}{}\nnext", "é".repeat(before / 2), SECRET.repeat(times), "x".repeat(3 * LINE));
            let mut bytes = text.as_bytes();
            let first = line(&mut bytes, LINE + run.longest()).await.unwrap();
            let shown = run.shown(&first);
            assert!(!shown.contains("hunt") && shown.len() <= LINE + 4 && shown.ends_with('…'), "{before}: {shown}");
            assert_eq!(run.shown(&line(&mut bytes, LINE).await.unwrap()), "next");
            assert_eq!(line(&mut bytes, LINE).await, None);
        }
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
        (Build { timeout: 0.0, ..build.clone() }, "timeout"),
        (Build { layout: Some(folder.path().join("a:b")), ..Build::new(folder.path()) }, "layout"),
        (Build { secrets: [("a".to_owned(), "nowhere".into())].into_iter().collect(), ..build }, "secrets.a"),
    ] {
        let error = client().build(build).outcome().await.unwrap_err();
        assert!(matches!(&error, Error::Invalid { path: Some(found), .. } if found == path), "{path}: {error}");
    }
}
