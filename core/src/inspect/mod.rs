//! Looks at what runs, what became of earlier deployments, and at logs and revisions. Nothing here writes to AWS.

pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod live;
pub(crate) mod log_lines;
pub(crate) mod logs;
pub(crate) mod revisions;
pub(crate) mod session;
pub(crate) mod sources;
pub(crate) mod status;
pub(crate) mod stopped;

pub use explain::{Explain, Explanation};
pub use export::{Export, ExportOutcome};
pub use history::PastDeployment;
pub use logs::{LogStream, Logs, LogsOutcome};
pub use revisions::{Revision, RevisionStatus, Revisions};
pub use status::{LiveDeployment, OngoingDeployment, ServiceMessage, Status, StatusOutcome, TaskCounts};
