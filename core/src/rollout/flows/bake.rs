//! Watches a service of a rollout of many on, once it is live, and takes it back if another one fails.

use std::time::Duration;

use crate::engine::context::{Halt, persist};
use crate::error::Error;
use crate::error::failure::Failure;
use crate::rollout::service::snapshot::{self, ServiceView};
use crate::rollout::verdict::baking::{Baking, failed_tasks};
use crate::rollout::verdict::conclusion::Conclusion;
use crate::rollout::workflow::Workflow;
use crate::types::event::Event;

/// The least and the most between two looks.
const LEAST: Duration = Duration::from_secs(5);
const MOST: Duration = Duration::from_secs(30);
/// How much longer the last look may take, if calls fail.
const GRACE: Duration = Duration::from_secs(120);

impl Workflow {
    /// Watches the live service for so many seconds; the error is what went wrong meanwhile.
    pub(crate) async fn bake(&mut self, seconds: f64) -> Result<(), Error> {
        let time = Duration::try_from_secs_f64(seconds.min(1e9)).unwrap_or_default();
        let end = match self.bake_for(time).await {
            Ok(None) => return Ok(()),
            Ok(Some(conclusion)) => Ok(conclusion),
            // Nobody has seen that it is well.
            Err(Halt::Deadline | Halt::Retry | Halt::Stale) => {
                let why = self.cx.attempts.last_fault.take().unwrap_or_default();
                Ok(Conclusion::Failed { reason: Some(format!("it was live, and could not be looked at since: {why}")) })
            }
            Err(halt) => Err(halt),
        };
        let error = match end {
            Ok(conclusion) => {
                self.cx.timing.overruns = true;
                // The failure stands without its causes, too.
                let _ = self.causes_of(&conclusion).await;
                self.cx.timing.overruns = false;
                self.error_of(conclusion)
            }
            Err(halt) => Box::pin(self.finish(Err(halt))).await.err().unwrap_or_else(Error::panicked),
        };
        Err(self.cx.secrets.hide_in(error))
    }

    async fn bake_for(&mut self, time: Duration) -> Result<Option<Conclusion>, Halt> {
        self.cx.is_past_preparing();
        self.cx.set_detachable();
        (self.cx.timing.is_last_look, self.cx.timing.is_followed_up) = (false, false);
        self.emit(Event::Baking { seconds: time.as_secs_f64() });
        let end = self.cx.now() + time;
        self.cx.ends_at(end + GRACE);
        let mut baking = Baking::of(self.listed_as());
        // What had failed before is no news.
        persist!(self, self.collect(None).await)?;
        let known = self.watched.collected.count();
        let pause = (time / 20).clamp(LEAST, MOST);
        loop {
            let left = end.saturating_sub(self.cx.now());
            self.cx.timing.pause = Some(pause.min(left));
            let look = persist!(self, self.look_while_live().await)?;
            if let Some(conclusion) = look.as_ref().and_then(|look| baking.look(look)) {
                return Ok(Some(conclusion));
            }
            let is_over = self.cx.now() >= end;
            if is_over || look.is_none_or(|look| is_short(&look)) {
                persist!(self, self.collect(None).await)?;
                let failed = self.watched.collected.count() - known;
                if failed > 0 {
                    return Ok(Some(failed_tasks(failed as u64)));
                }
            }
            if is_over {
                return Ok(None);
            }
        }
    }

    async fn causes_of(&mut self, conclusion: &Conclusion) -> Result<(), Halt> {
        persist!(self, self.collect(Some(conclusion)).await)
    }

    /// Looks at the service, with others or alone (DescribeServices).
    async fn look_while_live(&mut self) -> Result<Option<ServiceView>, Halt> {
        let answer = match self.shared_look().await? {
            Some(answer) => answer,
            None => self.describe_service().await?,
        };
        Ok(snapshot::service(&answer).map(|service| ServiceView::of(&service.clone().into())))
    }

    /// Goes back to what the service ran before, because of the failure of another service. Returns the error that this is; `None` if
    /// there is nothing to go back to.
    pub(crate) async fn take_back(&mut self, error: Option<Error>, because: &str) -> Option<Error> {
        if !self.is_to_recover() {
            return None;
        }
        (self.cx.timing.is_last_look, self.cx.timing.is_followed_up) = (false, false);
        let is_own = error.is_some();
        let error = error.unwrap_or_else(|| {
            let reason = Some(because.to_owned());
            Error::RolledBack(Box::new(Failure { reason, causes: Vec::new(), ..self.failure() }))
        });
        let end = match Box::pin(self.recover_from(error, because)).await {
            Ok(error) => error,
            Err(halt) => Box::pin(self.finish(Err(halt))).await.err().unwrap_or_else(Error::panicked),
        };
        let error = match end {
            // It is not what it was.
            Error::RolledBack(failure) if !is_own && failure.restored.is_none() => Error::Failed(failure),
            end => end,
        };
        Some(self.cx.secrets.hide_in(error))
    }
}

/// Whether fewer tasks run than are desired.
fn is_short(look: &ServiceView) -> bool {
    look.primary().is_none_or(|primary| primary.running < primary.desired)
}
