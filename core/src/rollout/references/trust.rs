//! Whether a role's trust policy lets a service of AWS assume it. Pure, and liberal: what is not understood is not judged.

use serde_json::Value;

/// What a trust policy says about a principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trusted {
    /// It may assume the role.
    Yes,
    /// It may not. With the services that may.
    No(Vec<String>),
    /// The policy cannot be read, or has what is not judged here.
    Unknown,
}

/// Reads the policy as IAM gives it: JSON, percent-encoded.
pub(crate) fn trusted(policy: &str, principal: &str) -> Trusted {
    let decoded = percent_encoding::percent_decode_str(policy).decode_utf8();
    let document = decoded.ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
    document.map_or(Trusted::Unknown, |document| judged(&document, principal))
}

fn judged(document: &Value, principal: &str) -> Trusted {
    let statements = many(&document["Statement"]);
    if statements.is_empty() {
        return Trusted::Unknown;
    }
    let is_effect = |statement: &Value, effect: &str| statement["Effect"].as_str() == Some(effect);
    let concerned = |statement: &&&Value| concerns(statement, principal);
    // A denial that has a condition may not hold for us.
    let is_denied = statements
        .iter()
        .filter(|statement| is_effect(statement, "Deny") && statement["Condition"].is_null())
        .any(|statement| concerns(statement, principal) == Some(true));
    if is_denied {
        return Trusted::No(services(&statements));
    }
    let allowing = || statements.iter().filter(|statement| is_effect(statement, "Allow"));
    if allowing().any(|statement| concerns(statement, principal) == Some(true)) {
        return Trusted::Yes;
    }
    match allowing().any(|statement| concerned(&statement).is_none()) {
        true => Trusted::Unknown,
        false => Trusted::No(services(&statements)),
    }
}

/// Whether a statement is about this principal assuming the role; `None` where that is not told by what it names.
fn concerns(statement: &Value, principal: &str) -> Option<bool> {
    if !statement["NotPrincipal"].is_null() || !statement["NotAction"].is_null() {
        return None;
    }
    let is_action = many(&statement["Action"]).iter().filter_map(|action| action.as_str()).any(assumes);
    let given = &statement["Principal"];
    let named = many(&given["Service"]);
    // For IAM, `{"AWS": "*"}` is the same as `"*"`.
    let is_anyone = given == "*" || many(&given["AWS"]).into_iter().any(|one| one == "*");
    let is_principal = is_anyone || named.iter().any(|name| name.as_str().is_some_and(|name| is(name, principal)));
    Some(is_action && is_principal)
}

/// Whether an action of a policy, which may end in `*` and whose case is of no account, is `sts:AssumeRole`.
fn assumes(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    match action.split_once('*') {
        None => action == "sts:assumerole",
        Some((start, rest)) => rest.is_empty() && "sts:assumerole".starts_with(start),
    }
}

/// Whether a service's name is that of the principal, in any partition and region.
fn is(name: &str, principal: &str) -> bool {
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    name == "*" || (first(name) == first(principal) && name.contains(".amazonaws."))
}

fn services(statements: &[&Value]) -> Vec<String> {
    let named = statements.iter().flat_map(|statement| many(&statement["Principal"]["Service"]));
    named.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// One value, or each of a list.
fn many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TASKS: &str = "ecs-tasks.amazonaws.com";

    fn policy(principal: &Value, action: &Value) -> Value {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": action}]})
    }

    #[test]
    fn policies_are_read_as_people_write_them() {
        let no = |names: &[&str]| Trusted::No(names.iter().map(|name| (*name).to_owned()).collect());
        let one = json!({"Service": TASKS});
        let assume = json!("sts:AssumeRole");
        for (document, expected) in [
            (policy(&one, &assume), Trusted::Yes),
            // ecspresso#931: a list of one.
            (policy(&json!({"Service": [TASKS]}), &json!(["sts:AssumeRole"])), Trusted::Yes),
            (
                policy(&json!({"Service": ["ec2.amazonaws.com", TASKS]}), &json!(["sts:TagSession", "sts:AssumeRole"])),
                Trusted::Yes,
            ),
            (policy(&one, &json!("STS:assumerole")), Trusted::Yes),
            (policy(&one, &json!("sts:*")), Trusted::Yes),
            (policy(&one, &json!("*")), Trusted::Yes),
            (policy(&json!("*"), &assume), Trusted::Yes),
            (policy(&json!({"AWS": "*"}), &assume), Trusted::Yes),
            (policy(&json!({"Service": "ecs-tasks.amazonaws.com.cn"}), &assume), Trusted::Yes),
            // One statement that is no list, with a condition that ECS meets.
            (
                json!({"Statement": {"Effect": "Allow", "Principal": one, "Action": assume,
                    "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}}),
                Trusted::Yes,
            ),
            (policy(&json!({"Service": "ec2.amazonaws.com"}), &assume), no(&["ec2.amazonaws.com"])),
            (policy(&json!({"Service": "ecs.amazonaws.com"}), &assume), no(&["ecs.amazonaws.com"])),
            (policy(&json!({"AWS": "arn:aws:iam::123456789012:root"}), &assume), no(&[])),
            (policy(&one, &json!("sts:TagSession")), no(&[TASKS])),
            (
                json!({"Statement": [
                    {"Effect": "Allow", "Principal": one, "Action": assume},
                    {"Effect": "Deny", "Principal": one, "Action": "sts:*"},
                ]}),
                no(&[TASKS, TASKS]),
            ),
            (
                json!({"Statement": [
                    {"Effect": "Allow", "Principal": one, "Action": assume},
                    {"Effect": "Deny", "Principal": one, "Action": "sts:*", "Condition": {"Bool": {}}},
                ]}),
                Trusted::Yes,
            ),
            (json!({"Statement": [{"Effect": "Allow", "NotPrincipal": one, "Action": assume}]}), Trusted::Unknown),
            (json!({"Statement": []}), Trusted::Unknown),
            (json!([]), Trusted::Unknown),
        ] {
            assert_eq!(judged(&document, TASKS), expected, "{document}");
        }
    }

    #[test]
    fn iam_encodes_the_policy() {
        let encoded = "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ecs-tasks.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
        assert_eq!(trusted(encoded, TASKS), Trusted::Yes);
        assert_eq!(trusted("%7Bno", TASKS), Trusted::Unknown);
    }
}
