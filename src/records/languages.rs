//! placeholder until merge
pub struct Languages {
    pub codes: Vec<String>,
    pub unrecognised: Vec<String>,
}
pub fn languages(_: &str) -> Languages {
    Languages { codes: Vec::new(), unrecognised: Vec::new() }
}
