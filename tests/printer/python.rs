//! The contract's types and errors as Python.

use super::schema::{Contract, ErrorCode, Field, Named, Shape, Type, camel};

pub(crate) const HEAD: &str = "# Printed by tests/contract.rs. Do not edit.\n";

/// The codes of how a deployment or a task ended.
const VERDICTS: [&str; 7] = ["failed", "rolled_back", "superseded", "stopped", "timed_out", "cancelled", "task_failed"];

/// Python's keywords: a member may be called so, an option may not.
pub(crate) const KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
];

pub(crate) fn types(contract: &Contract) -> String {
    let mut text = format!(
        "{HEAD}\"\"\"The types of what goes in and comes out.\"\"\"\n\n\
         from __future__ import annotations\n\nfrom collections.abc import Mapping\nfrom typing import TYPE_CHECKING, Any, Literal, Required, TypedDict, Union\n\n\
         if TYPE_CHECKING:\n    from ._native import TaskDefinition\n"
    );
    // A union is evaluated when the module is loaded, so that its members must stand before it.
    let is_object = |named: &&Named| matches!(named.shape, Shape::Object(_));
    for named in contract.types.iter().filter(is_object).chain(contract.types.iter().filter(|named| !is_object(named)))
    {
        text.push_str(&print(named));
    }
    text
}

pub(crate) fn errors(contract: &Contract) -> String {
    let mut text = format!(
        "{HEAD}\"\"\"One exception for each way a call can fail.\"\"\"\n\n\
         from __future__ import annotations\n\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Any\n\n    from . import types\n\n\n\
         class Error(Exception):\n    \"\"\"The base class of all errors of this module.\"\"\"\n\n\
         \x20   code: str = \"\"\n    detail: Any\n\n\
         \x20   def __init__(self, message: str, detail: Any = None) -> None:\n\
         \x20       super().__init__(message)\n        self.detail = detail if detail is not None else {{}}\n\n\
         \x20   def __reduce__(self) -> tuple[Any, ...]:\n        return (type(self), (*self.args, self.detail))\n\n\n\
         class DeploymentError(Error):\n    \"\"\"The end of a deployment, or of a task, that is not success.\"\"\"\n"
    );
    for error in &contract.errors {
        text.push_str(&format!(
            "\n\nclass {}({}):\n    \"\"\"{}\"\"\"\n\n    code = \"{}\"\n    detail: types.{}\n",
            class(error),
            if VERDICTS.contains(&error.code.as_str()) { "DeploymentError" } else { "Error" },
            error.doc,
            error.code,
            error.detail
        ));
    }
    let entries = contract.errors.iter().map(|error| format!("    \"{}\": {},\n", error.code, class(error)));
    text.push_str(&format!("\n\nBY_CODE: dict[str, type[Error]] = {{\n{}}}\n", entries.collect::<String>()));
    let names = contract.errors.iter().map(|error| format!("    \"{}\",\n", class(error)));
    text.push_str(&format!(
        "\n__all__ = [\n    \"Error\",\n    \"DeploymentError\",\n{}]\n",
        names.collect::<String>()
    ));
    text
}

/// The name of an error's class.
pub(crate) fn class(error: &ErrorCode) -> String {
    format!("{}Error", camel(&error.code))
}

fn print(Named { name, doc, shape }: &Named) -> String {
    match shape {
        Shape::Object(fields) if fields.iter().any(|field| KEYWORDS.contains(&field.name.as_str())) => {
            by_call(name, doc, fields)
        }
        Shape::Object(fields) => {
            let fields: String = fields.iter().map(field).collect();
            let doc = if doc.is_empty() { String::new() } else { format!("    \"\"\"{doc}\"\"\"\n\n") };
            format!("\n\nclass {name}(TypedDict, total=False):\n{doc}{fields}")
        }
        Shape::Union(names) => alias(name, doc, &format!("Union[\n    {},\n]", names.join(",\n    "))),
        Shape::Words(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            alias(name, doc, &format!("Literal[{}]", words.join(", ")))
        }
        Shape::Alias(Type::Either(kinds)) if name == "Definition" => {
            let kinds: Vec<String> = kinds.iter().map(spell).collect();
            alias(name, doc, &format!("Union[{}, \"TaskDefinition\"]", kinds.join(", ")))
        }
        Shape::Alias(kind) => alias(name, doc, &spell(kind)),
    }
}

/// A member named like a keyword can only be given to `TypedDict` as a text.
fn by_call(name: &str, doc: &str, fields: &[Field]) -> String {
    let fields: String = fields.iter().map(by_call_field).collect();
    format!(
        "\n\n{name} = TypedDict(\n    \"{name}\",\n    {{\n{fields}    }},\n    total=False,\n)\n\"\"\"{doc}\"\"\"\n"
    )
}

fn by_call_field(Field { name, doc, kind, required, .. }: &Field) -> String {
    let kind = spell(kind).replace('"', "'");
    let kind = if *required { format!("Required[{kind}]") } else { kind };
    let doc = if doc.is_empty() { String::new() } else { format!("        # {doc}\n") };
    format!("{doc}        \"{name}\": \"{kind}\",\n")
}

fn alias(name: &str, doc: &str, value: &str) -> String {
    format!("\n\n{name} = {value}\n\"\"\"{doc}\"\"\"\n")
}

fn field(Field { name, doc, kind, required, .. }: &Field) -> String {
    let kind = spell(kind);
    let kind = if *required { format!("Required[{kind}]") } else { kind };
    let doc = if doc.is_empty() { String::new() } else { format!("    \"\"\"{doc}\"\"\"\n") };
    format!("    {name}: {kind}\n{doc}")
}

pub(crate) fn spell(kind: &Type) -> String {
    match kind {
        Type::Any => "Any".to_owned(),
        Type::Text => "str".to_owned(),
        Type::Number => "float".to_owned(),
        Type::Whole => "int".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Word(word) => format!("Literal[\"{word}\"]"),
        Type::Named(name) => name.clone(),
        Type::List(inner) => format!("list[{}]", spell(inner)),
        Type::Map(inner) => format!("Mapping[str, {}]", spell(inner)),
        Type::Nullable(inner) => format!("{} | None", spell(inner)),
        Type::Either(kinds) => kinds.iter().map(spell).collect::<Vec<_>>().join(" | "),
    }
}
