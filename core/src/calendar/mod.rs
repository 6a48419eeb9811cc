//! When a schedule fires: EventBridge's expressions, crontab lines, and the dates that follow from them.

pub(crate) mod cron;
pub(crate) mod crontab;
pub(crate) mod days;
pub(crate) mod expression;
pub(crate) mod timetable;
