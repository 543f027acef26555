//! The rules against a small model of what is around them: a store that commits decisions, queues and agents' slots,
//! background work that comes late, twice or in another order, and a clock that jumps.
//!
//! Each log has a [`witness`](witness::Witness) that reads its entries only. After every commit, what the witness makes
//! of them must be what the state says.

mod numbers;
mod property;
mod routing;
mod step;
mod witness;
mod work;
mod world;
