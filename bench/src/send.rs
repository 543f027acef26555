//! From a customer's sending a message until the answer, which comes when it is stored.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use frontdesk_client::CustomerCredentials;
use frontdesk_client::api::messaging::result::ResultAnswer;
use tokio::task::JoinSet;
use tokio::time::timeout_at;

use crate::latency::Latencies;
use crate::pace::{Load, Schedule};
use crate::stage::Stage;
use crate::subject::{chat, text_of};
use crate::wire::{Address, Wire};

/// How long after the last message everything must have been answered.
const AFTER: Duration = Duration::from_mins(1);

/// The customers send in turn. Every answer must be a success.
pub(crate) async fn measure(stage: &Stage, address: &Address, load: Load) -> anyhow::Result<Latencies> {
    let customers: Arc<[CustomerCredentials]> =
        stage.seats.iter().map(|seat| seat.credentials.clone()).collect();
    let latencies = Arc::new(Mutex::new(Latencies::new()?));
    let mut wires = Vec::new();
    for _ in 0..load.senders.get() {
        wires.push(Wire::connect(address).await?);
    }
    let schedule = load.from(Instant::now());
    let due = schedule.strike();
    let mut senders = JoinSet::new();
    for wire in wires {
        let (customers, latencies) = (Arc::clone(&customers), Arc::clone(&latencies));
        senders.spawn(send(customers, wire, schedule, due.clone(), latencies));
    }
    let until = schedule.end() + AFTER;
    while let Some(ended) = timeout_at(until.into(), senders.join_next()).await.context("not in time")? {
        ended??;
    }
    let latencies = Arc::into_inner(latencies).context("somebody still sends")?;
    Ok(latencies.into_inner().unwrap_or_else(PoisonError::into_inner))
}

async fn send(
    customers: Arc<[CustomerCredentials]>,
    mut wire: Wire,
    schedule: Schedule,
    due: flume::Receiver<u64>,
    latencies: Arc<Mutex<Latencies>>,
) -> anyhow::Result<()> {
    while let Ok(event) = due.recv_async().await {
        let turn = usize::try_from(event)?.checked_rem(customers.len());
        let customer = turn.and_then(|turn| customers.get(turn)).context("there is nobody to send")?;
        let answer = wire.ask(chat(customer, &text_of(event))?).await?;
        let at = Instant::now();
        let said: ResultAnswer = serde_json::from_slice(answer.body())?;
        if !said.is_success() {
            bail!("{}: {}", customer.user_id, said.result_desc);
        }
        if let Some(took) = schedule.took(event, at) {
            latencies.lock().unwrap_or_else(PoisonError::into_inner).record(took);
        }
    }
    Ok(())
}
