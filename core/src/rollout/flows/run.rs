//! Runs one-off tasks to their end.

use crate::client::Client;
use crate::engine::stream::Rollout;
use crate::types::event::Event;
use crate::types::outcome::RunOutcome;
use crate::types::task::Run;

impl Client {
    /// Runs a task to its end, such as a migration, and reports the lines of its log and how it ended.
    ///
    /// Success means that every task has stopped and that the main container of each exited with code 0. If there is no room
    /// for any task, the call is repeated up to five times within about 75 seconds. If it is cancelled or times out, the
    /// tasks go on unless `stop` is set, and the error names them.
    ///
    /// # Errors
    /// `task_failed` with the exit codes, the causes and the last lines of the log. `timed_out` and `cancelled`. Those of
    /// `deploy` that come before anything is written.
    pub fn run(&self, run: Run) -> Rollout<Event, RunOutcome> {
        Rollout::of_task(self.clone(), run)
    }
}
