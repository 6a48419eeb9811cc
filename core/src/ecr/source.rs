//! Where an image to be pushed comes from: an OCI layout (folder or tar) or a `docker save` archive, as manifests and pieces of files.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bytes::Bytes;
use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::manifest::{self, Descriptor, Manifest};

/// An image with all that belongs to it.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// What it is made of, each once.
    pub(crate) blobs: Vec<Blob>,
    /// Those that are named before those that name them; the last is the image itself.
    pub(crate) manifests: Vec<ManifestEntry>,
    /// What was unpacked. Gone with this.
    unpacked: Option<tempfile::TempDir>,
}

/// A blob, and where its bytes are.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    pub(crate) digest: String,
    pub(crate) piece: FileSlice,
}

impl Source {
    /// The digests of the images that can run: of an index those of its platforms, without attestations.
    pub(crate) fn images(&self) -> Vec<String> {
        let Some(root) = self.manifests.last() else { return Vec::new() };
        let Some(Manifest { manifests: Some(children), .. }) = Manifest::read(&root.bytes) else {
            return vec![root.digest.clone()];
        };
        let can_run = |child: &Descriptor| child.platform.as_ref().is_none_or(|platform| platform.name().is_some());
        children.into_iter().filter(can_run).map(|child| child.digest).collect()
    }
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FileSlice {
    pub(crate) path: PathBuf,
    pub(crate) offset: u64,
    pub(crate) size: u64,
}

/// A manifest as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct ManifestEntry {
    pub(crate) digest: String,
    pub(crate) media: String,
    pub(crate) bytes: Bytes,
}

/// What is wrong with a file, in one line.
type SourceError = String;

const SMALL: u64 = 8 << 20;

impl FileSlice {
    pub(crate) fn open(&self) -> io::Result<io::Take<File>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        Ok(file.take(self.size))
    }

    fn small(&self) -> Result<Vec<u8>, SourceError> {
        if self.size > SMALL {
            return Err(format!("a manifest of {} bytes is none", self.size));
        }
        let mut bytes = Vec::new();
        self.open().and_then(|mut file| file.read_to_end(&mut bytes)).map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    fn is_gzip(&self) -> bool {
        let mut magic = [0; 2];
        self.open().and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == [0x1f, 0x8b]
    }
}

/// Reads what there is at `path`. `select` names one where there are several. Blocks.
pub(crate) fn open(path: &Path, select: Option<&str>) -> Result<Source, SourceError> {
    // What is wrong is often said with a name out of it.
    whole(path, select).map_err(|text| crate::error::said(&text))
}

fn whole(path: &Path, select: Option<&str>) -> Result<Source, SourceError> {
    let about = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if about.is_dir() {
        let folder = std::fs::canonicalize(path).map_err(|error| error.to_string())?;
        return oci(&Files::Folder(folder), select);
    }
    // Of a pipe or a device, nobody knows where it ends.
    if !about.is_file() {
        return Err("it is neither a file nor a folder".to_owned());
    }
    let whole = FileSlice { path: path.to_owned(), offset: 0, size: about.len() };
    let mut unpacked = None;
    let mut archive = path.to_owned();
    if whole.is_gzip() {
        let folder = tempfile::tempdir().map_err(|error| format!("no room to unpack it: {error}"))?;
        archive = folder.path().join("archive.tar");
        unpack(&whole, &archive).map_err(|error| format!("it cannot be unpacked: {error}"))?;
        unpacked = Some(folder);
    }
    let files = Files::Archive(index(&archive)?);
    let mut source = match (files.find("index.json")?, files.find("manifest.json")?) {
        (Some(_), _) if files.find("oci-layout")?.is_some() => oci(&files, select)?,
        (_, Some(manifest)) => docker(&files, &manifest, select, &mut unpacked)?,
        _ => {
            return Err(
                "it is neither an OCI layout (index.json, oci-layout) nor of `docker save` (manifest.json)".to_owned()
            );
        }
    };
    source.unpacked = unpacked;
    Ok(source)
}

fn unpack(from: &FileSlice, to: &Path) -> io::Result<()> {
    let mut decoder = MultiGzDecoder::new(BufReader::with_capacity(1 << 18, from.open()?));
    let mut file = BufWriter::with_capacity(1 << 18, File::create(to)?);
    io::copy(&mut decoder, &mut file)?;
    file.flush()
}

/// The files of a layout, by their names in it.
enum Files {
    /// By its path without links.
    Folder(PathBuf),
    Archive(HashMap<String, FileSlice>),
}

impl Files {
    /// `None` where there is no such file.
    fn find(&self, name: &str) -> Result<Option<FileSlice>, SourceError> {
        let folder = match self {
            Self::Folder(folder) => folder,
            Self::Archive(pieces) => return Ok(pieces.get(name).cloned()),
        };
        let Ok(path) = std::fs::canonicalize(folder.join(name)) else { return Ok(None) };
        // Whoever made the layout must not choose which of this machine's files are pushed.
        if !path.starts_with(folder) {
            return Err(format!("{name} is a link that leads out of the folder, which is not followed"));
        }
        let about = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file);
        Ok(about.map(|about| FileSlice { path, offset: 0, size: about.len() }))
    }

    fn blob(&self, digest: &str) -> Result<FileSlice, SourceError> {
        let hex =
            digest.strip_prefix("sha256:").filter(|hex| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(hex) = hex else { return Err(format!("{digest:?} is no sha256 digest")) };
        self.find(&format!("blobs/sha256/{hex}"))?.ok_or_else(|| format!("{digest} is named in it, but is not there"))
    }
}

/// Where the files of a tar lie in it; nothing is unpacked.
fn index(path: &Path) -> Result<HashMap<String, FileSlice>, SourceError> {
    let broken = |error: io::Error| format!("it is no tar, or a broken one: {error}");
    let file = File::open(path).map_err(|error| error.to_string())?;
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    let mut archive = tar::Archive::new(file);
    let (mut pieces, mut links) = (HashMap::new(), Vec::new());
    for entry in archive.entries_with_seek().map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let name = plain(&entry.path().map_err(broken)?);
        let kind = entry.header().entry_type();
        if kind.is_file() {
            let (offset, size) = (entry.raw_file_position(), entry.size());
            if offset.checked_add(size).is_none_or(|end| end > length) {
                return Err(format!("it is cut off: {name} goes on past its end"));
            }
            pieces.insert(name, FileSlice { path: path.to_owned(), offset, size });
        } else if let Some(target) = entry.link_name().map_err(broken)? {
            // A symbolic link is seen from where it lies, a hard link from the top.
            let folder = Path::new(&name).parent().filter(|_| kind.is_symlink()).unwrap_or(Path::new(""));
            links.push((name.clone(), plain(&folder.join(target))));
        }
    }
    for (name, target) in links {
        if let Some(piece) = pieces.get(&target).cloned() {
            pieces.insert(name, piece);
        }
    }
    Ok(pieces)
}

/// A name without `.` and `..`.
fn plain(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            std::path::Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            std::path::Component::ParentDir => drop(parts.pop()),
            _ => {}
        }
    }
    parts.join("/")
}

fn oci(files: &Files, select: Option<&str>) -> Result<Source, SourceError> {
    let index = files.find("index.json")?.ok_or("there is no index.json: it is no OCI layout")?;
    let index: Index = serde_json::from_slice(&index.small()?).map_err(|error| format!("index.json: {error}"))?;
    let root = index.choose(select)?;
    let mut walk = Walk { files, source: Source::default(), seen: HashSet::new() };
    walk.manifest(root, 0)?;
    Ok(walk.source)
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Root>,
}

#[derive(Deserialize)]
struct Root {
    #[serde(flatten)]
    descriptor: Descriptor,
    #[serde(default)]
    annotations: HashMap<String, String>,
}

impl Root {
    fn names(&self) -> impl Iterator<Item = &str> {
        ["org.opencontainers.image.ref.name", "io.containerd.image.name"]
            .into_iter()
            .filter_map(|key| self.annotations.get(key).map(String::as_str))
    }
}

impl Index {
    fn choose(&self, select: Option<&str>) -> Result<&Descriptor, SourceError> {
        let named = |root: &&Root| select.is_none_or(|select| root.names().any(|name| is_named(name, select)));
        let mut digests = HashSet::new();
        // One image under several names is one.
        let chosen: Vec<_> =
            self.manifests.iter().filter(named).filter(|root| digests.insert(&root.descriptor.digest)).collect();
        let names = || self.manifests.iter().flat_map(Root::names).map(str::to_owned).collect::<Vec<_>>();
        one(chosen, select, names).map(|root| &root.descriptor)
    }
}

/// Whether `select` means the image called `name`: it is the whole name or its tag.
fn is_named(name: &str, select: &str) -> bool {
    let tag = name.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
    name == select || tag == Some(select) || name.ends_with(&format!("/{select}"))
}

fn one<T>(mut chosen: Vec<T>, select: Option<&str>, names: impl Fn() -> Vec<String>) -> Result<T, SourceError> {
    match (chosen.pop(), chosen.is_empty(), select) {
        (Some(one), true, _) => Ok(one),
        (None, _, None) => Err("there is no image in it".to_owned()),
        (None, _, Some(select)) => {
            Err(format!("there is no image {select:?} in it, but {}", crate::error::list(&names())))
        }
        (Some(_), false, _) => {
            Err(format!("there are several images in it: select one of {}", crate::error::list(&names())))
        }
    }
}

struct Walk<'a> {
    files: &'a Files,
    source: Source,
    seen: HashSet<String>,
}

impl Walk<'_> {
    fn manifest(&mut self, descriptor: &Descriptor, depth: u32) -> Result<(), SourceError> {
        if !self.seen.insert(descriptor.digest.clone()) {
            return Ok(());
        }
        if depth > 4 {
            return Err("its indexes are nested too deep".to_owned());
        }
        let bytes = self.files.blob(&descriptor.digest)?.small()?;
        let digest = manifest::digest(&bytes);
        if digest != descriptor.digest {
            return Err(format!("the manifest {} has another digest: {digest}", descriptor.digest));
        }
        let whole = Manifest::read(&bytes).ok_or_else(|| format!("{digest} is no manifest"))?;
        for child in whole.manifests.iter().flatten() {
            self.manifest(child, depth + 1)?;
        }
        for blob in whole.config.iter().chain(&whole.layers) {
            self.blob(blob)?;
        }
        let named = |media: &String| (!media.is_empty()).then(|| media.clone());
        let media = whole.media_type.clone().or_else(|| named(&descriptor.media_type)).unwrap_or_else(|| whole.media());
        self.source.manifests.push(ManifestEntry { digest, media, bytes: bytes.into() });
        Ok(())
    }

    fn blob(&mut self, descriptor: &Descriptor) -> Result<(), SourceError> {
        // Layers that may not be distributed stay where they are.
        let is_foreign = !descriptor.urls.is_empty();
        if is_foreign || !self.seen.insert(descriptor.digest.clone()) {
            return Ok(());
        }
        let piece = self.files.blob(&descriptor.digest)?;
        if piece.size != descriptor.size {
            return Err(format!("{} has {} bytes, not {}", descriptor.digest, piece.size, descriptor.size));
        }
        self.source.blobs.push(Blob { digest: descriptor.digest.clone(), piece });
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DockerArchive {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
}

/// A layer as a registry gets it.
struct Layer {
    digest: String,
    /// Of its content, uncompressed.
    diff: String,
    piece: FileSlice,
}

/// `docker save` keeps layers as they are on disk: they are compressed as `docker push` would.
fn docker(
    files: &Files,
    list: &FileSlice,
    select: Option<&str>,
    unpacked: &mut Option<tempfile::TempDir>,
) -> Result<Source, SourceError> {
    let saved: Vec<DockerArchive> =
        serde_json::from_slice(&list.small()?).map_err(|error| format!("manifest.json: {error}"))?;
    let tags = |saved: &DockerArchive| saved.repo_tags.clone().unwrap_or_default();
    let named =
        |saved: &&DockerArchive| select.is_none_or(|select| tags(saved).iter().any(|tag| is_named(tag, select)));
    let names = || saved.iter().flat_map(tags).collect::<Vec<_>>();
    let chosen = one(saved.iter().filter(named).collect(), select, names)?;
    let find = |name: &String| {
        files.find(&plain(Path::new(name)))?.ok_or_else(|| format!("{name} is named in it, but is not there"))
    };
    let config_piece = find(&chosen.config)?;
    let config = config_piece.small()?;
    let told: Value = serde_json::from_slice(&config).map_err(|error| format!("{}: {error}", chosen.config))?;
    let pieces = chosen.layers.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let folder = match unpacked {
        Some(folder) => folder,
        None => unpacked.insert(tempfile::tempdir().map_err(|error| format!("no room to compress it: {error}"))?),
    };
    let layers = compress(&pieces, folder.path())?;
    let mut source = Source::default();
    let config_digest = manifest::digest(&config);
    source.blobs.push(Blob { digest: config_digest.clone(), piece: config_piece });
    let mut described = Vec::new();
    for (index, layer) in layers.into_iter().enumerate() {
        let expected = told["rootfs"]["diff_ids"][index].as_str();
        if expected.is_some_and(|expected| expected != layer.diff) {
            return Err(format!("layer {} has another digest: {}", chosen.layers[index], layer.diff));
        }
        described.push(json!({
            "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
            "size": layer.piece.size,
            "digest": layer.digest,
        }));
        if !source.blobs.iter().any(|blob| blob.digest == layer.digest) {
            source.blobs.push(Blob { digest: layer.digest, piece: layer.piece });
        }
    }
    let media = manifest::ACCEPTED[3].to_owned();
    let whole = json!({
        "schemaVersion": 2,
        "mediaType": media,
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": config.len(),
            "digest": config_digest,
        },
        "layers": described,
    });
    let bytes = whole.to_string().into_bytes();
    source.manifests.push(ManifestEntry { digest: manifest::digest(&bytes), media, bytes: bytes.into() });
    Ok(source)
}

/// Compresses layers, several at once, each into a file of its own.
fn compress(pieces: &[FileSlice], folder: &Path) -> Result<Vec<Layer>, SourceError> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, io::Result<Layer>)>> = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4).min(pieces.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(piece) = pieces.get(index) else { return };
                    let layer = layer(piece, &folder.join(format!("layer-{index}")));
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, layer));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    let layers = done.into_iter().map(|(_, layer)| layer);
    layers.collect::<io::Result<_>>().map_err(|error| format!("a layer cannot be compressed: {error}"))
}

fn layer(piece: &FileSlice, to: &Path) -> io::Result<Layer> {
    let reader = |from| BufReader::with_capacity(1 << 18, from);
    if piece.is_gzip() {
        let (mut compressed, mut content) = (Hashed::new(io::sink()), Hashed::new(io::sink()));
        io::copy(&mut reader(piece.open()?), &mut compressed)?;
        io::copy(&mut MultiGzDecoder::new(reader(piece.open()?)), &mut content)?;
        return Ok(Layer { digest: shown(compressed.hash), diff: shown(content.hash), piece: piece.clone() });
    }
    let compressed = Hashed::new(BufWriter::with_capacity(1 << 18, File::create(to)?));
    // Without a time in its head, so that one layer always has one digest.
    let mut content = Hashed::new(GzEncoder::new(compressed, Compression::default()));
    io::copy(&mut reader(piece.open()?), &mut content)?;
    let mut compressed = content.to.finish()?;
    compressed.flush()?;
    let piece = FileSlice { path: to.to_owned(), offset: 0, size: compressed.size };
    Ok(Layer { digest: shown(compressed.hash), diff: shown(content.hash), piece })
}

fn shown(hash: Sha256) -> String {
    manifest::shown(hash.finalize().as_slice())
}

/// Hashes what passes through.
struct Hashed<W> {
    to: W,
    hash: Sha256,
    size: u64,
}

impl<W> Hashed<W> {
    fn new(to: W) -> Self {
        Self { to, hash: Sha256::new(), size: 0 }
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
pub(crate) mod tests;
