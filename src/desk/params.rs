//! What a statement needs to know of the template call that makes it.

/// The parameters of a template call.
pub trait Params {
    /// The value of a parameter; empty if it is absent.
    fn text(&self, name: &str) -> &str;
    /// The account that a parameter names.
    fn account(&self, name: &str) -> Option<String>;
}
