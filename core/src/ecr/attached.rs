//! What is attached to an image in its registry: referrers, attestations in its index, and the tags that cosign used before there were
//! referrers. With ECR's own API for ECR, the registry's for all others.

use indexmap::IndexMap;
use oci_spec::distribution::Reference;
use serde::Deserialize;
use serde_json::Value;

use super::manifest::ACCEPTED;
use super::resolve::is_for_another_way;
use super::session::{RegistryError, Session};
use crate::aws::ecr::Referrer;
use crate::client::Client;
use crate::error::Error;
use crate::image::registry::Repository;

/// An artifact that is attached to an image.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Attached {
    /// Its artifact type.
    pub(crate) kind: String,
    /// The types of the statements in it, where it has statements.
    pub(crate) predicates: Vec<String>,
}

impl Attached {
    pub(crate) fn is_signature(&self) -> bool {
        // A bundle of sigstore holds a signature, or a signed statement, which says something else.
        let is_bundle = self.kind.starts_with("application/vnd.dev.sigstore.bundle") && self.predicates.is_empty();
        is_bundle
            || self.kind == "application/vnd.cncf.notary.signature"
            || self.kind.starts_with("application/vnd.dev.cosign.artifact.sig")
            || self.kind == COSIGN_SIGNATURE
    }

    pub(crate) fn is_sbom(&self) -> bool {
        let is = |text: &str| ["spdx", "cyclonedx", "syft"].iter().any(|word| text.to_ascii_lowercase().contains(word));
        is(&self.kind) || self.predicates.iter().any(|predicate| is(predicate))
    }

    pub(crate) fn is_provenance(&self) -> bool {
        let is = |text: &String| text.contains("slsa.dev/provenance") || text.contains("slsa-provenance");
        is(&self.kind) || self.predicates.iter().any(is)
    }
}

/// A member that annotations name the type of a statement by: of BuildKit, of cosign's tags, and of sigstore's bundles.
const PREDICATES: [&str; 3] = ["in-toto.io/predicate-type", "predicateType", "dev.sigstore.bundle.predicateType"];
/// How a signature is called that cosign keeps under a tag.
const COSIGN_SIGNATURE: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

/// A descriptor, in an index or a manifest, as far as it matters here.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    media_type: String,
    artifact_type: Option<String>,
    digest: String,
    annotations: IndexMap<String, String>,
}

/// An index, or a manifest with its layers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entries {
    manifests: Vec<Entry>,
    layers: Vec<Entry>,
}

/// The types of the statements that annotations name.
pub(crate) fn predicates<'a>(annotations: impl Iterator<Item = (&'a String, &'a String)>) -> Vec<String> {
    annotations.filter(|(name, _)| PREDICATES.contains(&name.as_str())).map(|(_, value)| value.clone()).collect()
}

impl Entry {
    fn attached(&self) -> Attached {
        let kind = self.artifact_type.clone().filter(|kind| !kind.is_empty());
        let kind = kind.unwrap_or_else(|| self.media_type.clone());
        Attached { kind, predicates: predicates(self.annotations.iter()) }
    }
}

impl From<Referrer> for Attached {
    fn from(referrer: Referrer) -> Self {
        let predicates = predicates(referrer.annotations.iter());
        Self { kind: referrer.kind, predicates }
    }
}

/// Where an image's attachments are looked for.
pub(crate) struct Place<'a> {
    client: &'a Client,
    image: &'a str,
    repository: Option<Repository>,
    reference: &'a Reference,
}

impl<'a> Place<'a> {
    pub(crate) fn of(client: &'a Client, image: &'a str, reference: &'a Reference) -> Self {
        Self { client, image, repository: Repository::of(reference), reference }
    }

    /// The artifacts that refer to a digest (ECR's ListImageReferrers, or the registry).
    pub(crate) async fn referrers(&self, digest: &str) -> Result<Vec<Attached>, Error> {
        if let Some(repository) = &self.repository {
            match self.client.ecr(&repository.region).await?.referrers(repository, digest).await {
                Ok(found) => return Ok(found.into_iter().map(Attached::from).collect()),
                Err(error) if !is_for_another_way(&error) || self.client.has_endpoint().await => {
                    return Err(error.into());
                }
                Err(_) => {}
            }
        }
        let session = Session::open(self.client, self.reference).await?;
        match session.referrers(digest).await {
            Ok(bytes) => Ok(entries(&bytes).manifests.iter().map(Entry::attached).collect()),
            // A registry without this API has them under a tag.
            Err(RegistryError::Missing(_)) => {
                let index = self.manifest(&digest.replace(':', "-")).await?;
                Ok(index
                    .map(|bytes| entries(&bytes))
                    .unwrap_or_default()
                    .manifests
                    .iter()
                    .map(Entry::attached)
                    .collect())
            }
            Err(refusal) => Err(self.refused(refusal, &session)),
        }
    }

    /// The attestations that BuildKit keeps in the image's own index.
    pub(crate) async fn in_index(&self, digest: &str) -> Result<Vec<Attached>, Error> {
        let Some(index) = self.manifest(digest).await? else { return Ok(Vec::new()) };
        let is_attestation = |entry: &&Entry| {
            entry.annotations.get("vnd.docker.reference.type").is_some_and(|kind| kind == "attestation-manifest")
        };
        let mut found = Vec::new();
        for entry in entries(&index).manifests.iter().filter(is_attestation) {
            let manifest = self.manifest(&entry.digest).await?.map(|bytes| entries(&bytes)).unwrap_or_default();
            found.extend(manifest.layers.iter().map(Entry::attached));
        }
        Ok(found)
    }

    /// What cosign keeps under tags that are made from the digest.
    pub(crate) async fn by_tags(&self, digest: &str) -> Result<Vec<Attached>, Error> {
        let mut found = Vec::new();
        for end in ["sig", "att", "sbom"] {
            let tag = format!("{}.{end}", digest.replace(':', "-"));
            let manifest = self.manifest(&tag).await?.map(|bytes| entries(&bytes)).unwrap_or_default();
            found.extend(manifest.layers.iter().map(Entry::attached));
        }
        Ok(found)
    }

    /// The text of a manifest by its tag or digest; `None` where there is none.
    async fn manifest(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        if let Some(repository) = &self.repository {
            let named = self.named(name)?;
            match self.client.ecr(&repository.region).await?.image(repository, &named, &ACCEPTED).await {
                Ok(found) => return Ok(found.map(|image| image.manifest.into_bytes())),
                Err(error) if !is_for_another_way(&error) || self.client.has_endpoint().await => {
                    return Err(error.into());
                }
                Err(_) => {}
            }
        }
        let session = Session::open(self.client, self.reference).await?;
        match session.manifest(name).await {
            Ok((bytes, _)) => Ok(Some(bytes)),
            Err(RegistryError::Missing(_)) => Ok(None),
            Err(refusal) => Err(self.refused(refusal, &session)),
        }
    }

    /// A reference in the image's repository.
    fn named(&self, name: &str) -> Result<Reference, Error> {
        let (registry, repository) = (self.reference.registry(), self.reference.repository());
        let separator = if name.starts_with("sha256:") { '@' } else { ':' };
        super::resolve::parse(&format!("{registry}/{repository}{separator}{name}"))
    }

    fn refused(&self, refusal: RegistryError, session: &Session) -> Error {
        refusal.into_error("look at what is attached to", self.image, &session.host())
    }
}

fn entries(bytes: &[u8]) -> Entries {
    let whole: Value = serde_json::from_slice(bytes).unwrap_or_default();
    serde_json::from_value(whole).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_attached_is_known_by_its_type_and_its_statements() {
        let attached = |kind: &str, predicate: &str| Attached {
            kind: kind.to_owned(),
            predicates: Some(predicate).filter(|one| !one.is_empty()).map(str::to_owned).into_iter().collect(),
        };
        let bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";
        for (one, expected) in [
            (attached("application/vnd.cncf.notary.signature", ""), "signature"),
            (attached(COSIGN_SIGNATURE, ""), "signature"),
            (attached(bundle, ""), "signature"),
            (attached(bundle, "https://slsa.dev/provenance/v1"), "provenance"),
            (attached("application/vnd.in-toto+json", "https://slsa.dev/provenance/v0.2"), "provenance"),
            (attached("application/vnd.in-toto+json", "https://spdx.dev/Document"), "sbom"),
            (attached("application/vnd.cyclonedx+json", ""), "sbom"),
            (attached("application/vnd.example", ""), ""),
        ] {
            let words =
                [("signature", one.is_signature()), ("sbom", one.is_sbom()), ("provenance", one.is_provenance())];
            let seen: Vec<&str> = words.into_iter().filter(|(_, is)| *is).map(|(word, _)| word).collect();
            assert_eq!(seen.join(" "), expected, "{one:?}");
        }
    }
}
