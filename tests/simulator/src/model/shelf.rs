//! Decides how earlier states are kept at little cost: what did not change since is shared between them.

use std::ops::{Index, IndexMut};
use std::sync::Arc;

/// A list whose clones share their items until one of them is changed.
#[derive(Clone, Debug)]
pub(crate) struct Shelf<T>(Vec<Arc<T>>);

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf(Vec::new())
    }
}

impl<T: Clone> Shelf<T> {
    pub(crate) fn push(&mut self, item: T) {
        self.0.push(Arc::new(item));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.0.iter().map(|item| &**item)
    }

    pub(crate) fn first(&self) -> Option<&T> {
        self.0.first().map(|item| &**item)
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.0.last().map(|item| &**item)
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut T> {
        self.0.last_mut().map(Arc::make_mut)
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        self.0.pop().map(Arc::unwrap_or_clone)
    }

    /// All of them, to be changed: all are copied.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().map(Arc::make_mut)
    }

    /// The item that `is` means, the newest where there are several, to be changed; only that one is copied.
    pub(crate) fn find_mut(&mut self, is: impl Fn(&T) -> bool) -> Option<&mut T> {
        self.0.iter_mut().rev().find(|item| is(item)).map(Arc::make_mut)
    }
}

impl<T> Index<usize> for Shelf<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        &self.0[index]
    }
}

impl<T: Clone> IndexMut<usize> for Shelf<T> {
    fn index_mut(&mut self, index: usize) -> &mut T {
        Arc::make_mut(&mut self.0[index])
    }
}

impl<'a, T> IntoIterator for &'a Shelf<T> {
    type Item = &'a T;
    type IntoIter = std::iter::Map<std::slice::Iter<'a, Arc<T>>, fn(&'a Arc<T>) -> &'a T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|item| &**item)
    }
}
