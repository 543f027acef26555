//! The wire: every JSON shape of the CC-Messaging interfaces and of the native API.
//!
//! Server and client share these types, so that both speak of the same fields. Nothing here does I/O or decides
//! anything; the crate knows names, orders, limits and documented texts.
//!
//! - [`messaging`]: the customer's interfaces, compatible with the published CC-Messaging pages.
//! - [`native`]: the agents' interfaces under `/api/v1`.
//! - [`agentgateway`]: the agents' interfaces for desks that were written against the published CC-Gateway.
//!
//! Two habits run through both families. *Requests are read loosely*: every field is an `Option`, `null` counts as
//! absent, text may arrive as a number, unknown fields are ignored; a `check` method then names the first field at
//! fault ([`field::FieldError`]). *Answers are written strictly*: always the same fields in the same order; when
//! read back by a client, missing ones take their default.

pub mod agentgateway;
pub mod field;
pub mod lenient;
pub mod messaging;
pub mod named;
pub mod native;
pub mod redact;

pub use field::{FieldError, FieldProblem};
pub use lenient::{Integer, Text};
pub use redact::{Redacted, RedactedStr, Secret};
