//! Defines a struct of options: its fields, how they are read and written, `new`, and one setter an option. The text of an option that
//! several verbs share stands here, once.

/// Defines a struct of options.
///
/// The struct stands as Rust has it. In parentheses after its name are the parameters of `new`: the options without which there is no
/// request, texts if no type is given. Without parentheses it has `Default` instead. `use NAME;` is an option that several verbs share;
/// text before it is added to its own. A value after `=` is the default of a field; serde is given the same by an attribute, or needs
/// the option.
///
/// A setter has the name and the text of its option. It replaces what was set, but adds to a map or a list.
macro_rules! options {
    (
        $(#[$meta:meta])*
        pub struct $name:ident $(($($needed:ident $(: $type:ty)?),+))? { $($members:tt)* }
    ) => {
        options! { Debug by hand; $(#[$meta])* pub struct $name $(($($needed $(: $type)?),+))? { $($members)* } }

        /// Without values that may be secrets.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                crate::redact::debug(f, stringify!($name), self)
            }
        }
    };
    (
        Debug by hand;
        $(#[$meta:meta])*
        pub struct $name:ident $(($($needed:ident $(: $type:ty)?),+))? { $($members:tt)* }
    ) => {
        options! { @ {{$(#[$meta])*} $name {$($($needed: {$($type)?})+)?} {} {} {}} $($members)* }
    };

    // ----- the end: fields, their defaults, their setters
    (@ {{$($meta:tt)*} $name:ident {$($needed:tt)*} {$($field:tt)*} {$($default:tt)*} {$($setter:tt)*}}) => {
        $($meta)*
        #[derive(Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        #[non_exhaustive]
        pub struct $name { $($field)* }

        options! { @new $name {$($needed)*} {$($default)*} }

        impl $name { $($setter)* }
    };
    (@new $name:ident {} {$($default:tt)*}) => {
        impl Default for $name {
            fn default() -> Self {
                Self { $($default)* }
            }
        }
    };
    (@new $name:ident {$($needed:ident: {$($type:ty)?})+} {$($default:tt)*}) => {
        impl $name {
            /// With every other option at its default.
            pub fn new($($needed: options! { @needed $($type)? }),+) -> Self {
                Self { $($needed: $needed.into(),)+ $($default)* }
            }
        }
    };
    (@needed) => { impl Into<String> };
    (@needed $type:ty) => { impl Into<$type> };

    // ----- options that several verbs share
    (@ $s:tt $(#[doc = $doc:tt])* use service; $($rest:tt)*) => {
        options! { @ $s
            /// The service: its name or ARN.
            $(#[doc = $doc])*
            pub service: String,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use cluster; $($rest:tt)*) => {
        options! { @ $s
            /// The cluster: its name or ARN.
            $(#[doc = $doc])*
            #[serde(default = "crate::options::define::default_cluster")]
            pub cluster: String = crate::options::define::default_cluster(),
        $($rest)* }
    };
    (@ $s:tt use cluster in new; $($rest:tt)*) => {
        options! { @ $s
            /// The cluster: its name or ARN.
            #[serde(default = "crate::options::define::default_cluster")]
            pub cluster: String,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use definition; $($rest:tt)*) => {
        options! { @ $s
            /// The task definition: a family, `family:revision`, an ARN, or a whole document. Default: what the service runs now.
            $(#[doc = $doc])*
            pub definition: Option<Definition>,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use images; $($rest:tt)*) => {
        options! { @ $s
            /// New images by container: a whole reference, or `":tag"` / `"@sha256:…"` to keep the repository.
            $(#[doc = $doc])*
            pub images: IndexMap<String, String> as image(container, image),
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use containers; $($rest:tt)*) => {
        options! { @ $s
            /// Changes by container. Maps merge by name and `null` removes; `files` and `command` replace.
            $(#[doc = $doc])*
            pub containers: IndexMap<String, ContainerChange>,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use patch; $($rest:tt)*) => {
        options! { @ $s
            /// A JSON Merge Patch (RFC 7396) over the whole task definition.
            $(#[doc = $doc])*
            pub patch: Option<Map<String, Value>>,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use variables; $($rest:tt)*) => {
        options! { @ $s
            /// Fills in `${NAME}` in every text of the task definition, from these and then from the environment. A value is a text,
            /// or where it is looked up, such as `{"ssm": "/name"}`. A variable that is not set is an error. `$${` stands for `${`
            /// itself. Default: texts stay as they are.
            $(#[doc = $doc])*
            pub variables: Option<IndexMap<String, $crate::options::source::Variable>>,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use force; $($rest:tt)*) => {
        options! { @ $s
            /// Begin a new deployment although nothing changed.
            $(#[doc = $doc])*
            pub force: bool,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use pin; $($rest:tt)*) => {
        options! { @ $s
            /// Replace tags by the digests that they name now (ECR's BatchGetImage, or the registry). A tag without a digest is an
            /// error.
            $(#[doc = $doc])*
            pub pin: bool,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use require; $($rest:tt)*) => {
        options! { @ $s
            /// What must be attached to the images of these containers, looked at before anything is written: `"signature"`, `"sbom"`,
            /// `"provenance"`, an artifact type, or the ARN of a signing profile of AWS Signer, as ECR's managed signing has it. Their
            /// tags become the digests that were looked at. That it is attached is checked, and not who made it or what it says: a
            /// warning says so. What could not be looked at is an error (ECR's ListImageReferrers and DescribeImageSigningStatus, or
            /// the registry).
            $(#[doc = $doc])*
            pub require: IndexMap<String, Vec<String>>,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use verify; $($rest:tt)*) => {
        options! { @ $s
            /// What to check before anything is written. `true`: every image in ECR exists and fits the platform (BatchGetImage).
            /// Where that is not allowed, or ECR does not answer, there is a warning. An `endpoint` that does not offer ECR's API is
            /// asked once. `"all"`: also that all else is there that the definition and the service refer to, as the verb `check` does.
            /// If something is missing or does not fit, nothing is written: the error is `invalid` and names all of it (if it is one
            /// image or the cluster alone: `image_missing`, `platform_mismatch`, `cluster_missing`). What may not be looked at is a
            /// warning. `false`: nothing.
            $(#[doc = $doc])*
            #[serde(default)]
            pub verify: Verify = Verify::Images,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use wait; $($rest:tt)*) => {
        options! { @ $s
            /// Wait until the verdict. False: end once AWS has accepted the order.
            $(#[doc = $doc])*
            #[serde(default = "crate::options::define::yes")]
            pub wait: bool = true,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use until; $($rest:tt)*) => {
        options! { @ $s
            /// Where the watch ends: `"live"`, `"paused"` (at the first PAUSE hook that waits), or the name of a stage of BLUE_GREEN,
            /// LINEAR or CANARY, such as `"BAKE_TIME"`. The deployment goes on; `reached` in the outcome shows how far it came, and
            /// there is no event `succeeded` before it is live. An error for a strategy that does not come there. Default: `"live"`.
            $(#[doc = $doc])*
            #[serde(deserialize_with = "read_until")]
            pub until: Option<String>,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use timeout; $($rest:tt)*) => {
        options! { @ $s
            /// Seconds from the start until the wait ends with `timed_out`. A call that writes is never cut off: if its answer does
            /// not come, the end is up to 20 seconds later.
            $(#[doc = $doc])*
            #[serde(default = "crate::options::define::default_timeout")]
            pub timeout: f64 = crate::options::define::default_timeout(),
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use unknown; $($rest:tt)*) => {
        options! { @ $s
            /// What to do with a member of `settings`, `patch` or `definition` that is probably a misspelling of a member that ECS
            /// has: `"refuse"` it before anything is written, or `"allow"` it with a warning. ECS ignores members that it does not
            /// know.
            $(#[doc = $doc])*
            #[serde(default)]
            pub unknown: Unknown = Unknown::Refuse,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use recover; $($rest:tt)*) => {
        options! { @ $s
            /// What to do if the rollout fails or times out: `"leave"` the service as it is, or `"rollback"` to the previous task
            /// definition and wait for that.
            $(#[doc = $doc])*
            #[serde(default)]
            pub recover: Recover = Recover::Leave,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use failures; $($rest:tt)*) => {
        options! { @ $s
            /// Fail after this many tasks stopped for a cause that will not go away. Only for services without circuit breaker and
            /// alarms, where ECS itself never fails a deployment. 0: never. Default: as ECS's circuit breaker, half of the desired
            /// tasks, at least 3 and at most 200.
            $(#[doc = $doc])*
            pub failures: Option<u64>,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use codedeploy; $($rest:tt)*) => {
        options! { @ $s
            /// How to deploy a service whose deployment controller is CODE_DEPLOY (CodeDeploy's CreateDeployment). An error for any
            /// other service. The rollout ends once CodeDeploy has ended the tasks that were replaced: give a `timeout` longer than
            /// its waits. `desired` and `settings` go to ECS before the deployment begins (UpdateService).
            $(#[doc = $doc])*
            pub codedeploy: Option<CodeDeploy>,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use before; $($rest:tt)*) => {
        options! { @ $s
            /// Tasks that run to their end before the deployment, such as a migration: one after the other, with the task definition
            /// that is deployed, after it is registered and before the service changes (RunTask, DescribeTasks). If one fails, the
            /// error is `task_failed` and nothing is deployed. If nothing changes, none runs. If the process was killed and the
            /// same request is made again, a task that still runs or ended well is not run twice. Their time does not count to
            /// `timeout`.
            $(#[doc = $doc])*
            pub before: Vec<OneOffTask>,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* use plan; $($rest:tt)*) => {
        options! { @ $s
            /// Write nothing, and return what would be written.
            $(#[doc = $doc])*
            pub plan: bool,
        $($rest)* }
    };

    // ----- options of a task that runs to its end
    (@ $s:tt $(#[doc = $doc:tt])* use task; $($rest:tt)*) => {
        options! { @ $s
            /// The command of one container, in place of its own. `container` names the container.
            pub command: Option<Vec<String>>,
            /// The container that gets `command` and `environment`, and whose exit code decides. Default: the only container, or the
            /// first essential one. If no container gets another command, every essential container decides.
            pub container: Option<String>,
            /// Variables of that container, added to those of the task definition. A variable that is there is replaced.
            pub environment: IndexMap<String, String>,
            /// AWS's TaskOverride, passed through: `containerOverrides`, `cpu`, `memory`, `taskRoleArn`, … All overrides together
            /// may have 8192 characters.
            pub overrides: Map<String, Value>,
            /// Members of RunTask, passed through: `networkConfiguration`, `launchType`, `group`, `tags`, … Default of network and
            /// launch type: those of the service.
            pub settings: Map<String, Value>,
            /// How many tasks, 1 to 10. Each must end well.
            #[serde(default = "crate::options::define::one")]
            pub count: u32 = 1,
            /// Stop the tasks (StopTask) when nobody waits for them any more: cancelled, timed out, or not all of `count` started.
            /// Default: they go on, and the error names them.
            pub stop: bool,
        $($rest)* }
    };

    // ----- what was given as null or empty; each becomes a warning
    (@ {$meta:tt $struct:ident $needed:tt {$($field:tt)*} {$($default:tt)*} $setters:tt} use unset; $($rest:tt)*) => {
        options! { @ {$meta $struct $needed
            {$($field)*
                #[doc(hidden)]
                #[serde(skip, default = "crate::options::read::unset")]
                pub unset: crate::options::read::Unset,
            }
            {$($default)* unset: crate::options::read::Unset::default(),}
            $setters}
        $($rest)* }
    };

    // ----- a field, by its type
    (@ $s:tt
        $(#[doc = $doc:tt])* $(#[serde($($serde:tt)*)])? pub $name:ident: Option<String>, $($rest:tt)*
    ) => {
        options! { @field $s {$(#[doc = $doc])*}
            {$(#[serde($($serde)*)])? #[serde(default, skip_serializing_if = "Option::is_none")]} $name {Option<String>} {None}
            {impl Into<String>} {|options, given| options.$name = Some(given.into())}
        $($rest)* }
    };
    (@ $s:tt
        $(#[doc = $doc:tt])* $(#[serde($($serde:tt)*)])? pub $name:ident: Option<impl Into<$type:ty>>, $($rest:tt)*
    ) => {
        options! { @field $s {$(#[doc = $doc])*}
            {$(#[serde($($serde)*)])? #[serde(default, skip_serializing_if = "Option::is_none")]} $name {Option<$type>} {None}
            {impl Into<$type>} {|options, given| options.$name = Some(given.into())}
        $($rest)* }
    };
    (@ $s:tt
        $(#[doc = $doc:tt])* $(#[serde($($serde:tt)*)])? pub $name:ident: Option<Definition>, $($rest:tt)*
    ) => {
        options! { @ $s
            $(#[doc = $doc])* $(#[serde($($serde)*)])? pub $name: Option<impl Into<Definition>>, $($rest)* }
    };
    (@ $s:tt
        $(#[doc = $doc:tt])* $(#[serde($($serde:tt)*)])? pub $name:ident: Option<Vec<String>>, $($rest:tt)*
    ) => {
        options! { @field $s {$(#[doc = $doc])*}
            {$(#[serde($($serde)*)])? #[serde(default, skip_serializing_if = "Option::is_none")]} $name {Option<Vec<String>>} {None}
            {impl IntoIterator<Item = impl Into<String>>}
            {|options, given| options.$name.get_or_insert_default().extend(given.into_iter().map(Into::into))}
        $($rest)* }
    };
    (@ $s:tt
        $(#[doc = $doc:tt])* $(#[serde($($serde:tt)*)])? pub $name:ident: Option<IndexMap<String, $value:ty>>, $($rest:tt)*
    ) => {
        options! { @field $s {$(#[doc = $doc])*}
            {$(#[serde($($serde)*)])? #[serde(default, skip_serializing_if = "Option::is_none")]}
            $name {Option<IndexMap<String, $value>>} {None}
            {impl IntoIterator<Item = (impl Into<String>, impl Into<$value>)>}
            {|options, given| {
                let all = options.$name.get_or_insert_default();
                all.extend(given.into_iter().map(|(name, value)| (name.into(), value.into())));
            }}
        $($rest)* }
    };
    (@ $s:tt
        $(#[doc = $doc:tt])* $(#[serde($($serde:tt)*)])? pub $name:ident: Option<Map<String, Value>>, $($rest:tt)*
    ) => {
        options! { @field $s {$(#[doc = $doc])*}
            {$(#[serde($($serde)*)])? #[serde(default, skip_serializing_if = "Option::is_none")]}
            $name {Option<Map<String, Value>>} {None}
            {impl IntoIterator<Item = (impl Into<String>, impl Into<Value>)>}
            {|options, given| {
                let all = options.$name.get_or_insert_default();
                all.extend(given.into_iter().map(|(name, value)| (name.into(), value.into())));
            }}
        $($rest)* }
    };
    (@ $s:tt
        $(#[doc = $doc:tt])* $(#[serde($($serde:tt)*)])? pub $name:ident: Option<Option<$type:ty>>, $($rest:tt)*
    ) => {
        options! { @field $s {$(#[doc = $doc])*}
            {$(#[serde($($serde)*)])? #[serde(default, skip_serializing_if = "Option::is_none")]}
            $name {Option<Option<$type>>} {None} {impl Into<Option<$type>>} {|options, given| options.$name = Some(given.into())}
        $($rest)* }
    };
    (@ $s:tt
        $(#[doc = $doc:tt])* $(#[serde($($serde:tt)*)])? pub $name:ident: Option<$type:ty>, $($rest:tt)*
    ) => {
        options! { @field $s {$(#[doc = $doc])*}
            {$(#[serde($($serde)*)])? #[serde(default, skip_serializing_if = "Option::is_none")]} $name {Option<$type>} {None}
            {$type} {|options, given| options.$name = Some(given)}
        $($rest)* }
    };
    (@ {$meta:tt $struct:ident $needed:tt $fields:tt $defaults:tt {$($setter:tt)*}}
        $(#[doc = $doc:tt])* pub $name:ident: IndexMap<String, String> as $one:ident($key:ident, $value:ident), $($rest:tt)*
    ) => {
        options! { @ {$meta $struct $needed $fields $defaults
            {$($setter)*
                $(#[doc = $doc])*
                #[must_use]
                pub fn $one(mut self, $key: impl Into<String>, $value: impl Into<String>) -> Self {
                    self.$name.insert($key.into(), $value.into());
                    self
                }
            }}
            $(#[doc = $doc])* pub $name: IndexMap<String, String>,
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* pub $name:ident: IndexMap<String, String>, $($rest:tt)*) => {
        options! { @field $s {$(#[doc = $doc])*}
            {#[serde(default, skip_serializing_if = "IndexMap::is_empty")]}
            $name {IndexMap<String, String>} {IndexMap::new()}
            {impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>}
            {|options, given| options.$name.extend(given.into_iter().map(|(name, value)| (name.into(), value.into())))}
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* pub $name:ident: IndexMap<String, $type:ty>, $($rest:tt)*) => {
        options! { @field $s {$(#[doc = $doc])*}
            {#[serde(default, skip_serializing_if = "IndexMap::is_empty")]}
            $name {IndexMap<String, $type>} {IndexMap::new()}
            {impl IntoIterator<Item = (impl Into<String>, $type)>}
            {|options, given| options.$name.extend(given.into_iter().map(|(name, value)| (name.into(), value)))}
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* pub $name:ident: Entries, $($rest:tt)*) => {
        options! { @field $s {$(#[doc = $doc])*}
            {#[serde(default, skip_serializing_if = "IndexMap::is_empty")]}
            $name {Entries} {IndexMap::new()}
            {impl IntoIterator<Item = (impl Into<String>, Option<impl Into<String>>)>}
            {|options, given| {
                options.$name.extend(given.into_iter().map(|(name, value)| (name.into(), value.map(Into::into))));
            }}
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* pub $name:ident: Map<String, Value>, $($rest:tt)*) => {
        options! { @field $s {$(#[doc = $doc])*}
            {#[serde(default, skip_serializing_if = "Map::is_empty")]}
            $name {Map<String, Value>} {Map::new()}
            {impl IntoIterator<Item = (impl Into<String>, impl Into<Value>)>}
            {|options, given| options.$name.extend(given.into_iter().map(|(name, value)| (name.into(), value.into())))}
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* pub $name:ident: Vec<String>, $($rest:tt)*) => {
        options! { @field $s {$(#[doc = $doc])*}
            {#[serde(default, skip_serializing_if = "Vec::is_empty")]} $name {Vec<String>} {Vec::new()}
            {impl IntoIterator<Item = impl Into<String>>}
            {|options, given| options.$name.extend(given.into_iter().map(Into::into))}
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* pub $name:ident: Vec<$type:ty>, $($rest:tt)*) => {
        options! { @field $s {$(#[doc = $doc])*}
            {#[serde(default, skip_serializing_if = "Vec::is_empty")]} $name {Vec<$type>} {Vec::new()}
            {impl IntoIterator<Item = $type>} {|options, given| options.$name.extend(given)}
        $($rest)* }
    };
    (@ $s:tt $(#[doc = $doc:tt])* pub $name:ident: bool, $($rest:tt)*) => {
        options! { @field $s {$(#[doc = $doc])*}
            {#[serde(default)]} $name {bool} {false} {bool} {|options, given| options.$name = given}
        $($rest)* }
    };
    (@ $s:tt
        $(#[doc = $doc:tt])* #[serde($($serde:tt)*)] pub $name:ident: String = $default:expr, $($rest:tt)*
    ) => {
        options! { @field $s {$(#[doc = $doc])*}
            {#[serde($($serde)*)]} $name {String} {$default} {impl Into<String>} {|options, given| options.$name = given.into()}
        $($rest)* }
    };
    (@ $s:tt
        $(#[doc = $doc:tt])* #[serde($($serde:tt)*)] pub $name:ident: Verify = $default:expr, $($rest:tt)*
    ) => {
        options! { @field $s {$(#[doc = $doc])*}
            {#[serde($($serde)*)]} $name {Verify} {$default} {impl Into<Verify>} {|options, given| options.$name = given.into()}
        $($rest)* }
    };
    (@ $s:tt
        $(#[doc = $doc:tt])* $(#[serde($($serde:tt)*)])? pub $name:ident: $type:ty = $default:expr, $($rest:tt)*
    ) => {
        options! { @field $s {$(#[doc = $doc])*}
            {$(#[serde($($serde)*)])?} $name {$type} {$default} {$type} {|options, given| options.$name = given}
        $($rest)* }
    };
    // A parameter of `new`.
    (@ {$meta:tt $struct:ident $needed:tt {$($field:tt)*} $defaults:tt $setters:tt}
        $(#[doc = $doc:tt])* $(#[serde($($serde:tt)*)])? pub $name:ident: $type:ty, $($rest:tt)*
    ) => {
        options! { @ {$meta $struct $needed
            {$($field)* $(#[doc = $doc])* $(#[serde($($serde)*)])? pub $name: $type,} $defaults $setters}
        $($rest)* }
    };

    (@field {$meta:tt $struct:ident $needed:tt {$($field:tt)*} {$($default:tt)*} {$($setter:tt)*}}
        {$($doc:tt)*} {$($serde:tt)*} $name:ident {$($type:tt)*} {$value:expr} {$($given:tt)*}
        {|$options:ident, $argument:ident| $set:expr} $($rest:tt)*
    ) => {
        options! { @ {$meta $struct $needed
            {$($field)* $($doc)* $($serde)* pub $name: $($type)*,}
            {$($default)* $name: $value,}
            {$($setter)*
                $($doc)*
                #[must_use]
                pub fn $name(self, $name: $($given)*) -> Self {
                    let (mut $options, $argument) = (self, $name);
                    $set;
                    $options
                }
            }}
        $($rest)* }
    };
}

/// Moves options of the same name from one struct into another.
macro_rules! moved {
    ($from:ident => $to:ident { $($option:ident),+ $(; ..$rest:expr)? }) => {
        $to { $($option: $from.$option,)+ $(..$rest)? }
    };
}

pub(crate) use {moved, options};

pub(crate) fn default_cluster() -> String {
    "default".to_owned()
}

pub(crate) fn yes() -> bool {
    true
}

pub(crate) fn one() -> u32 {
    1
}

pub(crate) fn default_timeout() -> f64 {
    1800.0
}
