//! One customer's client.

mod client;
mod receive;
#[cfg(test)]
mod tests;

pub use client::CustomerClient;
