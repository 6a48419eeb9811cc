//! A scheduled rule of EventBridge and its target, an address that is called over HTTPS.

use serde_json::{Map, Value, json};

use super::check::Checked;
use super::connection::{Destination, OwnedResource, connect};
use super::reconcile::{Applied, Reconciler, Resource, Write};
use super::scheduler::{delivery, is_delivery};
use super::targets::HttpTarget;
use crate::aws::operation::Operation;
use crate::definition::schema::compare::{changes_as_written, differences};
use crate::definition::schema::{RULE, SCHEDULE};
use crate::error::Error;

/// The rule after it was applied.
pub(crate) struct AppliedRule {
    pub(crate) rule: Applied,
    /// The rule as it is sent, or would be.
    pub(crate) whole: Value,
    /// Its target in the same way, if it was read.
    pub(crate) target: Value,
}

/// Creates or changes the rule, after the connection and the API destination that it needs. All is checked before the first write.
pub(crate) async fn put(reconciler: &mut Reconciler<'_>, checked: &Checked<'_>) -> Result<AppliedRule, Error> {
    let request = checked.request;
    let rule = Rule { checked };
    let there = reconciler.describe(&rule).await?;
    rule.whole(there.as_ref())?;
    let list = Target { checked, destination: None };
    let targets = match &there {
        Some(_) => reconciler.describe(&list).await?,
        None => None,
    };
    list.check(targets.as_ref())?;

    let mut destination = None;
    if let Some(http) = request.http() {
        let connection = connect(reconciler, &request.name, http).await?;
        let applied = reconciler.apply(&Destination { name: &request.name, connection: &connection, http }).await?;
        let arn = applied.text(&["ApiDestinationArn"]);
        let arn = arn.unwrap_or_else(|| format!("(the ARN of API destination {}, once it is made)", request.name));
        destination = Some((arn, http));
    }
    let applied = reconciler.apply_from(&rule, there).await?;
    let whole = rule.whole(applied.there.as_ref())?;
    let target = Target { checked, destination };
    let put = reconciler.apply_from(&target, targets).await?;
    failed(Operation::PutTargets, &put)?;
    Ok(AppliedRule { rule: applied, whole, target: target.whole(put.there.as_ref()).unwrap_or_default() })
}

/// Deletes the rule's targets, the rule, and what this crate created for it.
pub(crate) async fn remove(reconciler: &mut Reconciler<'_>, checked: &Checked<'_>) -> Result<Applied, Error> {
    let name = &checked.request.name;
    let rule = DeletedRule { name };
    let there = reconciler.describe(&rule).await?;
    if let Some(there) = &there {
        check_scheduled(name, there)?;
        let none = reconciler.apply(&DeletedTargets { name }).await?;
        failed(Operation::RemoveTargets, &none)?;
    }
    let applied = reconciler.apply_from(&rule, there).await?;
    for (look, delete) in [
        (Operation::DescribeApiDestination, Operation::DeleteApiDestination),
        (Operation::DescribeConnection, Operation::DeleteConnection),
    ] {
        reconciler.apply(&OwnedResource { name, look, delete }).await?;
    }
    Ok(applied)
}

/// Refuses an answer in which entries failed: its HTTP status is a success.
fn failed(operation: Operation, applied: &Applied) -> Result<(), Error> {
    let Some(answer) = &applied.answer else { return Ok(()) };
    let entries = answer["FailedEntries"].as_array().map(Vec::as_slice).unwrap_or_default();
    if answer["FailedEntryCount"].as_u64().unwrap_or_default() == 0 && entries.is_empty() {
        return Ok(());
    }
    let text = |entry: &Value| {
        let member = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        format!("target {}: {}: {}", member("TargetId"), member("ErrorCode"), member("ErrorMessage"))
    };
    let name = entries.first().and_then(|entry| entry["ErrorCode"].as_str()).unwrap_or("FailedEntries").to_owned();
    let all: Vec<String> = entries.iter().map(text).collect();
    Err(Error::Aws { operation: operation.name().to_owned(), name, text: all.join("; "), request: None, begun: None })
}

/// Refuses a rule for events: this crate did not create it.
fn check_scheduled(name: &str, there: &Value) -> Result<(), Error> {
    if there["EventPattern"].is_string() {
        return Err(Error::invalid("name", format!("rule {name:?} is there and is for events: choose another name")));
    }
    Ok(())
}

struct Rule<'a> {
    checked: &'a Checked<'a>,
}

impl Rule<'_> {
    fn whole(&self, there: Option<&Value>) -> Result<Value, Error> {
        let request = self.checked.request;
        let mut whole = json!({"Name": request.name});
        match there {
            Some(there) => {
                check_scheduled(&request.name, there)?;
                whole = there.clone();
                whole.as_object_mut().into_iter().for_each(|whole| RULE.strip_read_only(whole));
            }
            None if request.expression.is_none() => {
                return Err(Error::invalid("expression", format!("needed: there is no rule {:?} yet", request.name)));
            }
            None => {}
        }
        let enabled = request.enabled.or(there.is_none().then_some(true));
        let members = [
            ("ScheduleExpression", self.checked.expression.as_deref()),
            ("State", enabled.map(|enabled| if enabled { "ENABLED" } else { "DISABLED" })),
            ("Description", request.description.as_deref()),
        ];
        for (name, value) in members {
            value.into_iter().for_each(|value| whole[name] = value.into());
        }
        json_patch::merge(&mut whole, &Value::Object(request.settings.clone()));
        // PutRule gives tags to a new rule alone, and DescribeRule does not show them.
        if there.is_some() {
            whole.as_object_mut().map(|all| all.shift_remove("Tags"));
        }
        Ok(whole)
    }
}

impl Resource for Rule<'_> {
    fn look(&self) -> (Operation, Value) {
        (Operation::DescribeRule, json!({"Name": self.checked.request.name}))
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let whole = self.whole(there)?;
        let changes = changes_as_written(&RULE, there.unwrap_or(&json!({})), &whole);
        let write = Write { operation: Operation::PutRule, input: whole, changes };
        Ok((!write.changes.is_empty()).then_some(write))
    }
}

/// The target that this crate manages: its id is the rule's name.
struct Target<'a> {
    checked: &'a Checked<'a>,
    destination: Option<(String, &'a HttpTarget)>,
}

impl Target<'_> {
    fn ours<'t>(&self, there: Option<&'t Value>) -> Option<&'t Value> {
        there?["Targets"].as_array()?.iter().find(|target| target["Id"] == *self.checked.request.name)
    }

    /// Refuses a target without what it needs.
    fn check(&self, there: Option<&Value>) -> Result<(), Error> {
        let (request, ours) = (self.checked.request, self.ours(there));
        let needed = [
            ("target", request.http().is_some() || ours.is_some()),
            ("role", request.role.is_some() || ours.is_some_and(|ours| ours["RoleArn"].is_string())),
        ];
        match needed.into_iter().find(|(_, is_there)| !is_there) {
            Some((option, _)) => {
                Err(Error::invalid(option, format!("needed: rule {:?} calls nothing yet", request.name)))
            }
            None => Ok(()),
        }
    }

    /// The target as it is sent. An address replaces headers, query and body; role and retries stay.
    fn whole(&self, there: Option<&Value>) -> Option<Value> {
        let ours = self.ours(there);
        let mut whole = ours.cloned().unwrap_or_else(|| json!({}));
        if let Some((arn, http)) = &self.destination {
            let mut members = Map::new();
            members.insert("Id".to_owned(), self.checked.request.name.clone().into());
            members.insert("Arn".to_owned(), arn.clone().into());
            let parameters = [("HeaderParameters", &http.headers), ("QueryStringParameters", &http.query)];
            let parameters = parameters.into_iter().filter(|(_, all)| !all.is_empty());
            let parameters: Map<String, Value> = parameters.map(|(name, all)| (name.to_owned(), json!(all))).collect();
            if !parameters.is_empty() {
                members.insert("HttpParameters".to_owned(), parameters.into());
            }
            if let Some(body) = &http.body {
                members.insert("Input".to_owned(), body.to_string().into());
            }
            let kept = ours.and_then(Value::as_object).into_iter().flatten().filter(|(name, _)| is_delivery(name));
            members.extend(kept.map(|(name, value)| (name.clone(), value.clone())));
            whole = Value::Object(members);
        }
        json_patch::merge(&mut whole, &delivery(self.checked.request));
        whole["Arn"].is_string().then_some(whole)
    }
}

impl Resource for Target<'_> {
    fn look(&self) -> (Operation, Value) {
        (Operation::ListTargetsByRule, json!({"Rule": self.checked.request.name, "Limit": 100}))
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let Some(whole) = self.whole(there) else { return Ok(None) };
        let before = self.ours(there).cloned().unwrap_or_else(|| json!({}));
        // The paths of the changes begin with `/Target`, as for a schedule.
        let changes = changes_as_written(&SCHEDULE, &json!({"Target": before}), &json!({"Target": whole}));
        let input = json!({"Rule": self.checked.request.name, "Targets": [whole]});
        let write = Write { operation: Operation::PutTargets, input, changes };
        Ok((!write.changes.is_empty()).then_some(write))
    }
}

struct DeletedTargets<'a> {
    name: &'a str,
}

impl Resource for DeletedTargets<'_> {
    fn look(&self) -> (Operation, Value) {
        (Operation::ListTargetsByRule, json!({"Rule": self.name, "Limit": 100}))
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let all = there.and_then(|there| there["Targets"].as_array()).map(Vec::as_slice).unwrap_or_default();
        let ids: Vec<&Value> = all.iter().map(|target| &target["Id"]).collect();
        if ids.is_empty() {
            return Ok(None);
        }
        let changes = differences(&json!({"Targets": ids}), &json!({}));
        Ok(Some(Write { operation: Operation::RemoveTargets, input: json!({"Rule": self.name, "Ids": ids}), changes }))
    }
}

struct DeletedRule<'a> {
    name: &'a str,
}

impl Resource for DeletedRule<'_> {
    fn look(&self) -> (Operation, Value) {
        (Operation::DescribeRule, json!({"Name": self.name}))
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let Some(there) = there else { return Ok(None) };
        let changes = differences(&json!({"Arn": there["Arn"]}), &json!({}));
        Ok(Some(Write { operation: Operation::DeleteRule, input: json!({"Name": self.name}), changes }))
    }
}
