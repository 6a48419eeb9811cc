//! The bytes of a blob on their way: read as they are sent, hashed once, and counted.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use sha2::{Digest, Sha256};

use crate::ecr::manifest;
use crate::ecr::session::RegistryError;
use crate::ecr::source::{Blob, FileSlice};

/// How many bytes are read and sent at once.
const READ: usize = 256 << 10;
/// The bytes that an upload has added to the counter. They are taken back if the upload fails.
pub(crate) struct Progress<'a> {
    pub(crate) counter: &'a AtomicU64,
    pub(crate) counted: u64,
}

impl Progress<'_> {
    pub(crate) fn at(&mut self, at: u64) {
        match at.checked_sub(self.counted) {
            Some(more) => self.counter.fetch_add(more, Ordering::Relaxed),
            None => self.counter.fetch_sub(self.counted - at, Ordering::Relaxed),
        };
        self.counted = at;
    }

    pub(crate) fn keep(mut self) {
        self.counted = 0;
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.counter.fetch_sub(self.counted, Ordering::Relaxed);
    }
}

/// The hash of what has been read so far. Bytes that are read again are not hashed again.
#[derive(Default)]
pub(crate) struct Hashed {
    hash: Sha256,
    pub(crate) at: u64,
}

impl Hashed {
    fn take(&mut self, offset: u64, bytes: &[u8]) {
        let known = self.at.saturating_sub(offset) as usize;
        if let Some(new) = bytes.get(known..).filter(|_| offset <= self.at) {
            self.hash.update(new);
            self.at += new.len() as u64;
        }
    }

    /// Refuses a blob whose bytes, read to the end, do not have its digest.
    pub(crate) fn check(hash: &Mutex<Self>, blob: &Blob) -> Result<(), RegistryError> {
        let hash = hash.lock().unwrap_or_else(PoisonError::into_inner);
        if hash.at < blob.piece.size {
            return Ok(());
        }
        match manifest::shown(hash.hash.clone().finalize().as_slice()) {
            digest if digest == blob.digest => Ok(()),
            digest => Err(mismatch(&blob.digest, &digest)),
        }
    }
}

pub(crate) fn mismatch(expected: &str, digest: &str) -> RegistryError {
    RegistryError::Other("digest".to_owned(), format!("blob {expected} has another digest: {digest}"))
}

pub(crate) fn read(piece: &FileSlice) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    piece.open()?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The bytes from `at` to `end`, read as they are sent, so that none are kept. Those that end a blob whose digest is another
/// are not sent: no registry gets the whole of it.
pub(crate) fn stream_of(
    blob: &Blob,
    at: u64,
    end: u64,
    hash: &Arc<Mutex<Hashed>>,
) -> BoxStream<'static, io::Result<Bytes>> {
    let FileSlice { path, offset, .. } = blob.piece.clone();
    let piece = FileSlice { path, offset: offset + at, size: end - at };
    let (hash, blob) = (Arc::clone(hash), Arc::new(blob.clone()));
    let pieces = stream::try_unfold((None, at), move |(file, at)| {
        let (piece, hash, blob) = (piece.clone(), Arc::clone(&hash), Arc::clone(&blob));
        async move {
            if at == end {
                return Ok(None);
            }
            let read = move || {
                let mut file = match file {
                    Some(file) => file,
                    None => piece.open()?,
                };
                let mut bytes = vec![0; READ.min((end - at) as usize)];
                file.read_exact(&mut bytes)?;
                hash.lock().unwrap_or_else(PoisonError::into_inner).take(at, &bytes);
                Hashed::check(&hash, &blob).map_err(|_| io::Error::other("its digest is another"))?;
                Ok::<_, io::Error>((Bytes::from(bytes), file))
            };
            let (bytes, file) = tokio::task::spawn_blocking(read).await.map_err(io::Error::other)??;
            let at = at + bytes.len() as u64;
            Ok::<_, io::Error>(Some((bytes, (Some(file), at))))
        }
    });
    Box::pin(pieces)
}
