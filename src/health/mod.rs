//! Seen from outside: whether each desk is well, and numbers. Nothing secret is ever put in here.

mod feeds;
mod metrics;
mod page;
mod server;
mod state;

pub use server::serve;
pub use state::{DeskHealth, Health};
