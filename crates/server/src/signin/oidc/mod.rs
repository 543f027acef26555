//! Signing in with an identity provider (OpenID Connect, authorization code flow with PKCE).
//!
//! - `flow`: the way to the provider and back. What has to be remembered meanwhile is sealed into a cookie.
//! - `known`: what is known of a provider: its discovery document and its keys. `calls`: how it is called.
//! - `tokens`: what it says of somebody, verified. `person`: who that is here.
//! - `second`: the second factor, where it is asked for as well.
//! - `place`: where a browser goes afterwards, and where it reaches this server.
//! - `refusal`: why somebody is not signed in.

mod calls;
mod flow;
mod known;
mod person;
mod place;
mod refusal;
mod second;
mod tokens;

pub use flow::{Departure, PATIENCE, Return, arrive, depart};
pub use known::{Providers, check};
pub use person::Admitted;
pub use place::{ReturnTo, origin_of};
pub use refusal::Refusal;
pub use second::{Waiting, present};
