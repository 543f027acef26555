//! The native bodies as they stand on the wire.

use serde_json::json;

use super::agent::{AgentStatus, LoginAnswer};
use super::conversation::{
    Control, Conversation, ConversationQuery, ConversationScope, ConversationState, ConversationWish,
    Customer,
};
use super::feed::{Assigned, EndReason, Ended, FeedAnswer, FeedEvent, FeedQuery, StateChange, Written};
use super::label::Priority;
use super::message::{Author, AuthorKind, Message, MessageList};
use super::problem::Problem;
use crate::messaging::enums::MediaType;

fn question() -> Message {
    Message {
        id: "m-1".into(),
        seq: 12,
        at: 1_619_590_480_756,
        author: Author { kind: AuthorKind::Customer, id: Some("u-77".into()), name: Some("Ann".into()) },
        media_type: MediaType::Text,
        content: "Where is my order?".into(),
        file_name: None,
        file_type: None,
        file_size: None,
        similar_questions: Vec::new(),
        whisper: false,
        masked: false,
    }
}

fn conversation() -> Conversation {
    Conversation {
        id: "v-1".into(),
        call_id: "1619590480-1".into(),
        channel: "WEB".into(),
        channel_id: "1011577355744904195".into(),
        customer: Customer { user_id: "u-77".into(), name: "Ann".into(), locale: "en_US".into() },
        control: Control::Queue,
        queue: Some("support".into()),
        agent_id: None,
        role: None,
        participants: Vec::new(),
        state: ConversationState::Open,
        opened_at: 1,
        waiting_since: Some(2),
        sla: Vec::new(),
        ended_at: None,
        tags: Vec::new(),
        priority: None,
        attributes: std::collections::BTreeMap::new(),
        disposition: None,
        last_message: Some(question()),
    }
}

const QUESTION: &str = r#"{"id":"m-1","seq":12,"at":1619590480756,"author":{"kind":"customer","id":"u-77","name":"Ann"},"mediaType":"TEXT","content":"Where is my order?"}"#;

#[test]
fn conversations_and_messages_leave_out_what_they_do_not_have() {
    let list = MessageList { messages: vec![question()] };
    assert_eq!(serde_json::to_string(&list).unwrap(), format!(r#"{{"messages":[{QUESTION}]}}"#));
    assert_eq!(
        serde_json::to_string(&conversation()).unwrap(),
        format!(
            r#"{{"id":"v-1","callId":"1619590480-1","channel":"WEB","channelId":"1011577355744904195","customer":{{"userId":"u-77","name":"Ann","locale":"en_US"}},"control":"queue","queue":"support","state":"open","openedAt":1,"waitingSince":2,"lastMessage":{QUESTION}}}"#
        )
    );
}

#[test]
fn feed_events_are_told_apart_by_their_type() {
    let answer = FeedAnswer {
        cursor: "c".into(),
        events: vec![
            FeedEvent::Assigned(Box::new(Assigned {
                at: 1,
                conversation_id: "v-1".into(),
                conversation: conversation(),
            })),
            FeedEvent::Message(Written { at: 2, conversation_id: "v-1".into(), message: question() }),
            FeedEvent::Ended(Ended {
                at: 3,
                conversation_id: "v-1".into(),
                by: AuthorKind::System,
                reason: EndReason::SessionTimeout,
            }),
            FeedEvent::State(StateChange {
                at: 4,
                status: AgentStatus::Online,
                reason: None,
                held: 0,
                capacity: 5,
                after_call_work: vec![],
            }),
        ],
    };
    let text = serde_json::to_string(&answer).unwrap();
    assert!(
        text.contains(&format!(r#"{{"type":"message","at":2,"conversationId":"v-1","message":{QUESTION}}}"#))
    );
    assert!(text.contains(
        r#"{"type":"ended","at":3,"conversationId":"v-1","by":"system","reason":"sessionTimeout"}"#
    ));
    assert!(text.contains(r#"{"type":"state","at":4,"status":"online","held":0,"capacity":5}"#));
    assert_eq!(serde_json::from_str::<FeedAnswer>(&text).unwrap(), answer);
    assert!(!format!("{answer:?}").contains("order"));
}

#[test]
fn queries_are_checked() {
    let list = |query: &str| serde_json::from_str::<ConversationQuery>(query).unwrap();
    assert_eq!(ConversationQuery::default().check(), Ok(ConversationWish::default()));
    let query = list(r#"{"scope": "ended", "tag": " refund", "priority": "high", "disposition": "solved"}"#);
    let wish = ConversationWish {
        scope: ConversationScope::Ended,
        tag: Some("refund"),
        priority: Some(Priority::High),
        disposition: Some("solved"),
    };
    assert_eq!(query.check(), Ok(wish));
    let refused = |query: &str| list(query).check().unwrap_err().to_string();
    assert_eq!(refused(r#"{"scope": "none"}"#), "`scope` must be one of mine, waiting, all, ended");
    assert_eq!(refused(r#"{"tag": " "}"#), "`tag` is empty");
    assert_eq!(refused(r#"{"priority": "1"}"#), "`priority` must be one of low, normal, high, urgent");

    let feed = FeedQuery { cursor: Some("".into()), wait: Some("60".into()) };
    let wish = feed.check().unwrap();
    assert_eq!((wish.cursor, wish.wait_seconds), (None, Some(55)));
}

#[test]
fn a_problem_names_its_field() {
    let problem =
        Problem::new(400, "Bad Request", "FIELD_MISSING", "`status` is missing").with_field("status");
    assert_eq!(
        serde_json::to_value(&problem).unwrap(),
        json!({
            "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "`status` is missing",
            "code": "FIELD_MISSING", "field": "status"
        })
    );
}

#[test]
fn a_login_answer_hides_its_token_in_debug() {
    let answer: LoginAnswer = serde_json::from_str(r#"{"token":"very-secret"}"#).unwrap();
    assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"token":"very-secret"}"#);
    assert!(!format!("{answer:?}").contains("very-secret"));
}
