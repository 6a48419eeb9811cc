//! Which program builds an image, and how each is told to (pure but for the look along PATH).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::build::Build;
use crate::error::Error;

/// A program that builds images.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Builder {
    pub(crate) kind: Kind,
    pub(crate) program: PathBuf,
}

/// How a builder is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `docker buildx`: writes a layout itself.
    Docker,
    /// `podman` and `buildah`: keep the image in a store of their own, and copy it out.
    Buildah,
}

/// Where a build's files lie.
pub(crate) struct Places<'a> {
    /// The layout.
    pub(crate) layout: &'a Path,
    /// A name that no other image has.
    pub(crate) name: &'a str,
}

const NAMES: [(&str, Kind); 3] = [("docker", Kind::Docker), ("podman", Kind::Buildah), ("buildah", Kind::Buildah)];

impl Builder {
    /// The one of that name or path.
    pub(crate) fn named(name: &str) -> Result<Self, Error> {
        let path = Path::new(name);
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let Some((_, kind)) = NAMES.into_iter().find(|(known, _)| *known == stem) else {
            return Err(Error::invalid("builder", format!("{name:?} is none of docker, podman and buildah")));
        };
        let program = if path.components().count() > 1 { path.is_file().then(|| path.to_owned()) } else { find(name) };
        let program = program.ok_or_else(|| Error::invalid("builder", format!("there is no program {name:?}")))?;
        Ok(Self { kind, program })
    }

    /// All that are installed, in the order they are tried in.
    pub(crate) fn installed() -> impl Iterator<Item = Self> {
        NAMES.into_iter().filter_map(|(name, kind)| Some(Self { kind, program: find(name)? }))
    }

    /// As a person calls it.
    pub(crate) fn name(&self) -> String {
        let name = self.program.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if self.kind == Kind::Docker { format!("{name} buildx") } else { name }
    }

    /// What is run, one after the other.
    pub(crate) fn commands(&self, build: &Build, places: &Places<'_>) -> Vec<Vec<OsString>> {
        match self.kind {
            Kind::Docker => {
                let mut output = OsString::from("type=oci,tar=false,dest=");
                output.push(places.layout);
                vec![arguments(&["buildx", "build", "--progress", "plain", "--output"], build, vec![output])]
            }
            Kind::Buildah => {
                let mut to = OsString::from("oci:");
                to.push(places.layout);
                let name = OsString::from(places.name);
                let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
                // Several platforms are a list, which has to have a name.
                let (kind, push) = if build.platforms.len() > 1 {
                    ("--manifest", words(&["manifest", "push", "--all"]))
                } else {
                    ("--tag", words(&["push"]))
                };
                vec![
                    arguments(&["build", kind], build, vec![name.clone()]),
                    push.into_iter().chain([name, to]).collect(),
                ]
            }
        }
    }

    /// What takes the name away again that the image had meanwhile.
    pub(crate) fn tidy(&self, build: &Build, places: &Places<'_>) -> Option<Vec<OsString>> {
        // buildah has no `untag`, and keeps no layers for the next build.
        let is_buildah = self.program.file_stem().is_some_and(|stem| stem == "buildah");
        let words: &[&str] = match (build.platforms.len() > 1, is_buildah) {
            (true, _) => &["manifest", "rm", places.name],
            (false, true) => &["rmi", places.name],
            (false, false) => &["untag", places.name],
        };
        (self.kind == Kind::Buildah).then(|| words.iter().map(OsString::from).collect())
    }
}

/// `first`, what belongs to its last word, and what is asked for. Each builder spells that the same.
fn arguments(first: &[&str], build: &Build, rest: Vec<OsString>) -> Vec<OsString> {
    let mut words: Vec<OsString> = first.iter().map(OsString::from).collect();
    words.extend(rest);
    let mut option = |name: &str, value: OsString| words.extend([OsString::from(name), value]);
    if let Some(file) = &build.file {
        option("--file", file.into());
    }
    if !build.platforms.is_empty() {
        option("--platform", build.platforms.join(",").into());
    }
    if let Some(target) = &build.target {
        option("--target", target.into());
    }
    for (name, value) in &build.args {
        option("--build-arg", format!("{name}={value}").into());
    }
    for (id, file) in &build.secrets {
        let mut secret = OsString::from(format!("id={id},src="));
        secret.push(file);
        option("--secret", secret);
    }
    words.extend(build.options.iter().map(OsString::from));
    words.push(build.context.clone().into());
    words
}

/// Whether the builder that `docker buildx inspect` tells of can write a layout whatever images are kept in. Docker's own, the
/// driver `docker`, cannot: https://docs.docker.com/build/exporters/oci-docker/.
pub(crate) fn exports(inspected: &str) -> bool {
    let driver = inspected.lines().find_map(|line| line.strip_prefix("Driver:"));
    driver.is_some_and(|driver| driver.trim() != "docker")
}

/// Whether Docker keeps its images in containerd, by the `DriverStatus` of `docker info`: then its own builder can, too
/// (https://docs.docker.com/engine/storage/containerd/).
pub(crate) fn is_containerd(status: &str) -> bool {
    status.contains("io.containerd.snapshotter")
}

/// A program on PATH.
fn find(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(platforms: &[&str]) -> Build {
        Build {
            file: Some("app/Containerfile".into()),
            platforms: platforms.iter().map(|platform| (*platform).to_owned()).collect(),
            args: [("A".to_owned(), "b c; rm -rf $HOME".to_owned())].into_iter().collect(),
            secrets: [("npm".to_owned(), PathBuf::from("a b/.npmrc"))].into_iter().collect(),
            target: Some("prod".to_owned()),
            options: vec!["--no-cache".to_owned()],
            ..Build::new("app")
        }
    }

    fn shown(commands: Vec<Vec<OsString>>) -> Vec<Vec<String>> {
        let words = |words: Vec<OsString>| words.into_iter().map(|word| word.into_string().unwrap()).collect();
        commands.into_iter().map(words).collect()
    }

    #[test]
    fn each_builder_is_told_the_same_in_its_own_way() {
        const ASKED: [&str; 6] = ["--file", "app/Containerfile", "--platform", "PLATFORMS", "--target", "prod"];
        const REST: [&str; 6] =
            ["--build-arg", "A=b c; rm -rf $HOME", "--secret", "id=npm,src=a b/.npmrc", "--no-cache", "app"];
        let places = Places { layout: Path::new("/tmp/layout"), name: "localhost/it" };
        let docker = ["buildx", "build", "--progress", "plain", "--output", "type=oci,tar=false,dest=/tmp/layout"];
        let one = ["build", "--tag", "localhost/it"];
        let many = ["build", "--manifest", "localhost/it"];
        let copy = ["push", "localhost/it", "oci:/tmp/layout"];
        let copies = ["manifest", "push", "--all", "localhost/it", "oci:/tmp/layout"];
        for (name, platforms, first, then, tidy) in [
            ("docker", &["linux/arm64"] as &[_], &docker as &[_], &[] as &[_], None),
            ("docker", &["linux/amd64", "linux/arm64"], &docker, &[], None),
            ("podman", &["linux/arm64"], &one, &copy, Some("untag localhost/it")),
            ("buildah", &["linux/arm64"], &one, &copy, Some("rmi localhost/it")),
            ("podman", &["linux/amd64", "linux/arm64"], &many, &copies, Some("manifest rm localhost/it")),
            ("buildah", &["linux/amd64", "linux/arm64"], &many, &copies, Some("manifest rm localhost/it")),
        ] {
            let kind = NAMES.iter().find(|(known, _)| *known == name).unwrap().1;
            let builder = Builder { kind, program: name.into() };
            let joined = platforms.join(",");
            let asked = ASKED.iter().map(|word| if *word == "PLATFORMS" { joined.as_str() } else { word });
            let whole: Vec<&str> = first.iter().copied().chain(asked).chain(REST).collect();
            let mut expected = vec![whole];
            expected.extend((!then.is_empty()).then(|| then.to_vec()));
            assert_eq!(shown(builder.commands(&build(platforms), &places)), expected, "{name}");
            let found = builder.tidy(&build(platforms), &places).map(|words| shown(vec![words])[0].join(" "));
            assert_eq!(found.as_deref(), tidy, "{name}");
        }
    }

    #[test]
    fn a_builder_is_known_by_its_name() {
        for (name, expected) in
            [("make", "none of docker, podman and buildah"), ("/nowhere/podman", "no program"), ("", "none of")]
        {
            let error = Builder::named(name).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
