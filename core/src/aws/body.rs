//! Bounds what is read of an answer: a server that never ends one would take all memory.

use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

/// The most bytes of one answer. The largest of AWS's are some megabytes.
pub(crate) const LIMIT: usize = 64 * 1024 * 1024;

/// The same answer, which fails once it has given more than that.
pub(crate) fn bounded(answer: HttpConnectorFuture) -> HttpConnectorFuture {
    HttpConnectorFuture::new(async { Ok(answer.await?.map(|body| SdkBody::from_body_1_x(Limited::new(body, LIMIT)))) })
}
