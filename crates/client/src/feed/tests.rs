use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use frontdesk_api::messaging::poll::{AcknowledgedPollAnswer, EventClass, Gap, GapReason, PollEvent};
use reqwest::StatusCode;
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::scripted::{End, PollPlan, Script, StreamPlan, entry, refusal};
use super::{Feed, FeedItem, FeedOptions, GapCause, MemoryPlaces, Place, PlaceStore, Transport};
use crate::error::Error;

const PAUSE: Duration = Duration::from_millis(20);
/// Longer than anything takes that happens at all.
const PATIENCE: Duration = Duration::from_secs(20);

fn options() -> FeedOptions {
    FeedOptions { shortest_pause: PAUSE, longest_pause: PAUSE * 2, ..FeedOptions::default() }
}

fn by_poll() -> FeedOptions {
    FeedOptions { streams: Vec::new(), ..options() }
}

fn feed(script: &Arc<Script>, options: FeedOptions) -> Feed {
    Feed::over(Arc::new(Arc::clone(script)), options)
}

fn endless(repeats: u64) -> StreamPlan {
    StreamPlan { repeats, brings: u64::MAX, then: End::InOrder }
}

fn ending(brings: u64, then: End) -> StreamPlan {
    StreamPlan { repeats: 0, brings, then }
}

async fn next(feed: &mut Feed) -> Result<FeedItem, Error> {
    timeout(PATIENCE, feed.next()).await.expect("something comes")
}

fn shown(item: &FeedItem) -> String {
    match item {
        FeedItem::Message(message) => message.message.content.as_deref().unwrap_or_default().to_owned(),
        FeedItem::Event(event) => format!("{}", event.class),
        FeedItem::Gap(gap) => format!("{:?}", gap.cause),
    }
}

async fn take(feed: &mut Feed, count: usize) -> Vec<String> {
    let mut taken = Vec::new();
    for _ in 0..count {
        taken.push(shown(&next(feed).await.unwrap()));
    }
    taken
}

async fn nothing_comes(feed: &mut Feed) {
    let more = timeout(PAUSE * 5, feed.next()).await;
    assert!(more.is_err(), "{more:?}");
}

fn answer(seqs: &[u64], next_cursor: &str) -> AcknowledgedPollAnswer {
    AcknowledgedPollAnswer {
        downlink_messages: seqs.iter().map(|seq| entry(*seq, &format!("entry {seq}"))).collect(),
        next_cursor: next_cursor.to_owned(),
        ..AcknowledgedPollAnswer::default()
    }
}

fn answers(answer: AcknowledgedPollAnswer) -> PollPlan {
    PollPlan::Answers(Box::new(answer))
}

#[tokio::test]
async fn everything_comes_in_order_and_each_once_whatever_repeats_it() {
    let script = Script::new();
    script.say(&["a", "b"]);
    script.plan_poll(PollPlan::Repeats(0));
    script.plan_poll(PollPlan::Repeats(2));
    let brief = StreamPlan { repeats: 2, brings: 4, then: End::Breaks };
    script.plan_stream(Transport::WebSocket, brief);
    script.plan_stream(Transport::WebSocket, endless(4));
    let mut feed = feed(&script, options());
    assert_eq!(take(&mut feed, 2).await, ["a", "b"]);
    script.say(&["c", "d"]);
    assert_eq!(take(&mut feed, 2).await, ["c", "d"]);
    script.say(&["e"]);
    assert_eq!(take(&mut feed, 1).await, ["e"]);
    nothing_comes(&mut feed).await;
}

#[tokio::test]
async fn it_goes_over_to_the_best_stream_and_falls_back_to_the_poll() {
    let script = Script::new();
    script.say(&["by poll"]);
    // Streams that break off so often do not work.
    for _ in 0..3 {
        script.plan_stream(Transport::EventStream, ending(1, End::Breaks));
    }
    let mut feed = feed(&script, options());
    assert_eq!(feed.transport(), None);
    assert_eq!(take(&mut feed, 1).await, ["by poll"]);
    assert_eq!(feed.transport(), Some(Transport::Poll));
    for text in ["one", "two", "three"] {
        // Nobody knows yet that the stream will be the one to bring it: wait until it is there.
        nothing_comes(&mut feed).await;
        assert_eq!(feed.transport(), Some(Transport::EventStream));
        script.say(&[text]);
        assert_eq!(take(&mut feed, 1).await, [text]);
    }
    nothing_comes(&mut feed).await;
    script.say(&["by poll again"]);
    assert_eq!(take(&mut feed, 1).await, ["by poll again"]);
    assert_eq!(feed.transport(), Some(Transport::Poll));
    let opened: Vec<_> =
        script.did().into_iter().filter(|did| !did.contains("poll") && !did.contains("ack")).collect();
    assert_eq!(opened, ["WebSocket c1", "EventStream c1", "EventStream c2", "EventStream c3"]);
}

#[tokio::test]
async fn a_stream_that_did_not_work_is_tried_again_later() {
    let script = Script::new();
    let mut feed = feed(&script, FeedOptions { stream_pause: PAUSE, ..options() });
    nothing_comes(&mut feed).await;
    assert_eq!(feed.transport(), Some(Transport::Poll));
    script.plan_stream(Transport::WebSocket, endless(0));
    let until = Instant::now() + PATIENCE;
    while feed.transport() != Some(Transport::WebSocket) {
        assert!(Instant::now() < until, "{:?}", script.did());
        // A held poll ends with the next message.
        script.say(&["x"]);
        assert_eq!(take(&mut feed, 1).await, ["x"]);
        nothing_comes(&mut feed).await;
    }
}

#[tokio::test]
async fn messages_do_not_wait_for_a_stream_that_does_not_open() {
    let script = Script::new();
    script.plan_stream(Transport::WebSocket, ending(0, End::NeverOpens));
    let mut feed = feed(&script, options());
    nothing_comes(&mut feed).await;
    for text in ["a", "b"] {
        script.say(&[text]);
        assert_eq!(take(&mut feed, 1).await, [text]);
    }
    assert!(!script.did().contains(&"gave up ".to_owned()), "{:?}", script.did());
}

#[tokio::test]
async fn only_what_was_taken_is_acknowledged() {
    let script = Script::new();
    script.say(&["a", "b"]);
    script.plan_stream(Transport::WebSocket, endless(0));
    let mut feed = feed(&script, options());
    take(&mut feed, 2).await;
    assert_eq!(script.did(), ["poll "], "b may not have been dealt with");
    nothing_comes(&mut feed).await;
    assert_eq!(script.did(), ["poll ", "WebSocket c2"]);
    script.say(&["c"]);
    take(&mut feed, 1).await;
    tokio::time::sleep(PAUSE).await;
    assert_eq!(script.did().last().unwrap(), "WebSocket c2");
    nothing_comes(&mut feed).await;
    assert_eq!(script.did().last().unwrap(), "stream ack c3");
    script.say(&["d"]);
    take(&mut feed, 1).await;
    feed.acknowledge().await.unwrap();
    assert_eq!(script.did().last().unwrap(), "ack c4");
}

#[tokio::test]
async fn after_a_restart_it_goes_on_behind_what_was_taken() {
    let script = Script::new();
    script.say(&["a", "b", "c"]);
    let places = Arc::new(MemoryPlaces::default());
    let kept = || FeedOptions { places: Arc::clone(&places) as Arc<dyn PlaceStore>, ..by_poll() };
    let mut first = feed(&script, kept());
    assert_eq!(take(&mut first, 2).await, ["a", "b"]);
    drop(first);
    // b was given out, but nobody said that it was dealt with. The poll brings a again, too.
    let mut second = feed(&script, kept());
    assert_eq!(take(&mut second, 1).await, ["b"]);
    second.acknowledge().await.unwrap();
    drop(second);
    assert_eq!(places.load().await.unwrap(), Some(Place { cursor: String::new(), seq: 2 }));
    let mut third = feed(&script, kept());
    assert_eq!(take(&mut third, 1).await, ["c"]);
    third.acknowledge().await.unwrap();
    assert_eq!(places.load().await.unwrap(), Some(Place { cursor: "c3".to_owned(), seq: 3 }));
    script.say(&["d"]);
    let mut fourth = feed(&script, kept());
    assert_eq!(take(&mut fourth, 1).await, ["d"]);
}

/// An entry may be an event and a message: one of them taken is not both.
#[tokio::test]
async fn an_entry_is_taken_only_with_all_of_it() {
    let script = Script::new();
    let event =
        PollEvent { seq: Some(1), class: EventClass::Session, at: 0, data: json!({ "state": "ended" }) };
    let both = AcknowledgedPollAnswer { events: vec![event], ..answer(&[1], "c1") };
    for _ in 0..2 {
        script.plan_poll(answers(both.clone()));
    }
    let places = Arc::new(MemoryPlaces::default());
    let kept = || FeedOptions { places: Arc::clone(&places) as Arc<dyn PlaceStore>, ..by_poll() };
    let mut first = feed(&script, kept());
    assert_eq!(take(&mut first, 1).await, ["session"]);
    first.acknowledge().await.unwrap();
    drop(first);
    let mut second = feed(&script, kept());
    assert_eq!(take(&mut second, 2).await, ["session", "entry 1"]);
    second.acknowledge().await.unwrap();
    assert_eq!(places.load().await.unwrap(), Some(Place { cursor: "c1".to_owned(), seq: 1 }));
}

#[tokio::test]
async fn gaps_are_told_where_they_are() {
    let script = Script::new();
    for (reason, seqs) in [(GapReason::Overflow, [7]), (GapReason::Expired, [9]), (GapReason::Epoch, [3])] {
        let gap = Some(Gap { reason, oldest_cursor: format!("c{}", seqs[0] - 1) });
        let next = format!("c{}", seqs[0]);
        script.plan_poll(answers(AcknowledgedPollAnswer { gap, ..answer(&seqs, &next) }));
    }
    // In another life of the store numbers and codes come again, for something else.
    script.plan_poll(answers(answer(&[7], "c7")));
    let mut feed = feed(&script, by_poll());
    let expected = ["Overflow", "entry 7", "Expired", "entry 9", "Epoch", "entry 3", "entry 7"];
    assert_eq!(take(&mut feed, 7).await, expected);
    assert_eq!(script.did(), ["poll ", "poll c7", "poll c9", "poll c3"]);
}

#[tokio::test]
async fn a_place_that_the_server_does_not_know_is_a_gap() {
    let script = Script::new();
    script.say(&["a"]);
    script.plan_poll(PollPlan::Fails(refusal(StatusCode::BAD_REQUEST, "CURSOR_AHEAD", None)));
    let places = Arc::new(MemoryPlaces::default());
    places.save(&Place { cursor: "c99".to_owned(), seq: 99 }).await.unwrap();
    let mut polled = feed(&script, FeedOptions { places, ..by_poll() });
    let FeedItem::Gap(gap) = next(&mut polled).await.unwrap() else { panic!("no gap") };
    assert_eq!(gap.cause, GapCause::UnknownPlace);
    assert_eq!(take(&mut polled, 1).await, ["a"]);
    assert_eq!(script.did(), ["poll c99", "poll "]);

    // Over a stream too.
    script.plan_stream(Transport::WebSocket, ending(0, End::Refuses("CURSOR_INVALID")));
    let mut streamed = feed(&script, options());
    assert_eq!(take(&mut streamed, 3).await, ["a", "UnknownPlace", "a"]);
}

#[tokio::test]
async fn what_may_pass_is_waited_out_and_what_is_final_is_told() {
    let script = Script::new();
    script.say(&["a"]);
    let ordered = Some(Duration::from_millis(80));
    script.plan_poll(PollPlan::Fails(refusal(StatusCode::SERVICE_UNAVAILABLE, "BUSY", None)));
    script.plan_poll(PollPlan::Fails(refusal(StatusCode::TOO_MANY_REQUESTS, "BUSY", ordered)));
    let mut feed = feed(&script, by_poll());
    let begun = Instant::now();
    assert_eq!(take(&mut feed, 1).await, ["a"]);
    assert!(begun.elapsed() >= Duration::from_millis(90), "{:?}", begun.elapsed());
    script.plan_poll(PollPlan::Fails(refusal(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", None)));
    assert_eq!(next(&mut feed).await.unwrap_err().status(), Some(StatusCode::UNAUTHORIZED));
    script.say(&["b"]);
    assert_eq!(take(&mut feed, 1).await, ["b"]);
}

#[tokio::test]
async fn the_server_says_how_fast_it_is_polled() {
    let script = Script::new();
    let later = AcknowledgedPollAnswer { poll_after_ms: 70, ..answer(&[], "c0") };
    script.plan_poll(answers(later));
    script.plan_poll(answers(AcknowledgedPollAnswer { superseded: true, ..answer(&[], "c0") }));
    for _ in 0..3 {
        // Not held, although it was asked for.
        script.plan_poll(answers(answer(&[], "c0")));
    }
    script.say(&["a"]);
    let mut feed = feed(&script, by_poll());
    let begun = Instant::now();
    assert_eq!(take(&mut feed, 1).await, ["a"]);
    assert!(begun.elapsed() >= Duration::from_millis(70 + 20 + 3 * 10), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_caller_that_stops_waiting_loses_nothing() {
    let script = Script::new();
    script.plan_stream(Transport::WebSocket, endless(0));
    let mut feed = feed(&script, options());
    let mut taken = Vec::new();
    for round in 0.. {
        if taken.len() == 20 {
            break;
        }
        if round % 2 == 0 {
            script.say(&["x", "y"]);
        }
        tokio::select! {
            item = feed.next() => taken.push(shown(&item.unwrap())),
            () = tokio::time::sleep(Duration::from_millis(1)) => {}
        }
    }
    assert_eq!(taken, ["x", "y"].repeat(10));
}

#[tokio::test]
async fn a_server_without_cursors_is_polled_as_the_classic_poll_wants_it() {
    let script = Script::new();
    let classic = |codes: &[u64]| {
        let mut answer = answer(codes, "");
        for message in &mut answer.downlink_messages {
            (message.seq, message.message_id) = (0, String::new());
        }
        answers(answer)
    };
    script.plan_poll(classic(&[1, 2]));
    script.plan_poll(classic(&[2, 3]));
    let mut feed = feed(&script, options());
    assert_eq!(take(&mut feed, 3).await, ["entry 1", "entry 2", "entry 3"]);
    feed.acknowledge().await.unwrap();
    assert_eq!(script.did(), ["poll ", "poll "]);
}

/// Fails to keep a place as often as it is told to.
struct Failing {
    failures: AtomicUsize,
    within: MemoryPlaces,
}

#[async_trait]
impl PlaceStore for Failing {
    async fn load(&self) -> io::Result<Option<Place>> {
        self.within.load().await
    }

    async fn save(&self, place: &Place) -> io::Result<()> {
        let left = self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_ok() { Err(io::ErrorKind::StorageFull.into()) } else { self.within.save(place).await }
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_kept_is_told_and_does_not_stop_the_conversation() {
    let script = Script::new();
    script.say(&["a", "b"]);
    let places = Arc::new(Failing { failures: AtomicUsize::new(1), within: MemoryPlaces::default() });
    let mut feed = feed(&script, FeedOptions { places: places.clone(), ..by_poll() });
    assert_eq!(take(&mut feed, 1).await, ["a"]);
    assert!(matches!(next(&mut feed).await, Err(Error::Place(_))));
    assert_eq!(take(&mut feed, 1).await, ["b"]);
    feed.acknowledge().await.unwrap();
    assert_eq!(places.load().await.unwrap().unwrap().seq, 2);
}
