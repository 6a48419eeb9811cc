//! The stages of ECS's own deployment strategies, by their names. Pure.

use serde::{Deserialize, Deserializer};

use crate::options::names;

/// The stages in their order. PRE_PRODUCTION_TRAFFIC_SHIFT is documented for hooks alone.
pub(crate) const STAGES: [&str; 11] = [
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
    "BAKE_TIME",
    "CLEAN_UP",
];

/// `until` at the verdict, and at a hook that waits; anything else is a stage.
pub(crate) const LIVE: &str = "live";
pub(crate) const PAUSED: &str = "paused";

/// The place of a stage in the order; `None` for one that AWS adds later.
pub(crate) fn place(stage: &str) -> Option<usize> {
    STAGES.iter().position(|known| *known == stage)
}

/// Why a text is none of `until`; `None` if it is one. The text is not repeated: it may be anything that was put in the wrong place.
pub(crate) fn not_until(given: &str) -> Option<String> {
    let known: Vec<&str> = [LIVE, PAUSED].into_iter().chain(STAGES).collect();
    let text = || format!("neither \"live\", \"paused\" nor a stage of ECS{}", names::suggestion(given, &known));
    (!known.contains(&given)).then(text)
}

/// Reads `until`.
pub(crate) fn read_until<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let given = Option::<String>::deserialize(deserializer)?;
    match given.as_deref().and_then(not_until) {
        Some(text) => Err(serde::de::Error::custom(text)),
        None => Ok(given),
    }
}
