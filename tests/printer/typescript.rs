//! The contract's types as TypeScript.

use super::schema::{Contract, Field, Named, Shape, Type};

pub(crate) const HEAD: &str = "// Printed by tests/contract.rs. Do not edit.\n";

pub(crate) fn types(contract: &Contract) -> String {
    let mut text = format!("{HEAD}\nimport type {{ TaskDefinition }} from './index.js'\n");
    for named in &contract.types {
        text.push_str(&print(named));
    }
    let codes =
        contract.errors.iter().map(|error| format!("  /** {} */\n  {}: {}\n", error.doc, error.code, error.detail));
    text.push_str(&format!(
        "\n/** The `detail` of an error, by its `code`. */\nexport interface ErrorDetails {{\n{}}}\n",
        codes.collect::<String>()
    ));
    text.push_str("\n/** The `code` of an error. */\nexport type ErrorCode = keyof ErrorDetails\n");
    text
}

fn print(Named { name, doc, shape }: &Named) -> String {
    let doc = comment("", doc);
    match shape {
        Shape::Object(fields) => {
            let fields: String = fields.iter().map(field).collect();
            format!("\n{doc}export interface {name} {{\n{fields}}}\n")
        }
        Shape::Union(names) => format!("\n{doc}export type {name} =\n{}\n", lines(names.iter().cloned())),
        Shape::Words(words) => format!("\n{doc}export type {name} = {}\n", quoted(words)),
        Shape::Alias(kind) if name == "Definition" => {
            format!("\n{doc}export type {name} = {} | TaskDefinition\n", spell(kind))
        }
        Shape::Alias(kind) => format!("\n{doc}export type {name} = {}\n", spell(kind)),
    }
}

fn field(Field { name, doc, kind, required, .. }: &Field) -> String {
    format!("{}  {name}{}: {}\n", comment("  ", doc), if *required { "" } else { "?" }, spell(kind))
}

fn comment(indent: &str, doc: &str) -> String {
    if doc.is_empty() { String::new() } else { format!("{indent}/** {doc} */\n") }
}

fn lines(names: impl Iterator<Item = String>) -> String {
    names.map(|name| format!("  | {name}")).collect::<Vec<_>>().join("\n")
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" | ")
}

fn spell(kind: &Type) -> String {
    match kind {
        Type::Any => "unknown".to_owned(),
        Type::Text => "string".to_owned(),
        Type::Number | Type::Whole => "number".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Word(word) => format!("'{word}'"),
        Type::Named(name) => name.clone(),
        Type::List(inner) => format!("Array<{}>", spell(inner)),
        Type::Map(inner) => format!("Record<string, {}>", spell(inner)),
        Type::Nullable(inner) => format!("{} | null", spell(inner)),
        Type::Either(kinds) => kinds.iter().map(spell).collect::<Vec<_>>().join(" | "),
    }
}
