//! Decides what an image reference names: a manifest, and so a digest, made from the content that the world says it has.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::behaviour::{Behaviour, Behaviours};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// What a registry has of one image.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) media: String,
    pub(crate) manifest: String,
    /// Its configuration, where it is not an index.
    pub(crate) config: Option<String>,
}

impl Image {
    fn of(content: &str, platforms: &[String]) -> Image {
        let config = |platform: &str| {
            let (os, architecture) = platform.split_once('/').unwrap_or(("linux", platform));
            json!({"os": os, "architecture": architecture, "config": {"Labels": {"content": content}}}).to_string()
        };
        let single = |config: &str| {
            let config = json!({"mediaType": CONFIG, "digest": digest_of(config), "size": config.len()});
            json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []}).to_string()
        };
        if let [only] = platforms {
            let config = config(only);
            return Image { media: MANIFEST.to_owned(), manifest: single(&config), config: Some(config) };
        }
        let entry = |platform: &String| {
            let (os, architecture) = platform.split_once('/').unwrap_or(("linux", platform));
            let manifest = single(&config(platform));
            let platform = json!({"os": os, "architecture": architecture});
            json!({"mediaType": MANIFEST, "digest": digest_of(&manifest), "size": manifest.len(), "platform": platform})
        };
        let entries: Vec<Value> = platforms.iter().map(entry).collect();
        let manifest = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).to_string();
        Image { media: INDEX.to_owned(), manifest, config: None }
    }

    pub(crate) fn digest(&self) -> String {
        digest_of(&self.manifest)
    }
}

impl Behaviours {
    /// The image that a reference names at this moment; `None` where it is missing. A digest names what has that digest, or an
    /// image of its own.
    pub(crate) fn image(&self, reference: &str, now: f64) -> Option<Image> {
        let behaviour = self.of(&json!({ "image": reference }));
        let is_missing = behaviour.fail == Some(super::failure::Failure::ImageMissing);
        (!is_missing).then(|| Image::of(content(&behaviour, reference, now), &behaviour.platforms))
    }

    /// The image of a reference that is there and cannot be pulled, with ECR's status of it.
    pub(crate) fn inactive(&self, reference: &str, now: f64) -> Option<(Image, String)> {
        let behaviour = self.of(&json!({ "image": reference }));
        let status = behaviour.status.clone()?;
        Some((Image::of(content(&behaviour, reference, now), &behaviour.platforms), status))
    }

    /// The digest that ECS resolves a reference to.
    pub(crate) fn digest(&self, reference: &str, now: f64) -> String {
        if let Some((_, digest)) = reference.split_once('@') {
            return digest.to_owned();
        }
        let behaviour = self.of(&json!({ "image": reference }));
        Image::of(content(&behaviour, reference, now), &behaviour.platforms).digest()
    }
}

fn content<'a>(behaviour: &'a Behaviour, reference: &'a str, now: f64) -> &'a str {
    let past = behaviour.content.iter().filter(|(from, _)| *from <= now);
    past.max_by(|one, other| one.0.total_cmp(&other.0)).map_or(reference, |(_, content)| content)
}

pub(crate) fn digest_of(text: &str) -> String {
    Sha256::digest(text).iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
