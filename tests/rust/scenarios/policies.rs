//! The policy made for a scenario's request allows all calls of the scenario, on their resources.

use std::collections::BTreeSet;

use ecs_rollout::{Client, Error, Policy, PolicyStatement, parse_options};
use ecs_rollout_tests::{Ran, action};
use serde_json::{Value, json};

/// The simulator's region and account in an ARN.
const PLACE: &str = ":eu-central-1:123456789012:";

/// The calls that the policy for the scenario's requests does not allow.
pub(crate) async fn not_allowed(ran: &Ran) -> BTreeSet<String> {
    let mut statements = Vec::new();
    for request in &ran.requests {
        // A request that is refused makes no call, and has no policy.
        match statements_for(&ran.verb, request).await {
            Ok(all) => statements.extend(all),
            Err(error) => assert_eq!(error.code(), "invalid", "{request}: {error}"),
        }
    }
    let beyond = ran.calls.iter().filter(|call| action(call) != "sts:GetCallerIdentity").filter_map(|call| {
        let own: Vec<&PolicyStatement> =
            statements.iter().filter(|statement| statement.actions.contains(&action(call))).collect();
        if own.is_empty() {
            return Some(format!("the policy for {:?} lacks {}", ran.requests, action(call)));
        }
        // A call on what is in another place is refused there, whatever a policy says here.
        let is_here =
            |resource: &String| resource == "*" || resource.starts_with("arn:aws:") && resource.contains(PLACE);
        let mut here = resources(call).into_iter().filter(is_here);
        let refused = here.find(|resource| !own.iter().any(|one| allows(one, resource, call)))?;
        Some(format!("the policy for {:?} does not allow {} on {refused}", ran.requests, action(call)))
    });
    beyond.collect()
}

async fn statements_for(verb: &str, request: &Value) -> Result<Vec<PolicyStatement>, Error> {
    // Of a request with an ARN of another place, the calls go to the client's own.
    let options = json!({"verb": verb, "request": request, "account": "123456789012", "region": "eu-central-1"});
    let client = Client::new(parse_options("client", json!({}))?);
    client.policy(parse_options::<Policy>("options", options)?).await.map(|outcome| outcome.statements)
}

fn allows(statement: &PolicyStatement, resource: &str, call: &Value) -> bool {
    let is_on = statement.resources.iter().any(|pattern| fits(pattern, resource));
    let cluster = statement.condition.as_ref().and_then(|condition| {
        ["ArnEquals", "ArnLike"].into_iter().find_map(|operator| condition[operator]["ecs:cluster"].as_str())
    });
    is_on && cluster.is_none_or(|pattern| fits(pattern, &cluster_of(call)))
}

/// Whether a text is one of those that a pattern with `*` stands for.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text
            .strip_prefix(start)
            .is_some_and(|text| (0..=text.len()).any(|at| text.is_char_boundary(at) && fits(rest, &text[at..]))),
    }
}

fn own(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:eu-central-1:123456789012:{resource}")
}

fn cluster_of(call: &Value) -> String {
    let name = call["input"]["cluster"].as_str().unwrap_or("default");
    if name.starts_with("arn:") { name.to_owned() } else { own("ecs", &format!("cluster/{name}")) }
}

/// The ARNs of what a call is made on, by AWS's service authorization reference; none of an operation that takes no resource.
fn resources(call: &Value) -> Vec<String> {
    let input = &call["input"];
    let text = |member: &str| input[member].as_str().unwrap_or_default();
    let list = |member: &str| -> Vec<&str> {
        input[member].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let in_cluster = |kind: &str, name: &str| match name.starts_with("arn:") {
        true => name.to_owned(),
        false => {
            let cluster = cluster_of(call);
            own("ecs", &format!("{kind}/{}/{name}", cluster.rsplit('/').next().unwrap()))
        }
    };
    match action(call).as_str() {
        "ecs:UpdateService" | "ecs:DeleteService" | "ecs:ListServiceDeployments" => {
            vec![in_cluster("service", text("service"))]
        }
        "ecs:CreateExpressGatewayService" => vec![in_cluster("service", text("serviceName"))],
        "ecs:UpdateExpressGatewayService" | "ecs:DescribeExpressGatewayService" => vec![text("serviceArn").to_owned()],
        "ecs:CreateService" => vec![in_cluster("service", text("serviceName"))],
        "ecs:DescribeServices" => list("services").into_iter().map(|name| in_cluster("service", name)).collect(),
        "ecs:StopServiceDeployment" | "ecs:ContinueServiceDeployment" => vec![text("serviceDeploymentArn").to_owned()],
        "ecs:DescribeServiceDeployments" => list("serviceDeploymentArns").into_iter().map(str::to_owned).collect(),
        "ecs:DescribeServiceRevisions" => list("serviceRevisionArns").into_iter().map(str::to_owned).collect(),
        "ecs:DescribeTasks" => list("tasks").into_iter().map(|task| in_cluster("task", task)).collect(),
        "ecs:StopTask" => vec![in_cluster("task", text("task"))],
        "ecs:ListTasks" => vec!["*".to_owned()],
        "ecs:RunTask" if text("taskDefinition").starts_with("arn:") => vec![text("taskDefinition").to_owned()],
        "ecs:RunTask" => vec![own("ecs", &format!("task-definition/{}", text("taskDefinition")))],
        "logs:GetLogEvents" => {
            vec![own("logs", &format!("log-group:{}:log-stream:{}", text("logGroupName"), text("logStreamName")))]
        }
        "logs:FilterLogEvents" => vec![own("logs", &format!("log-group:{}", text("logGroupName")))],
        "scheduler:CreateSchedule"
        | "scheduler:UpdateSchedule"
        | "scheduler:GetSchedule"
        | "scheduler:DeleteSchedule" => {
            let group = if text("GroupName").is_empty() { text("groupName") } else { text("GroupName") };
            let group = if group.is_empty() { "default" } else { group };
            vec![own("scheduler", &format!("schedule/{group}/{}", text("Name")))]
        }
        _ => Vec::new(),
    }
}
