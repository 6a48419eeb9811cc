//! The values of `variables`: a text, or where it is looked up (pure).

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::options::define::options;

options! {
    /// Where the value of a variable is looked up: give one of `ssm`, `cloudformation`, `export`, `tfstate` and `secret`.
    ///
    /// Each place is looked up once a request, before anything is written; all that is missing is in one error. The value of a secret
    /// is never looked up: a SecureString, a sensitive value of Terraform and the like are refused.
    #[derive(Eq)]
    pub struct Source {
        /// The name or ARN of a parameter of SSM, of the type String or StringList; with `:version` or `:label` that version
        /// (GetParameters). A StringList has commas between its values.
        pub ssm: Option<String>,
        /// `stack.Output`: the output of a stack of CloudFormation (DescribeStacks).
        pub cloudformation: Option<String>,
        /// The name of an export of CloudFormation (ListExports).
        pub export: Option<String>,
        /// A state of Terraform, a file or `s3://bucket/key` (GetObject), of format version 4: Terraform 0.12 and later, and OpenTofu.
        /// Goes with `address`.
        pub tfstate: Option<String>,
        /// What of `tfstate`: `output.name`, or an attribute of a resource, such as `aws_vpc.main.id`, `data.aws_subnet.a[0].id` or
        /// `module.net.aws_subnet.a["x"].id`.
        pub address: Option<String>,
        /// The name of a secret of Secrets Manager, whose ARN is the value (DescribeSecret).
        pub secret: Option<String>,
        /// The region of what is looked up. The client's, unless given.
        pub region: Option<String>,
    }
}

/// The value of a variable.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum Variable {
    /// The text itself.
    Text(String),
    /// Where it is looked up.
    Lookup(Source),
}

impl Variable {
    /// The text, where it need not be looked up.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Lookup(_) => None,
        }
    }
}

impl From<&str> for Variable {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Variable {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Source> for Variable {
    fn from(source: Source) -> Self {
        Self::Lookup(source)
    }
}

/// By hand, so that a mistake within a source is named, and not only that it is none.
impl<'de> Deserialize<'de> for Variable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Variable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or where it is looked up, such as {\"ssm\": \"/name\"}")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Variable, E> {
                Ok(Variable::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Variable, A::Error> {
                Source::deserialize(MapAccessDeserializer::new(map)).map(Variable::Lookup)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// Without the text, which may be a secret.
impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text"),
            Self::Lookup(source) => source.fmt(f),
        }
    }
}

/// What a source names, once it is known to name one thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Named<'a> {
    Parameter(&'a str),
    Output { stack: &'a str, output: &'a str },
    Export(&'a str),
    State { state: &'a str, address: &'a str },
    Secret(&'a str),
}

impl Source {
    /// What it names; the error is why it names nothing, or several things.
    pub(crate) fn named(&self, place: &str) -> Result<Named<'_>, Error> {
        let wrong = |member: &str, text: &str| Err(Error::invalid(format!("{place}{member}"), text));
        let all = [
            ("ssm", &self.ssm),
            ("cloudformation", &self.cloudformation),
            ("export", &self.export),
            ("tfstate", &self.tfstate),
            ("secret", &self.secret),
        ];
        let mut given = all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        let (Some((name, value)), None) = (given.next(), given.next()) else {
            return wrong(
                "",
                "give one of ssm, cloudformation, export, tfstate and secret: that is where the value is looked up",
            );
        };
        let member = format!(".{name}");
        if value.trim().is_empty() {
            return wrong(&member, "it is empty: name what is looked up");
        }
        match (&self.address, name) {
            (Some(_), "tfstate") | (None, _) => {}
            (Some(_), _) => return wrong(".address", "it goes with `tfstate`"),
        }
        match name {
            "ssm" => Ok(Named::Parameter(value)),
            "export" => Ok(Named::Export(value)),
            "secret" => Ok(Named::Secret(value)),
            "cloudformation" => match value.rsplit_once('.') {
                Some((stack, output)) if !stack.is_empty() && !output.is_empty() => Ok(Named::Output { stack, output }),
                _ => wrong(&member, "write the stack's name and the output's: \"stack.Output\""),
            },
            _ => match self.address.as_deref().filter(|address| !address.trim().is_empty()) {
                None => {
                    wrong(".address", "needed: what of the state is looked up, such as aws_vpc.main.id or output.name")
                }
                Some(_) if value.contains("://") && bucket(value).is_none() => {
                    wrong(&member, "a state is read from a file, or from s3://bucket/key")
                }
                Some(address) => Ok(Named::State { state: value, address }),
            },
        }
    }
}

/// Bucket and key of an address `s3://bucket/key`.
pub(crate) fn bucket(state: &str) -> Option<(&str, &str)> {
    let (bucket, key) = state.strip_prefix("s3://")?.split_once('/')?;
    (!bucket.is_empty() && !key.is_empty()).then_some((bucket, key))
}

#[cfg(test)]
mod tests;
