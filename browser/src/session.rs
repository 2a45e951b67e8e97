//! A Chromium to look at pages with.

use std::{path::Path, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    console::Entry,
    driver::Driver,
    webdriver::{Connection, Error},
};

/// How long a page may take to load and a script to return.
const LIMIT: Duration = Duration::from_secs(15);

/// How large a window is, and whether it is a phone's.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// Whether the page's own `viewport` decides how wide it is laid out.
    pub mobile: bool,
}

/// An open browser with one window. Every method fails when the browser refuses, or is gone.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
    path: String,
}

impl Session {
    /// Opens a browser that reaches these hosts and no other.
    pub async fn open(
        driver: &Driver,
        chromium: Option<&Path>,
        hosts: &[String],
    ) -> Result<Self, Error> {
        let mut options = json!({ "args": arguments(driver, hosts) });
        if let Some(program) = chromium {
            options["binary"] = json!(program);
        }
        let limit = LIMIT.as_millis() as u64;
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "pageLoad": limit, "script": limit },
        });
        let connection = Connection::new(driver.url());
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let session = connection.post("session", &body).await?;
        let id: String = typed(session["sessionId"].clone())?;
        let path = format!("session/{id}");
        Ok(Self { connection, path })
    }

    /// Closes the browser in its own way.
    pub async fn close(self) -> Result<(), Error> {
        self.connection.delete(&self.path).await.map(drop)
    }

    /// What the next pages are shown on.
    pub async fn screen(&self, screen: Screen, scheme: &str) -> Result<(), Error> {
        let Screen {
            width,
            height,
            mobile,
        } = screen;
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        let scheme = json!({ "name": "prefers-color-scheme", "value": scheme });
        let media = json!({ "features": [scheme] });
        self.devtools("Emulation.setEmulatedMedia", media).await
    }

    /// Loads a page, and what belongs to it. An answer with an error's status is a page too.
    pub async fn load(&self, url: &str) -> Result<(), Error> {
        self.post("url", json!({ "url": url })).await?;
        // Some addresses it refuses without a word, and shows a page of its own.
        let shown: String = self.run("return document.URL").await?;
        if shown.starts_with("chrome-error:") {
            return Err(Error::Refused(format!("{url} is not loaded")));
        }
        Ok(())
    }

    /// What a script returns, or what its promise becomes; the page's policy has no say over it.
    pub async fn run<T: DeserializeOwned>(&self, script: &str) -> Result<T, Error> {
        typed(
            self.post("execute/sync", json!({ "script": script, "args": [] }))
                .await?,
        )
    }

    /// What the console has got since it was last asked.
    pub async fn console(&self) -> Result<Vec<Entry>, Error> {
        typed(self.post("se/log", json!({ "type": "browser" })).await?)
    }

    /// A picture of the window, as PNG.
    pub async fn picture(&self) -> Result<Vec<u8>, Error> {
        let path = format!("{}/screenshot", self.path);
        let picture: String = typed(self.connection.get(&path).await?)?;
        BASE64_STANDARD
            .decode(picture)
            .map_err(|error| Error::Refused(error.to_string()))
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Result<(), Error> {
        let body = json!({ "cmd": command, "params": parameters });
        self.post("goog/cdp/execute", body).await.map(drop)
    }

    async fn post(&self, command: &str, body: Value) -> Result<Value, Error> {
        self.connection
            .post(&format!("{}/{command}", self.path), &body)
            .await
    }
}

/// A value as what it should be.
fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|error| Error::Refused(error.to_string()))
}

/// What Chromium is started with, besides chromedriver's own choice.
fn arguments(driver: &Driver, hosts: &[String]) -> Vec<String> {
    // An IPv6 address is without its brackets here.
    let reached = hosts
        .iter()
        .map(|host| format!(", EXCLUDE {}", host.trim_matches(['[', ']'])));
    let reached: String = reached.collect();
    vec![
        "--headless=new".to_owned(),
        format!(
            "--user-data-dir={}",
            driver.folder().join("profile").display()
        ),
        // It shows pages of ours alone; its sandbox needs rights that a build has not.
        "--no-sandbox".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-gpu".to_owned(),
        // It talks to nobody else.
        format!("--host-resolver-rules=MAP * ~NOTFOUND{reached}"),
        "--disable-background-networking".to_owned(),
        "--disable-breakpad".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-default-apps".to_owned(),
        "--disable-domain-reliability".to_owned(),
        "--disable-extensions".to_owned(),
        "--disable-sync".to_owned(),
        "--no-default-browser-check".to_owned(),
        "--no-first-run".to_owned(),
        "--no-pings".to_owned(),
    ]
}
