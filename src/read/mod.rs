//! Pages and their history in, facts out: pure functions.

pub mod history;
pub mod html;
pub mod intake;
pub mod marks;
pub mod names;
pub mod request;
pub mod resume;
pub mod roster;
pub mod snapshot;
pub mod wikitext;
