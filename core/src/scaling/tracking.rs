//! Makes the target tracking policies of the options `cpu`, `memory` and `requests`. Pure.

use serde_json::{Map, Value, json};

use super::decide::Scaling;
use super::state::ScalingState;
use super::{Cooldown, Scale, resolution};
use crate::error::Error;

/// The options with their metrics. The policy's name ends with the option.
pub(crate) const METRICS: [(&str, &str); 3] = [
    ("cpu", "ECSServiceAverageCPUUtilization"),
    ("memory", "ECSServiceAverageMemoryUtilization"),
    ("requests", "ALBRequestCountPerTarget"),
];

const CONFIGURATION: &str = "TargetTrackingScalingPolicyConfiguration";

/// The option's target: `None` if it is not given, `Some(None)` if the policy is removed.
pub(crate) fn target_of(scale: &Scale, option: &str) -> Option<Option<f64>> {
    match option {
        "cpu" => scale.cpu,
        "memory" => scale.memory,
        _ => scale.requests,
    }
}

/// The policies of the three options. `cooldown` and `resolution` without them change the policies that exist.
pub(crate) fn tracking(
    scale: &Scale,
    scaling: &Scaling,
    state: &ScalingState,
    removed: &[String],
) -> Result<Vec<Map<String, Value>>, Error> {
    let mut policies = Vec::new();
    for (option, metric) in METRICS {
        let name = format!("{}-{option}", scaling.name);
        let given = target_of(scale, option).flatten();
        let there = state.policy(&name).filter(|_| !removed.contains(&name));
        let known = there.and_then(|policy| policy.get(CONFIGURATION)).filter(|known| known.is_object()).cloned();
        let target = match (given, &known) {
            (Some(target), _) => {
                refuse_another(scale, option, &name, removed)?;
                json!(target)
            }
            (None, Some(known)) if scale.cooldown.is_some() || has_resolution(scale, option) => {
                known["TargetValue"].clone()
            }
            _ => continue,
        };
        let is_gone = |other: &str| other == name || removed.iter().any(|gone| gone == other);
        if let Some(other) = state.tracking(metric).find(|other| !is_gone(other)) {
            let text = format!(
                "the policy {other:?} tracks {metric} already, and two would work against each other: give `remove: [{other:?}]` as well, or change that \
                 one in `policies`"
            );
            return Err(Error::invalid(option, text));
        }
        let mut configuration = known.unwrap_or_else(|| json!({}));
        configuration["TargetValue"] = target;
        if given.is_some() || has_resolution(scale, option) {
            let known = configuration["PredefinedMetricSpecification"]["PredefinedMetricType"].as_str();
            let asked = scale.resolution.filter(|_| has_resolution(scale, option));
            let metric = resolution::metric(metric, asked, known);
            configuration["PredefinedMetricSpecification"] = specification(option, &metric, scaling);
            // AWS takes one of the two.
            configuration.as_object_mut().map(|all| all.shift_remove("CustomizedMetricSpecification"));
        }
        cool_down(&mut configuration, scale.cooldown.unwrap_or_default());
        let policy = json!({"PolicyName": name, "PolicyType": "TargetTrackingScaling", CONFIGURATION: configuration});
        policies.extend(policy.as_object().cloned());
    }
    if scale.cooldown.is_some() && policies.is_empty() {
        let text = "it needs `cpu`, `memory` or `requests`, and the service has none of these policies";
        return Err(Error::invalid("cooldown", text));
    }
    let is_at_resolution = |policy: &Map<String, Value>| !policy["PolicyName"].as_str().is_some_and(is_of_requests);
    if scale.resolution.is_some() && !policies.iter().any(is_at_resolution) {
        let text = "it needs `cpu` or `memory`, and the service has neither of these policies";
        return Err(Error::invalid("resolution", text));
    }
    Ok(policies)
}

/// Whether a resolution is asked for the metric of an option: requests are counted at one only.
fn has_resolution(scale: &Scale, option: &str) -> bool {
    scale.resolution.is_some() && option != "requests"
}

fn is_of_requests(name: &str) -> bool {
    name.ends_with("-requests")
}

/// Refuses a policy that is given both by an option and by `policies` or `remove`.
fn refuse_another(scale: &Scale, option: &str, name: &str, removed: &[String]) -> Result<(), Error> {
    if scale.policies.iter().any(|policy| policy.get("PolicyName").is_some_and(|given| given == name)) {
        return Err(Error::invalid("policies", format!("{name:?} is the policy of `{option}`: give one of the two")));
    }
    if removed.iter().any(|gone| gone == name) {
        let text = format!("{name:?} is asked for as well, by `{option}`: it is either there or not");
        return Err(Error::invalid("remove", text));
    }
    Ok(())
}

fn specification(option: &str, metric: &str, scaling: &Scaling) -> Value {
    match option {
        "requests" => json!({"PredefinedMetricType": metric, "ResourceLabel": scaling.label}),
        _ => json!({"PredefinedMetricType": metric}),
    }
}

fn cool_down(configuration: &mut Value, Cooldown { inward, outward }: Cooldown) {
    for (member, seconds) in [("ScaleInCooldown", inward), ("ScaleOutCooldown", outward)] {
        if let Some(seconds) = seconds {
            configuration[member] = json!(seconds);
        }
    }
}
