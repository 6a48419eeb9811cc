//! Decides how the members of a request are read, and how long lists are cut into pages.

use serde_json::{Map, Value};

use super::{ApiError, invalid};
use crate::model::Model;
use crate::model::ids::short;
use crate::page::Paging;

/// The members of a request. A null is as good as absent.
pub(crate) struct Input<'a>(&'a Map<String, Value>);

fn mistyped(kind: &str, name: &str) -> ApiError {
    ApiError::new("SerializationException", format!("{name} can not be converted to {kind}"))
}

impl<'a> Input<'a> {
    pub(crate) fn new(members: &'a Map<String, Value>) -> Input<'a> {
        Input(members)
    }

    pub(super) fn members(&self) -> &'a Map<String, Value> {
        self.0
    }

    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, ApiError> {
        let read = |value: &'a Value| value.as_str().ok_or_else(|| mistyped("a String", name));
        self.value(name).map(read).transpose()
    }

    pub(crate) fn need(&self, name: &str) -> Result<&'a str, ApiError> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| invalid(format!("{name} can not be blank.")))
    }

    pub(crate) fn count(&self, name: &str) -> Result<Option<u64>, ApiError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        match value.as_i64() {
            Some(count) => u64::try_from(count).map(Some).map_err(|_| invalid(format!("{name} can not be negative."))),
            None => Err(mistyped("an Integer", name)),
        }
    }

    /// The desired count, within the quota of tasks of a service.
    pub(super) fn desired(&self) -> Result<Option<u64>, ApiError> {
        match self.count("desiredCount")? {
            Some(count) if count > 5000 => Err(invalid("desiredCount can not be more than 5000.")),
            count => Ok(count),
        }
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        let read = |value: &'a Value| value.as_bool().ok_or_else(|| mistyped("a Boolean", name));
        Ok(self.value(name).map(read).transpose()?.unwrap_or(false))
    }

    pub(crate) fn list(&self, name: &str) -> Result<&'a [Value], ApiError> {
        let read = |value: &'a Value| value.as_array().ok_or_else(|| mistyped("a List", name));
        Ok(self.value(name).map(read).transpose()?.map(Vec::as_slice).unwrap_or_default())
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<&'a str>, ApiError> {
        let read = |value: &'a Value| value.as_str().ok_or_else(|| mistyped("a String", name));
        self.list(name)?.iter().map(read).collect()
    }

    /// Whether `include` asks for tags.
    pub(super) fn with_tags(&self) -> Result<bool, ApiError> {
        Ok(self.texts("include")?.contains(&"TAGS"))
    }

    /// The name of the cluster that is meant, which must be there.
    pub(crate) fn cluster(&self, model: &Model) -> Result<String, ApiError> {
        let given = self.text("cluster")?.unwrap_or("default");
        let name = short(given);
        // Here there is one account in one region, and an ARN of another names nothing in it.
        let is_elsewhere = given.starts_with("arn:") && given != model.place.arn(&format!("cluster/{name}"));
        match !is_elsewhere && model.clusters.iter().any(|cluster| cluster.name == name && cluster.active) {
            true => Ok(name.to_owned()),
            false => Err(ApiError::new("ClusterNotFoundException", "Cluster not found.")),
        }
    }

    /// The page of `all` that is asked for, with the token of the next one.
    pub(super) fn page(&self, all: Vec<Value>, usual: u64) -> Result<(Vec<Value>, Option<Value>), ApiError> {
        let size = self.count("maxResults")?.unwrap_or(usual);
        if !(1..=100).contains(&size) {
            return Err(invalid("maxResults must be between 1 and 100."));
        }
        let offset = match self.text("nextToken")? {
            None => 0,
            Some(token) => read_token(token).ok_or_else(|| invalid("Invalid token"))?.0,
        };
        Ok(cut(all, offset, size as usize, 0))
    }

    /// The same, of a list that a world may have told how to come.
    pub(super) fn page_of(
        &self,
        paging: Option<Paging>,
        all: Vec<Value>,
        usual: u64,
    ) -> Result<(Vec<Value>, Option<Value>), ApiError> {
        let Some(paging) = paging else { return self.page(all, usual) };
        let asked = self.count("maxResults")?.unwrap_or(usual);
        if !(1..=100).contains(&asked) {
            return Err(invalid("maxResults must be between 1 and 100."));
        }
        let (offset, empty) = match self.text("nextToken")? {
            None => (0, paging.empty),
            Some(token) => read_token(token).ok_or_else(|| invalid("Invalid token"))?,
        };
        match empty.checked_sub(1) {
            Some(left) => Ok((Vec::new(), Some(write_token(offset, left)))),
            None => Ok(cut(paging.ordered(all), offset, asked.min(paging.size) as usize, paging.empty)),
        }
    }
}

/// The page that begins at an offset, with the token of the next one, before which `empty` empty ones come.
fn cut(all: Vec<Value>, offset: usize, size: usize, empty: usize) -> (Vec<Value>, Option<Value>) {
    let more = all.len().saturating_sub(offset) > size;
    let page: Vec<Value> = all.into_iter().skip(offset).take(size).collect();
    let next = more.then(|| write_token(offset + page.len(), empty));
    (page, next)
}

/// Where a page begins, and how many empty ones come before it.
fn write_token(offset: usize, empty: usize) -> Value {
    Value::from(if empty == 0 { format!("page-{offset:08}") } else { format!("page-{offset:08}-{empty}") })
}

fn read_token(token: &str) -> Option<(usize, usize)> {
    let place = token.strip_prefix("page-")?;
    let (offset, empty) = place.split_once('-').unwrap_or((place, "0"));
    Some((offset.parse().ok()?, empty.parse().ok()?))
}

/// An answer of one list and perhaps the token of its next page.
pub(super) fn paged(name: &str, (page, next): (Vec<Value>, Option<Value>)) -> Value {
    let mut answer = Map::new();
    answer.insert(name.to_owned(), Value::Array(page));
    if let Some(next) = next {
        answer.insert("nextToken".to_owned(), next);
    }
    Value::Object(answer)
}
