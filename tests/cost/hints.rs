//! How long a running bot takes from a pushed hint to the saved status and table.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use helpdesk::sandbox::Person;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::program::Program;
use crate::scene;

/// Nothing that is waited for here takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long after a hint the request's page was saved, and the status page.
pub struct Hinted {
    /// To the status on the request's own page.
    pub status: Vec<Duration>,
    /// To the table.
    pub table: Vec<Duration>,
}

/// The wiki's changes, and an event stream that passes them on to the bot.
pub struct Changes {
    feed: UdpSocket,
    stream: TcpListener,
}

impl Changes {
    /// Opens both ends on free ports.
    pub async fn listen() -> anyhow::Result<Self> {
        Ok(Self { feed: UdpSocket::bind("127.0.0.1:0").await?, stream: TcpListener::bind("127.0.0.1:0").await? })
    }

    /// Where the wiki sends its changes.
    pub fn feed(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.feed.local_addr()?)
    }

    /// Where the bot hears of them.
    pub fn stream(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.stream.local_addr()?)
    }

    /// Starts a bot, votes on so many requests, and tells for each vote how long what it changes took.
    pub async fn hinted(&self, program: &Program, member: &Person, votes: usize) -> anyhow::Result<Hinted> {
        let running = program.start(&["run"])?;
        let (mut stream, _) = timeout(PATIENCE, self.stream.accept()).await.context("the bot does not listen")??;
        let _ = stream.read(&mut [0; 4096]).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:ok\n\n").await?;
        let began = Instant::now();
        while !running.log()?.contains("pass finished") {
            if began.elapsed() > PATIENCE {
                bail!("the bot's first pass does not end:\n{}", running.log()?);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // What the wiki told before is no news.
        while self.feed.try_recv(&mut [0; 1 << 16]).is_ok() {}
        let mut times = Hinted { status: Vec::new(), table: Vec::new() };
        for number in 0..votes {
            // Requests that nobody voted on since the desk was made.
            let title = scene::open_title(scene::OPEN - 1 - number);
            member.append(&title, "\n* {{support}} ~~~~", "a vote").await?;
            self.pass_on(&mut stream, &title).await?;
            let hint = Instant::now();
            self.pass_on(&mut stream, &title).await?;
            times.status.push(hint.elapsed());
            self.pass_on(&mut stream, &scene::status_title()).await?;
            times.table.push(hint.elapsed());
        }
        Ok(times)
    }

    /// Passes changes on until one of that page came.
    async fn pass_on(&self, stream: &mut TcpStream, title: &str) -> anyhow::Result<()> {
        let mut event = vec![0; 1 << 16];
        loop {
            let length = timeout(PATIENCE, self.feed.recv(&mut event)).await;
            let length = length.with_context(|| format!("no change of {title}"))??;
            let event = std::str::from_utf8(&event[..length])?;
            stream.write_all(format!("data: {event}\n\n").as_bytes()).await?;
            if serde_json::from_str::<Value>(event)?["title"] == title {
                return Ok(());
            }
        }
    }
}
