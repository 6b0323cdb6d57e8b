//! Building the root with `mmdebstrap`, and installing that where it is missing.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::process::{self, Progress, is_root};

/// The Debian release that has the long-term release of MediaWiki.
const SUITE: &str = "trixie";
const PACKAGES: &[&str] = &[
    "mediawiki",
    "php-cli",
    "php-sqlite3",
    "php-intl",
    "php-mbstring",
    "php-xml",
    "php-curl",
    "php-apcu",
    "php-luasandbox",
    "ca-certificates",
];

/// What a root is made of; another recipe makes another root.
pub(super) fn recipe() -> Vec<&'static str> {
    [&[SUITE], PACKAGES].concat()
}

/// Whether `chroot` is allowed without root's rights.
pub(super) fn check_namespaces() -> Result<()> {
    let mut test = process::program("unshare");
    test.args(["--map-root-user", "chroot", "/", "true"]);
    if process::output(test, None).is_err() {
        bail!(
            "the sandbox needs root here, as this account may not create user namespaces; or set HELPDESK_WIKI to a wiki of yours"
        );
    }
    Ok(())
}

/// Installs the programs that build a root, or says which are missing.
pub(super) fn install_tools() -> Result<()> {
    let keyring = || {
        let start = format!("debian-archive-{SUITE}");
        fs::read_dir("/usr/share/keyrings")
            .is_ok_and(|files| files.flatten().any(|file| file.file_name().to_string_lossy().starts_with(&start)))
    };
    let wanted = [
        ("mmdebstrap", process::is_installed("mmdebstrap")),
        ("gpg", process::is_installed("gpg")),
        ("debian-archive-keyring", keyring()),
        ("uidmap", is_root() || process::is_installed("newuidmap")),
    ];
    let missing: Vec<&str> = wanted.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    install_packages(&missing, "the sandbox", "; or set HELPDESK_WIKI to a wiki of yours")
}

/// Installs Debian packages, if this is root on Debian.
///
/// # Errors
/// Where it is not, or apt-get fails: says what needs them, how to install them, and what else can be done.
pub fn install_packages(missing: &[&str], what: &str, otherwise: &str) -> Result<()> {
    let names = missing.join(" ");
    if !is_root() || !process::is_installed("apt-get") {
        bail!("{what} needs: {names} (on Debian: sudo apt-get install {names}){otherwise}");
    }
    eprintln!("Installing {names} with apt-get.");
    for arguments in [&["update"][..], &["install", "-y", "--no-install-recommends"]] {
        let mut apt = process::program("apt-get");
        apt.arg("-q").args(arguments).envs(process::inherited()).env("DEBIAN_FRONTEND", "noninteractive");
        if arguments[0] == "install" {
            apt.args(missing);
        }
        let run = process::output(apt, None);
        // An update that fails for one source of many may still do; what matters is the installation.
        if arguments[0] == "install" {
            run.with_context(|| format!("apt-get could not install {names}; install it by hand"))?;
        }
    }
    Ok(())
}

/// Builds a root in a folder that is renamed when it is complete.
pub(super) fn build(folder: &Path, target: &Path) -> Result<()> {
    let progress = Progress::new("Building a MediaWiki root (once, about a minute)");
    // As root it mounts /proc, /sys and parts of /dev into the new tree. Killed, it leaves them, and whoever then removes the
    // tree reaches into this machine's own: so it gets mounts of its own, which end with it.
    let mut apart = process::program("unshare");
    apart.args(["--mount", "true"]);
    let mut build = if is_root() && process::output(apart, None).is_ok() {
        let mut unshare = process::program("unshare");
        unshare.args(["--mount", "--propagation", "private", "--", "setpriv"]);
        unshare
    } else {
        process::program("setpriv")
    };
    // A build that outlives this process would write into a folder that the next one removes.
    build.args(["--pdeathsig", "TERM", "--", "mmdebstrap", "--variant=essential"]);
    build.arg(format!("--include={}", PACKAGES.join(","))).arg(SUITE);
    build.envs(process::inherited());
    let advice = "the sandbox's root could not be built";
    if is_root() {
        process::watched(build.arg(folder), &progress).context(advice)?;
    } else {
        // Unpacked by ourselves all files are our own, and so can be written and removed without any further rights.
        build.args(["--mode=unshare", "--format=tar", "-"]).stdout(Stdio::piped());
        fs::create_dir(folder)?;
        let mut unpack = process::program("tar");
        unpack.args(["-x", "--no-same-owner", "--exclude=./dev/*", "-C"]).arg(folder);
        process::piped(&mut build, &mut unpack, &progress).context(advice)?;
    }
    if !folder.join("usr/share/mediawiki/api.php").is_file() {
        bail!("the sandbox's root was built without MediaWiki: {SUITE} of the Debian mirror in use does not have it");
    }
    fs::rename(folder, target).with_context(|| format!("cannot rename {} into its place", folder.display()))
}
