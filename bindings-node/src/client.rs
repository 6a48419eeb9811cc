//! `Client` in JavaScript.

use ecs_rollout::Lookup;
use napi::bindgen_prelude::{PromiseRaw, ToNapiValue, within_runtime_if_available};
use napi::{Env, Result};
use napi_derive::napi;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::convert::{exception, from_js, to_js};
use crate::rollout::Rollout;

/// A connection to Amazon ECS in one account and region.
#[napi]
pub struct Client(ecs_rollout::Client);

impl Client {
    pub(crate) fn wrap(client: ecs_rollout::Client) -> Self {
        Self(client)
    }

    fn start<T: DeserializeOwned, E: Serialize + Send + 'static, O: Serialize + Clone + Send + 'static>(
        &self,
        options: &str,
        verb: fn(&ecs_rollout::Client, T) -> ecs_rollout::Rollout<E, O>,
    ) -> Result<Rollout> {
        let options = ecs_rollout::parse_options("options", from_js(options)?).map_err(|error| exception(&error))?;
        Ok(within_runtime_if_available(|| Rollout::new(verb(&self.0, options).into_json().spawn())))
    }

    /// Asks for a value with the options of a verb.
    fn ask<'env, T, O, F>(
        &self,
        env: &'env Env,
        options: &str,
        verb: impl FnOnce(ecs_rollout::Client, T) -> F,
    ) -> Result<PromiseRaw<'env, String>>
    where
        T: DeserializeOwned,
        O: Serialize,
        F: Future<Output = std::result::Result<O, ecs_rollout::Error>> + Send + 'static,
    {
        let options = ecs_rollout::parse_options("options", from_js(options)?).map_err(|error| exception(&error))?;
        let asked = verb(self.0.clone(), options);
        promise(
            env,
            async move { to_js(&ecs_rollout::Error::guarded(asked).await.map_err(|error| exception(&error))?) },
        )
    }
}

/// What a call comes to. It holds nothing of JavaScript's: a worker that is terminated takes its objects away, and the call goes on.
pub(crate) fn promise<T: ToNapiValue + Send + 'static>(
    env: &Env,
    call: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<PromiseRaw<'_, T>> {
    env.spawn_future(call)
}

#[napi]
impl Client {
    /// With settings as JSON text.
    #[napi(constructor)]
    pub fn new(settings: String) -> Result<Self> {
        ecs_rollout::parse_options("client", from_js(&settings)?)
            .map(|settings| Self(ecs_rollout::Client::new(settings)))
            .map_err(|error| exception(&error))
    }

    /// Starts a deployment; options as JSON text.
    #[napi]
    pub fn deploy(&self, options: String) -> Result<Rollout> {
        self.start(&options, ecs_rollout::Client::deploy)
    }

    /// Starts deployments to many services; options as JSON text.
    #[napi]
    pub fn deploy_all(&self, options: String) -> Result<Rollout> {
        self.start(&options, ecs_rollout::Client::deploy_all)
    }

    /// What registries let one in with, as JSON text with their passwords; options as JSON text.
    #[napi]
    pub fn login<'env>(&self, env: &'env Env, options: String) -> Result<PromiseRaw<'env, String>> {
        self.ask(env, &options, |client, login| async move {
            Ok(client.login(login).await?.iter().map(credential).collect::<Vec<_>>())
        })
    }

    /// What an image reference names, as JSON text; options as JSON text.
    #[napi]
    pub fn resolve<'env>(&self, env: &'env Env, options: String) -> Result<PromiseRaw<'env, String>> {
        self.ask(env, &options, |client, lookup: Lookup| async move { client.resolve(lookup).await })
    }

    /// Who the calls are signed by, as JSON text.
    #[napi]
    pub fn whoami<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, String>> {
        let client = self.0.clone();
        promise(env, async move {
            to_js(&ecs_rollout::Error::guarded(client.whoami()).await.map_err(|error| exception(&error))?)
        })
    }

    /// Whether there is such an image, as JSON text; options as JSON text.
    #[napi]
    pub fn exists<'env>(&self, env: &'env Env, options: String) -> Result<PromiseRaw<'env, String>> {
        self.ask(env, &options, |client, lookup: Lookup| async move { client.exists(lookup).await })
    }

    /// Starts to build an image; options as JSON text.
    #[napi]
    pub fn build(&self, options: String) -> Result<Rollout> {
        self.start(&options, ecs_rollout::Client::build)
    }

    /// Starts to push an image; options as JSON text.
    #[napi]
    pub fn push(&self, options: String) -> Result<Rollout> {
        self.start(&options, ecs_rollout::Client::push)
    }

    /// Starts to bring a service to what is asked; options as JSON text.
    #[napi]
    pub fn service(&self, options: String) -> Result<Rollout> {
        self.start(&options, ecs_rollout::Client::service)
    }

    /// Scales a service, and says how it stands, as JSON text; options as JSON text.
    #[napi]
    pub fn scale<'env>(&self, env: &'env Env, options: String) -> Result<PromiseRaw<'env, String>> {
        self.ask(env, &options, |client, scale| async move { client.scale(scale).await })
    }

    /// Starts to watch another's deployment; options as JSON text.
    #[napi]
    pub fn watch(&self, options: String) -> Result<Rollout> {
        self.start(&options, ecs_rollout::Client::watch)
    }

    /// Starts to go back; options as JSON text.
    #[napi]
    pub fn rollback(&self, options: String) -> Result<Rollout> {
        self.start(&options, ecs_rollout::Client::rollback)
    }

    /// Lets a deployment go on; options as JSON text.
    #[napi]
    pub fn resume(&self, options: String) -> Result<Rollout> {
        self.start(&options, ecs_rollout::Client::resume)
    }

    /// Starts to run a task; options as JSON text.
    #[napi]
    pub fn run(&self, options: String) -> Result<Rollout> {
        self.start(&options, ecs_rollout::Client::run)
    }

    /// The revision that there is then, as JSON text; options as JSON text.
    #[napi]
    pub fn register<'env>(&self, env: &'env Env, options: String) -> Result<PromiseRaw<'env, String>> {
        self.ask(env, &options, |client, register| async move { client.register(register).await })
    }

    /// What a deployment would do, as JSON text; options as JSON text.
    #[napi]
    pub fn plan<'env>(&self, env: &'env Env, options: String) -> Result<PromiseRaw<'env, String>> {
        self.ask(env, &options, |client, deployment| async move { client.plan(deployment).await })
    }

    /// Has EventBridge make a call; options and what has become of it as JSON text.
    #[napi]
    pub fn schedule<'env>(&self, env: &'env Env, options: String) -> Result<PromiseRaw<'env, String>> {
        self.ask(env, &options, |client, schedule| async move { client.schedule(schedule).await })
    }
}

/// A credential with its secrets: `index.js` puts them behind functions.
fn credential(one: &ecs_rollout::Credential) -> Value {
    json!({"public": one, "password": one.password(), "masks": one.masks()})
}
