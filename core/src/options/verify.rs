//! The option `verify`: what is looked up before anything is written.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What is looked up before anything is written: nothing, the images, or all that the request refers to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verify {
    /// Nothing: `false`.
    Nothing,
    /// The images in ECR: `true`.
    #[default]
    Images,
    /// Also roles, secrets, parameters, log groups, files, target groups, cluster, capacity providers and file systems: `"all"`.
    All,
}

/// The default of `check`.
pub(crate) fn all() -> Verify {
    Verify::All
}

/// The word for everything.
const ALL: &str = "all";

impl Verify {
    /// Whether images are looked up.
    pub(crate) fn looks_at_images(self) -> bool {
        self != Self::Nothing
    }
}

impl From<bool> for Verify {
    fn from(is_on: bool) -> Self {
        if is_on { Self::Images } else { Self::Nothing }
    }
}

impl Serialize for Verify {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str(ALL),
            other => serializer.serialize_bool(*other == Self::Images),
        }
    }
}

impl<'de> Deserialize<'de> for Verify {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Given;
        impl Visitor<'_> for Given {
            type Value = Verify;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false or \"all\"")
            }

            fn visit_bool<E: de::Error>(self, is_on: bool) -> Result<Verify, E> {
                Ok(is_on.into())
            }

            // The text is not repeated: it may be anything that was put in the wrong place.
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Verify, E> {
                match word {
                    ALL => Ok(Verify::All),
                    _ => Err(E::custom("this word is not known; give true, false or \"all\"")),
                }
            }
        }
        deserializer.deserialize_any(Given)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Verify {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Verify".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"anyOf": [{"type": "boolean"}, {"type": "string", "const": ALL}]})
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn it_is_true_false_or_all() {
        for (given, expected) in
            [(json!(true), Verify::Images), (json!(false), Verify::Nothing), (json!("all"), Verify::All)]
        {
            assert_eq!(serde_json::from_value::<Verify>(given.clone()).unwrap(), expected);
            assert_eq!(serde_json::to_value(expected).unwrap(), given);
        }
        for wrong in [json!("images"), json!(1), json!({}), Value::Null] {
            let error = serde_json::from_value::<Verify>(wrong).unwrap_err().to_string();
            assert!(error.contains("true, false or \"all\"") && !error.contains("images"), "{error}");
        }
    }
}
