//! The agent's half of a conversation.

use reqwest::Method;
use serde_json::{Value, json};

use super::customer::{Customer, is_from};
use super::report::{Check, Group};
use super::stage::Stage;
use super::target::AgentAccount;
use super::verdict::{Mismatch, Verdict, holds, same};
use super::wire::{Answer, call};

const CONVERSATIONS: &str = "/api/v1/agent/conversations";
const NO_AGENT: &str = "no agent's account was given";

const LOGIN: &str = "an agent signs in";
const TRANSFER: &str = "TRANS2AGENT gives Connected Agent";
const TWICE: &str = "a second TRANS2AGENT says that an agent is there";
const ROUND: &str = "customer and agent hear one another";
const READ: &str = "READ comes to who asks for it, and to nobody else";
const END: &str = "the agent's end gives DISCONNECT";
const LEAVE: &str = "the customer leaves the agent";
const RATE: &str = "a conversation with an agent can be rated";

pub(super) async fn run(stage: &Stage, mut group: Group) -> Vec<Check> {
    let Some(account) = &stage.target.agent else {
        for name in [LOGIN, TRANSFER, TWICE, ROUND, READ, END, LEAVE, RATE] {
            group.skip(name, NO_AGENT);
        }
        return group.done();
    };
    group.check(LOGIN, login(stage, account)).await;
    group.check(TRANSFER, at_a_desk(stage, account, transfer)).await;
    group.check(TWICE, at_a_desk(stage, account, twice)).await;
    group.check(ROUND, at_a_desk(stage, account, round)).await;
    group.check(READ, at_a_desk(stage, account, read)).await;
    group.check(END, at_a_desk(stage, account, end)).await;
    group.check(LEAVE, at_a_desk(stage, account, leave)).await;
    group.check(RATE, at_a_desk(stage, account, rate)).await;
    group.done()
}

/// Runs a check with an agent who is there for it, and not after it.
async fn at_a_desk(
    stage: &Stage,
    account: &AgentAccount,
    check: impl AsyncFnOnce(&Desk<'_>) -> Verdict,
) -> Verdict {
    let desk = Desk::open(stage, account).await?;
    let verdict = check(&desk).await;
    let closed = desk.close().await;
    verdict.and(closed)
}

/// A signed-in agent who wants conversations.
struct Desk<'a> {
    stage: &'a Stage,
    bearer: String,
}

impl<'a> Desk<'a> {
    async fn open(stage: &'a Stage, account: &AgentAccount) -> Result<Self, Mismatch> {
        let password = account.password.expose();
        let body = json!({ "tenant": account.tenant, "agentId": account.id, "password": password });
        let answer = call(stage.wire.request(Method::POST, "/api/v1/agent/login").json(&body)).await?;
        let token = answer.json["token"].as_str();
        let token = token.ok_or_else(|| Mismatch::new(answer.status, "200 with a token"))?;
        let desk = Self { stage, bearer: format!("Bearer {token}") };
        let status = json!({ "status": "online" });
        desk.does(Method::PUT, "/api/v1/agent/status", &status).await?;
        Ok(desk)
    }

    /// Does something that must succeed.
    async fn does(&self, method: Method, path: &str, body: &Value) -> Result<Answer, Mismatch> {
        let request = self.stage.wire.request(method, path).header("authorization", &self.bearer);
        let answer = call(request.json(body)).await?;
        holds((200..300).contains(&answer.status), answer.shown(), "a success")?;
        Ok(answer)
    }

    /// Does something in a conversation.
    async fn acts(&self, conversation: &str, what: &str, body: &Value) -> Result<Answer, Mismatch> {
        self.does(Method::POST, &format!("{CONVERSATIONS}/{conversation}/{what}"), body).await
    }

    async fn says(&self, conversation: &str, text: &str) -> Result<Answer, Mismatch> {
        self.acts(conversation, "messages", &json!({ "mediaType": "TEXT", "content": text })).await
    }

    /// The conversation that the agent holds with a customer.
    async fn conversation_with(&self, customer: &Customer<'_>) -> Result<String, Mismatch> {
        let request = self.stage.wire.request(Method::GET, CONVERSATIONS);
        let answer = call(request.header("authorization", &self.bearer)).await?;
        let mut held = answer.json["conversations"].as_array().into_iter().flatten();
        let ours = held.find(|conversation| conversation["customer"]["userId"] == *customer.user);
        let id = ours.and_then(|conversation| conversation["id"].as_str());
        id.map(str::to_owned).ok_or_else(|| Mismatch::new(answer.shown(), "the customer's conversation"))
    }

    /// Lets a check have a customer who talks to this agent, and their conversation; leaves nothing open.
    async fn serve(&self, check: impl AsyncFnOnce(&Customer<'_>, &str) -> Verdict) -> Verdict {
        let customer = self.stage.customer().await?;
        let verdict = async {
            customer.sends("CONNECT", "").await?;
            customer.sends("TRANS2AGENT", "").await?;
            customer.receive("Connected Agent", is_connected).await?;
            let conversation = self.conversation_with(&customer).await?;
            check(&customer, &conversation).await
        };
        let verdict = verdict.await;
        // A conversation that has ended cannot be left; what counts is that it is not open.
        let _left = customer.send("DISCONNECT", "").await;
        verdict
    }

    /// Wants no more conversations and signs out.
    async fn close(self) -> Verdict {
        let status = json!({ "status": "offline" });
        self.does(Method::PUT, "/api/v1/agent/status", &status).await?;
        self.does(Method::POST, "/api/v1/agent/logout", &json!({})).await.map(drop)
    }

    async fn ends(&self, conversation: &str) -> Verdict {
        self.acts(conversation, "end", &json!({})).await.map(drop)
    }
}

fn is_connected(message: &Value) -> bool {
    is_from(message, "SYSTEM") && message["content"] == "Connected Agent"
}

/// The guide for agents: a wrong password is 401, the right one gives a token.
async fn login(stage: &Stage, account: &AgentAccount) -> Verdict {
    let body = json!({ "tenant": account.tenant, "agentId": account.id, "password": "wrong" });
    let answer = call(stage.wire.request(Method::POST, "/api/v1/agent/login").json(&body)).await?;
    answer.has_status(401)?;
    Desk::open(stage, account).await?.close().await
}

/// The last entry of the page's example (`cec_07_0108`).
async fn transfer(desk: &Desk<'_>) -> Verdict {
    let customer = desk.stage.customer().await?;
    customer.sends("CONNECT", "").await?;
    customer.sends("TRANS2AGENT", "").await?;
    let told = customer.receive("Connected Agent", is_connected).await;
    let left = customer.send("DISCONNECT", "").await?;
    let told = told?;
    same(told["senderNickname"].as_str(), Some("System"))?;
    let nulls = told["senderAvatar"].is_null() && told["robotGender"].is_null();
    holds(nulls, &told, "neither senderAvatar nor robotGender")?;
    left.has_code("0")
}

/// `TRANS2AGENT` (`cec_05_2030`): already with an agent; queryQueueInfo then says 160021 (`cec_07_0110`).
async fn twice(desk: &Desk<'_>) -> Verdict {
    desk.serve(async |customer, _| {
        let text = "fail to transfer from robot to agent,it has been agent service.";
        customer.send("TRANS2AGENT", "").await?.has_result("13", text)?;
        let channel = &desk.stage.target.channel;
        let body = json!({ "userId": customer.user, "channelConfigId": channel, "channel": "WEB" });
        customer.post("queryQueueInfo", &body).await?.has_code("160021")
    })
    .await
}

/// `CHAT`, agent (`cec_05_2030`), and the agent's entry in a poll (`cec_07_0108`).
async fn round(desk: &Desk<'_>) -> Verdict {
    desk.serve(async |customer, conversation| {
        let answer = customer.send("CHAT", "Is anybody there?").await?;
        answer.has_result("0", "sendUserMessage successfully.")?;
        let path = format!("{CONVERSATIONS}/{conversation}/messages");
        let request = desk.stage.wire.request(Method::GET, &path);
        let heard = call(request.header("authorization", &desk.bearer)).await?;
        holds(heard.text.contains("Is anybody there?"), heard.shown(), "what the customer said")?;
        desk.says(conversation, "I am. 在的。").await?;
        let said = customer.receive("the agent's message", |message| is_from(message, "AGENT")).await?;
        same(said["content"].as_str(), Some("I am. 在的。"))?;
        same(said["from"].as_str(), Some(&*desk.stage.target.channel))?;
        holds(said["senderNickname"].is_string(), &said, "the agent's nickname")
    })
    .await
}

/// `isNeedRead` of poll and the ids in `READ` (`cec_07_0108`).
async fn read(desk: &Desk<'_>) -> Verdict {
    desk.serve(async |customer, conversation| {
        let notice = |message: &Value| message["controlType"] == "READ";
        let says = async |id: &str| {
            let mut message = customer.message("CHAT", "hello");
            message["messageId"] = json!(id);
            customer.post("send", &message).await?.has_code("0")?;
            desk.acts(conversation, "read", &json!({})).await
        };
        says("m-1").await?;
        desk.says(conversation, "I have read that.").await?;
        let polled = customer.poll().await?;
        holds(!polled.messages()?.iter().any(notice), polled.shown(), "no READ without isNeedRead")?;
        says("m-2").await?;
        let path = format!("{}&isNeedRead=true", customer.poll_path());
        let told = customer.receive_by(&path, "controlType READ", notice).await?;
        let named = told["content"].as_str().is_some_and(|ids| ids.split(',').any(|id| id == "m-2"));
        holds(named, &told, "the messageId m-2")
    })
    .await
}

/// `controlType` `DISCONNECT` (`cec_07_0108`), after which code 5 says that the session has ended.
async fn end(desk: &Desk<'_>) -> Verdict {
    desk.serve(async |customer, conversation| {
        desk.ends(conversation).await?;
        let ended = |message: &Value| message["controlType"] == "DISCONNECT";
        customer.receive("controlType DISCONNECT", ended).await?;
        customer.send("CHAT", "one more thing").await?.has_code("5")
    })
    .await
}

/// `DISCONNECT`, agent (`cec_05_2030`).
async fn leave(desk: &Desk<'_>) -> Verdict {
    desk.serve(async |customer, _| {
        customer.send("DISCONNECT", "").await?.has_result("0", "disconnect successfully")
    })
    .await
}

/// saveSatisfaction (`cec_07_0115`): the rating of the agent, with its text (`cec_05_2025`).
async fn rate(desk: &Desk<'_>) -> Verdict {
    desk.serve(async |customer, conversation| {
        desk.ends(conversation).await?;
        let body = json!({
            "channel": "WEB", "userId": customer.user, "evaluation": "5", "comment": "A conformance check",
            "channelConfigId": desk.stage.target.channel,
        });
        customer.post("saveSatisfaction", &body).await?.has_result("0", "Save satisfaction success!")
    })
    .await
}
