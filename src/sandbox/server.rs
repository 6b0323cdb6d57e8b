//! PHP's own web server with one wiki behind it.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::process;
use super::root::Root;
use crate::wiki::proxy::http_client;

/// How long a wiki may take until it answers.
const START: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(40);

/// How a wiki is served.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port; any free one if not given.
    pub port: Option<u16>,
    /// How many requests are answered at once.
    pub workers: u8,
    /// Where each change is sent as a JSON datagram, as in Wikimedia's event streams.
    pub events: Option<SocketAddr>,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: None, workers: 5, events: None }
    }
}

/// A running server. Dropping it ends PHP; so does the end of this process, in whatever way.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) port: u16,
    process: u32,
    ended: Arc<OnceLock<ExitStatus>>,
    keeper: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server and waits until its API answers.
    pub(super) async fn start(root: &Root, wiki: &str, options: &Options) -> Result<Self> {
        let mut tries = 0;
        loop {
            let port = match options.port {
                Some(port) => port,
                None => TcpListener::bind(("127.0.0.1", 0)).context("no free port")?.local_addr()?.port(),
            };
            let server = Self::spawn(root, wiki, port, options)?;
            match server.answers(&root.folder(wiki).join("log")).await {
                Ok(()) => return Ok(server),
                // Somebody else may have taken the free port in between.
                Err(_) if options.port.is_none() && server.ended.get().is_some() && tries < 3 => tries += 1,
                Err(error) => {
                    let log = fs::read_to_string(root.folder(wiki).join("log")).unwrap_or_default();
                    let lines: Vec<&str> = log.lines().filter(|line| !line.contains(" Development Server ")).collect();
                    let tail = lines[lines.len().saturating_sub(4)..].join(" / ");
                    return Err(error.context(format!("the sandbox wiki does not start on port {port}: {tail}")));
                }
            }
        }
    }

    fn spawn(root: &Root, wiki: &str, port: u16, options: &Options) -> Result<Self> {
        let log = File::create(root.folder(wiki).join("log"))?;
        let mut php = root.php(wiki);
        environment(&mut php, port, options);
        php.env("PHP_CLI_SERVER_WORKERS", options.workers.max(1).to_string());
        for setting in [
            "log_errors=1",
            "display_errors=0",
            "opcache.enable=1",
            "opcache.memory_consumption=192",
            "opcache.interned_strings_buffer=32",
            "opcache.max_accelerated_files=16000",
            // Nobody changes MediaWiki's code while it runs.
            "opcache.validate_timestamps=0",
        ] {
            php.args(["-d", setting]);
        }
        php.args(["-S", &format!("127.0.0.1:{port}"), "-t", &root.inside(wiki, "www")]);
        php.arg(root.inside(wiki, "router.php"));
        php.stdout(log.try_clone()?).stderr(log).process_group(0);

        // PHP is tied to the life of the thread that starts it, which a runtime may end at any time: so it gets a thread that lives
        // as long as itself.
        let ended = Arc::new(OnceLock::new());
        let (started, process) = mpsc::channel();
        let keeper = std::thread::spawn({
            let ended = Arc::clone(&ended);
            move || match php.spawn() {
                Ok(mut child) => {
                    drop(started.send(Ok(child.id())));
                    if let Ok(status) = child.wait() {
                        let _ = ended.set(status);
                    }
                }
                Err(error) => drop(started.send(Err(error))),
            }
        });
        let process = process.recv()?.context("PHP could not be started")?;
        Ok(Self { port, process, ended, keeper: Some(keeper) })
    }

    async fn answers(&self, log: &Path) -> Result<()> {
        let address = format!("http://127.0.0.1:{}/w/api.php", self.port);
        let api = mwapi::Client::builder(&address).set_http_client(move || http_client(&address)).build().await?;
        // Whoever has the port already would answer as well: PHP says when it is PHP that listens.
        let listening = format!("(http://127.0.0.1:{}) started", self.port);
        let deadline = Instant::now() + START;
        loop {
            if let Some(status) = self.ended.get() {
                bail!("PHP ended ({status})");
            }
            if fs::read_to_string(log).is_ok_and(|text| text.contains(&listening)) {
                let ask = api.get_value(&[("action", "query"), ("meta", "siteinfo")]);
                match tokio::time::timeout(START, ask).await {
                    Ok(Ok(_)) => return Ok(()),
                    Ok(Err(error)) if Instant::now() > deadline => {
                        return Err(error).context("its API gives no answer");
                    }
                    Ok(Err(_)) => {}
                    Err(_) => bail!("its API gives no answer within {} s", START.as_secs()),
                }
            }
            if Instant::now() > deadline {
                bail!("PHP does not listen within {} s", START.as_secs());
            }
            tokio::time::sleep(POLL).await;
        }
    }
}

/// What a wiki's settings read from the environment; the maintenance scripts get the same.
pub(super) fn environment(php: &mut Command, port: u16, options: &Options) {
    php.env("SANDBOX_SERVER", format!("http://127.0.0.1:{port}"));
    if let Some(address) = options.events {
        php.env("SANDBOX_RC_UDP", address.to_string());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.ended.get().is_none() {
            // The server and its workers are a process group; the standard library can end only one process.
            let mut kill = process::program("sh");
            kill.args(["-c", "kill -s KILL -- -\"$0\"", &self.process.to_string()]);
            drop(process::output(kill, None));
        }
        if let Some(keeper) = self.keeper.take() {
            drop(keeper.join());
        }
    }
}
