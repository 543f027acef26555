//! Callers who speak to a server over HTTP and show the whole answer.

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::server::CHANNEL;
use super::wait::soon;

/// The path of poll.
pub const POLL: &str = "/apiaccess/ccmessaging/poll";

/// Somebody who can send requests.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    url: String,
    headers: Vec<(&'static str, String)>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; null if it is not JSON.
    pub json: Value,
    /// Its body as text.
    pub text: String,
}

impl Answer {
    /// The documented result code.
    pub fn code(&self) -> &str {
        self.json["resultCode"].as_str().unwrap_or_default()
    }

    /// Status and body.
    pub fn shown(&self) -> (u16, Value) {
        (self.status.as_u16(), self.json.clone())
    }

    /// Status, code and sentence of a failure of the messaging API, whose body has both documented shapes.
    pub fn failure(&self) -> (u16, &str, &str) {
        let text = |name: &str| self.json[name].as_str().unwrap_or_default();
        let (code, sentence) = (text("errorCode"), text("exceptionInfo"));
        let whole = json!({
            "errorCode": code, "exceptionInfo": sentence, "resultCode": code, "resultDesc": sentence,
        });
        assert_eq!(self.json, whole, "{}", self.text);
        (self.status.as_u16(), code, sentence)
    }

    /// Status, code and field of a failure of the native API (RFC 9457).
    pub fn problem(&self) -> (u16, &str, Option<&str>) {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text);
        assert_eq!(self.json["status"], self.status.as_u16());
        assert_eq!(self.json["type"], "about:blank");
        assert!(self.json["title"].is_string() && self.json["detail"].is_string(), "{}", self.text);
        (self.status.as_u16(), self.json["code"].as_str().unwrap_or_default(), self.json["field"].as_str())
    }

    /// The messages of an answer of poll.
    pub fn messages(&self) -> Vec<Value> {
        assert_eq!(self.shown().0, 200, "{}", self.text);
        self.json["downlinkMessages"].as_array().expect("a list of messages").clone()
    }

    /// The contents of the messages of an answer of poll.
    pub fn texts(&self) -> Vec<String> {
        texts_of(&self.messages())
    }
}

impl Http {
    /// Somebody without credentials.
    pub fn new(url: &str) -> Self {
        Self { client: reqwest::Client::new(), url: url.to_owned(), headers: Vec::new() }
    }

    /// Somebody without credentials who sends by this client.
    pub fn through(client: reqwest::Client, url: &str) -> Self {
        Self { client, url: url.to_owned(), headers: Vec::new() }
    }

    /// The same with one header more, or another value of it.
    #[must_use]
    pub fn with(&self, name: &'static str, value: impl Into<String>) -> Self {
        let mut other = self.clone();
        other.headers.retain(|(known, _)| *known != name);
        other.headers.push((name, value.into()));
        other
    }

    /// The same without a header.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.headers.retain(|(known, _)| *known != name);
        other
    }

    /// The same, with a connection of its own for each request.
    #[must_use]
    pub fn without_reuse(&self) -> Self {
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client");
        Self { client, ..self.clone() }
    }

    /// Where it sends to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A header that goes with every request.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// All headers that it sends.
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// A request under way, to be changed before it is sent.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    /// The same caller with another server.
    #[must_use]
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// The head of a request as it goes over the wire, up to the headers of its body.
    pub fn head(&self, method: &str, path: &str) -> String {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.authority());
        for (name, value) in &self.headers {
            for piece in [*name, ": ", value, "\r\n"] {
                head.push_str(piece);
            }
        }
        head
    }

    /// Where the server listens, as `host:port`.
    pub fn authority(&self) -> &str {
        self.url.trim_start_matches("http://").trim_start_matches("https://")
    }

    /// Sends a request.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        self.try_send(request).await.expect("an answer")
    }

    /// Sends a request to a server that may be gone. An error says nothing of what became of the request.
    pub async fn try_send(&self, request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        // A stream has no end to wait for.
        let streams = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let text = if streams { String::new() } else { response.text().await? };
        Ok(Answer { status, headers, json: serde_json::from_str(&text).unwrap_or_default(), text })
    }

    /// Gets something.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// Patches with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }

    /// Deletes something.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Puts JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }
}

fn texts_of(messages: &[Value]) -> Vec<String> {
    messages.iter().map(|message| message["content"].as_str().unwrap_or("null").to_owned()).collect()
}

/// An integrator's back end.
#[derive(Clone, Debug)]
pub struct App {
    /// How it calls, with its credentials.
    pub http: Http,
}

impl App {
    /// Obtains an `AccessToken`.
    pub async fn sign_in(anybody: &Http, key: &str, secret: &str) -> Self {
        let body = json!({ "app_key": key, "app_secret": secret });
        let answer = anybody.post("/apigovernance/api/oauth/tokenByAkSk", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let token = answer.json["AccessToken"].as_str().expect("an AccessToken");
        Self { http: anybody.with("x-app-key", key).with("authorization", format!("Bearer {token}")) }
    }

    /// Obtains a customer's token.
    pub async fn customer(&self, user: &str, locale: &str) -> Customer {
        self.customer_of(CHANNEL, user, locale).await
    }

    /// Obtains the token of a customer of another channel.
    pub async fn customer_of(&self, channel: &str, user: &str, locale: &str) -> Customer {
        let body = json!({ "userId": user, "userName": user, "channelId": channel, "locale": locale });
        let answer = self.http.post("/apiaccess/ccmessaging/applyToken", body).await;
        assert_eq!(answer.code(), "0", "{}", answer.text);
        let token = answer.json["token"].as_str().expect("a token").to_owned();
        Customer { http: self.http.with("ccmessaging-token", token), user: user.to_owned() }
    }
}

/// A customer's client.
#[derive(Clone, Debug)]
pub struct Customer {
    /// How it calls, with its credentials.
    pub http: Http,
    /// The customer's id.
    pub user: String,
}

impl Customer {
    /// The body of send with these fields.
    pub fn message(&self, control: &str, content: &str) -> Value {
        json!({
            "channel": "WEB", "from": self.user, "to": CHANNEL, "sourceType": "CUSTOMER",
            "mediaType": "TEXT", "controlType": control, "content": content,
        })
    }

    /// Sends something.
    pub async fn send(&self, control: &str, content: &str) -> Answer {
        self.http.post("/apiaccess/ccmessaging/send", self.message(control, content)).await
    }

    /// Sends something that must succeed.
    pub async fn sends(&self, control: &str, content: &str) {
        let answer = self.send(control, content).await;
        assert_eq!(answer.code(), "0", "{control}: {}", answer.text);
    }

    /// Calls one of the interfaces of a customer's client.
    pub async fn call(&self, name: &str, body: Value) -> Answer {
        self.http.post(&format!("/apiaccess/ccmessaging/{name}"), body).await
    }

    /// Polls once with this query.
    pub async fn poll_with(&self, query: &str) -> Answer {
        self.http.get(&format!("/apiaccess/ccmessaging/poll?{query}")).await
    }

    /// Polls until so many messages have come.
    pub async fn receive(&self, count: usize) -> Vec<Value> {
        let mut messages = Vec::new();
        soon("messages", async {
            while messages.len() < count {
                messages.extend(self.poll_with("wait=5").await.messages());
            }
        })
        .await;
        messages
    }

    /// Polls once, as documented.
    pub async fn poll(&self) -> Answer {
        self.http.get(&format!("/apiaccess/ccmessaging/poll?receiverId={}&channel=WEB", self.user)).await
    }

    /// The same at another address, such as a proxy's.
    #[must_use]
    pub fn at(&self, url: &str) -> Self {
        Self { http: self.http.at(url), user: self.user.clone() }
    }

    /// Polls with a query; the answer must be a success.
    pub async fn polled(&self, query: &str) -> Answer {
        let answer = self.http.get(&format!("{POLL}?{query}")).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::OK, "0"), "{query}: {}", answer.text);
        answer
    }

    /// Polls until nothing comes any more, and gives all down-link messages.
    pub async fn drain(&self) -> Vec<Value> {
        let mut messages = Vec::new();
        loop {
            let answer = self.http.get("/apiaccess/ccmessaging/poll?wait=0").await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            let more = answer.json["downlinkMessages"].as_array().cloned().unwrap_or_default();
            if more.is_empty() {
                return messages;
            }
            messages.extend(more);
        }
    }

    /// The contents of all that [`Self::drain`] gives.
    pub async fn drain_texts(&self) -> Vec<String> {
        texts_of(&self.drain().await)
    }
}

/// A signed-in agent.
#[derive(Clone, Debug)]
pub struct Agent {
    /// How they call, with their credentials.
    pub http: Http,
}

impl Agent {
    /// Signs in.
    pub async fn sign_in(anybody: &Http, tenant: &str, agent: &str, password: &str) -> Self {
        let body = json!({ "tenant": tenant, "agentId": agent, "password": password });
        let answer = anybody.post("/api/v1/agent/login", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let token = answer.json["token"].as_str().expect("a token");
        Self { http: anybody.with("authorization", format!("Bearer {token}")) }
    }

    /// Declares a status.
    pub async fn declare(&self, status: &str) {
        let answer = self.http.put("/api/v1/agent/status", json!({ "status": status })).await;
        assert!(answer.status.is_success(), "{}", answer.text);
    }

    /// How it stands with somebody, as a supervisor sees it.
    pub async fn sees(&self, agent: &str) -> Value {
        let answer = self.http.get("/api/v1/agents").await;
        let everybody = answer.json["agents"].as_array().expect("a list of agents");
        everybody.iter().find(|seen| seen["id"] == agent).expect("an agent").clone()
    }

    /// The conversations of a scope.
    pub async fn conversations(&self, scope: &str) -> Vec<Value> {
        let answer = self.http.get(&format!("/api/v1/agent/conversations?scope={scope}")).await;
        answer.json["conversations"].as_array().expect("a list of conversations").clone()
    }

    /// Does something with a conversation.
    pub async fn act(&self, conversation: &str, verb: &str, body: Value) -> Answer {
        self.http.post(&format!("/api/v1/agent/conversations/{conversation}/{verb}"), body).await
    }

    /// Does something with a conversation that must succeed.
    pub async fn acts(&self, conversation: &str, verb: &str, body: Value) {
        let answer = self.act(conversation, verb, body).await;
        assert!(answer.status.is_success(), "{verb}: {}", answer.text);
    }

    /// Undoes something with a conversation.
    pub async fn undo(&self, conversation: &str, what: &str) -> Answer {
        self.http.delete(&format!("/api/v1/agent/conversations/{conversation}/{what}")).await
    }

    /// What was said in a conversation: who, and what.
    pub async fn heard(&self, conversation: &str) -> Vec<(String, String)> {
        let answer = self.http.get(&format!("/api/v1/agent/conversations/{conversation}/messages")).await;
        let messages = answer.json["messages"].as_array().expect("a list of messages").clone();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        messages.iter().map(|message| (text(&message["author"]["kind"]), text(&message["content"]))).collect()
    }

    /// The feed from a cursor on; from now on if it is empty.
    pub async fn feed(&self, cursor: &str, wait: u32) -> Answer {
        let request = self.http.request(Method::GET, "/api/v1/agent/feed");
        let request = request.query(&[("cursor", cursor), ("wait", &wait.to_string())]);
        soon("the feed", self.http.send(request)).await
    }

    /// The one conversation held.
    pub async fn only_conversation(&self) -> String {
        let held = self.held().await;
        assert_eq!(held.len(), 1, "{held:?}");
        held.into_iter().next().expect("one")
    }

    /// The ids of the conversations held.
    pub async fn held(&self) -> Vec<String> {
        let answer = self.http.get("/api/v1/agent/conversations").await;
        let list = answer.json["conversations"].as_array().cloned().unwrap_or_default();
        list.iter().map(|conversation| conversation["id"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Says something in a conversation.
    pub async fn say(&self, conversation: &str, text: &str) -> Answer {
        let path = format!("/api/v1/agent/conversations/{conversation}/messages");
        self.http.post(&path, json!({ "mediaType": "TEXT", "content": text })).await
    }
}
