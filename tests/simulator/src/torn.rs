//! Decides what an answer looks like whose parts are of two moments.

use serde_json::{Value, json};

use crate::reader::{Reader, WorldError, expected};

/// The part that is old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The list of deployments.
    Deployments,
    /// All but the list of deployments.
    Service,
    /// One deployment beside the others: what was PRIMARY, still called so, last in the list.
    PrimaryLast,
    /// The same, first in the list.
    PrimaryFirst,
}

const PARTS: [(&str, Part); 4] = [
    ("deployments", Part::Deployments),
    ("service", Part::Service),
    ("primary_last", Part::PrimaryLast),
    ("primary_first", Part::PrimaryFirst),
];

impl Part {
    /// The member of a fault that only this kind has.
    pub(crate) const MEMBERS: [&str; 1] = ["old"];

    pub(crate) fn read(reader: &Reader<'_>) -> Result<Part, WorldError> {
        let name = reader.text("old")?.unwrap_or("deployments");
        let part = PARTS.iter().find(|(known, _)| *known == name).map(|(_, part)| *part);
        let names = PARTS.map(|(name, _)| name).join(", ");
        part.ok_or_else(|| expected(&reader.place("old"), &format!("one of {names}")))
    }

    /// The answer of DescribeServices of now, with this part of each service as it was in the answer of before.
    pub(crate) fn torn(self, mut now: Value, old: &Value) -> Value {
        for service in now["services"].as_array_mut().into_iter().flatten() {
            let is_it = |old: &&Value| old["serviceArn"] == service["serviceArn"];
            let Some(old) = old["services"].as_array().into_iter().flatten().find(is_it) else { continue };
            match self {
                Part::Deployments => service["deployments"] = old["deployments"].clone(),
                Part::Service => {
                    let deployments = service["deployments"].take();
                    *service = old.clone();
                    service["deployments"] = deployments;
                }
                Part::PrimaryLast | Part::PrimaryFirst => self.put_primary(service, old),
            }
        }
        now
    }

    fn put_primary(self, service: &mut Value, old: &Value) {
        let former = old["deployments"].as_array().into_iter().flatten().find(|one| one["status"] == "PRIMARY");
        let Some(former) = former else { return };
        let mut all = service["deployments"].as_array().cloned().unwrap_or_default();
        if all.iter().any(|one| one["id"] == former["id"] && one["status"] == "PRIMARY") {
            return;
        }
        all.retain(|one| one["id"] != former["id"]);
        let at = if self == Part::PrimaryFirst { 0 } else { all.len() };
        all.insert(at, former.clone());
        service["deployments"] = json!(all);
    }
}
