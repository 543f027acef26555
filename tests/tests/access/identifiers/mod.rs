//! Every identifier that a request can carry: what it names elsewhere is answered like what it names nowhere.
//!
//! - `fields`: where identifiers stand, read from the OpenAPI document, and of what they are.
//! - `names`: for each kind of identifier one that another tenant, or another customer, has, and one that nobody has.
//! - `attempts`: every request with every such pair.

mod attempts;
mod fields;
mod names;
