//! README and guide hold together: each link leads somewhere, each page is in the navigation and in `llms.txt`, each block of code
//! has a language, and a release has an entry in the changelog.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Links to the repository are links to files of it.
const HERE: [&str; 2] =
    ["https://github.com/ecs-rollout/ecs-rollout/blob/main/", "https://github.com/ecs-rollout/ecs-rollout/tree/main/"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn markdown(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all = entries.flat_map(|path| if path.is_dir() { markdown(&path) } else { vec![path] });
    all.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

fn pages() -> Vec<PathBuf> {
    let root = root();
    let names = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md", "docs/llms.txt"];
    let mut pages: Vec<_> = names.iter().map(|name| root.join(name)).collect();
    pages.extend(markdown(&root.join("docs")));
    pages.extend(
        ["tests/simulator/README.md", "bindings-node/README.md", "examples/nestjs-redis/README.md"]
            .map(|name| root.join(name)),
    );
    pages
}

/// A page without its code.
fn prose(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        inside ^= is_fence;
        !inside && !is_fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The targets of `[text](target)`, outside of code.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let without_code: String = prose
        .split("](")
        .enumerate()
        .map(|(at, part)| if at == 0 { String::new() } else { format!("{part}\u{0}") })
        .collect();
    without_code.split('\u{0}').filter_map(|part| part.split_once(')')).map(|(target, _)| target.to_owned()).collect()
}

/// The anchors of a page: of its headings, as mkdocs and GitHub make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text);
    let headings = headings.lines().filter(|line| line.starts_with('#'));
    let slug = |line: &str| -> String {
        let words = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        words.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
    };
    headings.map(slug).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let root = root();
    let mut broken = Vec::new();
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for link in links(&text) {
            let here = HERE.iter().find_map(|here| link.strip_prefix(here));
            if here.is_none() && (link.starts_with("http") || link.starts_with("mailto:")) {
                continue;
            }
            count += 1;
            let (path, anchor) = here.unwrap_or(&link).split_once('#').unwrap_or((here.unwrap_or(&link), ""));
            let target = match (path, here) {
                ("", _) => page.clone(),
                (path, Some(_)) => root.join(path),
                (path, None) => page.parent().unwrap().join(path),
            };
            let is_there = target.exists();
            let has_anchor =
                anchor.is_empty() || is_there && anchors(&fs::read_to_string(&target).unwrap()).contains(anchor);
            if !is_there || !has_anchor {
                broken.push(format!("{}: {link}", page.strip_prefix(&root).unwrap().display()));
            }
        }
    }
    assert!(count > 60, "{count} links");
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}

/// What PyPI, npm and crates.io show has no relative links.
#[test]
fn links_of_readme_work_where_it_is_published() {
    for name in ["README.md", "bindings-node/README.md"] {
        let relative: Vec<_> = links(&fs::read_to_string(root().join(name)).unwrap())
            .into_iter()
            .filter(|link| !link.starts_with("http"))
            .collect();
        assert!(relative.is_empty(), "{name}: {relative:?}");
    }
}

#[test]
fn every_page_is_in_the_navigation_and_in_the_list_for_agents() {
    let docs = root().join("docs");
    let navigation = fs::read_to_string(root().join("mkdocs.yml")).unwrap();
    let list = fs::read_to_string(docs.join("llms.txt")).unwrap();
    let listed: BTreeSet<String> = navigation
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "))
        .filter(|name| name.ends_with(".md"))
        .map(str::to_owned)
        .collect();
    let there: BTreeSet<String> = markdown(&docs)
        .iter()
        .map(|page| page.strip_prefix(&docs).unwrap().to_str().unwrap().replace('\\', "/"))
        .collect();
    assert_eq!(listed, there);
    // These are about the project, or lists of the pages below them.
    let others = ["index.md", "reference/index.md", "migration/index.md", "inside.md", "security.md", "promises.md"];
    let missing: Vec<_> = there
        .iter()
        .filter(|page| {
            !list.contains(&format!("]({page})"))
                && !list.contains(&format!("[{page}]({page})"))
                && !others.contains(&page.as_str())
        })
        .collect();
    assert!(missing.is_empty(), "not in llms.txt: {missing:?}");
}

#[test]
fn every_block_of_code_has_a_known_language() {
    let known = ["python", "js", "rust", "sh", "json", "yaml", "text"];
    let mut wrong = Vec::new();
    let mut programs = Vec::new();
    for page in [root().join("README.md")].into_iter().chain(markdown(&root().join("docs"))) {
        let text = fs::read_to_string(&page).unwrap();
        let (mut open, mut before) = (false, "");
        for (at, line) in text.lines().enumerate() {
            let bare = line.trim();
            if let Some(language) = bare.strip_prefix("```") {
                open = !open;
                let place = format!("{}:{}", page.display(), at + 1);
                let not_run = before.strip_prefix("<!-- not run: ").is_some_and(|reason| reason.len() > 15);
                if open && !known.contains(&language) {
                    wrong.push(place.clone());
                }
                // What is shown as an output is compared with it.
                if open && language == "text" && before != "<!-- output -->" && !not_run {
                    wrong.push(place.clone());
                }
                if open && not_run {
                    programs.push(place);
                }
            }
            before = bare;
        }
        assert!(!open, "{}: a block without an end", page.display());
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(programs.len() <= 5, "too many blocks that are not run: {programs:?}");
}

#[test]
fn json_in_the_guide_is_json() {
    for page in markdown(&root().join("docs")) {
        let text = fs::read_to_string(&page).unwrap();
        for part in text.split("```json\n").skip(1) {
            let json = part.split("```").next().unwrap();
            serde_json::from_str::<serde_json::Value>(json)
                .unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        }
    }
}

/// The inputs and outputs of AWS's actions, of the versions that the page names.
const INPUTS: &str = "aws-region aws-profile overwrite-aws-profile role-to-assume aws-access-key-id aws-secret-access-key \
    aws-session-token web-identity-token-file role-chaining audience http-proxy no-proxy mask-aws-account-id role-duration-seconds \
    role-external-id role-session-name role-skip-session-tagging transitive-tag-keys inline-session-policy \
    managed-session-policies output-credentials output-env-credentials unset-current-credentials disable-retry retry-max-attempts \
    special-characters-workaround use-existing-credentials allowed-account-ids force-skip-oidc action-timeout-s custom-tags \
    sts-endpoint aws-account-id aws-expiration mask-password registries skip-logout registry task-definition task-definition-arn \
    task-definition-family task-definition-revision container-name image environment-variables log-configuration-log-driver \
    log-configuration-options docker-labels command task-role-arn execution-role-arn env-files secrets desired-count service cluster \
    wait-for-service-stability wait-for-minutes wait-max-delay-seconds codedeploy-appspec codedeploy-application \
    codedeploy-deployment-group codedeploy-deployment-description codedeploy-deployment-config force-new-deployment \
    service-managed-ebs-volume-name service-managed-ebs-volume run-task run-task-container-overrides run-task-security-groups \
    run-task-subnets run-task-assign-public-IP run-task-capacity-provider-strategy run-task-launch-type run-task-started-by \
    run-task-tags run-task-managed-ebs-volume-name run-task-managed-ebs-volume wait-for-task-stopped enable-ecs-managed-tags \
    propagate-tags keep-null-value-keys max-retries codedeploy-deployment-id run-task-arn service-name infrastructure-role-arn \
    container-port log-group log-stream-prefix repository-credentials tags mutate-tags-on-update cpu memory subnets security-groups \
    health-check-path min-task-count max-task-count auto-scaling-metric auto-scaling-target-value service-arn endpoint";

#[test]
fn every_input_of_the_actions_has_its_place() {
    let page = fs::read_to_string(root().join("docs/migration/aws-actions.md")).unwrap();
    let missing: Vec<_> = INPUTS.split_whitespace().filter(|input| !page.contains(&format!("`{input}`"))).collect();
    // Its only values are private and public.
    assert!(missing.is_empty() && page.contains("`registry-type: public`"), "{missing:?}");
}

/// The version is written once, and the changelog has an entry for it.
#[test]
fn the_version_has_one_place_and_an_entry_in_the_changelog() {
    let version = env!("CARGO_PKG_VERSION");
    let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
    let changelog = read("CHANGELOG.md");
    let heading = changelog.lines().find(|line| line.starts_with("## ")).unwrap();
    assert!(
        heading.starts_with(&format!("## {version}")),
        "the newest entry of CHANGELOG.md is {heading:?}, the version {version}"
    );
    if env::var("ECS_ROLLOUT_RELEASE").is_ok() {
        assert!(!heading.contains("unreleased"), "CHANGELOG.md: {heading:?} has no date yet");
    }
    let package: serde_json::Value = serde_json::from_str(&read("bindings-node/package.json")).unwrap();
    assert_eq!(package["version"], version, "bindings-node/package.json");
    for (name, wanted) in package["optionalDependencies"].as_object().into_iter().flatten() {
        assert_eq!(wanted, version, "{name}");
    }
    let workspace = read("Cargo.toml");
    for name in ["ecs-rollout", "ecs-rollout-simulator"] {
        let line = workspace.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap();
        assert!(line.contains(&format!("version = \"{version}\"")), "{line}");
    }
    assert!(
        read("bindings-python/pyproject.toml").contains("dynamic = [\"version\"]"),
        "Python's version comes from Cargo.toml"
    );
}
