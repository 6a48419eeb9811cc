//! Work that is one future and tells on the way, as a rollout: it is done as it is polled, and stops where it is when nobody wants it
//! any more.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::mpsc;

use super::cancel::Cancellation;
use super::stream::{Item, Rollout};
use crate::error::Error;
use crate::redact::words::Words;
use crate::texts::Texts;
use crate::types::event::{Event, Warning};

/// How work tells what it does.
pub(crate) type EventSender<E> = mpsc::UnboundedSender<E>;

type Work<O> = BoxFuture<'static, Result<O, Error>>;

impl<O: Send + 'static> Rollout<Event, O> {
    /// The end is that of the work. `keep` puts the warnings among its events into its outcome.
    pub(crate) fn of_work(
        secrets: Words,
        begin: impl FnOnce(EventSender<Event>) -> Work<O>,
        keep: fn(&mut O, Vec<Warning>),
    ) -> Self
    where
        O: Texts,
    {
        let (tell, told) = mpsc::unbounded_channel();
        let cancellation = Arc::<Cancellation>::default();
        let work = Working { work: Some(begin(tell)), told, end: None, cancellation: Arc::clone(&cancellation) };
        Self::of_items(with_warnings(items(work), keep), cancellation, secrets)
    }
}

struct Working<E, O> {
    /// None once it has ended, or is not wanted any more.
    work: Option<Work<O>>,
    told: mpsc::UnboundedReceiver<E>,
    end: Option<Result<O, Error>>,
    cancellation: Arc<Cancellation>,
}

/// All that was told comes before the end.
fn items<E: Send + 'static, O: Send + 'static>(working: Working<E, O>) -> impl Stream<Item = Item<E, O>> + Send {
    stream::unfold(working, |mut working| async move {
        loop {
            let Some(work) = &mut working.work else {
                let item = match working.told.try_recv() {
                    Ok(event) => Item::Event(event),
                    Err(_) => Item::End(working.end.take()?),
                };
                return Some((item, working));
            };
            tokio::select! {
                biased;
                Some(event) = working.told.recv() => return Some((Item::Event(event), working)),
                ended = work => working.end = Some(ended),
                () = working.cancellation.requested(false) => working.end = Some(Err(Error::Cancelled(Box::default()))),
            }
            working.work = None;
        }
    })
}

/// The items, with the warnings among them in the outcome as well.
fn with_warnings<O>(
    items: impl Stream<Item = Item<Event, O>> + Send,
    keep: fn(&mut O, Vec<Warning>),
) -> impl Stream<Item = Item<Event, O>> + Send {
    let mut warnings = Vec::new();
    items.map(move |mut item| {
        match &mut item {
            Item::Event(Event::Warning { code, text }) => {
                warnings.push(Warning { code: code.clone(), text: text.clone() });
            }
            Item::End(Ok(outcome)) => keep(outcome, std::mem::take(&mut warnings)),
            _ => {}
        }
        item
    })
}
