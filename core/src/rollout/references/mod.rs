//! What a task definition and its service refer to, and whether it is there: roles, secrets, parameters, log groups, files, target
//! groups, cluster, capacity providers, file systems. Nothing is written, and no call is made that returns a secret's or a parameter's
//! value.

mod collect;
mod judge;
mod look;
mod trust;

pub(crate) use collect::{Place, references};
pub(crate) use look::check;

/// Something that a document refers to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reference {
    /// Where: a JSON Pointer into the task definition, or below `/service` into the service.
    pub(crate) path: String,
    pub(crate) target: Target,
}

/// What is referred to. A region is absent where it is the client's own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    /// A role, by its name or ARN, and the principal that assumes it.
    Role { role: String, principal: &'static str },
    /// A secret of Secrets Manager, by its name or ARN without what follows the name, and the version that is asked for.
    Secret { id: String, region: Option<String>, stage: Option<String>, version: Option<String> },
    /// A parameter of SSM, by the names that its ARN may stand for; and the version or label that is asked for.
    Parameter { names: Vec<String>, region: Option<String>, account: Option<String>, selector: Option<String> },
    /// A log group, and whether the log driver creates it.
    LogGroup { name: String, region: Option<String>, is_created: bool },
    /// An object of S3: environment variables, Fluent Bit's configuration, or a credential specification.
    File { bucket: String, key: String },
    /// A target group; the type of target that the tasks are, their ports, and whether the group is only now given to the service.
    Group { arn: String, kind: &'static str, ports: Vec<u64>, is_new: bool },
    /// The cluster.
    Cluster { cluster: String },
    /// A capacity provider of the cluster.
    CapacityProvider { cluster: String, name: String },
    /// A file system of EFS.
    FileSystem { id: String },
    /// An access point, and the file system that it is to be of.
    AccessPoint { id: String, file_system: String },
}

impl Target {
    /// The rule of findings about it, and what it is in a sentence.
    pub(crate) fn rule(&self) -> (&'static str, String) {
        match self {
            Self::Role { role, .. } => ("role_check", format!("the role {role}")),
            Self::Secret { id, .. } => ("secret_check", format!("the secret {id}")),
            Self::Parameter { names, .. } => {
                ("parameter_check", format!("the parameter {}", names.first().map_or("", String::as_str)))
            }
            Self::LogGroup { name, .. } => ("log_group_check", format!("the log group {name}")),
            Self::File { bucket, key } => ("file_check", format!("the file s3://{bucket}/{key}")),
            Self::Group { arn, .. } => ("target_group_check", format!("the target group {arn}")),
            Self::Cluster { cluster } => ("cluster_check", format!("the cluster {cluster}")),
            Self::CapacityProvider { name, .. } => ("capacity_provider_check", format!("the capacity provider {name}")),
            Self::FileSystem { id } => ("file_system_check", format!("the file system {id}")),
            Self::AccessPoint { id, .. } => ("access_point_check", format!("the access point {id}")),
        }
    }
}
