//! What the bindings offer: the verbs of the core's table with their parameters and docs, and the classes beside them.

use ecs_rollout::{VERBS, Verb, permissions};

use super::docs::Doc;
use super::schema::{Contract, Field, Shape};

/// A verb as the bindings have it.
pub(crate) struct Offered<'a> {
    pub(crate) verb: &'static Verb,
    /// Its options; none for a verb that takes none.
    pub(crate) options: &'a [Field],
    pub(crate) doc: Doc,
}

impl Offered<'_> {
    /// Verbs about one image take its reference alone, too.
    pub(crate) fn takes_image(&self) -> bool {
        self.verb.request == Some("Lookup")
    }

    /// The type of the outcome, and whether it is a list of these.
    pub(crate) fn outcome(&self) -> (&'static str, bool) {
        let list = self.verb.outcome.strip_prefix("Vec<").and_then(|rest| rest.strip_suffix('>'));
        (list.unwrap_or(self.verb.outcome), list.is_some())
    }

    /// Whether its rollout is the usual one.
    pub(crate) fn is_usual(&self) -> bool {
        (self.verb.event, self.verb.outcome) == (Some("Event"), "Outcome")
    }
}

/// All verbs, in the order of the core's table.
pub(crate) fn offered(contract: &Contract) -> Vec<Offered<'_>> {
    let offer = |verb: &'static Verb| {
        let named = verb.request.and_then(|name| contract.types.iter().find(|named| named.name == name));
        let options = match (verb.request, named.map(|named| &named.shape)) {
            (_, Some(Shape::Object(fields))) => fields.as_slice(),
            (None, _) => &[],
            (Some(request), _) => panic!("{request} is missing in printer/schema.rs"),
        };
        let doc = Doc::of("Client", verb.name).with(actions(verb.name));
        let doc = if verb.event.is_some() { doc.with_sentence("Starts at once.") } else { doc };
        Offered { verb, options, doc }
    };
    VERBS.iter().map(offer).collect()
}

/// The IAM actions that a verb cannot do without.
fn actions(verb: &str) -> Option<String> {
    let mut needed: Vec<(&str, Vec<String>)> = Vec::new();
    for grant in permissions(verb).into_iter().filter(|grant| grant.without.is_empty()) {
        let actions = grant.actions.iter().map(|action| format!("`{action}`"));
        match needed.iter_mut().find(|(when, _)| *when == grant.when) {
            Some((_, known)) => known.extend(actions),
            None => needed.push((grant.when, actions.collect())),
        }
    }
    let text = |(when, actions): &(&str, Vec<String>)| match *when {
        "" => actions.join(", "),
        when => format!("{} ({when})", actions.join(", ")),
    };
    let texts: Vec<String> = needed.iter().map(text).collect();
    (!texts.is_empty()).then(|| format!("IAM actions: {}.", texts.join("; ")))
}

pub(crate) enum Kind {
    Static,
    Method,
    /// Read only.
    Member,
}

/// A method or member of a class: its Rust name, and in each language its name, parameters and type. An empty name: it is not there.
pub(crate) struct Item {
    pub(crate) kind: Kind,
    pub(crate) rust: &'static str,
    pub(crate) python: (&'static str, &'static str, &'static str),
    pub(crate) node: (&'static str, &'static str, &'static str),
    /// Where Rust has no such method.
    doc: &'static str,
}

impl Item {
    pub(crate) fn doc(&self, class: &str) -> Doc {
        if self.doc.is_empty() { Doc::of(class, self.rust) } else { Doc::text(self.doc) }
    }
}

const fn item(
    kind: Kind,
    rust: &'static str,
    python: (&'static str, &'static str, &'static str),
    node: (&'static str, &'static str, &'static str),
) -> Item {
    Item { kind, rust, python, node, doc: "" }
}

/// `TaskDefinition`, but for its constructor.
pub(crate) const TASK_DEFINITION: &[Item] = &[
    item(
        Kind::Static,
        "load",
        ("load", "path: str | PathLike[str]", "TaskDefinition"),
        ("load", "path: string | URL", "TaskDefinition"),
    ),
    item(
        Kind::Method,
        "render",
        ("render", "**changes: Unpack[Changes]", "TaskDefinition"),
        ("render", "changes?: Changes", "TaskDefinition"),
    ),
    item(Kind::Method, "to_value", ("to_dict", "", "dict[str, Any]"), ("toObject", "", "Record<string, unknown>")),
    item(Kind::Method, "to_value", ("", "", ""), ("toJSON", "", "Record<string, unknown>")),
    item(Kind::Method, "to_json", ("to_json", "", "str"), ("toString", "", "string")),
    item(Kind::Method, "validate", ("validate", "", "list[Finding]"), ("validate", "", "Finding[]")),
    item(
        Kind::Method,
        "diff",
        ("diff", "other: TaskDefinition", "list[Change]"),
        ("diff", "other: TaskDefinition", "Change[]"),
    ),
    item(
        Kind::Method,
        "diff_text",
        ("diff_text", "other: TaskDefinition, color: bool | None = None", "str"),
        ("diffText", "other: TaskDefinition, color?: boolean", "string"),
    ),
];

/// `Credential`.
pub(crate) const CREDENTIAL: &[Item] = &[
    item(Kind::Member, "registry", ("registry", "", "str"), ("registry", "", "string")),
    item(Kind::Member, "user", ("user", "", "str"), ("user", "", "string")),
    item(Kind::Member, "expires", ("expires", "", "float"), ("expires", "", "number")),
    item(Kind::Member, "file", ("file", "", "Path | None"), ("file", "", "string | undefined")),
    item(Kind::Member, "shadowed", ("shadowed", "", "str | None"), ("shadowed", "", "string | undefined")),
    item(Kind::Method, "password", ("password", "", "str"), ("password", "", "string")),
    item(Kind::Method, "masks", ("masks", "", "list[str]"), ("masks", "", "string[]")),
];

const CALLS: (&str, &str) = ("list[dict[str, Any]]", "Array<Record<string, any>>");

/// `Simulator`, but for its constructor and what only the language has.
pub(crate) const SIMULATOR: &[Item] = &[
    item(Kind::Member, "endpoint", ("endpoint", "", "str"), ("endpoint", "", "string")),
    Item {
        doc: "Simulated seconds since it started.",
        ..item(Kind::Member, "now", ("now", "", "float"), ("now", "", "number"))
    },
    Item {
        doc: "Lets simulated seconds pass.",
        ..item(Kind::Method, "advance", ("advance", "seconds: float", "None"), ("advance", "seconds: number", "void"))
    },
    item(Kind::Method, "add", ("add", "world: Mapping[str, Any]", "None"), ("add", "world: object", "void")),
    item(Kind::Method, "calls", ("calls", "", CALLS.0), ("calls", "", CALLS.1)),
    item(Kind::Method, "deployments", ("deployments", "", CALLS.0), ("deployments", "", CALLS.1)),
    item(Kind::Method, "invocations", ("invocations", "", CALLS.0), ("invocations", "", CALLS.1)),
    item(
        Kind::Method,
        "check",
        ("check", "expect: Mapping[str, Any], seen: Mapping[str, Any]", "list[str]"),
        ("check", "expect: object, seen: object", "string[]"),
    ),
];

/// The names of parameters as they are written. A comma within brackets separates none.
pub(crate) fn names(parameters: &str) -> Vec<&str> {
    let mut depth = 0;
    let each = parameters.split(|c| {
        depth += i32::from(c == '[') - i32::from(c == ']');
        depth == 0 && c == ','
    });
    each.filter_map(|one| one.trim().split([':', '?', ' ']).next()).filter(|name| !name.is_empty()).collect()
}
