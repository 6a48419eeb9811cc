//! Pushing to the CNCF's registry as Debian packages it, on this machine. `skopeo` reads back what was pushed.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use base64::Engine;

use super::*;
use crate::aws::connect::ClientOptions;
use crate::ecr::resolve::Lookup;
use crate::ecr::scan::Severity;
use crate::ecr::source::tests::layout;
use crate::http::{self, Http};
use serde_json::json;

use crate::aws::tests::{Loopback, Seen};
use crate::clock::tests::Leaping;

/// A registry of one test's own. It ends with it.
struct Server {
    child: Child,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the programs are there. On a continuous integration they must be.
fn is_here(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    assert!(
        found || std::env::var_os("CI").is_none(),
        "{program} is missing: apt-get install docker-registry skopeo apache2-utils"
    );
    if !found {
        eprintln!("skipped: no {program}");
    }
    found
}

impl Server {
    async fn start(more: impl FnOnce(&Path) -> String) -> Option<Self> {
        if !is_here("docker-registry") || !is_here("skopeo") {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = folder.path().join("config.yml");
        let text = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\n{}",
            folder.path().join("storage").display(),
            more(folder.path()).replace("ADDRESS", &address.to_string()),
        );
        std::fs::write(&config, text).unwrap();
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(&config).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let server = Self { child, address, folder };
        for _ in 0..200 {
            if TcpStream::connect(address).await.is_ok() {
                return Some(server);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the registry does not start");
    }

    async fn plain() -> Option<Self> {
        Self::start(|_| "http: {addr: \"ADDRESS\"}\n".to_owned()).await
    }
}

fn client() -> Client {
    // No region and no credentials are needed: nothing of AWS is called.
    Client::new(ClientOptions::default())
}

/// Bytes that no registry has yet and that do not compress.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    std::iter::repeat_with(|| random.u8(..)).take(length).collect()
}

fn skopeo(arguments: &[&str]) -> String {
    let output = Command::new("skopeo").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_layout_is_pushed_whole_once_and_read_back() {
    let Some(server) = Server::plain().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = layout(folder.path(), &[noise(1, 3 << 20), noise(2, 1000), Vec::new()]);
    let image = format!("{}/team/app:v1", server.address);
    let mut pushing = client().push(Push::new(folder.path(), &image));
    let mut events = Vec::new();
    while let Some(event) = pushing.next().await {
        events.push(event);
    }
    let pushed = pushing.outcome().await.unwrap();
    assert_eq!((&pushed.digest, pushed.skipped), (&root, 0));
    assert_eq!(pushed.image, format!("{}/team/app@{root}", server.address));
    assert_eq!(events.last(), Some(&Event::Pushing { sent: pushed.sent, skipped: 0, total: pushed.sent }));
    let raw = skopeo(&["inspect", "--raw", "--tls-verify=false", &format!("docker://{image}")]);
    assert_eq!(manifest::digest(raw.as_bytes()), root);
    let copy = folder.path().join("copy");
    skopeo(&[
        "copy",
        "--all",
        "--src-tls-verify=false",
        &format!("docker://{image}"),
        &format!("oci:{}", copy.display()),
    ]);

    let again = client().push(Push::new(folder.path(), &image)).outcome().await.unwrap();
    assert_eq!((again.sent, again.skipped), (0, pushed.sent));
    let resolved = client().resolve(&image).await.unwrap();
    assert_eq!((resolved.digest, resolved.platforms), (root, vec!["linux/arm64".to_owned()]));
    assert!(client().exists(&image).await.unwrap());
    let missing = client().resolve(&format!("{}/team/app:v2", server.address)).await;
    assert!(matches!(&missing, Err(Error::ImageMissing { nearest, .. }) if nearest == &["v1"]), "{missing:?}");
    let tagged = Push { tags: vec!["stable".to_owned(), "v1.2".to_owned()], ..Push::new(folder.path(), &image) };
    client().push(tagged).outcome().await.unwrap();
    assert!(client().exists(&format!("{}/team/app:v1.2", server.address)).await.unwrap());
    // Another repository takes over what the first has.
    let other =
        Push { mount: vec!["team/app".to_owned()], ..Push::new(folder.path(), format!("{}/other:v1", server.address)) };
    assert_eq!(client().push(other).outcome().await.unwrap().sent, 0);
}

#[tokio::test]
async fn an_archive_of_docker_save_is_pushed() {
    let Some(server) = Server::plain().await else { return };
    let folder = tempfile::tempdir().unwrap();
    // A layer has to be a tar for skopeo to take it.
    let mut layer = tar::Builder::new(Vec::new());
    let mut head = tar::Header::new_gnu();
    head.set_size(5);
    head.set_cksum();
    layer.append_data(&mut head, "hello", &b"hello"[..]).unwrap();
    let source = folder.path().join("layout");
    std::fs::create_dir(&source).unwrap();
    let layer = layer.into_inner().unwrap();
    let config = json!({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [manifest::digest(&layer)]}});
    std::fs::write(source.join("layer.tar"), &layer).unwrap();
    std::fs::write(source.join("config.json"), config.to_string()).unwrap();
    let list = json!([{"Config": "config.json", "RepoTags": ["app:v1"], "Layers": ["layer.tar"]}]);
    std::fs::write(source.join("manifest.json"), list.to_string()).unwrap();
    let archive = folder.path().join("saved.tar");
    let mut builder = tar::Builder::new(std::fs::File::create(&archive).unwrap());
    builder.append_dir_all(".", &source).unwrap();
    builder.finish().unwrap();
    let image = format!("{}/saved:v1", server.address);
    let pushed = client().push(Push::new(&archive, &image)).outcome().await.unwrap();
    let said: Value =
        serde_json::from_str(&skopeo(&["inspect", "--tls-verify=false", &format!("docker://{image}")])).unwrap();
    assert_eq!((said["Digest"].as_str(), said["Architecture"].as_str()), (Some(pushed.digest.as_str()), Some("amd64")));
    let to = format!("oci:{}", folder.path().join("copy").display());
    skopeo(&["copy", "--src-tls-verify=false", &format!("docker://{image}"), &to]);
    assert_eq!(client().resolve(&image).await.unwrap().platforms, ["linux/amd64"]);
}

/// Passes bytes on to a registry, and cuts off the first `cuts` connections that carry more than `after`.
async fn breaking(to: SocketAddr, cuts: usize, after: usize) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let cut = Arc::new(AtomicUsize::new(0));
    let count = cut.clone();
    tokio::spawn(async move {
        loop {
            let (near, _) = listener.accept().await.unwrap();
            let count = count.clone();
            tokio::spawn(async move {
                let far = TcpStream::connect(to).await.unwrap();
                let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.into_split(), far.into_split());
                let back = tokio::spawn(async move { tokio::io::copy(&mut far_in, &mut near_out).await });
                let (mut buffer, mut passed) = (vec![0; 64 << 10], 0);
                while let Ok(read) = near_in.read(&mut buffer).await {
                    if read == 0 || far_out.write_all(&buffer[..read]).await.is_err() {
                        break;
                    }
                    passed += read;
                    if passed > after && count.fetch_add(1, Ordering::Relaxed) < cuts {
                        break;
                    }
                }
                back.abort();
            });
        }
    });
    (address, cut)
}

/// The CNCF's registry gives up an upload that broke within a chunk: it begins again.
#[tokio::test]
async fn what_breaks_begins_again_where_the_registry_keeps_nothing() {
    let Some(server) = Server::plain().await else { return };
    let (address, cut) = breaking(server.address, 3, 2 << 20).await;
    let folder = tempfile::tempdir().unwrap();
    let root = layout(folder.path(), &[noise(3, 12 << 20)]);
    let image = format!("{address}/app:v1");
    let pushed = client().push(Push::new(folder.path(), &image)).outcome().await.unwrap();
    assert_eq!(pushed.digest, root);
    assert!(cut.load(Ordering::Relaxed) >= 3);
    // The registry hashed it all, and so does skopeo.
    let to = format!("oci:{}", folder.path().join("copy").display());
    skopeo(&["copy", "--all", "--src-tls-verify=false", &format!("docker://{}/app:v1", server.address), &to]);
}

#[tokio::test]
async fn what_breaks_goes_on_where_the_registry_is() {
    use crate::aws::tests::{Loopback, Said};
    /// One that takes half of each of the first three chunks.
    #[derive(Default)]
    struct Fake {
        uploads: Vec<Vec<u8>>,
        ranges: Vec<String>,
        blobs: std::collections::HashSet<String>,
    }
    let fake = Arc::new(Mutex::new(Fake::default()));
    let state = fake.clone();
    let server = Loopback::with(move |seen| -> Said {
        let mut fake = state.lock().unwrap();
        let (method, path) = seen.line.split_once(' ').unwrap();
        let upload = path.split("/uploads/").nth(1).and_then(|rest| rest.split('?').next()?.parse::<usize>().ok());
        let status = |status, fake: &Fake, upload: usize| {
            let range = format!("0-{}", fake.uploads[upload].len().saturating_sub(1));
            (status, vec![("location", format!("/v2/app/blobs/uploads/{upload}")), ("range", range)], String::new())
        };
        match (method, upload) {
            ("POST", _) => {
                fake.uploads.push(Vec::new());
                status(202, &fake, fake.uploads.len() - 1)
            }
            ("PATCH", Some(upload)) => {
                fake.ranges.push(seen.header("content-range").to_owned());
                let is_cut = fake.ranges.len() <= 3;
                let taken = if is_cut { seen.body.len() / 2 } else { seen.body.len() };
                fake.uploads[upload].extend_from_slice(&seen.body[..taken]);
                if is_cut { (503, Vec::new(), String::new()) } else { status(202, &fake, upload) }
            }
            ("GET", Some(upload)) => status(204, &fake, upload),
            ("PUT", Some(upload)) => {
                fake.uploads[upload].extend_from_slice(&seen.body);
                let digest = manifest::digest(&fake.uploads[upload]);
                let is_right = path.ends_with(&digest.replace(':', "%3A"));
                fake.blobs.insert(digest);
                (if is_right { 201 } else { 400 }, Vec::new(), String::new())
            }
            ("PUT", None) => (201, Vec::new(), String::new()),
            _ => (404, Vec::new(), String::new()),
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    layout(folder.path(), &[noise(7, 8 << 20)]);
    let image = format!("{}/app:v1", server.url.trim_start_matches("http://"));
    let pushed = client().push(Push::new(folder.path(), &image)).outcome().await.unwrap();
    assert_eq!((pushed.skipped, pushed.sent > 8 << 20), (0, true));
    let begun: Vec<_> =
        fake.lock().unwrap().ranges.iter().map(|range| range.split('-').next().unwrap().to_owned()).collect();
    let mib = |eighths: u64| (eighths << 20).to_string();
    assert_eq!(begun, [mib(0), mib(4), mib(6), mib(7)]);
}

#[tokio::test]
async fn a_blob_that_is_not_what_it_says_leaves_nothing_behind() {
    let Some(server) = Server::plain().await else { return };
    for (seed, length) in [(4, 2 << 20), (5, 1000)] {
        let folder = tempfile::tempdir().unwrap();
        let content = noise(seed, length);
        layout(folder.path(), std::slice::from_ref(&content));
        let path = folder.path().join("blobs/sha256").join(&manifest::digest(&content)[7..]);
        std::fs::write(path, noise(seed + 100, length)).unwrap();
        let image = format!("{}/app:v1", server.address);
        let error = client().push(Push::new(folder.path(), &image)).outcome().await.unwrap_err();
        assert!(matches!(&error, Error::PushFailed { text, .. } if text.contains("not what it says")), "{error}");
        assert!(!client().exists(&image).await.unwrap());
    }
}

#[test]
fn what_a_registry_has_is_read_from_its_range() {
    for (range, expected) in [
        ("0-99", Some(100)),
        ("bytes=0-99", Some(100)),
        ("0-0", Some(0)),
        ("0-18446744073709551615", None),
        ("0-18446744073709551616", None),
        ("0--1", None),
        ("99", None),
        ("", None),
    ] {
        assert_eq!(counted(range), expected, "{range}");
    }
}

const HOST: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

/// A registry that answers as ECR does: by its name, with TLS, and to a token alone.
async fn ecr() -> Option<(Server, Http)> {
    if !is_here("openssl") || !is_here("htpasswd") {
        return None;
    }
    let server = Server::start(|folder| {
        let run = |program: &str, arguments: &[&str]| {
            let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        };
        let name = format!("subjectAltName=DNS:{HOST}");
        run("openssl", &["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=ecr", "-addext", &name, "-addext", "basicConstraints=critical,CA:FALSE"]);
        std::fs::write(folder.join("htpasswd"), run("htpasswd", &["-Bbn", "AWS", "token"])).unwrap();
        let at = |name: &str| folder.join(name).display().to_string();
        format!(
            "http: {{addr: \"ADDRESS\", tls: {{certificate: {}, key: {}}}}}\nauth: {{htpasswd: {{realm: ecr, path: {}}}}}\n",
            at("cert.pem"), at("key.pem"), at("htpasswd"),
        )
    })
    .await?;
    let http = http::tests::trusting(&server.folder.path().join("cert.pem"), HOST, server.address);
    Some((server, http))
}

#[tokio::test]
async fn ecr_is_spoken_to_with_its_name_and_its_token_alone() {
    let Some((_server, http)) = ecr().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = layout(folder.path(), &[noise(6, 2 << 20)]);
    let image = format!("{HOST}/app:v1");
    let with = |password: &str| {
        let client = client();
        client.set_http(http.clone());
        client.tokens().set("eu-west-1", password);
        client
    };
    let pushed = with("token").push(Push::new(folder.path(), &image)).outcome().await.unwrap();
    assert_eq!(pushed.image, format!("{HOST}/app@{root}"));
    let denied = with("wrong").push(Push::new(folder.path(), &image)).outcome().await.unwrap_err();
    assert!(matches!(denied, Error::Denied { .. }), "{denied}");
    assert!(!denied.to_string().contains("wrong"));
}

/// ECR's API, as far as a push calls it: the repository is not there at first, and what is found comes at the second look.
async fn api() -> Loopback {
    let (made, looks) = (AtomicBool::new(false), AtomicUsize::new(0));
    Loopback::with(move |seen| {
        let fault = |code: &str| (400, json!({"__type": code, "message": "so"}));
        let (status, body) = match seen.header("x-amz-target").rsplit('.').next().unwrap() {
            "CreateRepository" if made.swap(true, Ordering::SeqCst) => fault("RepositoryAlreadyExistsException"),
            "CreateRepository" | "PutLifecyclePolicy" => (200, json!({})),
            "GetLifecyclePolicy" => (200, json!({"lifecyclePolicyText": r#"{"rules":[{"rulePriority":1}]}"#})),
            "GetAuthorizationToken" => {
                let token = base64::engine::general_purpose::STANDARD.encode("AWS:token");
                let data = json!({"authorizationToken": token, "expiresAt": 4_102_444_800_u64, "proxyEndpoint": HOST});
                (200, json!({ "authorizationData": [data] }))
            }
            "DescribeImageScanFindings" if looks.fetch_add(1, Ordering::SeqCst) == 0 => {
                (200, json!({"imageScanStatus": {"status": "IN_PROGRESS"}}))
            }
            "DescribeImageScanFindings" => {
                let findings = json!({"findingSeverityCounts": {"HIGH": 1, "LOW": 4}});
                (200, json!({"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": findings}))
            }
            other => panic!("{other} is not expected"),
        };
        (status, Vec::new(), body.to_string())
    })
    .await
}

#[tokio::test]
async fn a_repository_is_made_and_what_ecr_finds_is_waited_for() {
    let Some((_server, http)) = ecr().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = layout(folder.path(), &[noise(7, 1 << 20)]);
    let api = api().await;
    let push = |fail| {
        let (api, http) = (&api, http.clone());
        let push = Push {
            create: true,
            immutable: true,
            lifecycle: Some(json!({"rules": [{"rulePriority": 1}]})),
            scan: Some(Scan { fail, ..Scan::default() }),
            ..Push::new(folder.path(), format!("{HOST}/team/app:v1"))
        };
        async move {
            let client = Client::with_clock(ClientOptions::default(), Arc::new(Leaping::default()));
            client.set_http(http);
            client.set_aws(api.aws().await);
            client.push(push).outcome().await
        }
    };
    let calls = || {
        let seen = std::mem::take(&mut *api.seen.lock().unwrap());
        let name = |seen: &Seen| seen.header("x-amz-target").rsplit('.').next().unwrap().to_owned();
        seen.iter().map(|seen| (name(seen), serde_json::from_slice(&seen.body).unwrap())).collect::<Vec<(_, Value)>>()
    };

    let pushed = push(Some(Severity::Critical)).await.unwrap();
    assert_eq!(pushed.image, format!("{HOST}/team/app@{root}"));
    let scanned = pushed.scanned.unwrap();
    assert_eq!(json!(scanned.counts), json!({"high": 1, "low": 4}));
    let made = calls();
    let names: Vec<&str> = made.iter().map(|(name, _)| name.as_str()).collect();
    let looks = ["DescribeImageScanFindings"; 2];
    assert_eq!(names[..3], ["CreateRepository", "PutLifecyclePolicy", "GetAuthorizationToken"]);
    assert_eq!(names[3..], looks);
    assert_eq!(
        made[0].1,
        json!({
            "registryId": "123456789012",
            "repositoryName": "team/app",
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": true},
        })
    );
    assert_eq!(made[1].1["lifecyclePolicyText"], r#"{"rules":[{"rulePriority":1}]}"#);
    // ECR looks into images, and not into the index that names them.
    assert_eq!(json!([made[3].1["imageId"]["imageDigest"]]), json!(scanned.images));
    assert_ne!(scanned.images, [root]);

    // One that is there stays as it is; what was found is worse than is allowed now.
    let error = push(Some(Severity::High)).await.unwrap_err();
    assert!(error.code() == "push_failed" && error.to_string().contains("1 high"), "{error}");
    let names: Vec<String> = calls().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["CreateRepository", "GetLifecyclePolicy", "GetAuthorizationToken", "DescribeImageScanFindings"]);
}

#[tokio::test]
async fn a_token_is_fetched_where_a_registry_says_and_again_when_it_is_no_longer_taken() {
    let (token, address) = (AtomicUsize::new(0), Arc::new(std::sync::OnceLock::new()));
    let own: Arc<std::sync::OnceLock<String>> = Arc::clone(&address);
    let server = Loopback::with(move |seen| {
        let current = format!("Bearer t{}", token.load(Ordering::SeqCst));
        if seen.line.contains("/token?") {
            let next = token.fetch_add(1, Ordering::SeqCst) + 1;
            return (200, Vec::new(), json!({ "token": format!("t{next}") }).to_string());
        }
        // The second token is good for the manifest alone that is put with it.
        if seen.header("authorization") != current || (seen.line.starts_with("PUT") && current == "Bearer t1") {
            let realm = format!(
                r#"Bearer realm="{}/token",service="registry.example",scope="repository:app:pull,push""#,
                own.get().unwrap()
            );
            return (401, vec![("www-authenticate", realm)], String::new());
        }
        match seen.line.split(' ').next() {
            Some("HEAD") if seen.line.contains("/manifests/") => (404, Vec::new(), String::new()),
            Some("PUT") => (201, Vec::new(), String::new()),
            _ => (200, Vec::new(), String::new()),
        }
    })
    .await;
    address.set(server.url.clone()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    layout(folder.path(), &[b"layer".to_vec()]);
    let image = format!("{}/app:v1", server.url.trim_start_matches("http://"));
    client().push(Push::new(folder.path(), &image)).outcome().await.unwrap();
    let seen = server.seen.lock().unwrap();
    let asked: Vec<&str> =
        seen.iter().filter(|seen| seen.line.contains("/token?")).map(|seen| seen.line.as_str()).collect();
    let line = "GET /token?service=registry.example&scope=repository%3Aapp%3Apull%2Cpush";
    assert!(asked.len() >= 2 && asked.iter().all(|asked| *asked == line), "{asked:?}");
    let put = seen.iter().rfind(|seen| seen.line.starts_with("PUT")).unwrap();
    assert_ne!(put.header("authorization"), "Bearer t1");
}

#[tokio::test]
async fn refusals_of_a_registry_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    layout(folder.path(), &[b"layer".to_vec()]);
    for (status, body, expected) in [
        (
            400,
            r#"{"errors": [{"code": "TAG_INVALID", "message": "the tag is immutable"}]}"#,
            "TAG_INVALID: the tag is immutable",
        ),
        (
            403,
            r#"{"errors": [{"code": "DENIED", "message": "not authorized: ecr:PutImage"}]}"#,
            "was denied: not authorized",
        ),
        (401, r#"{"errors": [{"code": "UNAUTHORIZED", "message": "log in"}]}"#, "was denied: log in"),
        (404, r#"{"errors": [{"code": "NAME_UNKNOWN", "message": "no repository"}]}"#, "no such repository; `create`"),
        (
            400,
            r#"{"errors": [{"code": "A\u001b[31m", "message": "one\r\n\u001b]0;two\u0007 \u0000three"}]}"#,
            "A [31m: one ]0;two three",
        ),
        (429, r#"{"errors": [{"code": "TOOMANYREQUESTS", "message": "slow down"}]}"#, "throttled"),
        (503, "busy", "got no answer"),
    ] {
        // All is there but the manifest with the tag.
        let server = Loopback::with(move |seen| match seen.line.split(' ').next() {
            Some("PUT") => (status, vec![("retry-after", "0".to_owned())], body.to_owned()),
            Some("HEAD") if seen.line.contains("/manifests/") => (404, Vec::new(), String::new()),
            _ => (200, Vec::new(), String::new()),
        })
        .await;
        let image = format!("{}/app:v1", server.url.trim_start_matches("http://"));
        let error = client().push(Push::new(folder.path(), &image)).outcome().await.unwrap_err();
        assert!(error.to_string().contains(expected), "{status}: {error}");
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_said_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    layout(folder.path(), &[b"layer".to_vec()]);
    let push = || Push::new(folder.path(), format!("{HOST}/app:v1"));
    let scan = |wait| Some(Scan { wait, ..Scan::default() });
    let none = folder.path().join("none");
    for (push, path) in [
        (Push::new(&none, "r.example/app:v1"), none.to_str().unwrap()),
        (Push { immutable: true, ..push() }, "immutable"),
        (Push { lifecycle: Some(json!({})), ..push() }, "lifecycle"),
        (Push { tags: vec!["a b".to_owned()], ..push() }, "tags[0]"),
        (Push { scan: scan(1.0), ..Push::new(folder.path(), "r.example/app:v1") }, "scan"),
        (Push { scan: scan(-1.0), ..push() }, "scan.wait"),
        (Push { scan: scan(f64::NAN), ..push() }, "scan.wait"),
        (Push { scan: scan(f64::INFINITY), ..push() }, "scan.wait"),
    ] {
        let error = client().push(push).outcome().await.unwrap_err();
        assert!(matches!(&error, Error::Invalid { path: Some(found), .. } if found == path), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_registry_that_keeps_nothing_is_given_up() {
    let server = Loopback::with(|seen| {
        let goes_on = || vec![("location", "/v2/app/blobs/uploads/1".to_owned()), ("range", "0-0".to_owned())];
        match seen.line.split(' ').next() {
            Some("POST" | "PATCH" | "GET") => (202, goes_on(), String::new()),
            Some("PUT") => (201, Vec::new(), String::new()),
            _ => (404, Vec::new(), String::new()),
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    layout(folder.path(), &[noise(8, 2 << 20)]);
    let image = format!("{}/app:v1", server.url.trim_start_matches("http://"));
    let client = Client::with_clock(ClientOptions::default(), Arc::new(Leaping::default()));
    let error = client.push(Push::new(folder.path(), &image)).outcome().await.unwrap_err();
    assert!(error.to_string().contains("keeps nothing of what is sent"), "{error}");
    let chunks = server.seen.lock().unwrap().iter().filter(|seen| seen.line.starts_with("PATCH")).count();
    assert_eq!(chunks, BREAKS as usize + 1);
}

/// A registry that never comes to the end of its answers: a byte at a time, in the head or in the body.
async fn trickling(is_in_head: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let begun = if is_in_head {
                    "HTTP/1.1 200 OK\r\nX-Long: "
                } else {
                    "HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n"
                };
                let mut sent = stream.write_all(begun.as_bytes()).await;
                while sent.is_ok() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    sent = stream.write_all(b" ").await;
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn a_registry_that_never_comes_to_an_end_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    layout(folder.path(), &[noise(9, 2 << 20)]);
    for is_in_head in [true, false] {
        let image = format!("{}/app:v1", trickling(is_in_head).await);
        let lookup = || Lookup { timeout: 0.3, ..Lookup::new(&image) };
        let mut errors = vec![client().resolve(lookup()).await.unwrap_err()];
        if is_in_head {
            // Neither of them reads a body.
            errors.push(client().exists(lookup()).await.unwrap_err());
            let push = Push { timeout: 0.3, ..Push::new(folder.path(), &image) };
            errors.push(client().push(push).outcome().await.unwrap_err());
        }
        for error in errors {
            assert!(matches!(error, Error::TimedOut { seconds: 0.3, .. }), "{error:?}");
            assert!(
                error.to_string().contains("did not end within 0.3 s") && error.to_string().contains(&image),
                "{error}"
            );
        }
    }
    for timeout in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let lookup = || Lookup { timeout, ..Lookup::new("127.0.0.1:1/app:v1") };
        let push = Push { timeout, ..Push::new(folder.path(), "127.0.0.1:1/app:v1") };
        for error in [
            client().resolve(lookup()).await.unwrap_err(),
            client().exists(lookup()).await.unwrap_err(),
            client().push(push).outcome().await.unwrap_err(),
        ] {
            assert!(matches!(&error, Error::Invalid { path: Some(path), .. } if path == "timeout"), "{error}");
        }
    }
}

#[tokio::test]
async fn no_registry_gets_the_whole_of_a_blob_that_is_another_than_it_says() {
    let counted = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&counted);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // One that would take anything, and looks at no digest.
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await.is_ok_and(|read| read == 1) {
                    head.push(byte[0]);
                }
                let answer = match head.split(|byte| *byte == b' ').next().unwrap_or_default() {
                    b"HEAD" => "404 Not Found\r\n",
                    b"POST" => "202 Accepted\r\nLocation: /v2/app/blobs/uploads/1\r\n",
                    b"PATCH" => {
                        let (mut buffer, mut taken) = (vec![0; 64 << 10], 0);
                        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
                            taken += read as u64;
                        }
                        count.fetch_max(taken, Ordering::SeqCst);
                        return;
                    }
                    other => panic!("{} is not expected", String::from_utf8_lossy(other)),
                };
                let answer = format!("HTTP/1.1 {answer}Content-Length: 0\r\nConnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            });
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let content = noise(10, 3 << 20);
    // The blob alone, so that no other is on its way.
    let piece = FileSlice { path: folder.path().join("blob"), offset: 0, size: content.len() as u64 };
    std::fs::write(&piece.path, noise(11, content.len())).unwrap();
    let image = format!("{address}/app:v1");
    let client = Client::with_clock(ClientOptions::default(), Arc::new(Leaping::default()));
    let uploader = Uploader {
        session: Session::open(&client, &resolve::parse(&image).unwrap()).await.unwrap(),
        mount: Vec::new(),
        tags: Vec::new(),
        chunk: CHUNK,
        sent: AtomicU64::new(0),
        skipped: AtomicU64::new(0),
        total: piece.size,
        client,
    };
    let size = piece.size;
    let refusal = uploader.blob(&Blob { digest: manifest::digest(&content), piece }).await.unwrap_err();
    assert!(
        matches!(&refusal, RegistryError::Other(code, text) if code == "digest" && text.contains("not what it says"))
    );
    let taken = counted.load(Ordering::SeqCst);
    assert!(taken < size, "{taken} of {size}");
}
