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
pub(super) struct Source {
    /// What it is made of, each once.
    pub(super) blobs: Vec<Blob>,
    /// Those that are named before those that name them; the last is the image itself.
    pub(super) manifests: Vec<Named>,
    /// What was unpacked. Gone with this.
    unpacked: Option<tempfile::TempDir>,
}

/// A blob, and where its bytes are.
#[derive(Debug, Clone)]
pub(super) struct Blob {
    pub(super) digest: String,
    pub(super) piece: Piece,
}

impl Source {
    /// The digests of the images that can run: of an index those of its platforms, without attestations.
    pub(super) fn images(&self) -> Vec<String> {
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
pub(super) struct Piece {
    pub(super) path: PathBuf,
    pub(super) offset: u64,
    pub(super) size: u64,
}

/// A manifest as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) digest: String,
    pub(super) media: String,
    pub(super) bytes: Bytes,
}

/// What is wrong with it, in a line.
type Broken = String;

const SMALL: u64 = 8 << 20;

impl Piece {
    pub(super) fn open(&self) -> io::Result<io::Take<File>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        Ok(file.take(self.size))
    }

    fn small(&self) -> Result<Vec<u8>, Broken> {
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
pub(super) fn open(path: &Path, select: Option<&str>) -> Result<Source, Broken> {
    // What is wrong is often said with a name out of it.
    whole(path, select).map_err(|text| crate::error::said(&text))
}

fn whole(path: &Path, select: Option<&str>) -> Result<Source, Broken> {
    let about = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if about.is_dir() {
        let folder = std::fs::canonicalize(path).map_err(|error| error.to_string())?;
        return oci(&Files::Folder(folder), select);
    }
    // Of a pipe or a device, nobody knows where it ends.
    if !about.is_file() {
        return Err("it is neither a file nor a folder".to_owned());
    }
    let whole = Piece { path: path.to_owned(), offset: 0, size: about.len() };
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

fn unpack(from: &Piece, to: &Path) -> io::Result<()> {
    let mut decoder = MultiGzDecoder::new(BufReader::with_capacity(1 << 18, from.open()?));
    let mut file = BufWriter::with_capacity(1 << 18, File::create(to)?);
    io::copy(&mut decoder, &mut file)?;
    file.flush()
}

/// The files of a layout, by their names in it.
enum Files {
    /// By its path without links.
    Folder(PathBuf),
    Archive(HashMap<String, Piece>),
}

impl Files {
    /// `None` where there is no such file.
    fn find(&self, name: &str) -> Result<Option<Piece>, Broken> {
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
        Ok(about.map(|about| Piece { path, offset: 0, size: about.len() }))
    }

    fn blob(&self, digest: &str) -> Result<Piece, Broken> {
        let hex =
            digest.strip_prefix("sha256:").filter(|hex| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(hex) = hex else { return Err(format!("{digest:?} is no sha256 digest")) };
        self.find(&format!("blobs/sha256/{hex}"))?.ok_or_else(|| format!("{digest} is named in it, but is not there"))
    }
}

/// Where the files of a tar lie in it; nothing is unpacked.
fn index(path: &Path) -> Result<HashMap<String, Piece>, Broken> {
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
            pieces.insert(name, Piece { path: path.to_owned(), offset, size });
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

fn oci(files: &Files, select: Option<&str>) -> Result<Source, Broken> {
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
    fn choose(&self, select: Option<&str>) -> Result<&Descriptor, Broken> {
        let named = |root: &&Root| select.is_none_or(|select| root.names().any(|name| is_named(name, select)));
        let mut digests = HashSet::new();
        // One image under several names is one.
        let chosen: Vec<_> =
            self.manifests.iter().filter(named).filter(|root| digests.insert(&root.descriptor.digest)).collect();
        let names = || self.manifests.iter().flat_map(Root::names).map(str::to_owned).collect::<Vec<_>>();
        one(chosen, select, names).map(|root| &root.descriptor)
    }
}

/// Whether somebody who says `select` means what is called `name`: the whole or the tag alone.
fn is_named(name: &str, select: &str) -> bool {
    let tag = name.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
    name == select || tag == Some(select) || name.ends_with(&format!("/{select}"))
}

fn one<T>(mut chosen: Vec<T>, select: Option<&str>, names: impl Fn() -> Vec<String>) -> Result<T, Broken> {
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
    fn manifest(&mut self, descriptor: &Descriptor, depth: u32) -> Result<(), Broken> {
        if !self.seen.insert(descriptor.digest.clone()) {
            return Ok(());
        }
        if depth > 4 {
            return Err("its indexes are nested too deep".to_owned());
        }
        let bytes = self.files.blob(&descriptor.digest)?.small()?;
        let digest = manifest::digest(&bytes);
        if digest != descriptor.digest {
            return Err(format!("the manifest {} is not what it says: its digest is {digest}", descriptor.digest));
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
        self.source.manifests.push(Named { digest, media, bytes: bytes.into() });
        Ok(())
    }

    fn blob(&mut self, descriptor: &Descriptor) -> Result<(), Broken> {
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
struct Saved {
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
    piece: Piece,
}

/// `docker save` keeps layers as they are on disk: they are compressed as `docker push` would.
fn docker(
    files: &Files,
    list: &Piece,
    select: Option<&str>,
    unpacked: &mut Option<tempfile::TempDir>,
) -> Result<Source, Broken> {
    let saved: Vec<Saved> =
        serde_json::from_slice(&list.small()?).map_err(|error| format!("manifest.json: {error}"))?;
    let tags = |saved: &Saved| saved.repo_tags.clone().unwrap_or_default();
    let named = |saved: &&Saved| select.is_none_or(|select| tags(saved).iter().any(|tag| is_named(tag, select)));
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
            return Err(format!("layer {} is not what it says: its digest is {}", chosen.layers[index], layer.diff));
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
    source.manifests.push(Named { digest: manifest::digest(&bytes), media, bytes: bytes.into() });
    Ok(source)
}

/// Compresses layers, several at once, each into a file of its own.
fn compress(pieces: &[Piece], folder: &Path) -> Result<Vec<Layer>, Broken> {
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

fn layer(piece: &Piece, to: &Path) -> io::Result<Layer> {
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
    let piece = Piece { path: to.to_owned(), offset: 0, size: compressed.size };
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
pub(super) mod tests {
    use super::*;

    /// A layout with one image of the given layers.
    pub(in crate::ecr) fn layout(folder: &Path, layers: &[Vec<u8>]) -> String {
        let blobs = folder.join("blobs/sha256");
        std::fs::create_dir_all(&blobs).unwrap();
        let put = |media: &str, bytes: &[u8]| {
            let digest = manifest::digest(bytes);
            std::fs::write(blobs.join(&digest[7..]), bytes).unwrap();
            json!({"mediaType": media, "digest": digest, "size": bytes.len()})
        };
        let config = put("application/vnd.oci.image.config.v1+json", br#"{"os": "linux", "architecture": "arm64"}"#);
        let layers: Vec<_> = layers.iter().map(|layer| put("application/vnd.oci.image.layer.v1.tar", layer)).collect();
        let image = json!({"schemaVersion": 2, "mediaType": manifest::ACCEPTED[2], "config": config, "layers": layers});
        let mut image = put(manifest::ACCEPTED[2], image.to_string().as_bytes());
        image["platform"] = json!({"os": "linux", "architecture": "arm64"});
        let index = json!({"schemaVersion": 2, "mediaType": manifest::ACCEPTED[0], "manifests": [image]});
        let index = put(manifest::ACCEPTED[0], index.to_string().as_bytes());
        std::fs::write(folder.join("index.json"), json!({"schemaVersion": 2, "manifests": [index]}).to_string())
            .unwrap();
        std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion": "1.0.0"}"#).unwrap();
        index["digest"].as_str().unwrap().to_owned()
    }

    fn tarred(folder: &Path, to: &Path) {
        let mut builder = tar::Builder::new(File::create(to).unwrap());
        builder.follow_symlinks(false);
        builder.append_dir_all(".", folder).unwrap();
        builder.finish().unwrap();
    }

    #[test]
    fn a_layout_is_the_same_as_folder_as_tar_and_compressed() {
        let folder = tempfile::tempdir().unwrap();
        let root = layout(folder.path(), &[b"one".to_vec(), b"two".to_vec(), b"one".to_vec()]);
        let out = tempfile::tempdir().unwrap();
        let (tar, gz) = (out.path().join("a.tar"), out.path().join("a.tgz"));
        tarred(folder.path(), &tar);
        let mut encoder = GzEncoder::new(File::create(&gz).unwrap(), Compression::fast());
        encoder.write_all(&std::fs::read(&tar).unwrap()).unwrap();
        encoder.finish().unwrap();
        for path in [folder.path(), &tar, &gz] {
            let source = open(path, None).unwrap();
            assert_eq!(source.manifests.last().unwrap().digest, root);
            assert_eq!((source.manifests.len(), source.blobs.len()), (2, 3));
            assert_eq!(source.images(), [source.manifests[0].digest.clone()]);
            for blob in &source.blobs {
                assert_eq!(manifest::digest(&blob.piece.small().unwrap()), blob.digest);
            }
        }
        // Cut off anywhere, it is refused.
        let whole = std::fs::read(&gz).unwrap();
        std::fs::write(&gz, &whole[..whole.len() - 9]).unwrap();
        assert!(open(&gz, None).unwrap_err().contains("it cannot be unpacked"));
        let whole = std::fs::read(&tar).unwrap();
        for length in [0, 100, 512, 700, whole.len() / 2] {
            std::fs::write(&tar, &whole[..length]).unwrap();
            assert!(open(&tar, None).is_err(), "{length}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_layout_is_said() {
        let fresh = || {
            let folder = tempfile::tempdir().unwrap();
            let root = layout(folder.path(), &[b"one".to_vec()]);
            (folder, root)
        };
        let layer = format!("blobs/sha256/{}", &manifest::digest(b"one")[7..]);
        let (folder, _) = fresh();
        std::fs::remove_file(folder.path().join(&layer)).unwrap();
        assert!(open(folder.path(), None).unwrap_err().contains("is not there"));
        let (folder, _) = fresh();
        std::fs::write(folder.path().join(&layer), "longer").unwrap();
        assert!(open(folder.path(), None).unwrap_err().contains("6 bytes, not 3"));
        let (folder, root) = fresh();
        std::fs::write(folder.path().join("blobs/sha256").join(&root[7..]), "{}").unwrap();
        assert!(open(folder.path(), None).unwrap_err().contains("not what it says"));
        let (folder, _) = fresh();
        std::fs::remove_file(folder.path().join("index.json")).unwrap();
        assert!(open(folder.path(), None).unwrap_err().contains("no index.json"));
        let (folder, _) = fresh();
        std::fs::write(folder.path().join("index.json"), "{\"manifests\": []}").unwrap();
        assert!(open(folder.path(), None).unwrap_err().contains("no image"));
        let (folder, _) = fresh();
        assert!(open(folder.path(), Some("v2")).unwrap_err().contains("v2"));
        assert!(open(Path::new("/nowhere"), None).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_about_in_a_folder_and_never_out_of_it() {
        use std::os::unix::fs::symlink;
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        layout(folder.path(), &[b"one".to_vec()]);
        let blobs = folder.path().join("blobs/sha256");
        let layer = blobs.join(&manifest::digest(b"one")[7..]);
        let whole = || open(folder.path(), None).map(|source| source.blobs.len());
        // Within it, as tools that save room make them; and a link to the whole.
        std::fs::rename(&layer, folder.path().join("elsewhere")).unwrap();
        symlink("../../elsewhere", &layer).unwrap();
        assert_eq!(whole(), Ok(2));
        let link = outside.path().join("link");
        symlink(folder.path(), &link).unwrap();
        assert_eq!(open(&link, None).unwrap().blobs.len(), 2);
        // The same bytes out of it, by each kind of link.
        let secret = outside.path().join("one");
        std::fs::write(&secret, "one").unwrap();
        std::fs::remove_file(&layer).unwrap();
        symlink(&secret, &layer).unwrap();
        assert!(whole().unwrap_err().contains("leads out of the folder"));
        std::fs::remove_file(&layer).unwrap();
        std::fs::write(&layer, "one").unwrap();
        let moved = outside.path().join("sha256");
        std::fs::rename(&blobs, &moved).unwrap();
        symlink(&moved, &blobs).unwrap();
        assert!(whole().unwrap_err().contains("leads out of the folder"));
        std::fs::remove_file(folder.path().join("index.json")).unwrap();
        symlink(&secret, folder.path().join("index.json")).unwrap();
        assert_eq!(whole(), Err("index.json is a link that leads out of the folder, which is not followed".to_owned()));
        symlink("index.json", folder.path().join("loop")).unwrap();
        std::fs::remove_file(folder.path().join("index.json")).unwrap();
        symlink("loop", folder.path().join("index.json")).unwrap();
        assert!(whole().unwrap_err().contains("no index.json"));
    }

    #[test]
    fn what_is_wrong_is_said_in_a_line_whatever_names_are_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tar");
        let mut header = tar::Header::new_gnu();
        header.as_mut_bytes()[..11].copy_from_slice(b"a\n\x1b[31mname");
        header.as_mut_bytes()[148..156].fill(b'x');
        std::fs::write(&path, [header.as_bytes().as_slice(), &[0; 512]].concat()).unwrap();
        let text = open(&path, None).unwrap_err();
        assert!(text.contains("it is no tar") && !text.contains(char::is_control), "{text:?}");
        let digest = format!("sha256:\n\u{1b}{}", "x".repeat(1 << 20));
        layout(folder.path(), &[]);
        let index = json!({"manifests": [{"digest": digest}]});
        std::fs::write(folder.path().join("index.json"), index.to_string()).unwrap();
        let text = open(folder.path(), None).unwrap_err();
        assert!(text.len() < 3000 && !text.contains(char::is_control), "{} {text:.100}", text.len());
    }

    #[cfg(unix)]
    #[test]
    fn what_has_no_end_is_no_image() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in [&pipe, Path::new("/dev/zero")] {
            assert_eq!(open(path, None).err(), Some("it is neither a file nor a folder".to_owned()));
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_said_to_be_one() {
        let folder = tempfile::tempdir().unwrap();
        let (plain, gz) = (folder.path().join("plain"), folder.path().join("gz"));
        let content = (0..1 << 20).map(|at: u32| at.to_le_bytes()[at as usize % 3]).collect::<Vec<_>>();
        std::fs::write(&plain, &content).unwrap();
        let mut encoder = GzEncoder::new(File::create(&gz).unwrap(), Compression::fast());
        encoder.write_all(&content).unwrap();
        encoder.finish().unwrap();
        let piece =
            |path: &Path| Piece { path: path.to_owned(), offset: 0, size: std::fs::metadata(path).unwrap().len() };
        let full = Path::new("/dev/full");
        let errors = [unpack(&piece(&gz), full).err(), layer(&piece(&plain), full).err()];
        assert!(errors.iter().flatten().all(|error| error.kind() == io::ErrorKind::StorageFull), "{errors:?}");
        assert_eq!(errors.iter().flatten().count(), 2);
    }

    #[test]
    fn an_image_is_selected_by_its_name_or_tag() {
        assert!(
            is_named("v1", "v1")
                && is_named("r.example/app:v1", "v1")
                && is_named("docker.io/library/app:v1", "app:v1")
        );
        assert!(!is_named("app:v1", "v"));
    }

    #[test]
    fn layers_of_docker_save_are_compressed_and_checked() {
        let folder = tempfile::tempdir().unwrap();
        let (layer, path) = (vec![7; 100_000], folder.path());
        std::fs::create_dir(path.join("x")).unwrap();
        std::fs::write(path.join("x/layer.tar"), &layer).unwrap();
        std::fs::create_dir(path.join("y")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../x/layer.tar", path.join("y/layer.tar")).unwrap();
        #[cfg(not(unix))]
        std::fs::write(path.join("y/layer.tar"), &layer).unwrap();
        let config = json!({"rootfs": {"diff_ids": [manifest::digest(&layer), manifest::digest(&layer)]}});
        std::fs::write(path.join("c.json"), config.to_string()).unwrap();
        let list = json!([{"Config": "c.json", "RepoTags": ["app:v1"], "Layers": ["x/layer.tar", "y/layer.tar"]}]);
        std::fs::write(path.join("manifest.json"), list.to_string()).unwrap();
        let out = tempfile::tempdir().unwrap();
        let tar = out.path().join("a.tar");
        tarred(path, &tar);
        let (one, two) = (open(&tar, None).unwrap(), open(&tar, Some("v1")).unwrap());
        assert_eq!(one.manifests[0].digest, two.manifests[0].digest, "always the same");
        assert!(one.blobs[1].piece.size < 1000 && one.blobs[1].piece.is_gzip());
        assert_eq!(manifest::digest(&one.blobs[1].piece.small().unwrap()), one.blobs[1].digest);
        std::fs::write(path.join("x/layer.tar"), b"another").unwrap();
        tarred(path, &tar);
        assert!(open(&tar, None).unwrap_err().contains("not what it says"));
    }
}
