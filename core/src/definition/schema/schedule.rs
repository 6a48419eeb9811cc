//! The members of EventBridge's schedules, rules and their targets, after botocore's models of CreateSchedule, PutRule and
//! UpdateApiDestination.

use serde_json::Value;

use super::Shape::{self, Any, Fields, Flag, Text};
use super::{may, or, read_only, word};

/// A schedule of CreateSchedule, UpdateSchedule and GetSchedule.
pub(crate) const SCHEDULE: Shape = Fields(&[
    may("Name", Text).option("name"),
    may("GroupName", Text).option("group"),
    may("ScheduleExpression", Text).option("expression"),
    or(r#""UTC""#, may("ScheduleExpressionTimezone", Text)).option("timezone"),
    may("StartDate", Any).option("start"),
    may("EndDate", Any).option("end"),
    may("FlexibleTimeWindow", Any).option("flexible"),
    or(r#""ENABLED""#, may("State", Text)).option("enabled"),
    word("Description").option("description"),
    may("Target", TARGET).option("target"),
    or(r#""NONE""#, may("ActionAfterCompletion", Text)).option("once"),
    may("KmsKeyArn", Text),
    read_only("Arn"),
    read_only("CreationDate"),
    read_only("LastModificationDate"),
]);

/// A rule of PutRule and DescribeRule.
pub(crate) const RULE: Shape = Fields(&[
    may("Name", Text).option("name"),
    may("ScheduleExpression", Text).option("expression"),
    may("State", Text).option("enabled"),
    word("Description").option("description"),
    may("RoleArn", Text).option("role"),
    may("EventBusName", Text).option("name"),
    read_only("Arn"),
    read_only("ManagedBy"),
    read_only("CreatedBy"),
]);

/// The target of a schedule.
pub(crate) const TARGET: Shape = Fields(&[
    may("Arn", Text),
    may("RoleArn", Text).delivery(),
    word("Input").spelled(json),
    may("RetryPolicy", Any).delivery(),
    may("DeadLetterConfig", Any).delivery(),
    may("EcsParameters", TASK_PARAMETERS),
    may("EventBridgeParameters", Any),
    may("KinesisParameters", Any),
    may("SqsParameters", Any),
    may("SageMakerPipelineParameters", Any),
]);

/// The task that a target runs, `EcsParameters`.
pub(crate) const TASK_PARAMETERS: Shape = Fields(&[
    may("TaskDefinitionArn", Text),
    may("TaskCount", Any),
    may("LaunchType", Text),
    may("NetworkConfiguration", Any),
    may("PlatformVersion", Text),
    may("Group", Text),
    may("CapacityProviderStrategy", Any),
    may("EnableECSManagedTags", Flag),
    may("EnableExecuteCommand", Flag),
    may("PlacementConstraints", Any),
    may("PlacementStrategy", Any),
    may("PropagateTags", Text),
    may("ReferenceId", Text),
    may("Tags", Any),
]);

/// An API destination of UpdateApiDestination.
pub(crate) const API_DESTINATION: Shape = Fields(&[
    may("Name", Text),
    word("Description"),
    may("ConnectionArn", Text),
    may("InvocationEndpoint", Text),
    may("HttpMethod", Text),
    may("InvocationRateLimitPerSecond", Any),
]);

/// A JSON document in a text, in one spelling: the order of members and white space mean nothing.
fn json(text: &str) -> String {
    let sorted = |mut document: Value| {
        document.sort_all_objects();
        document.to_string()
    };
    serde_json::from_str(text).map_or_else(|_| text.to_owned(), sorted)
}
