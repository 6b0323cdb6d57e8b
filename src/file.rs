//! Small files that an operator wrote.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Such a file is no larger, in bytes.
const LARGEST: u64 = 1_000_000;

/// The text of a file. A device may have no end; what is larger is an error.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("this is more than {LARGEST} bytes")));
    }
    Ok(text)
}
