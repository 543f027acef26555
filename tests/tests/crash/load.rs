//! A shop at its busiest: customers, their clients, and two agents.

use std::sync::Arc;
use std::time::{Duration, Instant};

use frontdesk_tests::kit::{Agent, Customer, Dice, Fate, Http, Ledger, Logged, Story};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::actors::{Desk, MARK, Talker, poll};
use super::lives::{Line, Lives, PATIENCE};

const AGENTS: [(&str, &str); 2] = [("101", "102"), ("102", "101")];

/// Everybody at work.
pub(super) struct Load {
    ledger: Arc<Ledger>,
    customers: Vec<Customer>,
    agents: Vec<(Agent, &'static str, &'static str)>,
    supervisor: Http,
    talkers: JoinSet<()>,
    desks: JoinSet<()>,
    pollers: JoinSet<()>,
    stop_talking: CancellationToken,
    stop_working: CancellationToken,
    stop_polling: CancellationToken,
}

impl Load {
    pub(super) async fn start(lives: &Lives, customers: usize) -> Self {
        let app = lives.app().await;
        let mut load = Self {
            ledger: Arc::default(),
            customers: Vec::new(),
            agents: Vec::new(),
            supervisor: Agent::sign_in(&lives.anybody(), "demo", "201", "demo-201").await.http,
            talkers: JoinSet::new(),
            desks: JoinSet::new(),
            pollers: JoinSet::new(),
            stop_talking: CancellationToken::new(),
            stop_working: CancellationToken::new(),
            stop_polling: CancellationToken::new(),
        };
        for (agent, other) in AGENTS {
            let signed_in = Agent::sign_in(&lives.anybody(), "demo", agent, &format!("demo-{agent}")).await;
            signed_in.declare("online").await;
            load.agents.push((signed_in, agent, other));
            load.sit_down(lives, agent);
        }
        for number in 0..customers {
            let customer = app.customer(&format!("customer-{number}"), "en").await;
            load.begin(lives, customer, number);
        }
        load
    }

    fn begin(&mut self, lives: &Lives, customer: Customer, number: usize) {
        let (ledger, stop) = (Arc::clone(&self.ledger), self.stop_talking.clone());
        let (line, talking) = (lives.app_line(customer.http.clone()), customer.clone());
        self.talkers.spawn(async move {
            let talker = Talker {
                line,
                customer: talking,
                ledger: &ledger,
                dice: Dice::new(number as u64),
                repeats: number.is_multiple_of(2),
                count: 0,
            };
            talker.talk(stop).await;
        });
        let (ledger, stop) = (Arc::clone(&self.ledger), self.stop_polling.clone());
        let (line, user) = (lives.app_line(customer.http.clone()), customer.user.clone());
        // Some clients poll as documented, some say how long they wait.
        let wait = if number.is_multiple_of(3) { "" } else { "&wait=1" };
        self.pollers.spawn(async move { poll(line, user, wait, &ledger, stop).await });
        self.customers.push(customer);
    }

    fn sit_down(&mut self, lives: &Lives, name: &'static str) {
        let (ledger, stop) = (Arc::clone(&self.ledger), self.stop_working.clone());
        let (signed_in, agent, other) = self.agents.iter().find(|(_, agent, _)| *agent == name).unwrap();
        let (line, agent, other) = (lives.line(signed_in.http.clone()), *agent, *other);
        self.desks.spawn(async move {
            let dice = Dice::new(1_000 + u64::from(agent.as_bytes()[2]));
            Desk { line, agent, other, ledger: &ledger, dice, count: 0 }.work(stop).await;
        });
    }

    /// The customers.
    pub(super) fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// What everybody was told so far, without the logs.
    pub(super) fn stories(&self) -> Vec<Story> {
        self.ledger.stories()
    }

    /// Ends everything in order, and says everything that is not as it must be. No server is killed meanwhile.
    pub(super) async fn finish(mut self, lives: &Lives) -> Found {
        self.stop_talking.cancel();
        join(&mut self.talkers).await;
        self.stop_working.cancel();
        join(&mut self.desks).await;
        self.drain(lives).await;
        self.stop_polling.cancel();
        join(&mut self.pollers).await;
        let mut stories = self.ledger.stories();
        for story in &mut stories {
            let customer = self.customers.iter().find(|customer| customer.user == story.user).unwrap();
            story.log = log_of(lives.app_line(customer.http.clone()), &customer.user).await;
        }
        let mut faults: Vec<String> = stories.iter().flat_map(Story::faults).collect();
        faults.append(&mut self.ledger.unexpected.lock().unwrap());
        Found { faults, stories, secrets: self.secrets() }
    }

    /// The agents end all that they hold until nobody is left with them or waits for them.
    async fn drain(&self, lives: &Lives) {
        let mut supervisor = lives.line(self.supervisor.clone());
        let start = Instant::now();
        loop {
            let all = "/api/v1/agent/conversations?scope=all";
            let (_, answer) = supervisor.ask(Method::GET, all, &Value::Null).await.expect("an answer");
            let open = answer.json["conversations"].as_array().cloned().unwrap_or_default();
            let left: Vec<_> = open.iter().filter(|open| open["control"] != "robot").collect();
            if left.is_empty() {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "forgotten in a queue or with an agent: {left:?}");
            for (signed_in, agent, other) in &self.agents {
                let line = lives.line(signed_in.http.clone());
                let dice = Dice::new(0);
                let mut desk = Desk { line, agent, other, ledger: &self.ledger, dice, count: 0 };
                for (conversation, user) in desk.held().await {
                    desk.end(&conversation, &user).await;
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What must never be in a log line.
    fn secrets(&self) -> Vec<String> {
        let mut secrets: Vec<String> = ["demo-secret", "demo-101", "demo-102", "demo-201", MARK]
            .into_iter()
            .map(str::to_owned)
            .collect();
        let customers = self.customers.iter().map(|customer| &customer.http);
        let agents = self.agents.iter().map(|(agent, ..)| &agent.http);
        for http in customers.chain(agents).chain([&self.supervisor]) {
            for name in ["authorization", "ccmessaging-token"] {
                let value = http.header(name).unwrap_or_default();
                secrets.extend(value.split(' ').filter(|part| part.len() > 6).map(str::to_owned));
            }
        }
        secrets
    }
}

/// What was found at the end.
pub(super) struct Found {
    pub(super) faults: Vec<String>,
    pub(super) stories: Vec<Story>,
    secrets: Vec<String>,
}

impl Found {
    /// Fails with all faults, if there are any.
    pub(super) fn must_be_fine(&self) {
        assert!(self.faults.is_empty(), "{} faults:\n{}", self.faults.len(), self.faults.join("\n"));
    }

    /// How many messages were acknowledged to these senders.
    pub(super) fn acknowledged(&self, by_agents: bool) -> usize {
        let sent = self.stories.iter().flat_map(|story| {
            story.sent.iter().filter(move |(sender, _)| (**sender != story.user) == by_agents)
        });
        sent.flat_map(|(_, sent)| sent).filter(|sent| sent.fate == Fate::Acknowledged).count()
    }

    /// How many received something.
    pub(super) fn received(&self, content: &str) -> usize {
        let all = self.stories.iter().flat_map(|story| &story.received);
        all.filter(|received| received.content == content).count()
    }

    /// Fails if a log line shows a token, a secret, or what was said.
    pub(super) fn must_not_be_in(&self, logs: &str) {
        assert!(logs.contains("TRACE"), "the most talkative level is on");
        let said = self.stories.iter().flat_map(|story| &story.received);
        let said = said.map(|received| received.content.as_str()).filter(|content| content.len() > 12);
        let said: std::collections::HashSet<&str> = said.collect();
        for secret in self.secrets.iter().map(String::as_str).chain(said) {
            if let Some(line) = logs.lines().find(|line| line.contains(secret)) {
                panic!("{secret:?} is in the log: {line}");
            }
        }
    }
}

async fn join(tasks: &mut JoinSet<()>) {
    let all = async {
        while let Some(ended) = tasks.join_next().await {
            ended.expect("no panic");
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("everybody ends when they are asked to");
}

/// A customer's whole log, oldest first.
pub(super) async fn log_of(mut line: Line, user: &str) -> Vec<Logged> {
    let mut log = Vec::new();
    loop {
        let body = json!({
            "userId": user, "channelId": frontdesk_tests::kit::CHANNEL, "channel": "WEB",
            "limit": "100", "offset": log.len().to_string(),
        });
        let path = "/apiaccess/ccmessaging/queryHistoryChatMessage";
        let (_, answer) = line.ask(Method::POST, path, &body).await.expect("an answer");
        let page = Logged::of_page(&answer);
        if page.is_empty() {
            log.reverse();
            return log;
        }
        log.extend(page);
    }
}
