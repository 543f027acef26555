//! The Rust SDK's feed against a whole server: whatever happens to connections, credentials and the client's own
//! process, every message comes once and in order.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use frontdesk_api::messaging::poll::EventClass;
use frontdesk_client::{
    CredentialsError, CustomerClient, Endpoint, Feed, FeedItem, FeedOptions, FilePlaces, Place, PlaceStore,
    ServerClient, Transport, WidgetCredentials,
};
use frontdesk_server::config::Settings;
use frontdesk_tests::kit::{CHANNEL, Http, Plan, Proxy, Server, soon};
use serde_json::json;
use tempfile::TempDir;

use super::scene::{Scene, settings};

const ALL: [Transport; 3] = [Transport::Poll, Transport::EventStream, Transport::WebSocket];

/// A customer's program, whose place outlives it.
struct Phone {
    folder: TempDir,
    url: String,
}

impl Phone {
    /// It has everything up to here.
    async fn new(scene: &Scene, url: &str) -> Self {
        let phone = Self { folder: tempfile::tempdir().unwrap(), url: url.to_owned() };
        let here = Place { cursor: scene.head().await, seq: 0 };
        FilePlaces::new(phone.path()).save(&here).await.unwrap();
        phone
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("place")
    }

    /// Starts the program, with nothing but what is on disk.
    fn start(&self, scene: &Scene, streams: &[Transport]) -> Feed {
        self.start_at(Endpoint::new(&self.url).unwrap(), scene, streams)
    }

    fn start_at(&self, endpoint: Endpoint, scene: &Scene, streams: &[Transport]) -> Feed {
        let back_end =
            ServerClient::new(Endpoint::new(&scene.server.url).unwrap(), "demo-app", "demo-secret");
        let provider = back_end.credentials_for("ann", "ann", CHANNEL, "en");
        CustomerClient::with_provider(endpoint, provider).feed(self.options(streams))
    }

    fn options(&self, streams: &[Transport]) -> FeedOptions {
        FeedOptions {
            device_id: Some("phone".to_owned()),
            places: Arc::new(FilePlaces::new(self.path())),
            streams: streams.to_vec(),
            // A stream is tried again only once a held poll has ended.
            wait: Duration::from_secs(1),
            shortest_pause: Duration::from_millis(10),
            longest_pause: Duration::from_millis(50),
            stream_pause: Duration::from_millis(10),
            ..FeedOptions::default()
        }
    }
}

async fn next(feed: &mut Feed) -> String {
    let item = soon("a message", feed.next()).await.unwrap();
    let FeedItem::Message(message) = item else { panic!("{item:?}") };
    message.message.content.as_deref().unwrap_or("null").to_owned()
}

/// Waits until messages come this way. Nothing else may come.
async fn until_by(feed: &mut Feed, transport: Transport) {
    let looks = async {
        while feed.transport() != Some(transport) {
            let early = tokio::time::timeout(Duration::from_millis(10), feed.next()).await;
            assert!(early.is_err(), "{early:?}");
        }
    };
    soon("the transport", looks).await;
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("said {number}")).collect()
}

#[tokio::test]
async fn the_transport_changes_in_mid_conversation_and_the_program_restarts() {
    let scene = Scene::start().await;
    let phone = Phone::new(&scene, &scene.server.url).await;
    let (mut said, mut taken) = (Vec::new(), Vec::new());
    for from in ALL {
        for to in ALL {
            for transport in [from, to] {
                let mut feed = phone.start(&scene, &[transport]);
                // What came while the program was not running, and what comes while it listens.
                for place in ["away", "listening"] {
                    if place == "listening" {
                        until_by(&mut feed, transport).await;
                    }
                    said.push(format!("{from:?} to {to:?}, {place}, {transport:?}"));
                    scene.say(&said[said.len() - 1]).await;
                    taken.push(next(&mut feed).await);
                }
                feed.acknowledge().await.unwrap();
            }
        }
    }
    assert_eq!(taken, said);
    let mut feed = phone.start(&scene, &[]);
    until_by(&mut feed, Transport::Poll).await;
}

/// Each connection is cut after another number of bytes, both sides reset: polls, streams and acknowledgements alike.
#[tokio::test]
async fn connections_are_cut_in_mid_answer() {
    const CUTS: usize = 30;
    let scene = Scene::start().await;
    for transport in ALL {
        let mut proxy = Proxy::start(&scene.server.url).await;
        let phone = Phone::new(&scene, &proxy.url).await;
        for cut in 0..CUTS {
            proxy.plan(Plan::CutAfter((cut * 617) % 6_000));
        }
        let mut feed = phone.start(&scene, &[transport]);
        let (all_cut, mut said, mut taken, mut ways) =
            (AtomicBool::new(false), 0, Vec::new(), HashSet::new());
        // The agent goes on talking meanwhile, so that streams are cut while they are in use.
        let talking = async {
            while !all_cut.load(Ordering::SeqCst) {
                scene.say(&format!("said {said}")).await;
                said += 1;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            scene.say("the last").await;
        };
        let receiving = async {
            while taken.last().is_none_or(|text| text != "the last") {
                taken.push(next(&mut feed).await);
                ways.extend(feed.transport());
            }
        };
        let cutting = async {
            for _ in 0..CUTS {
                proxy.cut().await;
            }
            all_cut.store(true, Ordering::SeqCst);
        };
        let all = async { tokio::join!(talking, receiving, cutting) };
        tokio::time::timeout(Duration::from_mins(2), all).await.expect("all connections are cut");
        taken.pop();
        assert_eq!(taken, numbered(said));
        assert!(ways.contains(&transport), "{transport:?}: {ways:?}");
        // The network is well again: so is the feed.
        until_by(&mut feed, transport).await;
    }
}

/// A proxy that lets no WebSocket through and says nothing of it.
#[tokio::test]
async fn messages_do_not_wait_for_a_stream_that_does_not_open() {
    let scene = Scene::start().await;
    let mut proxy = Proxy::start(&scene.server.url).await;
    let phone = Phone::new(&scene, &proxy.url).await;
    proxy.plan(Plan::Forward);
    proxy.plan(Plan::Swallow);
    // A connection for each request, so that it is known which is the WebSocket's.
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
    let endpoint = Endpoint::with_http(&proxy.url, http).unwrap();
    let mut feed = phone.start_at(endpoint, &scene, &[Transport::WebSocket]);
    let swallowed = async {
        tokio::select! {
            early = feed.next() => panic!("{early:?}"),
            _ = proxy.cut() => {}
        }
    };
    soon("the WebSocket is swallowed", swallowed).await;
    for number in 0..3 {
        scene.say(&format!("said {number}")).await;
        assert_eq!(next(&mut feed).await, format!("said {number}"));
    }
}

/// The program dies with messages in hand: those that it had not dealt with come again, and no others.
#[tokio::test]
async fn the_program_dies_again_and_again() {
    let scene = Scene::start().await;
    let phone = Phone::new(&scene, &scene.server.url).await;
    let texts = numbered(24);
    let mut dealt_with: Vec<String> = Vec::new();
    for chunk in texts.chunks(8) {
        scene.say_all(&chunk.iter().map(String::as_str).collect::<Vec<_>>()).await;
        for transport in ALL {
            let mut feed = phone.start(&scene, &[transport]);
            deal_with(&mut feed, &mut dealt_with, 2).await;
            // One more is handed out, and the program dies.
            assert_eq!(next(&mut feed).await, texts[dealt_with.len()]);
        }
        deal_with(&mut phone.start(&scene, &[]), &mut dealt_with, 2).await;
    }
    assert_eq!(dealt_with, texts);
}

/// Takes so many messages, and deals with them.
async fn deal_with(feed: &mut Feed, dealt_with: &mut Vec<String>, count: usize) {
    for _ in 0..count {
        let text = next(feed).await;
        feed.acknowledge().await.unwrap();
        dealt_with.push(text);
    }
}

#[tokio::test]
async fn credentials_end_in_mid_conversation() {
    let scene = Scene::with(Settings { stream_heartbeat_ms: 100, ..settings() }).await;
    let phone = Phone::new(&scene, &scene.server.url).await;
    for transport in ALL {
        let (asked, url) = (Arc::new(AtomicUsize::new(0)), scene.server.url.clone());
        let count = Arc::clone(&asked);
        let provider = move || {
            count.fetch_add(1, Ordering::SeqCst);
            let url = url.clone();
            async move {
                let life = Duration::from_mins(1);
                let back_end =
                    ServerClient::with_token_life(Endpoint::new(&url)?, "demo-app", "demo-secret", life);
                back_end.apply_token("ann", "ann", CHANNEL, "en").await.map_err(CredentialsError::from)
            }
        };
        let customer = CustomerClient::with_provider(Endpoint::new(&scene.server.url).unwrap(), provider);
        let mut feed = customer.feed(phone.options(&[transport]));
        until_by(&mut feed, transport).await;
        scene.server.clock.advance(Duration::from_secs(61));
        for text in ["one", "two", "three"] {
            scene.say(text).await;
            assert_eq!(next(&mut feed).await, text, "{transport:?}");
        }
        feed.acknowledge().await.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 2, "{transport:?}");
    }
}

#[tokio::test]
async fn events_come_among_the_messages_and_no_more_often() {
    let scene = Scene::start().await;
    let phone = Phone::new(&scene, &scene.server.url).await;
    for transport in ALL {
        let options = FeedOptions { events: vec![EventClass::SelfCopies], ..phone.options(&[transport]) };
        let endpoint = Endpoint::new(&scene.server.url).unwrap();
        let back_end = ServerClient::new(endpoint.clone(), "demo-app", "demo-secret");
        let provider = back_end.credentials_for("ann", "ann", CHANNEL, "en");
        let customer = CustomerClient::with_provider(endpoint, provider);
        let mut feed = customer.feed(options);
        scene.say("before").await;
        assert!(customer.chat("mine").await.unwrap().is_success());
        scene.say("after").await;
        assert_eq!(next(&mut feed).await, "before");
        let FeedItem::Event(event) = soon("an event", feed.next()).await.unwrap() else { panic!("no event") };
        assert_eq!(event.class, EventClass::SelfCopies);
        assert_eq!(next(&mut feed).await, "after");
        until_by(&mut feed, transport).await;
        feed.acknowledge().await.unwrap();
    }
}

fn page(server: &Server) -> (Endpoint, WidgetCredentials) {
    let endpoint = Endpoint::new(&server.url).unwrap();
    (
        endpoint.clone(),
        WidgetCredentials::anonymous(endpoint, CHANNEL).with_user_name("Zoe").with_locale("en"),
    )
}

#[tokio::test]
async fn an_anonymous_visitor_talks_and_comes_back_as_the_same() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    let options = || FeedOptions {
        places: Arc::new(FilePlaces::new(folder.path().join("place"))),
        ..FeedOptions::default()
    };
    let (endpoint, visitor) = page(&server);
    let customer = CustomerClient::with_provider(endpoint, visitor.clone());
    assert!(customer.connect().await.unwrap().is_success());
    let mut feed = customer.feed(options());
    assert_eq!(next(&mut feed).await, "Welcome,welcome");
    until_by(&mut feed, Transport::WebSocket).await;
    feed.acknowledge().await.unwrap();
    let user = customer.credentials().await.unwrap().user_id;
    drop((feed, customer));

    let (endpoint, again) = page(&server);
    let customer = CustomerClient::with_provider(endpoint, again.returning(visitor.visitor().unwrap()));
    assert_eq!(customer.credentials().await.unwrap().user_id, user);
    let mut feed = customer.feed(options());
    until_by(&mut feed, Transport::WebSocket).await;
    assert!(customer.chat("How long does delivery take?").await.unwrap().is_success());
    assert!(next(&mut feed).await.to_lowercase().contains("deliver"));
}

#[tokio::test]
async fn a_widget_session_is_one_customers_and_nothing_more() {
    let server = Server::start().await;
    let (endpoint, visitor) = page(&server);
    let credentials = CustomerClient::with_provider(endpoint.clone(), visitor).credentials().await.unwrap();
    let page = Http::new(&server.url)
        .with("x-app-key", &credentials.app_key)
        .with("authorization", format!("Bearer {}", credentials.access_token.expose()));
    let body = json!({ "userId": "ann", "userName": "Ann", "channelId": CHANNEL, "locale": "en" });
    assert_eq!(page.post("/apiaccess/ccmessaging/applyToken", body).await.status, 401);

    // Whom the shop's back end did not sign does not come in, however often the feed asks.
    let nobody = WidgetCredentials::signed(endpoint.clone(), CHANNEL, || async { Ok("made-up".into()) });
    let mut feed = CustomerClient::with_provider(endpoint, nobody).feed(FeedOptions::default());
    for _ in 0..2 {
        let error = soon("a refusal", feed.next()).await.unwrap_err();
        assert!(!error.is_temporary(), "{error:?}");
    }
}
