//! The web server: `/healthz`, `/metrics` and `/`.

use std::net::SocketAddr;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::state::Health;

/// The type of what `/metrics` answers.
const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Listens at the address; what is given back serves until it is dropped.
///
/// # Errors
/// Where the address cannot be listened at.
pub async fn serve(
    health: Health,
    address: SocketAddr,
) -> anyhow::Result<(SocketAddr, impl Future<Output = std::io::Result<()>>)> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen at {address} ([server] listen): give another port, or end what listens there")
    })?;
    let at = listener.local_addr()?;
    let routes = Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics))
        .route("/", get(page))
        .layer(map_response(guarded))
        .with_state(health);
    Ok((at, async { axum::serve(listener, routes).await }))
}

/// Nothing here is kept by anybody on the way, taken for another type than it is, or brings anything along from elsewhere.
async fn guarded(mut response: Response) -> Response {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// 200 as long as every desk is alive, else 503; with how each is.
async fn healthz(State(health): State<Health>) -> impl IntoResponse {
    let reports = health.reports();
    let well = reports.iter().all(|r| r.alive);
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::json!({ "alive": well, "version": env!("CARGO_PKG_VERSION"), "desks": reports });
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string())
}

async fn metrics(State(health): State<Health>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, METRICS)], health.metrics.text())
}

async fn page(State(health): State<Health>) -> impl IntoResponse {
    Html(super::page::page(&health))
}
