//! What must be attached to an image before it is deployed: signatures, and what SBOM and provenance say they are.
//!
//! That something is attached is seen; whose it is and what it says is not verified here, and a warning says so. What AWS itself says
//! of its managed signing is taken as it is.

use std::time::Duration;

use indexmap::IndexMap;
use oci_spec::distribution::Reference;
use serde_json::Value;

use super::attached::{Attached, Place};
use super::resolve::{self, Unresolved, Wanted};
use crate::arn;
use crate::client::Client;
use crate::error::{Error, list};
use crate::image::registry::Repository;
use crate::options::names::suggestion;

/// The words for what may be asked for.
const WORDS: [&str; 3] = ["signature", "sbom", "provenance"];

/// Something that must be attached to an image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Requirement {
    /// A signature, whoever made it.
    Signature,
    /// A signature of ECR's managed signing with this profile of AWS Signer.
    Profile(String),
    /// A software bill of materials.
    Sbom,
    /// A statement of how it was built.
    Provenance,
    /// An artifact of this type.
    Artifact(String),
}

impl Requirement {
    /// Reads one. `place` is where it stands in the request.
    pub(crate) fn read(text: &str, place: &str) -> Result<Self, Error> {
        match text {
            "signature" => Ok(Self::Signature),
            "sbom" => Ok(Self::Sbom),
            "provenance" => Ok(Self::Provenance),
            profile if arn::parse(profile).is_some_and(|arn| arn.service == "signer") => {
                Ok(Self::Profile(profile.to_owned()))
            }
            kind if kind.split_once('/').is_some_and(|(one, other)| !one.is_empty() && !other.is_empty()) => {
                Ok(Self::Artifact(kind.to_owned()))
            }
            other => Err(Error::invalid(
                place,
                format!(
                    "{other:?} is none of \"signature\", \"sbom\" and \"provenance\", no signing profile's ARN and no artifact type \
                     such as \"application/spdx+json\"{}",
                    suggestion(other, &WORDS)
                ),
            )),
        }
    }

    /// As the request has it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Signature => WORDS[0],
            Self::Sbom => WORDS[1],
            Self::Provenance => WORDS[2],
            Self::Profile(text) | Self::Artifact(text) => text,
        }
    }

    fn is_met(&self, attached: &[Attached]) -> bool {
        attached.iter().any(|one| match self {
            Self::Signature => one.is_signature(),
            Self::Sbom => one.is_sbom(),
            Self::Provenance => one.is_provenance(),
            Self::Artifact(kind) => one.kind == *kind || one.predicates.contains(kind),
            Self::Profile(_) => false,
        })
    }
}

/// Reads a list of them.
pub(crate) fn read(texts: &[String], place: &str) -> Result<Vec<Requirement>, Error> {
    let read = |(at, text): (usize, &String)| Requirement::read(text, &format!("{place}[{at}]"));
    texts.iter().enumerate().map(read).collect()
}

/// An image that has what is required of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Passed {
    /// The image by the digest that was looked at.
    pub(crate) image: String,
    /// The types of what is attached to it, as far as was looked.
    pub(crate) attached: Vec<String>,
    /// What was seen to be attached, and not verified.
    pub(crate) unverified: Vec<String>,
}

/// Looks whether an image has what is required of it. What could not be looked at is an error.
pub(crate) async fn look(
    client: &Client,
    image: &str,
    reference: &Reference,
    required: &[Requirement],
) -> Result<Passed, Error> {
    let resolved = resolve::look(client, image, reference, Wanted::Digest).await;
    let resolved = resolved.map_err(|unresolved| unresolved.into_error(image))?;
    let place = Place::of(client, image, reference);
    let mut attached = place.referrers(&resolved.digest).await?;
    let is_open = |attached: &[Attached]| {
        required.iter().any(|one| !matches!(one, Requirement::Profile(_)) && !one.is_met(attached))
    };
    // Older tools keep them beside the image instead.
    if is_open(&attached) {
        attached.extend(place.in_index(&resolved.digest).await?);
    }
    if is_open(&attached) {
        attached.extend(place.by_tags(&resolved.digest).await?);
    }
    let mut missing = Vec::new();
    for one in required {
        match one {
            Requirement::Profile(profile) => {
                if let Some(why) = unsigned(client, image, reference, &resolved.digest, profile).await? {
                    missing.push(format!("{profile} ({why})"));
                }
            }
            one if !one.is_met(&attached) => missing.push(one.name().to_owned()),
            _ => {}
        }
    }
    let mut kinds: Vec<String> = Vec::new();
    for one in &attached {
        let names = if one.predicates.is_empty() { std::slice::from_ref(&one.kind) } else { &one.predicates[..] };
        kinds.extend(names.iter().filter(|name| !kinds.contains(name)).cloned().collect::<Vec<_>>());
    }
    if !missing.is_empty() {
        return Err(Error::ImageRefused { container: None, image: image.to_owned(), missing, found: kinds });
    }
    let unverified = required.iter().filter(|one| !matches!(one, Requirement::Profile(_)));
    let unverified = unverified.map(|one| one.name().to_owned()).collect();
    Ok(Passed { image: resolved.image, attached: kinds, unverified })
}

/// Why ECR's managed signing has no signature of a profile on an image (DescribeImageSigningStatus). `None` where it has.
async fn unsigned(
    client: &Client,
    image: &str,
    reference: &Reference,
    digest: &str,
    profile: &str,
) -> Result<Option<String>, Error> {
    let Some(repository) = Repository::of(reference) else {
        let text = format!("{image} is in no private registry of ECR, which alone signs with a profile");
        return Err(Error::Unsupported { text });
    };
    let ecr = client.ecr(&repository.region).await?;
    let signings = ecr.signings(&repository, digest).await?;
    // An ARN may name the profile's version, too.
    let is_its =
        |known: &str| known == profile || known.strip_prefix(profile).is_some_and(|rest| rest.starts_with('/'));
    let its: Vec<_> = signings.iter().filter(|one| is_its(&one.profile)).collect();
    if its.iter().any(|one| one.status == "COMPLETE") {
        return Ok(None);
    }
    Ok(Some(match its.first() {
        None => "no signing with it is known to ECR".to_owned(),
        Some(one) if one.status == "IN_PROGRESS" => "ECR is still signing: try again in a moment".to_owned(),
        Some(one) => format!("{}: {}", one.status, one.reason.as_deref().unwrap_or("no reason is given")),
    }))
}

/// What came of looking at all images of a task definition of which something is required.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Gated {
    /// The image by the digest that was looked at, by container.
    pub(crate) pins: IndexMap<String, String>,
    /// What is attached and was not verified.
    pub(crate) warnings: Vec<String>,
}

/// Looks at the images of a task definition of which something is required, by container. None is left out in silence: what could
/// not be looked at within the limit is an error.
pub(crate) async fn gate(
    client: &Client,
    definition: &Value,
    required: &IndexMap<String, Vec<String>>,
    limit: Duration,
) -> Result<Gated, Error> {
    let mut gated = Gated::default();
    for (container, image, requirements) in asked(definition, required)? {
        let reference = resolve::parse(image)?;
        // The wall's time: sockets go by it.
        let looked = Box::pin(look(client, image, &reference, &requirements));
        let seen = tokio::time::timeout(limit, looked).await;
        let late = || Error::Network {
            operation: format!("look at what is attached to {image}"),
            endpoint: reference.registry().to_owned(),
            text: format!("no answer within {} s", limit.as_secs_f64()),
            begun: None,
        };
        let passed = seen.unwrap_or_else(|_| Err(late())).map_err(|error| of_container(error, container))?;
        if !passed.unverified.is_empty() {
            gated.warnings.push(format!(
                "{image} has {}; that it is attached was checked, and not who made it or what it says: a signing profile's ARN in \
                 `require` asks ECR who signed, and `notation verify` or `cosign verify` checks a key",
                list(&passed.unverified)
            ));
        }
        gated.pins.insert(container.to_owned(), passed.image);
    }
    Ok(gated)
}

/// A container, its image and what is required of it.
type Asked<'a> = (&'a str, &'a str, Vec<Requirement>);

/// The containers, their images and what is required of each. All of it is read before any is looked at.
fn asked<'a>(definition: &'a Value, required: &'a IndexMap<String, Vec<String>>) -> Result<Vec<Asked<'a>>, Error> {
    let images = images(definition);
    let mut asked = Vec::new();
    for (container, texts) in required {
        let Some(image) = images.get(container.as_str()) else {
            let (container, known) = (container.clone(), images.keys().map(|name| (*name).to_owned()).collect());
            return Err(Error::ContainerMissing { container, known, place: Some("require".to_owned()) });
        };
        let place = format!("require.{container}");
        if texts.is_empty() {
            return Err(Error::invalid(
                place,
                "nothing is asked for: name what must be attached, or omit the container",
            ));
        }
        asked.push((container.as_str(), *image, read(texts, &place)?));
    }
    Ok(asked)
}

/// The images of a task definition, by container.
fn images(definition: &Value) -> IndexMap<&str, &str> {
    let containers = definition["containerDefinitions"].as_array().into_iter().flatten();
    containers.filter_map(|one| Some((one["name"].as_str()?, one["image"].as_str()?))).collect()
}

/// The same error, of an image that a container runs.
fn of_container(error: Error, name: &str) -> Error {
    let named = Some(name.to_owned());
    match error {
        Error::ImageRefused { image, missing, found, .. } => {
            Error::ImageRefused { container: named, image, missing, found }
        }
        Error::ImageMissing { image, nearest, .. } => Error::ImageMissing { container: named, image, nearest },
        Error::ImageArchived { image, status, .. } => Error::ImageArchived { container: named, image, status },
        other => other,
    }
}

impl Unresolved {
    /// The error of an image that is looked at by itself.
    pub(crate) fn into_error(self, image: &str) -> Error {
        match self {
            Self::Missing(nearest) => Error::ImageMissing { container: None, image: image.to_owned(), nearest },
            Self::Archived(status) => Error::ImageArchived { container: None, image: image.to_owned(), status },
            Self::Unoffered(error) | Self::Other(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::connect::ClientOptions;
    use crate::aws::tests::Loopback;
    use crate::clock::tests::Leaping;
    use crate::ecr::manifest;

    #[test]
    fn a_requirement_is_a_word_a_profile_or_a_type() {
        let profile = "arn:aws:signer:eu-west-1:123456789012:/signing-profiles/deploy";
        for (text, expected) in [
            ("signature", Ok(Requirement::Signature)),
            ("sbom", Ok(Requirement::Sbom)),
            ("provenance", Ok(Requirement::Provenance)),
            (profile, Ok(Requirement::Profile(profile.to_owned()))),
            ("application/spdx+json", Ok(Requirement::Artifact("application/spdx+json".to_owned()))),
            ("signatur", Err("did you mean \"signature\"")),
            ("", Err("is none of")),
            ("arn:aws:iam::123456789012:role", Err("is none of")),
        ] {
            match (Requirement::read(text, "require.api[0]"), expected) {
                (Ok(read), Ok(expected)) => assert_eq!(read, expected),
                (Err(error), Err(part)) => {
                    let error = error.to_string();
                    assert!(error.contains("require.api[0]") && error.contains(part), "{error}");
                }
                (read, expected) => panic!("{text}: {read:?} instead of {expected:?}"),
            }
        }
    }

    const INDEX: &str = r#"{"manifests": [{"digest": "sha256:1"}, {"digest": "DIGEST",
        "annotations": {"vnd.docker.reference.type": "attestation-manifest"}}]}"#;
    const ATTESTATION: &str = r#"{"config": {}, "layers": [{"mediaType": "application/vnd.in-toto+json",
        "annotations": {"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"}}]}"#;
    const SIGNED: &str =
        r#"{"config": {}, "layers": [{"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json"}]}"#;
    const REFERRERS: &str = r#"{"manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": "application/vnd.cyclonedx+json"}]}"#;

    /// A registry with one image, with something under its digest, in its index and under a tag of cosign's.
    async fn registry(referrers: (u16, &'static str)) -> (Loopback, String, String) {
        let index = INDEX.replace("DIGEST", &manifest::digest(ATTESTATION.as_bytes()));
        let digest = manifest::digest(index.as_bytes());
        let (attestation, signature) =
            (manifest::digest(ATTESTATION.as_bytes()), format!("{}.sig", digest.replace(':', "-")));
        let known = digest.clone();
        let server = Loopback::with(move |seen| {
            let path = seen.line.split(' ').nth(1).unwrap_or_default();
            let name = path.rsplit('/').next().unwrap_or_default();
            match name {
                _ if path.contains("/referrers/") => (referrers.0, Vec::new(), referrers.1.to_owned()),
                name if name == "v1" || name == known => (200, Vec::new(), index.clone()),
                name if name == attestation => (200, Vec::new(), ATTESTATION.to_owned()),
                name if name == signature => (200, Vec::new(), SIGNED.to_owned()),
                _ => (404, Vec::new(), String::new()),
            }
        })
        .await;
        let image = format!("{}/app:v1", server.url.trim_start_matches("http://"));
        (server, image, digest)
    }

    async fn passes(image: &str, required: &[&str]) -> Result<Passed, Error> {
        let client = Client::with_clock(ClientOptions::default(), std::sync::Arc::new(Leaping::default()));
        let texts: Vec<String> = required.iter().map(ToString::to_string).collect();
        let reference = resolve::parse(image).unwrap();
        look(&client, image, &reference, &read(&texts, "require").unwrap()).await
    }

    #[tokio::test]
    async fn what_is_attached_is_found_by_each_way() {
        let (server, image, digest) = registry((200, REFERRERS)).await;
        let passed = passes(&image, &["sbom"]).await.unwrap();
        assert!(passed.image.ends_with(&digest), "{passed:?}");
        assert_eq!(passed.attached, ["application/vnd.cyclonedx+json"]);
        assert_eq!(server.seen.lock().unwrap().len(), 2, "no further look is needed");
        let all = passes(&image, &["provenance", "signature", "application/vnd.cyclonedx+json"]).await.unwrap();
        assert_eq!(all.unverified.len(), 3);
        let refused = passes(&image, &["signature", "text/spdx"]).await.unwrap_err();
        let Error::ImageRefused { missing, found, .. } = &refused else { panic!("{refused:?}") };
        assert_eq!((missing.len(), missing[0].as_str(), found.len()), (1, "text/spdx", 3));
    }

    #[tokio::test]
    async fn a_registry_without_referrers_has_the_other_ways_and_one_that_cannot_be_asked_is_an_error() {
        let (_server, image, _) = registry((404, "")).await;
        assert_eq!(passes(&image, &["signature"]).await.unwrap().attached.len(), 2);
        assert!(matches!(passes(&image, &["sbom"]).await, Err(Error::ImageRefused { .. })));
        for (status, code) in [(403, "denied"), (500, "network")] {
            let (_server, image, _) = registry((status, "")).await;
            assert_eq!(passes(&image, &["signature"]).await.unwrap_err().code(), code);
        }
        let (_server, image, _) = registry((404, "")).await;
        let profile = "arn:aws:signer:eu-west-1:123456789012:/signing-profiles/deploy";
        assert_eq!(passes(&image, &[profile]).await.unwrap_err().code(), "unsupported");
    }
}
