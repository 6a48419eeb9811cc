//! Reads the lines of containers from CloudWatch as they come: those of a service's tasks, or of one task.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::FutureExt;
use serde::Serialize;
use serde_json::{Value, json};

use super::log_lines::{Line, Reading, Wanted};
use super::session::{Named, Session, filter};
use super::sources::{Source, sources};
use crate::arn::{self, last};
use crate::aws::fault::ApiErrorKind;
use crate::aws::operation::Operation;
use crate::client::Client;
use crate::engine::context::{Context, Halt};
use crate::engine::stream::Rollout;
use crate::error::Error;
use crate::json::{list, text, time};
use crate::options::arn::{Place, check_kind};
use crate::options::define::options;
use crate::redact::words::Words;
use crate::texts::texts;
use crate::types::event::{Event, Warning};

/// How far back the lines of a service are read unless asked otherwise, in seconds.
const SINCE: f64 = 600.0;
/// Streams that are read: those of the newest tasks.
const STREAMS: usize = 50;
/// The time between two rounds, and between two looks at which tasks there are.
const ROUND: Duration = Duration::from_secs(3);
const TASKS: Duration = Duration::from_secs(15);
/// How long lines may come after a task has stopped: CloudWatch shows them some seconds late.
const LATE: Duration = Duration::from_secs(9);
/// How long `follow` lasts if there is no limit, in seconds.
const FOREVER: f64 = 1e9;

options! {
    /// The options of `logs`: of a service's tasks, or of one task.
    pub struct Logs {
        /// The service: its name or ARN. Its tasks that run, and those that stopped within about the last hour.
        pub service: Option<String>,
        /// One task: its id or ARN, in place of `service`. ECS knows a task that has stopped for about an hour.
        pub task: Option<String>,
        use cluster;
        /// Only this container. Default: all.
        pub container: Option<String>,
        /// Lines of so many seconds back. Default: 600 for a service, and all for a task.
        pub since: Option<f64>,
        /// A filter pattern of CloudWatch, such as `ERROR` or `{ $.level = "error" }` (FilterLogEvents). Default: every line.
        pub filter: Option<String>,
        /// Go on with the lines that come: until the task has stopped, the service is gone, or the wait is cancelled.
        pub follow: bool,
        /// With `follow`, end after so many seconds. Default: no limit.
        pub duration: Option<f64>,
        use unset;
    }
}

/// Which lines were read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LogsOutcome {
    /// How many lines were reported.
    pub lines: u64,
    /// The logs that were read, by task and container.
    pub streams: Vec<LogStream>,
    /// Containers whose lines cannot be read, and why.
    pub warnings: Vec<Warning>,
    /// Duration in seconds.
    pub seconds: f64,
    /// Number of calls to AWS, with failed ones.
    pub calls: u64,
}

/// The log of one container of one task.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LogStream {
    /// The task's id.
    pub task: String,
    /// The container's name.
    pub container: String,
    /// The log group.
    pub group: String,
    /// The log stream.
    pub stream: String,
    /// How many lines were reported.
    pub lines: u64,
}

texts! {
    LogsOutcome: warnings;
}

/// The logs that are read.
struct Reader {
    request: Logs,
    /// The cluster, and the service or the task.
    named: Named,
    /// From when on lines are read, in milliseconds since 1970.
    from: i64,
    readings: Vec<Reading>,
    definitions: HashMap<String, Value>,
    /// The tasks that have been looked at with all their containers, and those that have stopped.
    known: HashSet<String>,
    stopped: HashSet<String>,
    is_gone: bool,
}

impl Client {
    /// Reports the lines of all containers of a service's tasks, or of one task, as events `log`: those of the last time, and with
    /// `follow` those that come. Each event names task, container and time.
    ///
    /// Lines are read where the log driver awslogs has put them (GetLogEvents, or with `filter` FilterLogEvents). A container whose
    /// lines go elsewhere is a warning. A cancelled wait ends with `cancelled`.
    ///
    /// # Errors
    /// `service_missing`, `cluster_missing` and `container_missing`. `cancelled`. `invalid`, `denied`, `credentials`, `throttled`,
    /// `network` and `aws`.
    pub fn logs(&self, logs: Logs) -> Rollout<Event, LogsOutcome> {
        let client = self.clone();
        Rollout::of_flow(Words::of(&logs), move |events, cancellation| {
            async move {
                let mut cx = Context::new(client, events, cancellation, None);
                cx.set_detachable();
                let limit = if logs.follow { logs.duration.unwrap_or(FOREVER) } else { FOREVER };
                let mut session = Session::new(cx, limit);
                let end = match Reader::new(logs, session.cx.client.clock().epoch()) {
                    Ok(mut reader) => session.read_logs(&mut reader).await.map(|()| session.shown_logs(&reader)),
                    Err(error) => Err(error.into()),
                };
                session.end(end)
            }
            .boxed()
        })
    }
}

impl Reader {
    fn new(request: Logs, now: Duration) -> Result<Self, Error> {
        let named = match (&request.service, &request.task) {
            (Some(service), None) => Named::new(service, &request.cluster)?,
            (None, Some(task)) => of_task(task, &request.cluster)?,
            (Some(_), Some(_)) => return Err(Error::invalid("task", "give `service` or `task`, not both")),
            (None, None) => return Err(Error::invalid("service", "give `service` or `task`")),
        };
        for (option, seconds) in [("since", request.since), ("duration", request.duration)] {
            if seconds.is_some_and(|seconds| !(seconds > 0.0 && seconds.is_finite())) {
                return Err(Error::invalid(option, "a number of seconds above 0 expected"));
            }
        }
        if request.duration.is_some() && !request.follow {
            return Err(Error::invalid("duration", "it needs `follow`, which is not given"));
        }
        let back = request.since.or_else(|| request.service.is_some().then_some(SINCE));
        let from = back.map_or(0.0, |back| (now.as_secs_f64() - back).max(0.0) * 1000.0) as i64;
        Ok(Self {
            request,
            named,
            from,
            readings: Vec::new(),
            definitions: HashMap::new(),
            known: HashSet::new(),
            stopped: HashSet::new(),
            is_gone: false,
        })
    }

    /// Takes a task's streams, as far as it has them: without a prefix, a stream has the name that the container gets at its start.
    fn take(&mut self, task: &Value, warn: &mut Vec<String>) {
        let id = last(&text(task, "taskArn")).to_owned();
        let Some(definition) = self.definitions.get(&text(task, "taskDefinitionArn")) else { return };
        let mut is_whole = true;
        for (name, source) in sources(definition, self.request.container.as_deref()) {
            let source = match source {
                Source::Cloudwatch(source) => source,
                Source::Elsewhere(why) => {
                    warn.push(format!("container {name} of {} {why}", last(&text(task, "taskDefinitionArn"))));
                    continue;
                }
            };
            if self.readings.iter().any(|reading| reading.task == id && reading.container == name) {
                continue;
            }
            let runtime = list(task, "containers").iter().find(|one| one["name"] == *name);
            match source.log(&name, &id, runtime.and_then(|one| one["runtimeId"].as_str())) {
                Some(log) => {
                    let created = time(task, "createdAt").unwrap_or_default();
                    self.readings.push(Reading::new(&id, name, log).created_at(created));
                }
                None => is_whole = false,
            }
        }
        let is_over = text(task, "lastStatus") == "STOPPED";
        if is_over {
            self.stopped.insert(id.clone());
        }
        if is_whole || is_over {
            self.known.insert(id);
        }
    }

    /// Whether there are more logs than are read. Those of the oldest tasks are read no more then.
    fn leave_out_oldest(&mut self) -> bool {
        let mut read: Vec<&mut Reading> = self.readings.iter_mut().filter(|reading| !reading.is_done).collect();
        let is_more = read.len() > STREAMS;
        read.sort_by(|one, other| other.created.total_cmp(&one.created));
        read.into_iter().skip(STREAMS).for_each(|reading| reading.is_done = true);
        if is_more {
            self.readings.retain(|reading| !reading.is_done || reading.lines > 0);
        }
        is_more
    }

    /// Refuses a container that no task has. Tasks of another revision may have one more, or one less.
    fn check_container(&self) -> Result<(), Error> {
        let Some(container) = self.request.container.clone() else { return Ok(()) };
        let containers = self.definitions.values().flat_map(|definition| list(definition, "containerDefinitions"));
        let mut known: Vec<String> = containers.map(|one| text(one, "name")).collect();
        known.sort();
        known.dedup();
        match known.is_empty() || known.contains(&container) {
            true => Ok(()),
            false => Err(Error::ContainerMissing { container, known, place: Some("container".to_owned()) }),
        }
    }

    /// Whether nothing more is to come.
    fn is_over(&self) -> bool {
        self.is_gone || (self.request.task.is_some() && !self.stopped.is_empty())
    }
}

/// A task with its cluster: an ARN names its own.
fn of_task(task: &str, cluster: &str) -> Result<Named, Error> {
    check_kind(&Place { option: "task", kind: "task", text: task })?;
    check_kind(&Place { option: "cluster", kind: "cluster", text: cluster })?;
    if task.trim().is_empty() {
        return Err(Error::invalid("task", "empty: give an id or an ARN"));
    }
    let own = arn::parse(task).and_then(|arn| arn.segment(2).and(arn.segment(1)));
    match own {
        Some(own) if cluster != "default" && own != last(cluster) => {
            let text = format!("the task's ARN names the cluster {own:?}, and {:?} is given: omit it", last(cluster));
            Err(Error::invalid("cluster", text))
        }
        own => Ok(Named { service: task.to_owned(), cluster: own.unwrap_or(cluster).to_owned() }),
    }
}

impl Session {
    async fn read_logs(&mut self, reader: &mut Reader) -> Result<(), Halt> {
        self.find_streams(reader).await?;
        if reader.known.is_empty() && reader.readings.is_empty() && !reader.request.follow {
            self.cx.warn("logs", "there are no tasks: none runs, and ECS knows of none that stopped");
        }
        self.read_round(reader).await?;
        if reader.request.follow {
            self.follow(reader).await?;
        }
        self.warn_of_missing(reader);
        Ok(())
    }

    async fn follow(&mut self, reader: &mut Reader) -> Result<(), Halt> {
        let (mut looked, mut over) = (self.cx.now(), None);
        loop {
            let is_late = over.is_some_and(|at: Duration| self.cx.now().saturating_sub(at) >= LATE);
            if is_late || self.cx.left().is_zero() {
                return Ok(());
            }
            self.cx.sleep(ROUND).await?;
            if self.cx.now().saturating_sub(looked) >= TASKS || reader.request.task.is_some() {
                looked = self.cx.now();
                self.find_streams(reader).await?;
            }
            self.read_round(reader).await?;
            if over.is_none() && reader.is_over() {
                over = Some(self.cx.now());
            }
        }
    }

    /// Finds the streams of tasks that are new.
    async fn find_streams(&mut self, reader: &mut Reader) -> Result<(), Halt> {
        let mut tasks = match reader.request.task.is_some() {
            true => self.one_task(reader).await?,
            false => self.tasks_of_service(reader).await?,
        };
        tasks.retain(|task| {
            let id = last(&text(task, "taskArn")).to_owned();
            !reader.known.contains(&id) || (text(task, "lastStatus") == "STOPPED" && !reader.stopped.contains(&id))
        });
        // The newest are of most account.
        let created = |task: &Value| time(task, "createdAt").unwrap_or_default();
        tasks.sort_by(|one, other| created(other).total_cmp(&created(one)));
        let mut warn = Vec::new();
        for task in &tasks {
            let name = text(task, "taskDefinitionArn");
            if let Entry::Vacant(unread) = reader.definitions.entry(name) {
                match self.definition(unread.key()).await? {
                    Ok(definition) => drop(unread.insert(definition)),
                    Err(fault) => return Err(self.error(fault).await.into()),
                }
            }
            reader.take(task, &mut warn);
        }
        reader.check_container()?;
        for text in warn {
            self.cx.warn("logs", text);
        }
        if reader.leave_out_oldest() {
            let text = format!(
                "there are more than {STREAMS} logs: those of older tasks are not read; name a `task` or a `container`"
            );
            self.cx.warn("logs", text);
        }
        Ok(())
    }

    /// The tasks of the service: those that run, and those that stopped (ListTasks, DescribeTasks).
    async fn tasks_of_service(&mut self, reader: &mut Reader) -> Result<Vec<Value>, Halt> {
        let service = self.service(&reader.named, &[]).await?;
        reader.is_gone = text(&service, "status") == "INACTIVE";
        let mut tasks = Vec::new();
        for status in ["RUNNING", "STOPPED"] {
            let of_service = filter(json!({"serviceName": reader.named.service, "desiredStatus": status}));
            match self.tasks(&reader.named.cluster, &of_service).await? {
                Ok(found) => tasks.extend(found),
                // A service that is gone has no list.
                Err(fault) if reader.is_gone && fault.kind == ApiErrorKind::Rejected => {}
                Err(fault) => return Err(self.error(fault).await.into()),
            }
        }
        Ok(tasks)
    }

    async fn one_task(&mut self, reader: &mut Reader) -> Result<Vec<Value>, Halt> {
        let Named { service: task, cluster } = &reader.named;
        let input = json!({"cluster": cluster, "tasks": [task]});
        let answer = match self.call(Operation::DescribeTasks, &input).await? {
            Ok(answer) => answer,
            Err(fault) if fault.code == "ClusterNotFoundException" => {
                let (cluster, called) = (cluster.clone(), self.cx.client.called());
                return Err(Error::ClusterMissing { cluster, called }.into());
            }
            Err(fault) => return Err(self.error(fault).await.into()),
        };
        match list(&answer, "tasks").is_empty() {
            false => Ok(list(&answer, "tasks").to_vec()),
            // It was there: ECS has forgotten it.
            true if !reader.known.is_empty() => {
                reader.is_gone = true;
                Ok(Vec::new())
            }
            true => {
                let text = format!(
                    "ECS knows no task {:?} in cluster {cluster:?}: it forgets one about an hour after it has stopped",
                    last(task)
                );
                Err(Error::invalid("task", text).into())
            }
        }
    }

    /// Reads what is new in all streams, and reports it in the order of time.
    async fn read_round(&mut self, reader: &mut Reader) -> Result<(), Halt> {
        let mut lines = Vec::new();
        let wanted = Wanted { from: reader.from, filter: reader.request.filter.as_deref() };
        for reading in reader.readings.iter_mut().filter(|reading| !reading.is_done) {
            self.read_lines(reading, &wanted, &mut lines).await?;
            reading.end_round(reader.stopped.contains(&reading.task));
        }
        // Stable: lines of one stream stay in their order.
        lines.sort_by(|one: &Line, other: &Line| one.at.unwrap_or_default().total_cmp(&other.at.unwrap_or_default()));
        for Line { task, container, at, text } in lines {
            self.cx.emit(Event::Log { task, container, text, at });
        }
        Ok(())
    }

    /// Warns of log groups that are not there. A stream that is missing is that of a container that never wrote.
    fn warn_of_missing(&mut self, reader: &Reader) {
        for reading in &reader.readings {
            if let Some(text) = reading.missing.as_ref().filter(|text| text.contains("log group")) {
                let (group, container) = (&reading.log.group, &reading.container);
                self.cx.warn("logs", format!("container {container} has the log group {group}: {text}"));
            }
        }
    }

    fn shown_logs(&self, reader: &Reader) -> LogsOutcome {
        let shown = |reading: &Reading| LogStream {
            task: reading.task.clone(),
            container: reading.container.clone(),
            group: reading.log.group.clone(),
            stream: reading.log.stream.clone(),
            lines: reading.lines,
        };
        LogsOutcome {
            lines: reader.readings.iter().map(|reading| reading.lines).sum(),
            streams: reader.readings.iter().map(shown).collect(),
            warnings: self.cx.warnings.clone(),
            seconds: (self.cx.seconds() * 1000.0).round() / 1000.0,
            calls: self.cx.attempts.calls,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollout::diagnose::log::Log;

    #[test]
    fn of_too_many_logs_those_of_the_newest_tasks_are_read() {
        let request = Logs::default().service("api");
        let mut reader = Reader::new(request, Duration::from_secs(1000)).unwrap();
        assert_eq!(reader.from, 400_000);
        let reading = |number: usize| {
            let log = Log { group: "g".to_owned(), stream: number.to_string(), region: None };
            Reading::new(&number.to_string(), "api".to_owned(), log).created_at(number as f64)
        };
        reader.readings.extend((0..STREAMS).map(reading));
        assert!(!reader.leave_out_oldest());
        reader.readings[0].lines = 1;
        reader.readings.extend((STREAMS..STREAMS + 2).map(reading));
        assert!(reader.leave_out_oldest());
        let read: Vec<&str> =
            reader.readings.iter().filter(|one| !one.is_done).map(|one| one.log.stream.as_str()).collect();
        assert_eq!((read.len(), read[0], read[STREAMS - 1]), (STREAMS, "2", "51"));
        // What has given lines stays in the outcome.
        assert_eq!(reader.readings.len(), STREAMS + 1);
        assert!(!reader.leave_out_oldest());
    }
}
