//! How AWS is called: documents go out and come in untouched, while the SDK signs, resolves and connects.
//!
//! The SDK's own types know only the members of the day it was made. So a call names the operation through the SDK and
//! carries its body, byte for byte, past them. Retries are left out here: the rollout decides them, because it
//! knows what a repeated write would do, and tells of them as events.

mod connect;
mod fault;
mod lossless;

use aws_sdk_ecs::Client;
use serde_json::Value;

pub use connect::Options;
pub(crate) use connect::Signer;
pub(crate) use fault::{Fault, FaultKind};
use lossless::Lossless;

/// A connection to AWS: credentials, region and endpoint are settled.
pub(crate) struct Aws {
    ecs: Client,
    /// The endpoint where it was set by hand, otherwise the region's name for it.
    endpoint: String,
}

macro_rules! operations {
    ($($name:ident $method:ident),+ $(,)?) => {
        /// The operations of ECS that are called.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Operation { $($name),+ }

        impl Operation {
            /// The operation's name as AWS spells it.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }
        }

        impl Aws {
            async fn send(&self, operation: Operation, lossless: Lossless) -> Result<(), Fault> {
                match operation {
                    $(Operation::$name => {
                        let call = self.ecs.$method().customize().interceptor(lossless);
                        Box::pin(call.send()).await.map(drop).map_err(|error| Fault::of(operation, &error))
                    })+
                }
            }
        }
    };
}

operations! {
    ContinueServiceDeployment continue_service_deployment,
    DescribeServices describe_services,
    DescribeServiceDeployments describe_service_deployments,
    DescribeServiceRevisions describe_service_revisions,
    DescribeTaskDefinition describe_task_definition,
    DescribeTasks describe_tasks,
    ListServiceDeployments list_service_deployments,
    ListTaskDefinitions list_task_definitions,
    ListTasks list_tasks,
    RegisterTaskDefinition register_task_definition,
    StopServiceDeployment stop_service_deployment,
    UpdateService update_service,
}

impl Aws {
    /// Makes one attempt at a call. The input and the answer are whole documents.
    pub(crate) async fn call(&self, operation: Operation, input: &Value) -> Result<Value, Fault> {
        let (lossless, answer) = Lossless::new(input);
        let sent = self.send(operation, lossless).await;
        // An answer that the SDK's types cannot hold is still an answer, as long as it is JSON.
        match (sent, answer.take()) {
            (Ok(()) | Err(Fault { kind: FaultKind::Unreadable, .. }), Some(body)) => {
                serde_json::from_slice(&body).map_err(|_| Fault::unreadable(operation))
            }
            (Ok(()), None) => Err(Fault::unreadable(operation)),
            (Err(fault), _) => Err(fault),
        }
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }
}
