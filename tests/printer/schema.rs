//! What the core's types look like from outside, read from their JSON Schemas.

use std::collections::BTreeSet;

use ecs_rollout::{
    Build, BuildOutcome, Change, Changes, Check, CheckOutcome, ClientOptions, DeployAll, Deployment, Error, Event,
    Explain, Explanation, Export, ExportOutcome, Finding, FleetEvent, FleetOutcome, FleetPlan, Identity, ImageInfo,
    Login, Logs, LogsOutcome, Lookup, Plan, Policy, PolicyOutcome, Prune, PruneOutcome, Push, PushOutcome, Register,
    RegisterOutcome, Removal, RemovalOutcome, Resume, Revision, Revisions, Rollback, Run, RunOutcome, Scale,
    ScaleOutcome, Schedule, ScheduleOutcome, Service, ServiceEnd, ServiceOutcome, Status, StatusOutcome, Watch,
};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

pub(crate) struct Contract {
    /// In the order of their names.
    pub(crate) types: Vec<Named>,
    pub(crate) errors: Vec<ErrorCode>,
}

pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) shape: Shape,
}

pub(crate) enum Shape {
    Object(Vec<Field>),
    /// A union of named types.
    Union(Vec<String>),
    Words(Vec<String>),
    /// Anything else: another spelling of a type.
    Alias(Type),
}

pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) kind: Type,
    pub(crate) required: bool,
    /// The value if it is not given, where that is one.
    pub(crate) default: Option<Value>,
}

#[derive(Clone)]
pub(crate) enum Type {
    Any,
    Text,
    Number,
    Whole,
    Boolean,
    Word(String),
    Named(String),
    List(Box<Type>),
    Map(Box<Type>),
    Nullable(Box<Type>),
    Either(Vec<Type>),
}

pub(crate) struct ErrorCode {
    pub(crate) code: String,
    pub(crate) doc: String,
    pub(crate) detail: String,
}

impl Type {
    /// The types that it names.
    pub(crate) fn names(&self, names: &mut BTreeSet<String>) {
        match self {
            Self::Named(name) => _ = names.insert(name.clone()),
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.names(names),
            Self::Either(kinds) => kinds.iter().for_each(|kind| kind.names(names)),
            _ => {}
        }
    }
}

impl Contract {
    pub(crate) fn of_core() -> Self {
        let mut inputs = SchemaSettings::draft2020_12().for_deserialize().into_generator();
        add::<Deployment>(&mut inputs);
        add::<Changes>(&mut inputs);
        add::<ClientOptions>(&mut inputs);
        add::<Watch>(&mut inputs);
        add::<DeployAll>(&mut inputs);
        add::<Login>(&mut inputs);
        add::<Lookup>(&mut inputs);
        add::<Push>(&mut inputs);
        add::<Build>(&mut inputs);
        add::<Rollback>(&mut inputs);
        add::<Resume>(&mut inputs);
        add::<Schedule>(&mut inputs);
        add::<Service>(&mut inputs);
        add::<Scale>(&mut inputs);
        add::<Run>(&mut inputs);
        add::<Register>(&mut inputs);
        add::<Policy>(&mut inputs);
        add::<Check>(&mut inputs);
        add::<Status>(&mut inputs);
        add::<Explain>(&mut inputs);
        add::<Logs>(&mut inputs);
        add::<Export>(&mut inputs);
        add::<Revisions>(&mut inputs);
        add::<Prune>(&mut inputs);
        add::<Removal>(&mut inputs);
        let mut outputs = SchemaSettings::draft2020_12().for_serialize().into_generator();
        add::<Event>(&mut outputs);
        add::<Finding>(&mut outputs);
        add::<Change>(&mut outputs);
        add::<Plan>(&mut outputs);
        add::<CheckOutcome>(&mut outputs);
        add::<FleetPlan>(&mut outputs);
        add::<FleetEvent>(&mut outputs);
        add::<FleetOutcome>(&mut outputs);
        add::<ServiceEnd>(&mut outputs);
        add::<ImageInfo>(&mut outputs);
        add::<PushOutcome>(&mut outputs);
        add::<BuildOutcome>(&mut outputs);
        add::<Identity>(&mut outputs);
        add::<PolicyOutcome>(&mut outputs);
        add::<ScheduleOutcome>(&mut outputs);
        add::<ServiceOutcome>(&mut outputs);
        add::<ScaleOutcome>(&mut outputs);
        add::<RunOutcome>(&mut outputs);
        add::<RegisterOutcome>(&mut outputs);
        add::<StatusOutcome>(&mut outputs);
        add::<Explanation>(&mut outputs);
        add::<LogsOutcome>(&mut outputs);
        add::<ExportOutcome>(&mut outputs);
        add::<Revision>(&mut outputs);
        add::<PruneOutcome>(&mut outputs);
        add::<RemovalOutcome>(&mut outputs);
        add::<Error>(&mut outputs);
        let mut definitions = outputs.take_definitions(true);
        // What comes out leaves away what is absent; null is for what goes in.
        definitions.values_mut().for_each(without_null);
        definitions.extend(inputs.take_definitions(true));
        let mut contract = Self { types: Vec::new(), errors: Vec::new() };
        for (name, schema) in &definitions {
            match name.as_str() {
                "Error" => contract.read_errors(schema, &definitions),
                _ => contract.read(name, schema, &definitions),
            }
        }
        contract.types.sort_by(|one, other| one.name.cmp(&other.name));
        contract
    }

    fn read(&mut self, name: &str, schema: &Value, all: &Map<String, Value>) {
        let doc = doc(schema);
        let shape = match (schema.get("oneOf").and_then(Value::as_array), schema.get("properties")) {
            (Some(variants), _) if variants.iter().all(|variant| variant.get("const").is_some()) => {
                Shape::Words(variants.iter().map(|variant| variant["const"].as_str().unwrap().to_owned()).collect())
            }
            (Some(variants), _) => {
                let names = variants.iter().map(|variant| {
                    let tag = variant["properties"]["type"]["const"].as_str().unwrap();
                    let name = format!("{}{name}", camel(tag));
                    let shape = Shape::Object(fields(variant, all));
                    self.types.push(Named { name: name.clone(), doc: self::doc(variant), shape });
                    name
                });
                Shape::Union(names.collect())
            }
            (None, Some(_)) => Shape::Object(fields(schema, all)),
            (None, None) => Shape::Alias(kind(schema)),
        };
        self.types.push(Named { name: name.to_owned(), doc, shape });
    }

    fn read_errors(&mut self, schema: &Value, all: &Map<String, Value>) {
        for variant in schema["oneOf"].as_array().unwrap() {
            let code = variant["properties"]["code"]["const"].as_str().unwrap().to_owned();
            let detail = &variant["properties"]["detail"];
            let name = format!("{}Detail", camel(&code));
            self.types.push(Named {
                name: name.clone(),
                doc: format!("The `detail` of an error with the code `{code}`."),
                shape: Shape::Object(fields(detail, all)),
            });
            self.errors.push(ErrorCode { code, doc: doc(variant), detail: name });
        }
    }
}

fn add<T: JsonSchema>(generator: &mut SchemaGenerator) {
    generator.subschema_for::<T>();
}

/// The fields of an object, with those of the types that are flattened into it.
fn fields(schema: &Value, all: &Map<String, Value>) -> Vec<Field> {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| Field {
        name: name.clone(),
        doc: doc(schema),
        kind: kind(schema),
        required: required.contains(&name.as_str()),
        default: schema.get("default").cloned(),
    });
    let own: Vec<Field> = own.collect();
    let flattened = schema["$ref"].as_str().map(reference).map(|name| fields(&all[&name], all)).unwrap_or_default();
    own.into_iter().chain(flattened).collect()
}

fn kind(schema: &Value) -> Type {
    if let Some(name) = schema["$ref"].as_str() {
        return Type::Named(reference(name));
    }
    if let Some(word) = schema["const"].as_str() {
        return Type::Word(word.to_owned());
    }
    if let Some(options) = schema["anyOf"].as_array() {
        let some: Vec<Type> = options.iter().filter(|option| option["type"] != "null").map(kind).collect();
        let is_nullable = some.len() < options.len();
        let either = if some.len() == 1 { some[0].clone() } else { Type::Either(some) };
        return if is_nullable { Type::Nullable(Box::new(either)) } else { either };
    }
    match &schema["type"] {
        Value::Array(names) => {
            let name = names.iter().find(|name| *name != "null").and_then(Value::as_str).unwrap();
            let kind = simple(name, schema);
            if names.len() > 1 { Type::Nullable(Box::new(kind)) } else { kind }
        }
        Value::String(name) => simple(name, schema),
        _ => Type::Any,
    }
}

fn simple(name: &str, schema: &Value) -> Type {
    match name {
        "string" => Type::Text,
        "boolean" => Type::Boolean,
        "integer" => Type::Whole,
        "number" => Type::Number,
        "array" => Type::List(Box::new(kind(&schema["items"]))),
        "object" => match &schema["additionalProperties"] {
            inner @ Value::Object(_) => Type::Map(Box::new(kind(inner))),
            _ => Type::Map(Box::new(Type::Any)),
        },
        other => panic!("a type the printer does not know: {other}"),
    }
}

fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(kinds)) = members.get_mut("type") {
                kinds.retain(|kind| kind != "null");
            }
            if let Some(Value::Array(kinds)) = members.get_mut("anyOf") {
                kinds.retain(|kind| kind["type"] != "null");
            }
            members.values_mut().for_each(without_null);
        }
        Value::Array(list) => list.iter_mut().for_each(without_null),
        _ => {}
    }
}

fn reference(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

/// The doc comment, its lines joined and rustdoc's links made plain.
fn doc(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    text.replace("[`", "`").replace("`]", "`").replace('\n', " ")
}

pub(crate) fn camel(words: &str) -> String {
    words.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
