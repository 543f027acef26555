//! The certificate and its key: read from files, and read again when they change.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use http::HeaderValue;
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

/// How often it is looked whether the files have changed.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Where the certificate and its key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those between it and the authority's, in this order (PEM).
    pub certificate: PathBuf,
    /// The private key of the first of them (PEM: PKCS #8, PKCS #1 or SEC 1).
    pub key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {what}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The two do not belong together, or are of a kind that is not supported.
    #[error("the certificate in {} and the key in {} cannot be used: {source}", files.certificate.display(), files.key.display())]
    Refused {
        /// The two.
        files: TlsFiles,
        /// Why.
        source: rustls::Error,
    },
}

/// What HTTPS is spoken with. The certificate can be renewed at any time; connections that are open keep the one that they
/// began with.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    transport_security: Option<HeaderValue>,
    current: ArcSwap<ServerConfig>,
    seen: Mutex<Stamps>,
    asked: Notify,
}

impl Tls {
    /// Reads the certificate. For as long as `transport_security` says, browsers are told to come with HTTPS alone (HSTS);
    /// zero tells them nothing.
    pub async fn load(files: TlsFiles, transport_security: Duration) -> Result<Self, TlsError> {
        let Loaded { config, stamps, fingerprint } = load(files.clone()).await?;
        tracing::info!(certificate = %files.certificate.display(), fingerprint, "speaking HTTPS");
        let seconds = transport_security.as_secs();
        let transport_security =
            (seconds > 0).then(|| HeaderValue::try_from(format!("max-age={seconds}")).ok()).flatten();
        Ok(Self {
            files,
            transport_security,
            current: ArcSwap::from_pointee(config),
            seen: Mutex::new(stamps),
            asked: Notify::new(),
        })
    }

    /// What a new connection is begun with.
    pub(super) fn current(&self) -> Arc<ServerConfig> {
        self.current.load_full()
    }

    /// What browsers are told about coming without encryption.
    pub(super) fn transport_security(&self) -> Option<HeaderValue> {
        self.transport_security.clone()
    }

    /// Has the files read again soon, whether they have changed or not.
    pub fn ask_to_renew(&self) {
        self.asked.notify_one();
    }

    /// Renews the certificate when it is asked to, and when a file has changed, until the server stops.
    pub(crate) async fn follow(self: Arc<Self>, shutdown: CancellationToken) {
        loop {
            let is_asked = tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.asked.notified() => true,
                () = sleep(LOOK_EVERY) => false,
            };
            if is_asked || self.has_changed().await {
                self.read_again().await;
            }
        }
    }

    async fn has_changed(&self) -> bool {
        let files = self.files.clone();
        // A file that cannot be looked at has changed, too: reading it says why.
        let now = spawn_blocking(move || Stamps::of(&files)).await.unwrap_or_default();
        now != *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the files again. If they do not fit, what they held before stays in use.
    pub async fn read_again(&self) {
        let files = self.files.clone();
        let stamps = spawn_blocking(move || Stamps::of(&files)).await.unwrap_or_default();
        // Noted also if it fails: it is tried, and logged, once for each change.
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = stamps;
        let outcome = match load(self.files.clone()).await {
            Ok(Loaded { config, fingerprint, .. }) => {
                self.current.store(Arc::new(config));
                tracing::info!(fingerprint, "the certificate was read again; new connections use it");
                "renewed"
            }
            Err(error) => {
                tracing::error!(%error, "the certificate could not be read again; the one before stays in use");
                "failed"
            }
        };
        metrics::counter!("frontdesk_tls_renewals_total", "outcome" => outcome).increment(1);
    }
}

/// By what a change of the two files is noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stamps([Option<(SystemTime, u64)>; 2]);

impl Stamps {
    fn of(files: &TlsFiles) -> Self {
        let stamp = |path: &Path| {
            let data = fs::metadata(path).ok()?;
            Some((data.modified().ok()?, data.len()))
        };
        Self([stamp(&files.certificate), stamp(&files.key)])
    }
}

struct Loaded {
    config: ServerConfig,
    stamps: Stamps,
    fingerprint: String,
}

async fn load(files: TlsFiles) -> Result<Loaded, TlsError> {
    let path = files.certificate.clone();
    let unfit = |_| TlsError::Unfit { path, what: "reading it was given up".to_owned() };
    spawn_blocking(move || read(&files)).await.map_err(unfit)?
}

fn read(files: &TlsFiles) -> Result<Loaded, TlsError> {
    // Before the contents: a change in between is then seen as one later.
    let stamps = Stamps::of(files);
    let chain = certificates(&files.certificate)?;
    let key = key(&files.key)?;
    let fingerprint = hex::encode(Sha256::digest(&chain[0]));
    let refused = |source| TlsError::Refused { files: files.clone(), source };
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(refused)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(refused)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Clients that come back need no whole handshake, and nothing is kept for them here. Its keys are new with each
    // certificate, so that nobody comes back to the one before.
    config.ticketer = aws_lc_rs::Ticketer::new().map_err(refused)?;
    Ok(Loaded { config, stamps, fingerprint })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let bytes = contents(path)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let chain = chain.map_err(|error| unfit(path, &error))?;
    if chain.is_empty() {
        return Err(unfit(path, &pem::Error::NoItemsFound));
    }
    Ok(chain)
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(&contents(path)?).map_err(|error| unfit(path, &error))
}

fn contents(path: &Path) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let unreadable = |source| TlsError::Unreadable { path: path.to_owned(), source };
    fs::read(path).map(Zeroizing::new).map_err(unreadable)
}

/// The library's own words may repeat lines of the file.
fn unfit(path: &Path, error: &pem::Error) -> TlsError {
    let what = match error {
        pem::Error::NoItemsFound => "there is nothing of the kind in it (PEM)",
        _ => "it is not in PEM format",
    };
    TlsError::Unfit { path: path.to_owned(), what: what.to_owned() }
}
