//! How a document becomes the body of a request and an answer's body a document again, for each protocol (pure).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::operation::{Operation, Protocol, Route};

/// What is sent, but for the host and the signature.
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

/// What an answer of failure says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Said {
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
        let place = format!("{{{name}}}");
        let asked = route.query.iter().find(|(ours, _)| ours == name);
        match asked {
            _ if path.contains(&place) => path = path.replace(&place, &encoded(&plain(member))),
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
        Protocol::Json(_) | Protocol::Rest => serde_json::from_slice(body).ok().filter(Value::is_object),
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

/// What an answer of failure says, in whichever of AWS's ways. `header` is `x-amzn-errortype`.
pub(crate) fn said(body: &[u8], header: Option<&str>) -> Said {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let said = json_said(text).or_else(|| xml_said(text)).unwrap_or_default();
    let code = header.map(str::to_owned).or(said.code);
    Said { code: code.map(|code| bare(&code).to_owned()).filter(|code| !code.is_empty()), ..said }
}

/// Affixes: `namespace#Name` in the body, `Name:http://…` in the header.
pub(crate) fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

fn json_said(text: &str) -> Option<Said> {
    let whole: Value = serde_json::from_str(text).ok()?;
    let member = |names: &[&str]| names.iter().find_map(|name| whole.get(*name)?.as_str()).map(str::to_owned);
    Some(Said { code: member(&["__type", "code"]), text: member(&["message", "Message"]), request: None })
}

fn xml_said(text: &str) -> Option<Said> {
    let document = roxmltree::Document::parse(text).ok()?;
    let find = |name: &str| {
        let node = document.descendants().find(|node| node.has_tag_name_of(name))?;
        node.text().map(|text| text.trim().to_owned())
    };
    let request = find("RequestId").or_else(|| find("RequestID"));
    // A page of HTML may be well-formed as well.
    document.descendants().any(|node| node.has_tag_name_of("Error")).then(|| Said {
        code: find("Code"),
        text: find("Message"),
        request,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(operation: Operation, input: &Value) -> (String, String, String) {
        let request = request(operation, input);
        (request.method.to_owned(), request.path, String::from_utf8(request.body).unwrap())
    }

    #[test]
    fn a_form_numbers_the_members_of_a_list() {
        let input = json!({"TargetGroupArn": "arn:aws:a/b", "Targets": [{"Id": "10.0.0.1", "Port": 80}], "X": null});
        let (_, _, body) = body(Operation::DescribeTargetHealth, &input);
        assert_eq!(
            body,
            "Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn=arn%3Aaws%3Aa%2Fb\
             &Targets.member.1.Id=10.0.0.1&Targets.member.1.Port=80"
        );
    }

    #[test]
    fn a_rest_operation_puts_members_where_they_belong() {
        for (operation, input, expected) in [
            (
                Operation::GetSchedule,
                json!({"Name": "a b", "GroupName": "default"}),
                ("GET", "/schedules/a%20b?groupName=default", ""),
            ),
            (
                Operation::CreateSchedule,
                json!({"Name": "n", "GroupName": "g", "State": "ENABLED"}),
                ("POST", "/schedules/n", r#"{"GroupName":"g","State":"ENABLED"}"#),
            ),
            (
                Operation::ListSchedules,
                json!({"GroupName": "g", "NextToken": "a+b=", "MaxResults": 5}),
                ("GET", "/schedules?ScheduleGroup=g&NextToken=a%2Bb%3D&MaxResults=5", ""),
            ),
            (Operation::DeleteSchedule, json!({"Name": "../n"}), ("DELETE", "/schedules/..%2Fn", "")),
        ] {
            let (method, path, body) = body(operation, &input);
            assert_eq!((method.as_str(), path.as_str(), body.as_str()), expected);
        }
    }

    #[test]
    fn xml_becomes_a_document() {
        let xml = r#"<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
          <DescribeTargetHealthResult><TargetHealthDescriptions><member>
            <HealthCheckPort>80</HealthCheckPort>
            <TargetHealth><State>unhealthy</State><Reason>Target.Timeout</Reason></TargetHealth>
            <Target><Id>10.0.0.1</Id></Target></member></TargetHealthDescriptions></DescribeTargetHealthResult>
          <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DescribeTargetHealthResponse>"#;
        assert_eq!(
            document(Operation::DescribeTargetHealth, xml.as_bytes()),
            Some(json!({"TargetHealthDescriptions": [{
                "HealthCheckPort": "80",
                "TargetHealth": {"State": "unhealthy", "Reason": "Target.Timeout"},
                "Target": {"Id": "10.0.0.1"},
            }]}))
        );
        assert_eq!(document(Operation::DescribeTargetHealth, b"<html><body>hello</body></html>"), None);
        assert_eq!(document(Operation::DescribeTargetHealth, b"{}"), None);
        assert_eq!(document(Operation::RemoveTargets, b""), Some(json!({})));
        assert_eq!(document(Operation::RemoveTargets, b"<html>"), None);
    }

    /// `inner` in so many of the same.
    fn nested(depth: usize, open: &str, inner: &str, close: &str) -> String {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    }

    #[test]
    fn an_answer_nested_too_deep_is_none_whatever_it_is_written_in() {
        const FEW: usize = 100;
        const MANY: usize = 200_000;
        let xml = |operation: &str, inner: String| {
            format!("<{operation}Response><{operation}Result>{inner}</{operation}Result></{operation}Response>")
        };
        // As much stack as a worker of the runtime has, less what stands on it when an answer is read.
        let read = move || {
            for (depth, is_read) in [(FEW, true), (MANY, false)] {
                for (open, close) in [("<a>", "</a>"), ("<member>", "</member>"), ("<b><member>", "</member></b>")] {
                    let inner = nested(depth / (open.len() / 3).clamp(1, 2), open, "x", close);
                    for operation in [Operation::DescribeTargetHealth, Operation::GetCallerIdentity] {
                        let body = xml(operation.name(), inner.clone());
                        assert_eq!(document(operation, body.as_bytes()).is_some(), is_read, "{operation:?} {open}");
                    }
                    let error = format!("<ErrorResponse><Error><Code>Throttling</Code>{inner}</Error></ErrorResponse>");
                    assert_eq!(said(error.as_bytes(), None).code.as_deref(), Some("Throttling"));
                }
                let list = nested(depth, "[", "1", "]");
                let object = nested(depth, r#"{"a":"#, "1", "}");
                for body in [format!(r#"{{"a":{list}}}"#), object] {
                    assert_eq!(document(Operation::GetLogEvents, body.as_bytes()).is_some(), is_read);
                    assert_eq!(said(body.as_bytes(), None), Said::default());
                }
            }
        };
        std::thread::Builder::new().stack_size(1 << 20).spawn(read).unwrap().join().unwrap();
    }

    #[test]
    fn a_failure_is_read_in_whichever_way_it_is_said() {
        let said = |body: &str, header| {
            let said = said(body.as_bytes(), header);
            (said.code.unwrap_or_default(), said.text.unwrap_or_default(), said.request.unwrap_or_default())
        };
        let all = |code: &str, text: &str, request: &str| (code.to_owned(), text.to_owned(), request.to_owned());
        for (body, header, expected) in [
            (
                r#"{"__type":"com.amazonaws.logs#ResourceNotFoundException","message":"m"}"#,
                None,
                all("ResourceNotFoundException", "m", ""),
            ),
            (
                r#"{"Message":"M"}"#,
                Some("ConflictException:http://internal.amazon.com/"),
                all("ConflictException", "M", ""),
            ),
            (r#"{"code":"ValidationException","message":"v"}"#, None, all("ValidationException", "v", "")),
            (
                "<ErrorResponse><Error><Type>Sender</Type><Code>TargetGroupNotFound</Code><Message>One</Message></Error><RequestId>r1</RequestId></ErrorResponse>",
                None,
                all("TargetGroupNotFound", "One", "r1"),
            ),
            (
                "<Response><Errors><Error><Code>AuthFailure</Code></Error></Errors></Response>",
                None,
                all("AuthFailure", "", ""),
            ),
            ("<html><body>502</body></html>", None, all("", "", "")),
            ("", Some("AccessDeniedException"), all("AccessDeniedException", "", "")),
            ("nonsense", None, all("", "", "")),
            ("[1]", None, all("", "", "")),
        ] {
            assert_eq!(said(body, header), expected, "{body}");
        }
    }
}
