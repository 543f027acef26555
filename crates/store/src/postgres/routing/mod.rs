//! Queues and agents' slots.
//!
//! What an agent holds are the rows in `slot`, so taking or giving back a slot twice changes nothing. Of each customer
//! the newest fence is remembered beyond their stay in a queue: an intent that is carried out late, or again, does not
//! put them back.
//!
//! A customer in a queue is in one of three states. Nobody was found: `agent` is null. An agent is asked: `agent` and
//! `offer_until` are set. An agent was found, and the log does not know yet: `agent` and `claimed` are set. In the last
//! two the agent's slot is taken.
//!
//! Whoever changes what an agent does or has takes the agent's lock first, all agents' at once and in one order, and
//! only then the customers' rows: so nobody gets above capacity, and no two wait for one another.

pub(super) mod agents;
mod claims;
mod dues;
mod items;
mod lock;
mod news;
mod offers;
mod place;
mod port;
mod slots;

pub(super) use lock::lock_agents;
