//! A proxy between the bot and the wiki that breaks what a test tells it to break.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A request, as far as tests choose by it.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its number since the proxy was made, from 0.
    pub number: usize,
    /// Head and body.
    pub text: String,
}

impl Request {
    /// `edit`, `login`, `html`, `tokens`, `recentchanges` or `query`.
    pub fn kind(&self) -> &'static str {
        let has = |part: &str| self.text.contains(part);
        match () {
            () if has("/rest.php/") => "html",
            () if has("action=edit") => "edit",
            () if has("action=login") => "login",
            () if has("meta=tokens") => "tokens",
            () if has("list=recentchanges") => "recentchanges",
            () => "query",
        }
    }
}

/// What happens to a request.
#[derive(Debug, Clone)]
pub enum Fate {
    /// It is passed on.
    Well,
    /// The connection is closed at once.
    Refused,
    /// The wiki gets it, its answer is lost.
    AnswerLost,
    /// The answer ends in its middle.
    Half,
    /// No answer ever comes.
    Silence,
    /// This comes instead: a status line's end, headers, a body.
    Instead(&'static str, &'static str, &'static str),
    /// It waits for so long before it is passed on.
    Late(Duration),
    /// It waits until it is let go.
    Held(Arc<Notify>),
    /// The wiki gets it without its cookies.
    LoggedOut,
    /// The wiki gets it with a token that is not valid.
    BadToken,
    /// The wiki's answer has another body.
    Changed(Change),
    /// This comes instead: a head, and behind it the same bytes so many times over.
    Endless(String, Arc<[u8]>, usize),
    /// These bytes come instead, one a second.
    Drip(&'static [u8]),
}

/// What becomes of an answer's body.
#[derive(Clone)]
pub struct Change(Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>);

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Change")
    }
}

impl Fate {
    /// The answer's body becomes this.
    pub fn changed(change: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Fate::Changed(Change(Arc::new(change)))
    }

    /// The answer is changed as JSON; HTML stays as it is.
    pub fn json(change: impl Fn(&mut serde_json::Value) + Send + Sync + 'static) -> Self {
        Fate::changed(move |body| match serde_json::from_slice(&body) {
            Ok(mut json) => {
                change(&mut json);
                json.to_string().into_bytes()
            }
            Err(_) => body,
        })
    }
}

type Decide = Box<dyn FnMut(&Request) -> Fate + Send>;

/// The proxy; it ends with the runtime of its test.
pub struct Proxy {
    /// The wiki's script path through it.
    pub url: String,
    decide: Arc<Mutex<Decide>>,
    log: Arc<Mutex<Vec<Request>>>,
    /// Requests that the wiki is at work on.
    busy: tokio::sync::watch::Sender<usize>,
}

impl Proxy {
    pub async fn before(wiki: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let upstream = wiki.trim_start_matches("http://").split('/').next().expect("a host").to_owned();
        let decide: Arc<Mutex<Decide>> = Arc::new(Mutex::new(Box::new(|_| Fate::Well)));
        let log: Arc<Mutex<Vec<Request>>> = Arc::default();
        let busy = tokio::sync::watch::Sender::new(0);
        let working = busy.clone();
        let (deciding, logging) = (Arc::clone(&decide), Arc::clone(&log));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (decide, log, upstream) = (Arc::clone(&deciding), Arc::clone(&logging), upstream.clone());
                let busy = working.clone();
                tokio::spawn(async move { serve(stream, &upstream, &decide, &log, &busy).await });
            }
        });
        Proxy { url: format!("http://{address}/w/"), decide, log, busy }
    }

    /// From now on each request meets this fate.
    pub fn fate(&self, decide: impl FnMut(&Request) -> Fate + Send + 'static) {
        *self.decide.lock().unwrap() = Box::new(decide);
    }

    /// The first request of that kind meets this fate, all others are passed on.
    pub fn first(&self, kind: &'static str, fate: Fate) {
        let mut fate = Some(fate);
        self.fate(move |request| if request.kind() == kind { fate.take().unwrap_or(Fate::Well) } else { Fate::Well });
    }

    /// Everything is passed on.
    pub fn well(&self) {
        self.fate(|_| Fate::Well);
    }

    /// Waits until the wiki has nothing more to do for whoever came through here.
    pub async fn idle(&self) {
        self.busy.subscribe().wait_for(|busy| *busy == 0).await.expect("the proxy lives");
    }

    /// The kinds of the requests since that one.
    pub fn kinds_since(&self, number: usize) -> Vec<&'static str> {
        self.log.lock().unwrap()[number..].iter().map(Request::kind).collect()
    }

    /// All requests so far, head and body.
    pub fn texts(&self) -> Vec<String> {
        self.log.lock().unwrap().iter().map(|r| r.text.clone()).collect()
    }

    pub fn requests(&self) -> usize {
        self.log.lock().unwrap().len()
    }
}

async fn serve(
    mut stream: TcpStream,
    upstream: &str,
    decide: &Mutex<Decide>,
    log: &Mutex<Vec<Request>>,
    busy: &tokio::sync::watch::Sender<usize>,
) -> Option<()> {
    let text = read(&mut stream).await?;
    let request = {
        let mut log = log.lock().unwrap();
        let request = Request { number: log.len(), text };
        log.push(request.clone());
        request
    };
    let fate = (decide.lock().unwrap())(&request);
    match fate {
        Fate::Refused => return None,
        Fate::Late(pause) => tokio::time::sleep(pause).await,
        Fate::Held(ref go) => go.notified().await,
        Fate::Silence => {
            // Until whoever waits gives up.
            let _ = stream.read(&mut [0; 1]).await;
            return None;
        }
        Fate::Instead(status, headers, body) => {
            let answer = format!(
                "HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.ok()?;
            return Some(());
        }
        Fate::Endless(ref head, ref bytes, times) => {
            stream.write_all(head.as_bytes()).await.ok()?;
            for _ in 0..times {
                stream.write_all(bytes).await.ok()?;
            }
            return stream.shutdown().await.ok();
        }
        Fate::Drip(bytes) => {
            for byte in bytes {
                stream.write_all(&[*byte]).await.ok()?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            return Some(());
        }
        _ => {}
    }
    busy.send_modify(|busy| *busy += 1);
    let answer = forward(&request.text, upstream, &fate).await;
    busy.send_modify(|busy| *busy -= 1);
    let answer = answer?;
    let answer = if let Fate::Changed(change) = &fate { rewritten(&answer, change)? } else { answer };
    let end = match fate {
        Fate::AnswerLost => 0,
        Fate::Half => answer.len() / 2,
        _ => answer.len(),
    };
    stream.write_all(&answer[..end]).await.ok()?;
    stream.shutdown().await.ok()
}

/// One request, head and body.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 16_384];
        let n = tokio::time::timeout(Duration::from_secs(60), stream.read(&mut part)).await.ok()?.ok()?;
        if n == 0 {
            return None;
        }
        bytes.extend_from_slice(&part[..n]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
    }
}

async fn forward(text: &str, upstream: &str, fate: &Fate) -> Option<Vec<u8>> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let drop_cookies = matches!(fate, Fate::LoggedOut);
    // What is to be changed has to come unpacked.
    let unpacked = matches!(fate, Fate::Changed(_));
    let lines: Vec<&str> = head
        .lines()
        .filter(|l| !l.to_lowercase().starts_with("connection:"))
        .filter(|l| !(drop_cookies && l.to_lowercase().starts_with("cookie:")))
        .filter(|l| !(unpacked && l.to_lowercase().starts_with("accept-encoding:")))
        .collect();
    // Of the same length, so that the head stays true.
    let body = if matches!(fate, Fate::BadToken) { body.replace("token=", "t0ken=") } else { body.to_owned() };
    let body = if matches!(fate, Fate::BadToken) { body.replace("t0ken=", "token=0") } else { body };
    let lines: Vec<String> = lines
        .into_iter()
        .map(|l| {
            let is_length = l.to_lowercase().starts_with("content-length:");
            if is_length { format!("content-length: {}", body.len()) } else { l.to_owned() }
        })
        .collect();
    let mut wiki = TcpStream::connect(upstream).await.ok()?;
    wiki.write_all(format!("{}\r\nConnection: close\r\n\r\n{body}", lines.join("\r\n")).as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    wiki.read_to_end(&mut answer).await.ok()?;
    Some(answer)
}

/// The answer with its body changed, and a head that is true of that.
fn rewritten(answer: &[u8], change: &Change) -> Option<Vec<u8>> {
    let at = answer.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..at]).into_owned();
    assert!(!head.to_lowercase().contains("transfer-encoding"), "the wiki's server sends whole bodies: {head}");
    let body = (change.0)(answer[at + 4..].to_vec());
    let lines = head.lines().filter(|l| !l.to_lowercase().starts_with("content-length:"));
    let head = lines.collect::<Vec<_>>().join("\r\n");
    let mut answer = format!("{head}\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend(body);
    Some(answer)
}
