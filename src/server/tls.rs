//! The server's certificate: one that is given, or one that it makes for itself once and that
//! clients know by its pin.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::{create_private_dir, write_private};
use crate::wire::pin::Pin;

/// Where the server's own certificate is kept, in the store's folder.
const FOLDER: &str = "tls";

/// Where a certificate and its key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// What encrypts the connections.
pub struct Tls {
    pub acceptor: TlsAcceptor,
    /// Of the first certificate.
    pub pin: Pin,
}

/// Why there is no encryption to be had.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{} can't be read ({why}); name a certificate and its key in PEM", path.display())]
    Read { path: PathBuf, why: String },
    #[error("the server's own certificate can't be made ({0}); check the store's folder")]
    Make(String),
    #[error("{} can be read by others; `chmod 600` it", .0.display())]
    OpenToOthers(PathBuf),
    #[error("the certificate and the key do not go together ({0})")]
    Unfit(rustls::Error),
}

/// Encryption with the certificate that is given, or else with the server's own, which is made
/// where there is none yet.
pub fn prepare(given: Option<&CertificateFiles>, data: &Path) -> Result<Tls, TlsError> {
    let own;
    let files = match given {
        Some(files) => files,
        None => {
            own = own_certificate(data)?;
            &own
        }
    };
    load(files)
}

fn own_certificate(data: &Path) -> Result<CertificateFiles, TlsError> {
    let folder = data.join(FOLDER);
    let files = CertificateFiles {
        certificate: folder.join("cert.pem"),
        key: folder.join("key.pem"),
    };
    if files.certificate.exists() && files.key.exists() {
        return Ok(files);
    }
    let failed = |why: &dyn std::fmt::Display| TlsError::Make(why.to_string());
    create_private_dir(&folder).map_err(|why| failed(&why))?;
    // Whoever connects knows it by its pin, whatever name it goes by.
    let names = vec!["localhost".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).map_err(|why| failed(&why))?;
    // One that is here alone was half made.
    for (path, text) in [
        (&files.key, made.signing_key.serialize_pem()),
        (&files.certificate, made.cert.pem()),
    ] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&error)),
            _ => {}
        }
        write_private(path, text.as_bytes()).map_err(|why| failed(&why))?;
    }
    Ok(files)
}

fn load(files: &CertificateFiles) -> Result<Tls, TlsError> {
    let unreadable = |path: &Path, why: &dyn std::fmt::Display| TlsError::Read {
        path: path.to_owned(),
        why: why.to_string(),
    };
    if is_open_to_all(&files.key).map_err(|why| unreadable(&files.key, &why))? {
        return Err(TlsError::OpenToOthers(files.key.clone()));
    }
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&files.certificate)
        .map_err(|why| unreadable(&files.certificate, &why))?
        .collect();
    let chain = chain.map_err(|why| unreadable(&files.certificate, &why))?;
    let first = chain.first();
    let first = first.ok_or_else(|| unreadable(&files.certificate, &"it holds no certificate"))?;
    let pin = Pin::of(first);
    let key = PrivateKeyDer::from_pem_file(&files.key);
    let key = key.map_err(|why| unreadable(&files.key, &why))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Unfit)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(TlsError::Unfit)?;
    Ok(Tls {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        pin,
    })
}

fn is_open_to_all(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o007 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_own_certificate_is_made_once_and_is_nobody_elses_to_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = prepare(None, folder.path()).expect("made").pin;
        let again = prepare(None, folder.path()).expect("there").pin;
        assert_eq!(first, again);
        let key = folder.path().join("tls/key.pem");
        assert!(!is_open_to_all(&key).expect("there"));
        fs::remove_file(folder.path().join("tls/cert.pem")).expect("removed");
        let other = prepare(None, folder.path()).expect("made anew").pin;
        assert_ne!(first, other);
    }
}
