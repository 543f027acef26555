//! A connection below HTTP, for clients that do what HTTP libraries do not.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::callers::Http;
use super::wait::soon;

/// A connection on which a test writes and reads bytes.
#[derive(Debug)]
pub struct Raw(TcpStream);

impl Raw {
    /// Connects.
    pub async fn connect(http: &Http) -> Self {
        Self(TcpStream::connect(http.authority()).await.expect("a connection"))
    }

    /// Connects with so small a window that a large answer cannot leave the server unless it is read.
    pub async fn connect_narrow(http: &Http) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(1024).expect("a small buffer");
        let address = http.authority().parse().expect("an address");
        Self(socket.connect(address).await.expect("a connection"))
    }

    /// Sends a request without a body, with the caller's credentials.
    pub async fn request(&mut self, http: &Http, method: &str, path: &str) {
        let head = http.head(method, path);
        self.write(format!("{head}\r\n").as_bytes()).await;
    }

    /// Sends bytes.
    pub async fn write(&mut self, bytes: &[u8]) {
        soon("writing", self.0.write_all(bytes)).await.expect("written");
    }

    /// Sends bytes to a server that may not want them.
    ///
    /// # Errors
    /// The server has ended the connection.
    pub async fn try_write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        soon("writing", self.0.write_all(bytes)).await
    }

    /// Waits until something has come, and leaves it there.
    pub async fn wait_for_answer(&mut self) {
        soon("an answer", self.0.peek(&mut [0])).await.expect("something to read");
    }

    /// Reads until the server closes, or until the head and the declared body are there.
    pub async fn answer(&mut self) -> String {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        loop {
            let count = soon("an answer", self.0.read(&mut piece)).await.expect("something to read");
            bytes.extend_from_slice(&piece[..count]);
            if count == 0 || is_whole(&bytes) {
                return String::from_utf8(bytes).expect("text");
            }
        }
    }

    /// Says that nothing more will be sent, and reads what the server has to say to that.
    pub async fn finish(mut self) -> String {
        self.0.shutdown().await.expect("the end of what is sent");
        self.answer().await
    }

    /// Ends the connection the hard way: whatever the peer sends next is refused, and what it sent is lost.
    pub fn reset(self) {
        self.0.set_zero_linger().expect("linger");
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    length.is_some_and(|length: usize| body.len() >= length)
}
