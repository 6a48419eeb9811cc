//! Decides how a container behaves, by the image it was made from.

use serde_json::Value;

use crate::reader::{Reader, WorldError};

/// How containers of one image behave. Durations are simulated seconds.
#[derive(Clone, Debug)]
pub(crate) struct Behaviour {
    /// From the task's creation to RUNNING.
    pub(crate) start: f64,
    /// From RUNNING to healthy.
    pub(crate) healthy: f64,
    pub(crate) exit: Option<Exit>,
    /// The registry does not have it.
    pub(crate) missing: bool,
    /// Set: never healthy, and stopped by the scheduler so long after RUNNING.
    pub(crate) unhealthy: Option<f64>,
    /// From the stop signal to the end.
    pub(crate) stop: f64,
}

/// The end that containers of an image come to by themselves, counted from RUNNING.
#[derive(Clone, Debug)]
pub(crate) struct Exit {
    pub(crate) code: i64,
    pub(crate) after: f64,
    pub(crate) reason: Option<String>,
}

const OUT_OF_MEMORY: &str = "OutOfMemoryError: Container killed due to memory usage";

impl Default for Behaviour {
    fn default() -> Behaviour {
        Behaviour { start: 2.0, healthy: 4.0, exit: None, missing: false, unhealthy: None, stop: 1.0 }
    }
}

impl Behaviour {
    fn read(value: &Value, place: &str) -> Result<Behaviour, WorldError> {
        let known = ["start", "healthy", "exit", "missing", "unhealthy", "grace", "memory", "stop"];
        let reader = Reader::new(value, place, &known)?;
        let usual = Behaviour::default();
        let mut exit = match reader.value("exit") {
            Some(value) => Some(Exit::read(value, &reader.place("exit"))?),
            None => None,
        };
        if reader.flag("memory")? {
            let after = exit.map_or(1.0, |exit| exit.after);
            exit = Some(Exit { code: 137, after, reason: Some(OUT_OF_MEMORY.to_owned()) });
        }
        let grace = reader.number("grace")?.unwrap_or(10.0);
        Ok(Behaviour {
            start: reader.number("start")?.unwrap_or(usual.start),
            healthy: reader.number("healthy")?.unwrap_or(usual.healthy),
            exit,
            missing: reader.flag("missing")?,
            unhealthy: reader.flag("unhealthy")?.then_some(grace),
            stop: reader.number("stop")?.unwrap_or(usual.stop),
        })
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
pub(crate) struct Behaviours(Vec<(String, Behaviour)>);

impl Behaviours {
    /// Reads the member `images`: patterns to behaviours.
    pub(crate) fn read(images: &serde_json::Map<String, Value>, place: &str) -> Result<Behaviours, WorldError> {
        let read = |(pattern, value): (&String, &Value)| {
            Ok((pattern.clone(), Behaviour::read(value, &format!("{place}.{pattern}"))?))
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

    /// The behaviour by the longest pattern that fits `image`.
    pub(crate) fn of(&self, image: &str) -> Behaviour {
        let fitting = self.0.iter().filter(|(pattern, _)| fits(pattern, image));
        fitting.max_by_key(|(pattern, _)| pattern.len()).map(|(_, behaviour)| behaviour.clone()).unwrap_or_default()
    }
}

/// Whether `text` fits `pattern`, where `*` stands for any run of characters.
fn fits(pattern: &str, text: &str) -> bool {
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
