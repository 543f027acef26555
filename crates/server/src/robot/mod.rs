//! The robots of this node: their knowledge, held in memory, and what they have to say.

mod live;

use std::sync::Arc;

use frontdesk_core::conversation::RobotSays;
use frontdesk_core::directory::{Channel, Robot, TenantDirectory};
use frontdesk_core::id::{BaseId, TenantId};
use frontdesk_core::port::StoreError;
use frontdesk_core::robot::{Asked, Dictionary, Finding, Reply, Trace, split_at_sentences};
use frontdesk_core::texts::{Text, Texts};

use crate::parts::Parts;

use live::{Live, LiveIndexes};

/// What a robot says when it has no answer: it admits that and offers a person.
pub fn miss(robot: &Robot, channel: &Channel, texts: Texts<'_>) -> RobotSays {
    let text = texts.get(Text::RobotMiss).replace("{keyword}", &robot.transfer_keyword);
    says(&text, Vec::new(), channel)
}

fn says(text: &str, similar: Vec<String>, channel: &Channel) -> RobotSays {
    RobotSays { texts: split_at_sentences(text, channel.text_chars), similar, trace: None }
}

/// A question of a customer.
#[derive(Clone, Copy, Debug)]
pub struct CustomersQuestion<'a> {
    /// The question.
    pub text: &'a str,
    /// The customer's language.
    pub locale: &'a str,
}

/// The robots' knowledge: of each base what is live.
#[derive(Debug, Default)]
pub struct Robots {
    live: LiveIndexes,
    dictionary: Arc<Dictionary>,
}

impl Robots {
    /// What a robot says to a question, in parts that are each short enough for one message of the channel.
    pub async fn answer(
        &self,
        parts: &Parts,
        tenant: &TenantDirectory,
        robot: &Robot,
        channel: &Channel,
        texts: Texts<'_>,
        question: CustomersQuestion<'_>,
    ) -> Result<RobotSays, StoreError> {
        let Ok(base) = BaseId::new(&robot.knowledge) else { return Ok(miss(robot, channel, texts)) };
        let live = self.live.get(parts, &tenant.tenant.id, &base).await?;
        let version = live.version;
        let Some(Finding { reply, candidates }) = self.look_up(parts, live, question).await else {
            return Ok(miss(robot, channel, texts));
        };
        let trace = Trace { base, version, hit: reply.hit(), candidates };
        let says = match reply {
            Reply::Clear { answer, .. } => says(&answer, Vec::new(), channel),
            Reply::Near { similar, .. } => says(texts.get(Text::RobotSimilar), similar, channel),
            Reply::Miss => miss(robot, channel, texts),
        };
        Ok(RobotSays { trace: Some(trace), ..says })
    }

    /// Questions that continue what a customer is typing, best first.
    pub async fn suggest(
        &self,
        parts: &Parts,
        tenant: &TenantId,
        robot: &Robot,
        typed: &str,
        locale: &str,
    ) -> Result<Vec<String>, StoreError> {
        let Ok(base) = BaseId::new(&robot.knowledge) else { return Ok(Vec::new()) };
        let live = self.live.get(parts, tenant, &base).await?;
        Ok(live.index.suggest(Asked::new(typed).at(parts.clock.now()), locale))
    }

    /// Takes over what was published since, of all bases that are in use. Until it is built, robots answer from what
    /// they know.
    pub async fn refresh(&self, parts: &Parts) -> Result<(), StoreError> {
        self.live.refresh(parts).await
    }

    /// The dictionary, for cutting questions that are written.
    pub fn dictionary(&self) -> Arc<Dictionary> {
        Arc::clone(&self.dictionary)
    }

    async fn look_up(
        &self,
        parts: &Parts,
        live: Arc<Live>,
        question: CustomersQuestion<'_>,
    ) -> Option<Finding> {
        let (dictionary, now) = (self.dictionary(), parts.clock.now());
        let (text, locale) = (question.text.to_owned(), question.locale.to_owned());
        // The first Chinese question loads the dictionary, which takes too long for an async worker.
        let asked = tokio::task::spawn_blocking(move || {
            live.index.look_up(Asked::new(&text).in_language(&locale).at(now), &*dictionary)
        });
        asked.await.ok()
    }
}
