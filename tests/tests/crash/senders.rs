//! Customers who say one thing after another and note what they were told of each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use frontdesk_tests::kit::Customer;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::lives::{Line, Lives, PATIENCE};
use super::load::log_of;

/// What a sender was told of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Acknowledged,
    /// 503: nothing was written.
    Refused,
    /// There was no answer.
    Nothing,
}

/// What all of them were told.
#[derive(Default)]
struct Notes {
    told: HashMap<String, Vec<(String, Told)>>,
    /// Answers that nobody should get.
    unexpected: Vec<String>,
}

impl Notes {
    fn add(&mut self, user: &str, content: String, told: Result<Told, String>) {
        match told {
            Ok(told) => self.told.entry(user.to_owned()).or_default().push((content, told)),
            Err(answer) => self.unexpected.push(answer),
        }
    }

    fn count(&self, wanted: Told) -> usize {
        self.told.values().flatten().filter(|(_, told)| *told == wanted).count()
    }
}

/// Customers who talk to the robot, all at the same time.
pub(super) struct Senders {
    notes: Arc<Mutex<Notes>>,
    customers: Vec<Customer>,
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Senders {
    pub(super) async fn start(lives: &Lives, count: usize) -> Self {
        let app = lives.app().await;
        let mut senders = Self {
            notes: Arc::default(),
            customers: Vec::new(),
            tasks: JoinSet::new(),
            stop: CancellationToken::new(),
        };
        for number in 0..count {
            let customer = app.customer(&format!("sender-{number}"), "en").await;
            customer.sends("CONNECT", "").await;
            let (notes, stop) = (Arc::clone(&senders.notes), senders.stop.clone());
            let (line, speaking) = (lives.app_line(customer.http.clone()), customer.clone());
            senders.tasks.spawn(speak(line, speaking, notes, stop));
            senders.customers.push(customer);
        }
        senders
    }

    /// How many messages were acknowledged so far.
    pub(super) fn acknowledged(&self) -> usize {
        self.notes.lock().unwrap().count(Told::Acknowledged)
    }

    /// How many were refused so far.
    pub(super) fn refused(&self) -> usize {
        self.notes.lock().unwrap().count(Told::Refused)
    }

    /// Waits until so many more were acknowledged.
    pub(super) async fn are_heard(&self, more: usize) {
        let before = self.acknowledged();
        self.until("messages are acknowledged", || self.acknowledged() >= before + more).await;
    }

    /// Waits until so many more were refused.
    pub(super) async fn are_refused(&self, more: usize) {
        let before = self.refused();
        self.until("messages are refused", || self.refused() >= before + more).await;
    }

    async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let wait = async {
            while !is_so() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, wait).await;
        assert!(waited.is_ok(), "{what}: {:?}", self.notes.lock().unwrap().unexpected);
    }

    /// Everybody can be read, and hears what there is.
    pub(super) async fn can_read(&self, lives: &Lives) {
        for customer in &self.customers {
            assert!(!log_of(lives.app_line(customer.http.clone()), &customer.user).await.is_empty());
            let poll = "/apiaccess/ccmessaging/poll?cursor=earliest&wait=0";
            let mut line = lives.app_line(customer.http.clone());
            let (_, answer) = line.ask(Method::GET, poll, &Value::Null).await.expect("an answer");
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            assert!(!answer.messages().is_empty());
        }
    }

    /// Ends them, and says everything that is not as it must be: what was acknowledged is in the log once and in order,
    /// what was refused is not, and all that the robot said is delivered.
    pub(super) async fn finish(mut self, lives: &Lives) -> Vec<String> {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("no panic");
        }
        let mut faults = std::mem::take(&mut self.notes.lock().unwrap().unexpected);
        for customer in &self.customers {
            let log = log_of(lives.app_line(customer.http.clone()), &customer.user).await;
            let said: Vec<&str> =
                log.iter().filter(|one| one.source == "USER").map(|one| one.content.as_str()).collect();
            let told = self.notes.lock().unwrap().told.remove(&customer.user).unwrap_or_default();
            faults.extend(faults_of(&told, &said));
            let heard = self.heard(lives, customer).await;
            let answers: Vec<&str> =
                log.iter().filter(|one| one.source != "USER").map(|one| one.code.as_str()).collect();
            if !heard.iter().map(String::as_str).eq(answers.iter().copied()) {
                faults.push(format!("{}: {} were said, {} heard", customer.user, answers.len(), heard.len()));
            }
        }
        faults
    }

    /// The codes of all chat messages that reach a customer's new device.
    async fn heard(&self, lives: &Lives, customer: &Customer) -> Vec<String> {
        let (mut line, mut heard) = (lives.app_line(customer.http.clone()), Vec::new());
        let mut cursor = "earliest".to_owned();
        loop {
            let poll =
                format!("/apiaccess/ccmessaging/poll?cursor={cursor}&wait=0&limit=100&deviceId=at-the-end");
            let (_, answer) = line.ask(Method::GET, &poll, &Value::Null).await.expect("an answer");
            let messages = answer.messages();
            if messages.is_empty() {
                return heard;
            }
            let chats = messages.iter().filter(|message| message["controlType"] == "CHAT");
            heard.extend(chats.map(|chat| chat["messageCode"].as_str().unwrap_or_default().to_owned()));
            answer.json["nextCursor"].as_str().unwrap_or_default().clone_into(&mut cursor);
        }
    }
}

async fn speak(mut line: Line, customer: Customer, notes: Arc<Mutex<Notes>>, stop: CancellationToken) {
    for number in 0_u32.. {
        if stop.is_cancelled() {
            return;
        }
        let content = format!("{} #{number}: How long does delivery take?", customer.user);
        let body = customer.message("CHAT", &content);
        let answer = line.ask(Method::POST, "/apiaccess/ccmessaging/send", &body).await;
        let told = match answer.as_ref().map(|(_, answer)| answer) {
            None => Ok(Told::Nothing),
            Some(answer) if answer.status == StatusCode::OK && answer.code() == "0" => Ok(Told::Acknowledged),
            Some(answer) => {
                let is_busy = answer.status == StatusCode::SERVICE_UNAVAILABLE && answer.code() == "BUSY";
                let is_refused = is_busy && answer.headers.contains_key("retry-after");
                is_refused
                    .then_some(Told::Refused)
                    .ok_or_else(|| format!("{} {}", answer.status, answer.text))
            }
        };
        notes.lock().unwrap().add(&customer.user, content, told);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn faults_of(told: &[(String, Told)], said: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for (content, told) in told {
        let times = said.iter().filter(|one| *one == content).count();
        let is_fine = match told {
            Told::Acknowledged => times == 1,
            Told::Refused => times == 0,
            Told::Nothing => times <= 1,
        };
        if !is_fine {
            faults.push(format!("{told:?}, but {times} times in the log: {content}"));
        }
    }
    let order: Vec<usize> =
        said.iter().filter_map(|one| told.iter().position(|(content, _)| content == one)).collect();
    if !order.is_sorted() {
        faults.push("the order is not that in which they were said".to_owned());
    }
    faults
}

#[test]
fn what_is_told_is_compared_with_what_is_kept() {
    let told = |one: Told, two: Told| vec![("one".to_owned(), one), ("two".to_owned(), two)];
    let fine = told(Told::Acknowledged, Told::Refused);
    assert_eq!(faults_of(&fine, &["one"]), [] as [String; 0]);
    for (told, said) in [
        (&fine, &[][..]),
        (&fine, &["one", "one"][..]),
        (&fine, &["one", "two"][..]),
        (&told(Told::Acknowledged, Told::Nothing), &["two", "one"][..]),
        (&told(Told::Acknowledged, Told::Nothing), &["one", "two", "two"][..]),
    ] {
        assert_eq!(faults_of(told, said).len(), 1, "{told:?} {said:?}");
    }
}
