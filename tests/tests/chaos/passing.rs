//! Customers who are there for what servers do by themselves: pushing, and ending what nobody goes on with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use frontdesk_tests::kit::{Customer, Dice, PUSH_KEY, Reply, WebHook};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::client::{Ask, Client};
use super::cluster::PATIENCE;
use super::customers::{log_of, text};

/// A channel whose messages are pushed.
pub(super) const PUSHED: &str = "pushed";
/// A channel whose conversations end as soon as the customer is silent for [`BRIEF_FOR`].
pub(super) const BRIEF: &str = "brief";
const BRIEF_FOR: Duration = Duration::from_secs(2);

/// What a company's own server was told.
pub(super) struct Pushes {
    hook: WebHook,
    told: Arc<Told>,
}

#[derive(Default)]
struct Told {
    /// The codes of the messages for each customer, in the order in which they first came.
    codes: Mutex<HashMap<String, Vec<String>>>,
    news: Notify,
}

impl Told {
    fn count(&self, user: &str) -> usize {
        self.codes.lock().unwrap().get(user).map_or(0, Vec::len)
    }

    /// Waits until more messages came for a customer.
    async fn more_than(&self, user: &str, count: usize) {
        loop {
            let news = self.news.notified();
            if self.count(user) > count {
                return;
            }
            // Whatever comes between the look and the wait is seen at the next look.
            let _ = tokio::time::timeout(Duration::from_millis(20), news).await;
        }
    }
}

impl Pushes {
    pub(super) async fn start() -> Self {
        let hook = WebHook::start().await;
        let told = Arc::<Told>::default();
        let noting = Arc::clone(&told);
        hook.answers(move |call| {
            let user = call.user();
            let mut codes = noting.codes.lock().unwrap();
            let codes = codes.entry(user).or_default();
            for message in call.messages() {
                let code = text(&message["messageCode"]);
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
            noting.news.notify_waiters();
            Reply::ok()
        });
        Self { hook, told }
    }

    /// The channels of these customers, as they are configured: names and values.
    pub(super) fn channels(&self) -> [(&'static str, Value); 2] {
        let push = json!({
            "base_url": self.hook.url(),
            "verification": { "signature": { "push_key": PUSH_KEY } },
            "allow_private": true,
        });
        [
            (PUSHED, json!({ "name": "Pushed", "robot": "shop-robot", "push": push })),
            (
                BRIEF,
                json!({
                    "name": "Brief", "robot": "shop-robot",
                    "patience": { "robot_inactivity": BRIEF_FOR.as_secs() },
                }),
            ),
        ]
    }

    /// A customer who asks, waits until the answer is pushed, and asks again.
    pub(super) fn ask_and_wait(
        &self,
        client: Client,
        customer: Customer,
        dice: Dice,
        stop: CancellationToken,
    ) -> impl Future<Output = ()> + Send + use<> {
        let told = Arc::clone(&self.told);
        let mut asking = Asking { client, customer, count: 0 };
        async move {
            asking.send("CONNECT", "", PUSHED).await;
            while !stop.is_cancelled() {
                let user = asking.customer.user.clone();
                let (before, begun) = (told.count(&user), Instant::now());
                asking.send("CHAT", "How long does delivery take?", PUSHED).await;
                let pushed = tokio::time::timeout(2 * PATIENCE, told.more_than(&user, before)).await;
                if pushed.is_err() {
                    asking.client.ledger.complain(format!("{user}: an answer was never pushed"));
                    return;
                }
                asking.client.watch.waited("a robot's answer, pushed", begun);
                asking.client.watch.served(&format!("push to {user}"), begun);
                dice.pause(100, 400).await;
            }
        }
    }

    /// Everything that a customer was told was pushed, in its order.
    pub(super) async fn check(&self, client: &mut Client, user: &str) -> Vec<String> {
        let log = log_of(client, user, PUSHED).await;
        let log: Vec<String> =
            log.into_iter().filter(|logged| logged.source != "USER").map(|logged| logged.code).collect();
        let _ = tokio::time::timeout(PATIENCE, self.told.more_than(user, log.len().saturating_sub(1))).await;
        let mut pushed = self.told.codes.lock().unwrap().get(user).cloned().unwrap_or_default();
        pushed.retain(|code| log.contains(code));
        if pushed == log {
            return Vec::new();
        }
        vec![format!(
            "{user}: {} messages in the log, {} pushed, or in another order",
            log.len(),
            pushed.len()
        )]
    }
}

struct Asking {
    client: Client,
    customer: Customer,
    count: u32,
}

impl Asking {
    async fn send(&mut self, control: &str, content: &str, channel: &str) {
        self.count += 1;
        let mut body = self.customer.message(control, content);
        body["to"] = json!(channel);
        body["messageId"] = json!(format!("{}-{}", self.customer.user, self.count));
        let answer = self.client.ask(Ask::post("/apiaccess/ccmessaging/send", &body)).await;
        if answer.code() != "0" {
            self.client.ledger.protest(control, &answer);
        }
    }
}

/// A customer who begins a conversation, says nothing until it ends for that, and begins another.
pub(super) async fn fall_silent(client: Client, customer: Customer, stop: CancellationToken) {
    let user = customer.user.clone();
    let mut asking = Asking { client, customer, count: 0 };
    let mut cursor = String::new();
    while !stop.is_cancelled() {
        let begun = Instant::now();
        asking.send("CONNECT", "", BRIEF).await;
        let due = Instant::now() + BRIEF_FOR;
        let mut has_ended = false;
        while !has_ended {
            let path = format!("/apiaccess/ccmessaging/poll?cursor={cursor}&wait=5&events=session");
            let answer = asking.client.ask(Ask::get(&path).held(Duration::from_secs(5))).await;
            answer.json["nextCursor"].as_str().unwrap_or_default().clone_into(&mut cursor);
            let events = answer.json["events"].as_array().cloned().unwrap_or_default();
            has_ended = events.iter().any(|event| event["data"]["state"] == "ended");
            if begun.elapsed() > 2 * PATIENCE {
                asking.client.ledger.complain(format!("{user}: the conversation never ended"));
                return;
            }
        }
        asking.client.watch.waited("an end when time is up", due);
        asking.client.watch.served(&format!("timer of {user}"), due);
    }
}
