//! The guide's lists of IAM actions, from the core's table, between its markers.

use ecs_rollout::{Grant, permission_verbs, permissions};

const BEGIN: &str = "<!-- permissions: ";
const END: &str = "<!-- end of permissions -->";

/// A page with each list printed anew. A marker names verbs: `deploy` alone is a table of its own, several verbs are a table with a
/// row each, and `service - deploy` is what `service` needs beside `deploy`.
pub(crate) fn page(text: &str) -> String {
    let mut parts = text.split(BEGIN);
    let mut printed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (named, rest) = part.split_once(" -->").expect("a marker ends with -->");
        let rest = rest.split_once(END).expect("a list of permissions has an end").1;
        printed.push_str(&format!("{BEGIN}{named} -->\n{}{END}{rest}", list(named)));
    }
    printed
}

/// The verbs that a page lists.
pub(crate) fn listed(text: &str) -> Vec<String> {
    let markers = text.split(BEGIN).skip(1).filter_map(|part| part.split_once(" -->"));
    markers
        .flat_map(|(named, _)| named.split(" - ").next().unwrap_or_default().split(", ").map(str::to_owned))
        .collect()
}

fn list(named: &str) -> String {
    let verbs: Vec<&str> = named.split(", ").collect();
    match (named.split_once(" - "), verbs.as_slice()) {
        (Some((verb, other)), _) => {
            let other = permissions(other);
            table(permissions(verb).into_iter().filter(|grant| !other.contains(grant)).collect())
        }
        (None, [verb]) => table(permissions(verb)),
        (None, verbs) => rows(verbs),
    }
}

/// When, which actions, and what is lost without them. Actions of one purpose share a row.
fn table(grants: Vec<Grant>) -> String {
    let mut rows: Vec<(&str, Vec<&str>, &str)> = Vec::new();
    for grant in grants {
        match rows.iter_mut().find(|(when, _, without)| *when == grant.when && *without == grant.without) {
            Some((_, actions, _)) => actions.extend(grant.actions),
            None => rows.push((grant.when, grant.actions.to_vec(), grant.without)),
        }
    }
    let row = |(when, actions, without): (&str, Vec<&str>, &str)| {
        let when = if when.is_empty() { "always" } else { when };
        let without = if without.is_empty() { "the error `denied`" } else { without };
        format!("| {when} | {} | {without} |\n", code(&actions))
    };
    let rows: String = rows.into_iter().map(row).collect();
    format!("| when | IAM actions | without them |\n|---|---|---|\n{rows}")
}

/// A row for each verb: what it cannot do without, and what it can.
fn rows(verbs: &[&str]) -> String {
    let row = |verb: &&str| {
        let (optional, needed): (Vec<Grant>, Vec<Grant>) =
            permissions(verb).into_iter().partition(|grant| !grant.without.is_empty());
        let actions = |grants: &[Grant]| {
            let mut seen: Vec<&str> = Vec::new();
            let texts = grants.iter().filter_map(|grant| {
                let news: Vec<&str> = grant.actions.iter().copied().filter(|action| !seen.contains(action)).collect();
                seen.extend(&news);
                let when = if grant.when.is_empty() { String::new() } else { format!(" ({})", grant.when) };
                (!news.is_empty()).then(|| format!("{}{when}", code(&news)))
            });
            texts.collect::<Vec<_>>().join("; ")
        };
        let needed = if needed.is_empty() { "none".to_owned() } else { actions(&needed) };
        format!("| `{verb}` | {needed} | {} |\n", actions(&optional))
    };
    let rows: String = verbs.iter().map(row).collect();
    format!("| verb | IAM actions that it needs | and can do without |\n|---|---|---|\n{rows}")
}

fn code(actions: &[&str]) -> String {
    actions.iter().map(|action| format!("`{action}`")).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_verb_of_the_table_is_listed_in_the_guide() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/iam.md")).unwrap();
    let listed = listed(&text);
    let missing: Vec<&str> = permission_verbs().filter(|verb| !listed.iter().any(|known| known == verb)).collect();
    assert!(missing.is_empty(), "docs/iam.md lists no permissions of {missing:?}");
}
