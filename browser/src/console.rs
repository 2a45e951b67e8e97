//! What a browser's console says while a page is shown: nothing, but for the status of an error
//! page.

use http::StatusCode;
use serde::Deserialize;

/// A message of the console, whatever its level.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Entry {
    /// SEVERE, WARNING, INFO, DEBUG.
    pub level: String,
    /// Where it comes from: network, security (violations of the policy), javascript and so on.
    pub source: String,
    /// What it says.
    pub message: String,
}

/// What is wrong with the messages of the page at `url`, which has to have this status.
///
/// # Errors
/// When there is a message. Of an error page its own one is expected, once.
pub fn check(mut entries: Vec<Entry>, url: &str, status: StatusCode) -> Result<(), String> {
    if !status.is_success() {
        let own = own_entry(url, status);
        match entries.iter().position(|entry| *entry == own) {
            Some(at) => drop(entries.remove(at)),
            None => {
                return Err(format!(
                    "the console does not say {:?}: {entries:?}",
                    own.message
                ));
            }
        }
    }
    let said = |entry: &Entry| format!("{} ({}): {}", entry.level, entry.source, entry.message);
    match entries.iter().map(said).collect::<Vec<_>>() {
        said if said.is_empty() => Ok(()),
        said => Err(said.join("; ")),
    }
}

/// What Chromium says of a document with an error's status.
fn own_entry(url: &str, status: StatusCode) -> Entry {
    let reason = status.canonical_reason().unwrap_or_default();
    let status = status.as_u16();
    Entry {
        level: "SEVERE".to_owned(),
        source: "network".to_owned(),
        message: format!(
            "{url} - Failed to load resource: the server responded with a status of {status} \
             ({reason})"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://localhost:5000/nowhere";

    fn entry(level: &str, source: &str, message: &str) -> Entry {
        let [level, source, message] = [level, source, message].map(str::to_owned);
        Entry {
            level,
            source,
            message,
        }
    }

    #[test]
    fn a_page_is_silent() {
        assert_eq!(check(Vec::new(), URL, StatusCode::OK), Ok(()));
        let entry = entry("DEBUG", "console-api", "hello");
        let why = check(vec![entry], URL, StatusCode::OK).unwrap_err();
        assert_eq!(why, "DEBUG (console-api): hello");
    }

    #[test]
    fn an_error_page_says_its_own_status_and_nothing_else() {
        let own = own_entry(URL, StatusCode::NOT_FOUND);
        let status = StatusCode::NOT_FOUND;
        assert_eq!(check(vec![own.clone()], URL, status), Ok(()));
        let other = own_entry("http://localhost:5000/static/style.css", status);
        let wrong = [
            (vec![own.clone()], StatusCode::OK),
            (vec![], status),
            (vec![own.clone()], StatusCode::BAD_REQUEST),
            (vec![own.clone(), own.clone()], status),
            (vec![own.clone(), other.clone()], status),
            (vec![other], status),
        ];
        for (entries, status) in wrong {
            assert!(check(entries.clone(), URL, status).is_err(), "{entries:?}");
        }
    }
}
