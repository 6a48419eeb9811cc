//! The members of scaling policies and scheduled actions, after botocore's models of PutScalingPolicy and PutScheduledAction.

use super::Shape::{self, Any, Fields, Flag, List, Number, Text};
use super::task_definition::UNBOUNDED;
use super::{Field, may, or, read_only};

/// The default of a cooldown is that of ECS.
const COOLDOWN: &str = "300";

/// A member that names the service: the option `service` stands for it.
const fn of_service(name: &'static str) -> Field {
    may(name, Text).option("service")
}

/// A scaling policy of PutScalingPolicy and DescribeScalingPolicies.
pub(crate) const POLICY: Shape = Fields(&[
    may("PolicyName", Text),
    of_service("ServiceNamespace"),
    of_service("ResourceId"),
    of_service("ScalableDimension"),
    may("PolicyType", Text),
    may("TargetTrackingScalingPolicyConfiguration", TRACKING),
    may("StepScalingPolicyConfiguration", STEPS),
    may("PredictiveScalingPolicyConfiguration", PREDICTIVE),
    read_only("PolicyARN"),
    read_only("Alarms"),
    read_only("CreationTime"),
]);

/// A scheduled action of PutScheduledAction and DescribeScheduledActions.
pub(crate) const ACTION: Shape = Fields(&[
    may("ScheduledActionName", Text),
    of_service("ServiceNamespace"),
    of_service("ResourceId"),
    of_service("ScalableDimension"),
    may("Schedule", Text),
    or(r#""UTC""#, may("Timezone", Text)),
    may("StartTime", Any),
    may("EndTime", Any),
    may("ScalableTargetAction", Any),
    read_only("ScheduledActionARN"),
    read_only("CreationTime"),
]);

const TRACKING: Shape = Fields(&[
    may("TargetValue", Number(0.0, f64::MAX)),
    may("PredefinedMetricSpecification", Any),
    may("CustomizedMetricSpecification", CUSTOMIZED),
    or(COOLDOWN, may("ScaleOutCooldown", Any)),
    or(COOLDOWN, may("ScaleInCooldown", Any)),
    may("DisableScaleIn", Flag),
]);
const CUSTOMIZED: Shape = Fields(&[
    may("MetricName", Text),
    may("Namespace", Text),
    may("Dimensions", List(&Any, UNBOUNDED)),
    may("Statistic", Text),
    may("Unit", Text),
    may("Metrics", List(&QUERY, UNBOUNDED)),
]);
/// A metric, or an expression over metrics.
const QUERY: Shape = Fields(&[
    may("Id", Text),
    may("Expression", Text),
    may("Label", Text),
    may("MetricStat", Fields(&[may("Metric", METRIC), may("Stat", Text), may("Unit", Text)])),
    or("true", may("ReturnData", Flag)),
]);
const METRIC: Shape =
    Fields(&[may("MetricName", Text), may("Namespace", Text), may("Dimensions", List(&Any, UNBOUNDED))]);

const STEPS: Shape = Fields(&[
    may("AdjustmentType", Text),
    may("StepAdjustments", List(&Any, UNBOUNDED)),
    may("MinAdjustmentMagnitude", Any),
    or(COOLDOWN, may("Cooldown", Any)),
    or(r#""Average""#, may("MetricAggregationType", Text)),
]);

const PREDICTIVE: Shape = Fields(&[
    may("MetricSpecifications", List(&SPECIFICATION, UNBOUNDED)),
    or(r#""ForecastOnly""#, may("Mode", Text)),
    or("300", may("SchedulingBufferTime", Any)),
    or(r#""HonorMaxCapacity""#, may("MaxCapacityBreachBehavior", Text)),
    may("MaxCapacityBuffer", Any),
]);
const SPECIFICATION: Shape = Fields(&[
    may("TargetValue", Number(0.0, f64::MAX)),
    may("PredefinedMetricPairSpecification", Any),
    may("PredefinedScalingMetricSpecification", Any),
    may("PredefinedLoadMetricSpecification", Any),
    may("CustomizedScalingMetricSpecification", QUERIES),
    may("CustomizedLoadMetricSpecification", QUERIES),
    may("CustomizedCapacityMetricSpecification", QUERIES),
]);
const QUERIES: Shape = Fields(&[may("MetricDataQueries", List(&QUERY, UNBOUNDED))]);
