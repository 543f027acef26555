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
//! - [`access`]: who may do what: permissions, roles, scopes.
//! - [`robot`]: finds the answer to a question in a knowledge base.
//! - [`knowledge`]: what robots answer from, as its editors see it: drafts, imports, what was asked in vain.
//! - [`canned`]: prepared replies, with what is filled in.
//! - [`customer`]: who customers are, over all their channels.
//! - [`search`]: finding what was said.
//! - [`masking`]: what must not be kept of what people write.
//! - [`hours`]: working hours. [`limit`]: how much may be had, and by whom.
//! - [`texts`]: what the system itself says, in each language.
//! - [`seal`], [`token`], [`secret`]: identifiers that carry their log, signed credentials, generated secrets.
//! - [`vault`]: secrets as they are stored.
//! - [`report`]: numbers, as folds over logs.
//! - [`signin`]: passwords, how often they may be tried, second factors.
//! - [`push`]: sending messages to a company's own server.
//! - [`audit`]: who did what, in a chain that shows when it was tampered with.
//! - [`port`]: what the rules need from the world.

pub mod access;
pub mod audit;
pub mod canned;
pub mod conversation;
pub mod customer;
pub mod directory;
pub mod entry;
pub mod hours;
pub mod id;
pub mod knowledge;
pub mod labels;
pub mod limit;
pub mod log;
pub mod masking;
pub mod message;
pub mod note;
pub mod port;
pub mod push;
pub mod report;
pub mod robot;
pub mod routing;
pub mod seal;
pub mod search;
pub mod secret;
pub mod signin;
pub mod simulation;
pub mod texts;
pub mod ticket;
pub mod time;
pub mod token;
pub mod vault;
