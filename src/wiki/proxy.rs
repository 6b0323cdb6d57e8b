//! The HTTP client, and the proxies of the environment that it goes through.

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{ClientBuilder, Url};

/// How long a connection may take: sooner than a whole request, and the error tells that it was the connection.
const CONNECT: Duration = Duration::from_secs(20);

/// An HTTP client for a server. One on this machine is asked directly: a proxy's own machine is another one.
pub(crate) fn http_client(server: &str) -> ClientBuilder {
    let builder = reqwest::Client::builder().connect_timeout(CONNECT);
    if Url::parse(server).is_ok_and(|url| is_loopback(&url)) { builder.no_proxy() } else { builder }
}

/// What is said where no connection comes about by way of a proxy; nothing where the way leads through none.
pub(super) fn unreachable(error: &reqwest::Error) -> Option<String> {
    let url = error.url().filter(|_| error.is_connect())?;
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let (setting, proxy) = proxy_of(url, |name| std::env::var(name).ok())?;
    Some(said(url, setting, &proxy, &cause.to_string()))
}

fn said(url: &Url, setting: &str, proxy: &str, cause: &str) -> String {
    let mut server = url.clone();
    server.set_query(None);
    format!(
        "cannot reach the wiki at {server} through the proxy that {setting} names ({proxy}): {cause}; mend {setting} or unset it"
    )
}

/// The setting that names the proxy for an address, and the proxy's host and port, without the name and the password that may
/// stand there. Goes by the HTTP client's own rules.
fn proxy_of(url: &Url, setting: impl Fn(&str) -> Option<String>) -> Option<(&'static str, String)> {
    if is_loopback(url) {
        return None;
    }
    let first = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, setting(name)?)));
    let scheme = if url.scheme() == "https" { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let (_, direct) = first(["NO_PROXY", "no_proxy"]).unwrap_or_default();
    let address = url.as_str().parse().ok()?;
    [first(scheme), first(["ALL_PROXY", "all_proxy"])].into_iter().flatten().find_map(|(name, value)| {
        let proxy = Matcher::builder().all(value).no(direct.as_str()).build().intercept(&address)?;
        Some((name, proxy.uri().authority()?.to_string()))
    })
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_that_counts_is_named_without_its_password() {
        let of = |url: &str, settings: &[(&str, &str)]| {
            let setting = |name: &str| settings.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
            proxy_of(&Url::parse(url).expect("an address"), setting)
        };
        let (http, https) = ("http://wiki.example/w/api.php", "https://wiki.example/w/api.php");
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            for value in ["http://u:hush@127.0.0.1:9/", "u:hush@127.0.0.1:9", "socks5://u:hush@127.0.0.1:9"] {
                assert_eq!(of(http, &[(name, value)]), Some((name, "127.0.0.1:9".to_owned())), "{value}");
            }
        }
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            assert_eq!(of(https, &[(name, "http://proxy.example")]), Some((name, "proxy.example".to_owned())));
        }
        assert_eq!(of(https, &[("HTTP_PROXY", "127.0.0.1:9")]), None);
        // The first that names a proxy.
        let several = [("ALL_PROXY", "a:1"), ("http_proxy", "b:2"), ("HTTPS_PROXY", "")];
        assert_eq!(of(http, &several), Some(("http_proxy", "b:2".to_owned())));
        assert_eq!(of(https, &several), Some(("ALL_PROXY", "a:1".to_owned())));
        // Not where the HTTP client does without one.
        assert_eq!(of(http, &[]), None);
        assert_eq!(of(http, &[("HTTP_PROXY", "127.0.0.1:9"), ("no_proxy", "other.example, wiki.example")]), None);
        for here in ["http://localhost/w/", "http://127.0.0.1:8080/w/", "http://[::1]/w/"] {
            assert_eq!(of(here, &[("HTTP_PROXY", "127.0.0.1:9")]), None, "{here}");
        }
    }
}
