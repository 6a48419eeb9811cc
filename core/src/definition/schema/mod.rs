//! The schema of AWS's documents: each member with its type and its attributes. It is the only place that
//! lists them. Checks, comparison, the YAML reader and all rules about kinds of members use it.

pub(crate) mod check;
pub(crate) mod compare;
mod normal;
mod scaling;
mod schedule;
mod service;
mod task_definition;

use serde_json::{Map, Value};

pub(crate) use scaling::{ACTION, POLICY};
pub(crate) use schedule::{API_DESTINATION, RULE, SCHEDULE, TARGET, TASK_PARAMETERS};
pub(crate) use service::{CONTAINER_OVERRIDE, EXPRESS, OVERRIDES, RUN, SERVICE};
pub(crate) use task_definition::{CONTAINER, LAUNCH_TYPES, TASK, ULIMITS, VOLUME};

/// The type of a value.
pub(crate) enum Shape {
    /// Anything at all.
    Any,
    Flag,
    Text,
    /// A text that names something, such as an alarm: not blank, no white space at its ends, no list written as text.
    Filled,
    /// Such a text without white space, commas and quotes in it.
    Id,
    /// One of some words. AWS adds words, so another one is a warning, unless only its case or its `-` and `_` differ.
    Word(&'static [&'static str]),
    /// One of some words. ECS takes any other, too, so another one is a warning.
    Open(&'static [&'static str]),
    /// A whole number, from, to.
    Whole(i64, i64),
    /// A number, from, to.
    Number(f64, f64),
    /// An object of texts whose members are the user's.
    Texts,
    /// A list of at most so many entries.
    List(&'static Shape, usize),
    /// Such a list whose entries are checked one by one elsewhere.
    Apart(&'static Shape, usize),
    Fields(&'static [Field]),
}

impl Shape {
    /// The known members of an object; none where it is no structure.
    pub(crate) const fn fields(&self) -> &'static [Field] {
        match self {
            Self::Fields(fields) => fields,
            _ => &[],
        }
    }

    /// A known member.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// The type of a member; anything where it is not known.
    pub(crate) fn member(&self, name: &str) -> &'static Self {
        Self::of(self.field(name))
    }

    /// The type of a member that may not be known.
    fn of(field: Option<&'static Field>) -> &'static Self {
        field.map_or(&Self::Any, |field| &field.shape)
    }

    /// The type of a list's entries.
    pub(crate) const fn entry(&self) -> &'static Self {
        match self {
            Self::List(entry, _) | Self::Apart(entry, _) => entry,
            _ => &Self::Any,
        }
    }

    /// Whether a value is a text.
    pub(crate) const fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Filled | Self::Id | Self::Word(_) | Self::Open(_))
    }

    /// The names of the known members.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields().iter().map(|field| field.name)
    }

    /// The option that stands for a member.
    pub(crate) fn option(&self, member: &str) -> Option<&'static str> {
        self.field(member)?.option
    }

    /// Whether only AWS writes a member.
    pub(crate) fn is_read_only(&self, member: &str) -> bool {
        self.field(member).is_some_and(|field| field.is_read_only)
    }

    /// Removes the members that only AWS writes.
    pub(crate) fn strip_read_only(&self, document: &mut Map<String, Value>) {
        document.retain(|member, _| !self.is_read_only(member));
    }
}

/// A member of a structure.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    is_required: bool,
    empty: Option<Empty>,
    default: Option<Default>,
    /// Only AWS writes it: it is described, and no operation takes it.
    pub(crate) is_read_only: bool,
    /// The option of a verb that stands for it.
    pub(crate) option: Option<&'static str>,
    /// For a list whose order means nothing: the members that identify an entry; if empty, the whole entry does.
    /// In other lists, such as `command`, the order counts.
    unordered: Option<&'static [&'static str]>,
    /// AWS drops the entries that lack this member.
    needed: Option<&'static str>,
    /// One spelling for texts that mean the same.
    spelling: Option<fn(&str) -> String>,
    /// What UpdateService does with a member of a service.
    pub(crate) update: Update,
    /// It can never change: only a new service can have another value.
    pub(crate) is_immutable: bool,
    /// What UpdateService does with a member of a service that CodeDeploy deploys.
    pub(crate) codedeploy: CodeDeploy,
    /// Part of how a target is called (role, retries), and not of what is called: it stays when the target changes.
    pub(crate) is_delivery: bool,
}

/// What UpdateService does with a member of a service.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Update {
    /// It replaces what is set.
    Replaces,
    /// It replaces what is set, and ECS begins a deployment. Source: the API reference of UpdateService.
    Begins,
    /// It is merged into what is set.
    Merges,
    /// Only CreateService takes it: UpdateService ignores it. With advice for the error.
    CreateOnly(&'static str),
}

/// What UpdateService does with a member of a service that CodeDeploy deploys.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum CodeDeploy {
    /// ECS refuses it.
    Refused,
    /// ECS refuses it; the AppSpec has this member in its place.
    InAppSpec(&'static str),
    /// ECS takes it.
    Taken,
}

/// What ECS makes of a member that is given but empty: `""`, `[]` or `{}`.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Empty {
    /// A value that differs from absent. It is sent; if it is wrong, another rule reports it.
    Value,
    /// The same as absent. ECS takes it, and writes it into what it describes, so it is sent.
    Taken,
    /// It means absent, but ECS refuses it, so it is never sent. A text that is left out is a warning: a variable may have been
    /// empty. A list or an object is left out without a warning, since nothing was in it.
    LeftOut,
    /// ECS refuses it, and it is unclear what is meant: an error.
    Refused,
}

/// What AWS uses, and may write into what it describes, where a member is absent.
#[derive(Clone, Copy)]
pub(crate) enum Default {
    /// A value, as JSON text.
    Json(&'static str),
    /// Any of these texts, which name the same.
    Texts(&'static [&'static str]),
    /// A value where the task is for Fargate alone; elsewhere the host's configuration decides.
    OnFargate(&'static str),
    /// A value where this other member of the same object is absent or empty.
    Without(&'static str, &'static str),
    /// The value of another member of the same object.
    SameAs(&'static str),
    /// The port of the container in network mode awsvpc and host, 0 (any port) in others.
    HostPort,
    /// None that is documented, or one that the account's settings decide.
    Unknown,
}

/// An optional member.
pub(crate) const fn may(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        is_required: false,
        empty: None,
        default: None,
        is_read_only: false,
        option: None,
        unordered: None,
        needed: None,
        spelling: None,
        update: Update::Replaces,
        is_immutable: false,
        codedeploy: CodeDeploy::Refused,
        is_delivery: false,
    }
}

/// A required member.
pub(crate) const fn must(name: &'static str, shape: Shape) -> Field {
    Field { is_required: true, ..may(name, shape) }
}

/// An optional text whose empty value has a meaning, or is reported by another rule.
pub(crate) const fn word(name: &'static str) -> Field {
    may(name, Shape::Text).empty(Empty::Value)
}

/// An optional member with the JSON text of its default. Source: the API reference, and what AWS describes.
pub(crate) const fn or(default: &'static str, field: Field) -> Field {
    field.default(Default::Json(default))
}

/// A member that only AWS writes.
pub(crate) const fn read_only(name: &'static str) -> Field {
    Field { is_read_only: true, ..may(name, Shape::Any) }
}

impl Field {
    const fn empty(self, empty: Empty) -> Self {
        Self { empty: Some(empty), ..self }
    }

    const fn default(self, default: Default) -> Self {
        Self { default: Some(default), ..self }
    }

    const fn option(self, option: &'static str) -> Self {
        Self { option: Some(option), ..self }
    }

    const fn unordered(self, keys: &'static [&'static str]) -> Self {
        Self { unordered: Some(keys), ..self }
    }

    const fn dropped_without(self, member: &'static str) -> Self {
        Self { needed: Some(member), ..self }
    }

    const fn spelled(self, spelling: fn(&str) -> String) -> Self {
        Self { spelling: Some(spelling), ..self }
    }

    const fn update(self, update: Update) -> Self {
        Self { update, ..self }
    }

    const fn begins_deployment(self) -> Self {
        self.update(Update::Begins)
    }

    const fn create_only(self, advice: &'static str) -> Self {
        self.update(Update::CreateOnly(advice))
    }

    const fn immutable(self) -> Self {
        Self { is_immutable: true, ..self }
    }

    const fn codedeploy(self, codedeploy: CodeDeploy) -> Self {
        Self { codedeploy, ..self }
    }

    const fn delivery(self) -> Self {
        Self { is_delivery: true, ..self }
    }

    /// Whether UpdateService takes the member.
    pub(crate) const fn is_updatable(&self) -> bool {
        !self.is_read_only && !matches!(self.update, Update::CreateOnly(_))
    }

    /// What the member means when it is empty. Source where nothing else is noted: facts about what ECS refuses
    /// (aws/amazon-ecs-cli#667, openfresh/ecs-formation#74, aws-actions/amazon-ecs-deploy-task-definition#52) and about what it
    /// describes: lists and maps come back empty, texts do not.
    pub(crate) fn on_empty(&self) -> Empty {
        let usual = match self.shape.is_text() {
            true if self.is_required => Empty::Refused,
            true => Empty::LeftOut,
            false => Empty::Taken,
        };
        self.empty.unwrap_or(usual)
    }

    /// What AWS uses for the absent member, where that is known. A flag that is absent is `false`, unless something else is noted.
    pub(crate) fn on_absent(&self) -> Option<Default> {
        let is_flag = matches!(self.shape, Shape::Flag) && !self.is_required;
        self.default.or(is_flag.then_some(Default::Json("false")))
    }
}

/// Whether a value is an empty text, list or object.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

/// The task's `cpu` in units or `memory` in MiB, as ECS writes it back; `None` where it is absent or no text or number.
pub(crate) fn size(document: &Map<String, Value>, member: &str) -> Option<String> {
    match document.get(member)? {
        Value::String(text) => Some(units(text, if member == "cpu" { "vcpu" } else { "gb" })),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A task's cpu or memory as ECS writes it back: `"1 vCPU"` is `1024`, `"2GB"` is `2048`.
pub(crate) fn units(text: &str, unit: &str) -> String {
    let number = text.trim().to_lowercase().strip_suffix(unit).and_then(|number| number.trim().parse::<f64>().ok());
    match number.map(|number| number * 1024.0) {
        Some(whole) if whole.fract() == 0.0 => whole.to_string(),
        _ => text.to_owned(),
    }
}
