//! The stages of ECS's own deployment strategies, by their names. Pure.

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
