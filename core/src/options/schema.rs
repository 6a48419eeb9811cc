//! The options of a request as data: names, docs, types and defaults, read from the JSON Schema of its type.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The JSON Schema of a type whose values are read.
pub(crate) fn of<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    generator.into_root_schema_for::<T>().to_value()
}

/// An option of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Described {
    pub(crate) name: String,
    /// Its doc, on one line and without rustdoc's links.
    pub(crate) doc: String,
    pub(crate) kind: Kind,
    pub(crate) is_required: bool,
    /// The value if it is not given, where that is one.
    pub(crate) default: Option<Value>,
}

/// What values an option takes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Text,
    /// A number, or a whole number.
    Number,
    Boolean,
    /// One of these words.
    Word(Vec<String>),
    /// True, false or this word.
    Switch(String),
    /// Texts.
    List,
    /// Texts by name.
    Map,
    /// An object.
    Document,
    /// A list of objects.
    Documents,
    /// Anything else: a text or an object, a number or an object.
    Any,
}

/// The options of a request, in the order of its fields.
pub(crate) fn options(schema: &Value) -> Vec<Described> {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let described = properties.map(|(name, property)| Described {
        name: name.clone(),
        doc: doc(property),
        kind: kind(property, schema),
        is_required: required.contains(&name.as_str()),
        default: property.get("default").cloned(),
    });
    described.collect()
}

/// The doc of a schema.
pub(crate) fn doc(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    text.replace("[`", "`").replace("`]", "`").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn kind(schema: &Value, root: &Value) -> Kind {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return kind(&root["$defs"][name], root);
    }
    if let Some(options) = schema["anyOf"].as_array() {
        let mut some = options.iter().filter(|option| option["type"] != "null");
        return match (some.next(), some.next()) {
            (Some(one), None) => kind(one, root),
            (Some(first), Some(second)) if first["type"] == "boolean" => {
                second["const"].as_str().map_or(Kind::Any, |word| Kind::Switch(word.to_owned()))
            }
            _ => Kind::Any,
        };
    }
    if let Some(variants) = schema["oneOf"].as_array() {
        let words: Option<Vec<String>> =
            variants.iter().map(|variant| variant["const"].as_str().map(str::to_owned)).collect();
        return words.map_or(Kind::Any, Kind::Word);
    }
    let name = match &schema["type"] {
        Value::String(name) => name.as_str(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or_default(),
        _ => "",
    };
    match name {
        "string" => Kind::Text,
        "boolean" => Kind::Boolean,
        "integer" | "number" => Kind::Number,
        "array" if kind(&schema["items"], root) == Kind::Text => Kind::List,
        "array" => Kind::Documents,
        "object" if takes_text(&schema["additionalProperties"], root) => Kind::Map,
        "object" => Kind::Document,
        _ => Kind::Any,
    }
}

/// Whether a text is among the values of a schema.
fn takes_text(schema: &Value, root: &Value) -> bool {
    let named = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    let whole = named.map_or(schema, |name| &root["$defs"][name]);
    whole["type"] == "string"
        || whole["anyOf"].as_array().is_some_and(|all| all.iter().any(|one| one["type"] == "string"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::deployment::Deployment;

    #[test]
    fn options_are_read_with_their_docs_types_and_defaults() {
        let options = options(&of::<Deployment>());
        let option = |name: &str| options.iter().find(|option| option.name == name).unwrap();
        assert!(option("service").is_required && !option("cluster").is_required);
        assert_eq!(option("cluster").default, Some("default".into()));
        for (name, kind) in [
            ("service", Kind::Text),
            ("definition", Kind::Any),
            ("images", Kind::Map),
            ("containers", Kind::Document),
            ("patch", Kind::Document),
            ("variables", Kind::Map),
            ("desired", Kind::Number),
            ("timeout", Kind::Number),
            ("wait", Kind::Boolean),
            ("before", Kind::Documents),
            ("verify", Kind::Switch("all".to_owned())),
            ("recover", Kind::Word(vec!["leave".to_owned(), "rollback".to_owned()])),
        ] {
            assert_eq!(option(name).kind, kind, "{name}");
        }
        assert!(option("force").doc.starts_with("Begin a new deployment"));
        assert!(options.iter().all(|option| option.name != "unset"));
    }
}
