//! Limits: how much of something may be had, by whom, and what is said to who wants more.
//!
//! - [`Rate`] and [`Level`]: so many a second, with a burst (a leaky bucket, which decides as GCRA does).
//! - [`Buckets`]: a level for each of many owners, in bounded memory.
//! - [`Places`]: so many at the same time.
//! - [`TenantLimits`]: what a tenant may have in all, as the operator wants it.
//!
//! Time is a parameter throughout. None of this is stored: a node that starts begins with full allowances.

mod bucket;
mod place;
mod rate;
mod tenant;

pub use bucket::{Buckets, Owner};
pub use place::{Place, Places};
pub use rate::{Decision, Level, Rate};
pub use tenant::{Numbers, TenantLimit, TenantLimits};
