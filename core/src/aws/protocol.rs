//! How a document becomes the body of a request and an answer's body a document again, for each protocol (pure).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::operation::{Operation, Protocol, Route};
use crate::json;

/// A request without host and signature.
#[derive(PartialEq)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) kind: &'static str,
    pub(crate) target: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Without the body: it may hold secrets.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?}", self.method, self.path, self.target)
    }
}

/// The error in an answer of failure.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ErrorBody {
    pub(crate) code: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) request: Option<String>,
}

/// RFC 3986's unreserved characters stay as they are.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(crate) fn request(operation: Operation, input: &Value) -> Request {
    let name = operation.name();
    match operation.service().protocol() {
        Protocol::Json(prefix) => Request {
            method: "POST",
            path: "/".to_owned(),
            kind: "application/x-amz-json-1.1",
            target: Some(format!("{prefix}.{name}")),
            body: input.to_string().into_bytes(),
        },
        Protocol::Query(version) => {
            let mut form = format!("Action={name}&Version={version}");
            flatten("", input, &mut form);
            Request {
                method: "POST",
                path: "/".to_owned(),
                kind: "application/x-www-form-urlencoded; charset=utf-8",
                target: None,
                body: form.into_bytes(),
            }
        }
        Protocol::Rest => {
            let route = operation.route().unwrap_or(Route { method: "POST", path: "/", query: &[] });
            rest(route, input)
        }
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The same for a path, whose `/` stay.
fn encoded_path(text: &str) -> String {
    text.split('/').map(encoded).collect::<Vec<_>>().join("/")
}

/// A member as text where a URL or a form needs it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Appends `&A.member.1.B=…`, AWS Query's way to write a document as a form.
fn flatten(prefix: &str, value: &Value, form: &mut String) {
    let join = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(members) => members.iter().for_each(|(name, member)| flatten(&join(name), member, form)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(&join(&format!("member.{}", index + 1)), item, form);
            }
        }
        value => form.push_str(&format!("&{}={}", encoded(prefix), encoded(&plain(value)))),
    }
}

fn rest(route: Route, input: &Value) -> Request {
    let mut path = route.path.to_owned();
    let (mut query, mut body) = (Vec::new(), Map::new());
    for (name, member) in input.as_object().into_iter().flatten() {
        let (place, greedy) = (format!("{{{name}}}"), format!("{{{name}+}}"));
        let asked = route.query.iter().find(|(ours, _)| ours == name);
        match asked {
            _ if path.contains(&place) => path = path.replace(&place, &encoded(&plain(member))),
            _ if path.contains(&greedy) => path = path.replace(&greedy, &encoded_path(&plain(member))),
            Some(_) if member.is_null() => {}
            Some((_, theirs)) => query.push(format!("{theirs}={}", encoded(&plain(member)))),
            None => drop(body.insert(name.clone(), member.clone())),
        }
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let has_body = matches!(route.method, "POST" | "PUT");
    let body = if has_body { Value::Object(body).to_string().into_bytes() } else { Vec::new() };
    Request { method: route.method, path, kind: "application/json", target: None, body }
}

/// The document that an answer of success is; `None` where it is none.
pub(crate) fn document(operation: Operation, body: &[u8]) -> Option<Value> {
    match operation.service().protocol() {
        // An operation without an output answers with nothing.
        Protocol::Json(_) | Protocol::Rest if body.is_empty() => Some(Value::Object(Map::new())),
        Protocol::Json(_) | Protocol::Rest => json::answer(body).filter(Value::is_object),
        Protocol::Query(_) => {
            let text = std::str::from_utf8(body).ok()?;
            let document = roxmltree::Document::parse(text).ok()?;
            let root = document.root_element();
            if root.tag_name().name() != format!("{}Response", operation.name()) {
                return None;
            }
            let wrapper = format!("{}Result", operation.name());
            let result = root.children().find(|node| node.has_tag_name_of(&wrapper));
            let value = result.map_or(Some(Value::Null), |result| value(result, 0))?;
            Some(if value.is_object() { value } else { Value::Object(Map::new()) })
        }
    }
}

trait LocalName {
    fn has_tag_name_of(&self, name: &str) -> bool;
}

/// The namespace of an answer is of no account.
impl LocalName for roxmltree::Node<'_, '_> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

/// No answer of AWS is nested deeper, nor is JSON as serde_json reads it: what calls itself for a document must not run out of stack.
const DEPTH: usize = 127;

/// An element as JSON: one of `member`s alone is a list, one of others an object, any other its text. Numbers stay text: XML has no
/// types. `None` where it is nested too deep to be an answer.
fn value(node: roxmltree::Node<'_, '_>, depth: usize) -> Option<Value> {
    let elements: Vec<_> = node.children().filter(roxmltree::Node::is_element).collect();
    if elements.is_empty() {
        return Some(Value::String(node.text().unwrap_or_default().trim().to_owned()));
    }
    if depth == DEPTH {
        return None;
    }
    let inner = |element: roxmltree::Node<'_, '_>| value(element, depth + 1);
    if elements.iter().all(|element| element.has_tag_name_of("member")) {
        return elements.into_iter().map(inner).collect();
    }
    let named = |element: roxmltree::Node<'_, '_>| Some((element.tag_name().name().to_owned(), inner(element)?));
    elements.into_iter().map(named).collect::<Option<Map<_, _>>>().map(Value::Object)
}

/// Reads the error in an answer of failure, in each of AWS's forms. `header` is `x-amzn-errortype`.
pub(crate) fn parse_error(body: &[u8], header: Option<&str>) -> ErrorBody {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let error = json_error(text).or_else(|| xml_error(text)).unwrap_or_default();
    let code = header.map(str::to_owned).or(error.code);
    ErrorBody { code: code.map(|code| strip_namespace(&code).to_owned()).filter(|code| !code.is_empty()), ..error }
}

/// The error in an answer to HEAD, which has no body: S3's, known by its request id. The text of a redirect is the region that S3
/// names. Any other server's answer has none.
pub(crate) fn headed_error(status: u16, request: Option<String>, region: Option<String>) -> ErrorBody {
    let code = match status {
        301 | 307 | 400 if region.is_some() => "PermanentRedirect",
        403 => "AccessDenied",
        404 => "NotFound",
        _ => return ErrorBody::default(),
    };
    match request {
        Some(_) => ErrorBody { code: Some(code.to_owned()), text: region, request },
        None => ErrorBody::default(),
    }
}

/// Affixes: `namespace#Name` in the body, `Name:http://…` in the header.
pub(crate) fn strip_namespace(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

fn json_error(text: &str) -> Option<ErrorBody> {
    let whole = json::answer(text.as_bytes())?;
    let member = |names: &[&str]| names.iter().find_map(|name| whole.get(*name)?.as_str()).map(str::to_owned);
    Some(ErrorBody { code: member(&["__type", "code"]), text: member(&["message", "Message"]), request: None })
}

fn xml_error(text: &str) -> Option<ErrorBody> {
    let document = roxmltree::Document::parse(text).ok()?;
    let find = |name: &str| {
        let node = document.descendants().find(|node| node.has_tag_name_of(name))?;
        node.text().map(|text| text.trim().to_owned())
    };
    let request = find("RequestId").or_else(|| find("RequestID"));
    // A page of HTML may be well-formed as well.
    document.descendants().any(|node| node.has_tag_name_of("Error")).then(|| ErrorBody {
        code: find("Code"),
        text: find("Message"),
        request,
    })
}

#[cfg(test)]
mod tests;
