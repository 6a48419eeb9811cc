//! The parts of an ARN. Pure, and right in every partition.

/// An ARN in parts: `arn:partition:service:region:account:kind/name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

/// The last segment of an ARN, or a name as it is.
pub(crate) fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The parts of an ARN; `None` for a name.
pub(crate) fn parse(text: &str) -> Option<Arn<'_>> {
    let mut parts = text.splitn(6, ':');
    if parts.next() != Some("arn") {
        return None;
    }
    let mut part = || parts.next();
    Some(Arn { partition: part()?, service: part()?, region: part()?, account: part()?, resource: part()? })
}

impl Arn<'_> {
    /// The kind of resource, such as `service`.
    pub(crate) fn kind(&self) -> &str {
        self.resource.split(['/', ':']).next().unwrap_or_default()
    }
}
