//! Takes layers over from other repositories of the same registry, and says where that did not come about.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use oci_spec::distribution::Reference;
use reqwest::Url;

use super::upload::Uploader;
use crate::ecr::session::RegistryError;
use crate::ecr::source::Blob;
use crate::error::Error;

/// The repositories that layers may be taken over from, and what has come of it.
#[derive(Default)]
pub(crate) struct Mounts {
    from: Vec<String>,
    /// Bytes that were taken over.
    pub(crate) taken: AtomicU64,
    /// Why nothing could be taken over, by repository.
    refused: Mutex<BTreeMap<String, String>>,
}

impl Mounts {
    pub(crate) fn of(from: Vec<String>) -> Self {
        Self { from, ..Self::default() }
    }

    fn refuse(&self, from: &str, why: String) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).entry(from.to_owned()).or_insert(why);
    }

    fn is_refused(&self, from: &str) -> bool {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).contains_key(from)
    }

    /// What there is to say of repositories from which layers were sent again, although they have them.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let text = |(from, why): (&String, &String)| format!("layers of {from} were sent again: {why}");
        refused.iter().map(text).collect()
    }
}

/// What came of the wish to take a blob over.
pub(crate) enum Mounted {
    Taken,
    /// An upload may have been begun instead.
    Not(Option<Url>),
}

impl Uploader {
    /// Takes a blob over from the first repository that gives it. That one does not is no failure: it is sent then.
    pub(crate) async fn mounted(&self, blob: &Blob) -> Result<Mounted, RegistryError> {
        let mut location = None;
        for from in &self.mounts.from {
            match self.begin(Some((&blob.digest, from))).await {
                Ok(None) => {
                    self.mounts.taken.fetch_add(blob.piece.size, Ordering::Relaxed);
                    return Ok(Mounted::Taken);
                }
                Ok(Some(begun)) => {
                    location = Some(begun);
                    // Most often the other repository does not have it either.
                    if !self.mounts.is_refused(from) && self.session.is_blob_of(from, &blob.digest).await {
                        self.mounts.refuse(from, WAYS.to_owned());
                    }
                }
                Err(RegistryError::Denied(text) | RegistryError::Missing(text) | RegistryError::Other(_, text)) => {
                    self.mounts.refuse(from, text);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Mounted::Not(location))
    }
}

/// What a registry of ECR needs for it.
const WAYS: &str = "the registry has them there, and does not take them over; ECR does where its account setting BLOB_MOUNTING is \
    ENABLED, both repositories are encrypted alike, and ecr:GetDownloadUrlForLayer is allowed on that repository";

/// Refuses what is no other repository of the same registry.
pub(crate) fn check(mount: &[String], reference: &Reference) -> Result<(), Error> {
    for (at, from) in mount.iter().enumerate() {
        let wrong = |text: String| Err(Error::invalid(format!("mount[{at}]"), text));
        let registry = format!("{}/", reference.registry());
        if let Some(name) = from.strip_prefix(&registry) {
            return wrong(format!("give the repository without its registry: {name:?}"));
        }
        if from == reference.repository() {
            return wrong("that is the repository that is pushed to".to_owned());
        }
        let is_part = |part: &str| {
            let is_known = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || "._-".contains(one);
            !part.is_empty() && part.chars().all(is_known)
        };
        if !from.split('/').all(is_part) {
            return wrong(format!(
                "{from:?} is no repository of {}: a name such as \"team/app\" expected, without a tag",
                reference.registry()
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecr::resolve;

    #[test]
    fn a_repository_to_take_from_is_another_of_the_same_registry() {
        let reference = resolve::parse("r.example/team/app:v1").unwrap();
        let refused = |from: &str| check(&[from.to_owned()], &reference).map_err(|error| error.to_string());
        for (from, expected) in [
            ("r.example/base/node", "give the repository without its registry: \"base/node\""),
            ("team/app", "that is the repository that is pushed to"),
            ("base/node:20", "is no repository of r.example"),
            ("other.example:5000/base", "is no repository"),
            ("", "is no repository"),
        ] {
            let error = refused(from).unwrap_err();
            assert!(error.contains("mount[0]") && error.contains(expected), "{from}: {error}");
        }
        assert_eq!(refused("base/node"), Ok(()));
    }
}
