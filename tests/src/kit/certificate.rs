//! Certificates for servers of the tests.

use std::path::PathBuf;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;

/// A certificate for this machine, in files.
#[derive(Debug)]
pub struct Certificate {
    folder: TempDir,
    pem: String,
}

impl Certificate {
    /// A new one.
    pub fn new() -> Self {
        let mut made = Self { folder: tempfile::tempdir().expect("a temporary folder"), pem: String::new() };
        made.replace();
        made
    }

    /// Puts a new one into the same files.
    pub fn replace(&mut self) {
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).expect("a certificate");
        self.pem = cert.pem();
        std::fs::write(self.file(), &self.pem).expect("a file");
        std::fs::write(self.key(), signing_key.serialize_pem()).expect("a file");
    }

    /// The file with the certificate.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// The file with its key.
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// A client that trusts this certificate, as it is now, and no other.
    pub fn client(&self) -> reqwest::Client {
        let trusted = reqwest::Certificate::from_pem(self.pem.as_bytes()).expect("a certificate");
        let builder = reqwest::Client::builder().tls_certs_only([trusted]).no_proxy();
        builder.redirect(reqwest::redirect::Policy::none()).build().expect("a client")
    }
}

impl Default for Certificate {
    fn default() -> Self {
        Self::new()
    }
}
