//! From grants to statements of a policy: what is needed and what can be done without stand apart.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::condition::Rule;
use super::named::Named;
use super::resource::{Scope, scope};
use super::{Grant, permissions};

/// A statement of a policy, and why it is there.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PolicyStatement {
    /// Its `Sid`.
    pub sid: String,
    /// The actions, such as `ecs:UpdateService`.
    pub actions: Vec<String>,
    /// The resources: ARNs, with `*` for what is not known or changes.
    pub resources: Vec<String>,
    /// The condition, as IAM has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Value>,
    /// Whether a call fails without it.
    pub required: bool,
    /// When it is needed; empty: always.
    pub when: Vec<String>,
    /// What is missing without it; empty: a call fails with the error `denied`.
    pub without: Vec<String>,
}

impl PolicyStatement {
    fn holds(&self, action: &str, scope: &Scope) -> bool {
        self.actions.iter().any(|known| known == action)
            && self.resources == scope.resources
            && self.condition == scope.condition
    }

    fn explains(&mut self, grant: &Grant) {
        let add = |list: &mut Vec<String>, text: &str| {
            if !text.is_empty() && !list.iter().any(|known| known == text) {
                list.push(text.to_owned());
            }
        };
        add(&mut self.when, grant.when);
        add(&mut self.without, grant.without);
    }

    fn document(&self) -> Value {
        let mut statement =
            json!({"Sid": self.sid, "Effect": "Allow", "Action": self.actions, "Resource": self.resources});
        if let Some(condition) = &self.condition {
            statement["Condition"] = condition.clone();
        }
        statement
    }
}

/// The statements for these requests, of the grants whose rule applies.
pub(crate) fn statements(all: &[Named<'_>], applies: impl Fn(&Rule, &Value) -> bool) -> Vec<PolicyStatement> {
    let mut statements: Vec<PolicyStatement> = Vec::new();
    for named in all {
        let applying = permissions(named.verb).into_iter().filter(|grant| applies(&grant.rule, named.request));
        let (needed, spared): (Vec<Grant>, Vec<Grant>) = applying.partition(|grant| grant.without.is_empty());
        for grant in needed.iter().chain(&spared) {
            for action in grant.actions.iter().filter(|action| !is_planned(named.request) || reads(action)) {
                add(&mut statements, grant, action, named);
            }
        }
    }
    // Of several requests, the first may spare what the next needs.
    statements.sort_by_key(|statement| !statement.required);
    name(&mut statements);
    statements
}

fn add(statements: &mut Vec<PolicyStatement>, grant: &Grant, action: &str, named: &Named<'_>) {
    let Some(scope) = scope(action, grant.purpose, named).filter(|scope| !scope.resources.is_empty()) else { return };
    if statements.iter().any(|statement| statement.required && statement.holds(action, &scope)) {
        return;
    }
    let required = grant.without.is_empty();
    let is_like = |statement: &&mut PolicyStatement| {
        statement.required == required
            && statement.resources == scope.resources
            && statement.condition == scope.condition
            && (statement.when.is_empty() == grant.when.is_empty())
            && (required || statement.without == [grant.without])
            && (grant.when.is_empty() || statement.when == [grant.when])
    };
    match statements.iter_mut().find(is_like) {
        Some(statement) => {
            if !statement.actions.iter().any(|known| known == action) {
                statement.actions.push(action.to_owned());
            }
            statement.explains(grant);
        }
        None => {
            let mut statement = PolicyStatement {
                sid: String::new(),
                actions: vec![action.to_owned()],
                resources: scope.resources,
                condition: scope.condition,
                required,
                when: Vec::new(),
                without: Vec::new(),
            };
            statement.explains(grant);
            statements.push(statement);
        }
    }
}

/// Whether the request asks what would be written.
fn is_planned(request: &Value) -> bool {
    request["plan"] == true
}

fn reads(action: &str) -> bool {
    let operation = action.split(':').nth(1).unwrap_or_default();
    ["Describe", "Get", "List", "Batch"].iter().any(|prefix| operation.starts_with(prefix))
}

/// Names each statement after its service.
fn name(statements: &mut [PolicyStatement]) {
    let mut counts: Map<String, Value> = Map::new();
    for statement in statements {
        let service = statement.actions[0].split(':').next().unwrap_or_default();
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        let word: String = service.split('-').filter(|word| !word.is_empty()).map(capital).collect();
        let word = format!("{}{word}", if statement.required { "" } else { "Optional" });
        let count = counts.get(&word).and_then(Value::as_u64).unwrap_or_default() + 1;
        counts.insert(word.clone(), json!(count));
        statement.sid = format!("{word}{count}");
    }
}

/// The policy of some statements.
pub(crate) fn document<'a>(statements: impl Iterator<Item = &'a PolicyStatement>) -> Value {
    let all: Vec<Value> = statements.map(PolicyStatement::document).collect();
    json!({"Version": "2012-10-17", "Statement": all})
}
