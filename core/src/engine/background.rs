//! Runs work that is one future and emits events, as a rollout does. It advances as it is polled, and stops where it is once its
//! handle is dropped.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::mpsc;

use super::cancel::Cancellation;
use super::context::Events;
use super::stream::{Item, Rollout};
use crate::error::Error;
use crate::redact::words::Words;
use crate::texts::Texts;
use crate::types::event::{Event, Warning};

/// Emits the events of the work.
pub(crate) type EventSender<E> = mpsc::UnboundedSender<E>;

type Work<O> = BoxFuture<'static, Result<O, Error>>;

impl<O: Send + 'static> Rollout<Event, O> {
    /// The work's own end. `keep` puts the warnings among its events into its outcome.
    pub(crate) fn of_work(
        secrets: Words,
        begin: impl FnOnce(EventSender<Event>) -> Work<O>,
        keep: fn(&mut O, Vec<Warning>),
    ) -> Self
    where
        O: Texts,
    {
        let (sender, events) = mpsc::unbounded_channel();
        let cancellation = Arc::<Cancellation>::default();
        let work = Working { work: Some(begin(sender)), events, end: None, cancellation: Arc::clone(&cancellation) };
        Self::of_items(with_warnings(items(work), keep), cancellation, secrets)
    }
}

impl<O: Send + 'static> Rollout<Event, O> {
    /// A rollout of a flow, which ends itself when it is cancelled. It does not continue before its events have been taken.
    pub(crate) fn of_flow(secrets: Words, begin: impl FnOnce(Events, Arc<Cancellation>) -> Work<O>) -> Self
    where
        O: Texts,
    {
        let (events, cancellation) = (Events::default(), Arc::<Cancellation>::default());
        let flow = Some(begin(events.clone(), Arc::clone(&cancellation)));
        Self::of_items(flow_items(flow, events), cancellation, secrets)
    }
}

/// The events of a flow, and its end after the last of them.
fn flow_items<O: Send + 'static>(flow: Option<Work<O>>, events: Events) -> impl Stream<Item = Item<Event, O>> + Send {
    let flow = (flow, events, None);
    stream::unfold(flow, |(mut flow, events, mut end)| async move {
        let item = poll_fn(|context| {
            if events.is_empty()
                && let Some(work) = &mut flow
                && let Poll::Ready(ended) = work.poll_unpin(context)
            {
                (flow, end) = (None, Some(ended));
            }
            match events.take() {
                Some(event) => Poll::Ready(Some(Item::Event(event))),
                None if flow.is_some() => Poll::Pending,
                None => Poll::Ready(end.take().map(Item::End)),
            }
        })
        .await?;
        Some((item, (flow, events, end)))
    })
}

struct Working<E, O> {
    /// `None` once it has ended or was dropped.
    work: Option<Work<O>>,
    events: mpsc::UnboundedReceiver<E>,
    end: Option<Result<O, Error>>,
    cancellation: Arc<Cancellation>,
}

/// The items of the work: all events, then the end.
fn items<E: Send + 'static, O: Send + 'static>(working: Working<E, O>) -> impl Stream<Item = Item<E, O>> + Send {
    stream::unfold(working, |mut working| async move {
        loop {
            let Some(work) = &mut working.work else {
                let item = match working.events.try_recv() {
                    Ok(event) => Item::Event(event),
                    Err(_) => Item::End(working.end.take()?),
                };
                return Some((item, working));
            };
            tokio::select! {
                biased;
                Some(event) = working.events.recv() => return Some((Item::Event(event), working)),
                ended = work => working.end = Some(ended),
                () = working.cancellation.requested(|| false) => working.end = Some(Err(Error::Cancelled(Box::default()))),
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
