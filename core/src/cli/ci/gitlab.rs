//! Sections of GitLab's log, which can be folded. Pure.

/// The beginning of a section, and its end.
pub(crate) fn begin(title: &str, at: u64) -> String {
    format!("\u{1b}[0Ksection_start:{at}:ecs_rollout\r\u{1b}[0K{title}")
}

pub(crate) fn end(at: u64) -> String {
    format!("\u{1b}[0Ksection_end:{at}:ecs_rollout\r\u{1b}[0K")
}
