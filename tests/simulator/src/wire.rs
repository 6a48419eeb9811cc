//! Decides how a request names its operation and how an answer is written: AWS JSON by a header, or Query and XML.

use serde_json::{Map, Value};

use crate::api::ApiError;

/// The services that are called in AWS JSON, by the prefix of the header `X-Amz-Target`.
const TARGETS: [(&str, &str); 8] = [
    ("AmazonEC2ContainerRegistry_V20150921", "ecr"),
    ("AmazonEC2ContainerServiceV20141113", "ecs"),
    ("Logs_20140328", "logs"),
    ("CodeDeploy_20141006", "codedeploy"),
    ("AWSEvents", "events"),
    ("AmazonSSM", "ssm"),
    ("secretsmanager", "secretsmanager"),
    ("AnyScaleFrontendService", "application-autoscaling"),
];
/// The services that are called by Query and answer in XML: the version of their API, and the namespace of their answers.
const QUERIES: [(&str, &str, &str); 4] = [
    ("iam", "2010-05-08", "https://iam.amazonaws.com/doc/2010-05-08/"),
    ("cloudformation", "2010-05-15", "http://cloudformation.amazonaws.com/doc/2010-05-15/"),
    ("elasticloadbalancing", "2015-12-01", "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"),
    ("sts", "2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/"),
];

/// A request, read.
pub(crate) struct Call {
    pub(crate) service: &'static str,
    pub(crate) operation: String,
    pub(crate) input: Value,
}

/// The service and operation of a target header.
pub(crate) fn target(header: &str) -> Option<(&'static str, &str)> {
    let (prefix, operation) = header.split_once('.')?;
    TARGETS.iter().find(|(known, _)| *known == prefix).map(|(_, service)| (*service, operation))
}

/// Reads a request from its target header, or its body as a form when there is none.
pub(crate) fn read(header: &str, body: &[u8]) -> Result<Call, ApiError> {
    let unknown = || ApiError::new("UnknownOperationException", format!("No operation is known as `{header}`."));
    if header.is_empty() {
        return read_form(body).ok_or_else(unknown);
    }
    let (service, operation) = target(header).ok_or_else(unknown)?;
    let broken = |_| ApiError::new("SerializationException", "The request body is not JSON.");
    let input = if body.is_empty() { Value::Null } else { serde_json::from_slice(body).map_err(broken)? };
    Ok(Call { service, operation: operation.to_owned(), input })
}

/// The service and operation of a method and path, and the name in the path: EventBridge Scheduler's way.
pub(crate) fn route<'a>(method: &str, path: &'a str) -> Option<(&'static str, &'static str, Option<&'a str>)> {
    match (method, path) {
        ("GET", "/2015-02-01/file-systems") => return Some(("elasticfilesystem", "DescribeFileSystems", None)),
        ("GET", "/2015-02-01/access-points") => return Some(("elasticfilesystem", "DescribeAccessPoints", None)),
        _ => {}
    }
    let (kind, name) = path
        .trim_matches('/')
        .split_once('/')
        .map_or((path.trim_matches('/'), None), |(kind, name)| (kind, Some(name)));
    let operation = match (kind, method, name) {
        ("schedules", "GET", None) => "ListSchedules",
        ("schedules", "POST", Some(_)) => "CreateSchedule",
        ("schedules", "PUT", Some(_)) => "UpdateSchedule",
        ("schedules", "GET", Some(_)) => "GetSchedule",
        ("schedules", "DELETE", Some(_)) => "DeleteSchedule",
        ("schedule-groups", "GET", None) => "ListScheduleGroups",
        ("schedule-groups", "POST", Some(_)) => "CreateScheduleGroup",
        ("schedule-groups", "GET", Some(_)) => "GetScheduleGroup",
        ("schedule-groups", "DELETE", Some(_)) => "DeleteScheduleGroup",
        _ => return None,
    };
    Some(("scheduler", operation, name))
}

/// A request to S3, which its signature is for: bucket and key in the path. Other operations of S3 are not modelled.
pub(crate) fn read_object(method: &str, path: &str, authorization: &str) -> Option<Call> {
    let scope: Vec<&str> = authorization.split_once("Credential=")?.1.split(',').next()?.split('/').collect();
    let (region, service) = (scope.get(2)?, scope.get(3)?);
    let operation = match (*service, method) {
        ("s3", "HEAD") => "HeadObject",
        ("s3", "GET") => "GetObject",
        _ => return None,
    };
    let (bucket, key) = path.trim_start_matches('/').split_once('/')?;
    let input = serde_json::json!({"Bucket": decoded(bucket), "Key": decoded(key), "Region": region});
    Some(Call { service: "s3", operation: operation.to_owned(), input })
}

/// An answer of S3: a text, or XML where it failed.
pub(crate) fn object(status: u16, value: &Value) -> String {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    match status {
        200 => text("Body").to_owned(),
        _ => format!(
            "<Error><Code>{}</Code><Message>{}</Message></Error>",
            escaped(text("__type")),
            escaped(text("message"))
        ),
    }
}

/// Reads a request whose operation is its method and path; members are in the path, in the query and in the body.
pub(crate) fn read_route(method: &str, path: &str, query: &str, body: &[u8]) -> Option<Result<Call, ApiError>> {
    let (service, operation, name) = route(method, path)?;
    let broken = |_| ApiError::new("SerializationException", "The request body is not JSON.");
    let read = if body.is_empty() {
        Ok(Map::new())
    } else {
        serde_json::from_slice::<Map<String, Value>>(body).map_err(broken)
    };
    Some(read.map(|mut members| {
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let member = match name {
                "groupName" | "ScheduleGroup" => "GroupName",
                "clientToken" => "ClientToken",
                name => name,
            };
            members.insert(member.to_owned(), Value::String(decoded(value)));
        }
        if let Some(name) = name {
            members.insert("Name".to_owned(), Value::String(decoded(name)));
        }
        Call { service, operation: operation.to_owned(), input: Value::Object(members) }
    }))
}

fn read_form(body: &[u8]) -> Option<Call> {
    let text = std::str::from_utf8(body).ok()?;
    let mut members: Map<String, Value> = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), Value::String(decoded(value))))
        .collect();
    let operation = members.shift_remove("Action")?.as_str()?.to_owned();
    let version = members.shift_remove("Version")?;
    let (service, _, _) = QUERIES.iter().find(|(_, known, _)| version == *known)?;
    Some(Call { service, operation, input: Value::Object(members) })
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut read = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code =
            text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        read.push(code.unwrap_or(if bytes[at] == b'+' { b' ' } else { bytes[at] }));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// Whether answers of the service are XML.
pub(crate) fn is_query(service: &str) -> bool {
    QUERIES.iter().any(|(known, _, _)| *known == service)
}

/// An answer of a Query service as XML.
pub(crate) fn xml(service: &str, operation: &str, status: u16, value: &Value) -> String {
    let space = QUERIES.iter().find(|(known, _, _)| *known == service).map_or("", |(_, _, space)| *space);
    const ID: &str = "<RequestId>00000000-0000-4000-8000-000000000000</RequestId>";
    if status != 200 {
        let text = |name: &str| escaped(value.get(name).and_then(Value::as_str).unwrap_or_default());
        return format!(
            "<ErrorResponse xmlns=\"{space}\"><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>{ID}\
             </ErrorResponse>",
            text("__type"),
            text("message")
        );
    }
    format!(
        "<{operation}Response xmlns=\"{space}\"><{operation}Result>{}</{operation}Result><ResponseMetadata>{ID}\
         </ResponseMetadata></{operation}Response>",
        element(value)
    )
}

fn element(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| format!("<{name}>{}</{name}>", element(value))).collect()
        }
        Value::Array(items) => items.iter().map(|item| format!("<member>{}</member>", element(item))).collect(),
        Value::String(text) => escaped(text),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{read, xml};
    use serde_json::json;

    #[test]
    fn forms_are_read() {
        let call =
            read("", b"Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn=arn%3Aa%2Fb+c").expect("a call");
        assert_eq!((call.service, call.operation.as_str()), ("elasticloadbalancing", "DescribeTargetHealth"));
        assert_eq!(call.input, json!({ "TargetGroupArn": "arn:a/b c" }));
        assert!(read("", b"").is_err());
    }

    #[test]
    fn answers_are_escaped() {
        let answer = xml("elasticloadbalancing", "Do", 200, &json!({ "A": [{ "B": "<&>" }], "C": 1 }));
        assert!(answer.contains("<A><member><B>&lt;&amp;&gt;</B></member></A><C>1</C>"), "{answer}");
    }
}
