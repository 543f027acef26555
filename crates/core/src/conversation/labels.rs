//! Labelling: by whoever may see the conversation, also after it ended.

use crate::conversation::{
    Control, Conversation, Decided, Decision, Facts, Intent, LogState, Outcome, Refusal, Session,
};
use crate::entry::EntryBody;
use crate::id::AgentId;
use crate::labels::{LabelPatch, Labels, Patch};

/// A change of what is on a conversation, as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelling {
    /// Who asks.
    pub agent: AgentId,
    /// Which of the customer's conversations.
    pub conversation: u64,
    /// What is to change.
    pub patch: LabelPatch,
    /// What is on it under the state that is decided on.
    pub before: Labels,
}

/// Changes what is on a conversation. Every change is a new version of the state, so that of two changes at once the
/// second is made on the first.
pub(super) fn label(state: &LogState, asked: Labelling, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    let Labelling { agent, conversation, patch, before } = asked;
    state.must_have_had(conversation)?;
    if let Patch::Set(disposition) = &patch.disposition
        && !facts.dispositions.iter().any(|known| known.id == *disposition)
    {
        return Err(Refusal::UnknownDisposition);
    }
    let after = before.patched(&patch);
    if after.attributes.len() > Labels::MAX_ATTRIBUTES {
        return Err(Refusal::TooManyAttributes);
    }
    let changes = before.changes_to(&after);
    if changes.is_empty() {
        return Ok(Decided::nothing(Outcome::Noted));
    }
    let waits = state.is_open(conversation) && matches!(state.control(), Some(Control::Queue { .. }));
    let intents = (waits && after.priority != before.priority)
        .then_some(Intent::Prioritise { fence: state.fence, priority: after.priority });
    let session = match &state.session {
        Session::Open(open) if state.is_open(conversation) => Session::Open(Conversation {
            priority: after.priority,
            disposition: after.disposition.clone(),
            ..open.clone()
        }),
        session => session.clone(),
    };
    let decision = Decision {
        conversation,
        entries: vec![EntryBody::Labelled { agent, changes }],
        state: Some(state.with(session)),
        labels: Some(after),
        intents: intents.into_iter().collect(),
        ..Decision::default()
    };
    Ok(Decided::write(decision, Outcome::Noted))
}

/// Refuses the end of a conversation of which nobody has said yet what came of it, where that must be said. A tenant
/// without a list of dispositions has none to choose from.
pub(super) fn must_have_disposition(conversation: &Conversation, facts: &Facts<'_>) -> Result<(), Refusal> {
    let is_wanted = facts.channel.disposition_required && !facts.dispositions.is_empty();
    if is_wanted && conversation.disposition.is_none() {
        return Err(Refusal::DispositionRequired);
    }
    Ok(())
}
