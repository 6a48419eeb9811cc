//! Reports members that are not known: a misspelt name, a known member in the wrong place, or one that AWS has added.
//!
//! ECS ignores a member that it does not know. So a misspelt one is an error here: it would have no effect.

use serde_json::{Map, Value};

use super::Found;
use crate::definition::path::Place;
use crate::definition::schema::{self, Field, Shape};
use crate::error::finding::{Finding, Level};
use crate::options::names::setting;

/// Which unknown members are reported.
#[derive(Clone, Copy, PartialEq)]
enum Report {
    All,
    /// Only those that are like a known one.
    Likenesses,
}

/// Reports the unknown members of a task definition, except those of its containers.
pub(crate) fn check_task(document: &Map<String, Value>, found: &mut Found) {
    let fields = schema::TASK.fields();
    document.iter().for_each(|member| check_member(fields, member, &Place::ROOT, Report::All, found));
}

/// Reports the unknown members of one container.
pub(crate) fn check_container(container: &Value, place: &Place, found: &mut Found) {
    check(&schema::CONTAINER, container, place, Report::All, found);
}

/// The misspelt members of a task definition, all of them errors.
pub(crate) fn near_misses(document: &Map<String, Value>) -> Vec<Finding> {
    let mut found = Found::default();
    check_task(document, &mut found);
    for (at, container) in super::containers(document).iter().enumerate() {
        check_container(container, &Place::container(at), &mut found);
    }
    found.0.retain(|finding| finding.level == Level::Error);
    found.0
}

/// Reports the members of an object that are similar to a known one; other rules report the rest.
pub(crate) fn check_object(shape: &'static Shape, object: &Map<String, Value>, place: &Place, found: &mut Found) {
    let fields = shape.fields();
    for (name, value) in object {
        match shape.field(name) {
            Some(field) => check(&field.shape, value, &place.member(name), Report::All, found),
            None => check_member(fields, (name, value), place, Report::Likenesses, found),
        }
    }
}

/// Reports the unknown members of `value`, at every level that `shape` describes.
fn check(shape: &Shape, value: &Value, place: &Place, report: Report, found: &mut Found) {
    match (shape, value) {
        (Shape::Fields(fields), Value::Object(object)) => {
            object.iter().for_each(|member| check_member(fields, member, place, report, found));
        }
        (Shape::List(entry, _), Value::Array(list)) => {
            list.iter().enumerate().for_each(|(at, value)| check(entry, value, &place.at(at), report, found));
        }
        _ => {}
    }
}

fn check_member(
    fields: &'static [Field],
    (name, value): (&String, &Value),
    place: &Place,
    report: Report,
    found: &mut Found,
) {
    let here = place.member(name);
    // A null is an absent member.
    if value.is_null() {
        return;
    }
    if let Some(field) = fields.iter().find(|field| field.name == name) {
        return check(&field.shape, value, &here, report, found);
    }
    let text = format!("{name:?} is no member that ECS has here, and ECS ignores it");
    // A setting that is given at too high a level would have no effect.
    if let Some(known) = fields.iter().find(|field| field.name == setting(name)) {
        return found.error(Finding::UNKNOWN_MEMBER, &here, text, format!("write {:?}", known.name));
    }
    if let Some(path) = (report == Report::Likenesses).then(|| inner(fields, name)).flatten() {
        return found.error(Finding::UNKNOWN_MEMBER, &here, text, format!("give it within {path}"));
    }
    match nearest(fields, name) {
        Some((known, slips)) if slips <= 1 => {
            let advice = format!("write {known:?}, or give the option `unknown: \"allow\"` if {name:?} is meant");
            found.error(Finding::UNKNOWN_MEMBER, &here, text, advice);
        }
        Some((known, _)) => {
            found.warning(Finding::UNKNOWN_MEMBER, &here, text, format!("write {known:?}, if that is meant"))
        }
        None if report == Report::All && is_name(name) => {
            let advice = match owner(name) {
                Some(owner) => format!("move it to {owner}"),
                None => "check its name: it is sent as it is, in case AWS has added it".to_owned(),
            };
            found.warning(Finding::UNKNOWN_MEMBER, &here, text, advice);
        }
        None => {}
    }
}

/// Members of a service whose inner members are often given at the top level.
const OUTER: [&str; 2] = ["deploymentConfiguration", "networkConfiguration"];

/// The place of a member that is known inside another, as `outer.inner.name`; `None` if there are several.
fn inner(fields: &'static [Field], name: &str) -> Option<String> {
    fn search(shape: &'static Shape, path: &str, letters: &str, paths: &mut Vec<String>) {
        for field in shape.fields() {
            let here = format!("{path}.{}", field.name);
            if plain(field.name) == letters {
                paths.push(here.clone());
            }
            search(&field.shape, &here, letters, paths);
        }
    }
    let (letters, mut paths) = (plain(setting(name)), Vec::new());
    for field in fields.iter().filter(|field| OUTER.contains(&field.name)) {
        search(&field.shape, field.name, &letters, &mut paths);
    }
    (paths.len() == 1).then(|| paths.remove(0))
}

/// Reports removals in a patch of a member that is not there and that ECS does not have: the name may be misspelt.
pub(crate) fn idle_removals(document: &Map<String, Value>, patch: &Map<String, Value>) -> Vec<Finding> {
    let mut found = Found::default();
    removals(&schema::TASK, document, patch, &Place::ROOT, &mut found);
    found.0
}

fn removals(
    shape: &Shape,
    document: &Map<String, Value>,
    patch: &Map<String, Value>,
    place: &Place,
    found: &mut Found,
) {
    let fields = shape.fields();
    let empty = Map::new();
    for (name, change) in patch {
        let (field, here) = (shape.field(name).filter(|field| !field.is_read_only), place.member(name));
        match (field, change) {
            (None, Value::Null) if !document.contains_key(name) => {
                let text = format!("the patch removes {name:?}, which is not there");
                let advice = match nearest(fields, name) {
                    Some((known, _)) => format!("write {known:?}, if that is meant"),
                    None => "check its name, or remove it from the patch".to_owned(),
                };
                found.warning(Finding::UNKNOWN_MEMBER, &here, text, advice);
            }
            (Some(field), Value::Object(change)) => {
                let inner = document.get(name).and_then(Value::as_object).unwrap_or(&empty);
                removals(&field.shape, inner, change, &here, found);
            }
            _ => {}
        }
    }
}

/// Whether a name can be a member of ECS: `$schema`, `_comment` and `//` are notes.
fn is_name(member: &str) -> bool {
    member.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// The object that has a member of this name.
fn owner(name: &str) -> Option<&'static str> {
    let has = |shape: &Shape| shape.field(name).is_some_and(|field| !field.is_read_only);
    if has(&schema::TASK) {
        Some("the task definition itself")
    } else if has(&schema::CONTAINER) {
        Some("a container")
    } else {
        None
    }
}

/// The known member that `name` is probably a misspelling of, and in how many letters it differs: two at most, and fewer than
/// half of its letters. Case, hyphens and underscores do not count.
fn nearest(fields: &[Field], name: &str) -> Option<(&'static str, usize)> {
    let letters = plain(name);
    let distance = |known: &str| {
        if known.len().abs_diff(letters.len()) > 2 {
            return usize::MAX;
        }
        strsim::damerau_levenshtein(&plain(known), &letters)
    };
    let candidates = fields.iter().filter(|field| !field.is_read_only);
    let candidates = candidates.map(|field| (distance(field.name), field.name));
    let (slips, known) = candidates.min_by_key(|(slips, _)| *slips)?;
    (slips <= 2 && slips * 2 < known.len()).then_some((known, slips))
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests;
