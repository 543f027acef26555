//! Customers who talk to an agent: made before something is measured, gone after it.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;
use frontdesk_client::api::messaging::poll::PollQuery;
use frontdesk_client::api::native::agent::AgentStatus;
use frontdesk_client::{AgentClient, CustomerClient, CustomerCredentials, Endpoint, ServerClient};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::wire::Address;

/// Tokens must last as long as the longest measurement.
const TOKEN_LIFE: Duration = Duration::from_hours(1);
/// How long it may take until the agent has everybody.
const HANDED_OVER_WITHIN: Duration = Duration::from_secs(30);
/// An agent who is not heard of loses their customers.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

/// The server, and with whose credentials it is used. The defaults are those of the demonstration.
#[derive(Args, Clone, Debug)]
pub(crate) struct Shop {
    /// Where the server is
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub(crate) url: Address,
    /// Key of the app
    #[arg(long, default_value = "demo-app")]
    app_key: String,
    /// Secret of the app
    #[arg(long, default_value = "demo-secret", hide_default_value = true)]
    app_secret: String,
    /// Channel of the customers
    #[arg(long, default_value = "1011577355744904195")]
    channel: String,
    /// Tenant of the agent
    #[arg(long, default_value = "demo")]
    tenant: String,
    /// The agent; nobody else should be online
    #[arg(long, default_value = "101")]
    agent: String,
    /// Password of the agent
    #[arg(long, default_value = "demo-101", hide_default_value = true)]
    password: String,
}

/// A customer whom the agent has.
pub(crate) struct Seat {
    /// What the customer's client shows.
    pub(crate) credentials: CustomerCredentials,
    /// What the agent names the conversation by.
    pub(crate) conversation: String,
}

/// Everybody.
pub(crate) struct Stage {
    pub(crate) seats: Vec<Seat>,
    pub(crate) agent: AgentClient,
    endpoint: Endpoint,
    _signs: JoinSet<()>,
}

impl Stage {
    /// Makes customers, who were never there before, and hands them to the agent.
    pub(crate) async fn set(shop: &Shop, customers: usize) -> anyhow::Result<Self> {
        let endpoint = Endpoint::new(&shop.url.url())?;
        let server = ServerClient::with_token_life(
            endpoint.clone(),
            shop.app_key.as_str(),
            shop.app_secret.as_str(),
            TOKEN_LIFE,
        );
        let agent = AgentClient::login(endpoint.clone(), &shop.tenant, &shop.agent, &shop.password).await?;
        agent.set_status(AgentStatus::Online).await?;
        let mut everybody = Vec::with_capacity(customers);
        let seats = match seats(&endpoint, &server, &agent, shop, customers, &mut everybody).await {
            Ok(seats) => seats,
            Err(error) => {
                // Whoever stayed would take the agent's room from the next run. What went wrong first is what counts.
                let _ = leave(&endpoint, everybody).await;
                return Err(error);
            }
        };
        let mut signs = JoinSet::new();
        signs.spawn(stay(agent.clone()));
        Ok(Self { seats, agent, endpoint, _signs: signs })
    }

    /// Everybody leaves.
    pub(crate) async fn clear(self) -> anyhow::Result<()> {
        leave(&self.endpoint, self.seats.into_iter().map(|seat| seat.credentials)).await
    }
}

/// Lets customers in, who are noted in `everybody` as they come, and waits until the agent has them.
async fn seats(
    endpoint: &Endpoint,
    server: &ServerClient,
    agent: &AgentClient,
    shop: &Shop,
    customers: usize,
    everybody: &mut Vec<CustomerCredentials>,
) -> anyhow::Result<Vec<Seat>> {
    let run = nonce()?;
    for number in 0..customers {
        let user = format!("load-{run}-{number}");
        let credentials = server.apply_token(&user, &user, &shop.channel, "en").await?;
        everybody.push(credentials.clone());
        let client = CustomerClient::new(endpoint.clone(), credentials);
        for said in [client.connect().await?, client.trans2agent().await?] {
            ensure!(said.is_success(), "{user}: {}", said.result_desc);
        }
    }
    let mut seats = Vec::with_capacity(customers);
    for credentials in everybody.iter().cloned() {
        let client = CustomerClient::new(endpoint.clone(), credentials.clone());
        seats.push(Seat { credentials, conversation: conversation_of(&client).await? });
    }
    handed_over(agent, &shop.agent, &seats).await?;
    Ok(seats)
}

async fn leave(
    endpoint: &Endpoint,
    customers: impl IntoIterator<Item = CustomerCredentials>,
) -> anyhow::Result<()> {
    for credentials in customers {
        CustomerClient::new(endpoint.clone(), credentials).disconnect().await?;
    }
    Ok(())
}

/// What the customer's conversation is named by: it stands beside every message of it.
async fn conversation_of(client: &CustomerClient) -> anyhow::Result<String> {
    let query =
        PollQuery { cursor: Some("earliest".into()), wait: Some("10".into()), ..PollQuery::default() };
    let answer = client.poll_acknowledged(query).await?;
    let last = answer.downlink_messages.into_iter().next_back();
    last.and_then(|message| message.conversation_id).context("nobody said anything to the customer")
}

/// Waits until the agent has all of them.
async fn handed_over(agent: &AgentClient, name: &str, seats: &[Seat]) -> anyhow::Result<()> {
    let until = Instant::now() + HANDED_OVER_WITHIN;
    for seat in seats {
        // Before the agent has it, it may not be theirs to see.
        while !agent
            .conversation(&seat.conversation)
            .await
            .is_ok_and(|it| it.agent_id.as_deref() == Some(name))
        {
            ensure!(
                Instant::now() < until,
                "the agent did not get {}: is the capacity enough for all {}?",
                seat.credentials.user_id,
                seats.len()
            );
            sleep(Duration::from_millis(100)).await;
        }
    }
    Ok(())
}

async fn stay(agent: AgentClient) {
    loop {
        sleep(SIGN_OF_LIFE).await;
        // If the server is gone, whatever is being measured fails.
        let _ = agent.status().await;
    }
}

/// Tells the customers of this run from those of every other one.
fn nonce() -> anyhow::Result<String> {
    let mut bytes = [0; 4];
    #[expect(clippy::disallowed_methods, reason = "a tool: nobody simulates it")]
    getrandom::fill(&mut bytes)?;
    Ok(format!("{:08x}", u32::from_be_bytes(bytes)))
}
