//! Decides which repositories ECR has, which of their tags can be moved, and which templates make new ones on a push.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::behaviour::fits;
use crate::model::ids::Place;

/// A repository that was made, or that the world names.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    /// `imageTagMutability`.
    pub(crate) mutability: String,
    /// Tags for which the opposite holds.
    pub(crate) filters: Vec<String>,
    pub(crate) lifecycle: Option<String>,
}

impl Default for Repository {
    fn default() -> Repository {
        Repository { mutability: "MUTABLE".to_owned(), filters: Vec::new(), lifecycle: None }
    }
}

impl Repository {
    /// Whether a tag, once given, names its image for ever.
    pub(crate) fn keeps(&self, tag: &str) -> bool {
        let is_excluded = self.filters.iter().any(|filter| fits(filter, tag));
        match self.mutability.as_str() {
            "IMMUTABLE" => true,
            "IMMUTABLE_WITH_EXCLUSION" => !is_excluded,
            "MUTABLE_WITH_EXCLUSION" => is_excluded,
            _ => false,
        }
    }
}

/// The repositories of the one registry there is, and its settings.
#[derive(Debug, Default)]
pub(crate) struct Repositories {
    all: BTreeMap<String, Repository>,
    /// Only repositories that were made or named are there. Otherwise every repository is.
    pub(crate) is_strict: bool,
    /// Repository creation templates, by prefix.
    templates: BTreeMap<String, Map<String, Value>>,
    /// The setting BLOB_MOUNTING, which is off unless it is put.
    pub(crate) does_mount: bool,
}

/// ECR's words about a repository that is not there.
pub(crate) fn missing(name: &str) -> String {
    format!("The repository with name '{name}' does not exist in the registry with id '{}'", Place::ACCOUNT)
}

impl Repositories {
    pub(crate) fn has(&self, name: &str) -> bool {
        !self.is_strict || self.all.contains_key(name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Repository> {
        self.all.get(name)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Repository> {
        self.all.get_mut(name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.all.keys().cloned().collect()
    }

    /// Makes a repository. False where it is there.
    pub(crate) fn make(&mut self, name: &str, repository: Repository) -> bool {
        let is_new = !self.all.contains_key(name);
        if is_new {
            self.all.insert(name.to_owned(), repository);
        }
        is_new
    }

    /// Makes sure of the repository of a push: by a template for CREATE_ON_PUSH, where it is not there.
    pub(crate) fn pushed_to(&mut self, name: &str) -> Result<(), String> {
        if self.has(name) {
            return Ok(());
        }
        let template = self.template(name).ok_or_else(|| missing(name))?;
        let filters = template["imageTagMutabilityExclusionFilters"].as_array().cloned().unwrap_or_default();
        let repository = Repository {
            mutability: template["imageTagMutability"].as_str().unwrap_or("MUTABLE").to_owned(),
            filters: filters.iter().filter_map(|one| one["filter"].as_str().map(str::to_owned)).collect(),
            lifecycle: template["lifecyclePolicy"].as_str().map(str::to_owned),
        };
        self.make(name, repository);
        Ok(())
    }

    /// The template for CREATE_ON_PUSH with the longest prefix; ROOT is for all that no other is for. Whether one with a longer
    /// prefix and for another purpose keeps it from that is not documented: here it does not.
    fn template(&self, name: &str) -> Option<Value> {
        let covers = |prefix: &str| prefix == "ROOT" || name.starts_with(&format!("{prefix}/"));
        let length = |prefix: &str| if prefix == "ROOT" { 0 } else { prefix.len() };
        let fitting = self.templates.iter().filter(|(prefix, template)| {
            let purposes = template.get("appliedFor").and_then(Value::as_array);
            covers(prefix) && purposes.is_some_and(|purposes| purposes.iter().any(|one| one == "CREATE_ON_PUSH"))
        });
        let (_, template) = fitting.max_by_key(|(prefix, _)| length(prefix))?;
        Some(Value::Object(template.clone()))
    }

    /// Keeps a template. False where there is one of its prefix.
    pub(crate) fn keep_template(&mut self, prefix: &str, template: Map<String, Value>) -> bool {
        let is_new = !self.templates.contains_key(prefix);
        if is_new {
            self.templates.insert(prefix.to_owned(), template);
        }
        is_new
    }

    pub(crate) fn templates(&self) -> Vec<Value> {
        self.templates.values().map(|template| Value::Object(template.clone())).collect()
    }

    /// Why a tag cannot be given to an image, in ECR's words.
    pub(crate) fn keeps(&self, name: &str, tag: &str) -> Option<String> {
        let is_kept = self.all.get(name).is_some_and(|repository| repository.keeps(tag));
        is_kept.then(|| {
            format!(
                "The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten because the tag is \
                 immutable."
            )
        })
    }
}

/// The tag mutability that an input asks for, with its filters.
pub(crate) fn mutability(value: Option<&Value>, filters: &[Value]) -> Result<(String, Vec<String>), String> {
    let mutability = value.and_then(Value::as_str).unwrap_or("MUTABLE");
    let known = ["MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"];
    if !known.contains(&mutability) {
        return Err(format!(
            "Invalid parameter at 'imageTagMutability' failed to satisfy constraint: 'Member must satisfy enum value set: {}'",
            json!(known)
        ));
    }
    let at = "Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint:";
    if mutability.ends_with("_WITH_EXCLUSION") == filters.is_empty() {
        return Err(format!("{at} 'Exclusion filters and a mutability WITH_EXCLUSION go together'"));
    }
    if filters.len() > 5 {
        return Err(format!("{at} 'Member must have length less than or equal to 5'"));
    }
    let mut texts = Vec::new();
    for filter in filters {
        let text = filter["filter"].as_str().unwrap_or_default();
        let is_sound = (1..=128).contains(&text.len())
            && text.chars().all(|one| one.is_ascii_alphanumeric() || "._*-".contains(one))
            && text.matches('*').count() <= 2
            && filter["filterType"] == "WILDCARD";
        if !is_sound {
            return Err(format!("{at} 'Member must satisfy regular expression pattern: ^[0-9a-zA-Z._*-]{{1,128}}$'"));
        }
        texts.push(text.to_owned());
    }
    Ok((mutability.to_owned(), texts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exclusions_turn_a_tag_round() {
        for (mutability, filters, tag, expected) in [
            ("MUTABLE", &[] as &[&str], "v1", false),
            ("IMMUTABLE", &[], "v1", true),
            ("IMMUTABLE_WITH_EXCLUSION", &["latest", "dev-*"], "v1", true),
            ("IMMUTABLE_WITH_EXCLUSION", &["latest", "dev-*"], "dev-7", false),
            ("MUTABLE_WITH_EXCLUSION", &["v*"], "v1", true),
            ("MUTABLE_WITH_EXCLUSION", &["v*"], "latest", false),
        ] {
            let filters = filters.iter().map(ToString::to_string).collect();
            let repository = Repository { mutability: mutability.to_owned(), filters, ..Repository::default() };
            assert_eq!(repository.keeps(tag), expected, "{mutability} {tag}");
        }
    }

    #[test]
    fn filters_are_checked() {
        let filter = |text: &str| json!({"filter": text, "filterType": "WILDCARD"});
        for (mutability_, filters, is_sound) in [
            ("IMMUTABLE_WITH_EXCLUSION", vec![filter("dev-*")], true),
            ("IMMUTABLE_WITH_EXCLUSION", vec![], false),
            ("IMMUTABLE", vec![filter("dev-*")], false),
            ("MUTABLE_WITH_EXCLUSION", vec![filter("a*b*c*")], false),
            ("MUTABLE_WITH_EXCLUSION", vec![filter("a/b")], false),
            ("MUTABLE_WITH_EXCLUSION", (0..6).map(|at| filter(&format!("v{at}"))).collect(), false),
            ("SOMETIMES", vec![], false),
        ] {
            assert_eq!(mutability(Some(&json!(mutability_)), &filters).is_ok(), is_sound, "{mutability_} {filters:?}");
        }
    }

    #[test]
    fn the_template_of_the_longest_prefix_makes_a_repository() {
        let mut all = Repositories { is_strict: true, ..Repositories::default() };
        let template = |mutability: &str, purpose: &str| {
            let template = json!({"imageTagMutability": mutability, "appliedFor": [purpose]});
            template.as_object().cloned().unwrap_or_default()
        };
        assert_eq!(all.pushed_to("team/app").unwrap_err(), missing("team/app"));
        all.keep_template("team/app", template("MUTABLE", "REPLICATION"));
        assert!(all.pushed_to("team/app").is_err(), "it is for another purpose");
        all.keep_template("ROOT", template("MUTABLE", "CREATE_ON_PUSH"));
        all.keep_template("team", template("IMMUTABLE", "CREATE_ON_PUSH"));
        all.pushed_to("team/app").unwrap();
        all.pushed_to("teams/app").unwrap();
        assert!(all.keeps("team/app", "v1").is_some() && all.keeps("teams/app", "v1").is_none());
        assert_eq!(all.names(), ["team/app", "teams/app"]);
    }
}
