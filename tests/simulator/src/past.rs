//! Decides how the control plane is shown as it was: what was kept before a moment is stepped forward to it.

use std::collections::VecDeque;

use crate::model::Model;

/// How many earlier states are kept. The oldest stands for all that was before it.
const KEPT: usize = 128;
/// Seconds between two states that are kept only to make the way to a moment short.
const APART: f64 = 10.0;

/// Earlier states, oldest first. From one to the next nothing happened that came from outside.
#[derive(Default)]
pub(crate) struct Past(VecDeque<Model>);

impl Past {
    /// Keeps the state right after something from outside has changed it.
    pub(crate) fn keep(&mut self, model: &Model) {
        self.0.push_back(model.clone());
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }

    /// Keeps the state where the last one is long ago.
    pub(crate) fn mark(&mut self, model: &Model) {
        if self.0.back().is_none_or(|last| last.now + APART <= model.now) {
            self.keep(model);
        }
    }

    /// The control plane as it was at a moment.
    pub(crate) fn at(&self, moment: f64) -> Option<Model> {
        let known = self.0.iter().rev().find(|model| model.now <= moment);
        let mut model = known.or_else(|| self.0.front())?.clone();
        model.advance_to(moment);
        Some(model)
    }
}
