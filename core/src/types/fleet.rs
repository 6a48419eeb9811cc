//! Options of `deploy_all`: many services, their order, and where each of them is.

pub(crate) mod check;
pub(crate) mod order;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::deployment::{CodeDeploy, Definition, Deployment, Recover, Unknown};
use super::stages::read_until;
use super::task::OneOffTask;
use crate::arn::last;
use crate::definition::changes::ContainerChange;
use crate::options::define::{moved, options};
use crate::options::verify::Verify;

options! {
    /// Options of `deploy_all`: many services at once, watched by one poller.
    pub struct DeployAll {
        /// The name of a file with these options, JSON or YAML. In it, `definition` may name a file, which is read from the folder of
        /// this one, and `${NAME}` in a text is filled in. Instead of `services` and `defaults`; what is given beside it counts before
        /// the file, but for `stop: true` and `recover: "leave"`, which are the defaults. A mistake is an error with file, line and
        /// column.
        pub file: Option<String>,
        /// Options that every service has which does not give them itself: objects are merged, member by member. Only in a document;
        /// a service that is made with its setters gets its options there.
        pub defaults: Map<String, Value>,
        /// The services and the options of each, in the order in which they begin.
        pub services: Vec<FleetService>,
        /// Values for `${NAME}` in the texts of `file`; the environment has the others. In `definition`, `containers` and `patch`, the
        /// `variables` of the service are filled in instead. Only with `file`.
        pub variables: IndexMap<String, String>,
        /// How many are deployed at the same time. Default: all.
        pub parallel: Option<usize>,
        /// If a service fails, begin no other. What has begun goes on to its end. Services of later waves, and those that need the one
        /// that failed, do not begin in any case.
        #[serde(default = "crate::options::define::yes")]
        pub stop: bool = true,
        /// How many seconds the services of a wave are watched once all of them are live, before the next wave begins; the last wave
        /// too. A task that fails meanwhile, or a deployment that is replaced, is an error (DescribeServices, ListTasks,
        /// DescribeTasks). Default: none.
        pub bake: Option<f64>,
        /// What to do if a service fails: `"leave"` the others as they are, or `"rollback"` the services that this call has deployed,
        /// those that began last first, and wait for that. It is `recover` of each service, too. A service that was rolled back has
        /// the error `rolled_back`.
        #[serde(default)]
        pub recover: Recover = Recover::Leave,
    }
}

options! {
    /// A service of `deploy_all`: the options of `deploy`, the service's place in the order, and where it is.
    pub struct FleetService(cluster, service) {
        use service;
        use cluster in new;
        /// The name by which `needs` of other services names it. Default: the service's own name.
        pub name: Option<String>,
        /// The services that must be live before this one begins, by their names. If one of them fails, this one does not begin.
        pub needs: Vec<String>,
        /// The number of its wave, 1 or more. A wave begins once all services of the waves before it are live and, with `bake`, were
        /// watched. Default: 1.
        pub wave: Option<u32>,
        /// Its region. Default: the client's.
        pub region: Option<String>,
        /// Its account. If the calls for it are signed in another account, that is an error before anything is written
        /// (GetCallerIdentity). Default: whichever account the credentials are of.
        pub account: Option<String>,
        /// The role to assume for it (AssumeRole, with the client's credentials): an ARN, or the role's name together with `account`.
        /// Default: the client's.
        pub role: Option<String>,
        use definition;
        use images;
        use containers;
        use patch;
        use variables;
        /// Members of UpdateService, passed through.
        pub settings: Map<String, Value>,
        /// How many tasks to run, as for `deploy`. Default: not sent.
        pub desired: Option<u32>,
        use force;
        use pin;
        use require;
        use verify;
        use wait;
        use timeout;
        use unknown;
        use recover;
        use failures;
        use codedeploy;
        use before;
        /// Tasks that run to their end while the deployment waits at a PAUSE hook, as for `deploy`.
        pub at_pause: Vec<OneOffTask>,
        /// Tasks that run to their end once the deployment is live, as for `deploy`. Which services come first is given as `needs`.
        pub after: Vec<OneOffTask>,
        use until;
        use unset;
    }
}

impl DeployAll {
    /// These services, all at once.
    pub fn new(services: impl IntoIterator<Item = impl Into<FleetService>>) -> Self {
        Self::default().services(services.into_iter().map(Into::into).collect::<Vec<_>>())
    }
}

impl FleetService {
    /// The name by which others need it.
    pub(crate) fn called(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| last(&self.service))
    }

    /// The options of `deploy` in it.
    pub(crate) fn into_deployment(self) -> Deployment {
        let from = self;
        moved!(from => Deployment {
            service, cluster, definition, images, containers, patch, variables, settings, desired, force, pin, require, verify, wait,
            timeout,
            unknown, recover, failures, codedeploy, before, at_pause, after, until, unset
        })
    }
}

impl From<Deployment> for FleetService {
    fn from(from: Deployment) -> Self {
        let rest = Self::new("", "");
        moved!(from => Self {
            service, cluster, definition, images, containers, patch, variables, settings, desired, force, pin, require, verify, wait,
            timeout,
            unknown, recover, failures, codedeploy, before, at_pause, after, until, unset; ..rest
        })
    }
}
