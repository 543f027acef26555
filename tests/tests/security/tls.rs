//! The real binary with TLS: its API, its feeds, and a certificate that changes while it runs.

use std::path::Path;
use std::time::Duration;

use frontdesk_client::{CustomerClient, Endpoint, FeedItem, FeedOptions, ServerClient, Transport};
use frontdesk_tests::kit::{App, CHANNEL, Certificate, Frontdesk, Http, Process, eventually, soon};
use tempfile::TempDir;

fn command(data: &Path, certificate: &Certificate) -> Frontdesk {
    Frontdesk::serve(data)
        .argument("--demo")
        .arguments(["--tls-certificate".as_ref(), certificate.file().as_os_str()])
        .arguments(["--tls-key".as_ref(), certificate.key().as_os_str()])
}

struct Scene {
    server: Process,
    certificate: Certificate,
    _data: TempDir,
}

impl Scene {
    fn start() -> Self {
        let (data, certificate) = (tempfile::tempdir().unwrap(), Certificate::new());
        let server = command(data.path(), &certificate).start();
        assert!(server.url.starts_with("https://127.0.0.1:"), "{}", server.url);
        Self { server, certificate, _data: data }
    }

    fn anybody(&self) -> Http {
        Http::through(self.certificate.client(), &self.server.url)
    }

    /// Whether somebody who trusts the certificate as it is now gets through.
    async fn is_served(&self) -> bool {
        let http = self.anybody();
        http.try_send(http.request(reqwest::Method::GET, "/api/v1/openapi.json")).await.is_ok()
    }
}

#[tokio::test]
async fn customers_talk_encrypted() {
    let scene = Scene::start();
    let app = App::sign_in(&scene.anybody(), "demo-app", "demo-secret").await;
    let customer = app.customer("ann", "en").await;
    let answer = customer.send("CONNECT", "").await;
    assert_eq!(answer.code(), "0");
    assert_eq!(answer.headers["strict-transport-security"], "max-age=15552000");
    assert!(!customer.drain().await.is_empty());

    // A browser of this machine keeps its sign-in for encrypted connections alone.
    let login =
        serde_json::json!({ "tenant": "demo", "agentId": "101", "password": "demo-101", "cookie": true });
    let http = scene.anybody().with("x-frontdesk", "1").with("sec-fetch-site", "same-origin");
    let answer = http.post("/api/v1/agent/login", login).await;
    let cookies: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
    assert!(cookies.iter().all(|cookie| cookie.ends_with("; Secure")), "{cookies:?} {}", answer.text);
    scene.server.terminate();
}

#[tokio::test]
async fn the_sdk_receives_encrypted_by_every_way() {
    let scene = Scene::start();
    let endpoint = Endpoint::with_http(&scene.server.url, scene.certificate.client()).unwrap();
    let back_end = ServerClient::new(endpoint.clone(), "demo-app", "demo-secret");
    for (user, transport) in
        [("p", Transport::Poll), ("e", Transport::EventStream), ("w", Transport::WebSocket)]
    {
        let credentials = back_end.apply_token(user, user, CHANNEL, "en").await.unwrap();
        let customer = CustomerClient::new(endpoint.clone(), credentials);
        let streams = if transport == Transport::Poll { Vec::new() } else { vec![transport] };
        let options = FeedOptions { streams, wait: Duration::from_secs(1), ..FeedOptions::default() };
        let mut feed = customer.feed(options);
        customer.connect().await.unwrap();
        let item = soon("a welcome", feed.next()).await.unwrap();
        assert!(matches!(item, FeedItem::Message(_)), "{item:?}");
        let looks = async {
            while feed.transport() != Some(transport) {
                let _ = tokio::time::timeout(Duration::from_millis(20), feed.next()).await;
            }
        };
        soon("the transport", looks).await;
        customer.chat("How long does delivery take?").await.unwrap();
        let item = soon("an answer", feed.next()).await.unwrap();
        assert!(matches!(item, FeedItem::Message(_)), "{item:?}");
    }
    scene.server.terminate();
}

#[tokio::test]
async fn a_certificate_is_renewed_on_a_signal_and_a_broken_one_is_not() {
    let mut scene = Scene::start();
    let before = scene.anybody();
    assert!(scene.is_served().await);
    scene.certificate.replace();
    scene.server.hang_up();
    eventually("the new certificate", async || scene.is_served().await.then_some(())).await;
    // Who trusts the one before alone, and has no connection of that time.
    assert!(before.try_send(before.request(reqwest::Method::GET, "/")).await.is_err());

    std::fs::write(scene.certificate.key(), "rubbish").unwrap();
    scene.server.hang_up();
    let says = "the one before stays in use";
    eventually("the complaint", async || (scene.server.logged(says) > 0).then_some(())).await;
    assert!(scene.is_served().await);
    scene.server.terminate();
}

#[tokio::test]
async fn a_certificate_is_renewed_when_its_files_change() {
    let mut scene = Scene::start();
    scene.certificate.replace();
    eventually("the new certificate", async || scene.is_served().await.then_some(())).await;
    scene.server.terminate();
}

#[test]
fn what_cannot_be_served_is_not_begun() {
    let (data, certificate) = (tempfile::tempdir().unwrap(), Certificate::new());
    let half = Frontdesk::serve(data.path())
        .arguments(["--tls-certificate".as_ref(), certificate.file().as_os_str()]);
    let error = half.run().failed();
    assert!(error.contains("tls.key: a certificate and a key only go together"), "{error}");
    std::fs::write(certificate.key(), "rubbish").unwrap();
    let error = command(data.path(), &certificate).run().failed();
    assert!(error.contains("key.pem: there is nothing of the kind in it"), "{error}");
}
