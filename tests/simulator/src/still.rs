//! Decides when a call is refused because its caller waits in vain: at speed 0 time passes only as a client of the simulator's own waits.

use std::time::Duration;

use serde_json::Value;

use crate::api::ApiError;

/// The same look so often, and over so much of the wall's time, is a wait.
const LOOKS: u32 = 3;
const WALL: Duration = Duration::from_secs(5);

/// The look that was made last, since when and how often, and the simulated time at which it began.
#[derive(Debug, Default)]
pub(crate) struct Standstill {
    last: Option<(String, Value)>,
    simulated: Duration,
    since: Duration,
    looks: u32,
}

impl Standstill {
    /// Takes in a look at the simulated and the wall's time; whether its caller waits for a time that does not come.
    pub(crate) fn is_reached(&mut self, operation: &str, input: &Value, simulated: Duration, wall: Duration) -> bool {
        let is_same = self.last.as_ref().is_some_and(|(known, asked)| known == operation && asked == input);
        if !is_same || simulated != self.simulated {
            self.last = Some((operation.to_owned(), input.clone()));
            (self.simulated, self.since, self.looks) = (simulated, wall, 0);
        }
        self.looks += 1;
        self.looks >= LOOKS && wall.saturating_sub(self.since) >= WALL
    }
}

pub(crate) fn error() -> ApiError {
    let text = "The simulated time stands still: at speed 0 it passes only as a client of `simulator.client()` waits, or as \
                it is moved, so that nothing changes however long this caller waits. Start the simulator with a speed \
                above 0, or move its clock: `simulator.advance(seconds)`, or POST {\"advance\": seconds} to \
                /_simulator/clock.";
    ApiError::new("SimulatedTimeStandsStill", text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_caller_that_waits_in_vain_is_told() {
        let seconds = Duration::from_secs;
        let mut standstill = Standstill::default();
        let mut look = |input: i64, simulated: u64, wall: u64| {
            standstill.is_reached("DescribeServices", &json!(input), seconds(simulated), seconds(wall))
        };
        // Looks in quick succession are no wait, nor is a wait during which time passes.
        assert!(!look(1, 0, 0) && !look(1, 0, 1) && !look(1, 0, 2) && !look(1, 0, 4));
        assert!(!look(1, 7, 15) && !look(1, 9, 30) && !look(1, 11, 45));
        assert!(!look(1, 11, 60) && look(1, 11, 75) && look(1, 11, 90));
        // Another look begins anew.
        assert!(!look(2, 11, 91) && !look(1, 11, 92) && !look(1, 11, 107) && look(1, 11, 122));
    }
}
