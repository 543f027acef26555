//! Callers who speak to a server over HTTP and show the whole answer.

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::server::CHANNEL;

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

    /// Status and body, for a snapshot.
    pub fn shown(&self) -> Value {
        json!({ "status": self.status.as_u16(), "body": self.json })
    }
}

impl Http {
    /// Somebody without credentials.
    pub fn new(url: &str) -> Self {
        Self { client: reqwest::Client::new(), url: url.to_owned(), headers: Vec::new() }
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

    /// The same caller with another server.
    #[must_use]
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// A request under way, to be changed before it is sent.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    /// Sends a request.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a body");
        Answer { status, headers, json: serde_json::from_str(&text).unwrap_or_default(), text }
    }

    /// Gets something.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// Puts JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }
}

/// An integrator's back end.
#[derive(Clone, Debug)]
pub struct App {
    /// How it calls, with its credentials.
    pub http: Http,
}

impl App {
    /// Obtains an AccessToken.
    pub async fn sign_in(anybody: &Http, key: &str, secret: &str) -> Self {
        let body = json!({ "app_key": key, "app_secret": secret });
        let answer = anybody.post("/apigovernance/api/oauth/tokenByAkSk", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let token = answer.json["AccessToken"].as_str().expect("an AccessToken");
        Self { http: anybody.with("x-app-key", key).with("authorization", format!("Bearer {token}")) }
    }

    /// Obtains a customer's token.
    pub async fn customer(&self, user: &str, locale: &str) -> Customer {
        let body = json!({ "userId": user, "userName": user, "channelId": CHANNEL, "locale": locale });
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

    /// Polls once, as documented.
    pub async fn poll(&self) -> Answer {
        self.http.get(&format!("/apiaccess/ccmessaging/poll?receiverId={}&channel=WEB", self.user)).await
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
        let messages = self.drain().await;
        messages.iter().map(|message| message["content"].as_str().unwrap_or("null").to_owned()).collect()
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
