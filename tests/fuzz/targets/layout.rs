//! Layouts: an index, and what it names. Parts stand between lines of `--`; `@2` is the digest of the second of them, in those before.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

fuzz_target!(|text: &str| {
    let folder = tempfile::tempdir().expect("the temporary folder can be written to");
    let blobs = folder.path().join("blobs/sha256");
    std::fs::create_dir_all(&blobs).expect("the temporary folder can be written to");
    let mut parts: Vec<String> = text.split("\n--\n").take(8).map(str::to_owned).collect();
    for at in (1..parts.len()).rev() {
        let digest = keep(&blobs, parts[at].as_bytes());
        let (place, before) = (format!("@{}", at + 1), &mut parts[..at]);
        before.iter_mut().for_each(|part| *part = part.replace(&place, &digest));
    }
    std::fs::write(folder.path().join("index.json"), &parts[0]).expect("the temporary folder can be written to");
    ecs_rollout::fuzz::image(folder.path());
});

fn keep(blobs: &Path, bytes: &[u8]) -> String {
    let hex = Sha256::digest(bytes).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    std::fs::write(blobs.join(&hex), bytes).expect("the temporary folder can be written to");
    format!("sha256:{hex}")
}
