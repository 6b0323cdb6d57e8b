//! Changes as Wikimedia's event stream pushes them (server-sent events, one JSON object each).

use std::io;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt, stream};
use serde_json::Value;
use sse_stream::SseStream;
use tokio::sync::{mpsc, watch};
use tracing::{debug, error, info, warn};

use crate::pass::Watched;
use crate::wiki::backoff::Backoff;
use crate::wiki::changes::Hint;

/// A stream that says nothing for so long is taken for dead. Wikimedia's says something many times a second.
const SILENCE: Duration = Duration::from_secs(120);
/// How long the way to it may take.
const CONNECT: Duration = Duration::from_secs(30);
/// An event has no more bytes.
const LONGEST_EVENT: usize = 1_000_000;
/// Pauses between two connections. A stream ends by itself every quarter of an hour.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// A hint that was pushed.
#[derive(Debug)]
pub struct Pushed {
    /// The hint.
    pub hint: Hint,
    /// When it came.
    pub at: Instant,
}

/// Where the stream is, and what of it is wanted.
#[derive(Debug, Clone)]
pub struct Stream {
    /// Its address.
    pub url: String,
    /// The wiki, as the stream calls it; none for all.
    pub wiki: Option<String>,
    /// How the bot names itself.
    pub user_agent: String,
}

impl Stream {
    /// Wakes whenever something that is watched happens on the wiki. It never ends: that nothing comes is no harm, since
    /// a stream is never the only source.
    pub async fn follow(&self, watched: &watch::Receiver<Watched>, wake: &mpsc::Sender<Pushed>) {
        let mut backoff = Backoff::new(PAUSES.0, PAUSES.1);
        loop {
            let began = Instant::now();
            let ended = AssertUnwindSafe(self.once(watched, wake)).catch_unwind().await;
            let why = ended.unwrap_or_else(|_| {
                error!("a mistake in the bot, in the stream of changes; please report it");
                "a mistake in the bot".to_owned()
            });
            // One that lived for a while has ended as streams do.
            if began.elapsed() > SILENCE {
                backoff.reset();
            }
            let pause = backoff.next(Duration::ZERO);
            match backoff.failures() {
                1 => debug!("the stream of changes has ended ({why}); connecting again"),
                5 => warn!("the stream of changes cannot be followed ({why}); votes show with the next poll"),
                failed => info!(failed, "the stream of changes: {why}"),
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Follows one connection to its end, and says why that came.
    async fn once(&self, watched: &watch::Receiver<Watched>, wake: &mpsc::Sender<Pushed>) -> String {
        let client = reqwest::Client::builder().connect_timeout(CONNECT).user_agent(&self.user_agent).build();
        let request = match client {
            Ok(client) => client.get(&self.url).header(reqwest::header::ACCEPT, "text/event-stream").send(),
            Err(error) => return error.to_string(),
        };
        let answer = match tokio::time::timeout(CONNECT, request).await {
            Ok(Ok(answer)) if answer.status().is_success() => answer,
            Ok(Ok(answer)) => return format!("it answers {}", answer.status()),
            Ok(Err(error)) => return error.without_url().to_string(),
            Err(_) => return "no answer".to_owned(),
        };
        let parts = stream::unfold((answer, 0), |(mut answer, begun)| async move {
            let part = match answer.chunk().await {
                Ok(part) => part?,
                Err(error) => return Some((Err(io::Error::other(error.without_url())), (answer, begun))),
            };
            let begun = length_after(&part, begun);
            let endless = begun > LONGEST_EVENT;
            Some((if endless { Err(io::Error::other("an event without an end")) } else { Ok(part) }, (answer, begun)))
        });
        let mut events = SseStream::from_bytes_stream(parts.boxed());
        loop {
            let event = tokio::time::timeout(SILENCE, events.next()).await;
            match event {
                Ok(Some(Ok(event))) => {
                    let hint = event.data.as_deref().and_then(|data| read(data, self.wiki.as_deref()));
                    if let Some(hint) = hint.filter(|hint| watched.borrow().concerns(hint)) {
                        // What is too much, the next poll tells.
                        let _ = wake.try_send(Pushed { hint, at: Instant::now() });
                    }
                }
                Ok(Some(Err(error))) => return error.to_string(),
                Ok(None) => return "closed".to_owned(),
                Err(_) => return format!("silent for {} s", SILENCE.as_secs()),
            }
        }
    }
}

/// How many bytes there are of an event that has begun, after one more part; one ends with an empty line.
fn length_after(part: &[u8], begun: usize) -> usize {
    let end =
        part.windows(2).rposition(|ends| ends == b"\n\n").max(part.windows(3).rposition(|ends| ends == b"\n\r\n"));
    end.map_or(begun + part.len(), |at| part.len() - at)
}

/// An event of the `recentchange` stream; none where it is of another wiki, a canary, or of no known shape.
fn read(data: &str, wiki: Option<&str>) -> Option<Hint> {
    let event: Value = serde_json::from_str(data).ok()?;
    if event["meta"]["domain"] == "canary" || wiki.is_some_and(|w| event["wiki"] != w) {
        return None;
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Some(Hint {
        title: text(&event["title"])?,
        target: text(&event["log_params"]["target"]),
        user: text(&event["user"]),
        redirect: false,
        revision: event["revision"]["new"].as_u64(),
        log: event["type"] == "log",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_an_end() {
        let parts: [&[u8]; 4] = [b"data: a\n", b"data: b\n\ndata", b": c", b"\n\n"];
        let mut begun = 0;
        let lengths = parts.map(|part| {
            begun = length_after(part, begun);
            begun
        });
        assert_eq!(lengths, [8, 6, 9, 2]);
    }

    #[test]
    fn canaries_other_wikis_and_odd_shapes_are_dropped() {
        let event = r#"{"meta":{"domain":"meta.wikimedia.org"},"wiki":"metawiki","type":"log","title":"A","user":"U","log_params":{"target":"B","noredir":"0"}}"#;
        let hint = read(event, Some("metawiki")).expect("a hint");
        assert_eq!((hint.title.as_str(), hint.target.as_deref()), ("A", Some("B")));
        assert_eq!(read(&event.replace("meta.wikimedia.org", "canary"), Some("metawiki")), None);
        assert_eq!(read(event, Some("svwiki")), None);
        assert!(read(event, None).is_some());
        for odd in ["", "{", "[]", "null", "{\"wiki\":\"metawiki\"}", "{\"wiki\":\"metawiki\",\"title\":7}"] {
            assert_eq!(read(odd, Some("metawiki")), None, "{odd}");
        }
    }
}
