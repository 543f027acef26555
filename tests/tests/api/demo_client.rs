//! A client that behaves exactly like the vendor's own demonstration page (section 9b of the wire reference).

use frontdesk_tests::kit::{CHANNEL, Http, Server, soon};
use reqwest::Method;
use serde_json::{Value, json};

/// Its state, and what its page shows.
#[expect(clippy::struct_excessive_bools, reason = "the page keeps one for each thing that it shows")]
struct DemoClient {
    http: Http,
    user: String,
    with_agent: bool,
    queue_tip: bool,
    failed: bool,
    ended: bool,
    shown: Vec<(String, String)>,
}

impl DemoClient {
    /// Obtains the tokens as its back end does, with an id of 13 digits of time and 8 of randomness.
    async fn open(server: &Server) -> Self {
        let anybody = server.anybody().with("accept", "application/json, text/plain, */*");
        let credentials = json!({ "app_key": "demo-app", "app_secret": "demo-secret" });
        let answer = anybody.post("/apigovernance/api/oauth/tokenByAkSk", credentials).await;
        assert_eq!(answer.status, 200, "only this status counts for it");
        let access = answer.json["AccessToken"].as_str().unwrap().to_owned();
        let http = anybody.with("x-app-key", "demo-app").with("authorization", format!("Bearer {access}"));
        let user = "1619573111751a1b2c3d4".to_owned();
        let mut client = Self {
            http,
            user,
            with_agent: false,
            queue_tip: false,
            failed: false,
            ended: false,
            shown: Vec::new(),
        };
        client.apply_token().await;
        client
    }

    /// What it repeats every ten minutes.
    async fn apply_token(&mut self) {
        let body =
            json!({ "userId": self.user, "userName": "visitor", "channelId": CHANNEL, "locale": "en" });
        let answer = self.http.post("/apiaccess/ccmessaging/applyToken", body).await;
        self.http = self.http.with("ccmessaging-token", answer.json["token"].as_str().unwrap());
    }

    /// It sends no timestamp, no user agent and no avatar.
    async fn send(&self, control: &str, content: &str) -> Value {
        let body = json!({
            "channel": "WEB", "controlType": control, "mediaType": "TEXT", "content": content,
            "sourceType": "CUSTOMER", "to": CHANNEL, "from": self.user, "senderNickname": "visitor",
        });
        self.http.post("/apiaccess/ccmessaging/send", body).await.json
    }

    async fn connect(&self) {
        // It does not look at the answer.
        self.send("CONNECT", "hello").await;
    }

    async fn transfer(&mut self) {
        if self.send("TRANS2AGENT", "hello").await["resultCode"] == "0" {
            self.send("CHAT", "phone:13800000000, mail:a@b.example").await;
        } else {
            self.failed = true;
        }
    }

    /// One turn of its receiving loop.
    async fn poll(&mut self) {
        let path = format!("/apiaccess/ccmessaging/poll?receiverId={}&channel=WEB", self.user);
        let answer = self.http.get(&path).await;
        let Some(messages) = answer.json["downlinkMessages"].as_array().cloned() else { return };
        for message in messages {
            if message["queueFlag"].as_str().is_some_and(|flag| !flag.is_empty()) {
                self.queue_tip = true;
            }
            if message["sourceType"] == "AGENT" {
                self.with_agent = true;
                self.queue_tip = false;
            }
            if message["controlType"] == "DISCONNECT" {
                self.ended = true;
                continue;
            }
            let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
            self.shown.push((text("sourceType"), text("content")));
        }
    }

    async fn poll_until(&mut self, met: impl Fn(&Self) -> bool) {
        soon("what the page waits for", async {
            while !met(self) {
                self.poll().await;
            }
        })
        .await;
    }

    /// While the code is exactly "0" it shows the place and asks again.
    async fn queue_place(&self) -> Option<(u64, u64)> {
        let body = json!({ "userId": self.user, "channelConfigId": CHANNEL, "channel": "WEB" });
        let answer = self.http.post("/apiaccess/ccmessaging/queryQueueInfo", body).await.json;
        let waiting = answer["resultCode"] == "0";
        waiting.then(|| (answer["position"].as_u64().unwrap(), answer["estimateWaitTime"].as_u64().unwrap()))
    }

    fn texts(&self) -> Vec<&str> {
        self.shown.iter().map(|(_, text)| text.as_str()).collect()
    }
}

#[tokio::test]
async fn it_works_unchanged() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    let mut client = DemoClient::open(&server).await;
    client.connect().await;
    client.poll_until(|client| !client.shown.is_empty()).await;
    assert_eq!(client.texts(), ["Welcome,welcome"], "the hello of CONNECT is no question");

    client.transfer().await;
    assert!(!client.failed);
    client.poll_until(|client| client.queue_tip).await;
    assert_eq!(client.queue_place().await.map(|(position, _)| position), Some(1));

    // The page is loaded again: it has kept its id, and connects again.
    client.apply_token().await;
    client.connect().await;
    agent.declare("online").await;
    assert_eq!(client.queue_place().await, None, "any other code ends its loop");
    let conversation = agent.only_conversation().await;
    let heard = agent.heard(&conversation).await;
    let words: Vec<&str> =
        heard.iter().filter(|(kind, _)| kind == "customer").map(|(_, text)| text.as_str()).collect();
    assert_eq!(words, ["phone:13800000000, mail:a@b.example"]);
    agent.say(&conversation, "How can I help?").await;
    client.poll_until(|client| client.with_agent).await;
    assert!(!client.queue_tip);
    assert_eq!(
        client.texts(),
        ["Welcome,welcome", "Transfer to manual labor", "Queuing...", "Connected Agent", "How can I help?"]
    );

    agent.act(&conversation, "end", json!({})).await;
    client.poll_until(|client| client.ended).await;
    let thumb = json!({
        "channel": "WEB", "userId": client.user, "evaluation": "5", "comment": "ok", "channelConfigId": CHANNEL,
    });
    let saved = client.http.post("/apiaccess/ccmessaging/saveSatisfaction", thumb).await;
    assert_eq!(
        (saved.json["returnCode"].clone(), saved.json["resultCode"].clone()),
        (json!("0"), json!("0"))
    );
}

#[tokio::test]
async fn after_a_failed_transfer_it_leaves_a_message_and_rates_the_robot() {
    let server = Server::start().await;
    let mut client = DemoClient::open(&server).await;
    client.connect().await;
    client.send("CHAT", "Where is my order?").await;
    let answer = client.http.get("/apiaccess/ccmessaging/poll").await;
    let turn = answer.messages().last().unwrap()["interIdx"].clone();
    let rated = json!({ "feedback": 1, "feedbackContent": "", "from": client.user, "interIdx": turn });
    let rated = client.http.post("/apiaccess/ccmessaging/v1/robot/feedbacksatisfaction", rated).await;
    assert_eq!(rated.code(), "0");
    client.transfer().await;
    assert!(client.failed, "the form is offered");
    let left = json!({ "callId": client.user, "caller": "13800000000", "leaveMessage": "call me", "channel": "WEB" });
    let left = client.http.post("/apiaccess/ccmessaging/doLeaveMessage", left).await;
    assert_eq!(left.code(), "0");
}

#[tokio::test]
async fn it_may_be_called_from_a_page() {
    let server = Server::start().await;
    let client = DemoClient::open(&server).await;
    let page = client.http.with("origin", "https://demo.example");
    let answer = page.send(page.request(Method::GET, "/apiaccess/ccmessaging/poll?wait=0")).await;
    assert_eq!(answer.headers["access-control-allow-origin"], "https://demo.example");
}
