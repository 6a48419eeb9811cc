//! The docs of the crate's methods and members, read from its sources: what is printed for other languages is written once, in Rust.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::schema::ErrorCode;

/// A doc, without what is Rust's alone.
pub(crate) struct Doc {
    /// In their order; the first sentence is what it does.
    paragraphs: Vec<String>,
    /// The section `Errors`.
    errors: Option<String>,
}

/// How a language writes what a doc names.
pub(crate) struct Spelling<'a> {
    /// An error by its code.
    pub(crate) error: &'a dyn Fn(&str) -> String,
    /// A method.
    pub(crate) method: &'a dyn Fn(&str) -> String,
    /// What stands for Rust's `None`.
    pub(crate) none: &'a str,
    /// What stands for JSON's `null`.
    pub(crate) null: &'a str,
}

static SOURCES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = [root.join("core/src"), root.join("tests/simulator/src")].into_iter().flat_map(|path| sources(&path));
    files.map(|file| fs::read_to_string(file).unwrap()).collect()
});

/// The texts of the core's sources.
pub(crate) fn sources_of_core() -> impl Iterator<Item = String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src");
    sources(&folder).into_iter().map(|file| fs::read_to_string(file).unwrap())
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    all.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

impl Doc {
    /// The doc of a method or member of a type.
    pub(crate) fn of(kind: &str, name: &str) -> Self {
        let heads = [
            format!("impl {kind} {{"),
            format!("pub struct {kind} {{"),
            format!("impl<E: Send + 'static, O: Clone + Send + 'static> {kind}<E, O> {{"),
        ];
        let starts = ["pub fn NAME(", "pub async fn NAME(", "pub fn NAME<", "pub NAME:"]
            .map(|start| start.replace("NAME", name));
        Self::find(&format!("{kind}::{name}"), |inside, line| {
            heads.iter().any(|head| head == inside)
                && starts.iter().any(|start| line.trim_start().starts_with(start.as_str()))
        })
    }

    /// The doc of a struct.
    pub(crate) fn of_struct(kind: &str) -> Self {
        let starts = [format!("pub struct {kind} {{"), format!("pub struct {kind}("), format!("pub struct {kind}<")];
        Self::find(kind, |_, line| starts.iter().any(|start| line.starts_with(start.as_str())))
    }

    /// The doc of a function of the crate.
    pub(crate) fn of_function(name: &str) -> Self {
        let start = format!("pub fn {name}(");
        Self::find(name, |_, line| line.starts_with(&start))
    }

    /// A doc that stands in the printer.
    pub(crate) fn text(text: &str) -> Self {
        Self { paragraphs: text.split("\n\n").map(str::to_owned).collect(), errors: None }
    }

    fn find(what: &str, is_it: impl Fn(&str, &str) -> bool) -> Self {
        for source in SOURCES.iter() {
            let (mut inside, mut doc) = ("", Vec::new());
            for line in source.lines() {
                if is_it(inside, line) && !doc.is_empty() {
                    return Self::parse(&doc);
                }
                match line.trim_start().strip_prefix("///") {
                    Some(text) => doc.push(text.strip_prefix(' ').unwrap_or(text)),
                    None if line.trim_start().starts_with("#[") => {}
                    None => doc.clear(),
                }
                if line.ends_with('{') && !line.starts_with(' ') {
                    inside = line;
                }
            }
        }
        panic!("{what} has no doc")
    }

    fn parse(lines: &[&str]) -> Self {
        let text = lines.join("\n");
        // Every other part is an example.
        let prose: String = text.split("```").step_by(2).collect();
        let (prose, errors) =
            prose.split_once("# Errors\n").map_or((prose.as_str(), None), |(prose, errors)| (prose, Some(errors)));
        let joined = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let paragraphs = prose.split("\n\n").map(joined).filter(|paragraph| !paragraph.is_empty());
        Self { paragraphs: paragraphs.collect(), errors: errors.map(joined) }
    }

    /// With one more paragraph.
    pub(crate) fn with(mut self, paragraph: Option<String>) -> Self {
        self.paragraphs.extend(paragraph);
        self
    }

    /// With one more sentence at the end of the first paragraph.
    pub(crate) fn with_sentence(mut self, sentence: &str) -> Self {
        self.paragraphs[0].push_str(&format!(" {sentence}"));
        self
    }

    /// The lines of the doc in a language, at most `width` wide.
    pub(crate) fn lines(&self, spelling: &Spelling<'_>, errors: &[ErrorCode], width: usize) -> Vec<String> {
        let prose = self.paragraphs.iter().map(|text| plain(text, spelling, errors, false));
        let raises = self.errors.iter().map(|text| format!("Errors: {}", plain(text, spelling, errors, true)));
        let mut lines = Vec::new();
        for paragraph in prose.chain(raises) {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(wrap(&paragraph, width));
        }
        lines
    }
}

/// A text with what it names in code as a language spells it.
fn plain(text: &str, spelling: &Spelling<'_>, errors: &[ErrorCode], is_about_errors: bool) -> String {
    let mut plain = String::new();
    for (index, part) in without_links(text).split('`').enumerate() {
        if index % 2 == 0 {
            plain.push_str(part);
            continue;
        }
        let code = errors.iter().find(|error| match part.strip_prefix("Error::") {
            Some(variant) => super::schema::camel(&error.code) == variant,
            None => is_about_errors && error.code == part,
        });
        let name = part.rsplit("::").next().unwrap_or(part);
        let is_method = ecs_rollout::VERBS.iter().any(|verb| verb.name == name)
            || (part.contains("::") && part.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c)));
        let spelled = match code {
            Some(error) => (spelling.error)(&error.code),
            None if part == "None" => spelling.none.to_owned(),
            None if part == "null" => spelling.null.to_owned(),
            None if is_method => (spelling.method)(name),
            None => part.to_owned(),
        };
        plain.push_str(&format!("`{spelled}`"));
    }
    plain
}

/// "[`x`](y)" and "[`x`]" are "`x`".
fn without_links(text: &str) -> String {
    let mut parts = text.split("[`");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((name, rest)) = part.split_once("`]") else {
            // A bracket before code is no link.
            plain.push_str(&format!("[`{part}"));
            continue;
        };
        let rest = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest);
        plain.push_str(&format!("`{name}`{rest}"));
    }
    plain
}

pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().unwrap();
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines
}
