//! The result of watching a deployment: its end, or the next step.

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
    /// It has come to where the watch was to end, and goes on: no verdict.
    Reached {
        reached: String,
    },
}

/// The step after a look.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Decision {
    /// Look again after the usual pause.
    Wait,
    /// Look again after this time.
    Again(Duration),
    /// Ask the service-deployment API about our deployment.
    Ask,
    /// It is over.
    End(Conclusion),
}
