//! Validates a request to scale without calling AWS. Pure.

use serde_json::{Map, Value};

use super::resolution::{FAST, USUAL};
use super::{Remove, Scale};
use crate::calendar::timetable::Timetable;
use crate::error::Error;
use crate::options::arn::{self, Place};

/// Members that identify the service to Application Auto Scaling. This crate sets them; a given one must be the same.
pub(crate) const NAMESPACE: &str = "ecs";
pub(crate) const DIMENSION: &str = "ecs:service:DesiredCount";

impl Scale {
    pub(crate) fn check(&self) -> Result<(), Error> {
        for (option, value) in [("service", &self.service), ("cluster", &self.cluster)] {
            if value.trim().is_empty() {
                return Err(Error::invalid(option, "empty: give a name or an ARN"));
            }
        }
        let places = self.places();
        places.iter().try_for_each(arn::check_kind)?;
        arn::check_cluster(&self.service, &self.cluster)?;
        arn::check_together(&places)?;
        if let (Some(min), Some(max)) = (self.min, self.max)
            && min > max
        {
            return Err(Error::invalid("min", format!("{min} is more than `max`, which is {max}")));
        }
        self.check_targets()?;
        let mut names = Vec::new();
        for (at, policy) in self.policies.iter().enumerate() {
            let place = format!("policies[{at}]");
            check_document(&place, policy, "PolicyName", &mut names)?;
        }
        let mut names = Vec::new();
        for (at, action) in self.actions.iter().enumerate() {
            let place = format!("actions[{at}]");
            check_document(&place, action, "ScheduledActionName", &mut names)?;
            check_action(&place, action)?;
        }
        self.check_remove()
    }

    pub(crate) fn places(&self) -> [Place<'_>; 2] {
        let places = [("service", &self.service), ("cluster", &self.cluster)];
        places.map(|(option, text)| Place { option, kind: option, text })
    }

    fn check_targets(&self) -> Result<(), Error> {
        for (option, target) in [("cpu", self.cpu), ("memory", self.memory)] {
            if target.flatten().is_some_and(|percent| !(percent > 0.0 && percent <= 100.0)) {
                return Err(Error::invalid(option, "a percentage above 0 and up to 100 expected"));
            }
        }
        if self.requests.flatten().is_some_and(|requests| !(requests > 0.0 && requests.is_finite())) {
            return Err(Error::invalid("requests", "a number of requests above 0 expected"));
        }
        if self.resolution.is_some_and(|seconds| seconds != FAST && seconds != USUAL) {
            let text = format!("{USUAL} or {FAST} seconds expected: ECS has its metrics at no other resolution");
            return Err(Error::invalid("resolution", text));
        }
        if self.target.is_some() && self.requests.flatten().is_none() {
            let text = "a target group needs `requests`, which is not given";
            return Err(Error::invalid("target", text));
        }
        Ok(())
    }

    fn check_remove(&self) -> Result<(), Error> {
        match &self.remove {
            Some(Remove::All(true)) => {
                let plan =
                    Self { remove: self.remove.clone(), plan: self.plan, ..Self::new(&self.cluster, &self.service) };
                let text = "`true` removes all scaling of the service: omit the other options";
                if *self == plan { Ok(()) } else { Err(Error::invalid("remove", text)) }
            }
            Some(Remove::Some(names)) => {
                let kept = self.documents();
                let both = names.iter().find(|name| kept.contains(&name.as_str()));
                both.map_or(Ok(()), |name| {
                    Err(Error::invalid("remove", format!("{name:?} is asked for as well: it is either there or not")))
                })
            }
            _ => Ok(()),
        }
    }

    /// The names of the given policies and actions.
    fn documents(&self) -> Vec<&str> {
        let policies = self.policies.iter().filter_map(|policy| policy.get("PolicyName")?.as_str());
        policies.chain(self.actions.iter().filter_map(|action| action.get("ScheduledActionName")?.as_str())).collect()
    }
}

fn check_document<'a>(
    place: &str,
    document: &'a Map<String, Value>,
    name: &str,
    names: &mut Vec<&'a str>,
) -> Result<(), Error> {
    let Some(known) = document.get(name).and_then(Value::as_str).filter(|name| !name.is_empty()) else {
        return Err(Error::invalid(format!("{place}.{name}"), "a name expected: by it AWS knows what it is again"));
    };
    if names.contains(&known) {
        return Err(Error::invalid(format!("{place}.{name}"), format!("{known:?} is given twice")));
    }
    names.push(known);
    for (member, ours) in [("ServiceNamespace", NAMESPACE), ("ScalableDimension", DIMENSION)] {
        if document.get(member).is_some_and(|given| given != ours) {
            return Err(Error::invalid(format!("{place}.{member}"), format!("{ours:?} expected, or omit it")));
        }
    }
    Ok(())
}

fn check_action(place: &str, action: &Map<String, Value>) -> Result<(), Error> {
    let text = |member: &str| action.get(member).and_then(Value::as_str);
    let Some(schedule) = text("Schedule") else {
        return Err(Error::invalid(format!("{place}.Schedule"), "a schedule expected: at(…), rate(…) or cron(…)"));
    };
    if let Err(Error::Invalid { path, text, .. }) = Timetable::parse(schedule, text("Timezone").unwrap_or("UTC")) {
        let member = if path.as_deref() == Some("timezone") { "Timezone" } else { "Schedule" };
        // Without the option's name at the start.
        let text = text.split_once(": ").map_or(text.as_str(), |(_, text)| text);
        return Err(Error::invalid(format!("{place}.{member}"), text));
    }
    for member in ["StartTime", "EndTime"] {
        if action.get(member).is_some_and(|time| !(time.is_null() || time.is_number())) {
            return Err(Error::invalid(format!("{place}.{member}"), "a number of seconds since 1970 expected"));
        }
    }
    let target = action.get("ScalableTargetAction").unwrap_or(&Value::Null);
    let capacity = |member: &str| target[member].as_i64();
    if let (Some(min), Some(max)) = (capacity("MinCapacity"), capacity("MaxCapacity"))
        && min > max
    {
        let text = format!("MinCapacity {min} is more than MaxCapacity {max}");
        return Err(Error::invalid(format!("{place}.ScalableTargetAction"), text));
    }
    if capacity("MinCapacity").or(capacity("MaxCapacity")).is_none() {
        let text = "MinCapacity or MaxCapacity expected: without them the action does nothing";
        return Err(Error::invalid(format!("{place}.ScalableTargetAction"), text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::options::read::parse_options;

    #[test]
    fn what_cannot_be_right_is_told_before_aws_is_asked() {
        for (options, expected) in [
            (json!({}), "the option \"service\" is needed"),
            (json!({"service": ""}), "service: empty"),
            (json!({"service": "a", "min": 3, "max": 2}), "min: 3 is more than `max`"),
            (json!({"service": "a", "min": -1}), "min: a whole number of 0 or more"),
            (json!({"service": "a", "cpu": 0}), "cpu: a percentage"),
            (json!({"service": "a", "memory": 101}), "memory: a percentage"),
            (json!({"service": "a", "requests": -5}), "requests: a number of requests"),
            (json!({"service": "a", "target": "t"}), "target: a target group needs"),
            (json!({"service": "a", "cpu": 50, "resolution": 30}), "resolution: 60 or 20 seconds"),
            (json!({"service": "a", "cooldown": {"inn": 3}}), "did you mean \"in\""),
            (json!({"service": "a", "suspended": {"inn": true}}), "unknown"),
            (json!({"service": "a", "polices": []}), "did you mean \"policies\""),
            (json!({"service": "a", "policies": [{}]}), "policies[0].PolicyName: a name expected"),
            (
                json!({"service": "a", "policies": [{"PolicyName": "p"}, {"PolicyName": "p"}]}),
                "policies[1].PolicyName: \"p\" is given twice",
            ),
            (
                json!({"service": "a", "policies": [{"PolicyName": "p", "ServiceNamespace": "ec2"}]}),
                "policies[0].ServiceNamespace: \"ecs\" expected",
            ),
            (json!({"service": "a", "actions": [{"ScheduledActionName": "n"}]}), "actions[0].Schedule: a schedule"),
            (
                json!({"service": "a", "actions": [{"ScheduledActionName": "n", "Schedule": "daily"}]}),
                "actions[0].Schedule: \"daily\" is none of rate(5 minutes)",
            ),
            (
                json!({"service": "a", "actions": [{"ScheduledActionName": "n", "Schedule": "rate(1 day)", "Timezone": "Mars/Base"}]}),
                "actions[0].Timezone: no time zone \"Mars/Base\"",
            ),
            (
                json!({"service": "a", "actions": [{"ScheduledActionName": "n", "Schedule": "rate(1 day)"}]}),
                "actions[0].ScalableTargetAction: MinCapacity or MaxCapacity",
            ),
            (
                json!({"service": "a", "actions": [{"ScheduledActionName": "n", "Schedule": "rate(1 day)", "StartTime": "now"}]}),
                "actions[0].StartTime: a number of seconds",
            ),
            (json!({"service": "a", "remove": true, "min": 1}), "remove: `true` removes"),
            (
                json!({"service": "a", "remove": ["p"], "policies": [{"PolicyName": "p"}]}),
                "remove: \"p\" is asked for as well",
            ),
        ] {
            let read = parse_options::<Scale>("options", options.clone());
            let error = read.and_then(|scale| scale.check()).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(expected), "{options}: {error}");
        }
        for options in [
            json!({"service": "a"}),
            json!({"service": "a", "cpu": null, "min": 2, "max": 2}),
            json!({"service": "a", "remove": true, "plan": true}),
            json!({"service": "a", "suspended": {"in": true}}),
        ] {
            parse_options::<Scale>("options", options).unwrap().check().unwrap();
        }
        let removed = parse_options::<Scale>("options", json!({"service": "a", "cpu": null})).unwrap();
        assert_eq!((removed.cpu, removed.memory), (Some(None), None));
    }
}
