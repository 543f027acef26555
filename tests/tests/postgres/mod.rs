//! What only a store for several nodes must promise.

mod audit;
mod backups;
mod catalogue;
mod every_table;
mod interrupted;
mod moving;
mod nodes;
mod pooled;
mod removal;
mod sealed;
mod servers;
mod versions;
