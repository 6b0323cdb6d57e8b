//! Running other programs: their last words when they fail, and lines of progress for those that take long.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

/// Where programs are, outside and inside the root: users often have no `sbin` in their own.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A program with a small environment of its own.
pub(super) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env_clear().env("PATH", PATH).env("HOME", "/tmp").env("LANG", "C.UTF-8").stdin(Stdio::null());
    command
}

/// This process's environment, for programs of which it says how they reach a mirror and where temporary files go.
pub(super) fn inherited() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| name != "PATH")
}

/// Whether a program can be found.
pub(super) fn is_installed(name: &str) -> bool {
    PATH.split(':').any(|folder| Path::new(folder).join(name).is_file())
}

/// Whether this process has root's rights.
pub(super) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Runs a program to its end and returns what it printed. Where it fails, the error ends with its last words.
pub(super) fn output(mut command: Command, input: Option<String>) -> Result<String> {
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let feeder = child.stdin.take().zip(input).map(|(mut pipe, input)| {
        // A program that ends without reading all says so by its status.
        std::thread::spawn(move || pipe.write_all(input.as_bytes()))
    });
    let result = child.wait_with_output()?;
    if let Some(feeder) = feeder {
        drop(feeder.join());
    }
    let text = String::from_utf8_lossy(&result.stdout).into_owned();
    if !result.status.success() {
        let words = text.clone() + "\n" + &String::from_utf8_lossy(&result.stderr);
        bail!("{}", failure(&command, result.status, words.lines()));
    }
    Ok(text)
}

/// Runs a program that takes long, showing the lines it writes to standard error as progress.
pub(super) fn watched(command: &mut Command, progress: &Progress) -> Result<()> {
    let child = start(command.stdout(Stdio::null()).stderr(Stdio::piped()))?;
    watch(command, child, progress)
}

/// As [`watched`], with the program's standard output going into another program.
pub(super) fn piped(command: &mut Command, into: &mut Command, progress: &Progress) -> Result<()> {
    let mut child = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let pipe = child.stdout.take().context("no pipe")?;
    let mut second = start(into.stdin(pipe).stdout(Stdio::null()).stderr(Stdio::inherit()))?;
    let first = watch(command, child, progress);
    let status = second.wait()?;
    first?;
    if !status.success() {
        bail!("{}", failure(into, status, std::iter::empty()));
    }
    Ok(())
}

fn start(command: &mut Command) -> Result<Child> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.spawn().with_context(|| format!("cannot run {name}: is it installed?"))
}

fn watch(command: &Command, mut child: Child, progress: &Progress) -> Result<()> {
    let pipe = child.stderr.take().context("no pipe")?;
    let (lines, written) = mpsc::channel();
    std::thread::spawn(move || {
        BufReader::new(pipe).lines().map_while(Result::ok).try_for_each(|line| lines.send(line))
    });
    let mut last = VecDeque::new();
    loop {
        match written.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => {
                if let Some(step) = line.strip_prefix("I: ") {
                    progress.step(step);
                }
                last.push_back(line);
                if last.len() > 20 {
                    last.pop_front();
                }
            }
            Err(RecvTimeoutError::Timeout) => progress.show(),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{}", failure(command, status, last.iter().map(String::as_str)));
    }
    Ok(())
}

fn failure<'a>(command: &Command, status: ExitStatus, words: impl Iterator<Item = &'a str>) -> anyhow::Error {
    let words: Vec<&str> = words.map(str::trim).filter(|line| !line.is_empty()).collect();
    // Errors that a program marks as such say more than its last lines.
    let marked: Vec<&str> = words.iter().copied().filter(|line| line.starts_with("E: ")).collect();
    let words = if marked.is_empty() { words } else { marked };
    let last = words[words.len().saturating_sub(4)..].join(" / ");
    // Some programs only start another one.
    let started = command.get_args().find(|argument| ["php", "mmdebstrap"].iter().any(|name| argument == name));
    let name = started.unwrap_or(command.get_program()).to_string_lossy();
    anyhow!("{name} failed ({status}): {}", if last.is_empty() { "it said nothing" } else { &last })
}

/// A long task on standard error: on a terminal one line that is rewritten, with the seconds; else a line for each step.
pub(super) struct Progress {
    task: &'static str,
    started: Instant,
    step: RefCell<String>,
}

impl Progress {
    /// Begins a task.
    pub(super) fn new(task: &'static str) -> Self {
        let progress = Self { task, started: Instant::now(), step: RefCell::default() };
        if !std::io::stderr().is_terminal() {
            eprintln!("{task}");
        }
        progress
    }

    /// The next step of it.
    pub(super) fn step(&self, step: &str) {
        *self.step.borrow_mut() = step.trim_end_matches('.').to_owned();
        if std::io::stderr().is_terminal() {
            self.show();
        } else {
            eprintln!("  {} s: {}", self.started.elapsed().as_secs(), self.step.borrow());
        }
    }

    /// Rewrites the line on a terminal.
    pub(super) fn show(&self) {
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[K{}: {} ({} s)", self.task, self.step.borrow(), self.started.elapsed().as_secs());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[K");
        }
    }
}
