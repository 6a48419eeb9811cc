//! Makes the SDK's calls over the same connections as all other calls.

use std::error::Error as StdError;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Limited};
use tokio::time::timeout;

use super::proxy::is_near;
use crate::http::Http;

/// The most bytes of one answer: a server that never ends one would take all memory. The largest of AWS's are some megabytes.
pub(crate) const LIMIT: usize = 64 * 1024 * 1024;

/// The connections of one client, as the SDK asks for them with each call.
#[derive(Debug, Clone)]
pub(crate) struct Connections(pub(crate) Http);

impl HttpClient for Connections {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector { http: self.0.clone(), limit: settings.read_timeout() })
    }
}

#[derive(Debug)]
struct Connector {
    http: Http,
    /// How long an answer may take to begin, connecting included. The metadata of an instance has a short one.
    limit: Option<Duration>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = send(self.http.clone(), request);
        let Some(limit) = self.limit else { return HttpConnectorFuture::new(answer) };
        let late = move |_| ConnectorError::timeout(format!("no answer within {limit:?}").into());
        HttpConnectorFuture::new(async move { timeout(limit, answer).await.map_err(late)? })
    }
}

async fn send(http: Http, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let client = http.client(is_near(request.uri()));
    let unsendable = |error: Box<dyn StdError + Send + Sync>| ConnectorError::user(error);
    let (parts, body) = request.try_into_http1x().map_err(|error| unsendable(error.into()))?.into_parts();
    // What is sent here is small, and never a stream.
    let body = body.collect().await.map_err(unsendable)?.to_bytes();
    let request = reqwest::Request::try_from(http::Request::from_parts(parts, body));
    let request = request.map_err(|error| unsendable(error.without_url().into()))?;
    let answer = http::Response::<reqwest::Body>::from(client.execute(request).await.map_err(failed)?);
    let bounded =
        |body: reqwest::Body| SdkBody::from_body_1_x(Limited::new(body.map_err(reqwest::Error::without_url), LIMIT));
    HttpResponse::try_from(answer.map(bounded)).map_err(|error| ConnectorError::other(error.into(), None))
}

/// A call that got no answer. The URL may hold what is secret.
fn failed(error: reqwest::Error) -> ConnectorError {
    let (is_late, is_connect) = (error.is_timeout(), error.is_connect());
    let error = match (is_late, is_connect) {
        (true, true) => ConnectorError::timeout("no connection could be opened in time".into()),
        (true, false) => ConnectorError::timeout(error.without_url().into()),
        (false, _) => ConnectorError::io(error.without_url().into()),
    };
    if is_connect { error.never_connected() } else { error }
}
