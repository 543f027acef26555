//! A code that was given out names one message for ever, also after the store was put back to an earlier state.

use std::path::Path;

use frontdesk_store::{MovedAside, restore};
use frontdesk_tests::kit::{Agent, Customer, SeededRandom, Server, ServerOptions, WebHook, signed_push};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{BY, quiet};

/// A customer and an agent in a conversation, wherever the server is at the moment.
struct Talk {
    server: Server,
    agent: Agent,
    customer: Customer,
    conversation: String,
}

/// What is known of something that was said.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    code: String,
    seq: u64,
}

impl Talk {
    async fn begin() -> Self {
        let server = Server::start().await;
        let agent = server.online("101").await;
        let customer = server.customer("ann").await;
        customer.sends("CONNECT", "").await;
        customer.sends("TRANS2AGENT", "").await;
        let conversation = agent.only_conversation().await;
        Self { server, agent, customer, conversation }
    }

    async fn backup(&self, folder: &TempDir) -> std::path::PathBuf {
        let path = folder.path().join("one");
        self.server.parts.store.backup(&path, quiet()).await.unwrap();
        path
    }

    /// The conversation as it goes on with what was restored from a backup.
    async fn restored(&self, backup: &Path, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        restore(backup, folder.path(), MovedAside::Nothing, &SeededRandom::new(seed), BY).unwrap();
        let options = ServerOptions { seed, ..ServerOptions::default() };
        let server = Server::start_on(folder, options).await;
        self.at(server)
    }

    /// The same callers at another server.
    fn at(&self, server: Server) -> Self {
        let agent = Agent { http: self.agent.http.at(&server.url) };
        let customer = self.customer.at(&server.url);
        Self { server, agent, customer, conversation: self.conversation.clone() }
    }

    async fn say(&self, text: &str) -> Said {
        let answer = self.agent.say(&self.conversation, text).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let code = answer.json["id"].as_str().unwrap().to_owned();
        Said { code, seq: answer.json["seq"].as_u64().unwrap() }
    }

    async fn recall(&self, said: &Said) -> u16 {
        let answer =
            self.agent.act(&self.conversation, &format!("messages/{}/recall", said.code), json!({})).await;
        answer.status.as_u16()
    }

    /// Everything that the customer can still be told, and the codes of what was taken back.
    async fn told(&self) -> (Vec<(String, String)>, Vec<String>) {
        let path = "/apiaccess/ccmessaging/poll?wait=0&limit=100&deviceId=all&cursor=earliest&events=session";
        let answer = self.customer.http.get(path).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |name: &str| answer.json[name].as_array().unwrap().clone();
        let messages = list("downlinkMessages");
        let messages =
            messages.iter().map(|message| (text(&message["messageCode"]), text(&message["content"])));
        let events = list("events");
        let recalled = events.iter().filter(|event| event["data"]["state"] == "recalled");
        (messages.collect(), recalled.map(|event| text(&event["data"]["messageCode"])).collect())
    }

    async fn content_of(&self, said: &Said) -> Option<String> {
        let (messages, _) = self.told().await;
        messages.into_iter().find(|(code, _)| *code == said.code).map(|(_, content)| content)
    }
}

#[tokio::test]
async fn a_code_of_before_a_restore_never_names_another_message() {
    let talk = Talk::begin().await;
    let kept = talk.say("kept").await;
    let backups = tempfile::tempdir().unwrap();
    let backup = talk.backup(&backups).await;
    let mut lost = vec![talk.say("said at first").await];

    for (seed, text) in [(5, "said after one restore"), (6, "said after another of the same backup")] {
        let later = talk.restored(&backup, seed).await;
        assert_eq!(later.content_of(&kept).await.as_deref(), Some("kept"), "what is kept keeps its code");
        let new = later.say(text).await;
        for before in &lost {
            assert_eq!(new.seq, before.seq, "the number is given out again");
            assert_ne!(new.code, before.code, "the code is not");
            assert_eq!(later.content_of(before).await, None);
            assert_eq!(later.recall(before).await, 404, "it names nothing");
        }
        assert_eq!(later.content_of(&new).await.as_deref(), Some(text));
        lost.push(new);
    }
}

#[tokio::test]
async fn codes_stay_the_same_over_restarts() {
    let talk = Talk::begin().await;
    let before = talk.say("before").await;
    let backups = tempfile::tempdir().unwrap();
    let backup = talk.backup(&backups).await;
    let talk = talk.restored(&backup, 5).await;
    let after = talk.say("after").await;
    let Talk { server, agent, customer, conversation } = talk;
    let server = server.restart().await;
    let agent = Agent { http: agent.http.at(&server.url) };
    let customer = customer.at(&server.url);
    let talk = Talk { server, agent, customer, conversation };
    assert_eq!(talk.content_of(&before).await.as_deref(), Some("before"));
    assert_eq!(talk.content_of(&after).await.as_deref(), Some("after"));
    assert_eq!(talk.recall(&after).await, 204);
}

#[tokio::test]
async fn messages_of_before_and_after_are_recalled_by_their_codes() {
    let talk = Talk::begin().await;
    let before = talk.say("before").await;
    let backups = tempfile::tempdir().unwrap();
    let backup = talk.backup(&backups).await;
    let talk = talk.restored(&backup, 5).await;
    let after = talk.say("after").await;
    for said in [&before, &after] {
        assert_eq!(talk.recall(said).await, 204);
        assert_eq!(talk.content_of(said).await, None);
    }
    assert_eq!(talk.told().await.1, [before.code, after.code]);
}

/// Receivers drop what has a `webhook-id` that they know.
#[tokio::test]
async fn what_is_pushed_after_a_restore_has_other_ids() {
    let hook = WebHook::start().await;
    let talk = Talk::begin().await;
    let mut push = signed_push(&hook.url());
    push.webhook_secrets =
        vec![frontdesk_core::secret::KeptSecret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned())];
    talk.server.change_channel(|channel| channel.push = Some(Box::new(push))).await;
    let backups = tempfile::tempdir().unwrap();
    let backup = talk.backup(&backups).await;
    talk.say("lost").await;
    hook.wait("what is lost later", |hook| hook.codes("ann").len() == 1).await;
    let talk = talk.restored(&backup, 5).await;
    talk.say("new").await;
    hook.wait("what is new", |hook| hook.codes("ann").len() == 2).await;
    let calls = hook.calls();
    assert_ne!(calls[0].header("webhook-id"), calls[1].header("webhook-id"));
    assert_ne!(calls[0].messages()[0]["messageCode"], calls[1].messages()[0]["messageCode"]);
}
