//! Schedule expressions: any text is read or refused with a place, and what is read names its times in order.
#![no_main]

use ecs_rollout::{Error, Timetable};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (String, bool, u32)| {
    let (text, is_west, start) = input;
    let zone = if is_west { "America/New_York" } else { "Europe/Berlin" };
    let table = match Timetable::parse(&text, zone) {
        Ok(table) => table,
        Err(Error::Invalid { path, .. }) => return assert_eq!(path.as_deref(), Some("expression")),
        Err(other) => panic!("{text:?}: {other}"),
    };
    let start = i64::from(start);
    let mut last = start - 1;
    for _ in 0..20 {
        let Some(next) = table.after(last, start) else { break };
        assert!(next > last, "{text:?}: {next} after {last}");
        assert!(!table.show(next).is_empty());
        last = next;
    }
});
