//! Decides how a container behaves, by the image it was made from.

use std::sync::Arc;

use serde_json::Value;

use crate::model::failure::Failure;
use crate::reader::{Reader, WorldError, expected};

/// How containers of one image behave. Durations are simulated seconds.
#[derive(Clone, Debug)]
pub(crate) struct Behaviour {
    /// From the task's creation to the container's start.
    pub(crate) start: f64,
    /// From there to healthy.
    pub(crate) healthy: f64,
    pub(crate) exit: Option<Exit>,
    /// What keeps its tasks from starting.
    pub(crate) fail: Option<Failure>,
    /// Set: never healthy, and stopped by the scheduler so long after RUNNING.
    pub(crate) unhealthy: Option<f64>,
    /// Set: never healthy to a target group, and stopped for it so long after RUNNING.
    pub(crate) off_balance: Option<f64>,
    pub(crate) spot: Option<Spot>,
    /// From the stop signal to the end.
    pub(crate) stop: f64,
    /// Overrides the reason of a container that ended or failed, or the message of the event where there is no task.
    pub(crate) reason: Option<String>,
    /// Overrides the reason of its task.
    pub(crate) stopped_reason: Option<String>,
    /// What its tag names: content, from when on. None: what the reference says itself.
    pub(crate) content: Vec<(f64, String)>,
    /// What refers to it: entries of ListImageReferrers.
    pub(crate) referrers: Vec<Value>,
    /// What managed signing says of it: entries of DescribeImageSigningStatus.
    pub(crate) signings: Vec<Value>,
    /// ECR's status of it, where that is another than ACTIVE: it cannot be pulled.
    pub(crate) status: Option<String>,
    /// What it runs on, as `os/architecture`.
    pub(crate) platforms: Vec<String>,
    /// What it writes.
    pub(crate) log: Vec<String>,
    /// How long a line takes until CloudWatch shows it.
    pub(crate) lag: f64,
    /// How it behaves instead where it runs a command that fits a pattern.
    pub(crate) commands: Behaviours,
}

/// The end that containers of an image come to by themselves, counted from their start.
#[derive(Clone, Debug)]
pub(crate) struct Exit {
    pub(crate) code: i64,
    pub(crate) after: f64,
    pub(crate) reason: Option<String>,
}

/// Capacity that is taken away `after` seconds of RUNNING, from the first `count` tasks of a service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) after: f64,
    pub(crate) count: u64,
}

const OUT_OF_MEMORY: &str = "OutOfMemoryError: Container killed due to memory usage";

const KNOWN: [&str; 21] = [
    "content",
    "referrers",
    "signings",
    "status",
    "platforms",
    "start",
    "healthy",
    "exit",
    "missing",
    "fail",
    "unhealthy",
    "load_balancer",
    "grace",
    "memory",
    "spot",
    "stop",
    "reason",
    "stopped_reason",
    "log",
    "lag",
    "commands",
];

impl Default for Behaviour {
    fn default() -> Behaviour {
        Behaviour {
            start: 2.0,
            healthy: 4.0,
            exit: None,
            fail: None,
            unhealthy: None,
            off_balance: None,
            spot: None,
            stop: 1.0,
            reason: None,
            stopped_reason: None,
            content: Vec::new(),
            referrers: Vec::new(),
            signings: Vec::new(),
            status: None,
            platforms: ["linux/amd64", "linux/arm64"].map(str::to_owned).to_vec(),
            log: Vec::new(),
            lag: 0.0,
            commands: Behaviours::default(),
        }
    }
}

impl Behaviour {
    fn read(value: &Value, place: &str) -> Result<Behaviour, WorldError> {
        let reader = Reader::new(value, place, &KNOWN)?;
        let usual = Behaviour::default();
        let mut exit = match reader.value("exit") {
            Some(value) => Some(Exit::read(value, &reader.place("exit"))?),
            None => None,
        };
        if reader.flag("memory")? {
            let after = exit.map_or(1.0, |exit| exit.after);
            exit = Some(Exit { code: 137, after, reason: Some(OUT_OF_MEMORY.to_owned()) });
        }
        let mut fail = reader.flag("missing")?.then_some(Failure::ImageMissing);
        let status = reader.text("status")?.filter(|status| *status != "ACTIVE");
        if let Some(status) = status {
            if !["ARCHIVED", "ACTIVATING"].contains(&status) {
                return Err(expected(&reader.place("status"), "ACTIVE, ARCHIVED or ACTIVATING"));
            }
            fail = Some(Failure::ImageMissing);
        }
        if let Some(name) = reader.text("fail")? {
            let names = || format!("one of {}", Failure::names());
            fail = Some(Failure::read(name).ok_or_else(|| expected(&reader.place("fail"), &names()))?);
        }
        let balance = reader.text("load_balancer")?;
        if balance.is_some_and(|text| text != "unhealthy" && text != "healthy") {
            return Err(expected(&reader.place("load_balancer"), "healthy or unhealthy"));
        }
        let grace = reader.number("grace")?.unwrap_or(10.0);
        let spot = match reader.value("spot") {
            Some(value) => Some(Spot::read(value, &reader.place("spot"))?),
            None => None,
        };
        Ok(Behaviour {
            start: reader.number("start")?.unwrap_or(usual.start),
            healthy: reader.number("healthy")?.unwrap_or(usual.healthy),
            exit,
            fail,
            unhealthy: reader.flag("unhealthy")?.then_some(grace),
            off_balance: (balance == Some("unhealthy")).then_some(grace),
            spot,
            stop: reader.number("stop")?.unwrap_or(usual.stop),
            reason: reader.text("reason")?.map(str::to_owned),
            stopped_reason: reader.text("stopped_reason")?.map(str::to_owned),
            content: contents(&reader)?,
            referrers: reader.list("referrers")?.to_vec(),
            signings: reader.list("signings")?.to_vec(),
            status: status.map(str::to_owned),
            platforms: platforms(&reader)?.unwrap_or(usual.platforms),
            log: reader.texts("log")?,
            lag: reader.number("lag")?.unwrap_or(usual.lag),
            commands: match reader.object("commands")? {
                Some(commands) => Behaviours::read(commands, &reader.place("commands"))?,
                None => Behaviours::default(),
            },
        })
    }
}

/// `content`: a text, or a list of `{from, content}`.
fn contents(reader: &Reader<'_>) -> Result<Vec<(f64, String)>, WorldError> {
    match reader.value("content") {
        None => Ok(Vec::new()),
        Some(Value::String(content)) => Ok(vec![(0.0, content.clone())]),
        Some(Value::Array(entries)) => entries
            .iter()
            .map(|entry| {
                let entry = Reader::new(entry, &reader.place("content"), &["from", "content"])?;
                let content = entry.text("content")?.ok_or_else(|| expected(&entry.place("content"), "to be given"))?;
                Ok((entry.number("from")?.unwrap_or(0.0), content.to_owned()))
            })
            .collect(),
        Some(_) => Err(expected(&reader.place("content"), "a string, or a list of {from, content}")),
    }
}

fn platforms(reader: &Reader<'_>) -> Result<Option<Vec<String>>, WorldError> {
    let platforms = reader.texts("platforms")?;
    let is_platform = |text: &String| text.split_once('/').is_some_and(|(os, rest)| !os.is_empty() && !rest.is_empty());
    match platforms.iter().all(is_platform) {
        true => Ok(Some(platforms).filter(|platforms| !platforms.is_empty())),
        false => Err(expected(&reader.place("platforms"), "os/architecture, such as linux/amd64")),
    }
}

impl Spot {
    fn read(value: &Value, place: &str) -> Result<Spot, WorldError> {
        let reader = Reader::new(value, place, &["after", "count"])?;
        Ok(Spot { after: reader.number("after")?.unwrap_or(0.0), count: reader.count("count")?.unwrap_or(1) })
    }
}

impl Exit {
    fn read(value: &Value, place: &str) -> Result<Exit, WorldError> {
        let reader = Reader::new(value, place, &["code", "after", "reason"])?;
        Ok(Exit {
            code: reader.code("code")?.unwrap_or(1),
            after: reader.number("after")?.unwrap_or(1.0),
            reason: reader.text("reason")?.map(str::to_owned),
        })
    }
}

/// The behaviours of all images, by pattern.
#[derive(Clone, Debug, Default)]
pub(crate) struct Behaviours(Vec<(String, Arc<Behaviour>)>);

impl Behaviours {
    /// Reads the member `images`: patterns to behaviours.
    pub(crate) fn read(images: &serde_json::Map<String, Value>, place: &str) -> Result<Behaviours, WorldError> {
        let read = |(pattern, value): (&String, &Value)| {
            Ok((pattern.clone(), Arc::new(Behaviour::read(value, &format!("{place}.{pattern}"))?)))
        };
        images.iter().map(read).collect::<Result<_, _>>().map(Behaviours)
    }

    /// Takes over what `newer` says; a pattern said again is replaced.
    pub(crate) fn merge(&mut self, newer: Behaviours) {
        for (pattern, behaviour) in newer.0 {
            self.0.retain(|(known, _)| *known != pattern);
            self.0.push((pattern, behaviour));
        }
    }

    /// The behaviour by the longest pattern that fits the container's image, and then by the one that fits its command.
    pub(crate) fn of(&self, container: &Value) -> Arc<Behaviour> {
        let by_image = self.fitting(container["image"].as_str().unwrap_or_default()).unwrap_or_default();
        let words = container["command"].as_array().into_iter().flatten().filter_map(Value::as_str);
        by_image.commands.fitting(&words.collect::<Vec<_>>().join(" ")).unwrap_or(by_image)
    }

    /// The patterns of images that the world names.
    pub(crate) fn patterns(&self) -> Vec<&str> {
        self.0.iter().map(|(pattern, _)| pattern.as_str()).collect()
    }

    fn fitting(&self, text: &str) -> Option<Arc<Behaviour>> {
        let fitting = self.0.iter().filter(|(pattern, _)| fits(pattern, text));
        fitting.max_by_key(|(pattern, _)| pattern.len()).map(|(_, behaviour)| Arc::clone(behaviour))
    }
}

/// Whether `text` fits `pattern`, where `*` stands for any run of characters.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn globs() {
        for (pattern, text, expected) in [
            ("app", "app", true),
            ("app", "app:1", false),
            ("app:*", "app:1", true),
            ("*/app:*", "host/team/app:1", true),
            ("*app", "my-app-app", true),
            ("a*b*c", "a-c-b", false),
            ("ab*ba", "aba", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
