//! The exit codes of the program. Scripts rely on them: a number is never given another meaning.

/// The request is live and complete, or there was nothing to do.
pub const SUCCESS: u8 = 0;
/// Something that is neither the request's fault nor a verdict: AWS refused or did not answer (`denied`, `credentials`, `throttled`,
/// `network`, `aws`), or a fault of this program.
pub const UNFORESEEN: u8 = 1;
/// The command line is wrong: an unknown command or option, a value of a wrong type, a missing one.
pub const USAGE: u8 = 2;
/// With `--exit-code`: there are changes (`plan`, `diff`, and verbs with `--plan`), or there is no such image (`exists`).
pub const CHANGES: u8 = 3;
/// The request cannot be done as it is, and nothing was written: `invalid`, `unsupported`, and whatever is missing
/// (`service_missing`, `image_missing`, …). Also where `check` finds an error.
pub const INVALID: u8 = 4;
/// Verdict `failed`: ECS marked the deployment as failed and did not roll back.
pub const FAILED: u8 = 10;
/// Verdict `rolled_back`: ECS rolled the deployment back, or is doing so.
pub const ROLLED_BACK: u8 = 11;
/// Verdict `superseded`: another deployment replaced it.
pub const SUPERSEDED: u8 = 12;
/// Verdict `stopped`: another caller stopped the deployment.
pub const STOPPED: u8 = 13;
/// Verdict `timed_out`: the deployment did not end within `timeout`.
pub const TIMED_OUT: u8 = 14;
/// Verdict `cancelled`: the wait was ended by Ctrl-C or SIGTERM. A deployment that has begun goes on.
pub const CANCELLED: u8 = 15;
/// Verdict `task_failed`: a task that runs to its end did not start, or did not end well.
pub const TASK_FAILED: u8 = 16;
/// Verdict `push_failed`: the registry did not accept the image, or the builder did not build it.
pub const PUSH_FAILED: u8 = 17;

/// The exit code of an error's code.
pub fn of(code: &str) -> u8 {
    match code {
        "failed" => FAILED,
        "rolled_back" => ROLLED_BACK,
        "superseded" => SUPERSEDED,
        "stopped" => STOPPED,
        "timed_out" => TIMED_OUT,
        "cancelled" => CANCELLED,
        "task_failed" => TASK_FAILED,
        "push_failed" => PUSH_FAILED,
        "invalid" | "unsupported" | "service_inactive" | "platform_mismatch" => INVALID,
        missing if missing.ends_with("_missing") => INVALID,
        _ => UNFORESEEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_has_a_code_of_its_own() {
        let verdicts =
            ["failed", "rolled_back", "superseded", "stopped", "timed_out", "cancelled", "task_failed", "push_failed"];
        let codes: Vec<u8> = verdicts.iter().map(|verdict| of(verdict)).collect();
        assert_eq!(codes, [10, 11, 12, 13, 14, 15, 16, 17]);
        assert_eq!((of("service_missing"), of("invalid"), of("denied"), of("network")), (4, 4, 1, 1));
    }
}
