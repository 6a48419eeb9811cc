//! The public items of a crate, as lines.

use std::collections::BTreeSet;

use serde_json::Value;

use super::signature::Signature;

/// A crate as rustdoc's JSON has it.
pub(crate) struct Crate(pub(crate) Value);

impl Crate {
    /// One line an item, sorted by name; `foreign` gets the paths of the types and traits of other crates in them.
    pub(crate) fn items(&self, foreign: &mut BTreeSet<String>) -> Vec<String> {
        let mut printer = Printer { document: &self.0, foreign, lines: Vec::new() };
        let root = printer.item(&self.0["root"]);
        for id in list(&root["inner"]["module"]["items"]) {
            printer.public(id);
        }
        let mut lines = printer.lines;
        lines.sort();
        lines
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

struct Printer<'a> {
    document: &'a Value,
    foreign: &'a mut BTreeSet<String>,
    lines: Vec<String>,
}

impl<'a> Printer<'a> {
    /// An item by its id; null where it is hidden.
    fn item(&self, id: &Value) -> &'a Value {
        &self.document["index"][id.to_string()]
    }

    fn signature(&mut self) -> Signature<'_> {
        Signature { document: self.document, foreign: self.foreign }
    }

    /// An item of the crate's root, whether it stands there or is taken in.
    fn public(&mut self, id: &Value) {
        let item = self.item(id);
        let (kind, inner) = item["inner"].as_object().and_then(|inner| inner.iter().next()).unwrap();
        let name = item["name"].as_str().unwrap_or_default();
        match kind.as_str() {
            "use" => {
                let renamed = inner["name"].as_str() != self.item(&inner["id"])["name"].as_str();
                // What is hidden is taken in as well.
                if !self.item(&inner["id"]).is_null() {
                    assert!(!renamed, "an item that is public under another name: {inner}");
                    self.public(&inner["id"]);
                }
            }
            "struct" => self.structure(name, item, inner),
            "enum" => self.enumeration(name, item, inner),
            "trait" => {
                let bounds = self.signature().bounds(&inner["bounds"]);
                self.lines.push(format!("{name} trait: {bounds}"));
                list(&inner["items"]).iter().for_each(|id| self.member(name, id));
            }
            "function" => {
                let line = self.signature().function(name, inner);
                self.lines.push(format!("{line}{}", marks(item)));
            }
            "type_alias" => {
                let generics = self.signature().parameters(&inner["generics"]);
                let aliased = self.signature().of(&inner["type"]);
                self.lines.push(format!("{name} type{generics} = {aliased}"));
            }
            // A room of the crate that has the name of what is taken from it.
            "module" if inner["is_stripped"] == true => {}
            other => panic!("{name} is a {other}, which is not printed yet"),
        }
    }

    fn structure(&mut self, name: &str, item: &Value, inner: &'a Value) {
        let generics = self.signature().parameters(&inner["generics"]);
        self.lines.push(format!("{name} struct{generics}{}", marks(item)));
        for id in list(&inner["kind"]["plain"]["fields"]) {
            let field = self.item(id);
            let of = self.signature().of(&field["inner"]["struct_field"]);
            self.lines.push(format!("{name}.{}: {of}", field["name"].as_str().unwrap()));
        }
        self.implementations(name, inner);
    }

    fn enumeration(&mut self, name: &str, item: &Value, inner: &'a Value) {
        self.lines.push(format!("{name} enum{}", marks(item)));
        for id in list(&inner["variants"]) {
            let variant = self.item(id);
            let kind = &variant["inner"]["variant"]["kind"];
            let field = |printer: &mut Self, id: &Value| {
                let field = printer.item(id);
                let of = printer.signature().of(&field["inner"]["struct_field"]);
                (field["name"].as_str().unwrap_or_default().to_owned(), of)
            };
            let whole = format!("{name}::{}", variant["name"].as_str().unwrap());
            let unnamed: Vec<_> = list(&kind["tuple"]).iter().map(|id| field(self, id).1).collect();
            let tuple = if unnamed.is_empty() { String::new() } else { format!("({})", unnamed.join(", ")) };
            self.lines.push(format!("{whole}{tuple} variant{}", marks(variant)));
            for id in list(&kind["struct"]["fields"]) {
                let (field, of) = field(self, id);
                self.lines.push(format!("{whole}.{field}: {of}"));
            }
        }
        self.implementations(name, inner);
    }

    /// Methods, and the traits that are written or derived for the type; what the compiler finds by itself only where it is missing.
    fn implementations(&mut self, name: &str, inner: &'a Value) {
        for id in list(&inner["impls"]) {
            let of = &self.item(id)["inner"]["impl"];
            if of.is_null() || !of["blanket_impl"].is_null() {
                continue;
            }
            match (of["trait"].is_null(), of["is_synthetic"] == true, of["is_negative"] == true) {
                (true, ..) => list(&of["items"]).iter().for_each(|id| self.member(name, id)),
                (false, true, false) => {}
                // What a derive adds for the compiler alone.
                (false, ..) if of["trait"]["path"] == "StructuralPartialEq" => {}
                (false, _, is_negative) => {
                    let line = self.signature().implemented(of);
                    let not = if is_negative { "not " } else { "" };
                    self.lines.push(format!("{name} is {not}{line}"));
                }
            }
        }
    }

    fn member(&mut self, owner: &str, id: &Value) {
        let item = self.item(id);
        let name = format!("{owner}::{}", item["name"].as_str().unwrap_or_default());
        let inner = &item["inner"];
        let line = match (inner.get("function"), inner.get("assoc_const")) {
            (Some(function), _) => self.signature().function(&name, function),
            (_, Some(constant)) => format!("{name}: {}", self.signature().of(&constant["type"])),
            // Hidden.
            _ if item.is_null() => return,
            _ => panic!("{name} is not printed yet: {inner}"),
        };
        self.lines.push(format!("{line}{}", marks(item)));
    }
}

/// Attributes that a caller has to know.
fn marks(item: &Value) -> String {
    let attributes = list(&item["attrs"]).iter();
    let marks = attributes.filter_map(|attribute| match attribute {
        Value::String(name) if name == "non_exhaustive" => Some(" #[non_exhaustive]"),
        attribute if attribute.get("must_use").is_some() => Some(" #[must_use]"),
        _ => None,
    });
    marks.collect()
}
