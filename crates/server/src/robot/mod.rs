//! The robots of this node: their knowledge, held in memory, and what they have to say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use frontdesk_core::conversation::RobotSays;
use frontdesk_core::directory::{Channel, Robot, TenantDirectory};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::StoreError;
use frontdesk_core::robot::{Dictionary, Reply, RobotIndex, split_at_sentences};
use frontdesk_core::texts::{Text, Texts};

use crate::parts::Parts;

/// What a robot says when it has no answer: it admits that and offers a person.
pub fn miss(robot: &Robot, channel: &Channel, texts: Texts<'_>) -> RobotSays {
    let text = texts.get(Text::RobotMiss).replace("{keyword}", &robot.transfer_keyword);
    says(&text, Vec::new(), channel)
}

fn says(text: &str, similar: Vec<String>, channel: &Channel) -> RobotSays {
    RobotSays { texts: split_at_sentences(text, channel.text_chars), similar }
}

/// A knowledge base of a tenant.
type BaseName = (TenantId, String);

/// The robots' knowledge. An index is built when it is first asked and forgotten when the configuration changes.
#[derive(Debug, Default)]
pub struct Robots {
    indexes: Mutex<HashMap<BaseName, Arc<RobotIndex>>>,
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
        question: &str,
    ) -> Result<RobotSays, StoreError> {
        let index = self.index(parts, &tenant.tenant.id, &robot.knowledge).await?;
        let reply = self.ask(index, question).await;
        Ok(match reply {
            Reply::Clear { answer, .. } => says(&answer, Vec::new(), channel),
            Reply::Near { similar, .. } => says(texts.get(Text::RobotSimilar), similar, channel),
            Reply::Miss => miss(robot, channel, texts),
        })
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
        let index = self.index(parts, tenant, &robot.knowledge).await?;
        Ok(index.suggest(typed, locale))
    }

    /// Forgets what was built; it is read again when it is next needed.
    pub fn forget(&self) {
        self.lock().clear();
    }

    /// The dictionary, for cutting questions that are imported.
    pub fn dictionary(&self) -> Arc<Dictionary> {
        Arc::clone(&self.dictionary)
    }

    async fn ask(&self, index: Arc<RobotIndex>, question: &str) -> Reply {
        let dictionary = Arc::clone(&self.dictionary);
        let question = question.to_owned();
        // The first Chinese question loads the dictionary, which takes too long for an async worker.
        let asked = tokio::task::spawn_blocking(move || index.ask(&question, &*dictionary)).await;
        asked.unwrap_or(Reply::Miss)
    }

    async fn index(
        &self,
        parts: &Parts,
        tenant: &TenantId,
        base: &str,
    ) -> Result<Arc<RobotIndex>, StoreError> {
        let name = (tenant.clone(), base.to_owned());
        if let Some(index) = self.lock().get(&name) {
            return Ok(Arc::clone(index));
        }
        let groups = parts.store.knowledge(tenant, base).await?;
        let index = Arc::new(RobotIndex::build(&groups));
        self.lock().insert(name, Arc::clone(&index));
        Ok(index)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<BaseName, Arc<RobotIndex>>> {
        self.indexes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
