//! Pushing to ECR, as its registry and its API are stood in for on this machine.

use super::*;

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
    let http = http::tests::of_host(&server.folder.path().join("cert.pem"), HOST, server.address);
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
