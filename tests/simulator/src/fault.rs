//! Decides which calls go wrong, and how.

use serde_json::Value;

use crate::api::{ApiError, check_operation};
use crate::model::ids::Place;
use crate::reader::{Reader, WorldError, expected};

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
    Latency,
    FailedEntries,
}

const KINDS: [(&str, Kind); 12] = [
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
    ("latency", Kind::Latency),
    ("failed_entries", Kind::FailedEntries),
];

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// The error that ECS answers instead of performing the call, for the kinds that are such an error.
    pub(crate) fn error(self, service: &str, operation: &str, place: &Place) -> Option<ApiError> {
        let error = match self {
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
            Kind::Denied => ApiError::new(
                "AccessDeniedException",
                format!(
                    "User: {} is not authorized to perform: {service}:{operation} on resource: {} because no identity-based policy \
                 allows the {service}:{operation} action",
                    place.principal("user/simulator"),
                    place.arn("*"),
                ),
            ),
            Kind::Html
            | Kind::Garbage
            | Kind::Reset
            | Kind::Lost
            | Kind::Stale
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
    kind: Kind,
    from: Option<f64>,
    to: Option<f64>,
    left: Option<u64>,
    skip: u64,
    seconds: f64,
}

impl Fault {
    pub(crate) fn read(value: &Value, place: &str) -> Result<Fault, WorldError> {
        let known = ["operation", "kind", "from", "to", "count", "skip", "seconds"];
        let reader = Reader::new(value, place, &known)?;
        let name = reader.text("kind")?.unwrap_or_default();
        let kind = KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        let names = || KINDS.map(|(name, _)| name).join(", ");
        let kind = kind.ok_or_else(|| expected(&reader.place("kind"), &format!("one of {}", names())))?;
        let operation = reader.text("operation")?.unwrap_or("*");
        if operation != "*" {
            check_operation(None, operation)
                .map_err(|what| expected(&reader.place("operation"), &format!("* or {what}")))?;
        }
        let (from, to) = (reader.number("from")?, reader.number("to")?);
        let bounded = from.is_some() || to.is_some();
        Ok(Fault {
            operation: operation.to_owned(),
            kind,
            from,
            to,
            left: reader.count("count")?.or(if bounded { None } else { Some(1) }),
            skip: reader.count("skip")?.unwrap_or(0),
            seconds: reader.number("seconds")?.unwrap_or(if kind == Kind::Latency { 1.0 } else { 3.0 }),
        })
    }

    fn concerns(&self, operation: &str, now: f64) -> bool {
        let reads = ["Describe", "List", "Get", "BatchGet"].iter().any(|verb| operation.starts_with(verb));
        (self.operation == "*" || self.operation == operation)
            && (self.kind != Kind::Stale || reads)
            && self.from.is_none_or(|from| now >= from)
            && self.to.is_none_or(|to| now < to)
            && self.left != Some(0)
    }

    /// Takes this call into account: whether it is hit.
    fn strikes(&mut self, operation: &str, now: f64) -> bool {
        if !self.concerns(operation, now) {
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

/// All faults, in the order they were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// How much later the call is looked at.
    pub(crate) fn delay(&mut self, operation: &str, now: f64) -> f64 {
        let slow = self.0.iter_mut().filter(|fault| fault.kind == Kind::Latency);
        slow.filter_map(|fault| fault.strikes(operation, now).then_some(fault.seconds)).sum()
    }

    /// The fault that hits the call, and its seconds. At most one does; the others do not see the call.
    pub(crate) fn strike(&mut self, operation: &str, now: f64) -> Option<(Kind, f64)> {
        let mut others = self.0.iter_mut().filter(|fault| fault.kind != Kind::Latency);
        others.find_map(|fault| fault.strikes(operation, now).then_some((fault.kind, fault.seconds)))
    }
}
