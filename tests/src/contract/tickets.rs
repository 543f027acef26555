//! Tickets: opened once, claimed by one, listed in order.

use std::sync::Arc;

use frontdesk_core::id::TenantId;
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{Store, TicketError, TicketFilter};
use frontdesk_core::ticket::{Ticket, TicketChange, TicketId, TicketRefusal, TicketState, TicketStep};
use frontdesk_core::time::Timestamp;
use tokio::task::JoinSet;

use super::{agent, customer, queue, tenant};

/// A message that a customer left.
fn left(user: &str, number: u64, opened: i64, to: &str) -> Ticket {
    let customer = customer(user);
    Ticket {
        id: TicketId { log: customer.log(), number: EntryNumber(number) },
        tenant: customer.tenant,
        channel: customer.channel,
        queue: Some(queue(to)),
        caller: "13800000000".to_owned(),
        opened: Timestamp::from_millis(opened),
        state: TicketState::Open,
        agent: None,
        answer: None,
        changed: Timestamp::ZERO,
    }
}

fn by(name: &str, step: TicketStep) -> TicketChange {
    TicketChange { agent: agent(name), is_supervisor: false, step }
}

async fn listed(store: &dyn Store, filter: TicketFilter, limit: usize) -> Vec<TicketId> {
    let tickets = store.tickets(&tenant(), filter, limit).await.unwrap();
    tickets.into_iter().map(|ticket| ticket.id).collect()
}

/// A ticket is opened once, whatever has become of it by the time that it is opened again.
pub async fn a_ticket_is_opened_once(store: Arc<dyn Store>) {
    let ticket = left("a", 3, 10, "support");
    assert_eq!(store.ticket(ticket.id).await.unwrap(), None);
    assert!(store.open_ticket(ticket.clone()).await.unwrap());
    let found = store.ticket(ticket.id).await.unwrap().unwrap();
    assert_eq!(Ticket { changed: Timestamp::ZERO, ..found.clone() }, ticket);
    let claimed = store.change_ticket(ticket.id, by("101", TicketStep::Claim)).await.unwrap();
    assert!(!store.open_ticket(ticket.clone()).await.unwrap());
    assert_eq!(store.ticket(ticket.id).await.unwrap(), Some(claimed));
    let other = TicketId { number: EntryNumber(4), ..ticket.id };
    let missing = store.change_ticket(other, by("101", TicketStep::Claim)).await;
    assert!(matches!(missing, Err(TicketError::NoTicket)), "{missing:?}");
}

/// Twenty agents want the same ticket at once; one gets it.
pub async fn one_of_many_claimers_gets_the_ticket(store: Arc<dyn Store>) {
    let id = left("a", 3, 10, "support").id;
    store.open_ticket(left("a", 3, 10, "support")).await.unwrap();
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let store = Arc::clone(&store);
        let name = format!("{number}");
        tasks.spawn(async move { store.change_ticket(id, by(&name, TicketStep::Claim)).await });
    }
    let results = tasks.join_all().await;
    let refused = |result: &Result<Ticket, TicketError>| {
        matches!(result, Err(TicketError::Refused(TicketRefusal::Taken)))
    };
    assert_eq!(results.iter().filter(|result| refused(result)).count(), 19);
    let won = results.into_iter().find_map(Result::ok).unwrap();
    assert_eq!(store.ticket(id).await.unwrap(), Some(won));
}

/// Claimed, given back, claimed by another, answered, closed.
pub async fn a_ticket_goes_its_way(store: Arc<dyn Store>) {
    let id = left("a", 3, 10, "support").id;
    store.open_ticket(left("a", 3, 10, "support")).await.unwrap();
    let change = async |name: &str, step| {
        let ticket = store.change_ticket(id, by(name, step)).await.map_err(|error| error.to_string())?;
        Ok::<_, String>((ticket.state, ticket.agent, ticket.answer))
    };
    let answer = EntryNumber(9);
    assert_eq!(change("101", TicketStep::Claim).await, Ok((TicketState::Claimed, Some(agent("101")), None)));
    assert_eq!(change("101", TicketStep::Release).await, Ok((TicketState::Open, None, None)));
    assert_eq!(change("102", TicketStep::Claim).await, Ok((TicketState::Claimed, Some(agent("102")), None)));
    assert_eq!(change("101", TicketStep::Close).await, Err("another agent sees to the ticket".to_owned()));
    let answered = Ok((TicketState::Answered, Some(agent("102")), Some(answer)));
    assert_eq!(change("102", TicketStep::Answered(answer)).await, answered);
    assert_eq!(
        change("102", TicketStep::Answered(EntryNumber(12))).await,
        answered,
        "the first answer counts"
    );
    let closed = Ok((TicketState::Closed, Some(agent("102")), Some(answer)));
    assert_eq!(change("101", TicketStep::Close).await, closed);
}

/// By age, page by page, of one's own queues and in one state.
pub async fn tickets_are_listed_by_age(store: Arc<dyn Store>) {
    let tickets = [
        left("a", 3, 30, "support"),
        left("b", 3, 10, "sales"),
        left("a", 7, 20, "support"),
        left("c", 3, 20, "support"),
        Ticket { queue: None, ..left("d", 1, 40, "support") },
        Ticket { tenant: TenantId::new("rival").unwrap(), ..left("e", 1, 5, "support") },
    ];
    for ticket in &tickets {
        store.open_ticket(ticket.clone()).await.unwrap();
    }
    let mut expected: Vec<&Ticket> = tickets[..5].iter().collect();
    expected.sort_by_key(|ticket| (ticket.opened, ticket.id));
    let expected: Vec<TicketId> = expected.iter().map(|ticket| ticket.id).collect();
    let all = listed(&*store, TicketFilter::default(), 10).await;
    assert_eq!(all, expected);
    let first = listed(&*store, TicketFilter::default(), 2).await;
    let rest = TicketFilter { after: first.last().copied(), ..TicketFilter::default() };
    assert_eq!([first, listed(&*store, rest, 10).await].concat(), expected);
    let support = TicketFilter { queues: Some(vec![queue("support")]), ..TicketFilter::default() };
    assert_eq!(listed(&*store, support.clone(), 10).await, expected[1..4]);
    let none = TicketFilter { queues: Some(Vec::new()), ..TicketFilter::default() };
    assert_eq!(listed(&*store, none, 10).await, []);
    store.change_ticket(expected[2], by("101", TicketStep::Claim)).await.unwrap();
    let open = TicketFilter { state: Some(TicketState::Open), ..support.clone() };
    assert_eq!(listed(&*store, open.clone(), 10).await, [expected[1], expected[3]]);
    let after = TicketFilter { after: Some(expected[1]), ..open };
    assert_eq!(listed(&*store, after, 10).await, [expected[3]]);
    let claimed = TicketFilter { state: Some(TicketState::Claimed), ..support };
    assert_eq!(listed(&*store, claimed, 10).await, [expected[2]]);
}

/// Whoever follows the changes by their times sees each ticket that changed, and none twice.
pub async fn changes_of_tickets_are_followed(store: Arc<dyn Store>) {
    assert_eq!(store.last_ticket_change(&tenant()).await.unwrap(), None);
    let mut ids = Vec::new();
    for number in 1..=10 {
        let ticket = left("a", number, 10, "support");
        ids.push(ticket.id);
        store.open_ticket(ticket).await.unwrap();
    }
    let changed = async |after| store.changed_tickets(&tenant(), after, 100).await.unwrap();
    let all = changed(Timestamp::ZERO).await;
    assert_eq!(all.iter().map(|ticket| ticket.id).collect::<Vec<_>>(), ids);
    assert!(all.windows(2).all(|pair| pair[0].changed < pair[1].changed), "{all:?}");
    let last = store.last_ticket_change(&tenant()).await.unwrap().unwrap();
    assert_eq!(all.last().map(|ticket| ticket.changed), Some(last));
    assert_eq!(changed(last).await, []);
    store.change_ticket(ids[3], by("101", TicketStep::Claim)).await.unwrap();
    store.change_ticket(ids[3], by("101", TicketStep::Claim)).await.unwrap();
    store.change_ticket(ids[1], by("102", TicketStep::Close)).await.unwrap();
    let news: Vec<_> = changed(last).await.iter().map(|ticket| (ticket.id, ticket.state)).collect();
    assert_eq!(news, [(ids[3], TicketState::Claimed), (ids[1], TicketState::Closed)]);
    assert_eq!(store.changed_tickets(&tenant(), last, 1).await.unwrap().len(), 1);
    let rival = TenantId::new("rival").unwrap();
    assert_eq!(store.changed_tickets(&rival, Timestamp::ZERO, 100).await.unwrap(), []);
}
