//! Administration: what an operator changes. The same commands run in the server, through its admin socket, and without
//! one, on the store itself.

mod command;
mod demo;
mod items;
mod knowledge;
mod means;
mod password;
mod run;
mod shorthand;
mod socket;

pub use command::{AdminAnswer, AdminCommand, AdminError};
pub use demo::seed;
pub use items::{Change, Changed, change_item, remove_item, shown};
pub use knowledge::{KnowledgeFile, knowledge_groups};
pub use means::Means;
pub use password::hash_password;
pub use run::run;
pub use shorthand::{NewAgent, NewChannel, NewRobot};
pub use socket::{ask, listen};
