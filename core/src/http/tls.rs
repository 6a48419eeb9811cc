//! TLS with the certificates that this machine trusts. They are read when the first TLS connection is opened, and not before.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_native_certs::{CertificateResult, load_certs_from_paths, load_native_certs};

/// TLS that trusts what this machine trusts.
pub(super) fn of_this_machine() -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let trusted = Arc::new(Trusted { provider: Arc::clone(&provider), verifier: OnceLock::new() });
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    // "Dangerous" is a verifier of one's own: this one hands everything to rustls's.
    Ok(builder.dangerous().with_custom_certificate_verifier(trusted).with_no_client_auth())
}

/// Verifies certificates as rustls does, once the machine's own have been read.
#[derive(Debug)]
struct Trusted {
    provider: Arc<CryptoProvider>,
    verifier: OnceLock<Arc<WebPkiServerVerifier>>,
}

impl Trusted {
    fn verifier(&self) -> Result<&Arc<WebPkiServerVerifier>, Error> {
        if let Some(verifier) = self.verifier.get() {
            return Ok(verifier);
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates().certs);
        let built = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider)).build();
        let none =
            "this machine has no certificates to trust: install its package ca-certificates, or set SSL_CERT_FILE";
        let verifier = built.map_err(|_| Error::General(none.to_owned()))?;
        Ok(self.verifier.get_or_init(|| verifier))
    }
}

impl ServerCertVerifier for Trusted {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        server: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verifier()?.verify_server_cert(own, between, server, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Where distributions keep all certificates in one file: a folder of the same certificates has a file for each.
const BUNDLES: [&str; 5] = [
    // Debian, Ubuntu, Alpine, Arch.
    "/etc/ssl/certs/ca-certificates.crt",
    // Fedora, RHEL, Amazon Linux.
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    // SUSE.
    "/etc/ssl/ca-bundle.pem",
    // Alpine without the package ca-certificates.
    "/etc/ssl/cert.pem",
];

/// The certificates of this machine: `SSL_CERT_FILE` and `SSL_CERT_DIR` count first, as for OpenSSL; then the bundle of the
/// distribution, and without one what the platform has.
fn certificates() -> CertificateResult {
    let is_named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().any(|name| std::env::var_os(name).is_some());
    let bundle = || BUNDLES.map(Path::new).into_iter().find(|bundle| bundle.is_file());
    let read = cfg!(target_os = "linux").then(bundle).flatten().filter(|_| !is_named);
    let found = read.map(|bundle| load_certs_from_paths(Some(bundle), None)).filter(|found| !found.certs.is_empty());
    found.unwrap_or_else(load_native_certs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_read_for_the_first_verification_and_not_before() {
        let provider = Arc::new(ring::default_provider());
        let trusted = Trusted { provider, verifier: OnceLock::new() };
        assert!(!trusted.supported_verify_schemes().is_empty());
        assert!(trusted.verifier.get().is_none());
        let nobody = CertificateDer::from(vec![0x30, 0]);
        let server = ServerName::try_from("ecs.eu-central-1.amazonaws.com").unwrap();
        assert!(trusted.verify_server_cert(&nobody, &[], &server, &[], UnixTime::now()).is_err());
    }
}
