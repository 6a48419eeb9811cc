//! Pushing to the CNCF's registry as Debian packages it, on this machine. `skopeo` reads back what was pushed.

mod ecr;
mod failures;

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};

use base64::Engine;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::upload::counted;
use super::*;
use crate::aws::connect::ClientOptions;
use crate::aws::tests::{Loopback, Seen};
use crate::clock::tests::Leaping;
use crate::ecr::manifest;
use crate::ecr::resolve::Lookup;
use crate::ecr::scan::Severity;
use crate::ecr::source::tests::layout;
use crate::http::{self, Http};

const HOST: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

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
        assert!(matches!(&error, Error::PushFailed { text, .. } if text.contains("has another digest")), "{error}");
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
