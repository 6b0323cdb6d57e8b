//! What comes with the bot for a wiki: the files of `templates/`.

use include_dir::{Dir, include_dir};

/// All files, one for each page.
pub(super) static FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// What a file says; nothing where there is none.
pub(super) fn text(path: &str) -> &'static str {
    FILES.get_file(path).and_then(|file| file.contents_utf8()).unwrap_or_default()
}
