//! Notes: by whoever may see the conversation, also after it ended.

use crate::conversation::{Decided, Decision, Intent, LogState, Outcome, Refusal};
use crate::entry::EntryBody;
use crate::note::Note;

/// Writes a note; those who are mentioned are told.
pub(super) fn note(state: &LogState, conversation: u64, note: Note) -> Result<Decided, Refusal> {
    state.must_have_had(conversation)?;
    let told = note.mentions.iter();
    let intents = told.map(|agent| Intent::TellMentioned { agent: agent.clone(), conversation }).collect();
    let decision = Decision {
        conversation,
        mentioned: note.mentions.clone(),
        entries: vec![EntryBody::Note(note)],
        is_afterthought: !state.is_open(conversation),
        intents,
        ..Decision::default()
    };
    Ok(Decided::write(decision, Outcome::Noted))
}
