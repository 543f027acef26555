//! Knowledge in the shapes of the API.

use frontdesk_api::native::knowledge::{
    BadlyRatedAnswer, CandidateBrief, Difference, DifferenceKind, Hit, KnowledgeBase, KnowledgeGroup,
    KnowledgeSuggestion, KnowledgeText, QuestionState, SuggestionState, UnansweredQuestion, Version,
};
use frontdesk_core::knowledge::{self, PlainGroup};
use frontdesk_core::port::{self, Base, BaseVersion, DraftGroup, Verdict};
use frontdesk_core::robot::{self, Found};
use frontdesk_core::time::Timestamp;

use crate::deliver::native::conversation_id;
use crate::parts::Parts;

pub(super) fn base(base: Base) -> KnowledgeBase {
    KnowledgeBase {
        id: base.id.to_string(),
        name: base.name,
        draft_version: base.draft,
        groups: base.groups,
        changes: base.changes,
        live_version: base.live,
        published_at: base.published.map(Timestamp::as_millis),
    }
}

pub(super) fn plain(group: PlainGroup) -> KnowledgeGroup {
    let texts = group.texts.into_iter().map(|text| KnowledgeText {
        language: text.language,
        questions: text.questions,
        answer: text.answer,
    });
    KnowledgeGroup {
        id: group.id.to_string(),
        version: None,
        enabled: group.enabled,
        category: group.category,
        tags: group.tags,
        from: group.from.map(Timestamp::as_millis),
        until: group.until.map(Timestamp::as_millis),
        texts: texts.collect(),
    }
}

pub(super) fn group(draft: &DraftGroup) -> KnowledgeGroup {
    let version = Some(draft.version).filter(|version| *version > 0);
    KnowledgeGroup { version, ..plain(draft.group.plain()) }
}

pub(super) fn difference(difference: knowledge::Difference) -> Difference {
    Difference {
        id: difference.id.to_string(),
        kind: match difference.kind {
            knowledge::DifferenceKind::Added => DifferenceKind::Added,
            knowledge::DifferenceKind::Changed => DifferenceKind::Changed,
            knowledge::DifferenceKind::Removed => DifferenceKind::Removed,
        },
        before: difference.before.map(plain),
        after: difference.after.map(plain),
    }
}

pub(super) fn version(version: BaseVersion) -> Version {
    Version {
        version: version.version,
        at: version.at.as_millis(),
        by: Some(version.by).filter(|by| !by.is_empty()),
        note: version.note,
        groups: version.groups,
        repeats: version.repeats,
    }
}

pub(super) const fn hit(hit: robot::Hit) -> Hit {
    match hit {
        robot::Hit::Clear => Hit::Clear,
        robot::Hit::Near => Hit::Near,
        robot::Hit::Miss => Hit::Miss,
    }
}

pub(super) fn found(found: Vec<Found>) -> Vec<CandidateBrief> {
    let brief = |found: Found| CandidateBrief {
        group: found.group,
        language: found.locale,
        score: f64::from(found.score) / 1_000.0,
    };
    found.into_iter().map(brief).collect()
}

/// A score with three places, which is as exact as it is meant.
pub(super) fn rounded(score: f64) -> f64 {
    (score * 1_000.0).round() / 1_000.0
}

pub(super) const fn state_of(verdict: Verdict) -> QuestionState {
    match verdict {
        Verdict::Dismissed => QuestionState::Dismissed,
        Verdict::Taken => QuestionState::Taken,
    }
}

pub(super) fn unanswered(parts: &Parts, question: port::Unanswered) -> UnansweredQuestion {
    let judged = question.judged.as_ref();
    UnansweredQuestion {
        conversation_id: conversation_id(parts, question.log, question.conversation),
        state: judged.map_or(QuestionState::Open, |judged| state_of(judged.verdict)),
        decided_by: judged.map(|judged| judged.by.to_string()),
        group: judged.and_then(|judged| judged.group.as_ref()).map(ToString::to_string),
        id: question.key,
        text: question.text.into(),
        language: question.language,
        count: question.count,
        wanted_agent: question.wanted_agent,
        first_at: question.first.as_millis(),
        last_at: question.last.as_millis(),
        hit: hit(question.hit),
        candidates: found(question.candidates),
    }
}

pub(super) fn badly_rated(parts: &Parts, rated: port::BadlyRated) -> BadlyRatedAnswer {
    let asked = rated.asked;
    let is_answered = asked.found.hit == robot::Hit::Clear;
    BadlyRatedAnswer {
        conversation_id: conversation_id(parts, rated.log, rated.conversation),
        question: asked.text.into(),
        group: asked.found.candidates.first().filter(|_| is_answered).map(|best| best.group.clone()),
        hit: hit(asked.found.hit),
        version: asked.found.version,
        candidates: found(asked.found.candidates),
        comment: asked.comment.map(Into::into),
        language: rated.language,
        at: asked.at.as_millis(),
        wanted_agent: asked.wanted_agent,
    }
}

pub(super) fn suggestion(parts: &Parts, suggestion: port::Suggestion) -> KnowledgeSuggestion {
    KnowledgeSuggestion {
        conversation_id: conversation_id(parts, suggestion.log, suggestion.conversation),
        id: suggestion.key,
        question: suggestion.question.into(),
        answer: suggestion.answer.into(),
        language: suggestion.language,
        agent_id: suggestion.agent.to_string(),
        count: suggestion.count,
        last_at: suggestion.last.as_millis(),
        state: match suggestion.state {
            port::SuggestionState::Open => SuggestionState::Open,
            port::SuggestionState::Approved => SuggestionState::Approved,
            port::SuggestionState::Rejected => SuggestionState::Rejected,
        },
        decided_by: suggestion.by.map(|by| by.to_string()),
        group: suggestion.group.map(|group| group.to_string()),
    }
}
