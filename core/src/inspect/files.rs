//! Writes documents into a folder, and never over a file that nobody has asked to replace.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::Error;

/// Refuses a folder that has one of these files already, unless they may be replaced.
pub(crate) fn check(folder: &str, names: &[&str], overwrite: bool) -> Result<(), Error> {
    if folder.trim().is_empty() {
        return Err(Error::invalid("folder", "empty: give the path of a folder"));
    }
    let folder = Path::new(folder);
    if folder.exists() && !folder.is_dir() {
        return Err(Error::invalid("folder", "it is no folder"));
    }
    match names.iter().find(|name| folder.join(name).symlink_metadata().is_ok()) {
        Some(name) if !overwrite => Err(occupied(name)),
        _ => Ok(()),
    }
}

fn occupied(name: &str) -> Error {
    Error::invalid("folder", format!("{name} is there already: give `overwrite`, or another folder"))
}

/// Writes documents as JSON into a folder, which is made if it is not there. Returns the paths.
pub(crate) fn write(folder: &str, documents: &[(&str, &Value)], overwrite: bool) -> Result<Vec<String>, Error> {
    let folder = Path::new(folder);
    let failed = |error: &io::Error| Error::invalid("folder", format!("it cannot be written to: {error}"));
    std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    let mut paths = Vec::new();
    for (name, document) in documents {
        let text = format!("{document:#}\n");
        let path = folder.join(name);
        let written = match overwrite {
            true => replace(&path, text.as_bytes()),
            false => create(&path, text.as_bytes()),
        };
        match written {
            Ok(()) => paths.push(path.to_string_lossy().into_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(occupied(name)),
            Err(error) => return Err(failed(&error)),
        }
    }
    Ok(paths)
}

fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Replaces a file as a whole: nobody ever reads half of it.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{:08x}", fastrand::u32(..)));
    let beside = PathBuf::from(beside);
    create(&beside, bytes)?;
    std::fs::rename(&beside, path).inspect_err(|_| drop(std::fs::remove_file(&beside)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_is_replaced_only_if_that_is_asked_for() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("new/folder");
        let folder = folder.to_str().unwrap();
        let (one, other) = (json!({"a": 1}), json!({"a": 2}));
        check(folder, &["a.json"], false).unwrap();
        let paths = write(folder, &[("a.json", &one)], false).unwrap();
        assert_eq!(std::fs::read_to_string(&paths[0]).unwrap(), "{\n  \"a\": 1\n}\n");
        let refused = "folder: a.json is there already: give `overwrite`, or another folder";
        for error in [
            check(folder, &["b.json", "a.json"], false).unwrap_err(),
            write(folder, &[("a.json", &other)], false).unwrap_err(),
        ] {
            assert!(error.to_string().contains(refused), "{error}");
        }
        check(folder, &["a.json"], true).unwrap();
        write(folder, &[("a.json", &other)], true).unwrap();
        assert_eq!(std::fs::read_to_string(&paths[0]).unwrap(), "{\n  \"a\": 2\n}\n");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
        for (folder, text) in [("", "empty"), (paths[0].as_str(), "it is no folder")] {
            assert!(check(folder, &[], false).unwrap_err().to_string().contains(text));
        }
    }
}
