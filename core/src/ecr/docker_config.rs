//! Docker's own configuration file, where other programs find credentials. Other entries are kept as they are.
//!
//! It is read, changed and replaced under a lock, so that any number of processes and threads may do so at once. The lock is on the
//! folder, where the platform has such a thing: no file of ours stays in it. The new text has no name until it is whole, where the
//! platform has such files (Linux); otherwise, and for the moment between its naming and the renaming, it stands under one fixed
//! name with mode 0600, and one that a killed process left there is removed by whoever writes next.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::definition;
use crate::error::Error;
use crate::file;
use crate::image::credential::Credential;
use crate::interrupt::Writing;

/// How long another's lock is waited for. It is held for some milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(5);
/// As many links as Linux follows.
const LINKS: usize = 40;
/// What the new text is called until it takes the place of the old one. Only who has the lock makes it.
const NEW: &str = ".config.json.ecs-rollout";
/// The file that is locked where a folder cannot be.
const LOCK: &str = ".config.json.ecs-rollout.lock";

/// Where it is, as Docker looks for it.
fn path() -> Option<PathBuf> {
    let folder = match std::env::var_os("DOCKER_CONFIG").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => std::env::home_dir()?.join(".docker"),
    };
    Some(folder.join("config.json"))
}

/// Writes credentials into it, and says in each where it went.
pub(crate) async fn write(credentials: &mut Vec<Credential>) -> Result<(), Error> {
    let path = path().ok_or_else(|| refused(Path::new("config.json"), "there is no home folder: set DOCKER_CONFIG"))?;
    let mut taken = std::mem::take(credentials);
    let _writing = Writing::begin().await;
    let written = tokio::task::spawn_blocking(move || merge(&path, &mut taken).map(|()| taken)).await;
    *credentials = written.map_err(|error| Error::invalid("write", error.to_string()))??;
    Ok(())
}

/// The credentials of another registry in it, in HTTP's Basic form. Credential helpers are not asked: the crate docker_credential
/// waits for them without end, and puts what they print, which may be the secret, into its errors.
pub(crate) fn read(registry: &str) -> Option<String> {
    let whole: Value = serde_json::from_slice(&file::read_plain(&path()?).ok()?).ok()?;
    let auths = whole.get("auths")?;
    let names = match registry {
        // As `docker login` without a host writes it.
        "registry-1.docker.io" => vec!["https://index.docker.io/v1/".to_owned(), "docker.io".to_owned()],
        host => vec![host.to_owned(), format!("https://{host}")],
    };
    let auth = names.iter().find_map(|name| auths.get(name)?.get("auth")?.as_str())?;
    (!auth.is_empty()).then(|| auth.to_owned())
}

/// The error for a file whose content is not understood.
fn left(path: &Path, text: impl std::fmt::Display) -> Error {
    refused(path, format!("it cannot be read, and is left as it is: {text}"))
}

fn refused(path: &Path, text: impl std::fmt::Display) -> Error {
    Error::invalid(path.display().to_string(), text.to_string())
}

fn merge(path: &Path, credentials: &mut [Credential]) -> Result<(), Error> {
    let path = behind_links(path).map_err(|error| refused(path, error))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_folder(folder).map_err(|error| refused(folder, error))?;
    let _lock = Lock::on(folder).map_err(|error| refused(folder, error))?;
    let mut whole = match file::read_plain(&path) {
        Ok(text) if text.iter().all(u8::is_ascii_whitespace) => json!({}),
        Ok(text) => {
            let text = std::str::from_utf8(&text).map_err(|error| left(&path, error))?;
            definition::json::parse("config.json", text).map_err(|error| left(&path, error))?
        }
        Err(error) if error.kind() == ErrorKind::NotFound => json!({}),
        Err(error) => return Err(refused(&path, error)),
    };
    enter(&mut whole, &path, credentials)?;
    let text = serde_json::to_string_pretty(&whole).map_err(|error| refused(&path, error))?;
    replace(&path, text.as_bytes()).map_err(|error| refused(&path, error))
}

/// Puts the credentials among the file's own members.
fn enter(whole: &mut Value, path: &Path, credentials: &mut [Credential]) -> Result<(), Error> {
    let Some(members) = whole.as_object_mut() else {
        return Err(refused(path, "it is no JSON object, and is left as it is"));
    };
    for credential in credentials {
        credential.shadowed = shadow(members, &credential.registry);
        credential.file = Some(path.to_owned());
        let auths = members.entry("auths").or_insert_with(|| json!({}));
        let Some(auths) = auths.as_object_mut() else {
            return Err(refused(path, "its member auths is no object, and is left as it is"));
        };
        auths.insert(credential.registry.clone(), json!({"auth": credential.basic()}));
    }
    Ok(())
}

/// The file that is meant, be it there or not: Docker writes to where a link points, also where nothing is there yet.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match std::fs::read_link(&path) {
            // One that is not absolute begins at the folder of its link.
            Ok(target) => path = path.parent().unwrap_or(Path::new(".")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many links"))
}

/// As Docker makes it: for its owner alone. One that is there stays as it is.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Excludes all others that write there, those in this process too, until it is dropped or the process ends.
struct Lock(File);

impl Lock {
    fn on(folder: &Path) -> io::Result<Self> {
        match File::open(folder).and_then(Self::wait) {
            Err(error) if error.kind() != ErrorKind::TimedOut => {
                // Windows opens no folder as a file, and NFS locks for a writer alone.
                OpenOptions::new().create(true).append(true).open(folder.join(LOCK)).and_then(Self::wait)
            }
            locked => locked,
        }
    }

    fn wait(file: File) -> io::Result<Self> {
        let since = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if since.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    let text = format!("another process has kept it locked for {} s", PATIENCE.as_secs());
                    return Err(io::Error::new(ErrorKind::TimedOut, text));
                }
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing would not do where a process was forked meanwhile, which has the file open too.
        let _ = self.0.unlock();
    }
}

/// Puts the text in the file's place: whoever reads meanwhile reads the old one whole. Owner, group and mode stay.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let new = path.with_file_name(NEW);
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = write_new(&new, path, text).and_then(|()| std::fs::rename(&new, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    written
}

/// Writes the text to the file `new`, which is not there yet, with owner and mode of that in `place`.
fn write_new(new: &Path, place: &Path, text: &[u8]) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if let Some(file) = nameless(new) {
        fill(&file, place, text)?;
        // Where /proc is not there it gets no name.
        if name(&file, new).is_ok() {
            return Ok(());
        }
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    fill(&options.open(new)?, place, text)
}

#[cfg_attr(not(unix), allow(unused_variables, reason = "only Unix has owners and modes"))]
fn fill(mut file: &File, place: &Path, text: &[u8]) -> io::Result<()> {
    #[cfg(unix)]
    if let Ok(old) = std::fs::metadata(place) {
        take_after(file, &old)?;
    }
    file.write_all(text)?;
    file.sync_all()
}

/// Owner and group as before, as far as that is allowed: `sudo` must not take the file from its owner. The mode too, unless everybody
/// may read it.
#[cfg(unix)]
fn take_after(file: &File, old: &std::fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let mode = old.mode() & 0o777;
    let is_owned = fchown(file, Some(old.uid()), Some(old.gid())).is_ok();
    if is_owned && mode & 0o007 == 0 {
        file.set_permissions(PermissionsExt::from_mode(mode))?;
    }
    Ok(())
}

/// A file of mode 0600 without a name beside `path`: it goes with the process. Not every file system has such.
#[cfg(target_os = "linux")]
fn nameless(path: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    open(path.parent()?, flags, Mode::RUSR | Mode::WUSR).map(File::from).ok()
}

#[cfg(target_os = "linux")]
fn name(file: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    use std::os::fd::AsRawFd;
    let own = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, own, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

/// Docker asks a helper first, whatever else is written.
fn shadow(members: &Map<String, Value>, registry: &str) -> Option<String> {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let helper = members.get("credHelpers").and_then(|helpers| helpers.get(registry)).and_then(text);
    let (member, helper) = match helper {
        Some(helper) => ("credHelpers", helper),
        None => ("credsStore", members.get("credsStore").and_then(text)?),
    };
    Some(format!("{member} names docker-credential-{helper}, which is asked instead"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::credential::tests::credential;

    fn merged(before: Option<&str>) -> (Result<Vec<Credential>, Error>, String, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("config.json");
        if let Some(before) = before {
            std::fs::create_dir(path.parent().unwrap()).unwrap();
            std::fs::write(&path, before).unwrap();
        }
        let mut credentials = vec![credential("r.example")];
        let result = merge(&path, &mut credentials).map(|()| credentials);
        (result, std::fs::read_to_string(&path).unwrap_or_default(), folder)
    }

    #[test]
    fn other_entries_are_kept() {
        let auth = credential("r").basic().to_owned();
        for (before, shadowed) in [
            (None, false),
            (Some(""), false),
            (Some(r#"{"z": 1.50, "auths": {"other": {"auth": "x"}, "r.example": {"auth": "old"}}}"#), false),
            (Some(r#"{"credHelpers": {"r.example": "ecr-login", "a": "b"}}"#), true),
            (Some(r#"{"credsStore": "desktop"}"#), true),
            (Some(r#"{"credsStore": ""}"#), false),
        ] {
            let (result, after, _folder) = merged(before);
            let mut expected: Value =
                serde_json::from_str(before.filter(|text| !text.is_empty()).unwrap_or("{}")).unwrap();
            expected["auths"]["r.example"] = json!({"auth": auth});
            assert_eq!(serde_json::from_str::<Value>(&after).unwrap().to_string(), expected.to_string());
            assert_eq!(result.unwrap()[0].shadowed.is_some(), shadowed, "{before:?}");
        }
    }

    #[test]
    fn one_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::create_dir(&path).unwrap();
        let error = merge(&path, &mut [credential("r.example")]).unwrap_err();
        assert!(
            matches!(&error, Error::Invalid { path: Some(found), .. } if found.ends_with("config.json")),
            "{error}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_its_owner_alone_and_a_link_stays_a_link() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.json"), folder.path().join("config.json"));
        std::fs::write(&real, "{}").unwrap();
        std::fs::set_permissions(&real, PermissionsExt::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        merge(&link, &mut [credential("r.example")]).unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    }

    /// How many entries of its own the file has.
    fn entries(path: &Path) -> usize {
        let whole: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        whole["auths"].as_object().unwrap().len()
    }

    fn names_in(folder: &Path) -> Vec<String> {
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn threads_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::thread::scope(|scope| {
            for number in 0..20 {
                let path = &path;
                scope.spawn(move || merge(path, &mut [credential(&format!("r{number}.example"))]).unwrap());
            }
        });
        assert_eq!(entries(&path), 20);
        assert_eq!(names_in(folder.path()), ["config.json"]);
    }

    /// Where, and under which names, a process of its own writes: from the one that started it.
    const FOR_ANOTHER: &str = "ECS_ROLLOUT_TEST_DOCKER_CONFIG";

    /// This program again, to write for ever (`*`) or one entry of that name.
    fn another(path: &Path, name: &str) -> std::process::Child {
        std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "ecr::docker_config::tests::writes_for_another", "--ignored"])
            .env(FOR_ANOTHER, format!("{name}:{}", path.display()))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    }

    #[test]
    #[ignore = "it is started as a process by other tests"]
    fn writes_for_another() {
        let Ok(told) = std::env::var(FOR_ANOTHER) else { return };
        let (name, path) = told.split_once(':').unwrap();
        if name != "*" {
            return merge(Path::new(path), &mut [credential(name)]).unwrap();
        }
        for number in 0.. {
            merge(Path::new(path), &mut [credential(&format!("r{}", number % 50))]).unwrap();
        }
    }

    #[test]
    fn processes_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("config.json");
        let all: Vec<_> = (0..20).map(|number| another(&path, &format!("r{number}.example"))).collect();
        for mut process in all {
            assert!(process.wait().unwrap().success());
        }
        assert_eq!(entries(&path), 20);
        assert_eq!(names_in(path.parent().unwrap()), ["config.json"]);
    }

    #[test]
    fn a_killed_process_leaves_nothing_for_long() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        for _ in 0..10 {
            let _ = std::fs::remove_file(&path);
            let mut process = another(&path, "*");
            while !path.exists() {
                std::thread::yield_now();
            }
            process.kill().unwrap();
            process.wait().unwrap();
            merge(&path, &mut [credential("r.example")]).unwrap();
            assert_eq!(names_in(folder.path()), ["config.json"]);
        }
        // Where it was killed between naming and renaming.
        std::fs::write(folder.path().join(NEW), "{\"auths\": {}}").unwrap();
        merge(&path, &mut [credential("r.example")]).unwrap();
        assert_eq!(names_in(folder.path()), ["config.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn folder_owner_and_mode_stay() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("new");
        merge(&new.join("config.json"), &mut [credential("r.example")]).unwrap();
        assert_eq!(std::fs::metadata(&new).unwrap().mode() & 0o777, 0o700, "as Docker makes it");

        let path = folder.path().join("config.json");
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o750)).unwrap();
        std::fs::write(&path, "{}").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        // Only root may give files away.
        let is_given = std::os::unix::fs::chown(&path, Some(12_345), Some(54_321)).is_ok();
        merge(&path, &mut [credential("r.example")]).unwrap();
        let about = std::fs::metadata(&path).unwrap();
        assert_eq!(about.mode() & 0o777, 0o640);
        assert!(!is_given || (about.uid(), about.gid()) == (12_345, 54_321));
        assert_eq!(std::fs::metadata(folder.path()).unwrap().mode() & 0o777, 0o750);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nothing_is_followed_too() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real/real.json"), folder.path().join("config.json"));
        std::os::unix::fs::symlink("real/real.json", &link).unwrap();
        merge(&link, &mut [credential("r.example")]).unwrap();
        assert!(link.is_symlink() && entries(&real) == 1);

        let ring = folder.path().join("ring");
        std::os::unix::fs::symlink(&ring, &ring).unwrap();
        assert!(merge(&ring, &mut [credential("r.example")]).unwrap_err().to_string().contains("too many links"));
    }

    #[test]
    fn what_cannot_be_understood_is_left_as_it_is() {
        for before in ["{", "[]", "\"x\"", r#"{"auths": []}"#] {
            let (result, after, _folder) = merged(Some(before));
            let error = result.unwrap_err().to_string();
            assert!(error.contains("left as it is") && error.contains("config.json"), "{error}");
            assert_eq!(after, before);
        }
    }
}
