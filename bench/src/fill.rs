//! A store as it is after a long time: very many customers who have been there, have talked to the robot, and have left.
//!
//! It is made by the product's own rules and its own store, without a server in between and with many commits in one
//! transaction. What follows the commits in the background, search index and reports, is left to the server, which does it
//! when it is started the next time.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use clap::Args;
use frontdesk_core::conversation::{Command, CustomerMessage, Decision, Facts, LogState, RobotSays, decide};
use frontdesk_core::directory::{Channel, Robot};
use frontdesk_core::id::{ChannelId, RobotId, TenantId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_core::message::MediaType;
use frontdesk_core::port::{Clock, Commit, Customer, LogStore as _, Random, Store as _};
use frontdesk_core::texts::{Overrides, Texts};
use frontdesk_core::time::Timestamp;
use frontdesk_store::{Options, SqliteStore};
use futures_util::{StreamExt as _, TryStreamExt as _};

/// Customers who are written at the same time, which is how many commits share a transaction.
const AT_A_TIME: usize = 4_096;
const DAY_MILLIS: i64 = 24 * 3_600 * 1_000;
/// Words of one message: about 100 bytes.
const WORDS: u64 = 15;
const SYLLABLES: [&str; 20] = [
    "par", "cel", "or", "der", "re", "fund", "ship", "ment", "pay", "car", "ret", "urn", "in", "voice", "ad",
    "dress", "de", "liv", "er", "ry",
];

/// What to write, and where.
#[derive(Args, Debug)]
pub(crate) struct Fill {
    /// The data directory of a demonstration, which no server may be using
    directory: PathBuf,
    /// How many customers to make: `past-0`, `past-1` …
    #[arg(long, default_value_t = 100_000)]
    customers: u64,
    /// How many messages they have had together
    #[arg(long, default_value_t = 1_000_000)]
    messages: u64,
    /// How many days ago the first of them was there; the last was there just now
    #[arg(long, default_value_t = 300)]
    days: u32,
}

impl Fill {
    pub(crate) async fn run(&self) -> anyhow::Result<()> {
        let clock = Arc::new(Calendar(AtomicI64::new(today().as_millis())));
        let options = Options { queue: 4 * AT_A_TIME, group: 4 * AT_A_TIME, ..Options::default() };
        let store = frontdesk_store::open(&self.directory, clock.clone(), &SystemRandom, options)?;
        let filled = self.fill(&store, &clock).await;
        clock.set(today());
        store.close().await;
        filled
    }

    async fn fill(&self, store: &SqliteStore, clock: &Calendar) -> anyhow::Result<()> {
        let shop = Shop::of_the_demonstration()?;
        let begin = today().as_millis() - i64::from(self.days) * DAY_MILLIS;
        let each = i64::from(self.days) * DAY_MILLIS / i64::try_from(self.customers.max(1))?;
        clock.set(Timestamp::from_millis(begin));
        let numbers = futures_util::stream::iter(0..self.customers).map(anyhow::Ok);
        numbers
            .try_for_each_concurrent(AT_A_TIME, |number| {
                let shop = &shop;
                async move {
                    clock.advance_to(begin + each * i64::try_from(number)?);
                    let messages = self.messages * (number + 1) / self.customers
                        - self.messages * number / self.customers;
                    shop.visit(store, clock, number, messages).await
                }
            })
            .await
    }
}

/// What of the demonstration's configuration the rules must know.
struct Shop {
    tenant: TenantId,
    channel: Channel,
    robot: Robot,
    texts: Overrides,
}

impl Shop {
    fn of_the_demonstration() -> anyhow::Result<Self> {
        let robot = Robot::new(RobotId::new("shop-robot")?);
        let channel = ChannelId::new("1011577355744904195")?;
        let channel = Channel { robot: Some(robot.id.clone()), ..Channel::new(channel, "") };
        Ok(Self { tenant: TenantId::new("demo")?, channel, robot, texts: Overrides::new() })
    }

    /// A customer comes, asks, is answered, and leaves.
    async fn visit(
        &self,
        store: &SqliteStore,
        clock: &Calendar,
        number: u64,
        messages: u64,
    ) -> anyhow::Result<()> {
        let user = format!("past-{number}");
        let customer = Customer {
            tenant: self.tenant.clone(),
            channel: self.channel.id.clone(),
            user: UserId::new(&user)?,
            name: user,
            locale: "en".to_owned(),
        };
        let log = store.register(&customer).await?;
        let (nothing, new) = (LogState::default(), HashMap::new());
        let (standings, sla) = (HashMap::new(), HashMap::new());
        let facts = Facts {
            log,
            now: clock.now(),
            channel: &self.channel,
            robot: Some(&self.robot),
            queues: &new,
            standings: &standings,
            place: None,
            dispositions: &[],
            sla: &sla,
            agent: None,
            texts: Texts::new(&self.texts, "en", "en"),
        };
        let (talk, state) = talk(&nothing, number, messages, &facts)?;
        commit(store, log, nothing.version, talk).await?;
        let leaves = decide(&state, Command::Disconnect, &facts)?.decision.context("nothing to leave")?;
        commit(store, log, state.version, leaves).await
    }
}

/// Connecting and everything that is said, as one decision; and the state after it.
fn talk(
    before: &LogState,
    customer: u64,
    messages: u64,
    facts: &Facts<'_>,
) -> anyhow::Result<(Decision, LogState)> {
    let mut talk = decide(before, Command::Connect, facts)?.decision.context("connected before")?;
    let mut state = talk.state.clone().unwrap_or_default();
    let version = state.version;
    for pair in 0..messages.div_ceil(2) {
        let has_answer = 2 * pair + 1 < messages;
        let seed = customer.wrapping_mul(1_000).wrapping_add(2 * pair);
        let message = CustomerMessage {
            media: MediaType::Text,
            content: words(seed),
            nickname: None,
            avatar: None,
            client_id: None,
            masked: false,
        };
        let answer =
            has_answer.then(|| RobotSays { texts: vec![words(seed + 1)], similar: Vec::new(), trace: None });
        let decided = decide(&state, Command::Chat { message, answer }, facts)?;
        let decision = decided.decision.context("nothing was said")?;
        talk.entries.extend(decision.entries);
        // All of it is one commit, so the version moves by one.
        state = decision.state.map_or(state, |state| LogState { version, ..state });
    }
    talk.state = Some(state.clone());
    Ok((talk, state))
}

async fn commit(store: &SqliteStore, log: LogId, version: u64, decision: Decision) -> anyhow::Result<()> {
    let commit = Commit { log, version, decision, timer: None, idempotency: None, mark: None };
    store.commit(commit).await?;
    Ok(())
}

/// Some words, few of which are frequent, as in any language.
fn words(seed: u64) -> String {
    let mut words = String::new();
    let mut state = seed;
    for _ in 0..WORDS {
        // SplitMix64: the same seed gives the same words on every machine.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 32;
        let rank = bits * bits / u64::from(u32::MAX) * bits / u64::from(u32::MAX);
        let word = (rank * 8_000) >> 32;
        for syllable in [word / 400, word / 20 % 20, word % 20] {
            words.push_str(SYLLABLES[usize::try_from(syllable).unwrap_or_default() % SYLLABLES.len()]);
        }
        words.push(' ');
    }
    words.pop();
    words
}

/// A clock that is put to the time of what is being written. It goes on by a millisecond whenever it is looked at, as one
/// transaction holds what thousands of customers did, who were not all there at the same moment.
#[derive(Debug)]
struct Calendar(AtomicI64);

impl Calendar {
    fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::Relaxed);
    }

    fn advance_to(&self, now: i64) {
        self.0.fetch_max(now, Ordering::Relaxed);
    }
}

impl Clock for Calendar {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

#[expect(clippy::disallowed_methods, reason = "a tool: nobody simulates it")]
fn today() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The system's randomness.
#[derive(Debug)]
struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "a tool: nobody simulates it")]
    fn fill(&self, bytes: &mut [u8]) {
        // A store whose keys are known protects nothing.
        getrandom::fill(bytes).unwrap_or_else(|error| panic!("the system gives no randomness: {error}"));
    }
}

#[cfg(test)]
mod tests {
    use frontdesk_core::entry::{Audience, EntryBody};
    use frontdesk_core::log::EntryNumber;
    use frontdesk_core::port::ReadQuery;

    use super::*;

    #[tokio::test]
    async fn every_customer_has_been_there_and_has_left() {
        let directory = tempfile::tempdir().unwrap();
        let fill = Fill { directory: directory.path().to_owned(), customers: 7, messages: 30, days: 10 };
        fill.run().await.unwrap();

        let clock = Arc::new(Calendar(AtomicI64::new(today().as_millis())));
        let store =
            frontdesk_store::open(directory.path(), clock, &SystemRandom, Options::default()).unwrap();
        let shop = Shop::of_the_demonstration().unwrap();
        let mut said = 0;
        for number in 0..7 {
            let user = UserId::new(&format!("past-{number}")).unwrap();
            let log = LogId::of_customer(&shop.tenant, &shop.channel.id, &user);
            let view = store.load(log).await.unwrap().unwrap();
            assert_eq!((view.state.conversations, view.state.open().is_none()), (1, true));
            let query = ReadQuery {
                after: EntryNumber::START,
                through: EntryNumber::END,
                audience: Audience::ALL,
                limit: 1_000,
                max_bytes: usize::MAX,
            };
            let entries = store.read(log, query).await.unwrap();
            assert!(matches!(entries.first().unwrap().body, EntryBody::Connected { .. }));
            assert!(matches!(entries.last().unwrap().body, EntryBody::Ended { .. }));
            said += entries.iter().filter(|entry| matches!(entry.body, EntryBody::Said(_))).count();
        }
        assert_eq!(said, 30);
        store.close().await;
    }
}
