//! What is to become of a rollout that is interrupted on a terminal: asked once.

use std::io::BufRead;

use tokio::sync::mpsc;

/// What is to become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// End the wait; what has begun goes on.
    Leave,
    /// Go back to what ran before.
    RollBack,
    /// Go on watching.
    Watch,
}

impl Answer {
    /// A line that was typed; an empty one goes on.
    pub(crate) fn read(line: &str, can_roll_back: bool) -> Option<Self> {
        match line.trim().to_lowercase().as_str() {
            "l" | "leave" => Some(Self::Leave),
            "r" | "rollback" | "roll back" if can_roll_back => Some(Self::RollBack),
            "" | "w" | "watch" => Some(Self::Watch),
            _ => None,
        }
    }
}

/// The question, in one line.
pub(crate) fn text(what: &str, can_roll_back: bool) -> String {
    let back = if can_roll_back { "[r]oll back, " } else { "" };
    format!("{what} goes on at AWS: [l]eave it, {back}or go on [w]atching? (Ctrl-C again leaves)")
}

/// The lines that are typed from now on.
pub(crate) fn lines() -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    // On a thread of its own, which nobody waits for: reading a terminal cannot be cut off.
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_letter_or_a_word() {
        for (line, can_roll_back, answer) in [
            ("l", true, Some(Answer::Leave)),
            (" R\n", true, Some(Answer::RollBack)),
            ("r", false, None),
            ("", true, Some(Answer::Watch)),
            ("watch", false, Some(Answer::Watch)),
            ("x", true, None),
        ] {
            assert_eq!(Answer::read(line, can_roll_back), answer, "{line:?}");
        }
    }
}
