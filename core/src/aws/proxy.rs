//! Which calls of AWS go through a proxy: those that the environment names one for, but none to this machine or its metadata.

use std::net::IpAddr;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::shared::IntoShared;

use crate::loopback::is_loopback;

/// Connections for AWS: by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` where `proxy` is of the environment.
pub(super) fn http(proxy: ProxyConfig) -> SharedHttpClient {
    let connect = |proxy: ProxyConfig| {
        Builder::new().build_with_connector_fn(move |settings, components| {
            let mut connector = Connector::builder().proxy_config(proxy.clone());
            connector.set_connector_settings(settings.cloned());
            connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
            connector.tls_provider(Provider::Rustls(CryptoMode::Ring)).build()
        })
    };
    Http { direct: connect(ProxyConfig::disabled()), proxied: connect(proxy) }.into_shared()
}

#[derive(Debug)]
struct Http {
    direct: SharedHttpClient,
    proxied: SharedHttpClient,
}

impl HttpClient for Http {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let direct = self.direct.http_connector(settings, components);
        let proxied = self.proxied.http_connector(settings, components);
        SharedHttpConnector::new(Ways { direct, proxied })
    }
}

#[derive(Debug)]
struct Ways {
    direct: SharedHttpConnector,
    proxied: SharedHttpConnector,
}

impl HttpConnector for Ways {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let way = if is_near(request.uri()) { &self.direct } else { &self.proxied };
        way.call(request)
    }
}

/// Whether it is this machine, or the metadata of an instance or container: of a proxy that would be the proxy's own.
fn is_near(uri: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(uri) else { return false };
    let host = url.host_str().unwrap_or_default();
    is_loopback(host)
        || match host.trim_matches(['[', ']']).parse() {
            Ok(IpAddr::V4(address)) => address.is_link_local(),
            // The metadata services' own addresses: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
            Ok(IpAddr::V6(address)) => address.segments()[..2] == [0xfd00, 0xec2],
            Err(_) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_told_from_the_rest() {
        for (uri, expected) in [
            ("http://127.0.0.1:4566/", true),
            ("http://localhost:4566/", true),
            ("http://ecs.localhost:4566/", true),
            ("http://[::1]:4566/", true),
            ("http://169.254.170.2/v2/credentials", true),
            ("http://[fd00:ec2::254]/latest", true),
            ("https://ecs.eu-central-1.amazonaws.com/", false),
            ("http://localhost.example/", false),
            ("http://10.0.0.1:4566/", false),
        ] {
            assert_eq!(is_near(uri), expected, "{uri}");
        }
    }
}
