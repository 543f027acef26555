//! The rules of Frontdesk.
//!
//! Nothing in this crate does I/O, knows the time or draws a random number: what the rules need from the world
//! comes in as a parameter or through a trait of [`port`]. Everything here can be tested by calling a function.
//!
//! Where to look:
//! - [`id`], [`log`], [`time`]: what things are called, where they are written, and when.
//! - [`entry`], [`message`], [`note`] and [`labels`]: what a log holds.
//! - [`conversation`]: the state of a customer's log and the one function that decides every change of it.
//! - [`routing`]: who gets a waiting customer, and what a waiting customer is told.
//! - [`simulation`]: the same rules in simulated time.
//! - [`directory`]: what an administrator configures: tenants, apps, channels, robots, queues, agents.
//! - [`robot`]: finds the answer to a question in a knowledge base.
//! - [`canned`]: prepared replies, with what is filled in.
//! - [`hours`]: working hours.
//! - [`texts`]: what the system itself says, in each language.
//! - [`seal`], [`token`], [`secret`]: identifiers that carry their log, signed credentials, generated secrets.
//! - [`push`]: sending messages to a company's own server.
//! - [`port`]: what the rules need from the world.

pub mod canned;
pub mod conversation;
pub mod directory;
pub mod entry;
pub mod hours;
pub mod id;
pub mod labels;
pub mod log;
pub mod message;
pub mod note;
pub mod port;
pub mod push;
pub mod robot;
pub mod routing;
pub mod seal;
pub mod secret;
pub mod simulation;
pub mod texts;
pub mod ticket;
pub mod time;
pub mod token;
