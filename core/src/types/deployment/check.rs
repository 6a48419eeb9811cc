//! Checks the options of a deployment without calling AWS. Pure.

use super::{Definition, Deployment};
use crate::definition::schema::{SERVICE, Update};
use crate::error::Error;
use crate::options::names::{self, bare};
use crate::types::stages::{self, LIVE, PAUSED};

/// Whether a member is one that ECS only describes: of a service, or of the answer of DescribeServices around it.
pub(crate) fn is_described(member: &str) -> bool {
    SERVICE.is_read_only(member) || matches!(member, "services" | "failures")
}

impl Deployment {
    /// Checks all options.
    pub(crate) fn check(&self) -> Result<(), Error> {
        check_name("service", &self.service)?;
        self.check_definition()?;
        for given in self.settings.keys() {
            let own =
                SERVICE.names().find(|member| bare(member) == bare(given)).and_then(|member| SERVICE.option(member));
            let text = match (own, names::beside_settings().contains(&given.as_str())) {
                (Some(option), _) => format!("is given by an option: use `{option}`"),
                (None, true) => "is an option, and no member of UpdateService: give it beside `settings`".to_owned(),
                (None, false) if is_described(given) => {
                    "is an output of ECS, and no operation accepts it: remove it".to_owned()
                }
                (None, false) => continue,
            };
            return Err(Error::invalid(format!("settings.{given}"), text));
        }
        if self.settings.contains_key("deploymentController") {
            let text = "the deployment controller cannot be changed with a deployment: change it by itself first";
            return Err(Error::invalid("settings.deploymentController", text));
        }
        for field in SERVICE.fields() {
            if let (Update::CreateOnly(advice), true) = (field.update, self.settings.contains_key(field.name)) {
                let text = format!("UpdateService takes no {}, AWS would ignore it: {advice}", field.name);
                return Err(Error::invalid(format!("settings.{}", field.name), text));
            }
        }
        self.check_until()?;
        for (option, tasks) in [("before", &self.before), ("at_pause", &self.at_pause), ("after", &self.after)] {
            for (at, task) in tasks.iter().enumerate() {
                task.check(&format!("{option}[{at}]."))?;
            }
        }
        Ok(())
    }

    /// Checks where the watch ends, and that it comes to the tasks that are to run on its way.
    fn check_until(&self) -> Result<(), Error> {
        let until = self.until.as_deref();
        if let Some(text) = until.and_then(stages::not_until) {
            return Err(Error::invalid("until", text));
        }
        let options =
            [("until", until.is_some()), ("at_pause", !self.at_pause.is_empty()), ("after", !self.after.is_empty())];
        if let (false, Some((option, _))) = (self.wait, options.iter().find(|(_, is_given)| *is_given)) {
            let text = "without `wait` nothing is watched, and the rollout ends before: leave one of the two away";
            return Err(Error::invalid(*option, text));
        }
        let Some(until) = until.filter(|until| *until != LIVE) else { return Ok(()) };
        let unreached = |option: &str| {
            let text =
                format!("`until` ends the watch at {until:?}, before these tasks would run: leave one of the two away");
            Err(Error::invalid(option, text))
        };
        match (self.after.is_empty(), self.at_pause.is_empty()) {
            (false, _) => unreached("after"),
            (_, false) if until == PAUSED => unreached("at_pause"),
            _ => Ok(()),
        }
    }

    /// Checks the options of a task definition, which need not be a service's.
    pub(crate) fn check_definition(&self) -> Result<(), Error> {
        check_name("cluster", &self.cluster)?;
        if self.service.is_empty() && self.definition.is_none() {
            let text = "give one, or a `service` whose definition is the base";
            return Err(Error::invalid("definition", text));
        }
        if !(self.timeout.is_finite() && self.timeout > 0.0) {
            return Err(Error::invalid("timeout", "give a number of seconds above 0"));
        }
        if let Some(Definition::Name(name)) = &self.definition {
            check_definition_name(name)?;
        }
        Ok(())
    }
}

/// Refuses what is neither the name of a service or cluster nor an ARN.
fn check_name(option: &str, name: &str) -> Result<(), Error> {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if name.trim().is_empty() {
        return Err(Error::invalid(
            option,
            "empty: give a name or an ARN; is the variable that it comes from not set?",
        ));
    }
    if name.starts_with("arn:") || name.bytes().all(is_letter) {
        return Ok(());
    }
    let why = match name {
        _ if name.trim() != name => "it has white space at an end",
        _ if name.contains("${") || name.starts_with('$') || name.contains("{{") => {
            "it holds a variable that was not filled in"
        }
        _ if option == "service" && name.contains('/') => {
            "the cluster is given as `cluster`, and not in front of the service"
        }
        _ => "a name has letters, digits, hyphens and underscores",
    };
    Err(Error::invalid(option, format!("{name:?} is neither a name nor an ARN: {why}")))
}

/// How files of task definitions end.
const FILES: [&str; 5] = [".json", ".yml", ".yaml", ".jsonnet", ".tpl"];

fn check_definition_name(name: &str) -> Result<(), Error> {
    let (family, revision) = name.split_once(':').map_or((name, None), |(family, revision)| (family, Some(revision)));
    let is_family = !family.is_empty() && family.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let is_revision = revision.is_none_or(|revision| revision.parse::<u64>().is_ok_and(|number| number > 0));
    if name.starts_with("arn:") || (is_family && is_revision) {
        return Ok(());
    }
    // Not repeated: a document as text may hold secrets.
    let text = if name.trim().is_empty() {
        "empty: give a family, family:revision, an ARN or a document, or omit it".to_owned()
    } else if name.trim_start().starts_with(['{', '[']) || name.contains('\n') {
        "this is a document as text: give it as an object, or read it with TaskDefinition".to_owned()
    } else if FILES.iter().any(|end| name.to_lowercase().ends_with(end)) || name.starts_with(['.', '/', '~']) {
        format!("{name:?} is a file: read it with TaskDefinition.load, and give what that returns")
    } else if is_family && !is_revision {
        format!(
            "{name:?} is not family:revision: a revision is a number, and the family alone is its newest; an image is given in `images`"
        )
    } else if name.contains('/') {
        format!("{name:?} is not a family, family:revision or ARN; an image is given in `images`")
    } else {
        format!("{name:?} is not a family, family:revision or ARN; read a file with TaskDefinition.load")
    };
    Err(Error::invalid("definition", text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_right_is_told_before_aws_is_asked() {
        for (options, text) in [
            (
                json!({"service": "a", "settings": {"desiredCount": 2}}),
                "settings.desiredCount: is given by an option: use `desired`",
            ),
            (
                json!({"service": "a", "settings": {"launchType": "EC2"}}),
                "settings.launchType: UpdateService takes no launchType, AWS would ignore it: give `capacityProviderStrategy`",
            ),
            (
                json!({"service": "a", "settings": {"desired_count": 2}}),
                "settings.desired_count: is given by an option: use `desired`",
            ),
            (
                json!({"service": "a", "settings": {"desired": 2}}),
                "settings.desired: is an option, and no member of UpdateService",
            ),
            (json!({"service": "a", "settings": {"serviceArn": "x"}}), "settings.serviceArn: is an output of ECS"),
            (json!({"service": "a", "settings": {"tags": []}}), "settings.tags: UpdateService takes no tags"),
            (json!({"service": ""}), "service: empty"),
            (json!({"service": "a", "timeout": 0}), "timeout: "),
            (json!({"service": "a", "definition": "taskdef.json"}), "TaskDefinition.load"),
            (json!({"service": "a", "definition": "api:seven"}), "is not family:revision"),
        ] {
            let error = Deployment::from_value(options).unwrap().check().unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
        for name in ["api", "api:7", "arn:aws:ecs:eu-central-1:1:task-definition/api:7"] {
            Deployment::from_value(json!({"service": "a", "definition": name})).unwrap().check().unwrap();
        }
    }
}
