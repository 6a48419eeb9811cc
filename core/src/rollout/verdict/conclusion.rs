//! What watching a deployment comes to: how it ends, or what to do next.

use std::time::Duration;

/// How the watching ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Conclusion {
    Succeeded,
    Failed {
        reason: Option<String>,
    },
    RolledBack {
        reason: Option<String>,
    },
    Stopped {
        reason: Option<String>,
    },
    Superseded {
        by: String,
        definition: String,
    },
    /// The service is DRAINING or INACTIVE.
    Inactive {
        status: String,
    },
    /// The service is not there any more.
    Missing,
    TimedOut {
        reason: Option<String>,
    },
}

/// What is to be done after a look.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Decision {
    /// Look again when the pace says so.
    Wait,
    /// Look again after so long.
    Again(Duration),
    /// Ask the service-deployment API what it says of ours.
    Ask,
    /// It is over.
    End(Conclusion),
}
