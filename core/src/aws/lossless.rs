//! How a document passes the SDK whole: its body is put in before signing, and read before the SDK's types cut it down.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

/// Replaces the body of one call and keeps the body of its answer.
pub(crate) struct Lossless {
    body: Vec<u8>,
    answer: Answer,
}

/// Where the answer's body is found afterwards; only that of an answer with a 2xx status.
#[derive(Clone, Default)]
pub(crate) struct Answer(Arc<Mutex<Option<Vec<u8>>>>);

impl Lossless {
    pub(crate) fn new(input: &Value) -> (Self, Answer) {
        let answer = Answer::default();
        (Self { body: input.to_string().into_bytes(), answer: answer.clone() }, answer)
    }
}

impl Answer {
    pub(crate) fn take(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Without the body: it may hold secrets.
impl fmt::Debug for Lossless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lossless")
    }
}

impl Intercept for Lossless {
    fn name(&self) -> &'static str {
        "Lossless"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        request.headers_mut().insert("content-length", self.body.len().to_string());
        *request.body_mut() = SdkBody::from(self.body.clone());
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        if response.status().is_success() {
            let body = response.body().bytes().map(<[u8]>::to_vec);
            *self.answer.0.lock().unwrap_or_else(PoisonError::into_inner) = body;
        }
        Ok(())
    }
}
