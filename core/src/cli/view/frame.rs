//! A service as a terminal shows it, in place. Pure.

use super::{Numbers, State};
use crate::cli::style::{Look, Role, cut};

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/// The widest bar, in columns.
const BAR: usize = 40;
/// So many tasks are drawn one by one; more are numbers alone.
const DRAWN: u64 = 24;

/// How far a drawing is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) tick: usize,
    pub(crate) seconds: f64,
}

/// The lines of a service, none of them wider than the terminal.
pub(crate) fn frame(state: &State, look: Look, width: usize, moment: Moment) -> Vec<String> {
    let mut lines = vec![title(state, look, moment)];
    if let Some(numbers) = state.numbers {
        lines.push(bar(numbers, look, width));
        lines.push(format!("  {}", tasks(numbers, look)));
    }
    lines.extend(state.stage.as_ref().map(|stage| format!("  stage {}", look.paint(Role::Accent, stage))));
    for (task, status) in &state.tasks {
        lines.push(format!("  task {task} {}", look.paint(Role::Accent, status)));
    }
    for (kind, text) in &state.facts {
        let shown = match *kind {
            "retrying" => format!("↻ {text}"),
            "paused" => look.paint(Role::Caution, text),
            _ => text.clone(),
        };
        lines.push(format!("  {shown}"));
    }
    lines.extend(state.messages.iter().map(|text| format!("  {}", look.paint(Role::Faint, text))));
    // The last column stays free: some terminals begin a line when it is written.
    lines.iter().map(|line| cut(line, width.saturating_sub(1))).collect()
}

fn title(state: &State, look: Look, moment: Moment) -> String {
    let sign = match state.end {
        None => look.paint(Role::Accent, SPINNER[moment.tick % SPINNER.len()]),
        Some(true) => look.paint(Role::Good, "✓"),
        Some(false) => look.paint(Role::Bad, "✗"),
    };
    let strategy = state.strategy.as_ref().filter(|strategy| *strategy != "TASK");
    let strategy = strategy.map(|strategy| format!("  {strategy}")).unwrap_or_default();
    let time = look.paint(Role::Faint, &super::duration(moment.seconds));
    format!("{sign} {}{strategy}  {time}", look.paint(Role::Strong, &state.title))
}

fn bar(numbers: Numbers, look: Look, width: usize) -> String {
    let columns = BAR.min(width.saturating_sub(9)).max(4);
    let filled = (columns as u64 * numbers.percent / 100) as usize;
    let role = if numbers.failed > 0 { Role::Caution } else { Role::Good };
    let full = look.paint(role, &"━".repeat(filled));
    format!("  {full}{} {}%", look.paint(Role::Faint, &"─".repeat(columns - filled)), numbers.percent)
}

/// Each task as a sign, and their numbers.
fn tasks(numbers: Numbers, look: Look) -> String {
    let kinds = [
        (numbers.running, Role::Good, "●"),
        (numbers.pending, Role::Caution, "◐"),
        (numbers.failed, Role::Bad, "✗"),
        (numbers.previous, Role::Faint, "○"),
    ];
    let all: u64 = kinds.iter().map(|(number, ..)| number).sum();
    let signs = kinds.iter().map(|(number, role, sign)| look.paint(*role, &sign.repeat(*number as usize)));
    match all {
        1..=DRAWN => format!("{}  {}", signs.collect::<String>(), numbers.text()),
        _ => numbers.text(),
    }
}
