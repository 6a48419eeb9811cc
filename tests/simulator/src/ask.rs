//! Calls a method of the simulator by its name: how the bindings do, so that each method is written once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::Simulator;

impl Simulator {
    /// Calls a method by its name, with its arguments in their order.
    ///
    /// # Errors
    /// The text of the method's own error, or that there is no such method.
    #[doc(hidden)]
    pub fn ask(&self, method: &str, mut arguments: Vec<Value>) -> Result<Value, String> {
        let mut next = || if arguments.is_empty() { Value::Null } else { arguments.remove(0) };
        match method {
            "endpoint" => Ok(json!(self.endpoint())),
            "now" => Ok(json!(self.clock().now().as_secs_f64())),
            "advance" => {
                let seconds = next().as_f64().ok_or("seconds: a number is needed")?;
                let time = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
                self.clock().advance(time);
                Ok(Value::Null)
            }
            "add" => self.add(next()).map(|()| Value::Null).map_err(|error| error.to_string()),
            "calls" => Ok(self.calls()),
            "deployments" => Ok(self.deployments()),
            "invocations" => Ok(self.invocations()),
            "check" => Ok(json!(self.check(&next(), &next()))),
            other => Err(format!("the simulator has no method {other:?}")),
        }
    }
}
