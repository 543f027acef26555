//! Who may do what: permissions, the roles that have them, and where somebody's rights hold.
//!
//! Every question of the kind "may they?" is answered by [`Rights::may`], and every question of the kind "may they let
//! somebody else?" by [`grant`]. The rest of the server only says which permission it is about, and on what.

pub mod grant;
mod permission;
mod rights;
mod role;
mod scope;
#[cfg(test)]
mod tests;

pub use permission::{Permission, Permissions};
pub use rights::{On, Rights};
pub use role::{BuiltInRole, Role};
pub use scope::AccessScope;
