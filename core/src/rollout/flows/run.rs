//! Runs one-off tasks to their end.

use crate::client::Client;
use crate::engine::stream::Rollout;
use crate::types::event::Event;
use crate::types::outcome::RunOutcome;
use crate::types::task::Run;

impl Client {
    /// Runs a task to its end, such as a migration: starts it, follows it with the lines of its log, and says how it ended
    /// (RunTask, DescribeTasks, GetLogEvents; with a name ListTasks; DescribeServices, DescribeTaskDefinition and
    /// RegisterTaskDefinition as for `deploy`; StopTask where that is asked for).
    ///
    /// Success is that every task has stopped and what decides in it has ended with exit code 0. An order that finds no room
    /// for any task is given again, up to five times within some 75 s. The error is [`Error::TaskFailed`] with what ended how, the
    /// causes and the last lines of the log; cancelled or timed out, tasks go on unless `stop` says otherwise, and the error
    /// names them.
    pub fn run(&self, run: Run) -> Rollout<Event, RunOutcome> {
        Rollout::of_task(self.clone(), run)
    }
}
