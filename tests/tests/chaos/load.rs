//! A shop at work on all servers: customers, their clients, agents, pushes and timers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use frontdesk_tests::kit::{Agent, CHANNEL, Customer, Dice, Fate, Http, Ledger, Story};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::agents::Desk;
use super::client::{Ask, Client, is_orderly};
use super::cluster::{Addresses, Cluster, PATIENCE};
use super::customers::{Talker, log_of, receive, said_to_agents};
use super::passing::{BRIEF, PUSHED, Pushes, fall_silent};
use super::watch::Watch;

const AGENTS: [(&str, &str); 2] = [("101", "102"), ("102", "101")];
/// How many customers talk to robots and agents.
const TALKERS: usize = 10;
/// How many customers get their answers pushed.
const PUSHED_TO: usize = 2;
/// How long any request to a server that runs may take, whatever happens: nothing hangs.
const LONGEST_ANSWER: Duration = Duration::from_secs(45);
/// How long it may take until nobody waits any more. Who let an offer pass is not asked for the same customer again for a
/// minute.
const DRAINED_WITHIN: Duration = PATIENCE.saturating_mul(3);

/// Everybody at work.
pub(super) struct Load {
    pub(super) watch: Arc<Watch>,
    ledger: Arc<Ledger>,
    addresses: Addresses,
    customers: Vec<Customer>,
    pushed_to: Vec<Customer>,
    pushes: Pushes,
    supervisor: Client,
    talkers: JoinSet<()>,
    desks: JoinSet<Desk>,
    pollers: JoinSet<()>,
    stop_talking: CancellationToken,
    stop_working: CancellationToken,
    stop_polling: CancellationToken,
}

impl Load {
    pub(super) async fn start(cluster: &Cluster, seed: u64) -> Self {
        let (watch, ledger) = (Arc::<Watch>::default(), Arc::<Ledger>::default());
        let pushes = Pushes::start().await;
        configure(cluster, &pushes).await;
        let addresses = cluster.addresses.clone();
        let supervisor = cluster.person("201").await;
        let mut load = Self {
            supervisor: Client::new("201", &supervisor.http, (&addresses, 0), (&watch, &ledger)),
            watch,
            ledger,
            addresses,
            customers: Vec::new(),
            pushed_to: Vec::new(),
            pushes,
            talkers: JoinSet::new(),
            desks: JoinSet::new(),
            pollers: JoinSet::new(),
            stop_talking: CancellationToken::new(),
            stop_working: CancellationToken::new(),
            stop_polling: CancellationToken::new(),
        };
        for (number, names) in AGENTS.into_iter().enumerate() {
            let agent = cluster.person(names.0).await;
            load.sit_down(&agent, names, (number, seed));
        }
        let app = cluster.app().await;
        for number in 0..TALKERS {
            let customer = app.customer(&format!("customer-{number}"), "en").await;
            load.begin(customer, (number, seed));
        }
        for number in 0..PUSHED_TO {
            let customer = app.customer_of(PUSHED, &format!("pushed-{number}"), "en").await;
            let client = load.client(&customer.user, &customer.http, number);
            let dice = Dice::new(seed + 300 + number as u64);
            let stop = load.stop_talking.clone();
            load.talkers.spawn(load.pushes.ask_and_wait(client, customer.clone(), dice, stop));
            load.pushed_to.push(customer);
        }
        let silent = app.customer_of(BRIEF, "silent", "en").await;
        let client = load.client("silent", &silent.http, 2);
        load.talkers.spawn(fall_silent(client, silent, load.stop_talking.clone()));
        load.ask_each_server(&app.customer("prober", "en").await, &supervisor);
        load
    }

    fn client(&self, name: &str, http: &Http, first: usize) -> Client {
        Client::new(name, http, (&self.addresses, first), (&self.watch, &self.ledger))
    }

    fn begin(&mut self, customer: Customer, (number, seed): (usize, u64)) {
        // A customer's words and what they receive go over different servers.
        let client = self.client(&customer.user, &customer.http, number);
        let dice = Dice::new(seed + 100 + number as u64);
        let is_hasty = number.is_multiple_of(2);
        let talker = Talker { client, customer: customer.clone(), dice, is_hasty, count: 0 };
        let stop = self.stop_talking.clone();
        self.talkers.spawn(async move { talker.talk(stop).await });
        let receiving =
            self.client(&format!("{}'s client", customer.user), &customer.http, number / 3 + number);
        self.pollers.spawn(receive(receiving, customer.user.clone(), self.stop_polling.clone()));
        self.customers.push(customer);
    }

    fn sit_down(&mut self, agent: &Agent, names: (&'static str, &'static str), (number, seed): (usize, u64)) {
        let client = self.client(names.0, &agent.http, number);
        let mut desk = Desk::new(client, names, Dice::new(seed + 200 + number as u64));
        let stop = self.stop_working.clone();
        self.desks.spawn(async move {
            desk.is_back().await;
            desk.work(stop).await;
            desk
        });
    }

    /// Asks each server by itself again and again, to see that it answers, whatever it answers.
    fn ask_each_server(&mut self, customer: &Customer, supervisor: &Agent) {
        let poll = "/apiaccess/ccmessaging/poll?cursor=latest&wait=0&deviceId=prober";
        let control = customer.message("INPUT", "");
        let whats = [
            (customer.http.clone(), Method::GET, poll, Value::Null),
            (customer.http.clone(), Method::POST, "/apiaccess/ccmessaging/send", control),
            (supervisor.http.clone(), Method::GET, "/api/v1/agent/conversations?scope=all", Value::Null),
        ];
        for number in 0..self.addresses.count() {
            for (http, method, path, body) in whats.clone() {
                let (addresses, ledger) = (self.addresses.clone(), Arc::clone(&self.ledger));
                let (watch, stop) = (Arc::clone(&self.watch), self.stop_talking.clone());
                self.talkers.spawn(async move {
                    while !stop.is_cancelled() {
                        let http = http.at(&addresses.of(number));
                        let request = http.request(method.clone(), path).timeout(LONGEST_ANSWER);
                        let request = if body.is_null() { request } else { request.json(&body) };
                        let begun = Instant::now();
                        match http.try_send(request).await {
                            Ok(answer) => {
                                watch.answered(begun.elapsed());
                                if answer.status.is_server_error() && !is_orderly(&answer) {
                                    ledger.protest(path, &answer);
                                }
                            }
                            Err(error) if error.is_timeout() => {
                                ledger.complain(format!("server {number} does not answer {path}"));
                            }
                            // It is down.
                            Err(_) => {}
                        }
                        tokio::time::sleep(Duration::from_millis(250)).await;
                    }
                });
            }
        }
    }

    /// Ends everything in order, and says everything that is not as it must be. Nothing goes wrong meanwhile.
    pub(super) async fn finish(mut self) -> Found {
        self.stop_talking.cancel();
        let ended = join(&mut self.talkers).await;
        assert_eq!(ended.len(), TALKERS + PUSHED_TO + 1 + 3 * self.addresses.count());
        self.stop_working.cancel();
        let mut desks = join(&mut self.desks).await;
        self.drain(&mut desks).await;
        self.stop_polling.cancel();
        join(&mut self.pollers).await;
        let mut faults = Vec::new();
        let mut stories = self.ledger.stories();
        let mut said = HashMap::new();
        for story in &mut stories {
            let customer = self.customers.iter().find(|customer| customer.user == story.user).unwrap();
            let mut client = self.client(&story.user, &customer.http, 0);
            story.log = log_of(&mut client, &story.user, CHANNEL).await;
            faults.extend(story.faults());
            said.insert(story.user.clone(), said_to_agents(&mut client).await);
        }
        faults.extend(desk_faults(&said, &desks));
        for customer in &self.pushed_to {
            let mut client = self.client(&customer.user, &customer.http, 0);
            faults.extend(self.pushes.check(&mut client, &customer.user).await);
        }
        faults.append(&mut self.ledger.unexpected.lock().unwrap());
        Found { faults, stories, heard: desks.iter().map(|desk| desk.heard.len()).sum() }
    }

    /// The agents end all that they have until nobody is left with them or waits for them.
    async fn drain(&mut self, desks: &mut [Desk]) {
        let begun = Instant::now();
        loop {
            let answer = self.supervisor.ask(Ask::get("/api/v1/agent/conversations?scope=all")).await;
            let open = answer.json["conversations"].as_array().cloned().unwrap_or_default();
            let left: Vec<_> = open.iter().filter(|open| open["control"] != "robot").collect();
            if left.is_empty() {
                break;
            }
            if begun.elapsed() > DRAINED_WITHIN {
                let agents = self.supervisor.ask(Ask::get("/api/v1/agents")).await;
                panic!("forgotten in a queue or with an agent: {left:?}; agents: {}", agents.text);
            }
            for desk in &mut *desks {
                desk.finish().await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        for desk in desks {
            desk.finish().await;
        }
    }
}

/// Makes the channels that are not the demonstration's, and has its agents asked first.
async fn configure(cluster: &Cluster, pushes: &Pushes) {
    let administrator = cluster.person("901").await.http;
    for (id, channel) in pushes.channels() {
        let answer = administrator.put(&format!("/api/v1/config/channels/{id}"), channel).await;
        assert!(answer.status.is_success(), "{}", answer.text);
    }
    let asked = json!({ "accept_within": 4 });
    let answer = administrator.patch("/api/v1/config/queues/support", asked).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    // Every server knows of them soon.
    for number in 0..cluster.count() {
        let begun = Instant::now();
        let app = cluster.app().await.http.at(&cluster.addresses.of(number));
        for channel in [PUSHED, BRIEF] {
            let body =
                json!({ "userId": "nobody", "userName": "nobody", "channelId": channel, "locale": "en" });
            let path = "/apiaccess/ccmessaging/applyToken";
            while !app.post(path, body.clone()).await.json["token"].is_string() {
                assert!(begun.elapsed() < PATIENCE, "server {number} does not know of {channel}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// What a customer said to an agent is on one desk, once and in its order.
fn desk_faults(said: &HashMap<String, Vec<String>>, desks: &[Desk]) -> Vec<String> {
    let mut faults = Vec::new();
    for content in said.values().flatten() {
        let times: usize =
            desks.iter().map(|desk| desk.heard.iter().filter(|heard| *heard == content).count()).sum();
        if times != 1 {
            faults.push(format!("said to an agent, and {times} times on a desk: {content}"));
        }
    }
    for desk in desks {
        for said in said.values() {
            let order: Vec<usize> =
                desk.heard.iter().filter_map(|heard| said.iter().position(|one| one == heard)).collect();
            if !order.is_sorted() {
                faults.push(format!("the desk of {} heard in another order: {order:?}", desk.agent));
            }
        }
    }
    faults
}

/// What was found at the end.
pub(super) struct Found {
    pub(super) faults: Vec<String>,
    stories: Vec<Story>,
    /// How much customers said to agents.
    pub(super) heard: usize,
}

impl Found {
    /// How many messages were acknowledged.
    pub(super) fn acknowledged(&self) -> usize {
        let sent = self.stories.iter().flat_map(|story| story.sent.values()).flatten();
        sent.filter(|sent| sent.fate == Fate::Acknowledged).count()
    }

    /// How many messages customers received.
    pub(super) fn received(&self) -> usize {
        self.stories.iter().map(|story| story.received.len()).sum()
    }
}

async fn join<T: 'static>(tasks: &mut JoinSet<T>) -> Vec<T> {
    let all = async {
        let mut ended = Vec::new();
        while let Some(one) = tasks.join_next().await {
            ended.push(one.expect("no panic"));
        }
        ended
    };
    tokio::time::timeout(3 * PATIENCE, all).await.expect("everybody ends when they are asked to")
}
