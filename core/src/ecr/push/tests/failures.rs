//! Registries that refuse, break off or never end, and blobs that are not what they say.

use super::*;
use crate::ecr::push::upload::BREAKS;
use crate::ecr::session::RegistryError;
use crate::ecr::source::{Blob, FileSlice};

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
    assert_eq!(chunks, BREAKS + 1);
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
        mounts: super::super::mount::Mounts::default(),
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
        matches!(&refusal, RegistryError::Other(code, text) if code == "digest" && text.contains("has another digest"))
    );
    let taken = counted.load(Ordering::SeqCst);
    assert!(taken < size, "{taken} of {size}");
}
