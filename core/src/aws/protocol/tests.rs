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
                assert_eq!(parse_error(error.as_bytes(), None).code.as_deref(), Some("Throttling"));
            }
            let list = nested(depth, "[", "1", "]");
            let object = nested(depth, r#"{"a":"#, "1", "}");
            for body in [format!(r#"{{"a":{list}}}"#), object] {
                assert_eq!(document(Operation::GetLogEvents, body.as_bytes()).is_some(), is_read);
                assert_eq!(parse_error(body.as_bytes(), None), ErrorBody::default());
            }
        }
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(read).unwrap().join().unwrap();
}

#[test]
fn a_failure_is_read_in_whichever_way_it_is_said() {
    let read = |body: &str, header| {
        let error = parse_error(body.as_bytes(), header);
        (error.code.unwrap_or_default(), error.text.unwrap_or_default(), error.request.unwrap_or_default())
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
        assert_eq!(read(body, header), expected, "{body}");
    }
}
