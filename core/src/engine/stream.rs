//! A rollout: work that is done as it is polled, and a stream of its events that ends in an outcome.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use serde::Serialize;
use serde_json::Value;

use super::cancel::Cancellation;
use super::handle::RolloutHandle;
use crate::error::Error;
use crate::redact::words::Words;
use crate::texts::Texts;
use crate::types::event::{Event, Outcome};

/// A verb at work: a [`Stream`] of [`Event`]s that ends in an outcome. It works only while it is polled.
///
/// Dropping it ends the wait, never a deployment at AWS; a push or a build stops.
#[must_use = "a rollout works only while it is polled: if it is dropped, nothing more is done; await its `outcome`, or `spawn` it"]
pub struct Rollout<E = Event, O = Outcome> {
    items: BoxStream<'static, Item<E, O>>,
    end: Option<Result<O, Error>>,
    pub(crate) cancellation: Arc<Cancellation>,
}

pub(crate) enum Item<E, O> {
    Event(E),
    End(Result<O, Error>),
}

impl<O: Send + 'static> Rollout<Event, O> {
    /// Makes a rollout of these items, and hides the secrets of the request in them. If it ends with an error, the last event reports
    /// the error.
    pub(crate) fn of_items(
        items: impl Stream<Item = Item<Event, O>> + Send + 'static,
        cancellation: Arc<Cancellation>,
        secrets: Words,
    ) -> Self
    where
        O: Texts,
    {
        let with_last = move |item| {
            let item = secrets.hide_in(item);
            let last = match &item {
                Item::End(Err(error)) => Some(Item::Event(Event::failed(error))),
                _ => None,
            };
            stream::iter(last.into_iter().chain([item]))
        };
        Self { items: items.flat_map(with_last).boxed(), end: None, cancellation }
    }
}

impl<E: Send + 'static, O: Clone + Send + 'static> Rollout<E, O> {
    /// The next event; `None` at the end.
    pub async fn next(&mut self) -> Option<E> {
        StreamExt::next(self).await
    }

    /// Waits for the end and returns the outcome. May be called at any time, and again: the answer stays the same.
    ///
    /// # Errors
    /// The error with which the rollout ended.
    #[must_use = "only the outcome shows whether the rollout succeeded: await it and check it"]
    pub async fn outcome(&mut self) -> Result<O, Error> {
        loop {
            if let Some(end) = &self.end {
                return end.clone();
            }
            self.next().await;
        }
    }

    /// The same rollout with events and outcome as JSON documents.
    pub fn into_json(self) -> Rollout<Value, Value>
    where
        E: Serialize,
        O: Serialize,
    {
        let document = |item| match item {
            Item::Event(event) => Item::Event(value(&event)),
            Item::End(end) => Item::End(end.map(|outcome| value(&outcome))),
        };
        Rollout {
            items: self.items.map(document).boxed(),
            end: self.end.map(|end| end.map(|one| value(&one))),
            cancellation: self.cancellation,
        }
    }

    /// Runs it in the background of the present tokio runtime, whether or not its events are read.
    pub fn spawn(self) -> RolloutHandle<E, O> {
        RolloutHandle::start(self)
    }
}

impl<E, O> Rollout<E, O> {
    /// A rollout of these items, as they are.
    pub(crate) fn of_stream(items: BoxStream<'static, Item<E, O>>, cancellation: Arc<Cancellation>) -> Self {
        Self { items, end: None, cancellation }
    }
}

impl<E, O> Unpin for Rollout<E, O> {}

impl<E, O> Stream for Rollout<E, O> {
    type Item = E;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<E>> {
        if self.end.is_some() {
            return Poll::Ready(None);
        }
        match self.items.poll_next_unpin(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Item::Event(event))) => Poll::Ready(Some(event)),
            Poll::Ready(Some(Item::End(end))) => {
                self.end = Some(end);
                Poll::Ready(None)
            }
            Poll::Ready(None) => Poll::Ready(None),
        }
    }
}

/// The code of the end.
pub(crate) fn code<O>(end: Option<&Result<O, Error>>) -> String {
    match end {
        None => "none yet".to_owned(),
        Some(Ok(_)) => "success".to_owned(),
        Some(Err(error)) => error.code(),
    }
}

fn value(one: &impl Serialize) -> Value {
    serde_json::to_value(one).unwrap_or_default()
}

impl<E: Texts, O: Texts> Texts for Item<E, O> {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Event(event) => event.each(act),
            Self::End(end) => end.each(act),
        }
    }
}

/// Only how it has ended: events and outcome may be long.
impl<E, O> fmt::Debug for Rollout<E, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rollout").field("end", &code(self.end.as_ref())).finish_non_exhaustive()
    }
}
