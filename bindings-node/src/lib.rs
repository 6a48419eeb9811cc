//! The Node add-on behind the package `ecs-rollout`: the crate's names in JavaScript, and nothing that decides.
//!
//! What it exports is wrapped by `client.js`, `rollout.js` and `testing.js`.

// The attribute expands to registrations that no lint of ours is about.
#![allow(missing_docs, reason = "napi's generated items have no place for docs; types.d.ts documents what users see")]

mod client;
/// Public for its function, as `definition` and `simulator`.
pub mod command_line;
mod convert;
/// Public for its function, as `simulator`: a method is reached through its class, a function only through its module.
pub mod definition;
mod rollout;
pub mod simulator;
