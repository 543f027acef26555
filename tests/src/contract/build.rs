//! Customers, decisions and commits, in few words.

use frontdesk_core::conversation::{
    Control, Conversation, Decision, LogState, Participant, Remembered, Served, Session,
};
use frontdesk_core::entry::{EndReason, Entry, EntryBody};
use frontdesk_core::id::{AgentId, CallId, ChannelId, QueueId, TenantId, UserId};
use frontdesk_core::labels::Priority;
use frontdesk_core::log::LogId;
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::{Commit, CommitError, Committed, Customer, Store};
use frontdesk_core::time::Timestamp;

/// The tenant of most cases.
pub fn tenant() -> TenantId {
    TenantId::new("demo").unwrap()
}

/// An agent by name.
pub fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

/// A queue by name.
pub fn queue(name: &str) -> QueueId {
    QueueId::new(name).unwrap()
}

/// A customer by name.
pub fn customer(user: &str) -> Customer {
    Customer {
        tenant: tenant(),
        channel: ChannelId::new("web").unwrap(),
        user: UserId::new(user).unwrap(),
        name: format!("Dear {user}"),
        locale: "en".to_owned(),
    }
}

/// Makes a customer known.
pub async fn register(store: &dyn Store, user: &str) -> LogId {
    store.register(&customer(user)).await.unwrap()
}

/// Something that the customer says.
pub fn said(text: &str) -> EntryBody {
    EntryBody::Said(Message::text(Author::Customer, text))
}

/// Something that the customer is told.
pub fn told(text: &str) -> EntryBody {
    EntryBody::Said(Message::text(Author::System, text))
}

/// A message that changes no state.
pub fn tell(entries: Vec<EntryBody>) -> Decision {
    Decision { conversation: 1, entries, ..Decision::default() }
}

/// What was said in these entries.
pub fn texts(entries: &[Entry]) -> Vec<&str> {
    entries
        .iter()
        .map(|entry| match &entry.body {
            EntryBody::Said(message) => message.content.as_str(),
            _ => "-",
        })
        .collect()
}

/// A new conversation under this control. Its `callId` is made of the moment and the number.
pub fn opened(state: &LogState, call: &str, at: i64, control: Control) -> Decision {
    let call = CallId::new(call).unwrap();
    let opened = Timestamp::from_millis(at);
    let conversation = Conversation {
        call: call.clone(),
        opened,
        handed_over: opened,
        control,
        robot_turns: 0,
        priority: Priority::Normal,
        disposition: None,
        remembered: Remembered::default(),
        participants: Vec::new(),
    };
    let conversations = state.conversations + 1;
    let after = LogState {
        version: state.version + 1,
        fence: state.fence + 1,
        conversations,
        session: Session::Open(conversation),
        last_served: state.last_served.clone(),
    };
    let entries = vec![EntryBody::Connected { call, robot: None }];
    Decision { conversation: conversations, entries, state: Some(after), ..Decision::default() }
}

/// The same conversation under other control.
pub fn handed(state: &LogState, control: Control) -> Decision {
    let open = state.open().expect("a conversation is open").clone();
    let last_served = match &control {
        Control::Agent(agent) => {
            Some(Served { agent: agent.clone(), call: open.call.clone(), conversation: state.conversations })
        }
        Control::Robot(_) | Control::Queue { .. } => state.last_served.clone(),
    };
    let after = LogState {
        version: state.version + 1,
        fence: state.fence + 1,
        conversations: state.conversations,
        session: Session::Open(Conversation { control, ..open }),
        last_served,
    };
    Decision {
        conversation: state.conversations,
        entries: vec![told("handed over")],
        state: Some(after),
        ..Decision::default()
    }
}

/// The same conversation with these participants.
pub fn with_participants(state: &LogState, participants: &[Participant]) -> Decision {
    let open = state.open().expect("a conversation is open").clone();
    let session = Session::Open(Conversation { participants: participants.to_vec(), ..open });
    let after = LogState { version: state.version + 1, session, ..state.clone() };
    Decision {
        conversation: state.conversations,
        entries: vec![told("somebody came or left")],
        state: Some(after),
        ..Decision::default()
    }
}

/// The end of the conversation.
pub fn closed(state: &LogState) -> Decision {
    let after = LogState {
        version: state.version + 1,
        fence: state.fence + 1,
        session: Session::Closed { offline: false },
        ..state.clone()
    };
    let ended = EntryBody::Ended { reason: EndReason::Customer, agent: None, offline: false, tip: None };
    Decision {
        conversation: state.conversations,
        entries: vec![ended],
        state: Some(after),
        ..Decision::default()
    }
}

/// A commit that saw this version.
pub fn commit(log: LogId, version: u64, decision: Decision) -> Commit {
    Commit { log, version, decision, timer: None, idempotency: None, mark: None }
}

/// Decides on the newest state and commits, again if somebody was faster.
pub async fn write(store: &dyn Store, log: LogId, decide: impl Fn(&LogState) -> Decision) -> Committed {
    loop {
        let state = store.load(log).await.unwrap().expect("the log is known").state;
        match store.commit(commit(log, state.version, decide(&state))).await {
            Ok(committed) => return committed,
            Err(CommitError::Conflict) => {}
            Err(error) => panic!("not written: {error}"),
        }
    }
}
