//! The WebDriver protocol (<https://www.w3.org/TR/webdriver2/>), as much as this program speaks: a
//! JSON object goes to a path, a JSON value comes back, under a time limit.

use std::time::Duration;

use http::{Method, Request, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use tokio::time::timeout;

/// How long a command may take, the start of a browser included. Pages and scripts have a shorter
/// limit of their own, which the browser watches over.
const LIMIT: Duration = Duration::from_secs(30);

/// A command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The browser says why; it can be told something else.
    #[error("{0}")]
    Refused(String),
    /// Nobody answers any more.
    #[error("the browser does not answer: {0}")]
    Gone(String),
}

/// A client of one chromedriver.
#[derive(Debug)]
pub struct Connection {
    http: Client<HttpConnector, String>,
    url: String,
}

impl Connection {
    /// Of the one at this URL.
    pub fn new(url: &str) -> Self {
        Self {
            http: Client::builder(TokioExecutor::new()).build_http(),
            url: url.to_owned(),
        }
    }

    /// Sends a command and waits for its value.
    ///
    /// # Errors
    /// When the command is refused or there is no answer in time.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Error> {
        self.send(Method::POST, path, body.to_string()).await
    }

    /// Asks for a value.
    ///
    /// # Errors
    /// As [`Connection::post`].
    pub async fn get(&self, path: &str) -> Result<Value, Error> {
        self.send(Method::GET, path, String::new()).await
    }

    /// Ends something.
    ///
    /// # Errors
    /// As [`Connection::post`].
    pub async fn delete(&self, path: &str) -> Result<Value, Error> {
        self.send(Method::DELETE, path, String::new()).await
    }

    async fn send(&self, method: Method, path: &str, body: String) -> Result<Value, Error> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/{path}", self.url))
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body)
            .map_err(gone)?;
        let answer = async {
            let (parts, body) = self.http.request(request).await.map_err(gone)?.into_parts();
            let body = body.collect().await.map_err(gone)?.to_bytes();
            let mut answer: Value = serde_json::from_slice(&body).map_err(gone)?;
            let value = answer["value"].take();
            if parts.status.is_success() {
                Ok(value)
            } else {
                Err(refusal(&value))
            }
        };
        let late = |_| Err(Error::Gone(format!("not within {} s", LIMIT.as_secs())));
        timeout(LIMIT, answer).await.unwrap_or_else(late)
    }
}

/// The innermost cause says most.
fn gone(error: impl std::error::Error) -> Error {
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    Error::Gone(cause.to_string())
}

/// What an answer says that is an error: its message, without the lines about the browser.
fn refusal(value: &Value) -> Error {
    let code = value["error"].as_str().unwrap_or("unknown error");
    let message = value["message"].as_str().unwrap_or_default();
    let lines = message.lines().take_while(|line| !line.starts_with(' '));
    let line = lines.collect::<Vec<_>>().join(" ");
    if line.starts_with(code) {
        Error::Refused(line)
    } else {
        Error::Refused(format!("{code}: {line}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_is_one_line_that_says_its_code_once() {
        let cases = [
            ("timeout: A\nfrom B\n  (Session info)", "timeout: A from B"),
            ("A", "timeout: A"),
        ];
        for (message, line) in cases {
            let value = json!({ "error": "timeout", "message": message });
            assert_eq!(refusal(&value).to_string(), line);
        }
    }
}
