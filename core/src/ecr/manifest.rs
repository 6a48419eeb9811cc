//! Reads manifests: platforms, configuration, layers (pure). Their bytes are never written anew.

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The media types to ask for, indexes first: a registry gives what it has.
pub(crate) const ACCEPTED: [&str; 4] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/// A manifest of either kind. Members that are not named here are not read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Manifest {
    pub(crate) media_type: Option<String>,
    /// Of an index.
    pub(crate) manifests: Option<Vec<Descriptor>>,
    /// Of an image.
    pub(crate) config: Option<Descriptor>,
    pub(crate) layers: Vec<Descriptor>,
}

/// A reference from a manifest to one of its parts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Descriptor {
    pub(crate) media_type: String,
    pub(crate) digest: String,
    pub(crate) size: u64,
    pub(crate) platform: Option<Platform>,
    /// A layer that is fetched from elsewhere, and not kept in a registry.
    pub(crate) urls: Vec<String>,
}

/// What an image runs on. An image's configuration has the same members.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Platform {
    pub(crate) os: String,
    pub(crate) architecture: String,
    pub(crate) variant: Option<String>,
}

impl Platform {
    /// `os/architecture`, and the variant where it is not the only one.
    pub(crate) fn name(&self) -> Option<String> {
        let is_known = |word: &str| !word.is_empty() && word != "unknown";
        if !is_known(&self.os) || !is_known(&self.architecture) {
            return None;
        }
        let base = format!("{}/{}", self.os, self.architecture);
        match self.variant.as_deref() {
            None | Some("") => Some(base),
            Some("v8") if self.architecture == "arm64" => Some(base),
            Some(variant) => Some(format!("{base}/{variant}")),
        }
    }
}

impl Manifest {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let manifest: Self = serde_json::from_slice(bytes).ok()?;
        (manifest.manifests.is_some() || manifest.config.is_some()).then_some(manifest)
    }

    /// The platforms of an index; attestations have none.
    pub(crate) fn platforms(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for descriptor in self.manifests.iter().flatten() {
            let name = descriptor.platform.as_ref().and_then(Platform::name);
            names.extend(name.filter(|name| !names.contains(name)));
        }
        names
    }

    /// The digests of the images of an index.
    pub(crate) fn digests(&self) -> Vec<String> {
        self.manifests.iter().flatten().map(|descriptor| descriptor.digest.clone()).collect()
    }

    /// What a registry keeps of one image, in bytes. Of an index it is not known.
    pub(crate) fn size(&self) -> Option<u64> {
        let config = self.config.as_ref()?;
        Some(self.layers.iter().fold(config.size, |sum, layer| sum.saturating_add(layer.size)))
    }

    /// Its media type: as it says itself, or by what it has.
    pub(crate) fn media(&self) -> String {
        let guessed = if self.manifests.is_some() { ACCEPTED[0] } else { ACCEPTED[2] };
        self.media_type.clone().unwrap_or_else(|| guessed.to_owned())
    }
}

/// The digest of bytes.
pub(crate) fn digest(bytes: &[u8]) -> String {
    shown(Sha256::digest(bytes).as_slice())
}

/// A hash as digests are written.
pub(crate) fn shown(hash: &[u8]) -> String {
    hash.iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_those_that_can_run() {
        let index = r#"{"manifests": [
            {"digest": "sha256:a", "platform": {"os": "linux", "architecture": "amd64"}},
            {"digest": "sha256:b", "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
            {"digest": "sha256:c", "platform": {"os": "linux", "architecture": "arm", "variant": "v7"}},
            {"digest": "sha256:d", "platform": {"os": "unknown", "architecture": "unknown"}},
            {"digest": "sha256:e", "platform": {"os": "windows", "architecture": "amd64", "os.version": "10.0.1"}},
            {"digest": "sha256:f", "platform": {"os": "windows", "architecture": "amd64", "os.version": "10.0.2"}},
            {"digest": "sha256:g"}]}"#;
        let manifest = Manifest::read(index.as_bytes()).unwrap();
        assert_eq!(manifest.platforms(), ["linux/amd64", "linux/arm64", "linux/arm/v7", "windows/amd64"]);
        assert_eq!((manifest.size(), manifest.media().as_str()), (None, ACCEPTED[0]));
    }

    #[test]
    fn what_is_no_manifest_is_none() {
        for bytes in ["", "{}", "[]", "null", r#"{"schemaVersion": 1, "fsLayers": []}"#, "<html>"] {
            assert!(Manifest::read(bytes.as_bytes()).is_none(), "{bytes}");
        }
        let image = Manifest::read(br#"{"config": {"size": 2}, "layers": [{"size": 3}, {"size": 4}]}"#).unwrap();
        assert_eq!((image.size(), image.media().as_str()), (Some(9), ACCEPTED[2]));
    }

    #[test]
    fn a_digest_is_written_as_registries_write_it() {
        assert_eq!(digest(b""), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
