//! Lists the revisions of a task definition.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::session::Session;
use crate::arn::{last, without_revision};
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::engine::context::Halt;
use crate::error::Error;
use crate::json::{list, text, time};
use crate::options::arn::{Place, check_kind};
use crate::options::define::options;
use crate::texts::texts;

options! {
    /// The options of `revisions`.
    pub struct Revisions(family) {
        /// The family: its name, or the name or ARN of one of its revisions.
        pub family: String,
        /// Which revisions: `"ACTIVE"`, `"INACTIVE"` or `"ALL"`.
        #[serde(default)]
        pub status: RevisionStatus = RevisionStatus::Active,
        /// How many, newest first; at most 1000. Each is one call (DescribeTaskDefinition).
        #[serde(default = "twenty")]
        pub limit: u32 = twenty(),
        use unset;
    }
}

fn twenty() -> u32 {
    20
}

/// Which revisions to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum RevisionStatus {
    /// Those that can be run.
    #[default]
    Active,
    /// Those that are deregistered.
    Inactive,
    /// Both.
    All,
}

/// A revision of a task definition.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Revision {
    /// Its ARN.
    pub definition: String,
    /// Its number.
    pub revision: u64,
    /// ACTIVE, INACTIVE or DELETE_IN_PROGRESS.
    pub status: String,
    /// When it was registered, in seconds since 1970; absent if the server does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered: Option<f64>,
    /// The ARN of who registered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it was deregistered, in seconds since 1970; absent if it is ACTIVE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deregistered: Option<f64>,
    /// Its images by container.
    pub images: IndexMap<String, String>,
}

texts! {
    Revision: ;
}

/// The name of a family, from its name or the name or ARN of a revision of it.
pub(crate) fn family(option: &str, given: &str) -> Result<String, Error> {
    check_kind(&Place { option, kind: "task-definition", text: given })?;
    let family = without_revision(last(given));
    let is_sound = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match !family.is_empty() && family.chars().all(is_sound) {
        true => Ok(family.to_owned()),
        false => Err(Error::invalid(option, "the name of a family expected: letters, digits, - and _")),
    }
}

/// The number of a revision, by its ARN.
pub(crate) fn number(arn: &str) -> u64 {
    arn.rsplit(':').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

impl Client {
    /// Lists the revisions of a task definition, newest first, each with its status, its images, and when and by whom it was
    /// registered. Writes nothing.
    ///
    /// # Errors
    /// `definition_missing` if the family has no revision of that status. `invalid`, `denied`, `credentials`, `throttled`, `network`
    /// and `aws`.
    pub async fn revisions(&self, revisions: Revisions) -> Result<Vec<Revision>, Error> {
        let family = family("family", &revisions.family)?;
        if !(1..=1000).contains(&revisions.limit) {
            return Err(Error::invalid("limit", "a number from 1 to 1000 expected"));
        }
        let mut session = Session::of_value(self.clone());
        let end = session.revisions(&revisions, &family).await;
        session.end(end)
    }
}

impl Session {
    async fn revisions(&mut self, revisions: &Revisions, family: &str) -> Result<Vec<Revision>, Halt> {
        let statuses: &[&str] = match revisions.status {
            RevisionStatus::Active => &["ACTIVE"],
            RevisionStatus::Inactive => &["INACTIVE"],
            RevisionStatus::All => &["ACTIVE", "INACTIVE"],
        };
        let mut arns = Vec::new();
        for status in statuses {
            arns.extend(self.list_revisions(family, status, revisions.limit as usize).await?);
        }
        arns.sort_by_key(|arn| std::cmp::Reverse(number(arn)));
        arns.dedup();
        arns.truncate(revisions.limit as usize);
        if arns.is_empty() {
            let text = format!("it has no revision that is {}", statuses.join(" or "));
            return Err(Error::DefinitionMissing { definition: family.to_owned(), text }.into());
        }
        let mut all = Vec::new();
        for arn in arns {
            match self.definition(&arn).await? {
                Ok(definition) => all.push(Revision::of(&definition)),
                Err(fault) => return Err(self.error(fault).await.into()),
            }
        }
        Ok(all)
    }

    /// The ARNs of the revisions of a family that have a status, newest first, at least so many if there are (ListTaskDefinitions).
    pub(crate) async fn list_revisions(
        &mut self,
        family: &str,
        status: &str,
        least: usize,
    ) -> Result<Vec<String>, Halt> {
        let mut input = json!({"familyPrefix": family, "status": status, "sort": "DESC", "maxResults": 100});
        let mut arns = Vec::new();
        loop {
            let answer = self.need(Operation::ListTaskDefinitions, &input).await?;
            let page = list(&answer, "taskDefinitionArns").iter().filter_map(Value::as_str);
            // Some servers take the family for a prefix.
            arns.extend(page.filter(|arn| without_revision(last(arn)) == family).map(str::to_owned));
            match answer["nextToken"].as_str().filter(|next| !next.is_empty() && arns.len() < least) {
                Some(next) => input["nextToken"] = json!(next),
                None => return Ok(arns),
            }
        }
    }
}

impl Revision {
    fn of(definition: &Value) -> Self {
        let arn = text(definition, "taskDefinitionArn");
        let containers = list(definition, "containerDefinitions").iter();
        Self {
            revision: definition["revision"].as_u64().unwrap_or_else(|| number(&arn)),
            status: text(definition, "status"),
            registered: time(definition, "registeredAt"),
            by: definition["registeredBy"].as_str().map(str::to_owned),
            deregistered: time(definition, "deregisteredAt"),
            images: containers.map(|one| (text(one, "name"), text(one, "image"))).collect(),
            definition: arn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_named_by_itself_or_by_a_revision() {
        let arn = "arn:aws:ecs:eu-central-1:123456789012:task-definition/api:7";
        for given in ["api", "api:7", arn] {
            assert_eq!(family("family", given).unwrap(), "api");
        }
        for given in ["", ":7", "a b", "arn:aws:ecs:r:1:service/prod/api"] {
            assert!(family("family", given).unwrap_err().to_string().contains("family"), "{given}");
        }
        assert_eq!((number(arn), number("api")), (7, 0));
    }
}
