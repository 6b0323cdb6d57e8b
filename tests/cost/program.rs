//! The program as an operator calls it, and what a call costs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use helpdesk::sandbox::Login;
use serde_json::Value;

/// The program with a desk's configuration.
pub struct Program {
    folder: PathBuf,
    login: Login,
}

/// One call of the program.
pub struct Run {
    /// From its start to its end.
    pub time: Duration,
    /// Its processor time, its own and the system's for it.
    pub cpu: Duration,
    /// The most memory it had, in KiB.
    pub memory: u64,
    /// Standard output.
    pub output: String,
    /// The numbers with which it logged the end of a pass, if it made one.
    pub pass: Value,
}

/// A call that has not ended; it is killed when it goes out of scope.
pub struct Running {
    child: Child,
    output: PathBuf,
    log: PathBuf,
}

impl Running {
    /// What it has logged.
    pub fn log(&self) -> anyhow::Result<String> {
        Ok(fs::read_to_string(&self.log)?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    /// Writes the files that the program is called with.
    pub fn new(url: &str, login: &Login, config: &str) -> anyhow::Result<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cost");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("desk.toml"), config)?;
        fs::write(folder.join("wiki.toml"), format!("wiki_url = \"{url}\"\n"))?;
        Ok(Self { folder, login: login.clone() })
    }

    /// Starts a command.
    pub fn start(&self, arguments: &[&str]) -> anyhow::Result<Running> {
        let [output, log] = ["output", "log"].map(|name| self.folder.join(name));
        let mut command = Command::new(env!("CARGO_BIN_EXE_helpdesk"));
        command.args(["--config", "desk.toml", "--wiki", "wiki.toml"]).args(arguments).current_dir(&self.folder);
        command.env("HELPDESK_USERNAME", &self.login.name).env("HELPDESK_BOT_PASSWORD", &self.login.password);
        command.env_remove("HELPDESK_LOG").env("HELPDESK_LOG_FORMAT", "json");
        command.stdout(File::create(&output)?).stderr(File::create(&log)?);
        Ok(Running { child: command.spawn()?, output, log })
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<Run> {
        let (cpu_before, began) = (children_cpu()?, Instant::now());
        let mut running = self.start(arguments)?;
        let mut memory = 0;
        let status = loop {
            // A process that has ended has no memory any more, but its peak only grows: the last look is near enough.
            memory = peak_memory(running.child.id()).unwrap_or(memory);
            if let Some(status) = running.child.try_wait()? {
                break status;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let (time, cpu) = (began.elapsed(), children_cpu()? - cpu_before);

        let log = running.log()?;
        if !status.success() {
            bail!("helpdesk {}: {status}\n{log}", arguments.join(" "));
        }
        let mut fields =
            log.lines().rev().filter_map(|line| Some(serde_json::from_str::<Value>(line).ok()?["fields"].take()));
        let finished = |fields: &Value| fields["message"].as_str().is_some_and(|m| m.starts_with("pass finished"));
        let pass = fields.find(finished).unwrap_or_default();
        Ok(Run { time, cpu, memory, output: fs::read_to_string(&running.output)?, pass })
    }
}

/// The processor time of all children that have ended.
fn children_cpu() -> anyhow::Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The program's name, in parentheses, is the only field that may have spaces in it. Of the fields behind it the 14th and
    // the 15th are the children's times in user and in system mode, in hundredths of a second (proc_pid_stat(5)).
    let (_, fields) = stat.rsplit_once(')').context("/proc/self/stat is not as expected")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks: u64 = fields[13].parse::<u64>()? + fields[14].parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 10))
}

/// The most memory that a process has had until now, in KiB; none if it has ended.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
