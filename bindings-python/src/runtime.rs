//! What everything runs on, and how Python waits for it: no thread of the runtime ever enters the interpreter.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::rollout::RolloutHandle;

/// How long Ctrl-C waits at most.
const SIGNALS: Duration = Duration::from_millis(50);

/// The runtime that everything runs on. Its threads do not come along when a process forks.
pub(crate) fn runtime() -> PyResult<&'static Runtime> {
    static OWNER: OnceLock<u32> = OnceLock::new();
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let process = std::process::id();
    if *OWNER.get_or_init(|| process) != process {
        let text =
            "ecs_rollout was used before this process was forked: use multiprocessing's \"spawn\" instead of \"fork\"";
        return Err(PyRuntimeError::new_err(text));
    }
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    Ok(RUNTIME.get_or_init(|| runtime))
}

/// Waits without the GIL, and lets Ctrl-C through.
pub(crate) fn wait<F>(py: Python<'_>, mut future: F) -> PyResult<F::Output>
where
    F: Future<Output: Send> + Unpin + Send,
{
    let runtime = runtime()?;
    loop {
        if let Ok(found) = py.detach(|| runtime.block_on(async { timeout(SIGNALS, &mut future).await })) {
            return Ok(found);
        }
        py.check_signals()?;
    }
}

/// Does what may take long on a thread of its own, without the GIL, and lets Ctrl-C through. Not on the runtime: this works in a
/// process that was forked as well.
pub(crate) fn apart<T: Send + 'static>(py: Python<'_>, work: impl FnOnce() -> T + Send + 'static) -> PyResult<T> {
    let (sender, mut receiver) = sync_channel(1);
    std::thread::Builder::new().spawn(move || {
        // Nobody waits any more after Ctrl-C.
        let _ = sender.send(work());
    })?;
    loop {
        let receiver = &mut receiver;
        match py.detach(move || receiver.recv_timeout(SIGNALS)) {
            Ok(found) => return Ok(found),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err("reading ended without an answer: this is a fault of ecs_rollout"));
            }
        }
    }
}

/// The tokens of what is there now, for the one Python thread that listens; `None` ends it.
struct Bell {
    ring: Sender<Option<u64>>,
    rung: Mutex<Receiver<Option<u64>>>,
}

static BELL: LazyLock<Bell> = LazyLock::new(|| {
    let (ring, rung) = channel();
    Bell { ring, rung: Mutex::new(rung) }
});

/// Waits without the GIL for the next token; `None` once `hush` was called.
#[pyfunction]
pub(crate) fn heard(py: Python<'_>) -> Option<u64> {
    py.detach(|| BELL.rung.lock().unwrap_or_else(PoisonError::into_inner).recv().ok().flatten())
}

/// Ends the thread that listens.
#[pyfunction]
pub(crate) fn hush() {
    // The receiver lives as long as the process.
    let _ = BELL.ring.send(None);
}

/// Something that is waited for with a token. Dropping it ends the waiting.
#[pyclass(frozen, module = "ecs_rollout._native")]
pub(crate) struct Expected(AbortHandle);

impl Expected {
    /// Rings with the token once this has come.
    pub(crate) fn new(token: u64, coming: impl Future<Output = ()> + Send + 'static) -> PyResult<Self> {
        let ringing = runtime()?.spawn(async move {
            coming.await;
            let _ = BELL.ring.send(Some(token));
        });
        Ok(Self(ringing.abort_handle()))
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What was started and may still be on its way, and whether it is cancelled when the interpreter ends.
static LIVE: Mutex<Vec<(RolloutHandle, bool)>> = Mutex::new(Vec::new());

/// Keeps what was started until it has ended: whoever started it may be gone before.
pub(crate) fn remember(started: &RolloutHandle, is_cancelled: bool) {
    let mut live = LIVE.lock().unwrap_or_else(PoisonError::into_inner);
    live.retain(|(one, _)| one.outcome().now_or_never().is_none());
    live.push((Arc::clone(started), is_cancelled));
}

/// Cancels all rollouts that are on their way, and waits until they and all calls that write have ended: no write is cut off.
#[pyfunction]
pub(crate) fn end_all(py: Python<'_>) -> PyResult<()> {
    let live = std::mem::take(&mut *LIVE.lock().unwrap_or_else(PoisonError::into_inner));
    // After a fork, nothing of it is in this process.
    if live.is_empty() || runtime().is_err() {
        return Ok(());
    }
    for (one, _) in live.iter().filter(|(_, is_cancelled)| *is_cancelled) {
        one.cancel();
    }
    wait(
        py,
        Box::pin(async {
            for (one, _) in &live {
                drop(one.outcome().await)
            }
        }),
    )
}
