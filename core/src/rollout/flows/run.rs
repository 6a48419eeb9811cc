//! Runs one-off tasks to their end.

use crate::engine::context::{Context, Halt, persist};
use futures_util::FutureExt;

use crate::client::Client;
use crate::engine::stream::Rollout;
use crate::redact::words::Words;
use crate::rollout::prepare::Ready;
use crate::rollout::tasks::queue::Tasks;
use crate::rollout::workflow::{Verb, Workflow};
use crate::types::event::{Event, Outcome};
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
        let secrets = Words::of(&run);
        let client = self.clone();
        Rollout::of_flow(secrets, move |events, cancellation| {
            async move {
                let (name, is_plan) = (run.key.clone(), run.plan);
                let (request, task) = run.split();
                let cx = Context::new(client, events, cancellation, None);
                let mut work = Workflow::new(cx, request, Verb::Run);
                work.tasks = Tasks::alone(task, name, is_plan);
                let end = Box::pin(work.run()).await;
                let end = Box::pin(work.finish(end)).await;
                let ran = end.map(|outcome| work.tasks.take_ran(outcome));
                work.cx.secrets.hide_in(ran)
            }
            .boxed()
        })
    }
}

impl Workflow {
    /// Runs a task to its end.
    async fn run(&mut self) -> Result<Outcome, Halt> {
        self.check().await?;
        loop {
            match self.run_once().await {
                Err(Halt::Stale) => self.cx.before_retry().await?,
                end => return end,
            }
        }
    }

    async fn run_once(&mut self) -> Result<Outcome, Halt> {
        self.locate().await?;
        self.read_definitions().await?;
        self.render()?;
        if self.request.pin {
            Box::pin(self.check_images()).await?;
        }
        // Joined, a run of that name needs no definition.
        if self.looks_for_run()? && Box::pin(self.join_named_run()).await? {
            return Ok(self.outcome());
        }
        if let Ready::Register(definition) = self.compare().await? {
            self.look_up_before_a_write().await?;
            if !persist!(self, self.find_registered(&definition).await)? {
                if self.tasks.is_plan() {
                    self.planned_run();
                    return Ok(self.outcome());
                }
                self.register(&definition).await?;
            }
        }
        self.look_up_before_a_write().await?;
        if self.tasks.is_plan() {
            self.planned_run();
        } else {
            Box::pin(self.run_next_task()).await?;
        }
        Ok(self.outcome())
    }
}
