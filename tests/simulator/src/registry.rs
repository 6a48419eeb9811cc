//! Decides what the registry answers that is at `/v2/`: a small one of the OCI distribution specification, open to everybody
//! who does not give a wrong password. What is pushed to it, ECR's operations know as well.

use std::collections::BTreeMap;

use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::api::ecr::TOKEN;
use crate::repositories::{Repositories, missing};

/// A request as far as it matters here.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    /// What follows `/v2/`.
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) authorization: Option<&'a str>,
    pub(crate) media: &'a str,
    pub(crate) body: &'a Bytes,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

/// What has been pushed.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    pub(crate) repositories: Repositories,
    /// By `repository@digest`, as manifests are.
    blobs: BTreeMap<String, Bytes>,
    manifests: BTreeMap<String, (String, Bytes)>,
    /// The digest of each `repository:tag`.
    tags: BTreeMap<String, String>,
    uploads: BTreeMap<u64, Vec<u8>>,
    begun: u64,
}

impl Registry {
    /// The media type, digest and text of a manifest that was pushed, by `repository:tag` or `repository@digest`.
    pub(crate) fn manifest(&self, reference: &str) -> Option<(String, String, String)> {
        let (name, digest) = match reference.split_once('@') {
            Some((name, digest)) => (name, digest.to_owned()),
            None => (reference.rsplit_once(':')?.0, self.tags.get(reference)?.clone()),
        };
        let (media, bytes) = self.manifests.get(&format!("{name}@{digest}"))?;
        Some((media.clone(), digest, String::from_utf8(bytes.to_vec()).ok()?))
    }

    /// Keeps a blob that nobody pushed.
    pub(crate) fn keep(&mut self, name: &str, digest: &str, content: String) {
        self.blobs.insert(format!("{name}@{digest}"), Bytes::from(content));
    }

    pub(crate) fn answer(&mut self, asked: &Asked<'_>) -> Answer {
        if asked.authorization.is_some_and(|given| given != format!("Basic {TOKEN}")) {
            let mut refused = error(401, "UNAUTHORIZED", "the user or password is wrong");
            refused.headers.push(("www-authenticate", "Basic realm=\"simulator\"".to_owned()));
            return refused;
        }
        let path = asked.path.trim_matches('/');
        if path.is_empty() {
            return answer(200, json!({}).to_string());
        }
        for (middle, is_upload) in
            [("/blobs/uploads", true), ("/blobs/", false), ("/manifests/", false), ("/tags/", false)]
        {
            let Some((name, rest)) = path.rsplit_once(middle) else { continue };
            if let Err(text) = self.reach(asked, name) {
                return error(404, "NAME_UNKNOWN", &text);
            }
            return match (middle, is_upload) {
                (_, true) => self.upload(asked, name, rest.trim_matches('/')),
                ("/blobs/", _) => self.blob(name, rest),
                ("/manifests/", _) if asked.method == Method::PUT => self.put_manifest(asked, name, rest),
                ("/manifests/", _) => self.get_manifest(name, rest),
                _ => self.list(name),
            };
        }
        error(404, "NOT_FOUND", "there is nothing of that path")
    }

    /// Makes sure of the repository: a push may make it, and nothing else.
    fn reach(&mut self, asked: &Asked<'_>, name: &str) -> Result<(), String> {
        match *asked.method == Method::POST || *asked.method == Method::PUT {
            true => self.repositories.pushed_to(name),
            false if self.repositories.has(name) => Ok(()),
            false => Err(missing(name)),
        }
    }

    fn has_blob(&self, name: &str, digest: &str) -> bool {
        self.blobs.contains_key(&format!("{name}@{digest}"))
    }

    fn blob(&self, name: &str, digest: &str) -> Answer {
        match self.blobs.get(&format!("{name}@{digest}")) {
            Some(bytes) => {
                let mut found = answer(200, bytes.clone());
                found.headers.push(("docker-content-digest", digest.to_owned()));
                found
            }
            None => error(404, "BLOB_UNKNOWN", "the blob is not in the registry"),
        }
    }

    fn get_manifest(&self, name: &str, reference: &str) -> Answer {
        let separator = if reference.starts_with("sha256:") { '@' } else { ':' };
        match self.manifest(&format!("{name}{separator}{reference}")) {
            Some((media, digest, text)) => {
                let headers = vec![("content-type", media), ("docker-content-digest", digest)];
                Answer { status: 200, headers, body: Bytes::from(text) }
            }
            None => error(404, "MANIFEST_UNKNOWN", "the manifest is not in the registry"),
        }
    }

    fn put_manifest(&mut self, asked: &Asked<'_>, name: &str, reference: &str) -> Answer {
        let Ok(manifest) = serde_json::from_slice::<Value>(asked.body) else {
            return error(400, "MANIFEST_INVALID", "the manifest is not JSON");
        };
        let list = |member: &str| manifest[member].as_array().cloned().unwrap_or_default();
        let needed = list("layers").into_iter().chain(manifest.get("config").cloned());
        let lacks_blob =
            needed.filter_map(|one| one["digest"].as_str().map(str::to_owned)).find(|one| !self.has_blob(name, one));
        let parts = list("manifests").into_iter().filter_map(|one| one["digest"].as_str().map(str::to_owned));
        let has_part = |part: &String| self.manifests.contains_key(&format!("{name}@{part}"));
        if let Some(missing) = lacks_blob.or_else(|| parts.into_iter().find(|part| !has_part(part))) {
            return error(404, "MANIFEST_BLOB_UNKNOWN", &format!("{missing} is not in the registry"));
        }
        let digest = digest_of(asked.body);
        if reference.starts_with("sha256:") && reference != digest {
            return error(400, "DIGEST_INVALID", "the manifest has another digest");
        }
        let tag = format!("{name}:{reference}");
        if self.tags.get(&tag).is_some_and(|known| *known != digest)
            && let Some(text) = self.repositories.keeps(name, reference)
        {
            return error(400, "TAG_INVALID", &text);
        }
        let media =
            if asked.media.is_empty() { manifest["mediaType"].as_str().unwrap_or_default() } else { asked.media };
        self.manifests.insert(format!("{name}@{digest}"), (media.to_owned(), asked.body.clone()));
        if !reference.starts_with("sha256:") {
            self.tags.insert(tag, digest.clone());
        }
        created(format!("/v2/{name}/manifests/{reference}"), digest)
    }

    fn upload(&mut self, asked: &Asked<'_>, name: &str, id: &str) -> Answer {
        let parameter = |wanted: &str| {
            let pairs = asked.query.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .filter(|(name, _)| *name == wanted)
                .map(|(_, value)| value.replace("%3A", ":").replace("%3a", ":").replace("%2F", "/").replace("%2f", "/"))
                .next()
        };
        if asked.method == Method::POST {
            // ECR takes a blob over where its setting says so. Whatever keeps it from that, it begins an upload.
            let mounted = parameter("mount").zip(parameter("from")).filter(|_| self.repositories.does_mount);
            if let Some((digest, content)) = mounted
                .and_then(|(digest, from)| Some((digest.clone(), self.blobs.get(&format!("{from}@{digest}"))?.clone())))
            {
                self.blobs.insert(format!("{name}@{digest}"), content);
                return created(format!("/v2/{name}/blobs/{digest}"), digest);
            }
            self.begun += 1;
            self.uploads.insert(self.begun, Vec::new());
            return match parameter("digest") {
                Some(digest) => self.finish(name, self.begun, asked.body, &digest),
                None => self.progress(name, self.begun, 202),
            };
        }
        let Some(id) = id.parse::<u64>().ok().filter(|id| self.uploads.contains_key(id)) else {
            return error(404, "BLOB_UPLOAD_UNKNOWN", "there is no such upload");
        };
        match (asked.method.as_str(), parameter("digest")) {
            ("PATCH", _) => {
                self.uploads.entry(id).or_default().extend_from_slice(asked.body);
                self.progress(name, id, 202)
            }
            ("PUT", Some(digest)) => self.finish(name, id, asked.body, &digest),
            ("GET", _) => self.progress(name, id, 204),
            ("DELETE", _) => {
                self.uploads.remove(&id);
                answer(204, "")
            }
            _ => error(
                400,
                "UNSUPPORTED",
                "an upload is begun by POST, goes on by PATCH and ends by PUT with its digest",
            ),
        }
    }

    fn progress(&self, name: &str, id: u64, status: u16) -> Answer {
        let sent = self.uploads.get(&id).map_or(0, Vec::len);
        let mut going = answer(status, "");
        going.headers.push(("location", format!("/v2/{name}/blobs/uploads/{id}")));
        going.headers.push(("range", format!("0-{}", sent.saturating_sub(1))));
        going
    }

    fn finish(&mut self, name: &str, id: u64, last: &[u8], digest: &str) -> Answer {
        let mut bytes = self.uploads.remove(&id).unwrap_or_default();
        bytes.extend_from_slice(last);
        if digest_of(&bytes) != digest {
            return error(400, "DIGEST_INVALID", "what was sent has another digest");
        }
        self.blobs.insert(format!("{name}@{digest}"), Bytes::from(bytes));
        created(format!("/v2/{name}/blobs/{digest}"), digest.to_owned())
    }

    fn list(&self, name: &str) -> Answer {
        let tags = self.tags.keys().filter_map(|known| known.strip_prefix(&format!("{name}:")));
        answer(200, json!({"name": name, "tags": tags.collect::<Vec<_>>()}).to_string())
    }
}

fn digest_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

fn answer(status: u16, body: impl Into<Bytes>) -> Answer {
    Answer { status, headers: Vec::new(), body: body.into() }
}

fn created(location: String, digest: String) -> Answer {
    Answer { status: 201, headers: vec![("location", location), ("docker-content-digest", digest)], body: Bytes::new() }
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({"errors": [{"code": code, "message": message}]}).to_string();
    Answer { status, headers: vec![("content-type", "application/json".to_owned())], body: Bytes::from(body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(registry: &mut Registry, method: Method, path: &str, query: &str, body: &str) -> Answer {
        let body = Bytes::from(body.to_owned());
        registry.answer(&Asked { method: &method, path, query, authorization: None, media: "", body: &body })
    }

    #[test]
    fn what_is_pushed_can_be_pulled() {
        let mut registry = Registry::default();
        let config = digest_of(b"config");
        let manifest = json!({"mediaType": "m", "config": {"digest": config}, "layers": []}).to_string();
        let lacking = ask(&mut registry, Method::PUT, "team/app/manifests/v1", "", &manifest);
        assert_eq!(lacking.status, 404);
        let begun = ask(&mut registry, Method::POST, "team/app/blobs/uploads/", "", "");
        assert_eq!((begun.status, begun.headers[0].1.as_str()), (202, "/v2/team/app/blobs/uploads/1"));
        assert_eq!(ask(&mut registry, Method::PATCH, "team/app/blobs/uploads/1", "", "con").headers[1].1, "0-2");
        let wrong = ask(&mut registry, Method::POST, "team/app/blobs/uploads/", &format!("digest={config}"), "other");
        assert_eq!(wrong.status, 400);
        let query = format!("digest={}", config.replace(':', "%3A"));
        assert_eq!(ask(&mut registry, Method::PUT, "team/app/blobs/uploads/1", &query, "fig").status, 201);
        assert_eq!(ask(&mut registry, Method::GET, &format!("team/app/blobs/{config}"), "", "").body, "config");
        assert_eq!(ask(&mut registry, Method::PUT, "team/app/manifests/v1", "", &manifest).status, 201);
        let pulled = ask(&mut registry, Method::GET, "team/app/manifests/v1", "", "");
        assert_eq!((pulled.status, pulled.body), (200, Bytes::from(manifest.clone())));
        let digest = digest_of(manifest.as_bytes());
        assert_eq!(registry.manifest("team/app:v1").unwrap().1, digest);
        assert_eq!(ask(&mut registry, Method::GET, &format!("team/app/manifests/{digest}"), "", "").status, 200);
        assert_eq!(
            ask(&mut registry, Method::GET, "team/app/tags/list", "", "").body,
            r#"{"name":"team/app","tags":["v1"]}"#
        );
        assert_eq!(ask(&mut registry, Method::GET, "team/app/manifests/v2", "", "").status, 404);
        let mount = |registry: &mut Registry, from: &str| {
            ask(registry, Method::POST, "other/blobs/uploads/", &format!("mount={config}&from={from}"), "").status
        };
        assert_eq!(mount(&mut registry, "team/app"), 202, "ECR's setting is off");
        registry.repositories.does_mount = true;
        assert_eq!(mount(&mut registry, "another"), 202, "it is not there");
        assert_eq!(mount(&mut registry, "team%2Fapp"), 201);
    }

    #[test]
    fn a_repository_is_there_or_made_by_a_push() {
        let mut registry = Registry::default();
        registry.repositories.is_strict = true;
        let begin = |registry: &mut Registry| ask(registry, Method::POST, "team/app/blobs/uploads/", "", "").status;
        assert_eq!(begin(&mut registry), 404);
        let template = json!({"appliedFor": ["CREATE_ON_PUSH"], "imageTagMutability": "IMMUTABLE"});
        registry.repositories.keep_template("team", template.as_object().cloned().unwrap());
        assert_eq!(ask(&mut registry, Method::GET, "team/app/tags/list", "", "").status, 404, "no push");
        assert_eq!(begin(&mut registry), 202);
        assert_eq!(ask(&mut registry, Method::GET, "team/app/tags/list", "", "").status, 200);
        let put = |registry: &mut Registry, media: &str| {
            let manifest = json!({"mediaType": media, "layers": []}).to_string();
            ask(registry, Method::PUT, "team/app/manifests/v1", "", &manifest)
        };
        assert_eq!((put(&mut registry, "a").status, put(&mut registry, "a").status), (201, 201));
        let kept = put(&mut registry, "b");
        assert!(kept.status == 400 && String::from_utf8_lossy(&kept.body).contains("the tag is immutable"), "{kept:?}");
    }

    #[test]
    fn a_wrong_password_is_refused() {
        let body = Bytes::new();
        for (authorization, status) in
            [(None, 200), (Some(format!("Basic {TOKEN}")), 200), (Some("Basic eDp5".to_owned()), 401)]
        {
            let authorization = authorization.as_deref();
            let asked = Asked { method: &Method::GET, path: "", query: "", authorization, media: "", body: &body };
            assert_eq!(Registry::default().answer(&asked).status, status);
        }
    }
}
