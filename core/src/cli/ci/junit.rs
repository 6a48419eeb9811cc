//! The verdict as a JUnit file, which GitLab and CircleCI show: a test case a service. Pure.

use crate::cli::history::{Cause, End, History};
use crate::cli::report::escaped;

/// The file.
pub(crate) fn file(history: &History) -> String {
    let ends = history.ends();
    let (failures, skipped) =
        (ends.iter().filter(|end| is_failed(end)).count(), ends.iter().filter(|end| end.verdict == "skipped").count());
    let cases: String = ends.iter().map(|end| case(end, history)).collect();
    let numbers = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"", ends.len());
    let time = history.seconds;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {numbers} time=\"{time:.1}\">\n  \
         <testsuite name=\"ecs-rollout\" {numbers} time=\"{time:.1}\">\n{cases}  </testsuite>\n</testsuites>\n"
    )
}

fn is_failed(end: &End) -> bool {
    !end.is_good() && end.verdict != "skipped"
}

fn case(end: &End, history: &History) -> String {
    let seconds = end.data["seconds"].as_f64().unwrap_or(history.seconds);
    let command = if history.command.is_empty() { "ecs-rollout" } else { &history.command };
    let inside = match () {
        () if is_failed(end) => format!(
            "<failure type=\"{}\" message=\"{}\">{}</failure>",
            escaped(&end.verdict),
            escaped(&end.headline),
            escaped(&text(end))
        ),
        () if end.verdict == "skipped" => "<skipped/>".to_owned(),
        () => format!("<system-out>{}</system-out>", escaped(&end.headline)),
    };
    format!(
        "    <testcase classname=\"ecs-rollout.{}\" name=\"{}\" time=\"{seconds:.1}\">{inside}</testcase>\n",
        escaped(command),
        escaped(&end.title)
    )
}

fn text(end: &End) -> String {
    let reason = end.word("reason").map(|reason| format!("ECS: {reason}"));
    let cause = |cause: Cause<'_>| {
        let advice = Some(cause.word("advice")).filter(|advice| !advice.is_empty());
        let log = cause.list("log").into_iter().map(|line| format!("| {line}"));
        std::iter::once(cause.word("summary")).chain(advice).chain(log).collect::<Vec<_>>().join("\n")
    };
    let causes = end.causes().map(cause);
    std::iter::once(end.headline.clone()).chain(reason).chain(causes).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_failure_is_a_test_case_with_its_causes() {
        let causes = json!([{"summary": "a < b & \"c\"", "advice": "look", "log": ["]]> <x>\u{1b}[1m\u{0}\u{ffff}"]}]);
        let mut history =
            History { command: "deploy".into(), service: "api".into(), cluster: "prod".into(), ..History::default() };
        history.take(
            &json!({"type": "failed", "code": "failed", "text": "t", "detail": {"service": "api", "causes": causes}}),
            2.0,
        );
        let file = file(&history);
        let document = roxmltree::Document::parse(&file).unwrap_or_else(|error| panic!("{error}\n{file}"));
        let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
        assert_eq!(failure.attribute("message"), Some("api failed: a < b & \"c\""));
        assert_eq!(failure.text(), Some("api failed: a < b & \"c\"\na < b & \"c\"\nlook\n| ]]> <x>\u{fffd}"));
        assert_eq!(failure.parent().unwrap().attribute("name"), Some("api in prod"));
        let mut well = history.clone();
        well.end = json!({"type": "succeeded", "changed": true, "reached": "live", "definition": "api:2"});
        let file = super::file(&well);
        assert!(file.contains("failures=\"0\"") && file.contains("api in prod is live"), "{file}");
    }
}
