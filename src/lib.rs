//! Helpdesk bot: the map of the house.
pub mod config;
pub mod decide;
pub mod desk;
pub mod pass;
pub mod plan;
pub mod read;
pub mod wiki;
pub mod write;
