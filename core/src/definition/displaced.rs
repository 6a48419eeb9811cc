//! Finds changes that replace something of another kind: a secret by a plain variable or the reverse, an image of another registry.

use serde_json::{Map, Value};

use super::changes::Changes;
use crate::error::finding::{Finding, Level};
use crate::image::reference;

/// Entries that are removed because a change gives an entry of the same name in the other list. The newer one wins; the finding reports it.
pub(crate) fn displaced(document: &Map<String, Value>, changes: &Changes) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, container) in super::containers(document).iter().enumerate() {
        let Some(change) = container["name"].as_str().and_then(|name| changes.containers.get(name)) else { continue };
        for (list, set, what) in [
            ("secrets", &change.environment, "a plain variable takes the place of a secret"),
            ("environment", &change.secrets, "a secret takes the place of a plain variable"),
        ] {
            let entries = container[list].as_array().map_or(&[][..], Vec::as_slice).iter().enumerate();
            for (entry, name) in entries.filter_map(|(entry, value)| Some((entry, value["name"].as_str()?))) {
                if set.get(name).is_some_and(Option::is_some) {
                    found.push(Finding {
                        level: Level::Warning,
                        rule: "displaced".to_owned(),
                        path: format!("/containerDefinitions/{at}/{list}/{entry}"),
                        text: format!("{what}: {name}"),
                        advice: "remove the older entry if this is intended".to_owned(),
                    });
                }
            }
        }
    }
    found.extend(replaced_registries(document, changes));
    found
}

/// New images from Docker Hub whose name was pulled from another registry before.
fn replaced_registries(document: &Map<String, Value>, changes: &Changes) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, container) in super::containers(document).iter().enumerate() {
        let Some(name) = container["name"].as_str() else { continue };
        let own = || changes.containers.get(name).and_then(|change| change.image.as_ref());
        let Some(image) = changes.images.get(name).or_else(own) else { continue };
        let Some(repository) = reference::left(container["image"].as_str(), image) else { continue };
        found.push(Finding {
            level: Level::Warning,
            rule: "other_registry".to_owned(),
            path: format!("/containerDefinitions/{at}/image"),
            text: format!("{image} comes from Docker Hub, and {repository} has the same name"),
            advice: format!("give {repository} with the tag, or only `:tag`, if that is meant"),
        });
    }
    found
}
