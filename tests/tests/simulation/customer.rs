//! Customers: what they send, and what their clients go by.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::log::LogId;
use http::Method;
use serde_json::json;

use super::network::{Answer, Asked, Client, Network};
use super::setting;
use super::streams::Stream;
use super::world::World;

/// What a customer sends, with how often of a hundred times.
const MANNERS: [(&str, u64); 6] =
    [("CHAT", 45), ("CONNECT", 62), ("TRANS2AGENT", 82), ("DISCONNECT", 90), ("INPUT", 95), ("READ", 100)];
/// How often a request is repeated that was not answered.
const ATTEMPTS: u32 = 4;

/// Lives until the simulation ends.
pub(crate) async fn live(world: Arc<World>, number: usize, log: LogId) {
    let wishes = world.stream(&format!("customer {number}"));
    let network = Arc::new(Network::of(&world, &format!("customer {number}")));
    let pace = wishes.between(300, 4_000);
    for message in 0_u64.. {
        tokio::time::sleep(wishes.millis(50, pace)).await;
        // Now and then somebody thinks for long, so that silence is noticed.
        let (thinks, for_long) = (wishes.chance(8), wishes.millis(20_000, 60_000));
        if thinks {
            tokio::time::sleep(for_long).await;
        }
        while world.is_quiet() {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        if world.is_deserted() {
            return;
        }
        let sent = Sent::new(number, message, &wishes);
        send(&world, &network, &wishes, (log, &sent)).await;
    }
}

/// Something that a customer sends.
struct Sent {
    control: &'static str,
    /// What is said, which nobody says a second time.
    text: String,
    asked: Asked,
}

impl Sent {
    fn new(number: usize, message: u64, wishes: &Stream) -> Self {
        let dice = wishes.between(0, 100);
        let (control, _) = MANNERS.into_iter().find(|(_, below)| dice < *below).unwrap();
        let customer = setting::customer(number);
        let text = format!("word {message} of {}", customer.user);
        let body = json!({
            "from": customer.user, "to": customer.channel, "channel": "WEB", "sourceType": "CUSTOMER",
            "controlType": control, "mediaType": "TEXT", "content": text, "messageId": format!("m{message}"),
        });
        let path = "/apiaccess/ccmessaging/send".to_owned();
        let asked = Asked { method: Method::POST, path, body: Some(body), by: Client::Customer(number) };
        Self { control, text, asked }
    }
}

/// Sends it, and again under the same id if there is no answer.
async fn send(world: &Arc<World>, network: &Network, wishes: &Stream, (log, sent): (LogId, &Sent)) {
    for attempt in 1..=ATTEMPTS {
        let (node, pause, gives_up) = (world.some_node(wishes), wishes.millis(50, 2_500), wishes.chance(150));
        let Some(node) = node else {
            tokio::time::sleep(pause).await;
            continue;
        };
        let answer = network.ask(&node, &sent.asked, noted(world, log, sent)).await;
        match answer {
            Some(answer) if answer.status.is_success() => return,
            Some(answer) if !answer.status.is_server_error() => {
                return world.fail(format!("{} is refused: {answer:?}", sent.text));
            }
            _ if gives_up || attempt == ATTEMPTS => return,
            _ => tokio::time::sleep(pause).await,
        }
    }
}

/// Notes what the customer was told is taken.
fn noted(world: &Arc<World>, log: LogId, sent: &Sent) -> impl Fn(&Answer) + Clone + Send + 'static {
    let (world, text, is_word) = (Arc::clone(world), sent.text.clone(), sent.control == "CHAT");
    move |answer| {
        if is_word && answer.status.is_success() && answer.json["resultCode"] == "0" {
            world.step("answer", format_args!("\"{text}\" is taken"));
            world.check(world.model().acknowledged(log, &text));
        }
    }
}
