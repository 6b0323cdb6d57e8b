//! What axe-core finds wrong with a page for whoever reads it by ear, by keys or with little contrast.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::browser::{Browser, is_installed};

const VERSION: &str = "4.11.0";

/// Fails with the rule and the element for each serious finding in what the page itself says: the skin around it is not ours.
/// Nor is the look of InputBox's button as long as its box is empty: pale, as it does nothing yet.
pub async fn check(browser: &Browser, place: &str) {
    let has_axe = browser.run("return !!window.axe;", json!([])).await.unwrap();
    if has_axe == json!(false) {
        browser.run(script(), json!([])).await.unwrap();
    }
    let find = "return axe.run({ include: ['#mw-content-text'], exclude: ['form.createbox:invalid [type=submit]'] }, { resultTypes: ['violations'], preload: false }).then((found) => found.violations \
        .filter((rule) => ['serious', 'critical'].includes(rule.impact)) \
        .map((rule) => `${rule.id}: ` + rule.nodes.map((node) => node.failureSummary + ' ' + node.html.slice(0, 200)).join('; ')));";
    assert_eq!(browser.run(find, json!([])).await.unwrap(), json!([]), "{place}");
}

fn script() -> &'static str {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    SCRIPT.get_or_init(|| {
        let file = helpdesk::sandbox::cache_folder().unwrap().join(format!("axe-core-{VERSION}.js"));
        if !file.is_file() {
            fetch(&file).unwrap_or_else(|error| panic!("axe-core: {error:#}"));
        }
        std::fs::read_to_string(&file).unwrap()
    })
}

/// Puts the script into the file in one step: other processes may want it too.
fn fetch(file: &Path) -> Result<()> {
    if !is_installed("npm") {
        helpdesk::sandbox::install_packages(&["npm"], "the check of what everybody can read and use", "")?;
    }
    let folder = PathBuf::from(format!("{}-{}", file.display(), std::process::id()));
    std::fs::create_dir_all(&folder)?;
    output(Command::new("npm").args(["pack", "--silent", &format!("axe-core@{VERSION}")]).current_dir(&folder))?;
    let archive = format!("axe-core-{VERSION}.tgz");
    output(Command::new("tar").args(["-xzf", &archive, "package/axe.min.js"]).current_dir(&folder))?;
    std::fs::rename(folder.join("package/axe.min.js"), file)?;
    std::fs::remove_dir_all(&folder).context("what it was unpacked in")
}

fn output(command: &mut Command) -> Result<()> {
    let run = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(run.status.success(), "{command:?}: {}", String::from_utf8_lossy(&run.stderr));
    Ok(())
}
