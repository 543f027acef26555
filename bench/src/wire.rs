//! Connections, with as little as possible between the generator and the server.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Longer than any poll is held.
const PATIENCE: Duration = Duration::from_secs(70);

/// A server's address: `http://host:port`. There is no TLS; what that costs would not be the server's.
#[derive(Clone, Debug)]
pub(crate) struct Address(String);

impl FromStr for Address {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let uri: Uri = text.parse()?;
        let authority = uri.authority().context("it names no host")?;
        if uri.scheme_str() != Some("http") || uri.path() != "/" {
            bail!("it must be like http://127.0.0.1:8080");
        }
        let port = uri.port_u16().unwrap_or(80);
        Ok(Self(format!("{}:{port}", authority.host())))
    }
}

impl Address {
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0)
    }
}

/// One connection, on which one request follows the other.
pub(crate) struct Wire {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
    _driver: JoinSet<()>,
}

impl Wire {
    pub(crate) async fn connect(address: &Address) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(&address.0).await.with_context(|| address.url())?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // If it breaks, the request that is under way fails.
            let _ = connection.await;
        });
        Ok(Self { sender, host: HeaderValue::from_str(&address.0)?, _driver: driver })
    }

    /// Sends a request and reads the answer, which must be a success.
    pub(crate) async fn ask(&mut self, mut request: Request<Full<Bytes>>) -> anyhow::Result<Response<Bytes>> {
        request.headers_mut().insert(header::HOST, self.host.clone());
        let asked = format!("{} {}", request.method(), request.uri().path());
        let answer = async {
            let (head, body) = self.sender.send_request(request).await?.into_parts();
            anyhow::Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
        };
        let answer = timeout(PATIENCE, answer).await.with_context(|| format!("{asked}: no answer"))?;
        let answer = answer.with_context(|| asked.clone())?;
        if !answer.status().is_success() {
            bail!("{asked}: {} {}", answer.status(), String::from_utf8_lossy(answer.body()));
        }
        Ok(answer)
    }
}
