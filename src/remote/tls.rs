//! How a server is known over the network: by its pin where it made its own certificate, or else by
//! one of the authorities that this machine trusts.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_rustls::TlsConnector;

use crate::wire::pin::Pin;

/// Encryption with whoever has the certificate of this pin, whatever name it is reached by.
pub fn to_pinned(pin: Pin) -> Result<TlsConnector, Error> {
    connector(Arc::new(Pinned::new(Some(pin))))
}

/// Encryption with whoever an authority vouches for.
pub fn to_vouched_for() -> Result<TlsConnector, Error> {
    let config = vouched_for_by(machines_authorities())?;
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The authorities that this machine trusts.
pub fn machines_authorities() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// The authorities in a file of certificates in PEM.
pub fn authorities_in(file: &Path) -> Result<RootCertStore, pem::Error> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file)? {
        roots.add_parsable_certificates([certificate?]);
    }
    if roots.is_empty() {
        return Err(pem::Error::NoItemsFound);
    }
    Ok(roots)
}

/// The settings of encryption with whoever one of these authorities vouches for.
pub fn vouched_for_by(roots: RootCertStore) -> Result<ClientConfig, Error> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Encryption with nobody: it comes to nothing, and tells the pin that was shown.
pub fn to_look() -> Result<(TlsConnector, Arc<Pinned>), Error> {
    let looking = Arc::new(Pinned::new(None));
    let shared = Arc::clone(&looking);
    Ok((connector(shared)?, looking))
}

fn connector(verifier: Arc<Pinned>) -> Result<TlsConnector, Error> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Knows a server by the pin of its certificate; without one, nobody.
#[derive(Debug)]
pub struct Pinned {
    pin: Option<Pin>,
    shown: Mutex<Option<Pin>>,
    provider: Arc<CryptoProvider>,
}

impl Pinned {
    fn new(pin: Option<Pin>) -> Pinned {
        Pinned {
            pin,
            shown: Mutex::default(),
            provider: provider(),
        }
    }

    /// What the server showed last.
    pub fn shown(&self) -> Option<Pin> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = Pin::of(end_entity);
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        if self.pin == Some(shown) {
            return Ok(ServerCertVerified::assertion());
        }
        Err(Error::General(format!(
            "it shows another certificate than before, {shown}; somebody may stand in between; \
             where whoever runs it says that this is its own, `famdesk connect` takes it"
        )))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
