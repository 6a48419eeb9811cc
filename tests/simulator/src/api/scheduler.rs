//! Decides what EventBridge Scheduler answers: schedules, which an update replaces as a whole, and their groups.

use ecs_rollout::Timetable;
use serde_json::{Map, Value, json};

use super::{Answer, ApiError, Input};
use crate::model::Model;
use crate::model::schedules::Timed;

const DEFAULT: &str = "default";

pub(super) fn refused(text: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", text)
}

fn missing(text: String) -> ApiError {
    ApiError::new("ResourceNotFoundException", text).with_status(404)
}

fn conflict(text: String) -> ApiError {
    ApiError::new("ConflictException", text).with_status(409)
}

/// A name of the request that may be one.
pub(super) fn name<'a>(input: &Input<'a>, member: &str) -> Result<&'a str, ApiError> {
    let text = input.text(member)?.unwrap_or_default();
    let is_sound = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if is_sound && (1..=64).contains(&text.len()) {
        return Ok(text);
    }
    Err(refused(format!(
        "1 validation error detected: Value '{text}' at '{member}' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: ^[0-9a-zA-Z-_.]+$"
    )))
}

fn group<'a>(model: &Model, input: &Input<'a>) -> Result<&'a str, ApiError> {
    let group = input.text("GroupName")?.unwrap_or(DEFAULT);
    let is_there = group == DEFAULT || model.calls.groups.iter().any(|known| known["Name"] == group);
    if is_there { Ok(group) } else { Err(missing(format!("Schedule group {group} does not exist."))) }
}

/// Where a schedule stands; what is asked must be there.
fn find(model: &Model, input: &Input<'_>) -> Result<usize, ApiError> {
    let (name, group) = (name(input, "Name")?, group(model, input)?);
    let is_it = |timed: &Timed| timed.document["Name"] == name && timed.document["GroupName"] == group;
    let found = model.calls.schedules.iter().position(is_it);
    found.ok_or_else(|| missing(format!("Schedule {name} does not exist.")))
}

pub(super) fn create(model: &mut Model, input: &Input<'_>) -> Answer {
    let token = input.text("ClientToken")?.map(str::to_owned);
    match find(model, input) {
        Ok(index) => {
            let known = &model.calls.schedules[index];
            if token.is_some() && known.token == token {
                return Ok(json!({ "ScheduleArn": known.document["Arn"] }));
            }
            return Err(conflict(format!("Schedule {} already exists.", name(input, "Name")?)));
        }
        Err(error) if error.text.starts_with("Schedule group") || error.code != "ResourceNotFoundException" => {
            return Err(error);
        }
        Err(_) => {}
    }
    let now = model.stamp(model.now);
    let document = read(model, input, now)?;
    let answer = json!({ "ScheduleArn": document["Arn"] });
    let mut timed = Timed { document, targets: Vec::new(), token, due: None, since: model.now };
    timed.begin(model.now, model.epoch(0.0));
    model.calls.schedules.push(timed);
    Ok(answer)
}

pub(super) fn update(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = find(model, input)?;
    let created = model.calls.schedules[index].document["CreationDate"].clone();
    let document = read(model, input, created)?;
    let (now, base) = (model.now, model.epoch(0.0));
    let timed = &mut model.calls.schedules[index];
    let is_other =
        ["ScheduleExpression", "State", "StartDate"].iter().any(|name| timed.document[*name] != document[*name]);
    timed.document = document;
    if is_other {
        timed.begin(now, base)
    } else {
        timed.plan(now, base)
    }
    Ok(json!({ "ScheduleArn": timed.document["Arn"] }))
}

/// The whole schedule: what is not given is at its default, whatever was there.
fn read(model: &Model, input: &Input<'_>, created: Value) -> Answer {
    let (name, group) = (name(input, "Name")?, group(model, input)?);
    let expression = input.text("ScheduleExpression")?.unwrap_or_default();
    let zone = input.text("ScheduleExpressionTimezone")?.unwrap_or("UTC");
    let table = Timetable::parse(expression, zone)
        .map_err(|_| refused(format!("Invalid Schedule Expression {expression}.")))?;
    if expression.starts_with("at(") && table.after(model.epoch(model.now) as i64, 0).is_none() {
        return Err(refused("The schedule expression is in the past."));
    }
    let window = input.value("FlexibleTimeWindow").filter(|window| window["Mode"].is_string());
    let window = window.ok_or_else(|| refused("FlexibleTimeWindow.Mode must be given."))?;
    if (window["Mode"] == "FLEXIBLE") != window["MaximumWindowInMinutes"].is_u64() {
        return Err(refused("MaximumWindowInMinutes is for Mode FLEXIBLE, and needed there."));
    }
    let target = target(model, input)?;
    let mut document = Map::new();
    let mut set = |name: &str, value: Value| document.insert(name.to_owned(), value);
    set("Arn", json!(model.place.arn_of("scheduler", &format!("schedule/{group}/{name}"))));
    set("CreationDate", created);
    set("LastModificationDate", model.stamp(model.now));
    for (member, usual) in [
        ("GroupName", json!(group)),
        ("ScheduleExpressionTimezone", json!(zone)),
        ("State", json!("ENABLED")),
        ("ActionAfterCompletion", json!("NONE")),
    ] {
        set(member, input.value(member).cloned().unwrap_or(usual));
    }
    let own = ["ClientToken", "Target"];
    let rest = input.members().iter().filter(|(name, value)| !own.contains(&name.as_str()) && !value.is_null());
    rest.for_each(|(name, value)| drop(set(name, value.clone())));
    set("Target", target);
    Ok(Value::Object(document))
}

fn target(model: &Model, input: &Input<'_>) -> Answer {
    let mut target = input.value("Target").cloned().unwrap_or_default();
    let role = match (target["Arn"].as_str(), target["RoleArn"].as_str()) {
        (Some(_), Some(role)) => role.to_owned(),
        _ => return Err(refused("Target.Arn and Target.RoleArn must be given.")),
    };
    if !model.calls.assumable(&role, model.now) {
        return Err(refused("The execution role you provide must allow AWS EventBridge Scheduler to assume the role."));
    }
    if target["RetryPolicy"].is_null() {
        target["RetryPolicy"] = json!({ "MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185 });
    }
    Ok(target)
}

pub(super) fn get(model: &mut Model, input: &Input<'_>) -> Answer {
    Ok(model.calls.schedules[find(model, input)?].document.clone())
}

pub(super) fn delete(model: &mut Model, input: &Input<'_>) -> Answer {
    let index = find(model, input)?;
    model.calls.schedules.remove(index);
    Ok(json!({}))
}

pub(super) fn list(model: &mut Model, input: &Input<'_>) -> Answer {
    let fits = |document: &&Value| {
        ["GroupName", "State"].iter().all(|name| input.value(name).is_none_or(|wanted| document[*name] == *wanted))
    };
    let brief = |document: &Value| {
        let mut shown = Map::new();
        for name in ["Arn", "Name", "GroupName", "State", "CreationDate", "LastModificationDate"] {
            shown.insert(name.to_owned(), document[name].clone());
        }
        shown.insert("Target".to_owned(), json!({ "Arn": document["Target"]["Arn"] }));
        Value::Object(shown)
    };
    let all = model.calls.schedules.iter().map(|timed| &timed.document).filter(fits).map(brief);
    paged("Schedules", input, all.collect())
}

pub(super) fn create_group(model: &mut Model, input: &Input<'_>) -> Answer {
    let name = name(input, "Name")?;
    if name == DEFAULT || model.calls.groups.iter().any(|known| known["Name"] == name) {
        return Err(conflict(format!("Schedule group {name} already exists.")));
    }
    let group = show_group(model, name);
    let answer = json!({ "ScheduleGroupArn": group["Arn"] });
    model.calls.groups.push(group);
    Ok(answer)
}

fn show_group(model: &Model, name: &str) -> Value {
    json!({
        "Arn": model.place.arn_of("scheduler", &format!("schedule-group/{name}")),
        "Name": name,
        "State": "ACTIVE",
        "CreationDate": model.stamp(model.now),
        "LastModificationDate": model.stamp(model.now),
    })
}

pub(super) fn get_group(model: &mut Model, input: &Input<'_>) -> Answer {
    let name = name(input, "Name")?;
    match model.calls.groups.iter().find(|known| known["Name"] == name) {
        Some(group) => Ok(group.clone()),
        None if name == DEFAULT => Ok(show_group(model, name)),
        None => Err(missing(format!("Schedule group {name} does not exist."))),
    }
}

pub(super) fn delete_group(model: &mut Model, input: &Input<'_>) -> Answer {
    get_group(model, input)?;
    let name = name(input, "Name")?;
    if name == DEFAULT {
        return Err(refused("The default schedule group cannot be deleted."));
    }
    model.calls.groups.retain(|known| known["Name"] != name);
    model.calls.schedules.retain(|timed| timed.document["GroupName"] != name);
    Ok(json!({}))
}

pub(super) fn list_groups(model: &mut Model, input: &Input<'_>) -> Answer {
    let all = std::iter::once(show_group(model, DEFAULT)).chain(model.calls.groups.iter().cloned());
    paged("ScheduleGroups", input, all.collect())
}

/// A page of what begins with the prefix that is asked for. Out of a URL, numbers are texts.
fn paged(member: &str, input: &Input<'_>, all: Vec<Value>) -> Answer {
    let prefix = input.text("NamePrefix")?.unwrap_or_default();
    let all: Vec<Value> =
        all.into_iter().filter(|one| one["Name"].as_str().is_some_and(|name| name.starts_with(prefix))).collect();
    let size = input.value("MaxResults").map(|size| size.as_str().map_or(size.as_u64(), |text| text.parse().ok()));
    let size = size.unwrap_or(Some(100)).filter(|size| (1..=100).contains(size));
    let size = size.ok_or_else(|| refused("MaxResults must be between 1 and 100."))? as usize;
    let offset = match input.text("NextToken")? {
        None => 0,
        Some(token) => token.parse::<usize>().map_err(|_| refused("NextToken is not valid."))?,
    };
    let page: Vec<&Value> = all.iter().skip(offset).take(size).collect();
    let mut answer = json!({ member: page });
    if all.len() > offset + size {
        answer["NextToken"] = json!((offset + size).to_string());
    }
    Ok(answer)
}
