//! The documented poll, with nothing but documented parameters.

use std::time::Duration;

use reqwest::Method;

use super::customer::is_from;
use super::report::{Check, Group};
use super::stage::{POLL, Stage};
use super::verdict::{Mismatch, Verdict, holds, same};
use super::wire::{call, names};

/// The documented fields of an entry, in their order: the thirteen of the page, then those of tables and samples.
pub(super) const FIELDS: [&str; 22] = [
    "from",
    "channel",
    "to",
    "controlType",
    "mediaType",
    "content",
    "simQuestions",
    "senderNickname",
    "senderAvatar",
    "timestamp",
    "sourceType",
    "callId",
    "robotGender",
    "messageCode",
    "isOfflineStatus",
    "interIdx",
    "contentType",
    "mediaFileType",
    "queueFlag",
    "handlerType",
    "associationContentId",
    "receiveTime",
];

/// How long a poll is given to be held before something comes for it.
const HEAD_START: Duration = Duration::from_millis(150);

pub(super) async fn run(stage: &Stage, mut group: Group) -> Vec<Check> {
    group.check("the answer has exactly the documented fields, in order", top_fields(stage)).await;
    group.check("a message has exactly the documented fields, in order", entry_fields(stage)).await;
    group.check("the robot's answer is as in the page's example", robots_entry(stage)).await;
    group.check("times are growing numbers, codes are unique", times_and_codes(stage)).await;
    group.check("without a message: success and an empty list", empty(stage)).await;
    group.check("a message comes once", once(stage)).await;
    group.check("a held poll is answered by a message", held(stage)).await;
    group.check("receiverId and channel are optional", optional_query(stage)).await;
    group.check("a receiverId or channel of somebody else is refused", foreign_query(stage)).await;
    group.check("HEAD and OPTIONS take nothing away", harmless_methods(stage)).await;
    group.check("answers are not to be cached", not_cached(stage)).await;
    group.done()
}

/// The top level of the page's example (`cec_07_0108`).
async fn top_fields(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    let answer = customer.poll().await?;
    answer.has_result("0", "query user messages success.")?;
    same(names(&answer.text, 1), ["resultCode", "resultDesc", "downlinkMessages"])
}

/// The entries of the page's example (`cec_07_0108`) and of its other samples, `null` where there is nothing.
async fn entry_fields(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    let answer = customer.poll().await?;
    let count = answer.messages()?.len();
    holds(count > 0, answer.shown(), "a message")?;
    let seen = names(&answer.text, 2);
    for entry in seen.chunks(FIELDS.len()) {
        same(entry, &FIELDS[..])?;
    }
    same(seen.len(), count * FIELDS.len())
}

/// The values of a robot's entry in the page's example (`cec_07_0108`).
async fn robots_entry(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    let said = customer.receive("the robot's answer", |message| is_from(message, "ROBOT")).await?;
    same(said["from"].as_str(), Some(&*stage.target.channel))?;
    same(said["to"].as_str(), Some(&*customer.user))?;
    same(said["channel"].as_str(), Some("WEB"))?;
    same(said["mediaType"].as_str(), Some("TEXT"))?;
    holds(said["content"].is_string(), &said, "content is text")?;
    holds(said["callId"].is_null(), &said, "callId is null")
}

/// `timestamp` in every sample (`cec_07_0108`), and `messageCode`: the unique message code.
async fn times_and_codes(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    customer.sends("CHAT", "zxqv once more").await?;
    let answer = customer.poll().await?;
    let messages = answer.messages()?;
    let times: Option<Vec<i64>> = messages.iter().map(|message| message["timestamp"].as_i64()).collect();
    let times = times.ok_or_else(|| Mismatch::new(answer.shown(), "timestamp is a number"))?;
    holds(times.len() > 1, answer.shown(), "the answers to two messages")?;
    holds(times.is_sorted_by(|a, b| a < b), format!("{times:?}"), "each timestamp above the one before")?;
    let mut codes: Vec<&str> =
        messages.iter().filter_map(|message| message["messageCode"].as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    same(codes.len(), messages.len())
}

/// The long poll (`cec_07_0093`): after the set time, success with an empty list.
async fn empty(stage: &Stage) -> Verdict {
    let answer = stage.customer().await?.poll().await?;
    answer.has_result("0", "query user messages success.")?;
    same(answer.messages()?.len(), 0)
}

/// The pull mode of the page (`cec_07_0108`): what was pulled is not there any more.
async fn once(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    let first = customer.poll().await?;
    holds(!first.messages()?.is_empty(), first.shown(), "a message")?;
    customer.sends("CHAT", "zxqv once more").await?;
    let second = customer.poll().await?.messages()?;
    let before = first.messages()?;
    let again = second.iter().find(|message| before.contains(message));
    holds(again.is_none(), format!("again: {again:?}"), "each message once")?;
    holds(!second.is_empty(), "nothing", "what was said since")
}

/// The long poll (`cec_07_0093`): a message within the set time comes at once.
async fn held(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let say = async {
        tokio::time::sleep(HEAD_START).await;
        customer.talk().await
    };
    let (answer, said) = tokio::join!(customer.poll(), say);
    said?;
    let answer = answer?;
    holds(!answer.messages()?.is_empty(), answer.shown(), "the message, in the poll that was held")
}

/// The page's query (`cec_07_0108`): both parameters are mandatory=False.
async fn optional_query(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    let answer = call(customer.request(Method::GET, POLL)).await?;
    holds(!answer.messages()?.is_empty(), answer.shown(), "the customer's messages")
}

/// `receiverId` is the userId of applyToken (`cec_07_0108`), and HTTP 400 (every page).
async fn foreign_query(stage: &Stage) -> Verdict {
    let (customer, other) = (stage.customer().await?, stage.customer().await?);
    let receiver = customer.poll_with(&format!("receiverId={}", other.user)).await?;
    receiver.is_error_with(400, "RECEIVER_MISMATCH")?;
    customer.poll_with("channel=FACEBOOK").await?.is_error_with(400, "RECEIVER_MISMATCH")
}

/// The method of the page is GET (`cec_07_0108`): others must not move the read position.
async fn harmless_methods(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    for method in [Method::HEAD, Method::OPTIONS] {
        call(customer.request(method, &customer.poll_path())).await?;
    }
    let answer = customer.poll().await?;
    holds(!answer.messages()?.is_empty(), answer.shown(), "the messages are still there")
}

/// `Cache-Control: no-store` (RFC 9111): no cache in between may keep what one customer was told.
async fn not_cached(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    let answer = customer.poll().await?;
    holds(
        answer.header("cache-control").contains("no-store"),
        format!("Cache-Control: {}", answer.header("cache-control")),
        "no-store",
    )
}
