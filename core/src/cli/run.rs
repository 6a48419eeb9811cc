//! Runs a verb to its end: shows its events, and does what Ctrl-C and SIGTERM ask.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::ci::deployment_status::{Begun as BegunOnGitHub, Place};
use super::ci::{self, Files, System, github};
use super::history::History;
use super::printer::{Output, Printer};
use super::question::{self, Answer};
use super::refusal::Refusal;
use super::request::Asked;
use super::shown::Shown;
use super::signals::{Signal, Signals};
use super::style::plain;
use super::view::outcome;
use super::view::summary::{self, Subject};
use super::{commands, exit_codes, variables};
use crate::client::Client;
use crate::engine::handle::RolloutHandle;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::redact::words::Words;
use crate::verbs::Begun;

/// How often the live view is drawn, and the log is checked for a heartbeat.
const TICK: Duration = Duration::from_millis(100);
/// How long to wait for the answer of a write after a signal.
const PATIENCE: Duration = Duration::from_secs(25);

/// A verb to be run.
pub(crate) struct Job<'a> {
    pub(crate) command: &'a str,
    pub(crate) verb: &'static str,
    pub(crate) client: Client,
    pub(crate) asked: Asked,
    /// Whether changes end with the exit code 3.
    pub(crate) shows_changes: bool,
    /// What is written at the end.
    pub(crate) files: Files,
}

impl Job<'_> {
    fn subject(&self) -> Subject<'_> {
        Subject { command: self.command, request: &self.asked.options }
    }
}

/// Runs it, and returns the exit code.
pub(crate) async fn run(job: Job<'_>, printer: &Printer) -> u8 {
    hide(printer, Words::of(&job.asked.options).all().iter().flat_map(|secret| github::masks(secret)));
    let begun = match job.client.call(job.verb, job.asked.options.clone()) {
        Ok(begun) => begun,
        Err(error) => return refuse(&job.asked.placed(error), printer, true),
    };
    let mut watch = Watch::new(&job, begun, printer);
    printer.begin_group(&watch.title, job.client.clock().epoch());
    let end = watch.follow().await;
    watch.shown.clear();
    printer.end_group(job.client.clock().epoch());
    let mut after = watch.after();
    match end {
        Ok(outcome) => {
            let masks = outcome.as_array().into_iter().flatten().filter_map(|one| one["masks"].as_array()).flatten();
            hide(printer, masks.filter_map(Value::as_str).map(str::to_owned));
            let outcome = without_secrets(outcome);
            after.write(last(&job, &outcome), &job, printer);
            let exit = succeed(&job, &outcome, printer, after.is_told);
            after.close(printer).await;
            exit
        }
        Err(error) => {
            let refusal = failed(error, &job, printer);
            after.write(refusal.document(), &job, printer);
            let exit = match after.goes_back {
                true => go_back(&job, printer).await,
                false => refuse(&refusal, printer, !after.is_told),
            };
            after.close(printer).await;
            exit
        }
    }
}

/// Makes a system that reads the log hide secrets in all later output.
fn hide(printer: &Printer, masks: impl Iterator<Item = String>) {
    if printer.system() == System::GitHub {
        masks.for_each(|mask| printer.command(&mask));
    }
}

/// An outcome without the passwords of `login`: what is written here ends in logs. `--write` puts them where Docker reads them.
fn without_secrets(mut outcome: Value) -> Value {
    for one in outcome.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        one.shift_remove("password");
        one.shift_remove("masks");
    }
    outcome
}

/// An error as this command shows it.
fn failed(error: Error, job: &Job<'_>, printer: &Printer) -> Refusal {
    match error.failure() {
        Some(_) => summary::failure(error, job.subject(), printer.err()),
        None => job.asked.placed(error),
    }
}

/// Writes the outcome. `is_told`: the last event was the outcome already.
fn succeed(job: &Job<'_>, end: &Value, printer: &Printer, is_told: bool) -> u8 {
    match printer.output() {
        // The lines of containers are the result, and alone on standard output.
        Output::Text if job.command == "logs" => printer.line(&summary::success(end, job.subject(), printer.err())),
        Output::Text => printer.result(&summary::success(end, job.subject(), printer.out())),
        Output::Id => match outcome::id(end, commands::id(job.command)) {
            Some(id) => printer.result(&id),
            None => printer.warning("the outcome has no id"),
        },
        Output::Json if is_told => {}
        Output::Json => printer.document(&last(job, end)),
    }
    // What a check has found keeps a deployment from being begun, as an error would.
    if job.command == "check" && end["ok"] == json!(false) {
        return exit_codes::INVALID;
    }
    let plans = end.as_array().into_iter().flatten().map(|one| &one["plan"]);
    let is_changed = [end].into_iter().chain(plans).any(|end| end["changed"] == true) || *end == json!(false);
    if job.shows_changes && is_changed { exit_codes::CHANGES } else { exit_codes::SUCCESS }
}

/// The last line of JSON: the outcome of a verb with events as one of them, any other as it is.
fn last(job: &Job<'_>, end: &Value) -> Value {
    let has_events = commands::verb(job.command).is_some_and(|verb| verb.event.is_some());
    match end {
        Value::Object(members) if has_events => {
            let mut event = json!({"type": "succeeded"});
            event.as_object_mut().into_iter().for_each(|event| event.extend(members.clone()));
            event
        }
        Value::Array(_) if has_events => json!({"type": "succeeded", "services": end}),
        other => other.clone(),
    }
}

/// Writes why it failed, and for a program too, unless the last event has said it.
pub(crate) fn refuse(refusal: &Refusal, printer: &Printer, is_told_to_programs: bool) -> u8 {
    if printer.output() == Output::Json && is_told_to_programs {
        printer.document(&refusal.document());
    }
    printer.error(&refusal.shown(printer.err()));
    if printer.system() == System::GitHub {
        github::errors(refusal).iter().for_each(|annotation| printer.command(annotation));
    }
    refusal.exit
}

/// Goes back to what ran before, in place of what was watched.
async fn go_back(job: &Job<'_>, printer: &Printer) -> u8 {
    let mut options = json!({"service": job.asked.options["service"]});
    if let Some(cluster) = job.asked.options.get("cluster") {
        options["cluster"] = cluster.clone();
    }
    let asked = Asked::of(options);
    let client = job.client.clone();
    let back =
        Job { command: "rollback", verb: "rollback", client, asked, shows_changes: false, files: Files::default() };
    match Box::pin(run(back, printer)).await {
        exit_codes::SUCCESS => exit_codes::CANCELLED,
        other => other,
    }
}

/// What is left of a verb that was followed.
struct After {
    is_told: bool,
    goes_back: bool,
    history: History,
    on_github: Option<OnGitHub>,
}

impl After {
    /// Tells the end to those who do not read the log.
    fn write(&mut self, end: Value, job: &Job<'_>, printer: &Printer) {
        if self.history.end.is_null() {
            self.history.end = end;
        }
        if job.files != Files::default() || printer.system() == System::GitHub {
            ci::write(&self.history, &job.files, printer);
        }
    }

    /// Gives the deployment on GitHub its state.
    async fn close(&mut self, printer: &Printer) {
        if let Some(on_github) = self.on_github.take() {
            on_github.end(&self.history, printer).await;
        }
    }
}

/// The deployment on GitHub, which is made while the rollout goes on.
struct OnGitHub(tokio::task::JoinHandle<Result<BegunOnGitHub, String>>);

impl OnGitHub {
    fn begin(title: &str, cluster: &str, printer: &Printer) -> Option<Self> {
        if printer.system() != System::GitHub {
            return None;
        }
        match Place::of(&variables::value)? {
            Ok(place) => Some(Self(tokio::spawn(place.begin(title.to_owned(), cluster.to_owned())))),
            Err(text) => {
                printer.warning(&text);
                None
            }
        }
    }

    /// Gives it its state. It is a notice: where it cannot be given, that is a warning.
    async fn end(self, history: &History, printer: &Printer) {
        let end = match self.0.await {
            Ok(Ok(begun)) => begun.end(history).await,
            Ok(Err(text)) => Err(text),
            Err(error) => Err(format!("no deployment on GitHub: {error}")),
        };
        if let Err(text) = end {
            printer.warning(&text);
        }
    }
}

/// A verb that is followed.
struct Watch<'a> {
    job: &'a Job<'a>,
    printer: &'a Printer,
    title: String,
    shown: Shown<'a>,
    history: History,
    /// When it began, by the clock of the client.
    begun: Duration,
    on_github: Option<OnGitHub>,
    handle: RolloutHandle<Value, Value>,
    interrupt: Option<Interrupt>,
    /// Whether the last event was its end.
    is_told: bool,
    goes_back: bool,
    is_left: bool,
    /// What is typed, once a question was asked.
    typed: Option<mpsc::UnboundedReceiver<String>>,
}

impl<'a> Watch<'a> {
    fn new(job: &'a Job<'a>, begun: Begun, printer: &'a Printer) -> Self {
        let what = job.subject().word("service").map(plain).unwrap_or_default();
        let title = format!("{} {what}", job.command).trim_end().to_owned();
        let word = |name: &str| job.subject().word(name).map(plain).unwrap_or_default();
        let history = History {
            command: job.command.to_owned(),
            service: word("service"),
            cluster: word("cluster"),
            ..History::default()
        };
        Self {
            job,
            printer,
            shown: Shown::new(printer, &title).of_logs(job.command == "logs"),
            title,
            history,
            begun: job.client.clock().now(),
            on_github: None,
            handle: begun.rollout.spawn(),
            interrupt: begun.interrupt,
            is_told: false,
            goes_back: false,
            is_left: false,
            typed: None,
        }
    }

    /// Follows it to its end, or until it is left.
    async fn follow(&mut self) -> Result<Value, Error> {
        let mut signals = Signals::new();
        let mut ticks = tokio::time::interval(TICK);
        loop {
            let end = tokio::select! {
                biased;
                event = self.handle.next() => self.take(event),
                signal = signals.next() => self.obey(signal),
                line = next_line(&mut self.typed) => self.answer(line),
                _ = ticks.tick() => { self.shown.pass(); false }
            };
            if end {
                break;
            }
        }
        let patience = async {
            tokio::select! {
                () = tokio::time::sleep(PATIENCE) => {}
                _ = signals.next() => {}
            }
        };
        tokio::select! {
            end = self.handle.outcome() => end,
            () = patience, if self.is_left => Err(Error::Cancelled(Box::default())),
        }
    }

    /// Takes in an event; the end is where there is none.
    fn take(&mut self, event: Option<Value>) -> bool {
        let Some(mut event) = event else { return true };
        let elapsed = self.job.client.clock().now().saturating_sub(self.begun).as_secs_f64();
        let elapsed = (elapsed * 10.0).round() / 10.0;
        self.is_told = event["type"] == "succeeded" || event["type"] == "failed";
        self.history.take(&event, elapsed);
        let own = event.get("event").unwrap_or(&event);
        if own["type"] == "updated" && self.on_github.is_none() {
            self.on_github = OnGitHub::begin(&self.title, &self.history.cluster, self.printer);
        }
        event["elapsed"] = json!(elapsed);
        self.shown.take(&event);
        false
    }

    /// What is left once the end is known.
    fn after(self) -> After {
        let (is_told, goes_back) = (self.is_told, self.goes_back);
        After { is_told, goes_back, history: self.history, on_github: self.on_github }
    }

    /// Whether there is somebody to ask, and something to ask about.
    fn can_ask(&self) -> bool {
        use std::io::IsTerminal;
        let is_asked_about = self.interrupt.is_none() && self.shown.has_begun() && self.typed.is_none();
        is_asked_about && self.printer.is_live() && std::io::stdin().is_terminal()
    }

    fn can_roll_back(&self) -> bool {
        ["deploy", "watch", "resume", "service"].contains(&self.job.command)
            && self.job.subject().word("service").is_some()
    }

    fn obey(&mut self, signal: Signal) -> bool {
        if signal == Signal::Interrupt && self.typed.is_none() {
            self.printer.is_typed_over();
        }
        if signal == Signal::Interrupt && self.can_ask() {
            let what = match self.job.subject().word("service") {
                Some(service) => format!("the deployment of {}", plain(service)),
                None => "what has begun".to_owned(),
            };
            self.shown.ask(&question::text(&what, self.can_roll_back()));
            self.typed = Some(question::lines());
            return false;
        }
        self.leave()
    }

    fn answer(&mut self, line: Option<String>) -> bool {
        match line.as_deref().map(|line| Answer::read(line, self.can_roll_back())) {
            Some(Some(Answer::Watch)) => self.shown.go_on(),
            Some(Some(Answer::RollBack)) => {
                self.goes_back = true;
                return self.leave();
            }
            Some(None) => {
                let choice = if self.can_roll_back() { "l, r or w" } else { "l or w" };
                self.printer.line(&format!("type {choice}"));
            }
            Some(Some(Answer::Leave)) | None => return self.leave(),
        }
        false
    }

    /// Ends the wait as soon as no write is on its way.
    fn leave(&mut self) -> bool {
        match &self.interrupt {
            Some(interrupt) => _ = interrupt.stop(),
            None => self.handle.cancel(),
        }
        self.is_left = true;
        true
    }
}

/// The next line that is typed, where a question was asked; `None` at the end of what can be typed.
async fn next_line(typed: &mut Option<mpsc::UnboundedReceiver<String>>) -> Option<String> {
    match typed {
        Some(lines) => lines.recv().await,
        None => std::future::pending().await,
    }
}
