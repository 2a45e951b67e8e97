//! Reads `RECOMMENDATIONS_HOST`: a name, an address, or a list of them, each with an optional port.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use hickory_resolver::proto::rr::Name;

/// One place where recommendations may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// A name to resolve, or an address.
    pub host: Host,
    /// The TCP port.
    pub port: u16,
}

/// A name to resolve, or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// An address, taken as it is.
    Address(IpAddr),
    /// A name, resolved again and again.
    Name(Name),
}

/// The list holds something that is not a host.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "RECOMMENDATIONS_HOST (--recommendations-host): {entry:?} {problem}; expected names or \
     addresses, separated by commas, each with an optional port"
)]
pub struct BadHost {
    entry: String,
    problem: &'static str,
}

/// Reads the list; `port` is for entries that have none.
///
/// # Errors
///
/// For the first entry that is not a host.
pub fn parse(list: &str, port: u16) -> Result<Vec<Target>, BadHost> {
    list.split(',')
        .map(|entry| target(entry.trim(), port))
        .collect()
}

fn target(entry: &str, default: u16) -> Result<Target, BadHost> {
    let bad = |problem| BadHost {
        entry: entry.to_owned(),
        problem,
    };
    if entry.is_empty() {
        return Err(bad("is empty"));
    }
    if entry.contains('/') {
        return Err(bad("is a URL or a path"));
    }
    // An IPv6 address has colons of its own; with a port it stands in brackets.
    let (host, port) = match entry.parse::<Ipv6Addr>() {
        Ok(_) => (entry, None),
        Err(_) => match entry.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (entry, None),
        },
    };
    let port = match port {
        None => default,
        Some(port) => match u16::from_str(port) {
            Ok(port) if port != 0 => port,
            _ => return Err(bad("has a port that is not a number from 1 to 65535")),
        },
    };
    let bracketed = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let host = match bracketed {
        Some(inner) => match inner.parse() {
            Ok(address) => Host::Address(IpAddr::V6(address)),
            Err(_) => return Err(bad("has no IPv6 address in its brackets")),
        },
        None => match host.parse() {
            Ok(address) => Host::Address(address),
            Err(_) => Host::Name(name(host).ok_or_else(|| bad("is not a host name"))?),
        },
    };
    Ok(Target { host, port })
}

/// A host name: letters, digits, hyphens and underscores between dots.
fn name(host: &str) -> Option<Name> {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let labels = host.strip_suffix('.').unwrap_or(host);
    // Four numbers with dots that are no address are a mistyped address.
    let numbers = labels.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if numbers || !labels.split('.').all(label) {
        return None;
    }
    Name::from_str(host).ok()
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    fn address(host: &str, port: u16) -> Target {
        Target {
            host: Host::Address(host.parse().unwrap()),
            port,
        }
    }

    fn named(host: &str, port: u16) -> Target {
        Target {
            host: Host::Name(Name::from_str(host).unwrap()),
            port,
        }
    }

    #[test]
    fn one_host() {
        let cases = [
            ("localhost", named("localhost", 50051)),
            (
                "recommendations.shop.svc.cluster.local.",
                named("recommendations.shop.svc.cluster.local.", 50051),
            ),
            ("my_service:1", named("my_service", 1)),
            ("10.0.0.7", address("10.0.0.7", 50051)),
            ("10.0.0.7:65535", address("10.0.0.7", 65535)),
            ("::1", address("::1", 50051)),
            ("[::1]", address("::1", 50051)),
            ("[fd00::7]:9", address("fd00::7", 9)),
        ];
        for (text, target) in cases {
            assert_eq!(parse(text, 50051), Ok(vec![target]), "{text}");
        }
    }

    #[test]
    fn a_list_with_spaces() {
        let targets = parse("a, 10.0.0.7:2 ,[::1]:3", 1).unwrap();
        assert_eq!(
            targets,
            [named("a", 1), address("10.0.0.7", 2), address("::1", 3)]
        );
    }

    #[test]
    fn what_is_no_host_is_named() {
        let bad = [
            "",
            " ",
            "a,",
            ",a",
            "a b",
            "http://a",
            "a:",
            "a:0",
            "a:65536",
            "a:x",
            "[::1",
            "[a]:1",
            "10.0.0.256",
            "-a",
            "a..b",
            "a/b",
            "::1]:2",
            "é",
            "a:1:2",
        ];
        for text in bad {
            let error = parse(text, 1).expect_err(text).to_string();
            assert!(error.starts_with("RECOMMENDATIONS_HOST"), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
        assert!(parse(&"a".repeat(300), 1).is_err());
    }
}
