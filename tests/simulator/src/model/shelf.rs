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

    /// The item that `is` means, to be changed; only that one is copied.
    pub(crate) fn find_mut(&mut self, is: impl Fn(&T) -> bool) -> Option<&mut T> {
        self.0.iter_mut().find(|item| is(item)).map(Arc::make_mut)
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
