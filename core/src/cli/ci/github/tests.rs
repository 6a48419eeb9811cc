use serde_json::json;

use super::*;
use crate::cli::exit_codes;

fn refusal(code: &str, data: Value) -> Refusal {
    let (exit, text) = (exit_codes::of(code), format!("it ended: {code}"));
    Refusal { exit, code: code.to_owned(), text, detail: Vec::new(), hint: None, data: Box::new(data) }
}

#[test]
fn a_fence_is_opened_once_and_closed_before_a_command() {
    let (fence, other) = (Fence::new(), Fence::new());
    assert!(fence.token.len() == 32 && fence.token != other.token);
    assert_eq!(fence.obeyed("::group::a"), "::group::a");
    assert_eq!(fence.enclosed("::error::a"), format!("::stop-commands::{}\n::error::a", fence.token));
    assert_eq!(fence.enclosed("b"), "b");
    assert_eq!(fence.obeyed("::endgroup::"), format!("::{}::\n::endgroup::", fence.token));
    assert_eq!(fence.close(), None);
}

#[test]
fn texts_and_properties_are_escaped() {
    assert_eq!(data("50%\r\n::error::x"), "50%25%0D%0A::error::x");
    assert_eq!(property("a: b, 1%\n"), "a%3A b%2C 1%25%0A");
    assert_eq!(masks("password\nabc\nsecond%line"), ["::add-mask::password", "::add-mask::second%25line"]);
    assert_eq!(warning("a,b", "x\u{1b}[31my\n::error::"), "::warning title=a%2Cb::xy::error::");
}

#[test]
fn each_cause_is_an_annotation_with_its_log() {
    let cause = |summary: &str, log: Value| json!({"summary": summary, "advice": "look there", "log": log});
    let causes = json!([cause("api exited: 1", json!(["first", "::error::gotcha\n"])), cause("no memory", json!([]))]);
    let all = errors(&refusal("rolled_back", json!({"service": "api", "causes": causes})));
    let expected = [
        "::error title=api was rolled back::api exited: 1%0Alook there%0A| first%0A| ::error::gotcha",
        "::error title=api was rolled back::no memory%0Alook there",
    ];
    assert_eq!(all, expected);
    let many: Vec<Value> = (0..20).map(|number| cause(&number.to_string(), json!([]))).collect();
    assert_eq!(errors(&refusal("failed", json!({"causes": many}))).len(), MOST);
}

#[test]
fn without_a_cause_the_text_is_the_annotation() {
    assert_eq!(
        errors(&refusal("service_missing", json!({}))),
        ["::error title=service missing::it ended: service_missing"]
    );
    let services = json!([
        {"service": "web", "error": null},
        {"service": "api", "error": {"code": "failed", "detail": {"causes": [{"summary": "s"}]}}},
    ]);
    assert_eq!(errors(&refusal("failed", json!({"services": services}))), ["::error title=api%3A failed::s"]);
}

#[test]
fn an_output_of_several_lines_ends_at_its_own_delimiter() {
    let text = output("image", "a\nEOF\nverdict=succeeded");
    let lines: Vec<&str> = text.lines().collect();
    let delimiter = lines[0].strip_prefix("image<<").unwrap();
    assert_eq!((lines[1..4].to_vec(), lines[4]), (vec!["a", "EOF", "verdict=succeeded"], delimiter));
    assert_ne!(output("image", "a"), output("image", "a"));
}

#[test]
fn a_result_is_never_a_command() {
    assert_eq!(harmless("a\n ::error::x"), "a\n\u{200b} ::error::x");
    assert_eq!(harmless("log ##[error]x"), "log ##\u{200b}[error]x");
    let document = json!({"text": "##[error]x"});
    let shown = harmless(&document.to_string());
    assert!(!shown.contains("##["));
    assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), document);
}
