//! Connections to AWS, registries and GitHub: the certificates that are trusted, and the proxies.

pub(crate) mod loopback;
mod tls;

use std::future::ready;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, Method, RequestBuilder, Url};

use crate::error::Error;
use loopback::is_loopback;

/// Connections. They follow no redirect: the caller decides which headers go to another host.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    /// To this machine, which speaks HTTP without TLS, so that a proxy would read the credentials.
    near: reqwest::Client,
    /// To all others, by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. They are spoken to with TLS, of which a proxy sees
    /// the host's name alone.
    far: reqwest::Client,
}

/// One for the process: the certificates are read once.
static TLS: LazyLock<Result<rustls::ClientConfig, rustls::Error>> = LazyLock::new(tls::of_this_machine);

impl Http {
    /// Trusting what this machine trusts.
    pub(crate) fn new() -> Result<Self, Error> {
        Self::with(TLS.clone(), |builder| builder)
    }

    /// `far`: what holds for the connections that leave this machine.
    fn with(
        tls: Result<rustls::ClientConfig, rustls::Error>,
        far: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Self, Error> {
        let broken = |error: &dyn std::fmt::Display| Error::Unsupported { text: format!("no TLS: {error}") };
        let tls = tls.map_err(|error| broken(&error))?;
        let connected = |builder: ClientBuilder| builder.build().map_err(|error| broken(&error));
        let near = connected(builder(tls.clone()).no_proxy().dns_resolver(Arc::new(ThisMachine)))?;
        Ok(Self { near, far: connected(far(builder(tls)))? })
    }

    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let is_near = url.host_str().is_some_and(is_loopback);
        self.client(is_near).request(method, url)
    }

    /// The connections that go to the host itself, or those by the proxies of the environment.
    pub(crate) fn client(&self, is_near: bool) -> &reqwest::Client {
        if is_near { &self.near } else { &self.far }
    }
}

fn builder(tls: rustls::ClientConfig) -> ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("ecs-rollout/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        // No read_timeout: it runs while a body is sent, however well that goes on.
        .connect_timeout(Duration::from_secs(5))
}

/// The text of the innermost error, without the URL: a URL may contain credentials.
pub(crate) fn root_cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string().lines().collect::<Vec<_>>().join("; ")
}

/// What `localhost` and the names below it are, whatever a name server says of them (RFC 6761, 6.3).
struct ThisMachine;

impl Resolve for ThisMachine {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
        Box::pin(ready(Ok(Box::new(addresses.into_iter()) as Addrs)))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::aws::tests::Loopback;

    fn trusting(roots: rustls::RootCertStore, far: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Http {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        Http::with(Ok(tls.with_root_certificates(roots).with_no_client_auth()), far).unwrap()
    }

    /// Connections that find `host` at an address of this machine, and trust its certificate alone.
    pub(crate) fn of_host(certificate: &std::path::Path, host: &str, at: SocketAddr) -> Http {
        use rustls::pki_types::pem::PemObject;
        let mut roots = rustls::RootCertStore::empty();
        roots.add(rustls::pki_types::CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
        trusting(roots, |builder| builder.resolve(host, at).no_proxy())
    }

    /// Connections with a proxy for all that is not this machine.
    pub(crate) fn proxied(proxy: &str) -> Http {
        let proxy = reqwest::Proxy::all(proxy).unwrap();
        trusting(rustls::RootCertStore::empty(), |builder| builder.proxy(proxy))
    }

    #[test]
    fn sending_is_not_held_against_the_time_of_reading() {
        assert!(!format!("{:?}", Http::new().unwrap()).contains("read_timeout"));
    }

    #[tokio::test]
    async fn no_proxy_is_asked_for_this_machine_by_whichever_name() {
        let proxy = Loopback::with(|_| (200, Vec::new(), "proxy".to_owned())).await;
        let server = Loopback::with(|_| (200, Vec::new(), "server".to_owned())).await;
        let port = server.url.rsplit(':').next().unwrap();
        for (host, by) in [
            ("127.0.0.1", "server"),
            ("localhost", "server"),
            ("LOCALHOST", "server"),
            ("localhost.", "server"),
            ("registry.localhost", "server"),
            ("127.1", "server"),
            ("2130706433", "server"),
            ("[::ffff:127.0.0.1]", "server"),
            ("registry.example", "proxy"),
            ("localhost.example", "proxy"),
        ] {
            let url = format!("http://{host}:{port}/").parse().unwrap();
            let answer = proxied(&proxy.url).request(Method::GET, url).send().await.unwrap();
            assert_eq!(answer.text().await.unwrap(), by, "{host}");
        }
    }
}
