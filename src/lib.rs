//! Helpdesk bot: the map of the house.
pub mod check;
pub mod config;
pub mod decide;
pub mod demo;
pub mod desk;
pub mod explain;
pub mod install;
pub mod pass;
pub mod plan;
pub mod read;
pub mod run;
pub mod sandbox;
pub mod wiki;
pub mod write;
