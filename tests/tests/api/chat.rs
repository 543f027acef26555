//! CHAT with the robot.

use frontdesk_core::id::RobotId;
use frontdesk_server::admin::{AdminCommand, NewRobot};
use frontdesk_tests::kit::{Customer, Server, downlink, robot_says, shown, soon};
use serde_json::{Value, json};

const ANSWER: &str = "Open My orders and choose Track: you see where your parcel is and the day it should arrive. We also e-mail you the tracking link as soon as the parcel leaves our warehouse.";
const MISS: &str =
    "Sorry, I don't know the answer to that. Try other words, or type \"agent\" to talk to a person.";

async fn connected(server: &Server, user: &str, locale: &str) -> Customer {
    let customer = server.app().await.customer(user, locale).await;
    customer.sends("CONNECT", "").await;
    customer.drain().await;
    customer
}

/// Gives the channel a robot that knows these questions and answers.
async fn teach(server: &Server, groups: &[(String, String)]) {
    let robot = NewRobot {
        id: "pupil".into(),
        nickname: Some("test".into()),
        avatar: Some("1".into()),
        gender: Some("MALE".into()),
        ..NewRobot::default()
    };
    server.admin(AdminCommand::PutRobot { tenant: "demo".into(), robot }).await.unwrap();
    let groups = groups.iter().enumerate().map(|(number, (question, answer))| {
        format!("[[group]]\nid = \"{number}\"\nanswer = {answer:?}\nquestions = [{question:?}]\n")
    });
    let text = format!("locale = \"en\"\n{}", groups.collect::<String>());
    let put = AdminCommand::PutKnowledge { tenant: "demo".into(), base: "pupil".into(), text };
    server.admin(put).await.unwrap();
    server.change_channel(|channel| channel.robot = Some(RobotId::new("pupil").unwrap())).await;
}

/// What the robot says in one of its turns.
fn turn(user: &str, turn: &str, text: &str) -> Value {
    let mut said = robot_says(user, text);
    said["interIdx"] = json!(turn);
    said
}

#[tokio::test]
async fn a_clear_hit_is_answered_and_turns_are_counted() {
    let server = Server::start().await;
    let customer = connected(&server, "u-77", "en").await;
    let answer = customer.send("CHAT", "Where is my order?").await;
    assert_eq!(
        answer.shown(),
        (200, json!({ "resultCode": "0", "resultDesc": "Send message to robot successfully" }))
    );
    assert_eq!(shown(&customer.drain().await), [turn("u-77", "1", ANSWER)]);
    customer.sends("CHAT", "  where IS my order ").await;
    assert_eq!(shown(&customer.drain().await), [turn("u-77", "2", ANSWER)]);

    // Turns are counted in each conversation.
    customer.sends("DISCONNECT", "").await;
    customer.sends("CONNECT", "").await;
    customer.sends("CHAT", "Where is my order?").await;
    let said = shown(&customer.drain().await);
    assert_eq!(said, [robot_says("u-77", "Welcome,welcome"), turn("u-77", "1", ANSWER)]);
}

#[tokio::test]
async fn a_near_hit_is_answered_with_similar_questions() {
    let server = Server::start().await;
    let ways = ["card", "invoice", "post", "transfer", "app", "phone", "gift"];
    let question = |way: &str| format!("How do I pay by {way}?");
    let groups: Vec<(String, String)> =
        ways.iter().map(|way| (question(way), format!("Choose {way}."))).collect();
    teach(&server, &groups).await;
    let customer = connected(&server, "u-77", "en").await;
    customer.sends("CHAT", "how can I pay").await;
    let messages = customer.drain().await;
    let similar = messages[0]["simQuestions"].as_str().expect("a string");
    let similar: Vec<String> = serde_json::from_str(similar).expect("which holds a JSON array of strings");
    assert_eq!(similar.len(), 5, "{similar:?}");
    assert!(similar.iter().all(|similar| ways.iter().any(|way| *similar == question(way))), "{similar:?}");
    let mut said = turn("u-77", "1", "Did you mean one of these?");
    said["simQuestions"] = messages[0]["simQuestions"].clone();
    assert_eq!(shown(&messages), [said]);
    customer.sends("CHAT", &question("card")).await;
    assert_eq!(shown(&customer.drain().await), [turn("u-77", "2", "Choose card.")]);
}

#[tokio::test]
async fn a_miss_is_admitted_and_an_agent_offered() {
    let server = Server::start().await;
    let customer = connected(&server, "u-77", "en").await;
    customer.sends("CHAT", "zxqv wkjh").await;
    assert_eq!(shown(&customer.drain().await), [turn("u-77", "1", MISS)]);
}

#[tokio::test]
async fn a_chinese_customer_is_answered_in_chinese() {
    let server = Server::start().await;
    let customer = connected(&server, "u-77", "zh_CN").await;
    customer.sends("CHAT", "我的订单到哪里了？").await;
    let texts = customer.drain_texts().await;
    assert_eq!(
        texts,
        [
            "请打开“我的订单”，点击“查看物流”，就能看到包裹的位置和预计送达日期。包裹一出库，我们也会把物流链接发到您的邮箱。"
        ]
    );
    customer.sends("CHAT", "zxqv wkjh").await;
    let texts = customer.drain_texts().await;
    assert_eq!(texts, ["抱歉,我还不知道这个问题的答案。请换个说法,或输入“agent”联系人工客服。"]);
}

#[tokio::test]
async fn the_keyword_is_the_whole_text_in_any_case() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    for (user, keyword) in [("u-1", "agent"), ("u-2", "AGENT"), ("u-3", " \tAgEnT\n ")] {
        let customer = connected(&server, user, "en").await;
        let answer = customer.send("CHAT", keyword).await;
        assert_eq!(
            answer.json,
            json!({ "resultCode": "0", "resultDesc": "Send message to robot successfully" })
        );
        assert_eq!(
            customer.drain_texts().await,
            ["Transfer to manual labor", "Connected Agent"],
            "{keyword:?}"
        );
    }
    assert_eq!(agent.held().await.len(), 3);
    let customer = connected(&server, "u-4", "en").await;
    customer.sends("CHAT", "an agent please").await;
    assert!(!customer.drain_texts().await.contains(&"Connected Agent".to_owned()));
    assert_eq!(agent.held().await.len(), 3);
}

#[tokio::test]
async fn without_an_agent_the_keyword_is_regretted_and_the_robot_stays() {
    let server = Server::start().await;
    let customer = connected(&server, "u-77", "en").await;
    let answer = customer.send("CHAT", "agent").await;
    assert_eq!(answer.code(), "0");
    assert_eq!(shown(&customer.drain().await), [robot_says("u-77", "No agents available currently")]);
    customer.sends("CHAT", "Where is my order?").await;
    assert_eq!(customer.drain_texts().await, [ANSWER]);
}

#[tokio::test]
async fn without_a_session_nothing_is_stored() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    for (control, code) in
        [("CHAT", "5"), ("DISCONNECT", "5"), ("INPUT", "5"), ("READ", "5"), ("TRANS2AGENT", "13")]
    {
        let answer = customer.send(control, "lost?").await;
        assert_eq!((answer.status.as_u16(), answer.code()), (200, code), "{control}: {}", answer.text);
    }
    assert_eq!(server.stored("u-77").await, []);
    customer.sends("CONNECT", "").await;
    customer.sends("DISCONNECT", "").await;
    let answer = customer.send("CHAT", "lost again?").await;
    assert_eq!(answer.shown(), (200, json!({ "resultCode": "5", "resultDesc": "The session has ended." })));
    let history = customer.call("queryHistoryChatMessage", super::history::wanted(&customer, 10, 0)).await;
    assert!(!history.text.contains("lost"), "{}", history.text);
    assert_eq!(customer.drain_texts().await, ["Welcome,welcome"]);
}

#[tokio::test]
async fn a_long_answer_of_the_robot_comes_in_parts_that_end_with_sentences() {
    let server = Server::start().await;
    let sentence = |number: usize| format!("Sentence {number} says that {} is so.", "it ".repeat(60).trim());
    let sentences: Vec<String> = (1..=6).map(sentence).collect();
    teach(&server, &[("Tell me everything".to_owned(), sentences.join(" "))]).await;

    let customer = connected(&server, "u-77", "en").await;
    customer.sends("CHAT", "Tell me everything").await;
    let messages = customer.drain().await;
    let texts: Vec<&str> = messages.iter().map(|message| message["content"].as_str().unwrap()).collect();
    assert!(texts.len() > 1 && texts.iter().all(|text| text.chars().count() <= 500), "{texts:?}");
    assert!(texts.iter().all(|text| text.ends_with("is so.") && text.starts_with("Sentence")), "{texts:?}");
    assert_eq!(texts.join(" "), sentences.join(" "), "nothing is lost");
    assert!(messages.iter().all(|message| message["interIdx"] == "1"), "it is one turn");

    server.change_channel(|channel| channel.text_chars = 4_000).await;
    customer.sends("CHAT", "Tell me everything").await;
    assert_eq!(customer.drain_texts().await, [sentences.join(" ")]);
}

#[tokio::test]
async fn a_picture_for_the_robot_is_taken_and_a_message_for_an_agent_is_named_so() {
    let server = Server::start().await;
    server.online("101").await;
    let customer = connected(&server, "u-77", "en").await;
    let mut picture = customer.message("CHAT", "7d1c0000-0000-4000-8000-000000000002,jpg");
    picture["mediaType"] = json!("FILE_IMAGE");
    let answer = customer.call("send", picture).await;
    assert_eq!(answer.json, json!({ "resultCode": "0", "resultDesc": "Send message to robot successfully" }));
    let texts = customer.drain_texts().await;
    assert!(matches!(&texts[..], [text] if text.starts_with("Sorry, I don't know")), "{texts:?}");
    customer.sends("TRANS2AGENT", "").await;
    let answer = customer.send("CHAT", "Where is my order?").await;
    assert_eq!(answer.json, json!({ "resultCode": "0", "resultDesc": "sendUserMessage successfully." }));
    let messages = shown(&customer.drain().await);
    assert_eq!(
        messages.last().unwrap(),
        &downlink("u-77", json!({ "content": "Connected Agent", "senderNickname": "System" }))
    );
}

/// Pain 14: the robot keeps talking after a person has joined.
#[tokio::test]
async fn a_robot_that_was_asked_before_an_agent_came_says_nothing_any_more() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = connected(&server, "u-77", "en").await;
    // The question is being decided, with the robot's answer in hand, when the agent takes over.
    let gate = server.store.hold_back("load");
    let asks = {
        let customer = customer.clone();
        tokio::task::spawn(async move { customer.send("CHAT", "Where is my parcel?").await })
    };
    soon("the question", gate.reached()).await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = agent.only_conversation().await;
    gate.open();
    assert_eq!(soon("the answer", asks).await.unwrap().code(), "0");
    let texts = customer.drain_texts().await;
    assert_eq!(texts, ["Transfer to manual labor", "Connected Agent"], "not the robot's answer");
    let heard = agent.heard(&conversation).await;
    assert_eq!(heard.last().unwrap().1, "Where is my parcel?", "the agent gets the question");
    let robots = heard.iter().filter(|(who, text)| who == "robot" && text == ANSWER).count();
    assert_eq!(robots, 0);
}
