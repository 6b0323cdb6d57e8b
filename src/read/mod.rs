//! Pages and their history in, facts out: pure functions.

pub mod history;
pub mod html;
mod lines;
mod lookalikes;
pub mod marks;
pub mod minutes;
pub(crate) mod minutes_items;
pub(crate) mod named_requests;
mod outside_fields;
pub mod proposals;
mod provenance;
pub mod request;
pub mod request_template;
pub mod resume;
pub mod roster_lines;
pub mod rules_text;
pub mod sentinels;
mod signatures;
