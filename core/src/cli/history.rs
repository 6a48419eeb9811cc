//! What a command has shown, from its first event to its end: summaries, JUnit files and reports are made from it. Pure.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::view::summary;
use crate::arn;
use crate::cli::style::plain;
use crate::error::Error;

/// A command with its events and its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    /// Its name, such as `deploy`.
    pub(crate) command: String,
    /// The service and the cluster that were asked for; empty where there is none.
    pub(crate) service: String,
    pub(crate) cluster: String,
    pub(crate) entries: Vec<Entry>,
    /// Seconds from its begin to its last event, or to its end.
    pub(crate) seconds: f64,
    /// The last line of JSON: `succeeded` or `failed`, or the document of a command without events.
    pub(crate) end: Value,
}

/// An event, and when it came.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Seconds since the command began.
    pub(crate) elapsed: f64,
    /// The service that it is about; empty where a command is about one alone.
    pub(crate) service: String,
    pub(crate) event: Value,
}

impl Entry {
    pub(crate) fn kind(&self) -> &str {
        self.event["type"].as_str().unwrap_or_default()
    }

    pub(crate) fn word(&self, name: &str) -> String {
        plain(self.event[name].as_str().unwrap_or_default())
    }
}

/// How one service, or what else a command was about, ended.
#[derive(Debug, Clone)]
pub(crate) struct End {
    /// The key of its entries.
    pub(crate) service: String,
    /// What it is called, such as `api in prod`.
    pub(crate) title: String,
    /// `succeeded`, the code of the error, or `skipped` if it was not begun.
    pub(crate) verdict: String,
    /// How it ended, in a line.
    pub(crate) headline: String,
    /// The outcome, or the data of the error.
    pub(crate) data: Value,
}

impl End {
    pub(crate) fn is_good(&self) -> bool {
        self.verdict == "succeeded"
    }

    pub(crate) fn causes(&self) -> impl Iterator<Item = Cause<'_>> {
        self.data["causes"].as_array().into_iter().flatten().map(Cause)
    }

    pub(crate) fn word(&self, name: &str) -> Option<String> {
        self.data[name].as_str().filter(|word| !word.is_empty()).map(plain)
    }
}

/// A cause of a failure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause<'a>(pub(crate) &'a Value);

impl Cause<'_> {
    pub(crate) fn word(&self, name: &str) -> String {
        plain(self.0[name].as_str().unwrap_or_default())
    }

    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        self.0[name].as_array().into_iter().flatten().filter_map(Value::as_str).map(plain).collect()
    }
}

impl History {
    /// Takes in an event of a verb, or of one of many services.
    pub(crate) fn take(&mut self, event: &Value, elapsed: f64) {
        let (service, own) = match event.get("event") {
            Some(own) => (event["service"].as_str().unwrap_or_default(), own),
            None => ("", event),
        };
        self.seconds = self.seconds.max(elapsed);
        let mut own = own.clone();
        if let Some(members) = own.as_object_mut() {
            members.shift_remove("elapsed");
        }
        if service.is_empty() && ["succeeded", "failed"].iter().any(|end| own["type"] == *end) {
            self.end = own;
        } else {
            self.entries.push(Entry { elapsed, service: service.to_owned(), event: own });
        }
    }

    /// Reads the lines that `--output json` has written.
    pub(crate) fn read(name: &str, text: &str) -> Result<Self, Refusal> {
        let mut history = Self::default();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |why: String| Error::invalid(format!("{name}:{}", number + 1), why);
            let event: Value = serde_json::from_str(line)
                .map_err(|error| wrong(format!("no line of JSON, column {}", error.column())))?;
            let is_event = event["type"].is_string() || event["event"].is_object();
            if !is_event {
                return Err(
                    wrong("no event: a line of `--output json` of a verb that has events is expected".into()).into()
                );
            }
            let before = history.entries.last().map_or(0.0, |entry| entry.elapsed);
            history.take(&event, event["elapsed"].as_f64().filter(|at| at.is_finite()).unwrap_or(before).max(before));
        }
        if history.entries.is_empty() && history.end.is_null() {
            return Err(Error::invalid(name, "the file has no events").into());
        }
        let started = history.entries.iter().find(|entry| entry.kind() == "started" && entry.service.is_empty());
        if let Some((service, cluster)) = started.map(|entry| (entry.word("service"), entry.word("cluster"))) {
            (history.service, history.cluster) = (service, cluster);
        }
        Ok(history)
    }

    pub(crate) fn of<'a>(&'a self, service: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.service == service)
    }

    /// The changes that were deployed, without secrets.
    pub(crate) fn changes(&self, end: &End) -> Vec<Value> {
        let registered = self.of(&end.service).filter(|entry| entry.kind() == "registered");
        let of_events = registered.filter_map(|entry| entry.event["changes"].as_array()).last();
        let of_plan =
            [&end.data["definition"]["changes"], &end.data["settings"]].into_iter().filter_map(Value::as_array);
        match of_events.or_else(|| end.data["changes"].as_array()) {
            Some(all) => all.clone(),
            None => of_plan.flatten().cloned().collect(),
        }
    }

    /// How each service ended; one end where the command is not about many.
    pub(crate) fn ends(&self) -> Vec<End> {
        let many = self.end["services"].as_array().or_else(|| self.end["detail"]["services"].as_array());
        match many {
            Some(services) => services.iter().map(|one| self.of_many(one)).collect(),
            None => vec![self.of_one()],
        }
    }

    fn of_many(&self, one: &Value) -> End {
        let word = |name: &str| plain(arn::last(one[name].as_str().unwrap_or_default()));
        let title = format!("{} in {}", word("service"), word("cluster"));
        let service = one["service"].as_str().unwrap_or_default().to_owned();
        if one["error"].is_object() {
            return failed(service, title, &one["error"]);
        }
        if !one["outcome"].is_object() {
            let (verdict, headline) = ("skipped".to_owned(), format!("{title} was not begun"));
            return End { service, title, verdict, headline, data: json!({}) };
        }
        let headline = format!("{title} {}", reached(&one["outcome"]));
        End { service, title, verdict: "succeeded".to_owned(), headline, data: one["outcome"].clone() }
    }

    fn of_one(&self) -> End {
        let title = match (arn::last(&self.service), arn::last(&self.cluster)) {
            ("", _) if self.command.is_empty() => "the command".to_owned(),
            ("", _) => plain(&self.command),
            (service, "") => format!("{} in default", plain(service)),
            (service, cluster) => format!("{} in {}", plain(service), plain(cluster)),
        };
        if self.end["type"] == "failed" {
            return failed(String::new(), title, &self.end);
        }
        if self.end.is_null() {
            let headline = format!("{title}: the end is not known");
            return End { service: String::new(), title, verdict: "unknown".to_owned(), headline, data: json!({}) };
        }
        let is_deployed = self.end.get("definition").is_some() && self.end.get("changed").is_some();
        if self.command == "plan" {
            let what = if self.end["changed"] == true { "would change" } else { "runs as asked: nothing to do" };
            let headline = format!("{title} {what}");
            return End {
                service: String::new(),
                title,
                verdict: "succeeded".to_owned(),
                headline,
                data: self.end.clone(),
            };
        }
        let headline = match is_deployed && self.end.get("tasks").is_none() && self.end.get("findings").is_none() {
            true => format!("{title} {}", reached(&self.end)),
            false => format!("{title}: done"),
        };
        End { service: String::new(), title, verdict: "succeeded".to_owned(), headline, data: self.end.clone() }
    }
}

fn failed(service: String, title: String, error: &Value) -> End {
    let code = plain(error["code"].as_str().unwrap_or("aws"));
    let data = error["detail"].clone();
    let headline = summary::headline(&code, &data).unwrap_or_else(|| plain(error["text"].as_str().unwrap_or_default()));
    End { service, title, verdict: code, headline, data }
}

/// How far a deployment has come, in words.
fn reached(outcome: &Value) -> String {
    match (outcome["changed"] == false, outcome["reached"].as_str()) {
        (_, None) => "has a deployment on its way, which nobody watches".to_owned(),
        (true, _) => "runs as asked: nothing to do".to_owned(),
        (_, Some("live")) => "is live".to_owned(),
        (_, Some(stage)) => format!("has reached {}", plain(stage)),
    }
}

#[cfg(test)]
mod tests;
