//! What a crash interrupts is finished after it.

use std::time::{Duration, Instant};

use frontdesk_tests::kit::{Agent, Customer, Dice};
use reqwest::Method;
use serde_json::Value;
use tokio::task::JoinSet;

use super::lives::{Line, Lives};

const ROUNDS: u64 = 6;
const CUSTOMERS: usize = 8;
/// The reconciler looks every second for what is two seconds old; this is far beyond.
const AT_LAST: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asked_for_an_agent_is_served_or_told_that_they_wait() {
    let mut lives = Lives::begin().await;
    let agent = Agent::sign_in(&lives.anybody(), "demo", "101", "demo-101").await;
    agent.declare("online").await;
    let supervisor = Agent::sign_in(&lives.anybody(), "demo", "201", "demo-201").await;
    let dice = Dice::new(5);
    for round in 0..ROUNDS {
        let app = lives.app().await;
        let mut customers = Vec::new();
        for number in 0..CUSTOMERS {
            let customer = app.customer(&format!("customer-{round}-{number}"), "en").await;
            assert_eq!(customer.send("CONNECT", "").await.code(), "0");
            customer.drain().await;
            customers.push(customer);
        }
        let mut asking = ask_all(&lives, &customers);
        tokio::time::sleep(Duration::from_micros(dice.below(60_000))).await;
        lives.kill();
        lives.restart().await;
        let mut acknowledged = Vec::new();
        while let Some(asked) = asking.join_next().await {
            acknowledged.extend(asked.expect("no panic"));
        }
        let mut line = lives.line(supervisor.http.clone());
        all_are_settled(&lives, &mut line, &customers, &acknowledged).await;
        end_all(&lives, &agent, &mut line).await;
    }
    lives.terminate().await;
}

/// Asks for an agent for everybody at once; gives whom the server said yes to.
fn ask_all(lives: &Lives, customers: &[Customer]) -> JoinSet<Option<String>> {
    let mut asking = JoinSet::new();
    for customer in customers {
        let mut line = lives.app_line(customer.http.clone());
        let (user, body) = (customer.user.clone(), customer.message("TRANS2AGENT", ""));
        asking.spawn(async move {
            let (_, answer) = line.ask(Method::POST, "/apiaccess/ccmessaging/send", &body).await?;
            (answer.code() == "0").then_some(user)
        });
    }
    asking
}

/// Everybody who left the robot is with the agent and knows it, or waits and knows it; and whoever the server said yes
/// to has left the robot.
async fn all_are_settled(lives: &Lives, line: &mut Line, customers: &[Customer], acknowledged: &[String]) {
    let start = Instant::now();
    let mut told: Vec<Vec<String>> = vec![Vec::new(); customers.len()];
    loop {
        let controls = controls(line).await;
        let mut unsettled = Vec::new();
        for (customer, told) in customers.iter().zip(&mut told) {
            let mut poll = lives.app_line(customer.http.clone());
            let path = "/apiaccess/ccmessaging/poll?wait=0";
            let (_, answer) = poll.ask(Method::GET, path, &Value::Null).await.expect("an answer");
            let news = answer.json["downlinkMessages"].as_array().cloned().unwrap_or_default();
            told.extend(
                news.iter().map(|message| message["content"].as_str().unwrap_or_default().to_owned()),
            );
            let control = controls.iter().find(|(user, _)| *user == customer.user);
            let control = control.map_or("none", |(_, control)| control.as_str());
            let knows = |text: &str| told.iter().any(|told| told == text);
            let settled = match control {
                "agent" => knows("Connected Agent"),
                "queue" => knows("Queuing..."),
                _ => !acknowledged.contains(&customer.user),
            };
            if !settled {
                unsettled.push(format!("{} ({control}): {told:?}", customer.user));
            }
        }
        if unsettled.is_empty() {
            return;
        }
        assert!(start.elapsed() < AT_LAST, "forgotten: {unsettled:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Who has control of each customer.
async fn controls(line: &mut Line) -> Vec<(String, String)> {
    let all = "/api/v1/agent/conversations?scope=all";
    let (_, answer) = line.ask(Method::GET, all, &Value::Null).await.expect("an answer");
    let list = answer.json["conversations"].as_array().cloned().expect("a list");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list.iter().map(|open| (text(&open["customer"]["userId"]), text(&open["control"]))).collect()
}

/// Ends what the agent holds until nobody waits.
async fn end_all(lives: &Lives, agent: &Agent, line: &mut Line) {
    let start = Instant::now();
    while controls(line).await.iter().any(|(_, control)| control != "robot") {
        assert!(start.elapsed() < AT_LAST, "the queue does not drain");
        let present = Agent { http: agent.http.at(&lives.present().url) };
        for conversation in present.held().await {
            let path = format!("/api/v1/agent/conversations/{conversation}/end");
            present.http.post(&path, Value::Null).await;
        }
    }
}
