//! poll and send are answered ahead of the router; whoever comes from a page goes through it. Both say the same.

use frontdesk_tests::kit::{Answer, Customer, Http, Server};
use reqwest::Method;

const POLL: &str = "/apiaccess/ccmessaging/poll";
const SEND: &str = "/apiaccess/ccmessaging/send";

/// The same request twice: plain, and from a page of this server itself, which the router takes.
async fn both_ways(http: &Http, method: &Method, path: &str, body: &str) -> [Answer; 2] {
    let ask = async |http: &Http| {
        let request = http.request(method.clone(), path).header("content-type", "application/json");
        http.send(if body.is_empty() { request } else { request.body(body.to_owned()) }).await
    };
    [ask(http).await, ask(&http.with("origin", http.url())).await]
}

fn told(answer: &Answer) -> (u16, Vec<(String, String)>, &str) {
    let shown = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    // Whom the browser may let read it is said only to a page.
    let differs = |name: &str| name == "date" || name == "access-control-allow-origin";
    let mut headers: Vec<_> = answer.headers.iter().map(shown).filter(|(name, _)| !differs(name)).collect();
    headers.sort();
    (answer.status.as_u16(), headers, &answer.text)
}

fn sent(customer: &Customer, control: &str, content: &str) -> String {
    customer.message(control, content).to_string()
}

#[tokio::test]
async fn the_direct_way_and_the_router_give_the_same_answers() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.drain().await;
    let (get, post) = (Method::GET, Method::POST);
    let own = &customer.http;
    let forged = own.with("ccmessaging-token", "forged");
    let without_key = own.without("x-app-key");
    let large = sent(&customer, "CHAT", &"x".repeat(1_025));
    let huge = sent(&customer, "CHAT", &"x".repeat(300_000));
    let cases: Vec<(&Http, &Method, String, String)> = vec![
        (own, &get, format!("{POLL}?wait=0"), String::new()),
        (own, &get, format!("{POLL}?wait=0&receiverId=u-77&channel=WEB&isNeedRead=true"), String::new()),
        (own, &get, format!("{POLL}?wait=0&receiverId=u-78"), String::new()),
        (own, &get, format!("{POLL}?wait=-1"), String::new()),
        (own, &get, format!("{POLL}?wait=x&limit=1000"), String::new()),
        (own, &get, format!("{POLL}?wait=0&cursor=rubbish"), String::new()),
        (own, &get, format!("{POLL}?wait=0&limit=1&limit=2"), String::new()),
        (own, &get, format!("{POLL}/"), String::new()),
        (own, &Method::HEAD, format!("{POLL}?wait=0"), String::new()),
        (own, &post, POLL.to_owned(), "{}".to_owned()),
        (&forged, &get, format!("{POLL}?wait=0"), String::new()),
        (&without_key, &get, format!("{POLL}?wait=0"), String::new()),
        (own, &post, SEND.to_owned(), sent(&customer, "INPUT", "")),
        (own, &post, SEND.to_owned(), sent(&customer, "SHOUT", "")),
        (own, &post, SEND.to_owned(), sent(&customer, "CHAT", "")),
        (own, &post, SEND.to_owned(), large),
        (own, &post, SEND.to_owned(), huge),
        (own, &post, SEND.to_owned(), "[]".to_owned()),
        (own, &post, SEND.to_owned(), "{\"controlType\":".to_owned()),
        (own, &post, SEND.to_owned(), String::new()),
        (own, &get, SEND.to_owned(), String::new()),
        (&forged, &post, SEND.to_owned(), sent(&customer, "INPUT", "")),
    ];
    for (http, method, path, body) in cases {
        let [direct, routed] = both_ways(http, method, &path, &body).await;
        assert_eq!(told(&direct), told(&routed), "{method} {path} {body}");
    }
}
