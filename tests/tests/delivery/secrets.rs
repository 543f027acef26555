//! Credentials never stand in a log line, wherever the client put them.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use frontdesk_tests::kit::receivers::{EventStream, Inbox, Socket, Wish, receive_until};
use frontdesk_tests::kit::{POLL, Server};
use tracing_subscriber::fmt::MakeWriter;

/// Everything that is logged on this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The server runs on the test's own thread, so its lines are this thread's lines.
#[tokio::test]
async fn credentials_are_never_logged() {
    let lines = Lines::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone()).finish();
    let _on_this_thread = tracing::subscriber::set_default(subscriber);
    tracing::info!("logging works");

    let mut server = Server::start().await;
    let customer = server.customer("ann").await;
    customer.send("CONNECT", "").await;
    let http = &customer.http;
    let access = http.header("authorization").unwrap().trim_start_matches("Bearer ").to_owned();
    let token = http.header("ccmessaging-token").unwrap().to_owned();
    let query = format!("?appKey=demo-app&accessToken={access}&ccmessagingToken={token}");

    let anybody = server.anybody();
    let stream = format!("/apiaccess/ccmessaging/stream{query}");
    drop(anybody.request(reqwest::Method::GET, &stream).send().await.unwrap());
    let mut socket = Socket::connect(Socket::request(&server.url, &query)).await.unwrap();
    socket.resume(&Wish::default()).await.unwrap();
    receive_until(&mut socket, &mut Inbox::default(), "the welcome", |inbox| !inbox.messages.is_empty())
        .await;
    let _open = EventStream::open(&customer, &Wish::default()).await.unwrap();
    // What goes wrong says more: a refused cursor, refused credentials, a store that fails, a route that is not there.
    anybody.get(&format!("{stream}&cursor=nonsense")).await;
    anybody.get(&format!("{stream}x")).await;
    anybody.get(&format!("{POLL}{query}")).await;
    anybody.get(&format!("/nowhere{query}")).await;
    server.store.fail("read", 1);
    anybody.get(&format!("{stream}&cursor=earliest&deviceId=x")).await;
    server.stop().await;

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("logging works"), "nothing is captured");
    assert!(text.lines().count() > 1, "the server logged nothing: {text}");
    for secret in [&access, &token, "demo-secret"] {
        // The client is on this thread too; what it says of itself is not the server's.
        let leak = text.lines().find(|line| line.contains(secret) && line.contains("frontdesk"));
        assert_eq!(leak, None);
    }
}
