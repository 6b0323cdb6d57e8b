//! The only rooms that know MediaWiki's API: where the wiki is ([`connection`]), the session there ([`client`]), batched
//! reads ([`read`]), what happened lately ([`changes`]), guarded edits ([`edit`]), what goes wrong and what is done about it ([`error`], [`backoff`]).

pub mod backoff;
pub mod changes;
pub mod client;
pub mod connection;
pub mod edit;
pub mod error;
pub mod read;

pub use client::Client;
pub use connection::Connection;
pub use edit::{Edit, EditBase, Saved};
pub use error::{Error, Policy};
