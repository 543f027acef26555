//! Receiving by push.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::{Ended, Inbox, Receiver};
use crate::kit::callers::Customer;
use crate::kit::server::Server;
use crate::kit::web_hook::{WebHook, signed_push};

/// The fields of a pushed message (the published samples), but for `isOfflineStatus`, which polls give differently.
const FIELDS: [&str; 12] = [
    "from",
    "channel",
    "to",
    "controlType",
    "mediaType",
    "content",
    "simQuestions",
    "senderNickname",
    "timestamp",
    "sourceType",
    "callId",
    "messageCode",
];

/// What push shows of a message of the poll.
pub fn as_pushed(message: &Value) -> Value {
    FIELDS
        .iter()
        .map(|name| ((*name).to_owned(), message[*name].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A customer's messages as they come to the web hook of the demonstration's channel. Its place is the server's, so it
/// goes on where it stopped, whatever the customer's own clients do.
#[derive(Debug)]
pub struct Pushes {
    /// Where they come to.
    pub hook: Arc<WebHook>,
    user: String,
    taken: usize,
}

impl Pushes {
    /// Has the channel pushed to a new web hook, beginning with what comes from now on.
    pub async fn begin(server: &Server, customer: &Customer) -> Self {
        let hook = Arc::new(WebHook::start().await);
        let push = signed_push(&hook.url());
        server.change_channel(|channel| channel.push = Some(Box::new(push))).await;
        Self { hook, user: customer.user.clone(), taken: 0 }
    }

    fn accepted(&self, hook: &WebHook) -> Vec<Value> {
        hook.accepted().remove(&self.user).unwrap_or_default()
    }
}

#[async_trait]
impl Receiver for Pushes {
    async fn step(&mut self, inbox: &mut Inbox) -> Result<(), Ended> {
        self.hook.wait_a_while(|hook| self.accepted(hook).len() > self.taken).await;
        let accepted = self.accepted(&self.hook);
        inbox.messages.extend_from_slice(&accepted[self.taken..]);
        self.taken = accepted.len();
        Ok(())
    }

    fn cursor(&self) -> Option<&str> {
        None
    }
}
