//! The only room that knows MediaWiki's API, and nothing of desks. From the ground up:
//!
//! - [`error`], [`backoff`]: what goes wrong, what is done about it, and how long it is waited for
//! - `proxy`: the HTTP client, and the proxies it goes through
//! - [`connection`]: where the wiki is, and who the bot is there
//! - `answers`: the API's answers as types
//! - `api`: single requests, and what their answers may be; `session`: logging in
//! - [`client`]: requests, with time limits, each made again as its errors ask for
//! - [`pages`], [`history`], [`accounts`], [`changes`], `permissions`: batched reads
//! - `expand`: what templates come to; `files`: whether there are files and categories; [`talk`]: users' pages; [`edit`]: guarded edits; `purge`: pages shown anew

pub(crate) mod accounts;
mod answers;
mod api;
pub(crate) mod backoff;
mod block;
pub mod changes;
pub mod client;
pub(crate) mod connection;
pub(crate) mod edit;
pub(crate) mod error;
mod expand;
mod files;
pub(crate) mod history;
pub(crate) mod pages;
mod permissions;
pub(crate) mod proxy;
mod purge;
mod secrets;
mod session;
pub(crate) mod talk;

pub use accounts::Account;
pub use client::Client;
pub use connection::Connection;
pub use edit::{Edit, EditBase, Saved};
pub use error::{Error, Policy};
pub use pages::{Listed, Newest};
