//! A wiki, or something that stands in its place, whose answers are nearly right, without an end, or ask for secrets.

mod endless;
mod lanes;
mod reads;
mod secrets;
mod shapes;
