//! A desk that was written against the published CC-Gateway.

use frontdesk_tests::kit::{Answer, Http, Server};
use reqwest::Method;
use serde_json::{Value, json};

/// Where the gateway's interfaces are.
pub(crate) const BASE: &str = "/agentgateway/resource";

/// An agent's desk.
#[derive(Clone, Debug)]
pub(crate) struct GatewayDesk {
    pub(crate) http: Http,
    pub(crate) agent: String,
}

/// What a sign-in says.
pub(crate) fn sign_in_body(agent: &str) -> Value {
    json!({
        "password": format!("demo-{agent}"), "phonenum": "88880022", "status": "4", "releasephone": "true",
        "agenttype": "4",
    })
}

/// Asks to sign an agent in.
pub(crate) async fn ask_in(server: &Server, agent: &str, verb: &str, body: Value) -> Answer {
    server.anybody().put(&format!("{BASE}/onlineagent/{agent}{verb}"), body).await
}

/// The Guid that an answer carries.
pub(crate) fn guid_of(answer: &Answer) -> Option<String> {
    let header = answer.headers.get("set-guid")?.to_str().unwrap();
    Some(header.strip_prefix("JSESSIONID=").unwrap().to_owned())
}

/// The code of an answer.
pub(crate) fn retcode(answer: &Answer) -> &str {
    answer.json["retcode"].as_str().unwrap_or_else(|| panic!("no retcode: {} {}", answer.status, answer.text))
}

/// What an event is.
pub(crate) fn kind(event: &Value) -> &str {
    event["eventType"].as_str().unwrap()
}

impl GatewayDesk {
    /// Signs an agent of the demonstration in.
    pub(crate) async fn sign_in(server: &Server, agent: &str) -> Self {
        Self::sign_in_with(server, agent, sign_in_body(agent)).await
    }

    /// The same, with what the sign-in says.
    pub(crate) async fn sign_in_with(server: &Server, agent: &str, body: Value) -> Self {
        let answer = ask_in(server, agent, "", body).await;
        assert_eq!((answer.status.as_u16(), retcode(&answer)), (200, "0"), "{}", answer.text);
        let guid = guid_of(&answer).expect("a Guid");
        Self { http: server.anybody().with("guid", guid), agent: agent.to_owned() }
    }

    /// The address of a verb, such as `onlineagent sayfree`.
    pub(crate) fn path(&self, verb: &str) -> String {
        let (group, rest) = verb.split_once(' ').unwrap_or((verb, ""));
        let rest = if rest.is_empty() { String::new() } else { format!("/{rest}") };
        format!("{BASE}/{group}/{}{rest}", self.agent)
    }

    /// Asks for something.
    pub(crate) async fn ask(&self, method: Method, verb: &str, body: Value) -> Answer {
        let request = self.http.request(method, &self.path(verb));
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = self.http.send(request).await;
        assert_eq!(answer.status, 200, "{verb}: {}", answer.text);
        answer
    }

    /// The same, which must be done. Gives the result.
    pub(crate) async fn does(&self, method: Method, verb: &str, body: Value) -> Value {
        let answer = self.ask(method, verb, body).await;
        assert_eq!(retcode(&answer), "0", "{verb}: {}", answer.text);
        answer.json["result"].clone()
    }

    /// The same, which is refused. Gives the code.
    pub(crate) async fn refused(&self, method: Method, verb: &str, body: Value) -> String {
        let answer = self.ask(method, verb, body).await;
        assert!(
            answer.json["message"].as_str().is_some_and(|message| !message.is_empty()),
            "{}",
            answer.text
        );
        assert!(answer.json.get("result").is_none(), "{}", answer.text);
        retcode(&answer).to_owned()
    }

    /// Posts to a verb without a body, which must be done.
    pub(crate) async fn act(&self, verb: &str) {
        self.does(Method::POST, verb, Value::Null).await;
    }

    /// The next event, or none within the hold.
    pub(crate) async fn poll(&self) -> Option<Value> {
        let answer = self.ask(Method::GET, "agentevent", Value::Null).await;
        assert_eq!(retcode(&answer), "0", "{}", answer.text);
        let event = &answer.json["event"];
        assert!(event.is_null() || event["workNo"] == self.agent.as_str(), "{event}");
        (!event.is_null()).then(|| event.clone())
    }

    /// The next events, which must be of these kinds. Gives what goes with the last.
    pub(crate) async fn hears(&self, kinds: &[&str]) -> Value {
        let mut content = Value::Null;
        for expected in kinds {
            let event = self.poll().await.unwrap_or_else(|| panic!("no {expected}"));
            assert_eq!(kind(&event), *expected, "of {kinds:?}: {event}");
            content = event["content"].clone();
        }
        content
    }

    /// Everything that there is to hear.
    pub(crate) async fn drain(&self) -> Vec<Value> {
        let mut events = Vec::new();
        while let Some(event) = self.poll().await {
            events.push(event);
        }
        events
    }

    /// Signed in, and that was heard.
    pub(crate) async fn ready(server: &Server, agent: &str) -> Self {
        let desk = Self::sign_in(server, agent).await;
        desk.hears(&["AgentOther_InService", "AgentState_Ready"]).await;
        desk
    }

    /// Says something.
    pub(crate) async fn says(&self, call: &str, data: Value) -> Answer {
        let body = json!({ "callid": call, "data": data });
        self.ask(Method::POST, "mediacall sendmessage", body).await
    }

    /// The number of the agent's state.
    pub(crate) async fn state(&self) -> u64 {
        let state = self.does(Method::GET, "onlineagent agentstatus", Value::Null).await;
        state["agentState"].as_u64().unwrap()
    }
}

/// A text of an event's content.
pub(crate) fn text(content: &Value, name: &str) -> String {
    content[name].as_str().unwrap_or_else(|| panic!("no {name}: {content}")).to_owned()
}
