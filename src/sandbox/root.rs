//! The root: a Debian tree with MediaWiki in it, built once and kept in the user's cache folder.
//!
//! All here is synchronous and is run on a thread of its own ([`offload`]).

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::build;
use super::outdated::{mark_used, outdated};
use super::process::{self, Progress, is_root};

/// The files of a wiki's folder, by name.
const FILES: &[(&str, &str)] = &[
    ("settings.php", include_str!("php/settings.php")),
    ("router.php", include_str!("php/router.php")),
    ("accounts.php", include_str!("php/accounts.php")),
    ("import.php", include_str!("php/import.php")),
    ("trees.php", include_str!("php/trees.php")),
];

/// The database, and so the name by which a wiki calls itself in its events.
pub(super) const WIKI_ID: &str = "sandboxwiki";
/// The administrator that every new wiki has.
pub(super) const ADMIN: (&str, &str) = ("Admin", "sandbox-admin");

/// A finished root, with the wiki that new ones are copied from.
#[derive(Clone, Debug)]
pub(super) struct Root {
    path: PathBuf,
    /// The folder of the wikis as seen from inside the root. Its name changes with the wikis' settings.
    inside: String,
}

impl Root {
    /// Finds the root, or builds it.
    pub(super) fn ready() -> Result<Self> {
        let cache = cache_folder()?;
        fs::create_dir_all(&cache).with_context(|| {
            format!("cannot create {}; set HELPDESK_CACHE to a folder that can be written", cache.display())
        })?;
        let recipe = build::recipe();
        let root = Self {
            path: cache.join(format!("root-{}", key(recipe))),
            inside: format!("/srv/wikis-{}", key(FILES.iter().map(|(_, text)| *text))),
        };
        let _lock = root.lock()?;
        // One that cannot be removed is in nobody's way but for its size.
        if let Err(error) = root.discard_outdated(&cache) {
            eprintln!("{error:#}");
        }
        remove_unfinished(&cache)?;
        if !is_root() {
            build::check_namespaces()?;
        }
        if !root.path.is_dir() {
            build::install_tools()?;
            build::build(&cache.join(unfinished("root")), &root.path)?;
        }
        fs::create_dir_all(root.wikis())?;
        mark_used(&root.wikis())?;
        remove_unfinished(&root.wikis())?;
        if !root.folder("template").is_dir() {
            root.make_template()?;
        }
        Ok(root)
    }

    /// The lock of the cache: whoever prepares something in it holds this one, and waits for others who do.
    fn lock(&self) -> Result<File> {
        lock_or_wait(&self.path.with_file_name("lock"))
    }

    /// Puts what is outdated among what is unfinished: a root that is half removed must not look like a whole one.
    fn discard_outdated(&self, cache: &Path) -> Result<()> {
        for (number, folder) in outdated(cache, &self.wikis())?.iter().enumerate() {
            let discarded = cache.join(unfinished(&format!("outdated-{number}")));
            fs::rename(folder, discarded).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        Ok(())
    }

    /// The folder of all wikis.
    pub(super) fn wikis(&self) -> PathBuf {
        self.path.join(&self.inside[1..])
    }

    /// The folder of one wiki.
    pub(super) fn folder(&self, wiki: &str) -> PathBuf {
        self.wikis().join(wiki)
    }

    /// PHP inside the root, for one wiki. It gets no environment but what a wiki needs.
    pub(super) fn php(&self, wiki: &str) -> Command {
        // Without root's rights a user namespace of our own is where chroot is allowed. `setpriv` comes after it, as a change of
        // rights would undo what it sets: PHP dies with the thread that started it, however that ends.
        let mut command = if is_root() { process::program("setpriv") } else { process::program("unshare") };
        if !is_root() {
            command.args(["--map-root-user", "--", "setpriv"]);
        }
        command.args(["--pdeathsig", "KILL", "--", "chroot"]).arg(&self.path).arg("php");
        command.args(["-d", "memory_limit=512M", "-d", "display_errors=stderr"]);
        command.env("MW_CONFIG_FILE", self.inside(wiki, "settings.php"));
        command
    }

    /// A file of a wiki's folder as seen from inside the root.
    pub(super) fn inside(&self, wiki: &str, file: &str) -> String {
        format!("{}/{wiki}/{file}", self.inside)
    }

    /// One of MediaWiki's maintenance scripts.
    pub(super) fn maintenance(&self, wiki: &str, script: &str) -> Command {
        let mut command = self.php(wiki);
        command.args(["/usr/share/mediawiki/maintenance/run.php", script]);
        command
    }

    /// Makes the folder of a new wiki; the caller has made sure that nobody uses an older one of that name.
    pub(super) fn copy_template(&self, wiki: &str) -> Result<()> {
        // Another process that finds the root ready meanwhile would take the copy for an interrupted one.
        let _lock = self.lock()?;
        let unfinished = self.folder(&unfinished(wiki));
        copy_tree(&self.folder("template"), &unfinished)?;
        remove_tree(&self.folder(wiki))?;
        fs::rename(&unfinished, self.folder(wiki)).context("cannot put the new wiki in its place")
    }

    /// Installs MediaWiki once, with the tables of all extensions: copying that is faster than installing again.
    fn make_template(&self) -> Result<()> {
        let progress = Progress::new("Preparing a first wiki");
        let name = unfinished("template");
        let folder = self.folder(&name);
        for part in ["data", "images", "cache", "www", "install"] {
            fs::create_dir_all(folder.join(part))?;
        }
        for (file, text) in FILES {
            fs::write(folder.join(file), text)?;
        }
        symlink("/usr/share/mediawiki", folder.join("www/w"))?;

        progress.step("installing MediaWiki");
        let mut install = self.maintenance(&name, "install");
        install.env_remove("MW_CONFIG_FILE");
        install.args(["--dbtype", "sqlite", "--scriptpath", "/w", "--server", "http://127.0.0.1"]);
        install.args(["--dbname", WIKI_ID, "--dbpath", &self.inside(&name, "data")]);
        install.args(["--confpath", &self.inside(&name, "install"), "--pass", ADMIN.1, "Sandbox", ADMIN.0]);
        process::output(install, None).context("MediaWiki could not be installed in the sandbox")?;

        progress.step("adding the tables of the extensions");
        let mut update = self.maintenance(&name, "update");
        update.arg("--quick");
        process::output(update, None).context("the extensions' tables could not be added")?;
        let mut messages = self.maintenance(&name, "rebuildLocalisationCache");
        messages.args(["--lang", "en"]);
        fs::create_dir_all(self.folder("messages"))?;
        process::output(messages, None).context("the interface messages could not be prepared")?;

        // Readers go on while somebody writes. The mode stays with the file; the log is folded in, so that copies are whole.
        let mut journal = self.php(&name);
        journal.arg("-r").arg(
            "foreach (glob($argv[1] . '/*.sqlite') as $file) { $db = new PDO('sqlite:' . $file); \
             $db->exec('PRAGMA journal_mode=WAL'); $db->exec('PRAGMA wal_checkpoint(TRUNCATE)'); }",
        );
        journal.arg(self.inside(&name, "data"));
        process::output(journal, None).context("the databases could not be prepared")?;
        remove_tree(&folder.join("install"))?;
        fs::rename(&folder, self.folder("template")).context("cannot put the template wiki in its place")
    }
}

/// Runs blocking work on a thread of its own. Unlike a runtime's threads for blocking work it does not hold up the end of the
/// program, and a build goes on while the caller waits for something else.
pub(super) async fn offload<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let (done, result) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || done.send(work()));
    result.await.context("the sandbox's thread ended early")?
}

/// Where the sandbox keeps what it made once.
pub fn cache_folder() -> Result<PathBuf> {
    let base = match std::env::var_os("HELPDESK_CACHE") {
        Some(folder) if !folder.is_empty() => std::path::absolute(folder)?,
        _ => dirs::cache_dir().context("no cache folder is known for this user; set HELPDESK_CACHE to a folder")?,
    };
    Ok(base.join("helpdesk-sandbox"))
}

/// A short name for a list of texts, the same with every compiler (FNV-1a).
fn key<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let bytes = texts.into_iter().flat_map(|text| text.bytes().chain([0]));
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{:010x}", hash >> 24)
}

fn lock_or_wait(path: &Path) -> Result<File> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            eprintln!("Another process prepares the sandbox; waiting for it.");
            file.lock()?;
        }
        result => result?,
    }
    Ok(file)
}

/// The name of a folder in the making. Such a one is renamed when it is complete; one that is found later was interrupted, or
/// is to be removed.
fn unfinished(name: &str) -> String {
    format!("unfinished-{name}-{}", std::process::id())
}

/// Removes what an interrupted run left, and what is outdated; the caller holds the lock.
fn remove_unfinished(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("unfinished-") && entry.path().is_dir() {
            // One that cannot be removed is in nobody's way but for its size.
            if let Err(error) = remove_tree(&entry.path()) {
                eprintln!("{error:#}");
            }
        }
    }
    Ok(())
}

/// Removes a folder. Not with the standard library: an interrupted build may have left mounts, and those belong to this machine.
fn remove_tree(folder: &Path) -> Result<()> {
    let mut remove = process::program("rm");
    remove.args(["-rf", "--one-file-system", "--"]).arg(folder);
    process::output(remove, None).with_context(|| {
        format!(
            "cannot remove {}; if something is mounted below it (see findmnt), unmount that first",
            folder.display()
        )
    })?;
    Ok(())
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    let mut copy = process::program("cp");
    copy.args(["-a", "--"]).arg(from).arg(to);
    process::output(copy, None).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}
