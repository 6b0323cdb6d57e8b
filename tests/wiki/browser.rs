//! A browser, driven over HTTP by its own driver (WebDriver).

use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Whether a program can be found.
pub fn is_installed(program: &str) -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|p| p.join(program).is_file())
}

/// A window as narrow as a phone.
pub struct Browser {
    http: reqwest::Client,
    session: String,
    /// Ends with the test.
    _driver: Child,
}

impl Browser {
    /// Opens a window; installs Chromium where it is missing.
    pub async fn open() -> Result<Self> {
        let wanted = [("chromium", "chromium"), ("chromedriver", "chromium-driver")];
        let missing: Vec<&str> =
            wanted.iter().filter(|(program, _)| !is_installed(program)).map(|(_, package)| *package).collect();
        if !missing.is_empty() {
            helpdesk::sandbox::install_packages(&missing, "the test of the form", "")?;
        }
        let mut driver =
            Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let mut lines = BufReader::new(driver.stdout.take().context("its output")?).lines();
        let port = loop {
            let line = lines.next_line().await?.context("chromedriver ended at once")?;
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let http = reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_secs(60)).build()?;
        let args =
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=390,900"];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "timeouts": {"implicit": 20_000, "pageLoad": 30_000},
            "goog:chromeOptions": {"args": args},
        }}});
        let mut browser = Browser { http, session: format!("http://127.0.0.1:{port}/session"), _driver: driver };
        let session = browser.post("", wanted).await?;
        browser.session += &format!("/{}", session["sessionId"].as_str().context("a session")?);
        Ok(browser)
    }

    /// Shows pages as on that medium, such as `print`; with an empty name as on a screen.
    pub async fn medium(&self, medium: &str) -> Result<()> {
        let command = json!({"cmd": "Emulation.setEmulatedMedia", "params": {"media": medium}});
        self.post("/goog/cdp/execute", command).await.map(drop)
    }

    async fn post(&self, command: &str, body: Value) -> Result<Value> {
        let request = self.http.post(format!("{}{command}", self.session)).body(body.to_string());
        let answer = request.header("content-type", "application/json").send().await?.text().await?;
        let answer: Value = serde_json::from_str(&answer)?;
        let value = &answer["value"];
        if let Some(error) = value.get("error").filter(|e| e.is_string()) {
            bail!("{command}: {error}: {}", value["message"]);
        }
        Ok(value.clone())
    }

    pub async fn go(&self, address: &str) -> Result<()> {
        self.post("/url", json!({ "url": address })).await.map(drop)
    }

    /// The element, as soon as it is there.
    async fn find(&self, selector: &str) -> Result<String> {
        let found = self.post("/element", json!({"using": "css selector", "value": selector})).await?;
        let id = found.as_object().and_then(|o| o.values().next()).and_then(Value::as_str);
        id.map(|id| format!("/element/{id}")).with_context(|| selector.to_owned())
    }

    pub async fn wait_for(&self, selector: &str) -> Result<()> {
        self.find(selector).await.map(drop)
    }

    pub async fn click(&self, selector: &str) -> Result<()> {
        let element = self.find(selector).await?;
        self.post(&format!("{element}/click"), json!({})).await.map(drop)
    }

    pub async fn write(&self, selector: &str, text: &str) -> Result<()> {
        let element = self.find(selector).await?;
        self.post(&format!("{element}/value"), json!({ "text": text })).await.map(drop)
    }

    /// Presses these keys one after another, wherever the focus is.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        let strokes = keys.chars().flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})));
        let strokes: Vec<Value> = strokes.collect();
        self.post("/actions", json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]}))
            .await
            .map(drop)
    }

    /// Makes the window as wide as that, in CSS pixels; below 600 it is that of a phone.
    pub async fn width(&self, width: u32) -> Result<()> {
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": metrics});
        self.post("/goog/cdp/execute", command).await.map(drop)
    }

    /// Runs a function's body in the page and gives what it returns.
    pub async fn run(&self, script: &str, args: Value) -> Result<Value> {
        self.post("/execute/sync", json!({"script": script, "args": args})).await
    }

    /// Closes the window.
    pub async fn close(self) -> Result<()> {
        self.http.delete(&self.session).send().await?;
        Ok(())
    }
}
