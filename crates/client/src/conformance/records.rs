//! Files, history, queue, survey, phrases and the smaller interfaces.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use super::report::{Check, Group};
use super::stage::Stage;
use super::verdict::{Mismatch, Verdict, holds, same};
use super::wire::{call, names};

/// The fields of an item of the history, in the order of the sample (`cec_07_2215`).
const ITEM: [&str; 18] = [
    "id",
    "channel",
    "senderNickname",
    "senderAvatar",
    "sendTime",
    "receiveTime",
    "controlType",
    "sourceType",
    "mediaType",
    "content",
    "callId",
    "messageCode",
    "associationContentId",
    "sendStatus",
    "errorMsg",
    "isForwarded",
    "forwardTime",
    "contentDealType",
];

pub(super) async fn run(stage: &Stage, mut group: Group) -> Vec<Check> {
    group.check("a file goes up and comes down", file(stage)).await;
    group.check("a file of another type or no Base64 is refused", bad_file(stage)).await;
    group.check("a file that is not there is a business failure", no_file(stage)).await;
    group.check("an item of the history has exactly its fields", history_item(stage)).await;
    group.check("the history is newest first, by limit and offset", history_pages(stage)).await;
    group.check("the queue tells who does not wait why", queue(stage)).await;
    group.check("the survey has its levels and questions", survey_mode(stage)).await;
    group.check("without a call there is nothing to rate", rating(stage)).await;
    group.check("the robot's answers are rated only as documented", feedback(stage)).await;
    group.check("phrases are at most five texts", phrases(stage)).await;
    group.check("a message can be left", leave_message(stage)).await;
    group.check("support of click to dial is told", click_to_call(stage)).await;
    group.done()
}

/// uploadFileStream (`cec_07_0111`) and downloadFileStream (`cec_07_0109`).
async fn file(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let bytes = STANDARD.encode("a conformance check\n");
    let body = json!({ "fileType": "txt", "channel": "WEB", "fileStream": bytes });
    let stored = customer.post("uploadFileStream", &body).await?;
    stored.has_status(200)?;
    same(stored.field("returnCode"), "0")?;
    let key = stored.field("objectKey");
    holds(!key.is_empty() && !key.contains(','), stored.shown(), "an objectKey without a comma")?;
    for id in [key.to_owned(), format!("local/{key}")] {
        let body = json!({ "fileId": id, "channel": "WEB", "fileType": "txt" });
        let found = customer.post("downloadFileStream", &body).await?;
        found.has_code("0")?;
        same(found.field("fileStream"), &*bytes)?;
    }
    Ok(())
}

/// Codes 3 and 13 of uploadFileStream with their texts (`cec_05_2036`).
async fn bad_file(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let upload = async |kind: &str, bytes: &str| {
        let body = json!({ "fileType": kind, "channel": "WEB", "fileStream": bytes });
        customer.post("uploadFileStream", &body).await
    };
    let invalid = "Requested param validate failed.";
    upload("exe", &STANDARD.encode("MZ")).await?.has_result("3", invalid)?;
    upload("png", &STANDARD.encode("just text")).await?.has_result("3", invalid)?;
    upload("txt", "no base64!").await?.has_result("13", "decode file failed")
}

/// Code 401 of downloadFileStream, a text within HTTP 200 (`cec_07_0109`).
async fn no_file(stage: &Stage) -> Verdict {
    let body = json!({ "fileId": "nothing", "channel": "WEB", "fileType": "txt" });
    let answer = stage.customer().await?.post("downloadFileStream", &body).await?;
    answer.has_result("401", "objectKey is null!")
}

fn wanted(stage: &Stage, user: &str, limit: u32, offset: u32) -> Value {
    json!({
        "channelId": stage.target.channel, "userId": user, "channel": "WEB",
        "limit": limit.to_string(), "offset": offset.to_string(),
    })
}

/// The item of queryHistoryChatMessage (`cec_07_2215`): numbers for times, and `USER` for the customer.
async fn history_item(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    let answer = customer.post("queryHistoryChatMessage", &wanted(stage, &customer.user, 50, 0)).await?;
    answer.has_result("0", "success")?;
    for item in names(&answer.text, 2).chunks(ITEM.len()) {
        same(item, &ITEM[..])?;
    }
    let mut items = answer.json["messageList"].as_array().into_iter().flatten();
    let own = items.find(|item| item["content"] == "zxqv wkjh");
    let own = own.ok_or_else(|| Mismatch::new(answer.shown(), "what the customer said"))?;
    same(own["sourceType"].as_str(), Some("USER"))?;
    let times = own["sendTime"].is_i64() && own["receiveTime"].is_i64();
    holds(times, own, "sendTime and receiveTime are numbers")?;
    let call = own["callId"].as_str().and_then(|call| call.split_once('-'));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let so = call.is_some_and(|(seconds, number)| digits(seconds) && digits(number));
    holds(so, own, "callId is seconds, a hyphen and a number")
}

/// `limit` and `offset` of queryHistoryChatMessage (`cec_07_0104`).
async fn history_pages(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    customer.sends("CHAT", "zxqv once more").await?;
    let page = async |limit, offset| {
        let body = wanted(stage, &customer.user, limit, offset);
        let answer = customer.post("queryHistoryChatMessage", &body).await?;
        answer.has_code("0")?;
        let list = answer.json["messageList"].as_array().cloned();
        list.ok_or_else(|| Mismatch::new(answer.shown(), "messageList is an array"))
    };
    let all = page(50, 0).await?;
    let times: Vec<i64> = all.iter().filter_map(|item| item["sendTime"].as_i64()).collect();
    holds(times.is_sorted_by(|a, b| a > b), format!("{times:?}"), "newest first")?;
    holds(all.len() > 3, Value::from(all.clone()), "two messages and their answers")?;
    same(page(2, 1).await?.as_slice(), &all[1..3])
}

/// The codes of queryQueueInfo (`cec_07_0110`): 160004 without a session, 160022 with the robot, 5 after the end.
async fn queue(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let body = json!({
        "userId": customer.user, "channelConfigId": stage.target.channel, "channel": "WEB",
    });
    customer.post("queryQueueInfo", &body).await?.has_code("160004")?;
    customer.sends("CONNECT", "").await?;
    customer.post("queryQueueInfo", &body).await?.has_code("160022")?;
    customer.sends("DISCONNECT", "").await?;
    customer.post("queryQueueInfo", &body).await?.has_code("5")
}

/// getsatisfactionsurveymode (`cec_07_0113`).
async fn survey_mode(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let answer = customer.post("getsatisfactionsurveymode", &json!({ "language": "en_US" })).await?;
    answer.has_code("0")?;
    let survey = &answer.json["satisfactionSurvey"];
    if survey["surveyType"] == "NO" {
        return Ok(());
    }
    same(survey["surveyType"].as_str(), Some("WEB"))?;
    let levels = survey["satisfactionLevel"].as_array().into_iter().flatten();
    let keys: Vec<_> = levels.map(|level| level["satisfactionLevelKey"].as_str().unwrap_or("?")).collect();
    same(keys, ["1", "2", "3", "4", "5"])?;
    let questions = survey["satisfactionQuestion"].as_array();
    let known = questions
        .is_some_and(|questions| questions.iter().all(|one| one == "FCR" || one == "NPS" || one == "CSAT"));
    holds(known, survey, "satisfactionQuestion has FCR, NPS and CSAT only")
}

/// Code 13 of saveSatisfaction (`cec_07_0115`) with its text (`cec_05_2025`).
async fn rating(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let body = json!({
        "channel": "WEB", "userId": customer.user, "evaluation": "5", "comment": "ok",
        "channelConfigId": stage.target.channel,
    });
    let answer = customer.post("saveSatisfaction", &body).await?;
    answer.has_result("13", "The callIdString obtained failed!")
}

/// The codes of feedbacksatisfaction (`cec_07_0114`): no word why, and no robot session.
async fn feedback(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let rate = async |feedback: i32| {
        let body = json!({
            "feedback": feedback, "feedbackContent": "", "from": customer.user, "interIdx": "1",
        });
        customer.post("v1/robot/feedbacksatisfaction", &body).await
    };
    rate(1).await?.has_code("30000000019")?;
    customer.talk().await?;
    rate(0).await?.has_code("30000000008")?;
    rate(1).await?.has_code("0")
}

/// queryPhraseByKeyword (`cec_07_0112`): at most five questions, or why there are none.
async fn phrases(stage: &Stage) -> Verdict {
    let body = json!({ "strContent": "a", "locale": "en", "channel": "WEB" });
    let answer = stage.customer().await?.post("queryPhraseByKeyword", &body).await?;
    answer.has_code("0")?;
    let found = answer.json["question"].as_array();
    let so = found.is_some_and(|found| found.len() <= 5 && found.iter().all(Value::is_string));
    holds(so, answer.shown(), "question is an array of at most five texts")
}

/// doLeaveMessage (`cec_07_0107`), where `callId` is the customer's id.
async fn leave_message(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let body = json!({
        "callId": customer.user, "caller": "13800000000", "leaveMessage": "A conformance check was here.",
        "channel": "WEB",
    });
    customer.post("doLeaveMessage", &body).await?.has_result("0", "Save leaveMessage success!")
}

/// checkClickToCallSupport (`cec_07_0117`): two booleans.
async fn click_to_call(stage: &Stage) -> Verdict {
    let path = "/apiaccess/ccmessaging/v1/checkClickToCallSupport?channel=WEB";
    let answer = call(stage.customer().await?.request(Method::GET, path)).await?;
    answer.has_code("0")?;
    let so = answer.json["webRTCSupported"].is_boolean() && answer.json["clickToCallSupported"].is_boolean();
    holds(so, answer.shown(), "webRTCSupported and clickToCallSupported are booleans")
}
