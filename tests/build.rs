//! Makes a function of each block of Rust in README and guide, so that the compiler and `tests/rust/samples.rs` see them as they
//! stand.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("..");
    let mut pages = vec![root.join("README.md")];
    pages.extend(markdown(&root.join("docs")));
    println!("cargo::rerun-if-changed=../docs");
    println!("cargo::rerun-if-changed=../README.md");
    let (mut functions, mut calls) = (String::new(), String::new());
    for page in pages {
        let name = page.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        for (line, text) in blocks(&fs::read_to_string(&page).unwrap()) {
            let place = format!("{name}:{line}");
            let function: String = place.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            let function = function.to_lowercase();
            writeln!(functions, "async fn {function}() -> Ended {{\n{text}\nOk(())\n}}").unwrap();
            writeln!(calls, "({place:?}, || Box::pin({function}())),").unwrap();
        }
    }
    let text = format!(
        "{functions}\npub(crate) type Sample = (&'static str, fn() -> Running);\npub(crate) const SAMPLES: &[Sample] = &[\n{calls}];\n"
    );
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("samples.rs"), text).unwrap();
}

fn markdown(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all = entries.flat_map(|path| if path.is_dir() { markdown(&path) } else { vec![path] });
    let mut pages: Vec<_> = all.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    pages.sort();
    pages
}

/// Each block of Rust, with its line.
fn blocks(page: &str) -> Vec<(usize, String)> {
    let (mut found, mut open, mut before) = (Vec::new(), None, "");
    for (at, line) in page.lines().enumerate() {
        let bare = line.trim();
        match &mut open {
            None if bare == "```rust" && !before.starts_with("<!-- not run: ") => open = Some((at + 1, String::new())),
            None => {}
            Some(_) if bare == "```" => found.extend(open.take()),
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
        }
        before = bare;
    }
    found
}
