//! Decides which calls go wrong, and how.

use serde_json::Value;

use crate::api::{ApiError, check_operation};
use crate::model::ids::{Place, short};
use crate::proxy::Foreign;
use crate::reader::{Reader, WorldError, expected};
use crate::torn::Part;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Throttle,
    ServerError,
    Denied,
    Expired,
    Busy,
    Html,
    Garbage,
    Reset,
    Lost,
    Stale,
    Torn,
    Proxy,
    Latency,
    FailedEntries,
}

const KINDS: [(&str, Kind); 14] = [
    ("throttle", Kind::Throttle),
    ("server_error", Kind::ServerError),
    ("denied", Kind::Denied),
    ("expired", Kind::Expired),
    ("busy", Kind::Busy),
    ("html", Kind::Html),
    ("garbage", Kind::Garbage),
    ("reset", Kind::Reset),
    ("lost", Kind::Lost),
    ("stale", Kind::Stale),
    ("torn", Kind::Torn),
    ("proxy", Kind::Proxy),
    ("latency", Kind::Latency),
    ("failed_entries", Kind::FailedEntries),
];

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// The members of a fault that only this kind has.
    fn members(self) -> &'static [&'static str] {
        match self {
            Kind::Torn => &Part::MEMBERS,
            Kind::Proxy => &Foreign::MEMBERS,
            _ => &[],
        }
    }
}

/// What befalls a call.
#[derive(Clone, Debug)]
pub(crate) struct Mishap {
    pub(crate) kind: Kind,
    pub(crate) seconds: f64,
    /// The part that is old, of a torn answer.
    pub(crate) part: Part,
    /// The answer of a proxy.
    pub(crate) foreign: Foreign,
    /// The service that a call must name to be hit.
    service: Option<String>,
}

impl Mishap {
    /// The error that ECS answers instead of performing the call, for the kinds that are such an error.
    pub(crate) fn error(&self, (service, operation): (&str, &str), place: &Place) -> Option<ApiError> {
        let error = match self.kind {
            Kind::Throttle => ApiError::new("ThrottlingException", "Rate exceeded"),
            Kind::ServerError => {
                ApiError::new("ServerException", "Service Unavailable. Please try again later.").with_status(500)
            }
            Kind::Expired => {
                ApiError::new("ExpiredTokenException", "The security token included in the request is expired")
            }
            Kind::Busy => ApiError::new(
                "ClientException",
                "Too many concurrent attempts to create a new revision of the specified family.",
            ),
            Kind::Denied => {
                let resource = self.service.as_ref().map_or_else(|| "*".to_owned(), |name| format!("service/*/{name}"));
                ApiError::new(
                    "AccessDeniedException",
                    format!(
                        "User: {} is not authorized to perform: {service}:{operation} on resource: {} because no identity-based \
                         policy allows the {service}:{operation} action",
                        place.principal("user/simulator"),
                        place.arn(&resource),
                    ),
                )
            }
            Kind::Html
            | Kind::Garbage
            | Kind::Reset
            | Kind::Lost
            | Kind::Stale
            | Kind::Torn
            | Kind::Proxy
            | Kind::Latency
            | Kind::FailedEntries => return None,
        };
        Some(error)
    }
}

/// One fault of the world document.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    operation: String,
    mishap: Mishap,
    from: Option<f64>,
    to: Option<f64>,
    left: Option<u64>,
    skip: u64,
}

const MEMBERS: [&str; 8] = ["operation", "kind", "service", "from", "to", "count", "skip", "seconds"];

impl Fault {
    pub(crate) fn read(value: &Value, place: &str) -> Result<Fault, WorldError> {
        let name = value.get("kind").and_then(Value::as_str).unwrap_or_default();
        let kind = KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        let known: Vec<&str> = MEMBERS.iter().chain(kind.map(Kind::members).unwrap_or_default()).copied().collect();
        let reader = Reader::new(value, place, &known)?;
        let names = || KINDS.map(|(name, _)| name).join(", ");
        let kind = kind.ok_or_else(|| expected(&reader.place("kind"), &format!("one of {}", names())))?;
        let operation = operation(&reader, kind)?;
        let (from, to) = (reader.number("from")?, reader.number("to")?);
        let bounded = from.is_some() || to.is_some();
        let mishap = Mishap {
            kind,
            seconds: reader.number("seconds")?.unwrap_or(if kind == Kind::Latency { 1.0 } else { 3.0 }),
            part: Part::read(&reader)?,
            foreign: Foreign::read(&reader)?,
            service: reader.text("service")?.map(str::to_owned),
        };
        let left = reader.count("count")?.or(if bounded { None } else { Some(1) });
        Ok(Fault { operation, mishap, from, to, left, skip: reader.count("skip")?.unwrap_or(0) })
    }

    fn concerns(&self, operation: &str, input: &Value, now: f64) -> bool {
        let reads = ["Describe", "List", "Get", "BatchGet"].iter().any(|verb| operation.starts_with(verb));
        (self.operation == "*" || self.operation == operation)
            && (self.mishap.kind != Kind::Stale || reads)
            && self.mishap.service.as_ref().is_none_or(|service| names(input, service))
            && self.from.is_none_or(|from| now >= from)
            && self.to.is_none_or(|to| now < to)
            && self.left != Some(0)
    }

    /// Takes this call into account: whether it is hit.
    fn strikes(&mut self, operation: &str, input: &Value, now: f64) -> bool {
        if !self.concerns(operation, input, now) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.left = self.left.map(|left| left - 1);
        true
    }
}

fn operation(reader: &Reader<'_>, kind: Kind) -> Result<String, WorldError> {
    let usual = if kind == Kind::Torn { "DescribeServices" } else { "*" };
    let operation = reader.text("operation")?.unwrap_or(usual);
    if kind == Kind::Torn && operation != usual {
        return Err(expected(&reader.place("operation"), "DescribeServices, whose answers alone can be torn"));
    }
    if operation != "*" {
        check_operation(None, operation)
            .map_err(|what| expected(&reader.place("operation"), &format!("* or {what}")))?;
    }
    Ok(operation.to_owned())
}

/// Whether a call is about a service, alone or as one of several.
fn names(input: &Value, service: &str) -> bool {
    let all = input["services"].as_array().into_iter().flatten();
    let mut named = all.chain([&input["service"], &input["serviceName"]]).filter_map(Value::as_str);
    named.any(|name| short(name) == service)
}

/// All faults, in the order they were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Whether one of them shows what was.
    pub(crate) fn look_back(&self) -> bool {
        self.0.iter().any(|fault| matches!(fault.mishap.kind, Kind::Stale | Kind::Torn))
    }

    /// How much later the call is looked at.
    pub(crate) fn delay(&mut self, operation: &str, input: &Value, now: f64) -> f64 {
        let slow = self.0.iter_mut().filter(|fault| fault.mishap.kind == Kind::Latency);
        slow.filter_map(|fault| fault.strikes(operation, input, now).then_some(fault.mishap.seconds)).sum()
    }

    /// What befalls the call. At most one fault hits it; the others do not see it.
    pub(crate) fn strike(&mut self, operation: &str, input: &Value, now: f64) -> Option<Mishap> {
        let mut others = self.0.iter_mut().filter(|fault| fault.mishap.kind != Kind::Latency);
        others.find_map(|fault| fault.strikes(operation, input, now).then(|| fault.mishap.clone()))
    }
}
