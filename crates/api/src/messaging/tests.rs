//! The contract, spelt out: whole bodies as they stand on the wire.

use serde_json::{Value, json};

use super::click_to_call::ClickToCallAnswer;
use super::enums::{ControlType, MediaType, SourceType};
use super::error::ErrorBody;
use super::history::{HistoryAnswer, HistoryMessage, HistoryRequest};
use super::leave_message::LeaveMessageRequest;
use super::phrase::{PhraseAnswer, PhraseRequest};
use super::poll::{AcknowledgedMessage, AcknowledgedPollAnswer, DownlinkMessage, Gap, GapReason, PollAnswer};
use super::queue::{QueueInfoAnswer, QueueInfoRequest, QueuePlace};
use super::result::{self, ResultAnswer};
use super::survey::{SatisfactionQueryAnswer, SatisfactionQueryRequest, SaveSatisfactionAnswer};
use super::token::{ApplyTokenAnswer, ApplyTokenRequest, TokenByAkSkAnswer, TokenByAkSkRequest};
use super::user_info::{UserInfoAnswer, UserInfoRequest};

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn welcome() -> DownlinkMessage {
    DownlinkMessage {
        from: "1011577355744904195".into(),
        channel: "WEB".into(),
        to: "session_fixed_user_fixed".into(),
        control_type: ControlType::Chat,
        media_type: Some(MediaType::Text),
        content: Some("Welcome,welcome".into()),
        sender_nickname: Some("test".into()),
        sender_avatar: Some("1".into()),
        timestamp: 1_619_590_480_756,
        source_type: SourceType::Robot,
        robot_gender: Some("MALE".into()),
        message_code: Some("c-1".into()),
        ..DownlinkMessage::default()
    }
}

const WELCOME: &str = r#"{"from":"1011577355744904195","channel":"WEB","to":"session_fixed_user_fixed","controlType":"CHAT","mediaType":"TEXT","content":"Welcome,welcome","simQuestions":null,"senderNickname":"test","senderAvatar":"1","timestamp":1619590480756,"sourceType":"ROBOT","callId":null,"robotGender":"MALE","messageCode":"c-1","isOfflineStatus":null,"interIdx":null,"contentType":null,"mediaFileType":null,"queueFlag":null,"handlerType":null,"associationContentId":null,"receiveTime":null"#;

#[test]
fn a_downlink_message_has_every_field_in_documented_order() {
    let answer = PollAnswer::success(vec![welcome()]);
    assert_eq!(
        json(&answer),
        format!(
            r#"{{"resultCode":"0","resultDesc":"query user messages success.","downlinkMessages":[{WELCOME}}}]}}"#
        )
    );
    assert_eq!(serde_json::from_str::<PollAnswer>(&json(&answer)).unwrap(), answer);
}

#[test]
fn an_empty_poll_has_an_empty_array() {
    assert_eq!(
        json(&PollAnswer::success(Vec::new())),
        r#"{"resultCode":"0","resultDesc":"query user messages success.","downlinkMessages":[]}"#
    );
}

#[test]
fn the_published_poll_sample_is_read() {
    let answer: PollAnswer = serde_json::from_value(json!({
        "resultCode": "0", "resultDesc": "query user messages success.",
        "downlinkMessages": [{
            "from": "1011577355744904195", "channel": "WEB", "to": "session_fixed_user_fixed",
            "controlType": "CHAT", "mediaType": "TEXT", "content": "Connected Agent", "simQuestions": null,
            "senderNickname": "System", "senderAvatar": null, "timestamp": 1_619_590_484_115_i64,
            "sourceType": "SYSTEM", "callId": null, "robotGender": null
        }]
    }))
    .unwrap();
    let message = &answer.downlink_messages[0];
    assert_eq!((message.source_type, message.timestamp), (SourceType::System, 1_619_590_484_115));
    assert_eq!(message.content.as_deref(), Some("Connected Agent"));
}

#[test]
fn servers_that_type_loosely_are_read() {
    let message: DownlinkMessage = serde_json::from_value(json!({
        "controlType": "DISCONNECT", "sourceType": "SYSTEM", "timestamp": "1700000000123",
        "isOfflineStatus": "true", "interIdx": 2, "contentType": 1, "mediaType": null
    }))
    .unwrap();
    assert_eq!((message.timestamp, message.is_offline_status), (1_700_000_000_123, Some(true)));
    assert_eq!((message.inter_idx.as_deref(), message.content_type.as_deref()), (Some("2"), Some("1")));
}

#[test]
fn the_acknowledged_answer_adds_behind_the_documented_fields() {
    let answer = AcknowledgedPollAnswer {
        result_code: result::SUCCESS.into(),
        result_desc: result::POLLED.text.into(),
        downlink_messages: vec![AcknowledgedMessage {
            message: welcome(),
            message_id: "c-1".into(),
            seq: 3,
            conversation_id: Some("v-1".into()),
            redelivered: false,
        }],
        next_cursor: "n".into(),
        wait_max: 55,
        server_time: 1_619_590_480_757,
        ..AcknowledgedPollAnswer::default()
    };
    assert_eq!(
        json(&answer),
        format!(
            r#"{{"resultCode":"0","resultDesc":"query user messages success.","downlinkMessages":[{WELCOME},"messageId":"c-1","seq":3,"conversationId":"v-1","redelivered":false}}],"nextCursor":"n","hasMore":false,"superseded":false,"waitMax":55,"pollAfterMs":0,"serverTime":1619590480757,"events":[]}}"#
        )
    );
    assert_eq!(serde_json::from_str::<AcknowledgedPollAnswer>(&json(&answer)).unwrap(), answer);

    let gap = Gap { reason: GapReason::Epoch, oldest_cursor: "o".into() };
    assert_eq!(json(&gap), r#"{"reason":"EPOCH","oldestCursor":"o"}"#);
}

#[test]
fn messages_do_not_show_their_content_in_debug() {
    let shown = format!("{:?}", PollAnswer::success(vec![welcome()]));
    assert!(shown.contains("[15 bytes]") && !shown.contains("Welcome"), "{shown}");
}

#[test]
fn tokens_have_the_documented_names() {
    let answer: TokenByAkSkAnswer = serde_json::from_value(json!({
        "AccessToken": "t", "ApplyType": "Bearer", "CreateTime": "1545650171", "Expires": "600",
        "Scope": "server", "AppKey": "demo-app", "UserID": "Anonymous"
    }))
    .unwrap();
    assert_eq!(
        json(&answer),
        r#"{"AccessToken":"t","ApplyType":"Bearer","CreateTime":"1545650171","Expires":"600","Scope":"server","AppKey":"demo-app","UserID":"Anonymous"}"#
    );
    assert_eq!(json(&ApplyTokenAnswer::granted("t".into())), r#"{"token":"t","resultCode":"0"}"#);
    assert!(!format!("{answer:?}").contains("\"t\""));

    let request: TokenByAkSkRequest = serde_json::from_str(r#"{"app_key":"demo-app"}"#).unwrap();
    assert_eq!(request.check().unwrap_err().to_string(), "`app_secret` is missing");
    let request: ApplyTokenRequest = serde_json::from_value(
        json!({"userId": "u-77", "userName": "Ann", "channelId": 20_230_101_000_001_i64, "locale": "zh_CN"}),
    )
    .unwrap();
    assert_eq!(request.check().unwrap().channel_id, "20230101000001");
    let request: ApplyTokenRequest = serde_json::from_str(r#"{"userId":null}"#).unwrap();
    assert_eq!(request.check().unwrap_err().to_string(), "`userId` is missing");
}

#[test]
fn queue_numbers_are_there_for_code_0_only() {
    let place = QueuePlace {
        position: 1,
        total_wait_time: 3,
        current_device_wait_time: 3,
        config_max_wait_time: 60,
        longest_wait_time: 3,
        estimate_wait_time: 60,
    };
    assert_eq!(
        json(&QueueInfoAnswer::from(place)),
        r#"{"position":1,"totalWaitTime":3,"currentDeviceWaitTime":3,"configMaxcWaitTime":60,"longestWaitTime":3,"estimateWaitTime":60,"resultCode":"0"}"#
    );
    let with_agent: Value = serde_json::to_value(QueueInfoAnswer::from(result::queue::WITH_AGENT)).unwrap();
    assert_eq!(with_agent["resultCode"], "160021");
    assert_eq!(with_agent.as_object().unwrap().len(), 2);
}

#[test]
fn a_history_message_has_the_fields_of_the_sample() {
    let sample = json!({
        "id": "10110000000000001", "channel": "WEB", "senderNickname": "Ann",
        "senderAvatar": "../../image/user1.png", "sendTime": 1_700_003_600_000_i64,
        "receiveTime": 1_700_003_600_000_i64, "controlType": "CHAT", "sourceType": "USER", "mediaType": "FILE",
        "content": "song.aac,26964,fee50000-0000-4000-8000-000000000003,aac", "callId": "1700000000-16800000",
        "messageCode": "67A2", "associationContentId": null, "sendStatus": null, "errorMsg": null,
        "isForwarded": false, "forwardTime": null, "contentDealType": null
    });
    let message: HistoryMessage = serde_json::from_value(sample.clone()).unwrap();
    assert_eq!(serde_json::to_value(&message).unwrap(), sample);
    assert!(json(&message).starts_with(r#"{"id":"10110000000000001","channel":"WEB","senderNickname":"#));
    assert!(json(&message).ends_with(r#","isForwarded":false,"forwardTime":null,"contentDealType":null}"#));
    assert_eq!(
        json(&HistoryAnswer::new(result::history::FOUND, Vec::new())),
        r#"{"messageList":[],"resultCode":"0","resultDesc":"success"}"#
    );
}

#[test]
fn sample_requests_pass_their_checks() {
    let history: HistoryRequest = serde_json::from_value(json!({
        "channelId": "20230101000001", "userId": "u-77", "limit": "1", "offset": "0",
        "startTime": "1700000000000", "endTime": "1700003600000", "channel": "WEB"
    }))
    .unwrap();
    let question = history.check().unwrap();
    assert_eq!((question.limit, question.start_time), (1, Some(1_700_000_000_000)));

    let queue: QueueInfoRequest =
        serde_json::from_str(r#"{"userId":"u-77","channelConfigId":"20230101000001","channel":"WEB"}"#)
            .unwrap();
    assert_eq!(queue.check().unwrap().channel_config_id, "20230101000001");

    let left: LeaveMessageRequest = serde_json::from_str(
        r#"{"callId":"u-77","caller":13800000000,"leaveMessage":"call me back","channel":"WEB"}"#,
    )
    .unwrap();
    assert_eq!(left.check().unwrap().caller.0, "13800000000");

    let phrase: PhraseRequest =
        serde_json::from_str(r#"{"strContent":"grid","locale":"zh","channel":"WEB"}"#).unwrap();
    assert_eq!(phrase.check().unwrap().content.0, "grid");

    let rating: SatisfactionQueryRequest = serde_json::from_str(
        r#"{"callId":"1647265024-1","beginTime":1647265028000,"endTime":"1647265029000"}"#,
    )
    .unwrap();
    assert_eq!(rating.check().unwrap().end_time, 1_647_265_029_000);

    let user: UserInfoRequest = serde_json::from_str(
        r#"{"callId":"1652317325-339","userId":1652268429538866153,"tenantId":202205116084}"#,
    )
    .unwrap();
    assert_eq!(user.check().unwrap().user_id, "1652268429538866153");
}

#[test]
fn small_answers_are_exact() {
    assert_eq!(
        json(&SaveSatisfactionAnswer::from(result::satisfaction::SAVED)),
        r#"{"returnCode":"0","resultCode":"0","resultDesc":"Save satisfaction success!"}"#
    );
    assert_eq!(
        json(&ClickToCallAnswer::unsupported()),
        r#"{"webRTCSupported":false,"clickToCallSupported":false,"resultCode":"0","resultDesc":""}"#
    );
    assert_eq!(
        json(&PhraseAnswer::found(vec!["Where ...?".into()])),
        r#"{"question":["Where ...?"],"resultCode":"0"}"#
    );
    assert_eq!(
        json(&ErrorBody::new("CURSOR_INVALID", "`cursor` is malformed")),
        r#"{"errorCode":"CURSOR_INVALID","exceptionInfo":"`cursor` is malformed","resultCode":"CURSOR_INVALID","resultDesc":"`cursor` is malformed"}"#
    );
    assert_eq!(
        json(&UserInfoAnswer { user_nickname: Some("Ann".into()), ..UserInfoAnswer::default() }),
        r#"{"userNickname":"Ann","userId":null,"userAvatar":null,"channel":null,"createTime":null,"channelConfigId":null,"userAgent":null,"clientIp":null,"osName":null,"borderType":null}"#
    );
    let rated: SatisfactionQueryAnswer = serde_json::from_value(json!({
        "returnCode": "0", "description": "query Success",
        "satisfactionEvaluations": {
            "channel": "audio", "evaluationValue": "5", "npsScore": "8", "evaluationTime": 1_647_265_028_000_i64,
            "fcrValue": "1", "evaluateObject": "Agent"
        }
    }))
    .unwrap();
    assert_eq!(rated.satisfaction_evaluations.unwrap().evaluation_value, "5");
}

#[test]
fn results_have_the_documented_texts() {
    use result::{download, leave_message, send, upload};

    let spots = [
        (send::CONNECTED_TO_ROBOT, "0", "connect to robot successfully"),
        (send::SENT_TO_ROBOT, "0", "Send message to robot successfully"),
        (send::SENT_TO_AGENT, "0", "sendUserMessage successfully."),
        (send::DISCONNECTED_FROM_ROBOT, "0", "Disconnect robot successfully"),
        (
            send::CONNECT_OUTSIDE_WORKING_TIME,
            "12",
            "The current time is not within the working time of the service agents",
        ),
        (
            send::OUTSIDE_WORKING_TIME,
            "12",
            "The current time is not within the working time of the service agents.",
        ),
        (send::ALREADY_WITH_AGENT, "13", "fail to transfer from robot to agent,it has been agent service."),
        (send::NO_AGENTS_AVAILABLE, "13", "No agents available currently"),
        (send::ACCEPTED_ASYNC, "0", "send sendMessageForOpenApiAsync success."),
        (upload::INVALID, "3", "Requested param validate failed."),
        (download::NO_SUCH_FILE, "401", "objectKey is null!"),
        (leave_message::SAVED, "0", "Save leaveMessage success!"),
    ];
    for (outcome, code, text) in spots {
        assert_eq!((outcome.code, outcome.text), (code, text));
    }
    assert_eq!(
        json(&ResultAnswer::from(send::SESSION_ENDED)),
        r#"{"resultCode":"5","resultDesc":"The session has ended."}"#
    );
}

#[cfg(feature = "openapi")]
#[test]
fn the_schema_promises_every_field_and_admits_null() {
    use utoipa::PartialSchema;

    let schema = serde_json::to_value(DownlinkMessage::schema()).unwrap();
    assert_eq!(schema["required"].as_array().unwrap().len(), 22);
    assert_eq!(schema["properties"]["content"]["type"], json!(["string", "null"]));
    assert_eq!(schema["properties"]["timestamp"]["type"], "integer");

    let schema = serde_json::to_value(super::send::SendRequest::schema()).unwrap();
    let required = ["channel", "controlType", "from", "mediaType", "sourceType", "to"];
    assert_eq!(schema["required"], json!(required));
}
