//! Administration: what an operator changes. The same commands run in the server, through its admin socket, and without
//! one, on the store itself.

mod apps;
mod command;
mod config_file;
mod demo;
mod effect;
mod items;
mod knowledge;
mod means;
mod operator;
mod password;
mod precondition;
mod record;
mod run;
mod shorthand;
mod socket;
mod tenants;

pub use apps::rotate_secret;
pub use command::{AdminAnswer, AdminCommand, AdminError, ApplyConfig};
pub use config_file::{apply, export, judge};
pub use demo::seed;
pub use effect::{catch_up, take_effect};
pub use items::{Change, Changed, change_item, remove_item, shown};
pub(crate) use items::{check_in, end_sign_ins};
pub use knowledge::{KnowledgeFile, KnowledgeFileGroup, KnowledgeImport};
pub use means::Means;
pub use operator::{operator, this_operator};
pub use password::hash_password;
pub use precondition::{Precondition, tag_of};
pub use record::changed;
pub use run::run;
pub use shorthand::{NewAgent, NewChannel, NewRobot};
pub use socket::{ask, listen};
