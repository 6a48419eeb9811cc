use super::*;

/// A layout with one image of the given layers.
pub(crate) fn layout(folder: &Path, layers: &[Vec<u8>]) -> String {
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
    std::fs::write(folder.join("index.json"), json!({"schemaVersion": 2, "manifests": [index]}).to_string()).unwrap();
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
    assert!(open(folder.path(), None).unwrap_err().contains("has another digest"));
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
        |path: &Path| FileSlice { path: path.to_owned(), offset: 0, size: std::fs::metadata(path).unwrap().len() };
    let full = Path::new("/dev/full");
    let errors = [unpack(&piece(&gz), full).err(), layer(&piece(&plain), full).err()];
    assert!(errors.iter().flatten().all(|error| error.kind() == io::ErrorKind::StorageFull), "{errors:?}");
    assert_eq!(errors.iter().flatten().count(), 2);
}

#[test]
fn an_image_is_selected_by_its_name_or_tag() {
    assert!(
        is_named("v1", "v1") && is_named("r.example/app:v1", "v1") && is_named("docker.io/library/app:v1", "app:v1")
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
    assert!(open(&tar, None).unwrap_err().contains("has another digest"));
}
