//! The connection, with its secret, and the API destination through which a rule of EventBridge calls an address.
//!
//! A connection's secret cannot be read back. It is sent when the connection is made, when something else of it changes, and when
//! the caller sets `refresh`; otherwise the members that can be read decide whether to write.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::check::connection_name;
use super::reconcile::{Reconciler, Resource, Write};
use super::targets::{HttpConnection, HttpTarget};
use crate::aws::operation::Operation;
use crate::definition::schema::API_DESTINATION;
use crate::definition::schema::compare::differences;
use crate::error::Error;

/// The description of what this crate creates, and deletes with its rule.
const OURS: &str = "made by ecs-rollout for the rule of this name";

/// Members that AWS takes and does not show. By name, wherever they are: they are secrets, and no matter of one schema.
const SECRETS: [&str; 3] = ["ApiKeyValue", "Password", "ClientSecret"];

/// Creates or updates the connection if needed (DescribeConnection, CreateConnection, UpdateConnection), and returns its ARN once
/// it is authorized.
pub(crate) async fn connect(reconciler: &mut Reconciler<'_>, rule: &str, http: &HttpTarget) -> Result<String, Error> {
    let name = match &http.connection {
        HttpConnection::Name(name) => connection_name(name).unwrap_or(name).to_owned(),
        _ => rule.to_owned(),
    };
    let look = json!({"Name": name});
    let Some(document) = document(&http.connection) else {
        return match reconciler.find(Operation::DescribeConnection, &look).await? {
            Some(there) => authorized(reconciler, &look, there).await,
            None => Err(Error::invalid(
                "target.http.connection",
                format!("there is no connection {name:?} in this account and region"),
            )),
        };
    };
    let applied = reconciler.apply(&Connection { name: &name, document, refresh: http.refresh }).await?;
    if reconciler.is_plan && applied.is_written {
        return Ok(applied
            .text(&["ConnectionArn"])
            .unwrap_or_else(|| format!("(the ARN of connection {name}, once it is made)")));
    }
    let there = reconciler.ask(Operation::DescribeConnection, &look).await?;
    authorized(reconciler, &look, there).await
}

/// Waits until a connection may be used (DescribeConnection).
async fn authorized(reconciler: &mut Reconciler<'_>, look: &Value, mut there: Value) -> Result<String, Error> {
    loop {
        let state = there["ConnectionState"].as_str().unwrap_or_default().to_owned();
        if state == "AUTHORIZED" {
            return Ok(there["ConnectionArn"].as_str().unwrap_or_default().to_owned());
        }
        let is_on_its_way = ["CREATING", "UPDATING", "AUTHORIZING", "ACTIVE"].contains(&state.as_str());
        if !is_on_its_way || reconciler.is_over() {
            let reason = there["StateReason"].as_str().unwrap_or("EventBridge gives no reason");
            let text = format!("connection {} is {state}, not AUTHORIZED: {reason}", look["Name"]);
            return Err(Error::Aws {
                operation: "DescribeConnection".to_owned(),
                name: state,
                text,
                request: None,
                begun: None,
            });
        }
        reconciler.client.clock().sleep(Duration::from_secs(2)).await;
        there = reconciler.ask(Operation::DescribeConnection, look).await?;
    }
}

/// AWS's document for the endpoint's credentials; `None` for an existing connection that is only named.
fn document(connection: &HttpConnection) -> Option<Map<String, Value>> {
    let document = match connection {
        HttpConnection::Name(_) => return None,
        HttpConnection::Document(document) => return Some(document.clone()),
        HttpConnection::Login(login) => match (&login.key, &login.basic) {
            (Some(key), _) => json!({
                "AuthorizationType": "API_KEY",
                "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": key.header, "ApiKeyValue": key.value}},
            }),
            (None, basic) => {
                let (user, password) =
                    basic.as_ref().map(|basic| (basic.user.as_str(), basic.password.as_str())).unwrap_or_default();
                json!({
                    "AuthorizationType": "BASIC",
                    "AuthParameters": {"BasicAuthParameters": {"Username": user, "Password": password}},
                })
            }
        },
    };
    document.as_object().cloned()
}

struct Connection<'a> {
    name: &'a str,
    document: Map<String, Value>,
    refresh: bool,
}

impl Resource for Connection<'_> {
    fn look(&self) -> (Operation, Value) {
        (Operation::DescribeConnection, json!({"Name": self.name}))
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let there = there.filter(|there| there["ConnectionState"] != "DELETING");
        let mut input = json!({"Name": self.name});
        input.as_object_mut().into_iter().for_each(|input| input.extend(self.document.clone()));
        let Some(there) = there else {
            if self.document.get("Description").is_none() {
                input["Description"] = OURS.into();
            }
            let changes = differences(&json!({}), &json!({"ConnectionName": self.name}));
            return Ok(Some(Write { operation: Operation::CreateConnection, input, changes }));
        };
        let shown = without_secrets(&Value::Object(self.document.clone()));
        let there = &without_secrets(there);
        let mut whole = there.clone();
        json_patch::merge(&mut whole, &shown);
        let changes = differences(there, &whole);
        if changes.is_empty() && !self.refresh {
            return Ok(None);
        }
        if let (None, Some(description)) = (self.document.get("Description"), there.get("Description")) {
            input["Description"] = description.clone();
        }
        Ok(Some(Write { operation: Operation::UpdateConnection, input, changes }))
    }
}

/// The document as AWS shows it.
fn without_secrets(document: &Value) -> Value {
    match document {
        Value::Object(members) => {
            let is_secret = members.get("IsValueSecret") == Some(&Value::Bool(true));
            let is_shown = |name: &str| !SECRETS.contains(&name) && (name != "Value" || !is_secret);
            // The default of `IsValueSecret` is false.
            let is_said = |name: &str, value: &Value| !(name == "IsValueSecret" && *value == Value::Bool(false));
            let shown = members.iter().filter(|(name, value)| is_shown(name) && is_said(name, value));
            shown.map(|(name, value)| (name.clone(), without_secrets(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(without_secrets).collect(),
        other => other.clone(),
    }
}

/// The API destination that a rule calls.
pub(crate) struct Destination<'a> {
    pub(crate) name: &'a str,
    pub(crate) connection: &'a str,
    pub(crate) http: &'a HttpTarget,
}

impl Resource for Destination<'_> {
    fn look(&self) -> (Operation, Value) {
        (Operation::DescribeApiDestination, json!({"Name": self.name}))
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let mut asked = json!({
            "Name": self.name, "ConnectionArn": self.connection, "InvocationEndpoint": self.http.url, "HttpMethod": self.http.method,
        });
        if let Some(rate) = self.http.rate {
            asked["InvocationRateLimitPerSecond"] = rate.into();
        }
        let Some(there) = there else {
            let changes = differences(&json!({}), &asked);
            asked["Description"] = OURS.into();
            return Ok(Some(Write { operation: Operation::CreateApiDestination, input: asked, changes }));
        };
        let kept = API_DESTINATION.names();
        let before: Map<String, Value> =
            kept.filter_map(|name| Some((name.to_owned(), there.get(name)?.clone()))).collect();
        let before = Value::Object(before);
        let mut whole = before.clone();
        json_patch::merge(&mut whole, &asked);
        let changes = differences(&before, &whole);
        let write = Write { operation: Operation::UpdateApiDestination, input: whole, changes };
        Ok((!write.changes.is_empty()).then_some(write))
    }
}

/// A connection or API destination that this crate created for a rule that is deleted.
pub(crate) struct OwnedResource<'a> {
    pub(crate) name: &'a str,
    pub(crate) look: Operation,
    pub(crate) delete: Operation,
}

impl Resource for OwnedResource<'_> {
    fn look(&self) -> (Operation, Value) {
        (self.look, json!({"Name": self.name}))
    }

    fn write(&self, there: Option<&Value>) -> Result<Option<Write>, Error> {
        let is_ours = |there: &&Value| there["Description"] == OURS && there["ConnectionState"] != "DELETING";
        let Some(there) = there.filter(is_ours) else { return Ok(None) };
        let changes = differences(&json!({"Name": there["Name"]}), &json!({}));
        Ok(Some(Write { operation: self.delete, input: json!({"Name": self.name}), changes }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(value: &str) -> Map<String, Value> {
        let login = json!({"key": {"header": "x-key", "value": value}});
        document(&serde_json::from_value(login).unwrap()).unwrap()
    }

    fn operation(document: Map<String, Value>, refresh: bool, there: Option<&Value>) -> Option<&'static str> {
        Connection { name: "n", document, refresh }.write(there).unwrap().map(|write| write.operation.name())
    }

    #[test]
    fn a_secret_is_sent_once_unless_something_changes_or_it_is_asked_for() {
        let there = json!({
            "Name": "n", "ConnectionState": "AUTHORIZED", "AuthorizationType": "API_KEY", "SecretArn": "s",
            "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "x-key"}},
        });
        let other = json!({
            "AuthorizationType": "BASIC", "AuthParameters": {"BasicAuthParameters": {"Username": "u", "Password": "p"}},
        });
        let with_body = json!({
            "AuthorizationType": "API_KEY",
            "AuthParameters": {
                "ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "v"},
                "InvocationHttpParameters": {"BodyParameters": [{"Key": "k", "Value": "v", "IsValueSecret": true}]},
            },
        });
        let deleting = json!({"ConnectionState": "DELETING"});
        for (document, refresh, there, expected) in [
            (key("a"), false, None, Some("CreateConnection")),
            (key("a"), false, Some(&deleting), Some("CreateConnection")),
            (key("a"), false, Some(&there), None),
            (key("b"), false, Some(&there), None),
            (key("b"), true, Some(&there), Some("UpdateConnection")),
            (other.as_object().unwrap().clone(), false, Some(&there), Some("UpdateConnection")),
            (with_body.as_object().unwrap().clone(), false, Some(&there), Some("UpdateConnection")),
        ] {
            assert_eq!(operation(document, refresh, there), expected);
        }
        let mut there = there;
        there["AuthParameters"]["InvocationHttpParameters"] =
            json!({"BodyParameters": [{"Key": "k", "IsValueSecret": true}]});
        assert_eq!(operation(with_body.as_object().unwrap().clone(), false, Some(&there)), None);
    }

    #[test]
    fn only_what_was_made_here_goes_with_the_rule() {
        let leftover =
            OwnedResource { name: "n", look: Operation::DescribeConnection, delete: Operation::DeleteConnection };
        for (there, expected) in [
            (None, false),
            (Some(json!({"Name": "n", "Description": "by hand"})), false),
            (Some(json!({"Name": "n"})), false),
            (Some(json!({"Name": "n", "Description": OURS, "ConnectionState": "DELETING"})), false),
            (Some(json!({"Name": "n", "Description": OURS, "ConnectionState": "AUTHORIZED"})), true),
        ] {
            assert_eq!(leftover.write(there.as_ref()).unwrap().is_some(), expected, "{there:?}");
        }
    }
}
