//! Compares two documents of one schema. What means the same to AWS is no change.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::normal::normalize;
use super::{Field, Shape};
use crate::error::finding::Change;
use crate::json::pointer_step;

/// The changes from `before` to `after`, each value in its normal form.
pub(crate) fn changes(shape: &'static Shape, before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Change> {
    let mut changes = Vec::new();
    compare_objects(&At::root(shape), &normalize(shape, before), &normalize(shape, after), &mut changes);
    changes
}

/// Whether two documents mean the same to AWS.
pub(crate) fn is_same(shape: &'static Shape, one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    changes(shape, one, other).is_empty()
}

/// The same changes, each value as it is written. For documents in whose lists the order counts.
pub(crate) fn changes_as_written(shape: &'static Shape, before: &Value, after: &Value) -> Vec<Change> {
    let (Value::Object(old), Value::Object(new)) = (before, after) else { return differences(before, after) };
    let mut changes = changes(shape, old, new);
    for change in &mut changes {
        change.before = before.pointer(&change.path).cloned();
        change.after = after.pointer(&change.path).cloned();
    }
    // In the order of the documents: a change to or from a default comes at its member's place.
    let members: Vec<String> = old.keys().chain(new.keys()).map(|name| format!("/{}", pointer_step(name))).collect();
    let is_in = |path: &str, member: &str| {
        path.strip_prefix(member).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    changes.sort_by_key(|change| members.iter().position(|member| is_in(&change.path, member)));
    changes
}

/// The differences of two documents of any kind, without a schema: every list in its order, every member counts.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(&At::root(&Shape::Any), before, after, &mut changes);
    changes
}

/// Both documents in their normal form, the newer in the order of the older where order means nothing.
pub(crate) fn aligned(
    shape: &'static Shape,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> (Value, Value) {
    let before = Value::Object(normalize(shape, before));
    let after = align(shape, None, &before, Value::Object(normalize(shape, after)));
    (align(shape, None, &before, before.clone()), after)
}

fn align(shape: &'static Shape, field: Option<&'static Field>, before: &Value, after: Value) -> Value {
    match (before, after, field.and_then(|field| Some((field, field.unordered?)))) {
        (Value::Object(before), Value::Object(mut after), _) => {
            let kept = before.iter().filter_map(|(name, old)| {
                let new = after.shift_remove(name)?;
                let field = shape.field(name);
                Some((name.clone(), align(Shape::of(field), field, old, new)))
            });
            let mut aligned: Map<_, _> = kept.collect();
            aligned.extend(after);
            Value::Object(aligned)
        }
        (Value::Array(before), Value::Array(after), Some((field, keys))) => {
            let places = by_key(numbered(&after, keys));
            let mut left: Vec<_> = after.into_iter().map(Some).collect();
            let kept = numbered(before, keys).into_iter().zip(before).filter_map(|(key, old)| {
                let new = left[*places.get(&key)?].take()?;
                Some(align(shape.entry(), None, old, new))
            });
            let mut aligned: Vec<_> = kept.collect();
            aligned.extend(left.into_iter().flatten());
            aligned.retain(|entry| !field.drops(entry));
            Value::Array(aligned)
        }
        (_, after, _) => after,
    }
}

/// The place of a value, as a JSON Pointer and in the schema.
struct At {
    path: String,
    shape: &'static Shape,
    field: Option<&'static Field>,
}

impl At {
    const fn root(shape: &'static Shape) -> Self {
        Self { path: String::new(), shape, field: None }
    }

    fn member(&self, name: &str) -> Self {
        let field = self.shape.field(name);
        let path = format!("{}/{}", self.path, pointer_step(name));
        Self { path, shape: Shape::of(field), field }
    }

    fn entry(&self, index: usize) -> Self {
        Self { path: format!("{}/{index}", self.path), shape: self.shape.entry(), field: None }
    }

    fn change(&self, before: Option<&Value>, after: Option<&Value>) -> Change {
        Change { path: self.path.clone(), before: before.cloned(), after: after.cloned() }
    }

    /// Whether AWS drops an entry of this list.
    fn drops(&self, entry: &Value) -> bool {
        self.field.is_some_and(|field| field.drops(entry))
    }
}

fn compare(at: &At, before: &Value, after: &Value, changes: &mut Vec<Change>) {
    match (before, after, at.field.and_then(|field| field.unordered)) {
        (Value::Object(before), Value::Object(after), _) => compare_objects(at, before, after, changes),
        (Value::Array(before), Value::Array(after), Some(keys)) => compare_sets(at, keys, (before, after), changes),
        _ if before == after => {}
        _ => changes.push(at.change(Some(before), Some(after))),
    }
}

fn compare_objects(at: &At, before: &Map<String, Value>, after: &Map<String, Value>, changes: &mut Vec<Change>) {
    for (name, old) in before {
        match after.get(name) {
            Some(new) => compare(&at.member(name), old, new, changes),
            None => changes.push(at.member(name).change(Some(old), None)),
        }
    }
    for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        changes.push(at.member(name).change(None, Some(new)));
    }
}

fn compare_sets(at: &At, keys: &[&str], (before, after): (&[Value], &[Value]), changes: &mut Vec<Change>) {
    // Entries with the same key are numbered, so that none is left out.
    let before_keys = numbered(before, keys);
    let after_keys = numbered(after, keys);
    let known: HashSet<&Key> = before_keys.iter().collect();
    let is_new = |to: usize, key| !known.contains(key) && !at.drops(&after[to]);
    let new: Vec<usize> = (0..after.len()).filter(|to| is_new(*to, &after_keys[*to])).collect();
    let places = by_key(after_keys);
    for (from, key) in before_keys.iter().enumerate() {
        match places.get(key) {
            Some(to) => compare(&at.entry(*to), &before[from], &after[*to], changes),
            None if at.drops(&before[from]) => {}
            None => changes.push(at.entry(from).change(Some(&before[from]), None)),
        }
    }
    changes.extend(new.into_iter().map(|to| at.entry(to).change(None, Some(&after[to]))));
}

/// The key of a set's entry, and its number among the entries with that key.
type Key = (String, usize);

fn numbered(list: &[Value], keys: &[&str]) -> Vec<Key> {
    let mut turns: HashMap<String, usize> = HashMap::new();
    let number = |entry: &Value| {
        let parts: Vec<&Value> =
            if keys.is_empty() { vec![entry] } else { keys.iter().map(|key| &entry[*key]).collect() };
        let key = serde_json::to_string(&parts).unwrap_or_default();
        let next = turns.entry(key.clone()).or_default();
        *next += 1;
        (key, *next)
    };
    list.iter().map(number).collect()
}

/// The index of each entry.
fn by_key(numbered: Vec<Key>) -> HashMap<Key, usize> {
    numbered.into_iter().enumerate().map(|(at, key)| (key, at)).collect()
}

#[cfg(test)]
mod tests;
