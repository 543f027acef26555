//! The OpenAPI document: what each handler says of itself, and what its access adds to that.
//!
//! A handler's attribute names its method, path, parameters, body, answers, and the errors that come of what it takes
//! (see [`messaging`], [`native`] and [`gateway`]). Credentials, the errors of a missing one, and the errors that any route can have
//! are not repeated there: they follow from the route's access in `router.rs`.

mod access;
mod document;
mod failure;
pub(crate) mod segment;

pub use document::{Document, document};
pub(crate) use failure::{gateway, messaging, native};
