//! The timeline as SVG: tasks as areas, stages as bars, traffic as lines, messages and tasks that stopped as marks. Pure.

use super::escaped;
use crate::cli::history::{End, Entry, History};
use crate::cli::view::{duration, lines, short};

const WIDTH: f64 = 960.0;
/// Where the names of the lanes stand.
const LEFT: f64 = 100.0;
const RIGHT: f64 = 12.0;
/// The height of a lane with values, and of one with bars or marks.
const TALL: f64 = 110.0;
const LOW: f64 = 26.0;
const GAP: f64 = 16.0;
/// So wide is a letter at most: a name that does not fit into its bar is shown by the pointer alone.
const LETTER: f64 = 8.0;
/// So many marks are drawn: more cannot be told apart.
const MARKS: usize = 400;

pub(crate) struct Chart<'a> {
    entries: Vec<&'a Entry>,
    seconds: f64,
}

impl<'a> Chart<'a> {
    pub(crate) fn of(history: &'a History, end: &'a End) -> Self {
        let entries: Vec<&Entry> = history.of(&end.service).collect();
        let of_outcome = end.data["seconds"].as_f64().unwrap_or_default();
        Self { entries, seconds: history.seconds.max(of_outcome) }
    }

    /// The drawing; nothing where no time has passed, or nothing has a place in it.
    pub(crate) fn svg(&self) -> String {
        let lanes: [(&str, Option<(f64, String)>); 4] =
            [("tasks", self.tasks()), ("stages", self.stages()), ("traffic", self.traffic()), ("events", self.marks())];
        let lanes: Vec<_> = lanes.into_iter().filter_map(|(name, lane)| Some((name, lane?))).collect();
        if lanes.is_empty() || self.seconds <= 0.0 {
            return String::new();
        }
        let (mut top, mut inside) = (GAP / 2.0, String::new());
        for (name, (height, drawn)) in lanes {
            let middle = top + 14.0;
            inside.push_str(&format!("<text x=\"4\" y=\"{middle:.0}\">{name}</text>\n"));
            inside.push_str(&format!("<g transform=\"translate(0 {top:.0})\">\n{drawn}</g>\n"));
            top += height + GAP;
        }
        let axis = self.axis(top);
        let height = top + 24.0;
        format!(
            "<section><h2>Timeline</h2>\n<svg viewBox=\"0 0 {WIDTH:.0} {height:.0}\" role=\"img\" aria-label=\"Timeline of {}\">\n\
             {inside}{axis}</svg></section>\n",
            duration(self.seconds)
        )
    }

    fn x(&self, elapsed: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * (elapsed / self.seconds).clamp(0.0, 1.0)
    }

    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &&'a Entry> {
        self.entries.iter().filter(move |entry| entry.kind() == kind)
    }

    fn axis(&self, top: f64) -> String {
        let mut text = format!("<path class=\"axis\" d=\"M{LEFT} {top:.0}H{:.0}\"/>\n", WIDTH - RIGHT);
        let step = step(self.seconds);
        for number in 0..=(self.seconds / step) as u64 {
            let at = number as f64 * step;
            let anchor = if self.x(at) > WIDTH - 40.0 { "end" } else { "middle" };
            let (x, y) = (self.x(at), top + 16.0);
            text.push_str(&format!(
                "<text x=\"{x:.1}\" y=\"{y:.0}\" text-anchor=\"{anchor}\">{}</text>\n",
                duration(at)
            ));
        }
        text
    }

    /// Tasks of before, that run, and that start, on one another. A number holds until the next one.
    fn tasks(&self) -> Option<(f64, String)> {
        let number = |entry: &Entry, name: &str| entry.event[name].as_u64().unwrap_or_default() as f64;
        let looks: Vec<(f64, [f64; 3])> = self
            .of_kind("progress")
            .map(|entry| (entry.elapsed, ["running", "pending", "previous"].map(|name| number(entry, name))))
            .collect();
        let most = looks.iter().map(|(_, counts)| counts.iter().sum::<f64>()).fold(0.0, f64::max);
        if most == 0.0 {
            return None;
        }
        let y = |count: f64| TALL - TALL * count / most;
        let mut text = String::new();
        for (at, class) in ["running", "starting", "previous"].iter().enumerate() {
            for (number, (from, counts)) in looks.iter().enumerate() {
                let until = looks.get(number + 1).map_or(self.seconds, |(next, _)| *next);
                let (under, own): (f64, f64) = (counts[..at].iter().sum(), counts[at]);
                if own > 0.0 && until > *from {
                    let (x, width) = (self.x(*from), self.x(until) - self.x(*from));
                    text.push_str(&format!(
                        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\"><title>{}: {own} {class}</title></rect>\n",
                        y(under + own), y(under) - y(under + own), duration(*from)
                    ));
                }
            }
        }
        // Looks at one moment alone have no width.
        if text.is_empty() {
            return None;
        }
        text.push_str(&format!("<text x=\"{:.0}\" y=\"10\" text-anchor=\"end\">{most}</text>\n", LEFT - 6.0));
        text.push_str(&format!("<text x=\"{:.0}\" y=\"{TALL:.0}\" text-anchor=\"end\">0</text>\n", LEFT - 6.0));
        text.push_str(&legend());
        Some((TALL + 18.0, text))
    }

    fn stages(&self) -> Option<(f64, String)> {
        let all: Vec<(f64, String)> = self.of_kind("stage").map(|entry| (entry.elapsed, entry.word("stage"))).collect();
        let mut text = String::new();
        for (number, (from, name)) in all.iter().enumerate() {
            let until = all.get(number + 1).map_or(self.seconds, |(next, _)| *next);
            let (x, width, shown) = (self.x(*from), self.x(until) - self.x(*from), escaped(name));
            text.push_str(&format!(
                "<g><title>{shown}: {}</title><rect class=\"stage\" x=\"{x:.1}\" y=\"0\" width=\"{width:.1}\" height=\"{LOW}\"/>",
                duration(until - from)
            ));
            if name.chars().count() as f64 * LETTER < width {
                text.push_str(&format!("<text class=\"value\" x=\"{:.1}\" y=\"17\">{shown}</text>", x + 5.0));
            }
            text.push_str("</g>\n");
        }
        (!all.is_empty()).then_some((LOW, text))
    }

    fn traffic(&self) -> Option<(f64, String)> {
        let mut text = String::new();
        for class in ["test", "production"] {
            let points: Vec<(f64, f64)> = self
                .of_kind("traffic")
                .filter_map(|entry| Some((entry.elapsed, entry.event[class].as_f64()?.clamp(0.0, 100.0))))
                .collect();
            let Some((first, rest)) = points.split_first() else { continue };
            let y = |percent: f64| TALL / 2.0 * (1.0 - percent / 100.0);
            let mut path = format!("M{:.1} {:.1}", self.x(first.0), y(first.1));
            rest.iter().for_each(|(at, percent)| path.push_str(&format!("H{:.1}V{:.1}", self.x(*at), y(*percent))));
            path.push_str(&format!("H{:.1}", self.x(self.seconds)));
            text.push_str(&format!("<path class=\"{class}\" d=\"{path}\"><title>{class} traffic</title></path>\n"));
            let (x, under) = (self.x(first.0) + 4.0, if first.1 < 30.0 { -5.0 } else { 13.0 });
            text.push_str(&format!("<text x=\"{x:.1}\" y=\"{:.1}\">{class}</text>\n", y(first.1) + under));
        }
        if text.is_empty() {
            return None;
        }
        text.push_str(&format!("<text x=\"{:.0}\" y=\"10\" text-anchor=\"end\">100 %</text>\n", LEFT - 6.0));
        Some((TALL / 2.0, text))
    }

    fn marks(&self) -> Option<(f64, String)> {
        const KINDS: [&str; 7] = ["registered", "updated", "message", "stopped", "warning", "retrying", "paused"];
        let mut text = String::new();
        for entry in self.entries.iter().filter(|entry| KINDS.contains(&entry.kind())).take(MARKS) {
            let told = lines::line(&entry.event).unwrap_or_default();
            let (x, radius) = (self.x(entry.elapsed), if entry.kind() == "stopped" { 6 } else { 4 });
            text.push_str(&format!(
                "<circle class=\"mark {}\" cx=\"{x:.1}\" cy=\"10\" r=\"{radius}\"><title>{} {}</title></circle>\n",
                entry.kind(),
                duration(entry.elapsed),
                escaped(&told)
            ));
            if entry.kind() == "stopped" && x < WIDTH - 100.0 {
                text.push_str(&format!(
                    "<text x=\"{:.1}\" y=\"26\">{}</text>\n",
                    x - 5.0,
                    escaped(short(&entry.word("task")))
                ));
            }
        }
        (!text.is_empty()).then_some((LOW, text))
    }
}

fn legend() -> String {
    let mut text = String::new();
    for (number, (class, name)) in
        [("running", "running"), ("starting", "starting"), ("previous", "of before")].iter().enumerate()
    {
        let x = LEFT + number as f64 * 90.0;
        let y = TALL + 6.0;
        text.push_str(&format!("<rect class=\"{class}\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"10\" height=\"10\"/>"));
        text.push_str(&format!("<text x=\"{:.0}\" y=\"{:.0}\">{name}</text>\n", x + 15.0, y + 9.0));
    }
    text
}

/// Seconds between two numbers of the axis, of which there are ten at most.
fn step(seconds: f64) -> f64 {
    let steps = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0];
    steps.into_iter().find(|step| seconds / step <= 10.0).unwrap_or(seconds / 10.0)
}
