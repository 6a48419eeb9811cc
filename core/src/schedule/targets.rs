//! The options of a schedule's target.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::json::kind;
use crate::options::define::options;
use crate::options::read::{explain, given};

/// The target of a schedule.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum ScheduleTarget {
    /// One of this crate's short forms.
    Named(Box<NamedTarget>),
    /// Scheduler's own document (Target), with `Arn`. If `Arn` does not change, members that are not given stay, and
    /// `null` removes one. If it changes, only `RoleArn`, `RetryPolicy` and `DeadLetterConfig` stay.
    Document(Map<String, Value>),
}

options! {
    Debug by hand;
    /// The target of a schedule: exactly one of `lambda`, `task`, `call` and `http`.
    pub struct NamedTarget {
        /// The ARN of a Lambda function, alias or version. It is called asynchronously, so that Lambda repeats a failure twice itself.
        pub lambda: Option<String>,
        /// A task of ECS (RunTask).
        pub task: Option<TaskTarget>,
        /// Any operation of AWS that does not only read, as `service:operation`, such as `ecs:updateService`.
        pub call: Option<String>,
        /// An endpoint over HTTPS, by a rule of EventBridge and an API destination: no code, but UTC only, a public address, and an
        /// answer within 5 seconds.
        pub http: Option<HttpTarget>,
        /// The input of `lambda` or `call`: any JSON. Scheduler fills in `<aws.scheduler.scheduled-time>`, `<aws.scheduler.execution-id>`,
        /// `<aws.scheduler.attempt-number>` and `<aws.scheduler.schedule-arn>`, in any of its texts. For a call AWS wants the members with a capital, such as `DesiredCount`.
        #[serde(deserialize_with = "given")]
        pub input: Option<impl Into<Value>>,
    }
}

options! {
    Debug by hand;
    /// A task of ECS that a schedule starts (RunTask).
    pub struct TaskTarget(cluster) {
        /// The cluster: its name or ARN.
        pub cluster: String,
        /// A service whose network, launch type or capacity providers, platform version and family it takes (DescribeServices).
        pub service: Option<String>,
        /// A family, `family:revision` or an ARN. A family runs the newest ACTIVE revision each time. The service's family, unless
        /// given.
        pub definition: Option<String>,
        /// How many tasks, 1 to 10.
        pub count: Option<u32>,
        /// The container that `command` is for.
        pub container: Option<String>,
        /// The command of `container`.
        pub command: Option<Vec<String>>,
        /// The `overrides` of RunTask, in ECS's spelling.
        pub overrides: Option<Map<String, Value>>,
        /// Further members of Scheduler's EcsParameters, as Scheduler spells them (`LaunchType`, `NetworkConfiguration`, …).
        pub settings: Map<String, Value>,
    }
}

options! {
    Debug by hand;
    /// An endpoint that a rule calls (CreateConnection, CreateApiDestination).
    pub struct HttpTarget(url: String, connection: HttpConnection) {
        /// The address, with `https://`.
        pub url: String,
        /// GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS.
        #[serde(default = "default_method")]
        pub method: String = default_method(),
        /// Headers. Secrets belong into `connection`: whoever may read the rule can read these.
        pub headers: IndexMap<String, String>,
        /// Parameters of the query.
        pub query: IndexMap<String, String>,
        /// The body: any JSON. EventBridge's own event, unless given.
        #[serde(deserialize_with = "given")]
        pub body: Option<impl Into<Value>>,
        /// The endpoint's credentials.
        pub connection: HttpConnection,
        /// Calls a second at most.
        pub rate: Option<u32>,
        /// Send the connection's secret again. It cannot be read back: without this it is sent when the connection is made, and when
        /// something else of it changes.
        pub refresh: bool,
    }
}

fn default_method() -> String {
    "POST".to_owned()
}

/// The credentials of an endpoint.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum HttpConnection {
    /// The name or ARN of an existing connection.
    Name(String),
    /// A key or a password.
    Login(ConnectionLogin),
    /// AWS's document: `AuthorizationType` and `AuthParameters`.
    Document(Map<String, Value>),
}

options! {
    Debug by hand;
    /// A key or a password: exactly one of the two.
    pub struct ConnectionLogin {
        /// A header with a secret value.
        pub key: Option<ConnectionKey>,
        /// HTTP's basic authentication.
        pub basic: Option<ConnectionBasic>,
    }
}

options! {
    Debug by hand;
    /// A header with a secret value (API_KEY).
    pub struct ConnectionKey(header, value) {
        /// The header's name, such as `x-api-key` or `Authorization`.
        pub header: String,
        /// Its value.
        pub value: String,
    }
}

options! {
    Debug by hand;
    /// HTTP's basic authentication (BASIC).
    pub struct ConnectionBasic(user, password) {
        /// The user's name.
        pub user: String,
        /// The password.
        pub password: String,
    }
}

impl From<NamedTarget> for ScheduleTarget {
    fn from(target: NamedTarget) -> Self {
        Self::Named(Box::new(target))
    }
}

impl From<&str> for HttpConnection {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<ConnectionLogin> for HttpConnection {
    fn from(login: ConnectionLogin) -> Self {
        Self::Login(login)
    }
}

/// Read by hand, here and below: an untagged enum loses the spelling of numbers.
impl<'de> Deserialize<'de> for ScheduleTarget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(document) if document.contains_key("Arn") => Ok(Self::Document(document)),
            Value::Object(document) if document.contains_key("arn") => {
                Err(serde::de::Error::custom("a document of Scheduler's has `Arn`, with a capital"))
            }
            named @ Value::Object(_) => inner(named).map(|named| Self::Named(Box::new(named))),
            other => Err(mistyped(&other, "an object")),
        }
    }
}

impl<'de> Deserialize<'de> for HttpConnection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(Self::Name(name)),
            Value::Object(document) if document.contains_key("AuthorizationType") => Ok(Self::Document(document)),
            login @ Value::Object(_) => inner(login).map(Self::Login),
            other => Err(mistyped(&other, "a name, an ARN or an object")),
        }
    }
}

/// With this crate's text for a mistake inside.
fn inner<T: serde::de::DeserializeOwned, E: serde::de::Error>(value: Value) -> Result<T, E> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let (path, words) = (error.path().to_string(), error.inner().to_string());
        match explain("target", &path, &words) {
            Error::Invalid { text, .. } => E::custom(text.strip_prefix("target: ").unwrap_or(&text)),
            other => E::custom(other),
        }
    })
}

pub(crate) fn mistyped<E: serde::de::Error>(value: &Value, expected: &str) -> E {
    E::custom(format!("{} given, {expected} expected", kind(value)))
}

/// Names only, here and below: values may be secrets.
impl fmt::Debug for ScheduleTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(named) => named.fmt(f),
            Self::Document(document) => write!(f, "Target {{ Arn: {:?}, .. }}", document.get("Arn")),
        }
    }
}

impl fmt::Debug for NamedTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lambda, call) = (&self.lambda, &self.call);
        f.debug_struct("NamedTarget")
            .field("lambda", lambda)
            .field("call", call)
            .field("task", &self.task)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TaskTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskTarget")
            .field("cluster", &self.cluster)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HttpTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTarget").field("method", &self.method).finish_non_exhaustive()
    }
}

impl fmt::Debug for HttpConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Login(login) => f.write_str(if login.key.is_some() { "a key" } else { "a password" }),
            Self::Document(document) => write!(f, "{:?}", document.get("AuthorizationType")),
        }
    }
}

macro_rules! hidden {
    ($($name:ident)+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}

hidden! { ConnectionLogin ConnectionKey ConnectionBasic }
