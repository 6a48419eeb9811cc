//! Whether the images of a task definition are there and fit, before anything is written; and which digests their tags name.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use indexmap::IndexMap;
use oci_spec::distribution::Reference;
use serde_json::Value;

use super::resolve::{self, ImageInfo, Unresolved, Wanted};
use crate::client::Client;
use crate::error::Error;
use crate::image::registry::{self, Registry};

/// What is asked of the images.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Checks {
    /// Every image of ECR exists and fits the platform.
    pub(crate) verify: bool,
    /// Tags are to become digests.
    pub(crate) pin: bool,
    /// How long it may take in all.
    pub(crate) limit: Duration,
}

/// What came of it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Verified {
    /// `image_missing`, `image_archived` and `platform_mismatch`, and what kept a tag from being pinned; in the order of the containers.
    pub(crate) errors: Vec<Error>,
    /// What could not be looked at, and why: a code and a text.
    pub(crate) warnings: Vec<(&'static str, String)>,
    /// How many images were looked at.
    pub(crate) looked: u32,
    /// The image with its digest, by container, for those that had a tag. Empty unless asked to pin.
    pub(crate) pins: IndexMap<String, String>,
}

/// One image, and the containers that run it.
struct Asked {
    image: String,
    reference: Reference,
    containers: Vec<String>,
    /// A tag to be replaced.
    is_pinned: bool,
    is_ecr: bool,
}

const AT_ONCE: usize = 8;

/// Looks at the images of a task definition, all at once. Never longer than the limit.
pub(crate) async fn verify(client: &Client, definition: &Value, checks: Checks) -> Verified {
    let wanted = platform(definition);
    let asked = images(definition, checks, client.has_endpoint().await);
    let looks = asked.into_iter().map(|asked| {
        let wanted = wanted.as_deref();
        async move {
            let depth = if checks.verify && asked.is_ecr && wanted.is_some() { Wanted::Fit } else { Wanted::Digest };
            let look = resolve::look(client, &asked.image, &asked.reference, depth);
            // The wall's time: sockets go by it.
            let seen = tokio::time::timeout(checks.limit, look).await;
            (asked, seen.ok())
        }
    });
    let mut verified = Verified::default();
    let mut seen = stream::iter(looks).buffered(AT_ONCE);
    while let Some((asked, seen)) = seen.next().await {
        verified.looked += 1;
        verified.take(asked, seen, checks, wanted.as_deref());
    }
    verified
}

impl Verified {
    fn take(
        &mut self,
        asked: Asked,
        seen: Option<Result<ImageInfo, Unresolved>>,
        checks: Checks,
        wanted: Option<&str>,
    ) {
        let Asked { image, containers, is_pinned, is_ecr, .. } = asked;
        let container = || containers.first().cloned();
        match seen {
            Some(Ok(resolved)) => {
                let fits = |offered: &String| wanted.is_none_or(|wanted| does_run(offered, wanted));
                let (known, is_checked) = (!resolved.platforms.is_empty(), checks.verify && is_ecr);
                if is_checked && known && !resolved.platforms.iter().any(fits) {
                    let (container, wanted) = (container().unwrap_or_default(), wanted.unwrap_or_default().to_owned());
                    self.errors.push(Error::PlatformMismatch { container, image, wanted, offered: resolved.platforms });
                    return;
                }
                if is_pinned {
                    self.pins.extend(containers.into_iter().map(|container| (container, resolved.image.clone())));
                }
            }
            Some(Err(Unresolved::Missing(nearest))) => {
                self.errors.push(Error::ImageMissing { container: container(), image, nearest });
            }
            Some(Err(Unresolved::Archived(status))) => {
                self.errors.push(Error::ImageArchived { container: container(), image, status });
            }
            Some(Err(Unresolved::Unoffered(error) | Unresolved::Other(error))) if is_pinned => self.errors.push(error),
            // There is no registry behind such a server, and so nothing that could be missing from it.
            Some(Err(Unresolved::Unoffered(_))) => {}
            None if is_pinned => self.errors.push(Error::Network {
                operation: format!("resolve {image}"),
                endpoint: host_of(&image),
                text: format!("no answer within {} s", checks.limit.as_secs_f64()),
                begun: None,
            }),
            // Said in ECR's place: this is a look ahead, not a condition.
            Some(Err(Unresolved::Other(error))) => {
                self.warnings.push(("verify", format!("{image} was not looked at: {error}")));
            }
            None => {
                let seconds = checks.limit.as_secs_f64();
                self.warnings.push(("verify", format!("{image} was not looked at: no answer within {seconds} s")));
            }
        }
    }
}

fn host_of(image: &str) -> String {
    image.split('/').next().unwrap_or_default().to_owned()
}

/// The images to look at, each once. With an endpoint of the client's own, ECR Public cannot be asked.
fn images(definition: &Value, checks: Checks, has_endpoint: bool) -> Vec<Asked> {
    let mut asked: IndexMap<String, Asked> = IndexMap::new();
    for container in definition["containerDefinitions"].as_array().into_iter().flatten() {
        let (Some(name), Some(image)) = (container["name"].as_str(), container["image"].as_str()) else { continue };
        // What is no reference is for ECS to refuse.
        let Ok(reference) = resolve::parse(image) else { continue };
        let is_ecr = match registry::registry(reference.registry()) {
            Some(Registry::Private { .. }) => true,
            Some(Registry::Public) => !has_endpoint,
            None => false,
        };
        let is_pinned = checks.pin && reference.digest().is_none();
        let is_checked = checks.verify && is_ecr;
        if !is_pinned && !is_checked {
            continue;
        }
        let new = || Asked { image: image.to_owned(), reference, containers: Vec::new(), is_pinned, is_ecr };
        asked.entry(image.to_owned()).or_insert_with(new).containers.push(name.to_owned());
    }
    asked.into_values().collect()
}

/// The platform that the definition asks for, as images name it. `None` where any instance of a cluster may be meant.
fn platform(definition: &Value) -> Option<String> {
    let asked = &definition["runtimePlatform"];
    let member = |name: &str| asked[name].as_str().filter(|word| !word.is_empty());
    let compatibilities = definition["requiresCompatibilities"].as_array();
    let is_fargate = compatibilities.is_some_and(|all| all.iter().any(|one| one == "FARGATE"));
    if !is_fargate && member("cpuArchitecture").is_none() {
        return None;
    }
    let os = match member("operatingSystemFamily") {
        Some(family) if family.starts_with("WINDOWS") => "windows",
        _ => "linux",
    };
    let architecture = match member("cpuArchitecture") {
        Some("ARM64") => "arm64",
        None | Some("X86_64") => "amd64",
        // One that is not known yet is not judged.
        Some(_) => return None,
    };
    Some(format!("{os}/{architecture}"))
}

/// Whether an image of the platform `offered` runs where `wanted` is. A variant is a finer name.
fn does_run(offered: &str, wanted: &str) -> bool {
    offered.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::aws::tests::{Loopback, Said};
    use crate::clock::SystemClock;
    use crate::ecr::manifest;

    const HOST: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

    #[test]
    fn the_platform_is_the_definitions() {
        for (definition, expected) in [
            (json!({}), None),
            (json!({"requiresCompatibilities": ["EC2"]}), None),
            (json!({"requiresCompatibilities": ["EC2", "FARGATE"]}), Some("linux/amd64")),
            (json!({"runtimePlatform": {"cpuArchitecture": "ARM64"}}), Some("linux/arm64")),
            (
                json!({"requiresCompatibilities": ["FARGATE"], "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}),
                Some("windows/amd64"),
            ),
            (json!({"runtimePlatform": {"cpuArchitecture": "RISCV64"}}), None),
        ] {
            assert_eq!(platform(&definition).as_deref(), expected, "{definition}");
        }
        assert!(does_run("linux/arm64/v9", "linux/arm64") && !does_run("linux/arm64", "linux/arm"));
    }

    /// ECR with one repository `app`: `multi` for two platforms, `arm` for one, `gone` only in a rule.
    async fn ecr() -> (Loopback, Client) {
        let config = r#"{"os": "linux", "architecture": "arm64"}"#;
        let digest = manifest::digest(config.as_bytes());
        let here = Arc::new(std::sync::OnceLock::<String>::new());
        let url = here.clone();
        let server = Loopback::with(move |seen| -> Said {
            if seen.line.starts_with("GET /config") {
                return (200, Vec::new(), config.to_owned());
            }
            let asked: Value = serde_json::from_slice(&seen.body).unwrap();
            let operation = seen.header("x-amz-target").rsplit('.').next().unwrap().to_owned();
            let id = &asked["imageIds"][0];
            let index = json!({"manifests": [
                {"platform": {"os": "linux", "architecture": "amd64"}},
                {"platform": {"os": "linux", "architecture": "arm64"}}]});
            let image = json!({"config": {"digest": digest, "size": 1}, "layers": []});
            let found = |manifest: &Value| {
                let text = manifest.to_string();
                let id = json!({"imageDigest": manifest::digest(text.as_bytes())});
                json!({"images": [{"imageId": id, "imageManifest": text}], "failures": []})
            };
            let answer = match (operation.as_str(), asked["repositoryName"].as_str(), id["imageTag"].as_str()) {
                ("BatchGetImage", Some("app"), Some("multi")) => found(&index),
                ("BatchGetImage", Some("app"), Some("arm")) => found(&image),
                ("BatchGetImage", Some("app"), Some("denied")) => {
                    return (400, Vec::new(), r#"{"__type": "AccessDeniedException", "message": "no"}"#.to_owned());
                }
                ("BatchGetImage", Some("app"), _) => json!({"images": [], "failures": [{"failureCode": "ImageNotFound"}]}),
                ("DescribeImages", _, _) => json!({"imageDetails": [{"imagePushedAt": 1.5e9, "imageSizeInBytes": 7}]}),
                ("GetDownloadUrlForLayer", _, _) => {
                    json!({"downloadUrl": format!("{}/config", url.get().unwrap())})
                }
                ("ListImages", _, _) => json!({"imageIds": [{"imageTag": "v1"}, {"imageTag": "multy"}]}),
                ("DescribePullThroughCacheRules", _, _) => json!({"pullThroughCacheRules": [{"ecrRepositoryPrefix": "hub"}]}),
                ("GetAuthorizationToken", _, _) => {
                    json!({"authorizationData": [{"authorizationToken": "QVdTOnA=", "expiresAt": 4e9, "proxyEndpoint": format!("https://{HOST}")}]})
                }
                _ => return (400, Vec::new(), r#"{"__type": "RepositoryNotFoundException"}"#.to_owned()),
            };
            (200, Vec::new(), answer.to_string())
        })
        .await;
        here.set(server.url.clone()).unwrap();
        let client = Client::local(server.url.clone(), Arc::new(SystemClock::default()));
        (server, client)
    }

    fn definition(images: &[&str], architecture: &str) -> Value {
        let containers: Vec<_> = images
            .iter()
            .enumerate()
            .map(|(index, image)| json!({"name": format!("c{index}"), "image": image}))
            .collect();
        json!({
            "containerDefinitions": containers,
            "requiresCompatibilities": ["FARGATE"],
            "runtimePlatform": {"cpuArchitecture": architecture},
        })
    }

    const CHECKS: Checks = Checks { verify: true, pin: false, limit: Duration::from_secs(5) };

    #[tokio::test]
    async fn what_is_missing_or_does_not_fit_is_told_and_what_is_not_known_warned_of() {
        let (server, client) = ecr().await;
        let images = ["multi", "arm", "multi2", "denied"].map(|tag| format!("{HOST}/app:{tag}"));
        let cached = format!("{HOST}/hub/library/redis:7");
        let all: Vec<_> = images
            .iter()
            .map(String::as_str)
            .chain([cached.as_str(), "nginx:1", "public.ecr.aws/a/b:1", "not an image"])
            .collect();
        let verified = verify(&client, &definition(&all, "X86_64"), CHECKS).await;
        assert_eq!(
            verified.errors,
            [
                Error::PlatformMismatch {
                    container: "c1".to_owned(),
                    image: images[1].clone(),
                    wanted: "linux/amd64".to_owned(),
                    offered: vec!["linux/arm64".to_owned()],
                },
                Error::ImageMissing {
                    container: Some("c2".to_owned()),
                    image: images[2].clone(),
                    nearest: vec!["multy".to_owned(), "v1".to_owned()],
                },
            ]
        );
        let warned: Vec<_> =
            verified.warnings.iter().map(|(code, text)| (*code, text.split(' ').next().unwrap())).collect();
        assert_eq!(warned, [("verify", images[3].as_str()), ("verify", cached.as_str())]);
        assert!(verified.pins.is_empty());
        let is_signed_there = server
            .seen
            .lock()
            .unwrap()
            .iter()
            .all(|seen| seen.line.starts_with("GET") || seen.header("authorization").contains("/eu-west-1/ecr/"));
        assert!(is_signed_there);
        assert!(verify(&client, &definition(&all[..2], "ARM64"), CHECKS).await.errors.is_empty());
    }

    #[tokio::test]
    async fn tags_are_pinned_and_what_keeps_them_from_it_is_an_error() {
        let (_server, client) = ecr().await;
        let checks = Checks { pin: true, verify: false, ..CHECKS };
        let (multi, digest) = (format!("{HOST}/app:multi"), format!("{HOST}/app@sha256:{}", "a".repeat(64)));
        let pinned = verify(&client, &definition(&[&multi, &multi, &digest], "X86_64"), checks).await;
        assert!(pinned.errors.is_empty() && pinned.warnings.is_empty(), "{pinned:?}");
        assert_eq!(pinned.pins.keys().collect::<Vec<_>>(), ["c0", "c1"]);
        assert!(pinned.pins["c0"].starts_with(&format!("{HOST}/app@sha256:")));
        let denied = verify(&client, &definition(&[&format!("{HOST}/app:denied")], "X86_64"), checks).await;
        assert!(matches!(denied.errors[..], [Error::Denied { .. }]), "{denied:?}");
        // Nothing leaves this machine when an endpoint is given.
        let elsewhere = verify(&client, &definition(&["nginx:1"], "X86_64"), checks).await;
        assert!(matches!(elsewhere.errors[..], [Error::Unsupported { .. }]), "{elsewhere:?}");
    }

    #[tokio::test]
    async fn resolve_and_exists_and_login_ask_ecr() {
        let (server, client) = ecr().await;
        let resolved = client.resolve(&format!("{HOST}/app:multi")).await.unwrap();
        assert_eq!(resolved.platforms, ["linux/amd64", "linux/arm64"]);
        assert_eq!((resolved.size, resolved.pushed), (Some(7), Some(1.5e9)));
        assert_eq!(resolved.image, format!("{HOST}/app@{}", resolved.digest));
        let before = server.seen.lock().unwrap().len();
        assert!(client.exists(&format!("{HOST}/app:arm")).await.unwrap());
        assert_eq!(server.seen.lock().unwrap().len(), before + 1, "one call");
        assert!(!client.exists(&format!("{HOST}/app:v9")).await.unwrap());
        assert!(matches!(
            client.resolve(&format!("{HOST}/app:v9")).await,
            Err(Error::ImageMissing { container: None, .. })
        ));

        let other = "210987654321.dkr.ecr.eu-west-1.amazonaws.com".to_owned();
        let before = server.seen.lock().unwrap().len();
        let login = crate::ecr::login::Login { registries: vec![HOST.to_owned(), other.clone()], write: false };
        let credentials = client.login(login).await.unwrap();
        assert_eq!(credentials.iter().map(|one| one.registry.as_str()).collect::<Vec<_>>(), [HOST, &other]);
        assert_eq!((credentials[1].password().as_str(), credentials[1].expires), ("p", 4e9));
        client.login(crate::ecr::login::Login { registries: vec![other], write: false }).await.unwrap();
        assert_eq!(server.seen.lock().unwrap().len(), before + 1, "one token for all accounts of a region");
    }
}
