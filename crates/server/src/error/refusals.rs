//! What the refusals and failures of the rules, the store and the engine are to a client.

use frontdesk_api::FieldError;
use frontdesk_core::access::grant::GrantRefusal;
use frontdesk_core::conversation::Refusal;
use frontdesk_core::knowledge::GroupError;
use frontdesk_core::port::{KnowledgeError, ReserveError, StoreError, TicketError};
use frontdesk_core::ticket::TicketRefusal;

use super::ApiError;
use crate::admin::AdminError;
use crate::engine::RunError;
use crate::knowledge::Fault as KnowledgeFault;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            StoreError::Unavailable(_) | StoreError::Unanswered(_) => {
                tracing::error!(%error, "the store cannot write");
                Self::Busy
            }
            StoreError::Damaged(_) | StoreError::Failed(_) => {
                tracing::error!(%error, "the store failed");
                Self::Internal
            }
        }
    }
}

impl From<KnowledgeError> for ApiError {
    fn from(error: KnowledgeError) -> Self {
        let (code, sentence) = match error {
            KnowledgeError::NoBase | KnowledgeError::NoVersion => return Self::NotFound,
            KnowledgeError::GroupChanged(_) => {
                ("GROUP_CHANGED", "Somebody else has changed the group since you have seen it.")
            }
            KnowledgeError::DraftChanged => {
                ("DRAFT_CHANGED", "Somebody else has changed the draft since you have seen it.")
            }
            KnowledgeError::Decided => ("DECIDED", "It was decided before."),
            KnowledgeError::TooManyGroups => {
                ("TOO_MANY_GROUPS", "The base has as many groups as it can have.")
            }
            KnowledgeError::Store(error) => return error.into(),
        };
        Self::Conflict { code, sentence }
    }
}

impl From<GroupError> for ApiError {
    fn from(error: GroupError) -> Self {
        Self::Body { message: format!("`{}` {}", error.field, error.why), field: error.field }
    }
}

impl From<KnowledgeFault> for ApiError {
    fn from(fault: KnowledgeFault) -> Self {
        match fault {
            KnowledgeFault::Knowledge(error) => error.into(),
            KnowledgeFault::Group(error) => error.into(),
            KnowledgeFault::File(error) => Self::Body { field: String::new(), message: error.to_string() },
        }
    }
}

impl From<RunError> for ApiError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Refused(refusal) => refusal.into(),
            RunError::NoCustomer => Self::NotFound,
            RunError::KeyReused => Self::IdempotencyMismatch,
            RunError::Store(error) => error.into(),
        }
    }
}

impl From<ReserveError> for ApiError {
    fn from(error: ReserveError) -> Self {
        match error {
            ReserveError::NotOnline => {
                Self::Conflict { code: "AGENT_NOT_ONLINE", sentence: "That agent takes no customers now." }
            }
            ReserveError::Full => Self::Conflict {
                code: "AGENT_FULL",
                sentence: "That agent holds as many customers as they can.",
            },
            ReserveError::Store(error) => error.into(),
        }
    }
}

impl From<TicketRefusal> for ApiError {
    fn from(refusal: TicketRefusal) -> Self {
        let (code, sentence) = match refusal {
            TicketRefusal::Taken => ("TICKET_TAKEN", "Another agent sees to the ticket."),
            TicketRefusal::NotClaimed => ("TICKET_NOT_CLAIMED", "Claim the ticket first."),
            TicketRefusal::Done => ("TICKET_DONE", "The ticket was answered or closed before."),
        };
        Self::Conflict { code, sentence }
    }
}

impl From<TicketError> for ApiError {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::NoTicket => Self::NotFound,
            TicketError::Refused(refusal) => refusal.into(),
            TicketError::Store(error) => error.into(),
        }
    }
}

impl From<GrantRefusal> for ApiError {
    fn from(refusal: GrantRefusal) -> Self {
        match refusal {
            GrantRefusal::NotTheirs => Self::Forbidden,
            GrantRefusal::Outside => Self::NotFound,
            GrantRefusal::MoreThanOwn => Self::MoreThanOwn,
            GrantRefusal::LastManager => Self::Conflict {
                code: "LAST_MANAGER",
                sentence: "Somebody must be left who can manage people.",
            },
        }
    }
}

/// Refusals as agents see them; customers get the documented results instead.
impl From<AdminError> for ApiError {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Invalid { field, why } => {
                let message =
                    if field.is_empty() { format!("The body {why}.") } else { format!("`{field}`: {why}") };
                Self::Body { field: field.into_owned(), message }
            }
            AdminError::Unknown(what) => {
                Self::Body { field: String::new(), message: format!("There is no {what}.") }
            }
            AdminError::ChangedMeanwhile => Self::Precondition {
                code: "CHANGED_MEANWHILE",
                sentence: "It is no longer what the tag in `If-Match` was of: read it again.",
            },
            AdminError::Exists => Self::Precondition { code: "EXISTS", sentence: "It is there already." },
            AdminError::Problems(problems) => Self::ConfigFile(problems),
            AdminError::InUse(_) => Self::Conflict { code: "IN_USE", sentence: "Something else needs it." },
            AdminError::Refused(refusal) => refusal.into(),
            AdminError::Backup(_) => Self::Internal,
            AdminError::Store(error) => error.into(),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let (code, sentence) = match refusal {
            Refusal::NoSession => ("CONVERSATION_ENDED", "The conversation has ended."),
            Refusal::NotTheAgents => ("NOT_YOURS", "The conversation is not yours."),
            Refusal::ToOneself => ("TO_ONESELF", "You already have this conversation."),
            Refusal::Fenced => ("MOVED_ON", "Somebody else has the conversation now."),
            Refusal::OutsideHours => ("OUTSIDE_HOURS", "It is outside working hours."),
            Refusal::NoAgents => ("NO_AGENTS", "No agent is signed in."),
            Refusal::QueueFull => ("QUEUE_FULL", "As many customers wait in the queue as may."),
            Refusal::NotConfigured => ("NOT_CONFIGURED", "The channel has nobody to answer."),
            Refusal::AlreadyWithAgent => ("WITH_AGENT", "An agent already serves the customer."),
            Refusal::NoRobot => ("NO_ROBOT", "The channel has no robot."),
            Refusal::NotWithAgent => ("NOT_WITH_AGENT", "No agent has the conversation."),
            Refusal::AlreadyTakesPart => {
                ("ALREADY_TAKES_PART", "They take part in the conversation already.")
            }
            Refusal::NotInvited => ("NOT_INVITED", "They came by themselves, and leave by themselves."),
            Refusal::TooManyParticipants => {
                ("TOO_MANY_PARTICIPANTS", "So many take part in the conversation that nobody else can.")
            }
            Refusal::SurveyOver => ("SURVEY_OVER", "No answer is taken any more."),
            Refusal::NothingToRate => ("NOTHING_TO_RATE", "There is nothing to rate."),
            Refusal::DispositionRequired => {
                ("DISPOSITION_REQUIRED", "Say first what came of the conversation: it needs a disposition.")
            }
            Refusal::Newer => ("NEWER_MESSAGE", "A colleague was faster."),
            Refusal::UnknownDisposition => {
                return FieldError::invalid("disposition", "names no disposition").into();
            }
            Refusal::TooManyAttributes => {
                let most = frontdesk_core::labels::Labels::MAX_ATTRIBUTES;
                return FieldError::invalid("attributes", format!("must be at most {most}")).into();
            }
        };
        Self::Conflict { code, sentence }
    }
}
