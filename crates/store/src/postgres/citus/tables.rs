//! Where each table lies in a cluster.

/// Where the rows of a table lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lies {
    /// With the log that this column names.
    WithItsLog(&'static str),
    /// On every node, the same.
    Everywhere,
    /// On the coordinator, all of them together.
    Together,
}

use Lies::{Everywhere, Together, WithItsLog};

/// The table that the others lie with.
pub(super) const FIRST: &str = "log";

/// Every table, once. What grows with each message lies with its log. What is looked for over all logs of a tenant, or is
/// counted, ordered or unique among them, lies together: whoever waits for a list asks one node.
pub(super) const TABLES: &[(&str, Lies)] = &[
    (FIRST, WithItsLog("id")),
    ("entry", WithItsLog("log")),
    ("agent_source", WithItsLog("log")),
    ("idempotency", WithItsLog("log")),
    ("reader_position", WithItsLog("log")),
    ("reader_claim", WithItsLog("log")),
    ("seen", WithItsLog("log")),
    ("timer", WithItsLog("log")),
    ("intent", WithItsLog("log")),
    ("pending", WithItsLog("log")),
    ("item", Everywhere),
    ("signing_key", Everywhere),
    ("knowledge_base", Everywhere),
    ("knowledge_draft", Everywhere),
    ("knowledge_published", Everywhere),
    ("knowledge_version", Everywhere),
    ("knowledge_removed", Everywhere),
    // The desk's lists go through those of a tenant in several orders.
    ("conversation", Together),
    ("conversation_tag", Together),
    ("conversation_mention", Together),
    ("participant", Together),
    // A person may have several logs, and people are listed and searched.
    ("profile", Together),
    ("profile_tag", Together),
    // No two changes of a tenant share their time.
    ("ticket", Together),
    // Places are unique in a tenant, and whoever searches goes along them.
    ("search_entry", Together),
    ("search_landmark", Together),
    // Listed by when they ended, and added up over all logs of a tenant.
    ("conversation_fact", Together),
    ("episode_fact", Together),
    ("report_sum", Together),
    ("report_kept", Together),
    ("report_rebuild", Together),
    // Grouped over all logs of a tenant.
    ("knowledge_question", Together),
    ("knowledge_answer", Together),
    ("knowledge_verdict", Together),
    ("knowledge_decision", Together),
    // Found by their age and by who may fetch them; changed with what is to be removed.
    ("file", Together),
    ("file_share", Together),
    ("expected_object", Together),
    ("erased_blob", Together),
    // Claiming is one transaction over queues and slots.
    ("queue_item", Together),
    ("queue_fence", Together),
    ("slot", Together),
    ("handling", Together),
    ("offer_news", Together),
    ("agent_state", Together),
    ("agent_activity", Together),
    ("gateway_desk", Together),
    // Written with each sign-in, which must not wait for every node.
    ("agent_session", Together),
    ("api_key", Together),
    ("second_factor", Together),
    ("recovery_code", Together),
    // One chain for each tenant.
    ("audit", Together),
    ("audit_cut", Together),
    ("audit_head", Together),
    ("push_attempt", Together),
    ("tenant_usage", Together),
    ("store_value", Together),
    ("refinery_schema_history", Together),
];
