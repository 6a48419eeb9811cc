//! Readers of registries' answers and of image files, for the fuzz targets.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use super::manifest::{self, Manifest};
use super::session::{Wanted, token, wanted};
use super::{push, resolve, source};

/// A manifest, an index or an image's configuration: none, or one whose platforms are named once.
pub fn manifest(bytes: &[u8]) {
    assert_eq!(manifest::digest(bytes).len(), 71);
    let _ = resolve::platform(bytes);
    let Some(manifest) = Manifest::read(bytes) else { return };
    let platforms = manifest.platforms();
    assert_eq!(platforms.iter().collect::<HashSet<_>>().len(), platforms.len());
    assert!(platforms.len() <= manifest.digests().len());
    let _ = (manifest.size(), manifest.media());
}

/// A challenge, and the answer of where it says that tokens are had: none, or a place that has a host.
pub fn challenge(text: &str) {
    if let Some(Wanted::Token(realm)) = wanted(text) {
        assert!(realm.has_host(), "{realm}");
    }
    assert!(token(text.as_bytes()).is_none_or(|token| text.len() > token.len()));
}

/// The progress of an upload, as a registry gives it.
pub fn range(text: &str) {
    let _ = push::counted(text);
}

/// A file or folder: refused in one line, or an image whose pieces are in it and are whole.
pub fn image(path: &Path) {
    match source::open(path, None) {
        Err(text) => assert!(!text.is_empty() && !text.contains('\n'), "{text:?}"),
        Ok(source) => {
            assert!(!source.manifests.is_empty());
            let folder = std::fs::canonicalize(path).expect("it was opened");
            for blob in &source.blobs {
                let mut bytes = Vec::new();
                blob.piece.open().and_then(|mut file| file.read_to_end(&mut bytes)).expect("it was found");
                assert_eq!(bytes.len() as u64, blob.piece.size);
                assert!(!path.is_dir() || is_in(&blob.piece.path, &folder));
            }
            let _ = source.images();
        }
    }
}

/// Whether a file is in a folder, after links.
fn is_in(path: &Path, folder: &Path) -> bool {
    std::fs::canonicalize(path).is_ok_and(|path| path.starts_with(folder))
}
