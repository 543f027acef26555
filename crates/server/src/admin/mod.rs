//! Administration: what an operator changes. The same commands run in the server, through its admin socket, and without
//! one, on the store itself.

mod command;
mod demo;
mod knowledge;
mod password;
mod socket;

pub use command::{AdminAnswer, AdminCommand, AdminError, NewAgent, NewChannel, NewRobot, run};
pub use demo::seed;
pub use knowledge::{KnowledgeFile, knowledge_groups};
pub use password::hash_password;
pub use socket::{ask, listen};
