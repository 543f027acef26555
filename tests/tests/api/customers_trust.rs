//! Pain 12 of systems of this kind: somebody unsigned passes for a customer, or is merged into one, and sees what is theirs.

use frontdesk_tests::kit::{Answer, CHANNEL, Http, Server};
use serde_json::{Value, json};

use super::customers::{asking, id, profile};

const KEY: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

async fn session(server: &Server, more: Value) -> Answer {
    let mut body = json!({ "channelId": CHANNEL });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    server.anybody().post("/api/v1/widget/session", body).await
}

/// What a shop's back end signs, in a JWT of its own making.
fn signed(server: &Server, user: &str) -> String {
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let head = encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = json!({ "sub": user, "exp": server.parts.clock.now().as_seconds() + 300 });
    let text = format!("{head}.{}", encode(claims.to_string().as_bytes()));
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", encode(&mac.finalize().into_bytes()))
}

struct Page {
    http: Http,
    user: String,
}

impl Page {
    fn new(server: &Server, session: &Answer) -> Self {
        assert_eq!(session.status, 200, "{}", session.text);
        let text = |name: &str| session.json[name].as_str().unwrap().to_owned();
        let http = server
            .anybody()
            .with("x-app-key", text("appKey"))
            .with("authorization", format!("Bearer {}", text("accessToken")))
            .with("ccmessaging-token", text("ccmessagingToken"));
        Self { http, user: text("userId") }
    }

    async fn send(&self, control: &str, content: &str) {
        let body = json!({
            "channel": "WEB", "from": self.user, "to": CHANNEL, "sourceType": "CUSTOMER", "mediaType": "TEXT",
            "controlType": control, "content": content,
        });
        assert_eq!(self.http.post("/apiaccess/ccmessaging/send", body).await.code(), "0");
    }

    /// Everything that the page can get to see.
    async fn sees(&self) -> String {
        let history = json!({
            "userId": self.user, "channelId": CHANNEL, "limit": "100", "offset": "0", "channel": "WEB",
        });
        let history = self.http.post("/apiaccess/ccmessaging/queryHistoryChatMessage", history).await;
        let polled = self.http.get("/apiaccess/ccmessaging/poll?wait=0&cursor=earliest").await;
        format!("{}{}", history.text, polled.text)
    }
}

#[tokio::test]
async fn pain_12_nobody_unknown_ever_becomes_or_reads_somebody_known() {
    let server = Server::start().await;
    server.change_channel(|channel| channel.identity_key = Some(KEY.to_owned())).await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    let ann = Page::new(&server, &session(&server, json!({ "identity": signed(&server, "ann") })).await);
    for (control, content) in [("CONNECT", ""), ("TRANS2AGENT", ""), ("CHAT", "my code is zebra")] {
        ann.send(control, content).await;
    }
    asking(&server, "ben", "ben's words").await;
    let visitor = Page::new(&server, &session(&server, json!({ "userName": "Ann" })).await);
    visitor.send("CONNECT", "").await;
    visitor.send("CHAT", "I am ann").await;
    let (anns, bens) = (profile(&sam, "ann").await, profile(&sam, "ben").await);
    let visitors = profile(&sam, &visitor.user).await;
    // Agents see how far it is known who somebody is.
    assert_eq!(
        [&anns, &bens, &visitors].map(|profile| profile["trust"].as_str().unwrap()),
        ["signed", "vouched", "anonymous"]
    );

    // Nobody takes an id that is not theirs, by name or by signature.
    for attempt in [
        json!({ "visitor": { "userId": "ann", "secret": "guessed" } }),
        json!({ "identity": signed(&server, "ann").replace('.', "x.") }),
        json!({ "identity": signed(&server, &visitor.user) }),
    ] {
        let refused = session(&server, attempt).await;
        assert!(refused.status.is_client_error() && refused.json.get("ccmessagingToken").is_none());
    }
    let posing = json!({
        "channel": "WEB", "from": "ann", "to": CHANNEL, "sourceType": "CUSTOMER", "mediaType": "TEXT",
        "controlType": "CHAT", "content": "I am ann",
    });
    assert_eq!(visitor.http.post("/apiaccess/ccmessaging/send", posing).await.status, 400);

    // Nobody merges one into the other, whichever way round; and who is known as well as they are can be merged.
    let merge = async |from: &Value, into: &Value| {
        sam.http.post(&format!("/api/v1/customers/{}/merge", id(from)), json!({ "into": id(into) })).await
    };
    assert_eq!(merge(&visitors, &anns).await.problem(), (409, "TRUST_DIFFERS", None));
    assert_eq!(merge(&anns, &visitors).await.problem(), (409, "TRUST_DIFFERS", None));
    assert_eq!(merge(&anns, &anns).await.problem(), (409, "SAME_CUSTOMER", None));
    let unknown =
        sam.http.post(&format!("/api/v1/customers/{}/merge", id(&anns)), json!({ "into": "x" })).await;
    assert_eq!(unknown.problem(), (400, "FIELD_INVALID", Some("into")));
    let both = merge(&bens, &anns).await;
    assert_eq!((both.status.as_u16(), both.json["identities"].as_array().unwrap().len()), (200, 2));
    assert_eq!(merge(&visitors, &bens).await.problem(), (409, "TRUST_DIFFERS", None), "nor by a detour");

    // What profiles join stays apart for customers: each sees their own log alone.
    let ben = server.customer("ben").await;
    let bens_page = Page { http: ben.http.clone(), user: "ben".to_owned() };
    assert!(!visitor.sees().await.contains("zebra") && !bens_page.sees().await.contains("zebra"));
    assert!(ann.sees().await.contains("zebra") && !ann.sees().await.contains("ben's words"));

    // Agents see all of the one person, and no longer when it is undone.
    let timeline = format!("/api/v1/customers/{}/messages?limit=100", id(&bens));
    let whole = alex.http.get(&timeline).await.text;
    assert!(
        whole.contains("zebra") && whole.contains("ben's words") && !whole.contains("I am ann"),
        "{whole}"
    );
    let apart = sam.http.post(&format!("/api/v1/customers/{}/unmerge", id(&bens)), Value::Null).await;
    assert_eq!((&apart.json["id"], apart.json["identities"].as_array().unwrap().len()), (&bens["id"], 1));
    assert!(!alex.http.get(&timeline).await.text.contains("zebra"));
    let again = sam.http.post(&format!("/api/v1/customers/{}/unmerge", id(&bens)), Value::Null).await;
    assert_eq!(again.problem(), (409, "NOT_MERGED", None));
}

#[tokio::test]
async fn a_channel_can_require_to_know_who_somebody_is() {
    let server = Server::start().await;
    server
        .change_channel(|channel| {
            channel.identity_key = Some(KEY.to_owned());
            channel.requires_identity = true;
        })
        .await;
    assert_eq!(session(&server, json!({})).await.status, 401);
    assert_eq!(session(&server, json!({ "identity": signed(&server, "ann") })).await.status, 200);
}
