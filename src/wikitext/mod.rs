//! Wikitext as MediaWiki reads it: where templates stand, what their names mean here, and values that cannot act. Pure.

pub mod block;
pub mod call;
pub mod edit;
pub mod encoding;
pub mod inert;
pub mod names;
pub mod page_name;
mod scanner;
pub mod titles;

pub use call::{Call, Param, acts_when_saved, has_visible_text, trim};
pub use edit::{set_params, splice};
pub use scanner::{calls, comments, visible, without_comments};
pub use titles::Titles;
