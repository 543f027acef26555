//! The cost suite: how many allocations a request makes, in the whole process and until everything that follows from it
//! is done, beside the figures that were accepted last. Unlike times, counts are the same on every machine.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::alloc::System;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use frontdesk_tests::kit::{Http, POLL, Server, eventually};
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Requests that are counted together. Few, so that on a busy machine too there are rounds that are over before the
/// background readers, which follow what was sent twice a second, look again.
const ROUND: usize = 20;
/// Rounds; the least counts, as what else goes on in the process can only add.
const ROUNDS: usize = 50;
/// How far a count may be from its figure, as a share and as a number.
const MARGIN: (f64, f64) = (0.10, 2.0);

/// Allocations for one request of each kind. Whoever makes one cheaper writes the new figure down; whoever makes one dearer
/// says why in the commit.
const FIGURES: [(&str, f64); 6] = [
    ("classic poll, nothing there", 15.0),
    ("acknowledged poll, nothing there", 31.0),
    ("acknowledged poll, one message", 60.0),
    ("durable send to an agent", 53.0),
    ("agents' feed, nothing there", 95.0),
    ("agents' feed, one event", 107.0),
];

/// A client that allocates nothing.
struct Client {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Client {
    fn connect(http: &Http) -> Self {
        let stream = TcpStream::connect(http.authority()).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, answer: vec![0; 1 << 20] }
    }

    /// Sends a request and reads its answer, which must be a success.
    fn ask(&mut self, request: &[u8]) -> &[u8] {
        self.stream.write_all(request).unwrap();
        let mut read = 0;
        loop {
            let count = self.stream.read(&mut self.answer[read..]).unwrap();
            assert!(count > 0, "the connection is closed");
            read += count;
            if let Some(end) = end_of_answer(&self.answer[..read]) {
                assert!(
                    self.answer.starts_with(b"HTTP/1.1 200 "),
                    "{:?}",
                    std::str::from_utf8(&self.answer[..read])
                );
                return &self.answer[..end];
            }
        }
    }

    /// Allocations for one such request.
    fn cost(&mut self, request: &[u8]) -> f64 {
        let mut round = || {
            let region = Region::new(ALLOCATOR);
            for _ in 0..ROUND {
                self.ask(request);
            }
            #[expect(clippy::cast_precision_loss, reason = "a count of a few thousand")]
            let each = region.change().allocations as f64 / ROUND as f64;
            each
        };
        // What is remembered for the next time is not part of the cost.
        round();
        (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
    }
}

/// Where an answer ends, if all of it is there.
fn end_of_answer(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let lines = std::str::from_utf8(&bytes[..head]).unwrap().split("\r\n");
    let mut lengths = lines.filter_map(|line| line.split_once(':'));
    let (_, length) = lengths.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    let end = head + length.trim().parse::<usize>().unwrap();
    (bytes.len() >= end).then_some(end)
}

fn get(http: &Http, path: &str) -> Vec<u8> {
    format!("{}\r\n", http.head("GET", path)).into_bytes()
}

fn post(http: &Http, path: &str, body: &Value) -> Vec<u8> {
    let (head, body) = (http.head("POST", path), body.to_string());
    format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_cost_what_they_are_known_to_cost() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = server.customer("ann").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    eventually("the agent has the conversation", async || (agent.held().await.len() == 1).then_some(()))
        .await;
    let conversation = agent.only_conversation().await;
    customer.drain().await;
    let at = customer.polled("wait=0&cursor=latest").await.json["nextCursor"].as_str().unwrap().to_owned();
    let nothing = format!("{POLL}?wait=0&cursor={at}");
    let feed = agent.feed("", 0).await.json["cursor"].as_str().unwrap().to_owned();
    let feed = format!("/api/v1/agent/feed?cursor={feed}&wait=0");

    let of_customer = |path: &str| get(&customer.http, path);
    let empty = [of_customer(&format!("{POLL}?wait=0")), of_customer(&nothing), get(&agent.http, &feed)];
    let mut counted = measure(&customer.http, &empty).await;
    agent.say(&conversation, &"Where is it? ".repeat(20)).await;
    eventually("the message is there", async || {
        (customer.polled(&nothing[POLL.len() + 1..]).await.messages().len() == 1).then_some(())
    })
    .await;
    let full = [of_customer(&nothing), get(&agent.http, &feed)];
    let filled = measure(&customer.http, &full).await;
    let message = customer.message("CHAT", &"My parcel is lost. ".repeat(15));
    let sent =
        measure(&customer.http, &[post(&customer.http, "/apiaccess/ccmessaging/send", &message)]).await;
    let feed_of_nothing = counted.pop().unwrap();
    let counted = [counted[0], counted[1], filled[0], sent[0], feed_of_nothing, filled[1]];

    let mut differ = Vec::new();
    for ((name, figure), count) in FIGURES.into_iter().zip(counted) {
        println!("{name}: {count:.1} allocations; accepted are {figure:.1}");
        if (count - figure).abs() > figure * MARGIN.0 + MARGIN.1 {
            differ.push(format!("{name}: {count:.1} instead of {figure:.1}"));
        }
    }
    assert!(differ.is_empty(), "the cost has changed: {differ:#?}");
}

/// The cost of each request, measured by a thread that does nothing else.
async fn measure(http: &Http, requests: &[Vec<u8>]) -> Vec<f64> {
    let (http, requests) = (http.clone(), requests.to_vec());
    let work = move || {
        let mut client = Client::connect(&http);
        requests.iter().map(|request| client.cost(request)).collect()
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}
