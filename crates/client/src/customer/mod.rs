//! One customer's client.

mod client;
#[cfg(test)]
mod tests;

pub use client::CustomerClient;
