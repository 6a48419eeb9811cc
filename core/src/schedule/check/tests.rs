use serde_json::json;

use super::*;
use crate::schedule::targets::HttpConnection;

const LAMBDA: &str = "arn:aws:lambda:eu-central-1:1:function:f";

fn said(mut options: Value) -> String {
    options["name"] = options.get("name").cloned().unwrap_or(json!("n"));
    let request = match Schedule::from_value(options) {
        Ok(request) => request,
        Err(error) => return error.to_string(),
    };
    match check(&request) {
        Ok(_) => "sound".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_cannot_be_right_is_told_with_its_place_and_remedy() {
    let http = |rest: Value| {
        let mut http = json!({"url": "https://a.example", "connection": "c"});
        http.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        json!({"http": http})
    };
    for (options, text) in [
        (json!({"name": "a b"}), "name: \"a b\": give 1 to 64"),
        (json!({"expresion": "rate(1 day)"}), "unknown option \"expresion\": did you mean \"expression\"?"),
        (json!({"expression": "*/5 * * * *"}), "expression: \"*/5 * * * *\" is a cron of Unix"),
        (json!({"expression": "0 9 1 * 1", "convert": true}), "make two schedules"),
        (json!({"expression": "cron(0 9 * * * *)"}), "exactly one of the two is ?"),
        (json!({"expression": "cron(0 0 30 2 ? *)"}), "never fire"),
        (
            json!({"expression": "rate(1 day)", "timezone": "Europe/Berln"}),
            "timezone: no time zone \"Europe/Berln\": did you mean",
        ),
        (json!({"start": "soon"}), "start: give ISO 8601"),
        (json!({"start": true}), "start: a boolean given, ISO 8601 or seconds since 1970 expected"),
        (json!({"start": 200, "end": 100}), "end: is not after `start`"),
        (json!({"start": "2030-01-02", "end": "2030-01-01T12:00:00Z"}), "end: is not after `start`"),
        (json!({"expression": "at(2030-01-01T00:00:00)", "end": 5}), "omit `start` and `end`"),
        (json!({"flexible": 1441}), "flexible: "),
        (json!({"retry": {"attempts": 186}}), "retry.attempts: give 0 to 185"),
        (json!({"retry": {"age": 59}}), "retry.age: give seconds, 60 to 86400"),
        (json!({"retry": {"atempts": 1}}), "retry: unknown option \"atempts\": did you mean \"attempts\"?"),
        (json!({"role": "scheduler"}), "role: \"scheduler\" is no ARN of iam"),
        (json!({"deadletter": LAMBDA}), "is no ARN of sqs"),
        (json!({"settings": {"State": "DISABLED"}}), "settings.State: is given by an option: use `enabled`"),
        (json!({"target": {}}), "target: give exactly one of"),
        (json!({"target": {"lambda": LAMBDA, "call": "ecs:updateService"}}), "target: give exactly one of"),
        (json!({"target": {"lamda": LAMBDA}}), "target: unknown option \"lamda\": did you mean \"lambda\"?"),
        (json!({"target": {"arn": LAMBDA}}), "target: a document of Scheduler's has `Arn`, with a capital"),
        (json!({"target": {"lambda": "f"}}), "target.lambda: \"f\" is no ARN of lambda"),
        (json!({"target": {"Arn": 7}}), "target.Arn: a string expected"),
        (json!({"target": 7}), "target: a number given, an object expected"),
        (json!({"target": {"call": "updateService"}}), "give service:operation"),
        (json!({"target": {"call": "ecs:describeServices"}}), "only reads"),
        (json!({"target": {"call": "ecs:ListTasks"}}), "only reads"),
        (json!({"target": {"task": {"cluster": "c"}}}), "target.task.definition: needed"),
        (json!({"target": {"task": {"cluster": "c", "service": "s", "count": 11}}}), "target.task.count: give 1 to 10"),
        (
            json!({"target": {"task": {"cluster": "c", "service": "s", "command": ["x"]}}}),
            "target.task.container: needed",
        ),
        (
            json!({"target": {"task": {"cluster": "c", "servce": "s"}}}),
            "task: unknown option \"servce\": did you mean \"service\"?",
        ),
        (json!({"target": {"task": {"cluster": "c", "service": "s"}, "input": {}}}), "give `task.overrides`"),
        (json!({"target": http(json!({"url": "http://a.example"}))}), "target.http.url: give an address with https://"),
        (json!({"target": http(json!({"method": "FETCH"}))}), "target.http.method: \"FETCH\" is none of GET"),
        (json!({"target": http(json!({"connection": {}}))}), "exactly one of key and basic"),
        (
            json!({"target": http(json!({"connection": {"AuthorizationType": "BASIC"}}))}),
            "AuthParameters: an object expected",
        ),
        (json!({"target": http(json!({"refresh": true}))}), "a connection that is only named has no secret here"),
        (
            json!({"target": http(json!({})), "timezone": "Europe/Berlin"}),
            "timezone: a rule is in UTC: use EventBridge Scheduler with a Lambda",
        ),
        (
            json!({"target": http(json!({})), "expression": "at(2030-01-01T00:00:00)"}),
            "a rule cannot call once: use EventBridge Scheduler",
        ),
        (json!({"target": http(json!({})), "end": 5}), "end: a rule does not have this option"),
        (json!({"target": http(json!({})), "route": "scheduler"}), "Scheduler cannot call an address"),
        (json!({"target": {"lambda": LAMBDA}, "route": "rule"}), "a rule calls `http` only"),
        (json!({"timeout": 0}), "timeout: "),
        (json!({"count": 1001}), "count: give at most 1000"),
    ] {
        let said = said(options.clone());
        assert!(said.contains(text), "{options}: {said}");
    }
}

#[test]
fn what_may_be_right_passes() {
    for options in [
        json!({"expression": "*/5 * * * *", "convert": true}),
        json!({"expression": "cron(0 9 ? * MON-FRI *)", "timezone": "Europe/Berlin", "start": "2030-01-01", "end": 2e9}),
        json!({"settings": {"EndDate": null, "KmsKeyArn": "k", "SomethingNew": 1}}),
        json!({"target": {"Arn": "arn:aws:sqs:r:1:q", "SqsParameters": {"MessageGroupId": "g"}}}),
        json!({"target": {"lambda": LAMBDA, "input": null}}),
        json!({"target": {"http": {"url": "https://a.example/x", "connection": {"key": {"header": "x", "value": "s"}}}}, "timezone": "UTC"}),
        json!({"remove": true, "route": "rule"}),
    ] {
        assert_eq!(said(options.clone()), "sound", "{options}");
    }
}

#[test]
fn secrets_are_in_no_debug_text() {
    let options = json!({"name": "n", "target": {"http": {
        "url": "https://a.example/s3cret", "headers": {"x": "s3cret"}, "body": {"p": "s3cret"}, "query": {"q": "s3cret"},
        "connection": {"key": {"header": "x", "value": "s3cret"}},
    }}});
    let request = Schedule::from_value(options).unwrap();
    let whole = format!("{request:?} {:?} {:?}", request.target, request.http());
    assert!(!whole.contains("s3cret"), "{whole}");
    let document = json!({"name": "n", "target": {"Arn": "a", "Input": "s3cret"}});
    assert!(!format!("{:?}", Schedule::from_value(document).unwrap().target).contains("s3cret"));
    let basic = ConnectionOf(json!({"basic": {"user": "u", "password": "s3cret"}})).read();
    assert!(!format!("{basic:?}").contains("s3cret"));
}

struct ConnectionOf(Value);

impl ConnectionOf {
    fn read(self) -> HttpConnection {
        serde_json::from_value(self.0).unwrap()
    }
}
