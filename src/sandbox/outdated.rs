//! Roots and wikis that were made of something else than today's, and that nobody uses any more.
//!
//! Their names tell what they are made of, so another recipe or other settings leave them behind. Another checkout may still
//! use them: a wiki that runs is held by its lock, and what was used within the last hour stays, so that two checkouts
//! that are tested in turn do not build anew each time, and nobody loses a folder between finding it and holding a lock in it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

/// What was used more recently stays.
const IDLE: Duration = Duration::from_secs(60 * 60);

/// Notes that a folder of wikis is used.
pub(super) fn mark_used(wikis: &Path) -> Result<()> {
    File::open(wikis)?.set_modified(SystemTime::now()).with_context(|| format!("cannot write {}", wikis.display()))
}

/// The roots and folders of wikis that nobody uses, but for one folder of wikis and its root; the wikis before the root that
/// they stand in. The caller holds the lock of the cache.
pub(super) fn outdated(cache: &Path, current: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for root in folders(cache, "root-")? {
        let mut used = current.starts_with(&root);
        for wikis in folders(&root.join("srv"), "wikis-")? {
            if wikis != current && is_idle(&wikis)? {
                found.push(wikis);
            } else {
                used = true;
            }
        }
        if !used {
            found.push(root);
        }
    }
    Ok(found)
}

fn is_idle(wikis: &Path) -> Result<bool> {
    // A time that lies ahead says nothing.
    if fs::metadata(wikis)?.modified()?.elapsed().unwrap_or_default() < IDLE {
        return Ok(false);
    }
    for entry in fs::read_dir(wikis)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "lock") {
            match File::open(&path)?.try_lock() {
                Err(TryLockError::WouldBlock) => return Ok(false),
                result => result?,
            }
        }
    }
    Ok(true)
}

/// The folders whose names begin so; none where there is no such place.
fn folders(place: &Path, start: &str) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(place) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("cannot read {}", place.display()))?,
    };
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    let named = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start));
    Ok(paths.into_iter().filter(|path| named(path) && path.is_dir()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_uses_is_outdated() {
        let cache = std::env::temp_dir().join(format!("helpdesk-outdated-{}", std::process::id()));
        let wikis =
            ["a/srv/wikis-1", "a/srv/wikis-2", "a/srv/wikis-3", "b/srv/wikis-1", "c/srv/wikis-1", "d/srv/wikis-1"]
                .map(|path| cache.join(format!("root-{path}")));
        let [current, idle, running, old, older_running, recent] = &wikis;
        wikis.iter().for_each(|path| fs::create_dir_all(path).expect("a folder"));
        fs::create_dir_all(cache.join("root-e")).expect("a folder");
        fs::create_dir_all(cache.join("unfinished-root-1")).expect("a folder");
        let lock = |path: &Path| File::create(path.join("tests-1.lock")).expect("a lock");
        lock(idle);
        let _running = [running, older_running].map(|path| {
            let lock = lock(path);
            lock.try_lock().expect("a lock");
            lock
        });
        for path in &wikis {
            let long_ago = SystemTime::now() - 2 * IDLE;
            File::open(path).expect("a folder").set_modified(long_ago).expect("a time");
        }
        mark_used(recent).expect("a time");

        let mut found = outdated(&cache, current).expect("folders");
        found.sort();
        assert_eq!(found, [idle.clone(), cache.join("root-b"), old.clone(), cache.join("root-e")]);
        assert_eq!(outdated(&cache.join("none"), current).expect("no folders"), Vec::<PathBuf>::new());
        fs::remove_dir_all(&cache).expect("the folder");
    }
}
