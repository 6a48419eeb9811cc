//! Why a command does nothing: its cause in one line, what else is known, and what to do.

use serde_json::{Value, json};

use super::exit_codes;
use super::style::{Look, Role, plain};
use super::view::summary;
use crate::error::Error;

/// The end of a command that could not be done. What others wrote is in it without what a terminal would obey.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) exit: u8,
    /// The code of the error, or `usage`.
    pub(crate) code: String,
    /// The cause, in one line.
    pub(crate) text: String,
    /// What else is known, a line each.
    pub(crate) detail: Vec<String>,
    pub(crate) hint: Option<String>,
    /// The data of the error, for programs.
    pub(crate) data: Box<Value>,
}

impl Refusal {
    /// The command line is wrong.
    pub(crate) fn usage(text: impl Into<String>, hint: Option<String>) -> Self {
        let (code, text) = ("usage".to_owned(), plain(&text.into()));
        Self { exit: exit_codes::USAGE, code, text, detail: Vec::new(), hint, data: Box::new(json!({})) }
    }

    /// How it ended, in some words.
    pub(crate) fn title(&self) -> String {
        match exit_codes::of(&self.code) >= exit_codes::FAILED && self.data.get("service").is_some() {
            true => summary::verdict(&self.code, &self.data),
            false => self.code.replace('_', " "),
        }
    }

    /// As a person reads it.
    pub(crate) fn shown(&self, look: Look) -> String {
        let mut text = format!("{} {}", look.paint(Role::Bad, "error:"), self.text);
        for line in &self.detail {
            text.push_str(&format!("\n  {line}"));
        }
        if let Some(hint) = &self.hint {
            text.push_str(&format!("\n{} {}", look.paint(Role::Accent, "hint:"), hint));
        }
        text
    }

    /// As a program reads it.
    pub(crate) fn document(&self) -> Value {
        json!({"type": "failed", "code": self.code, "text": self.text, "detail": self.data})
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let (code, data, text) = (error.code(), error.detail(), plain(&error.to_string()));
        let hint = match code.as_str() {
            "credentials" => Some("log in, or name a profile with --profile or a role with --role"),
            "denied" => Some("`ecs-rollout whoami` says who asks; that one needs the action"),
            "network" | "throttled" => Some("nothing is wrong with the request: the same command may succeed later"),
            _ => None,
        };
        let findings = data["findings"].as_array().into_iter().flatten();
        let finding = |one: &Value| {
            let word = |name: &str| plain(one[name].as_str().unwrap_or_default());
            format!("{} {}: {}; {}", word("level"), word("path"), word("text"), word("advice"))
        };
        let detail: Vec<String> = findings.map(finding).collect();
        let (hint, exit) = (hint.map(str::to_owned), exit_codes::of(&code));
        Self { exit, code, text, detail, hint, data: Box::new(data) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_comes_first_and_the_hint_last() {
        let look = Look { has_color: false, has_links: false };
        let mut refusal = Refusal::usage("no such thing", Some("take the other".to_owned()));
        refusal.detail.push("detail".to_owned());
        assert_eq!(refusal.shown(look), "error: no such thing\n  detail\nhint: take the other");
        let refusal = Refusal::from(Error::invalid("desired", "a number expected"));
        assert_eq!((refusal.exit, refusal.code.as_str()), (exit_codes::INVALID, "invalid"));
    }
}
