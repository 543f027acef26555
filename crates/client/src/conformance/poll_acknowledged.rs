//! The acknowledged poll: at least once, by cursors.

use serde_json::Value;

use super::customer::Customer;
use super::poll_classic::FIELDS;
use super::report::{Check, Group};
use super::stage::Stage;
use super::verdict::{Mismatch, Verdict, holds, same};
use super::wire::{Answer, names};

pub(super) async fn run(stage: &Stage, mut group: Group) -> Vec<Check> {
    group.check("the answer has the additions behind the documented fields", fields(stage)).await;
    group.check("a message comes again until it is acknowledged", again(stage)).await;
    group.check("an older cursor reads again", older(stage)).await;
    group.check("earliest replays, latest skips", ends(stage)).await;
    group.check("each device stands where it stands", devices(stage)).await;
    group.check("a limit leaves more for later", limit(stage)).await;
    group.check("a malformed cursor is refused", malformed(stage)).await;
    group.check("another customer's cursor is refused", foreign(stage)).await;
    group.check("a negative or odd parameter is named", bad_parameters(stage)).await;
    group.check("ack acknowledges", ack(stage)).await;
    group.done()
}

pub(super) fn cursor_of(answer: &Answer) -> Result<&str, Mismatch> {
    let cursor = answer.json["nextCursor"].as_str();
    cursor.ok_or_else(|| Mismatch::new(answer.shown(), "a nextCursor"))
}

pub(super) fn codes(answer: &Answer) -> Result<Vec<Value>, Mismatch> {
    Ok(answer.messages()?.iter().map(|message| message["messageCode"].clone()).collect())
}

/// A customer whom something waits for, and the first answer to an empty cursor.
async fn waiting(stage: &Stage) -> Result<(Customer<'_>, Answer), Mismatch> {
    let customer = stage.customer().await?;
    customer.talk().await?;
    let answer = customer.poll_with("cursor=&wait=0").await?;
    holds(!answer.messages()?.is_empty(), answer.shown(), "a message")?;
    Ok((customer, answer))
}

/// The guide to receiving messages: fields of the acknowledged level, `gap` only where there is one.
async fn fields(stage: &Stage) -> Verdict {
    let (_, answer) = waiting(stage).await?;
    let top = [
        "resultCode",
        "resultDesc",
        "downlinkMessages",
        "nextCursor",
        "hasMore",
        "superseded",
        "waitMax",
        "pollAfterMs",
        "serverTime",
        "events",
    ];
    same(names(&answer.text, 1), top)?;
    let entry = [&FIELDS[..], &["messageId", "seq", "conversationId", "redelivered"]].concat();
    for seen in names(&answer.text, 2).chunks(entry.len()) {
        same(seen, &*entry)?;
    }
    Ok(())
}

/// The guide to receiving messages: presenting a cursor acknowledges what is before it, and nothing else does.
async fn again(stage: &Stage) -> Verdict {
    let (customer, first) = waiting(stage).await?;
    let second = customer.poll_with("cursor=&wait=0").await?;
    same(codes(&second)?, codes(&first)?)?;
    let marked = |answer: &Answer, wanted: bool| {
        answer.messages().map(|all| all.iter().all(|message| message["redelivered"] == wanted))
    };
    holds(marked(&first, false)?, first.shown(), "redelivered is false at first")?;
    holds(marked(&second, true)?, second.shown(), "redelivered is true the second time")?;
    let next = customer.poll_with(&format!("cursor={}&wait=0", cursor_of(&second)?)).await?;
    same(codes(&next)?.len(), 0)?;
    same(codes(&customer.poll_with("cursor=&wait=0").await?)?.len(), 0)
}

/// The guide to receiving messages: an older cursor re-reads, and moves the acknowledged position nowhere.
async fn older(stage: &Stage) -> Verdict {
    let (customer, first) = waiting(stage).await?;
    let start = cursor_of(&first)?.to_owned();
    customer.sends("CHAT", "zxqv once more").await?;
    let second = customer.poll_with(&format!("cursor={start}&wait=0")).await?;
    holds(!second.messages()?.is_empty(), second.shown(), "the robot's second answer")?;
    customer.poll_with(&format!("cursor={}&wait=0", cursor_of(&second)?)).await?.has_code("0")?;
    let reread = customer.poll_with(&format!("cursor={start}&wait=0")).await?;
    same(codes(&reread)?, codes(&second)?)?;
    same(codes(&customer.poll_with("cursor=&wait=0").await?)?.len(), 0)
}

/// The guide to receiving messages: `earliest` and `latest`.
async fn ends(stage: &Stage) -> Verdict {
    let (customer, first) = waiting(stage).await?;
    same(codes(&customer.poll_with("cursor=latest&wait=0").await?)?.len(), 0)?;
    same(codes(&customer.poll_with("cursor=&wait=0").await?)?.len(), 0)?;
    same(codes(&customer.poll_with("cursor=earliest&wait=0").await?)?, codes(&first)?)
}

/// The guide to receiving messages: each `deviceId` has a position of its own.
async fn devices(stage: &Stage) -> Verdict {
    let (customer, first) = waiting(stage).await?;
    let telephone = customer.poll_with("cursor=earliest&deviceId=telephone&wait=0").await?;
    same(codes(&telephone)?, codes(&first)?)?;
    let behind = format!("cursor={}&deviceId=telephone&wait=0", cursor_of(&telephone)?);
    customer.poll_with(&behind).await?.has_code("0")?;
    same(codes(&customer.poll_with("cursor=&deviceId=telephone&wait=0").await?)?.len(), 0)?;
    same(codes(&customer.poll_with("cursor=&wait=0").await?)?, codes(&first)?)
}

/// The guide to receiving messages: `limit`, and `hasMore` if it left something.
async fn limit(stage: &Stage) -> Verdict {
    let (customer, _) = waiting(stage).await?;
    customer.sends("CHAT", "zxqv once more").await?;
    let first = customer.poll_with("cursor=earliest&limit=1&wait=0").await?;
    same(first.messages()?.len(), 1)?;
    same(first.json["hasMore"].as_bool(), Some(true))?;
    let rest = customer.poll_with(&format!("cursor={}&limit=100&wait=0", cursor_of(&first)?)).await?;
    same(rest.json["hasMore"].as_bool(), Some(false))?;
    holds(!rest.messages()?.is_empty(), rest.shown(), "the rest")
}

/// The guide to receiving messages: `CURSOR_INVALID`.
async fn malformed(stage: &Stage) -> Verdict {
    let (customer, first) = waiting(stage).await?;
    let cursor = cursor_of(&first)?;
    let shortened = cursor.get(..cursor.len() / 2).unwrap_or("x");
    for cursor in ["nonsense", "0", shortened] {
        let answer = customer.poll_with(&format!("cursor={cursor}&wait=0")).await?;
        answer.is_error_with(400, "CURSOR_INVALID")?;
    }
    Ok(())
}

/// The guide to receiving messages: a cursor is bound to its receiver.
async fn foreign(stage: &Stage) -> Verdict {
    let (customer, _) = waiting(stage).await?;
    let (_, theirs) = waiting(stage).await?;
    let answer = customer.poll_with(&format!("cursor={}&wait=0", cursor_of(&theirs)?)).await?;
    answer.is_error_with(400, "CURSOR_INVALID")
}

/// The guide to receiving messages: HTTP 400 with the name of the field.
async fn bad_parameters(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    for (query, field) in [("wait=-1", "wait"), ("wait=soon", "wait"), ("wait=0&limit=-1", "limit")] {
        customer.poll_with(query).await?.is_error_about(field)?;
        customer.poll_with(&format!("cursor=&{query}")).await?.is_error_about(field)?;
    }
    Ok(())
}

/// The guide to receiving messages: `ack` does what presenting a cursor does.
async fn ack(stage: &Stage) -> Verdict {
    let (customer, first) = waiting(stage).await?;
    let body = serde_json::json!({ "cursor": cursor_of(&first)? });
    customer.post("ack", &body).await?.has_code("0")?;
    same(codes(&customer.poll_with("cursor=&wait=0").await?)?.len(), 0)
}
