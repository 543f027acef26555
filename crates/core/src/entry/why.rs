//! Why something happened, or what became of it.

use serde::{Deserialize, Serialize};

/// Why an offer is no longer open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    /// The agent took the customer, at this desk or another of theirs.
    AcceptedElsewhere,
    /// The agent did not want the customer.
    Declined,
    /// The agent did not answer in time.
    TimedOut,
    /// The customer is gone.
    Withdrawn,
}

/// Why a conversation left an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// It ended.
    Ended,
    /// It was passed on.
    Transferred,
    /// A supervisor took it.
    TakenOver,
    /// The agent left it, having taken part in it.
    Left,
    /// The agent who has it sent them away.
    Removed,
    /// The agent could not be reached any more.
    Vanished,
}

/// Why a conversation goes another way than into a queue, or out of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Diversion {
    /// It is outside of the queue's hours.
    OutsideHours,
    /// Nobody who could serve the customer is signed in.
    NoAgents,
    /// As many customers wait as may.
    Full,
    /// The customer has waited for so long that the queue's escalation says so.
    Escalated,
    /// The agent did not answer: the customer goes back to the queue.
    AgentSilent,
    /// The agent cannot be reached any more: the customer goes back to the queue.
    AgentVanished,
}

/// Why a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The customer left.
    Customer,
    /// The agent ended it.
    Agent,
    /// The customer's clients fell silent: no poll, no stream.
    Silence,
    /// Nobody was free in time.
    QueueTimeout,
    /// Nobody could be had: the customer was asked to leave a message.
    MessageAsked,
    /// The customer said nothing for too long.
    Inactivity,
}

/// What a customer can be promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlaTarget {
    /// The first word of an agent.
    FirstReply,
    /// The next word of an agent.
    NextReply,
    /// The end of the conversation.
    Resolution,
}

/// What is noted of a promise. The later of them is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlaNews {
    /// It is promised from now on.
    Promised,
    /// Four fifths of the time have passed.
    Warned,
    /// It was not kept.
    Breached,
}
