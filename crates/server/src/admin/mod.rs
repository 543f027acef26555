//! Administration: what an operator changes. The same commands run in the server, through its admin socket, and without
//! one, on the store itself.

mod command;
mod demo;
mod knowledge;
mod password;
mod run;
mod socket;

pub use command::{AdminAnswer, AdminCommand, AdminError, NewAgent, NewChannel, NewRobot};
pub use demo::seed;
pub use knowledge::{KnowledgeFile, knowledge_groups};
pub use password::hash_password;
pub use run::run;
pub use socket::{ask, listen};
