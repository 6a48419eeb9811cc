//! The metrics that ECS has at two resolutions, and whether two policies track the same one. Pure.

use serde_json::{Map, Value};

use super::state::ScalingState;
use crate::error::Error;
use crate::error::finding::{Finding, Level};
use crate::json::list;

/// How the name of a metric with a value every 20 seconds ends.
const HIGH: &str = "HighResolution";
/// Seconds between two of its values.
pub(crate) const FAST: u32 = 20;
/// Seconds between two values of any other.
pub(crate) const USUAL: u32 = 60;

/// The metrics that the service publishes, by their names in CloudWatch, as target tracking names them.
const PUBLISHED: [(&str, &str); 2] = [
    ("CPUUtilization", "ECSServiceAverageCPUUtilization"),
    ("MemoryUtilization", "ECSServiceAverageMemoryUtilization"),
];

/// The name of a metric at a resolution; a metric that is known at another keeps that where none is asked for.
pub(crate) fn metric(base: &str, asked: Option<u32>, known: Option<&str>) -> String {
    let is_high = match asked {
        Some(seconds) => seconds == FAST,
        None => known.is_some_and(|known| known.strip_suffix(HIGH) == Some(base)),
    };
    if is_high { format!("{base}{HIGH}") } else { base.to_owned() }
}

/// The predefined metric that a policy tracks.
pub(crate) fn tracked(policy: &Map<String, Value>) -> Option<&str> {
    policy.get("TargetTrackingScalingPolicyConfiguration")?["PredefinedMetricSpecification"]["PredefinedMetricType"]
        .as_str()
}

/// The same, without its resolution: two policies that track the same utilisation work against each other at whichever resolution.
pub(crate) fn tracked_base(policy: &Map<String, Value>) -> Option<&str> {
    tracked(policy).map(|metric| metric.strip_suffix(HIGH).unwrap_or(metric))
}

/// The names of the other policies that track what `policy` tracks.
fn rivals<'a>(state: &'a ScalingState, policy: &Map<String, Value>) -> impl Iterator<Item = &'a str> {
    let (base, name) = (tracked_base(policy).map(str::to_owned), policy.get("PolicyName").cloned());
    // A request counts for one target group, so that two policies may count those of two.
    let base = base.filter(|base| PUBLISHED.iter().any(|(_, metric)| metric == base));
    let is_rival = move |other: &&Map<String, Value>| {
        base.is_some() && tracked_base(other) == base.as_deref() && other.get("PolicyName") != name.as_ref()
    };
    state.policies.iter().filter(is_rival).filter_map(|other| other.get("PolicyName")?.as_str())
}

/// Refuses a given policy that would track what another policy of the service tracks.
pub(crate) fn refuse_rivals(given: &[Map<String, Value>], after: &ScalingState) -> Result<(), Error> {
    for (at, policy) in given.iter().enumerate() {
        if let Some(other) = rivals(after, policy).next() {
            let text = format!(
                "the policy {other:?} tracks the same utilisation, and two of them work against each other: give \
                 `remove: [{other:?}]` as well, or change that one"
            );
            return Err(Error::invalid(format!("policies[{at}]"), text));
        }
    }
    Ok(())
}

/// Warns of policies that track the same utilisation.
pub(crate) fn rival_findings(after: &ScalingState) -> Vec<Finding> {
    let finding = |(_, base): &(&str, &str)| {
        let ours = after.policies.iter().filter(|policy| tracked_base(policy) == Some(base));
        let names: Vec<String> =
            ours.filter_map(|policy| policy.get("PolicyName")?.as_str()).map(str::to_owned).collect();
        (names.len() > 1).then(|| Finding {
            level: Level::Warning,
            rule: "scaling_twice".to_owned(),
            path: "/scaling/policies".to_owned(),
            text: format!("the policies {} track the same utilisation", crate::error::list(&names)),
            advice: format!("keep one of them: `remove: [{:?}]`", names[0]),
        })
    };
    PUBLISHED.iter().filter_map(finding).collect()
}

/// Whether a policy tracks a metric with a value every 20 seconds.
pub(crate) fn is_high(policy: &Map<String, Value>) -> bool {
    tracked(policy).is_some_and(|metric| metric.ends_with(HIGH))
}

/// Warns of a policy whose metric the service does not publish. `revision` is what runs; absent where it could not be had.
pub(crate) fn unpublished(after: &ScalingState, revision: Option<&Value>) -> Vec<Finding> {
    let published = |name: &str| {
        let configurations = revision.map(|revision| list(&revision["monitoring"], "metricConfigurations"));
        let is = |one: &Value| {
            one["resolutionSeconds"] == FAST && list(one, "metricNames").iter().any(|known| known == name)
        };
        configurations.unwrap_or_default().iter().any(is)
    };
    let finding = |(name, base): &(&str, &str)| {
        let policy = after.policies.iter().find(|policy| is_high(policy) && tracked_base(policy) == Some(base))?;
        if published(name) {
            return None;
        }
        let how = if revision.is_some() { "does not publish" } else { "is not known to publish" };
        Some(Finding {
            level: Level::Warning,
            rule: "high_resolution".to_owned(),
            path: format!("/scaling/policies/{}", crate::json::text(&Value::Object(policy.clone()), "PolicyName")),
            text: format!("the service {how} {name} every {FAST} seconds: without values the policy does nothing"),
            advice: format!(
                "deploy with `settings: {{\"monitoring\": {{\"metricConfigurations\": [{{\"metricNames\": [\"{name}\"], \
                 \"resolutionSeconds\": {FAST}}}]}}}}`"
            ),
        })
    };
    PUBLISHED.iter().filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn policy(name: &str, metric: &str) -> Map<String, Value> {
        let policy = json!({"PolicyName": name, "TargetTrackingScalingPolicyConfiguration":
            {"PredefinedMetricSpecification": {"PredefinedMetricType": metric}}});
        policy.as_object().cloned().unwrap()
    }

    #[test]
    fn a_metric_keeps_its_resolution_unless_asked() {
        let (cpu, high) = ("ECSServiceAverageCPUUtilization", "ECSServiceAverageCPUUtilizationHighResolution");
        for (asked, known, expected) in [
            (None, None, cpu),
            (None, Some(cpu), cpu),
            (None, Some(high), high),
            (Some(20), Some(cpu), high),
            (Some(60), Some(high), cpu),
            (None, Some("Other"), cpu),
        ] {
            assert_eq!(metric(cpu, asked, known), expected, "{asked:?} {known:?}");
        }
    }

    #[test]
    fn two_policies_of_one_utilisation_are_rivals() {
        let high = policy("fast", "ECSServiceAverageCPUUtilizationHighResolution");
        let state =
            |policies: &[Map<String, Value>]| ScalingState { policies: policies.to_vec(), ..Default::default() };
        let two = state(&[policy("usual", "ECSServiceAverageCPUUtilization"), high.clone()]);
        let error = refuse_rivals(std::slice::from_ref(&high), &two).unwrap_err().to_string();
        assert!(error.starts_with("invalid input: policies[0]: the policy \"usual\" tracks"), "{error}");
        let found = rival_findings(&two);
        assert_eq!((found.len(), found[0].rule.as_str()), (1, "scaling_twice"));
        for other in ["ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"] {
            let apart = state(&[policy("usual", other), high.clone()]);
            assert!(refuse_rivals(std::slice::from_ref(&high), &apart).is_ok() && rival_findings(&apart).is_empty());
        }
        // Each may count the requests of another target group.
        let counted = policy("requests", "ALBRequestCountPerTarget");
        assert!(
            refuse_rivals(
                std::slice::from_ref(&counted),
                &state(&[policy("others", "ALBRequestCountPerTarget"), counted.clone()])
            )
            .is_ok()
        );
    }

    #[test]
    fn a_metric_that_is_not_published_is_told() {
        let state = ScalingState {
            policies: vec![policy("api-cpu", "ECSServiceAverageCPUUtilizationHighResolution")],
            ..Default::default()
        };
        let told = |revision: Option<Value>| unpublished(&state, revision.as_ref()).into_iter().map(|one| one.text);
        let monitoring = |name: &str, seconds: u32| json!({"monitoring": {"metricConfigurations": [{"metricNames": [name], "resolutionSeconds": seconds}]}});
        assert_eq!(told(Some(monitoring("CPUUtilization", 20))).count(), 0);
        for (revision, expected) in [
            (Some(monitoring("CPUUtilization", 60)), "does not publish CPUUtilization"),
            (Some(monitoring("MemoryUtilization", 20)), "does not publish CPUUtilization"),
            (Some(json!({})), "does not publish"),
            (None, "is not known to publish"),
        ] {
            let texts: Vec<String> = told(revision).collect();
            assert!(matches!(&texts[..], [text] if text.contains(expected)), "{texts:?}");
        }
    }
}
