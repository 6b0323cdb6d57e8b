//! The web server: `/healthz`, `/metrics`, `/feed.atom`, `/due.ics` and `/`. It answers whoever asks, whatever others do: nobody may stay for long,
//! and where too many come at once the oldest has to go.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::ready;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use hyper::header::{self, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use sha2::{Digest, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;
use tracing::debug;

use super::feeds::Told;
use super::state::{Health, lock};

/// How long a client may take to say what it wants.
const TO_ASK: Duration = Duration::from_secs(5);
/// How long a connection may take as a whole, with a client that reads slowly.
const IN_ALL: Duration = Duration::from_secs(10);
/// A request, without its body, has no more bytes.
const LARGEST_REQUEST: usize = 8192;
/// How many connections are open at once. The bot itself needs files too.
const MOST: usize = 64;
/// No connection has to make room before this: whoever asks at once has the answer by then.
const MOMENT: Duration = Duration::from_millis(20);

const PLAIN: &str = "text/plain; charset=utf-8";
const ATOM: &str = "application/atom+xml; charset=utf-8";
const CALENDAR: &str = "text/calendar; charset=utf-8";

/// Listens at the address; what is given back serves until it is dropped.
///
/// # Errors
/// Where the address cannot be listened at.
pub async fn serve(
    health: Health,
    address: SocketAddr,
) -> anyhow::Result<(SocketAddr, impl Future<Output = Infallible>)> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen at {address} ([server] listen): give another port, or end what listens there")
    })?;
    Ok((listener.local_addr()?, accept(listener, health)))
}

async fn accept(listener: TcpListener, health: Health) -> Infallible {
    // Whatever is in it ends when this is dropped.
    let mut tasks = JoinSet::new();
    let mut open: VecDeque<(Instant, AbortHandle)> = VecDeque::new();
    loop {
        let accepted = listener.accept().await;
        while tasks.try_join_next().is_some() {}
        open.retain(|(_, task)| !task.is_finished());
        match accepted {
            Ok((stream, _)) => {
                if open.len() >= MOST
                    && let Some((since, oldest)) = open.pop_front()
                {
                    tokio::time::sleep_until(since + MOMENT).await;
                    oldest.abort();
                }
                open.push_back((Instant::now(), tasks.spawn(answer(stream, health.clone()))));
            }
            // Files are scarce: those that are open here make room, and the next try comes in a moment.
            Err(error) => {
                debug!("a connection to the little server was not accepted: {error}");
                tokio::time::sleep(MOMENT).await;
                open.drain(..).for_each(|(_, task)| task.abort());
            }
        }
    }
}

/// Answers one request on a connection.
async fn answer(stream: TcpStream, health: Health) {
    let answered = service_fn(|request| ready(Ok::<_, Infallible>(respond(&request, &health))));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(TO_ASK)
        .max_buf_size(LARGEST_REQUEST)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answered);
    // Whoever goes away, says nonsense or takes too long gets no answer.
    let _ = tokio::time::timeout(IN_ALL, connection).await;
}

fn respond<B>(request: &Request<B>, health: &Health) -> Response<String> {
    let mut keep = "no-store";
    let (mut status, kind, body) = match request.uri().path() {
        _ if ![Method::GET, Method::HEAD].contains(request.method()) => {
            (StatusCode::METHOD_NOT_ALLOWED, PLAIN, "only GET and HEAD\n".to_owned())
        }
        "/healthz" => healthz(health),
        "/metrics" => {
            (StatusCode::OK, "application/openmetrics-text; version=1.0.0; charset=utf-8", health.metrics.text())
        }
        "/" => (StatusCode::OK, "text/html; charset=utf-8", super::page::page(health)),
        path => told(path, health),
    };
    let mut response = Response::new(body);
    // Whoever asks again for a feed or a calendar is told only what is new.
    if status == StatusCode::OK && [ATOM, CALENDAR].contains(&kind) {
        let tag = format!("\"{:x}\"", Sha256::digest(response.body()));
        let known = request.headers().get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
        if known.flat_map(|tags| tags.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag) {
            status = StatusCode::NOT_MODIFIED;
            response.body_mut().clear();
        }
        keep = "no-cache";
        response.headers_mut().extend(HeaderValue::from_str(&tag).map(|tag| (header::ETAG, tag)));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::ALLOW, "GET, HEAD"),
        // Nothing here is shown again by anybody on the way without asking, taken for another type than it is, or brings anything along from
        // elsewhere.
        (header::CACHE_CONTROL, keep),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The feed or the calendar of a desk: `/feed.atom` of the only one, `/desk/2/feed.atom` of the second.
fn told(path: &str, health: &Health) -> (StatusCode, &'static str, String) {
    let single = Some(("1", path)).filter(|_| health.desks.len() == 1);
    let of_desk = path.strip_prefix("/desk/").and_then(|rest| rest.find('/').map(|at| rest.split_at(at)));
    let found = of_desk.or(single).and_then(|(number, what)| {
        let desk = health.desks.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
        let render = match what {
            "/feed.atom" => (ATOM, Told::feed as fn(&Told) -> String),
            "/due.ics" => (CALENDAR, Told::calendar as fn(&Told) -> String),
            _ => return None,
        };
        Some((desk, render))
    });
    let Some((desk, (kind, render))) = found else {
        let desks = if single.is_some() { "" } else { " (/desk/1/feed.atom, /desk/2/feed.atom …)" };
        let there = format!("there are /, /healthz, /metrics, and for each desk feed.atom and due.ics{desks}\n");
        return (StatusCode::NOT_FOUND, PLAIN, there);
    };
    match &lock(desk).told {
        Some(told) => (StatusCode::OK, kind, render(told)),
        None => {
            let starting = "the first pass has not come to its end: ask again in a minute\n";
            (StatusCode::SERVICE_UNAVAILABLE, PLAIN, starting.to_owned())
        }
    }
}

/// 200 as long as every desk is alive, else 503; with how each is.
fn healthz(health: &Health) -> (StatusCode, &'static str, String) {
    let reports = health.reports();
    let well = reports.iter().all(|r| r.alive);
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::json!({ "alive": well, "version": env!("CARGO_PKG_VERSION"), "desks": reports });
    (status, "application/json", body.to_string())
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
