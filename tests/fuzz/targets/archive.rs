//! Archives: bytes that call themselves a tar or are one, gzipped or not; and tars of files with whatever in them.
#![no_main]

use libfuzzer_sys::arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;

/// A file's kind and name, and its bytes.
type File<'a> = (u8, &'a [u8]);

fuzz_target!(|bytes: &[u8]| {
    opened(bytes);
    if let Ok(files) = Unstructured::new(bytes).arbitrary::<Vec<File<'_>>>() {
        opened(&tarred(&files));
    }
});

fn opened(bytes: &[u8]) {
    let file = tempfile::NamedTempFile::new().expect("the temporary folder can be written to");
    std::fs::write(file.path(), bytes).expect("the temporary folder can be written to");
    ecs_rollout::fuzz::image(file.path());
}

/// The names that are looked for, some of them links.
const NAMES: [&str; 7] = ["index.json", "oci-layout", "manifest.json", "c.json", "a/layer.tar", "../../x", "a/link"];

fn tarred(files: &[File<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (kind, bytes) in files.iter().take(8) {
        let mut header = tar::Header::new_gnu();
        let name = NAMES[usize::from(kind & 15) % NAMES.len()];
        header.set_size(bytes.len() as u64);
        header.set_entry_type(match kind >> 5 {
            6 => tar::EntryType::Symlink,
            7 => tar::EntryType::Link,
            _ => tar::EntryType::Regular,
        });
        if kind & 16 != 0 {
            let _ = header.set_link_name(NAMES[usize::from(kind >> 4) % NAMES.len()]);
        }
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).expect("memory takes all");
    }
    builder.into_inner().expect("memory takes all")
}
