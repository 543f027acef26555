//! Connections that do nothing.

use std::net::{Ipv4Addr, SocketAddr};

use frontdesk_tests::kit::{Raw, eventually, soon};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::place::Place;

/// How many connections are opened; more for a longer run, as far as `ulimit -n` lets this process.
const SOCKETS: &str = "FRONTDESK_TEST_SOCKETS";

#[expect(clippy::disallowed_methods, reason = "a longer run is asked for by a variable")]
fn sockets() -> u16 {
    std::env::var(SOCKETS).map_or(4_000, |count| count.parse().expect("a number of sockets"))
}

/// Opens connections from several addresses of this machine, so that no limit of one address is in the way, nor that an
/// address has only so many ports.
async fn open(to: &str, count: u16) -> Vec<TcpStream> {
    let to: SocketAddr = to.parse().unwrap();
    let mut open = Vec::new();
    for number in 0..count {
        let socket =
            TcpSocket::new_v4().unwrap_or_else(|error| panic!("connection {number} of {count}: {error}"));
        let from = Ipv4Addr::new(127, 0, 0, 2 + u8::try_from(number / 4_000).unwrap());
        socket.bind((from, 0).into()).unwrap();
        let connected = socket.connect(to).await;
        open.push(connected.unwrap_or_else(|error| panic!("connection {number} of {count}: {error}")));
    }
    open
}

/// Asks for something on each connection; gives how many were answered.
async fn ask_on(connections: &mut [TcpStream]) -> usize {
    let mut answered = 0;
    for connection in connections {
        connection.write_all(b"GET /api/v1/nothing HTTP/1.1\r\nhost: here\r\n\r\n").await.unwrap();
        let mut text = Vec::new();
        while !is_whole(&text) {
            let count = soon("an answer", connection.read_buf(&mut text)).await.unwrap();
            assert!(
                count > 0,
                "it ended after {answered} others were answered: {:?}",
                String::from_utf8(text)
            );
        }
        answered += usize::from(text.starts_with(b"HTTP/1.1 404 "));
    }
    answered
}

/// Whether the JSON of a refusal has come to its end.
fn is_whole(answer: &[u8]) -> bool {
    let begins = answer.windows(4).any(|window| window == b"\r\n\r\n");
    begins && answer.ends_with(b"}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_connections_cost_little_and_stop_nobody() {
    let place = Place::unlimited();
    let customer = place.customer("ann").await;
    customer.sends("CONNECT", "").await;
    let before = place.most_memory();
    let mut idle = open(place.anybody.authority(), sockets()).await;
    // Who has asked for something may be silent for longer than who has not.
    assert_eq!(ask_on(&mut idle).await, idle.len());
    customer.http.without_reuse().get("/apiaccess/ccmessaging/poll?wait=0").await;
    customer.sends("CHAT", "hello").await;
    let most = place.most_memory();
    println!("{} idle connections: {before} MiB before, {most} MiB with them", idle.len());
    // A connection costs less than 32 KiB.
    assert!((most - before) * 32 < idle.len() as u64, "{before} MiB before, {most} MiB at most");
    // None was closed to make room for others.
    assert_eq!(ask_on(&mut idle).await, idle.len());
    drop(idle);
    place.ends_well();
}

/// The system gives a process only so many open files. Connections must not take those that the store needs, and
/// whoever comes too late is told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_leave_files_for_the_rest() {
    const FILES: &str = "--nofile=700:700";
    let place = Place::start(|server| server.started_by("/usr/bin/prlimit", [FILES]));
    let customer = place.customer("ann").await;
    customer.sends("CONNECT", "").await;
    let mut late = 0;
    let idle = open(place.anybody.authority(), 900).await;
    for one in &idle {
        late += usize::from(is_refused(one).await);
    }
    assert!((200..800).contains(&late), "{late} of {} were refused", idle.len());
    // By the connection that is there already: what is stored and read needs files.
    for _ in 0..20 {
        customer.sends("CHAT", "hello").await;
    }
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";
    let upload = serde_json::json!({ "fileType": "png", "fileStream": png, "channel": "WEB" });
    let stored = customer.http.post("/apiaccess/ccmessaging/uploadFileStream", upload).await;
    assert_eq!(stored.code(), "0", "{}", stored.text);
    drop(idle);
    eventually("a place", async || {
        let mut raw = Raw::connect(&place.anybody).await;
        raw.request(&place.anybody, "GET", "/api/v1/nothing").await;
        raw.answer().await.starts_with("HTTP/1.1 404 ").then_some(())
    })
    .await;
    place.ends_well();
}

/// Whether a connection that has said nothing is told to come again.
async fn is_refused(connection: &TcpStream) -> bool {
    let mut bytes = [0; 512];
    // Whoever is let in hears nothing; whoever is not hears it at once.
    let told = tokio::time::timeout(std::time::Duration::from_millis(20), connection.peek(&mut bytes)).await;
    let Ok(Ok(count)) = told else { return false };
    let told = String::from_utf8_lossy(&bytes[..count]).to_lowercase();
    assert!(told.is_empty() || told.starts_with("http/1.1 503 ") && told.contains("retry-after"), "{told}");
    true
}
