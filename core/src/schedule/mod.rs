//! Periodic calls made by EventBridge: what is asked for, what is there, and the difference.

mod cron;
mod days;
mod expression;
mod timetable;
mod unix;

pub use timetable::Timetable;
