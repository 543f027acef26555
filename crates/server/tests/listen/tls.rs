//! Connections with TLS: how they begin, and what is different for their requests.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io;
use std::sync::Arc;
use std::time::Duration;

use frontdesk_server::listen::Limits;
use frontdesk_server::listen::tls::{Tls, TlsError, TlsFiles};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::kit::{NEVER, Server, request, soon};

/// A certificate for `localhost` in files.
pub(crate) struct Certificate {
    folder: TempDir,
    pub(crate) der: CertificateDer<'static>,
}

impl Certificate {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let der = write(&folder);
        Self { folder, der }
    }

    /// Puts another certificate into the same files.
    fn replace(&mut self) {
        self.der = write(&self.folder);
    }

    fn files(&self) -> TlsFiles {
        let path = |name: &str| self.folder.path().join(name);
        TlsFiles { certificate: path("certificate.pem"), key: path("key.pem") }
    }

    pub(crate) async fn load(&self) -> Result<Arc<Tls>, TlsError> {
        Tls::load(self.files(), Duration::from_mins(1)).await.map(Arc::new)
    }
}

fn write(folder: &TempDir) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.path().join("certificate.pem"), cert.pem()).unwrap();
    std::fs::write(folder.path().join("key.pem"), signing_key.serialize_pem()).unwrap();
    cert.der().clone()
}

/// A server with TLS, and a certificate that its clients trust.
pub(crate) struct Secure {
    pub(crate) server: Server,
    pub(crate) certificate: Certificate,
    pub(crate) tls: Arc<Tls>,
}

impl Secure {
    pub(crate) async fn start(limits: Limits) -> Self {
        let certificate = Certificate::new();
        let tls = certificate.load().await.unwrap();
        let server = Server::start_with(limits, Some(Arc::clone(&tls))).await;
        Self { server, certificate, tls }
    }

    pub(crate) async fn connect(&self) -> Client {
        let socket = TcpStream::connect(self.server.address).await.unwrap();
        self.encrypt(socket, &[b"h2", b"http/1.1"]).await.unwrap()
    }

    /// A client whose kernel takes little before the client reads.
    pub(crate) async fn connect_narrow(&self) -> Client {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let socket = socket.connect(self.server.address).await.unwrap();
        self.encrypt(socket, &[]).await.unwrap()
    }

    async fn encrypt(&self, socket: TcpStream, protocols: &[&[u8]]) -> io::Result<Client> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = soon("a handshake", TlsConnector::from(Arc::new(config)).connect(name, socket)).await?;
        Ok(Client(stream))
    }
}

/// A client that speaks TLS.
pub(crate) struct Client(pub(crate) TlsStream<TcpStream>);

impl Client {
    pub(crate) async fn send(&mut self, text: impl AsRef<[u8]>) {
        soon("sending", self.0.write_all(text.as_ref())).await.unwrap();
        soon("sending", self.0.flush()).await.unwrap();
    }

    /// Reads one answer, not a byte further, and gives its head in small letters, and its body.
    pub(crate) async fn answer(&mut self) -> (String, Vec<u8>) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon("an answer's head", self.0.read_u8()).await.unwrap());
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        soon("an answer's body", self.0.read_exact(&mut body)).await.unwrap();
        (head, body)
    }

    pub(crate) async fn get(&mut self, target: &str) -> (String, Vec<u8>) {
        self.send(request(target)).await;
        self.answer().await
    }

    /// Closes the socket without a farewell.
    pub(crate) fn close(self) {
        drop(self.0.into_inner().0);
    }

    /// Breaks the connection, so that the server sees a reset.
    pub(crate) fn reset(self) {
        self.0.get_ref().0.set_zero_linger().unwrap();
    }
}

#[tokio::test]
async fn requests_come_encrypted_and_browsers_are_told_to_stay_so() {
    let secure = Secure::start(Limits::default()).await;
    let mut client = secure.connect().await;
    assert_eq!(client.0.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let (head, body) = client.get("/plain").await;
    assert_eq!(body, b"plain");
    assert!(head.contains("strict-transport-security: max-age=60\r\n"), "{head}");
    // Whatever a client claims.
    client.send("GET /scheme HTTP/1.1\r\nHost: test\r\nX-Forwarded-Proto: http\r\n\r\n").await;
    assert_eq!(client.answer().await.1, b"https");
    let plain = Server::start(Limits::default()).await;
    let answer = plain.connect().await.get("/plain").await;
    assert!(!answer.head.contains("strict-transport-security"), "{}", answer.head);
}

#[tokio::test]
async fn who_speaks_no_common_protocol_is_not_let_in() {
    let secure = Secure::start(Limits::default()).await;
    let socket = TcpStream::connect(secure.server.address).await.unwrap();
    assert!(secure.encrypt(socket, &[b"h2"]).await.is_err());
    assert_eq!(secure.connect().await.get("/plain").await.1, b"plain");
}

#[tokio::test]
async fn plain_http_is_told_what_is_wrong() {
    let secure = Secure::start(Limits::default()).await;
    let mut client = secure.server.connect().await;
    client.send(request("/plain")).await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 400);
    assert!(answer.closes(), "{}", answer.head);
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["errorCode"], "HTTPS_REQUIRED");
    assert!(client.until_closed().await.is_empty());
}

#[tokio::test]
async fn what_is_neither_is_let_go() {
    let secure = Secure::start(Limits::default()).await;
    for rubbish in
        [&b"\x16\x03\x01\xff\xff\xff"[..], b"\x00\x01\x02", &[0x80; 300], b"\x16\x03\x01\x00\x02ab"]
    {
        let mut client = secure.server.connect().await;
        client.send(rubbish).await;
        client.0.shutdown().await.unwrap();
        // An alert at most.
        assert!(client.until_closed().await.len() <= 7, "{rubbish:?}");
    }
    assert_eq!(secure.connect().await.get("/plain").await.1, b"plain");
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_not_awaited() {
    let brief = Limits { header_read: Duration::from_millis(200), ..Limits::default() };
    let secure = Secure::start(Limits { keep_alive_idle: NEVER, ..brief }).await;
    let mut silent = secure.server.connect().await;
    assert!(silent.until_closed().await.is_empty());
    let mut slow = secure.server.connect().await;
    slow.send(b"\x16\x03\x01").await;
    assert!(slow.until_closed().await.is_empty());
    // The handshake alone is no request.
    let mut shy = secure.connect().await;
    let mut rest = Vec::new();
    let _ = soon("the server closes", shy.0.read_to_end(&mut rest)).await;
    assert!(rest.is_empty());
}

#[tokio::test]
async fn handshakes_do_not_keep_a_server_from_stopping() {
    let secure = Secure::start(Limits { header_read: NEVER, ..Limits::default() }).await;
    let mut silent = secure.server.connect().await;
    // It has been accepted by the time the next one is served.
    secure.connect().await.get("/plain").await;
    secure.server.shutdown.cancel();
    assert!(silent.until_closed().await.is_empty());
    soon("the server stops", secure.server.tracker.wait()).await;
}

#[tokio::test]
async fn above_the_limit_a_newcomer_is_closed() {
    let secure = Secure::start(Limits { max_connections: 1, ..Limits::default() }).await;
    let mut first = secure.connect().await;
    first.get("/plain").await;
    let mut second = secure.server.connect().await;
    assert!(second.until_closed().await.is_empty());
    assert_eq!(first.get("/plain").await.1, b"plain");
}

#[tokio::test]
async fn only_a_certificate_with_its_key_is_accepted() {
    let certificate = Certificate::new();
    let files = certificate.files();
    let refused = async || certificate.load().await.unwrap_err().to_string();
    let good = std::fs::read(&files.key).unwrap();

    std::fs::write(&files.key, KeyPair::generate().unwrap().serialize_pem()).unwrap();
    assert!(refused().await.contains("cannot be used"));
    std::fs::write(&files.key, "-----BEGIN PRIVATE KEY-----\nsecret\n").unwrap();
    let error = refused().await;
    assert!(error.ends_with("key.pem: it is not in PEM format") && !error.contains("secret"), "{error}");
    std::fs::write(&files.key, "").unwrap();
    assert!(refused().await.contains("key.pem: there is nothing of the kind in it"));
    std::fs::remove_file(&files.key).unwrap();
    assert!(refused().await.contains("cannot read"));
    std::fs::write(&files.key, &good).unwrap();
    std::fs::write(&files.certificate, &good).unwrap();
    assert!(refused().await.contains("certificate.pem: there is nothing of the kind in it"));
}

#[tokio::test]
async fn an_open_connection_outlives_its_certificate() {
    let mut secure = Secure::start(Limits::default()).await;
    let mut before = secure.connect().await;
    before.get("/plain").await;
    secure.certificate.replace();
    // The server's own task follows the files; this server has none.
    secure.tls.read_again().await;
    assert_eq!(before.get("/plain").await.1, b"plain");
    assert_eq!(secure.connect().await.get("/plain").await.1, b"plain");

    std::fs::write(&secure.certificate.files().key, "rubbish").unwrap();
    secure.tls.read_again().await;
    assert_eq!(secure.connect().await.get("/plain").await.1, b"plain");
}
