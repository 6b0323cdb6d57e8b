//! Wikitext as MediaWiki reads it: template calls and their parameters, titles, encodings, and text that is safe to
//! write. Pure.
//!
//! - [`Syntax`](syntax::Syntax) finds what MediaWiki's preprocessor does, and template calls; [`Names`](names::Names) says
//!   what their names mean to a desk.
//! - [`Titles`] parses and formats titles and account names by the wiki's siteinfo.
//! - [`inert`] makes people's text safe in a template parameter and reads it back.
//! - [`block`] finds the bot's own text on a page; [`set_params`] changes parameters of a call.
//! - [`page_name`] makes page names from what people wrote.

pub mod block;
mod call;
mod calls;
mod edit;
pub(crate) mod encoding;
mod html_tags;
pub mod inert;
pub mod names;
pub(crate) mod page_name;
mod preprocessor;
pub mod redirects;
mod splice;
pub mod syntax;
pub(crate) mod titles;

pub use call::{Around, Call, Effect, Param, trim};
pub use calls::{Reading, SAID, acts_when_saved, calls, comments, has_visible_text, visible, without_comments};
pub use edit::set_params;
pub use html_tags::{QUOTING_ELEMENTS, STRIKING_ELEMENTS};
pub use splice::splice;
pub use titles::Titles;
