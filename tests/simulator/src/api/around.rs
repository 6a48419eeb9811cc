//! Decides what the services around ECS answer about what a world lists: IAM, Secrets Manager, SSM, S3, EFS, CloudFormation.

use serde_json::{Value, json};

use super::{Answer, ApiError, Input, unknown};
use crate::model::Model;
use crate::model::ids::Place;
use crate::model::resources::{Parameter, Resources};

/// The epoch seconds of everything that is there already.
const CREATED: f64 = 1.7e9;

pub(super) fn perform(model: &mut Model, (service, operation): (&str, &str), input: &Input<'_>) -> Answer {
    let Some(resources) = model.resources.as_deref() else {
        let text = format!("The world has no `resources`, so that the simulator has no {service}:{operation}.");
        return Err(ApiError::new("UnsupportedOperationException", text));
    };
    match operation {
        "GetRole" => role(resources, &model.place, input),
        "DescribeSecret" => secret(resources, &model.place, input),
        "GetParameters" => parameters(resources, &model.place, input),
        "DescribeParameters" => describe_parameters(resources, &model.place, input),
        "DescribeLogGroups" => log_groups(resources, &model.place, input),
        "HeadObject" | "GetObject" => object(resources, &model.place, operation, input),
        "DescribeFileSystems" => file_systems(resources, input),
        "DescribeAccessPoints" => access_points(resources, input),
        "DescribeStacks" => stacks(resources, input),
        "ListExports" => exports(resources),
        _ => Err(unknown(operation)),
    }
}

fn role(resources: &Resources, place: &Place, input: &Input<'_>) -> Answer {
    let name = input.need("RoleName")?;
    if name.contains('/') || name.starts_with("arn:") {
        let text = "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-";
        return Err(ApiError::new("ValidationError", text));
    }
    let Some(role) = resources.roles.get(name) else {
        let text = format!("The role with name {name} cannot be found.");
        return Err(ApiError::new("NoSuchEntity", text).with_status(404));
    };
    Ok(json!({"Role": {
        "Path": role.path,
        "RoleName": name,
        "Arn": place.principal(&format!("role{}{name}", role.path)),
        "AssumeRolePolicyDocument": encoded(&role.trust.to_string()),
    }}))
}

/// As IAM encodes a policy: RFC 3986.
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// A secret is found by its name, its ARN, or its ARN without the six letters at the end.
fn secret(resources: &Resources, place: &Place, input: &Input<'_>) -> Answer {
    let id = input.need("SecretId")?;
    let prefix = format!("arn:aws:secretsmanager:{}:{}:secret:", place.region, Place::ACCOUNT);
    let found = resources.secrets.iter().find_map(|(name, shown)| {
        let suffix = shown.get("suffix").and_then(Value::as_str).unwrap_or("AbCdEf");
        // One of another region is listed by its ARN.
        let arn = if name.starts_with("arn:") { name.clone() } else { format!("{prefix}{name}-{suffix}") };
        (id == name || id == arn || id == format!("{prefix}{name}")).then_some((name, arn, shown))
    });
    let Some((name, arn, shown)) = found else {
        return Err(ApiError::new("ResourceNotFoundException", "Secrets Manager can't find the specified secret."));
    };
    let mut answer =
        json!({"ARN": arn, "Name": name, "CreatedDate": CREATED, "VersionIdsToStages": {"1": ["AWSCURRENT"]}});
    if let Some(members) = answer.as_object_mut() {
        members.extend(
            shown.iter().filter(|(member, _)| *member != "suffix").map(|(key, value)| (key.clone(), value.clone())),
        );
    }
    Ok(answer)
}

fn parameters(resources: &Resources, place: &Place, input: &Input<'_>) -> Answer {
    let names = input.texts("Names")?;
    if !(1..=10).contains(&names.len()) {
        return Err(constraint("names", "Member must have length less than or equal to 10"));
    }
    let decrypted = input.flag("WithDecryption")?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for name in names {
        let bare = name.split_once(":parameter").map_or(name, |(_, rest)| rest);
        match resources.parameters.get(bare) {
            None => missing.push(name),
            Some(parameter) => {
                let secure = parameter.kind == "SecureString" && !decrypted;
                let value = if secure { "AQICAHencrypted" } else { parameter.value.as_str() };
                let mut shown = known(bare, parameter, place);
                shown["Value"] = json!(value);
                found.push(shown);
            }
        }
    }
    Ok(json!({"Parameters": found, "InvalidParameters": missing}))
}

/// What is known of a parameter without its value.
fn known(name: &str, parameter: &Parameter, place: &Place) -> Value {
    let arn = place.arn_of("ssm", &format!("parameter/{}", name.trim_start_matches('/')));
    json!({"Name": name, "Type": parameter.kind, "Version": parameter.version, "ARN": arn})
}

fn constraint(member: &str, text: &str) -> ApiError {
    let text = format!("1 validation error detected: Value at '{member}' failed to satisfy constraint: {text}");
    ApiError::new("ValidationException", text)
}

/// The parameters that filters leave, without their values. Only filters by name are modelled; that a page may be empty although
/// others follow is shown where a world has more than one page.
fn describe_parameters(resources: &Resources, place: &Place, input: &Input<'_>) -> Answer {
    let size = input.count("MaxResults")?.unwrap_or(10);
    if !(1..=50).contains(&size) {
        return Err(constraint("maxResults", "Member must have value less than or equal to 50"));
    }
    let mut wanted: Vec<&str> = Vec::new();
    for filter in input.list("ParameterFilters")? {
        let values = filter["Values"].as_array().map(Vec::as_slice).unwrap_or_default();
        match (filter["Key"].as_str(), filter["Option"].as_str()) {
            (Some("Name"), Some("Equals")) => wanted.extend(values.iter().filter_map(Value::as_str)),
            (Some("Name"), option) => {
                let text = format!("The simulator does not model the option {} of a filter.", option.unwrap_or("none"));
                return Err(ApiError::new("InvalidFilterOption", text));
            }
            _ => return Err(ApiError::new("InvalidFilterKey", "The specified key isn't valid.")),
        }
        if !(1..=50).contains(&values.len()) {
            return Err(constraint(
                "parameterFilters.1.member.values",
                "Member must have length less than or equal to 50",
            ));
        }
    }
    let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte));
    if !wanted.iter().all(is_name) {
        return Err(ApiError::new(
            "InvalidFilterValue",
            "The filter value isn't valid. Verify the value and try again.",
        ));
    }
    let is_wanted = |name: &String| wanted.is_empty() || wanted.contains(&name.as_str());
    let all: Vec<Value> = resources
        .parameters
        .iter()
        .filter(|(name, _)| is_wanted(name))
        .map(|(name, parameter)| known(name, parameter, place))
        .collect();
    let offset = match input.text("NextToken")? {
        None => 0,
        Some(token) => {
            let offset = token.strip_prefix("parameters-").and_then(|offset| offset.parse::<usize>().ok());
            offset.ok_or_else(|| ApiError::new("InvalidNextToken", "The specified token isn't valid."))?
        }
    };
    let page: Vec<Value> = all.iter().skip(offset).take(size as usize).cloned().collect();
    let next = offset + page.len();
    match next < all.len() {
        true => Ok(json!({"Parameters": page, "NextToken": format!("parameters-{next}")})),
        false => Ok(json!({ "Parameters": page })),
    }
}

fn log_groups(resources: &Resources, place: &Place, input: &Input<'_>) -> Answer {
    let prefix = input.text("logGroupNamePrefix")?.unwrap_or_default();
    let mut names: Vec<&String> = resources.log_groups.iter().filter(|name| name.starts_with(prefix)).collect();
    names.sort();
    let shown = names.into_iter().take(50).map(|name| {
        json!({"logGroupName": name, "creationTime": CREATED * 1000.0, "arn": place.arn_of("logs", &format!("log-group:{name}:*"))})
    });
    Ok(json!({"logGroups": shown.collect::<Vec<_>>()}))
}

/// An object of S3. A bucket is asked in its own region, and elsewhere names that.
fn object(resources: &Resources, place: &Place, operation: &str, input: &Input<'_>) -> Answer {
    let (bucket, key) = (input.need("Bucket")?, input.need("Key")?);
    let region = resources.buckets.get(bucket).unwrap_or(&place.region);
    if input.text("Region")?.is_some_and(|asked| asked != region) {
        return Err(ApiError {
            resources: vec![region.clone()],
            ..ApiError::new("PermanentRedirect", region.clone()).with_status(301)
        });
    }
    match resources.files.get(&format!("{bucket}/{key}")) {
        Some(_) if operation == "HeadObject" => Ok(json!({})),
        Some(text) => Ok(json!({ "Body": text })),
        None => Err(ApiError::new("NoSuchKey", "The specified key does not exist.").with_status(404)),
    }
}

fn file_systems(resources: &Resources, input: &Input<'_>) -> Answer {
    let id = input.need("FileSystemId")?;
    let Some(found) = resources.file_systems.get(id) else {
        let text = format!("File system '{id}' does not exist.");
        return Err(ApiError::new("FileSystemNotFound", text).with_status(404));
    };
    Ok(json!({"FileSystems": [{"FileSystemId": id, "LifeCycleState": found.state, "OwnerId": Place::ACCOUNT}]}))
}

fn access_points(resources: &Resources, input: &Input<'_>) -> Answer {
    let id = input.need("AccessPointId")?;
    let of = resources.file_systems.iter().find(|(_, one)| one.access_points.iter().any(|point| point == id));
    let Some((file_system, _)) = of else {
        let text = format!("Access point {id} does not exist.");
        return Err(ApiError::new("AccessPointNotFound", text).with_status(404));
    };
    Ok(json!({"AccessPoints": [{"AccessPointId": id, "FileSystemId": file_system, "LifeCycleState": "available"}]}))
}

fn stacks(resources: &Resources, input: &Input<'_>) -> Answer {
    let name = input.need("StackName")?;
    let Some(outputs) = resources.stacks.get(name) else {
        return Err(ApiError::new("ValidationError", format!("Stack with id {name} does not exist")));
    };
    let outputs = outputs.iter().map(|(key, value)| json!({"OutputKey": key, "OutputValue": value}));
    Ok(
        json!({"Stacks": [{"StackName": name, "StackStatus": "UPDATE_COMPLETE", "Outputs": outputs.collect::<Vec<_>>()}]}),
    )
}

fn exports(resources: &Resources) -> Answer {
    let shown = resources.exports.iter().map(|(name, value)| json!({"Name": name, "Value": value}));
    Ok(json!({"Exports": shown.collect::<Vec<_>>()}))
}
