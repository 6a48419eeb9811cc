//! Who may write, and where: the result goes to standard output, all else to standard error. Nothing else of this room writes.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::ci::github::{self, Fence};
use super::ci::{System, gitlab};
use super::style::{Look, Role, variable};

/// What is written to standard output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Output {
    /// The result for a person.
    #[default]
    Text,
    /// Events and the outcome, each a line of JSON; the outcome is the last.
    Json,
    /// The one id that a script goes on with.
    Id,
}

/// Writes what the program has to say.
pub(crate) struct Printer {
    output: Output,
    is_quiet: bool,
    out: Look,
    err: Look,
    /// Whether standard error is a terminal on which lines are drawn anew.
    is_live: bool,
    bars: MultiProgress,
    system: System,
    /// In GitHub's log.
    fence: Fence,
}

impl Printer {
    pub(crate) fn new(output: Output, is_quiet: bool) -> Self {
        let (out, err) = (Look::of_stdout(), Look::of_stderr());
        let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let is_dumb = variable("TERM").is_none_or(|term| term == "dumb");
        // Two streams of lines on one terminal would mix.
        let is_mixed = output == Output::Json && std::io::stdout().is_terminal();
        let is_live = std::io::stderr().is_terminal() && !is_dumb && !is_set("CI") && !is_quiet && !is_mixed;
        let target = if is_live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self {
            output,
            is_quiet: is_quiet || is_mixed,
            out,
            err,
            is_live,
            bars: MultiProgress::with_draw_target(target),
            system: System::of(&variable),
            fence: Fence::new(),
        }
    }

    pub(crate) fn output(&self) -> Output {
        self.output
    }

    /// The system that reads the log.
    pub(crate) fn system(&self) -> System {
        self.system
    }

    pub(crate) fn is_live(&self) -> bool {
        self.is_live
    }

    /// How the result looks.
    pub(crate) fn out(&self) -> Look {
        self.out
    }

    /// How everything else looks.
    pub(crate) fn err(&self) -> Look {
        self.err
    }

    /// The columns of the terminal; 80 where there is none.
    pub(crate) fn width(&self) -> usize {
        console::Term::stderr().size_checked().map_or(80, |(_, columns)| usize::from(columns).max(20))
    }

    /// Writes a part of the result.
    pub(crate) fn result(&self, text: &str) {
        let harmless = (self.system == System::GitHub).then(|| github::harmless(text));
        self.bars.suspend(|| put(&mut std::io::stdout().lock(), harmless.as_deref().unwrap_or(text)));
    }

    /// Writes a document of the result on one line.
    pub(crate) fn document(&self, document: &Value) {
        self.result(&document.to_string());
    }

    /// Writes a line about what goes on.
    pub(crate) fn line(&self, text: &str) {
        if !self.is_quiet {
            self.error(text);
        }
    }

    pub(crate) fn warning(&self, text: &str) {
        if self.system == System::GitHub {
            self.command(&github::warning("ecs-rollout", text));
        }
        self.line(&format!("{} {text}", self.err.paint(Role::Caution, "warning:")));
    }

    /// Writes why the program ends as it does; this is never left out.
    pub(crate) fn error(&self, text: &str) {
        let enclosed = (self.system == System::GitHub).then(|| self.fence.enclosed(text));
        self.bars.suspend(|| put(&mut std::io::stderr().lock(), enclosed.as_deref().unwrap_or(text)));
    }

    /// Writes what the system that reads the log obeys; all else of standard error is not obeyed.
    pub(crate) fn command(&self, text: &str) {
        self.bars.suspend(|| put(&mut std::io::stderr().lock(), &self.fence.obeyed(text)));
    }

    /// Begins a part of the log that can be folded.
    pub(crate) fn begin_group(&self, title: &str, at: Duration) {
        match self.system {
            _ if self.is_quiet => {}
            System::GitHub => self.command(&github::group(title)),
            System::GitLab => self.command(&gitlab::begin(title, at.as_secs())),
            System::CircleCi | System::None => {}
        }
    }

    pub(crate) fn end_group(&self, at: Duration) {
        match self.system {
            _ if self.is_quiet => {}
            System::GitHub => self.command(github::END_OF_GROUP),
            System::GitLab => self.command(&gitlab::end(at.as_secs())),
            System::CircleCi | System::None => {}
        }
    }

    /// Lets what comes after this program be obeyed again.
    pub(crate) fn close(&self) {
        if let Some(end) = self.fence.close() {
            put(&mut std::io::stderr().lock(), &end);
        }
    }

    /// Lines of the terminal that are drawn anew; nothing where there is none.
    pub(crate) fn bar(&self) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        bar
    }

    /// Ctrl-C was typed. A terminal shows that as `^C`, for which a line began: the last drawn one is as wide as the terminal.
    pub(crate) fn is_typed_over(&self) {
        if self.is_live {
            // A terminal that is gone shows nothing either.
            let _ = console::Term::stderr().move_cursor_up(1);
        }
    }

    /// Removes the lines that were drawn anew.
    pub(crate) fn clear(&self) {
        // A terminal that is gone shows nothing either.
        let _ = self.bars.clear();
        if self.is_live {
            let _ = console::Term::stderr().clear_to_end_of_screen();
        }
    }
}

/// Whoever does not read to the end, such as `head`, does not want more.
fn put(stream: &mut impl Write, text: &str) {
    let _ = stream.write_all(format!("{text}\n").as_bytes()).and_then(|()| stream.flush());
}
