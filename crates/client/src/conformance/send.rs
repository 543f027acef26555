//! send and sendAsync, to the robot.

use serde_json::json;

use super::report::{Check, Group};
use super::stage::Stage;
use super::verdict::{Verdict, holds, same};

pub(super) async fn run(stage: &Stage, mut group: Group) -> Vec<Check> {
    group.check("CONNECT reaches the robot", connect(stage)).await;
    group.check("CHAT reaches the robot", chat(stage)).await;
    group.check("DISCONNECT leaves the robot", disconnect(stage)).await;
    group.check("without a session nothing is taken", no_session(stage)).await;
    group.check("sendAsync answers on both of its paths", send_async(stage)).await;
    group.check("only the mandatory fields are needed", mandatory_only(stage)).await;
    group.check("a missing field is named", missing_field(stage)).await;
    group.check("an unknown controlType is refused", unknown_control(stage)).await;
    group.check("from must be who the token names", another_sender(stage)).await;
    group.check("a repeated messageId is answered as before", repeated(stage)).await;
    group.check("a messageId of something else is refused", mismatched(stage)).await;
    group.done()
}

/// `CONNECT`, robot (`cec_05_2030`); a dot at the end of the text, as in samples, is right too.
async fn connect(stage: &Stage) -> Verdict {
    let answer = stage.customer().await?.send("CONNECT", "").await?;
    answer.has_code("0")?;
    let text = answer.field("resultDesc").trim_end_matches('.');
    same(text, "connect to robot successfully")
}

/// `CHAT`, robot (`cec_05_2030`).
async fn chat(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.sends("CONNECT", "").await?;
    customer.send("CHAT", "hello").await?.has_result("0", "Send message to robot successfully")
}

/// `DISCONNECT`, robot (`cec_05_2030`), after which code 5 says that the session has ended (`cec_07_0110`).
async fn disconnect(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.sends("CONNECT", "").await?;
    customer.send("DISCONNECT", "").await?.has_result("0", "Disconnect robot successfully")?;
    customer.send("CHAT", "hello").await?.has_code("5")
}

/// Code 5 (`cec_07_0110`) for what needs a session, and the text of `TRANS2AGENT` (`cec_05_2030`).
async fn no_session(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    for control in ["CHAT", "INPUT", "DISCONNECT"] {
        customer.send(control, "hello").await?.has_code("5")?;
    }
    let text = "fail to transfer from robot to agent,session keep touch failed.";
    customer.send("TRANS2AGENT", "").await?.has_result("13", text)
}

/// `/sendAsync` (`cec_07_2217`, Chinese) and `/sendSync` (`cec_07_0106`, English) with one text.
async fn send_async(stage: &Stage) -> Verdict {
    for interface in ["sendAsync", "sendSync"] {
        let customer = stage.customer().await?;
        let answer = customer.post(interface, &customer.message("CONNECT", "")).await?;
        answer.has_result("0", "send sendMessageForOpenApiAsync success.")?;
    }
    Ok(())
}

/// The optional fields of send (`cec_07_0105`), `content` of `CONNECT` among them.
async fn mandatory_only(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let body = json!({
        "channel": "WEB", "controlType": "CONNECT", "from": customer.user, "mediaType": "TEXT",
        "sourceType": "CUSTOMER", "to": stage.target.channel,
    });
    customer.post("send", &body).await?.has_code("0")
}

/// The mandatory fields of send (`cec_07_0105`), and HTTP 400 (every page).
async fn missing_field(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    for field in ["controlType", "from", "mediaType", "to"] {
        let mut body = customer.message("CONNECT", "");
        body[field] = json!(null);
        customer.post("send", &body).await?.is_error_about(field)?;
    }
    Ok(())
}

/// The values of `controlType` (`cec_07_0105`), and HTTP 400 (every page).
async fn unknown_control(stage: &Stage) -> Verdict {
    stage.customer().await?.send("SHOUT", "hello").await?.is_error_about("controlType")
}

/// `from` is the userId of applyToken (`cec_07_0105`).
async fn another_sender(stage: &Stage) -> Verdict {
    let (customer, other) = (stage.customer().await?, stage.customer().await?);
    let answer = customer.post("send", &other.message("CONNECT", "")).await?;
    answer.is_error_with(400, "RECEIVER_MISMATCH")
}

/// `messageId` is unique for a customer's message (`cec_07_0105`): once more is no second message.
async fn repeated(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.sends("CONNECT", "").await?;
    let mut message = customer.message("CHAT", "hello");
    message["messageId"] = json!("m-1");
    let first = customer.post("send", &message).await?;
    first.has_code("0")?;
    message["timestamp"] = json!("1700000000001");
    same(customer.post("send", &message).await?.shown(), first.shown())?;
    let body = json!({
        "channelId": stage.target.channel, "userId": customer.user, "limit": "50", "offset": "0",
        "channel": "WEB",
    });
    let history = customer.post("queryHistoryChatMessage", &body).await?;
    let said = history.json["messageList"].as_array().into_iter().flatten();
    let times = said.filter(|item| item["content"] == "hello" && item["sourceType"] == "USER").count();
    holds(times == 1, format!("{times} times"), "once in the history")
}

/// `messageId` is unique for a customer's message (`cec_07_0105`): another message needs another.
async fn mismatched(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.sends("CONNECT", "").await?;
    let mut message = customer.message("CHAT", "hello");
    message["messageId"] = json!("m-1");
    customer.post("send", &message).await?.has_code("0")?;
    message["content"] = json!("good bye");
    customer.post("send", &message).await?.is_error_with(400, "IDEMPOTENCY_MISMATCH")
}
