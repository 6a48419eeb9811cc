//! Docker's own configuration file: what other programs find credentials in. Entries of others are kept as they are.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::login::Credential;
use crate::error::Error;

/// Where it is, as Docker looks for it.
fn path() -> Option<PathBuf> {
    let folder = match std::env::var_os("DOCKER_CONFIG").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => std::env::home_dir()?.join(".docker"),
    };
    Some(folder.join("config.json"))
}

/// Writes credentials into it, and says in each where it went.
pub(super) async fn write(credentials: &mut Vec<Credential>) -> Result<(), Error> {
    let path = path().ok_or_else(|| refused(Path::new("config.json"), "there is no home folder: set DOCKER_CONFIG"))?;
    let mut taken = std::mem::take(credentials);
    let written = tokio::task::spawn_blocking(move || merge(&path, &mut taken).map(|()| taken)).await;
    *credentials = written.map_err(|error| Error::invalid("write", error.to_string()))??;
    Ok(())
}

/// What another registry's entry in it lets one in with: HTTP's Basic form. Helpers are not asked.
pub(super) fn read(registry: &str) -> Option<String> {
    let whole: Value = serde_json::from_slice(&std::fs::read(path()?).ok()?).ok()?;
    let auths = whole.get("auths")?;
    let names = match registry {
        // As `docker login` without a host writes it.
        "registry-1.docker.io" => vec!["https://index.docker.io/v1/".to_owned(), "docker.io".to_owned()],
        host => vec![host.to_owned(), format!("https://{host}")],
    };
    let auth = names.iter().find_map(|name| auths.get(name)?.get("auth")?.as_str())?;
    (!auth.is_empty()).then(|| auth.to_owned())
}

fn refused(path: &Path, text: impl std::fmt::Display) -> Error {
    Error::invalid(path.display().to_string(), text.to_string())
}

fn merge(path: &Path, credentials: &mut [Credential]) -> Result<(), Error> {
    // Behind a link lies what is to be changed.
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut whole = match std::fs::read(path) {
        Ok(text) if text.iter().all(u8::is_ascii_whitespace) => json!({}),
        Ok(text) => serde_json::from_slice(&text)
            .map_err(|error| refused(path, format!("it is no JSON, and is left as it is: {error}")))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => json!({}),
        Err(error) => return Err(refused(path, error)),
    };
    let Some(members) = whole.as_object_mut() else {
        return Err(refused(path, "it is no JSON object, and is left as it is"));
    };
    for credential in credentials.iter_mut() {
        credential.shadowed = shadow(members, &credential.registry);
        credential.file = Some(path.clone());
        let auths = members.entry("auths").or_insert_with(|| json!({}));
        let Some(auths) = auths.as_object_mut() else {
            return Err(refused(path, "its member auths is no object, and is left as it is"));
        };
        auths.insert(credential.registry.clone(), json!({"auth": credential.basic()}));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
    // Of mode 0600 from its first byte on; whoever reads meanwhile reads the old one whole.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| refused(folder, error))?;
    let text = serde_json::to_string_pretty(&whole).map_err(|error| refused(path, error))?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(|error| refused(path, error))?;
    file.persist(path).map_err(|error| refused(path, error.error))?;
    Ok(())
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
    use super::super::login::tests::credential;
    use super::*;

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
