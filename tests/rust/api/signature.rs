//! Types, bounds and functions as Rust writes them.

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) struct Signature<'a> {
    pub(crate) document: &'a Value,
    pub(crate) foreign: &'a mut BTreeSet<String>,
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

impl Signature<'_> {
    fn each(&mut self, values: &Value, separator: &str, print: fn(&mut Self, &Value) -> String) -> String {
        list(values).iter().map(|value| print(self, value)).collect::<Vec<_>>().join(separator)
    }

    /// A type.
    pub(crate) fn of(&mut self, of: &Value) -> String {
        let Some((kind, inner)) = of.as_object().and_then(|of| of.iter().next()) else { return "()".to_owned() };
        match kind.as_str() {
            "primitive" | "generic" => inner.as_str().unwrap().to_owned(),
            "resolved_path" => self.path(inner),
            "tuple" => format!("({})", self.each(inner, ", ", Self::of)),
            "slice" => format!("[{}]", self.of(inner)),
            "array" => format!("[{}; {}]", self.of(&inner["type"]), inner["len"].as_str().unwrap()),
            "impl_trait" => format!("impl {}", self.bounds(inner)),
            "dyn_trait" => format!("dyn {}", self.each(&inner["traits"], " + ", |own, one| own.path(&one["trait"]))),
            "borrowed_ref" => {
                let lifetime = inner["lifetime"].as_str().map_or_else(String::new, |name| format!("{name} "));
                let mutable = if inner["is_mutable"] == true { "mut " } else { "" };
                format!("&{lifetime}{mutable}{}", self.of(&inner["type"]))
            }
            "qualified_path" => format!("{}::{}", self.of(&inner["self_type"]), inner["name"].as_str().unwrap()),
            other => panic!("a type that is not printed yet: {other}"),
        }
    }

    /// The path of a type or trait, by its last name.
    fn path(&mut self, path: &Value) -> String {
        self.note(&path["id"]);
        let name = path["path"].as_str().unwrap().rsplit("::").next().unwrap().to_owned();
        let arguments = &path["args"]["angle_bracketed"];
        let mut all: Vec<String> = Vec::new();
        for argument in list(&arguments["args"]) {
            all.push(match argument["lifetime"].as_str() {
                Some(lifetime) => lifetime.to_owned(),
                None => self.of(&argument["type"]),
            });
        }
        for constraint in list(&arguments["constraints"]) {
            let name = constraint["name"].as_str().unwrap();
            all.push(format!("{name} = {}", self.of(&constraint["binding"]["equality"]["type"])));
        }
        if all.is_empty() { name } else { format!("{name}<{}>", all.join(", ")) }
    }

    /// Remembers what is of another crate than this one and Rust's own.
    fn note(&mut self, id: &Value) {
        let known = &self.document["paths"][id.to_string()];
        let of = &self.document["external_crates"][known["crate_id"].to_string()]["name"];
        if let Some(name) = of.as_str()
            && !["std", "core", "alloc"].contains(&name)
        {
            let path: Vec<_> = list(&known["path"]).iter().filter_map(Value::as_str).collect();
            self.foreign.insert(path.join("::"));
        }
    }

    pub(crate) fn bounds(&mut self, bounds: &Value) -> String {
        self.each(bounds, " + ", |own, bound| match bound["trait_bound"]["trait"].is_null() {
            true => bound["outlives"].as_str().unwrap_or("?").to_owned(),
            false => own.path(&bound["trait_bound"]["trait"]),
        })
    }

    /// Generic parameters in their brackets, and what else is wanted of them; empty where there are none.
    pub(crate) fn parameters(&mut self, generics: &Value) -> String {
        let mut all = Vec::new();
        for parameter in list(&generics["params"]) {
            let kind = &parameter["kind"]["type"];
            if kind["is_synthetic"] == true {
                continue;
            }
            let bounds = self.bounds(&kind["bounds"]);
            let bounds = if bounds.is_empty() { String::new() } else { format!(": {bounds}") };
            let default = match &kind["default"] {
                Value::Null => String::new(),
                default => format!(" = {}", self.of(default)),
            };
            all.push(format!("{}{bounds}{default}", parameter["name"].as_str().unwrap()));
        }
        for wanted in list(&generics["where_predicates"]) {
            let wanted = &wanted["bound_predicate"];
            all.push(format!("where {}: {}", self.of(&wanted["type"]), self.bounds(&wanted["bounds"])));
        }
        if all.is_empty() { String::new() } else { format!("<{}>", all.join(", ")) }
    }

    pub(crate) fn function(&mut self, name: &str, function: &Value) -> String {
        let generics = self.parameters(&function["generics"]);
        let mut inputs = Vec::new();
        for input in list(&function["sig"]["inputs"]) {
            inputs.push(format!("{}: {}", input[0].as_str().unwrap(), self.of(&input[1])));
        }
        let output = match &function["sig"]["output"] {
            Value::Null => String::new(),
            output => format!(" -> {}", self.of(output)),
        };
        let word = |member: &str| function["header"][format!("is_{member}")] == true;
        let words: Vec<_> = ["const", "async", "unsafe"].into_iter().filter(|member| word(member)).collect();
        let words = if words.is_empty() { String::new() } else { format!(" {}", words.join(" ")) };
        format!("{name}{generics}({}){output}{words}", inputs.join(", "))
    }

    /// A trait that is implemented, with what is wanted of the type's parameters.
    pub(crate) fn implemented(&mut self, of: &Value) -> String {
        let name = self.path(&of["trait"]);
        let generics = self.parameters(&of["generics"]);
        format!("{name}{}", if generics.is_empty() { generics } else { format!(" for {generics}") })
    }
}
