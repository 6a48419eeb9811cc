//! The verbs of [`Client`]: one table, from which the bindings are printed and by which scripts in other languages call a verb by
//! its name.
//!
//! What a verb does, which errors it has and what it gives are documented at its method: the printed docs are read from there.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cleanup::{Prune, PruneOutcome, Removal, RemovalOutcome};
use crate::client::Client;
use crate::ecr::{Build, BuildOutcome, ImageInfo, Login, Lookup, Push, PushOutcome};
use crate::engine::stream::{Item, Rollout};
use crate::error::Error;
use crate::identity::Identity;
use crate::image::credential::Credential;
use crate::inspect::{
    Explain, Explanation, Export, ExportOutcome, Logs, LogsOutcome, Revision, Revisions, Status, StatusOutcome,
};
use crate::interrupt::Interrupt;
use crate::options::read::parse_options;
use crate::permissions::policy::{Policy, PolicyOutcome};
use crate::redact::word;
use crate::scaling::{Scale, ScaleOutcome};
use crate::schedule::{Schedule, ScheduleOutcome};
use crate::types::check::{Check, CheckOutcome};
use crate::types::deployment::{Deployment, Resume, Rollback, Watch};
use crate::types::event::{Event, FleetEvent, FleetOutcome, Outcome};
use crate::types::fleet::DeployAll;
use crate::types::outcome::{RegisterOutcome, RunOutcome};
use crate::types::plan::{FleetPlan, Plan};
use crate::types::service::{Service, ServiceOutcome};
use crate::types::task::{Register, Run};

/// A verb, by the names of its types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verb {
    /// The name of the method of [`Client`].
    pub name: &'static str,
    /// The type of its options; `None`: it takes none.
    pub request: Option<&'static str>,
    /// The type of its events; `None`: it gives a value alone.
    pub event: Option<&'static str>,
    /// The type of its outcome or value.
    pub outcome: &'static str,
}

/// A verb that was called by its name.
pub struct Begun {
    /// The verb with its subject, such as `deploy(service='api')`, without what may be a secret.
    pub call: String,
    /// Its events and its end. A verb that gives a value alone has no events.
    pub rollout: Rollout<Value, Value>,
    /// Ends a verb that gives a value alone, once nobody waits for it.
    pub interrupt: Option<Interrupt>,
    /// True if it may write something: to AWS, to a registry or to a file.
    pub writes: bool,
}

/// Makes the table, and the call of a verb by its name, of rows `verb(options) -> how type`: `rollout` has events and an outcome,
/// `read` gives a value and writes nothing, `write` gives a value.
macro_rules! verbs {
    ($($name:ident($($request:ident)?) -> $how:ident $($event:ident,)? [$($outcome:tt)+] $(by $document:ident)?;)+) => {
        /// The verbs, in the order of their docs.
        #[doc(hidden)]
        pub const VERBS: &[Verb] = &[$(Verb {
            name: stringify!($name),
            request: verbs!(@name $($request)?),
            event: verbs!(@name $($event)?),
            outcome: stringify!($($outcome)+),
        }),+];

        /// The JSON Schema of a verb's options; `None` for one that takes none, and for what is no verb.
        #[cfg(feature = "cli")]
        pub(crate) fn schema(verb: &str) -> Option<Value> {
            match verb {
                $(stringify!($name) => verbs!(@schema $($request)?),)+
                _ => None,
            }
        }

        impl Client {
            /// Calls a verb by its name, with its options as a document. Nothing happens until the rollout is polled or spawned.
            ///
            /// # Errors
            /// [`Error::Invalid`] where there is no such verb, or an option is unknown or of a wrong type.
            #[doc(hidden)]
            pub fn call(&self, verb: &str, options: Value) -> Result<Begun, Error> {
                let call = format!("{verb}({})", subject(&options));
                match verb {
                    $(stringify!($name) => {
                        verbs!(@$how self.$name, options, call, ($($request)?) ($($event)?) [$($outcome)+] ($($document)?))
                    })+
                    _ => Err(Error::invalid("verb", format!("{verb:?} is unknown"))),
                }
            }
        }
    };
    (@schema) => { None };
    (@schema $request:ident) => { Some(crate::options::schema::of::<$request>()) };
    (@name) => { None };
    (@name $name:ident) => { Some(stringify!($name)) };
    (@rollout $self:ident.$name:ident, $options:ident, $call:ident, ($request:ident) ($event:ident) [$outcome:ty] ()) => {{
        let rollout: Rollout<$event, $outcome> = $self.$name(parse_options::<$request>("options", $options)?);
        Ok(Begun { call: $call, rollout: rollout.into_json(), interrupt: None, writes: true })
    }};
    (@read $($rest:tt)+) => { verbs!(@value false, $($rest)+) };
    (@write $($rest:tt)+) => { verbs!(@value true, $($rest)+) };
    (@value $writes:literal, $self:ident.$name:ident, $options:ident, $call:ident, ($($request:ident)?) () [$outcome:ty] ($($document:ident)?)) => {{
        let client = $self.clone();
        $(let request = parse_options::<$request>("options", $options)?;)?
        let work = async move {
            let value: $outcome = client.$name($(verbs!(@first request $request))?).await?;
            Ok(verbs!(@document value $($document)?))
        };
        Ok(Begun::of_value($call, work.boxed(), $writes))
    }};
    (@first $first:ident $second:ident) => { $first };
    (@document $value:ident) => { document(&$value) };
    (@document $value:ident $document:ident) => { $document(&$value) };
}

verbs! {
    deploy(Deployment) -> rollout Event, [Outcome];
    plan(Deployment) -> read [Plan];
    check(Check) -> read [CheckOutcome];
    watch(Watch) -> rollout Event, [Outcome];
    rollback(Rollback) -> rollout Event, [Outcome];
    resume(Resume) -> rollout Event, [Outcome];
    deploy_all(DeployAll) -> rollout FleetEvent, [Vec<FleetOutcome>];
    plan_all(DeployAll) -> read [Vec<FleetPlan>];
    service(Service) -> rollout Event, [ServiceOutcome];
    scale(Scale) -> write [ScaleOutcome];
    status(Status) -> read [StatusOutcome];
    explain(Explain) -> read [Explanation];
    logs(Logs) -> rollout Event, [LogsOutcome];
    export(Export) -> write [ExportOutcome];
    revisions(Revisions) -> read [Vec<Revision>];
    prune(Prune) -> write [PruneOutcome];
    remove(Removal) -> rollout Event, [RemovalOutcome];
    run(Run) -> rollout Event, [RunOutcome];
    register(Register) -> write [RegisterOutcome];
    schedule(Schedule) -> write [ScheduleOutcome];
    login(Login) -> write [Vec<Credential>] by with_secrets;
    resolve(Lookup) -> read [ImageInfo];
    exists(Lookup) -> read [bool];
    push(Push) -> rollout Event, [PushOutcome];
    build(Build) -> rollout Event, [BuildOutcome];
    whoami() -> read [Identity];
    policy(Policy) -> read [PolicyOutcome];
}

impl Begun {
    fn of_value(call: String, work: BoxFuture<'static, Result<Value, Error>>, writes: bool) -> Self {
        let interrupt = Interrupt::default();
        let ended = Error::guarded(interrupt.clone().run(work)).map(Item::End);
        let rollout = Rollout::of_stream(stream::once(ended).boxed(), std::sync::Arc::default());
        Self { call, rollout, interrupt: Some(interrupt), writes }
    }
}

fn document(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Credentials with their secrets: each language keeps them out of what it prints.
fn with_secrets(credentials: &[Credential]) -> Value {
    let each = credentials.iter().map(|one| {
        let mut all = document(one);
        (all["password"], all["masks"]) = (json!(one.password()), json!(one.masks()));
        all
    });
    each.collect()
}

/// What a call is about, as its author wrote it.
fn subject(options: &Value) -> String {
    let name = options["settings"]["serviceName"].as_str();
    for option in ["service", "name", "family", "image", "definition", "path", "context"] {
        let given = options[option].as_str().filter(|text| !text.is_empty());
        if let Some(text) = given.or(name.filter(|_| option == "service")) {
            return format!("{option}='{}'", word(text));
        }
    }
    if let Some(file) = options["file"].as_str().filter(|_| options["services"].is_null()) {
        return format!("file='{}'", word(file));
    }
    options["services"].as_array().map(|services| format!("services: {}", services.len())).unwrap_or_default()
}
