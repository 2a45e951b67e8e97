//! From names to addresses, in the order of every Unix: the hosts file, then DNS.
//!
//! Nothing is remembered between two calls: files and records are read anew each time, so that
//! a change is seen within one interval whatever its record's time to live says.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::config::{LookupIpStrategy, ResolveHosts};
use hickory_resolver::net::NetError;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::{Hosts, TokioResolver};

use crate::hosts::{Host, Target};

/// Longest wait for one DNS server's answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// A name has no address.
#[derive(Debug, thiserror::Error)]
#[error("{name} does not resolve")]
pub struct Unresolved {
    name: Name,
    source: NetError,
}

/// The addresses that a target stands for.
///
/// # Errors
///
/// When its name does not resolve.
pub async fn addresses(target: &Target) -> Result<BTreeSet<SocketAddr>, Unresolved> {
    let found = match &target.host {
        Host::Address(address) => vec![*address],
        Host::Name(name) => one(name).await.map_err(|source| Unresolved {
            name: name.clone(),
            source,
        })?,
    };
    let with_port = |ip| SocketAddr::new(ip, target.port);
    Ok(found.into_iter().map(with_port).collect())
}

async fn one(name: &Name) -> Result<Vec<IpAddr>, NetError> {
    // An image may have no hosts file.
    let listed = listed(&Hosts::from_system().unwrap_or_default(), name);
    if !listed.is_empty() {
        return Ok(listed);
    }
    // RFC 6761: never asked of a DNS server.
    if name.is_localhost() {
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    let mut resolver = TokioResolver::builder_tokio()?;
    let options = resolver.options_mut();
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.timeout = TIMEOUT;
    options.attempts = 1;
    Ok(resolver
        .build()?
        .lookup_ip(name.clone())
        .await?
        .iter()
        .collect())
}

/// The addresses that the hosts file has for a name.
fn listed(hosts: &Hosts, name: &Name) -> Vec<IpAddr> {
    let lookup = |kind| hosts.lookup_static_host(&Query::query(name.clone(), kind));
    [RecordType::A, RecordType::AAAA]
        .into_iter()
        .filter_map(lookup)
        .flat_map(|lookup| {
            let records = lookup.answers().iter();
            records
                .filter_map(|record| record.data.ip_addr())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::parse;

    async fn resolved(host: &str) -> Result<BTreeSet<SocketAddr>, Unresolved> {
        addresses(&parse(host, 1).unwrap()[0]).await
    }

    #[tokio::test]
    async fn an_address_is_taken_as_it_is() {
        for (host, address) in [("10.0.0.7", "10.0.0.7:1"), ("[fd00::7]:3", "[fd00::7]:3")] {
            let expected = BTreeSet::from([address.parse().unwrap()]);
            assert_eq!(resolved(host).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn localhost_is_the_loopback() {
        let addresses = resolved("localhost").await.unwrap();
        assert!(
            addresses.contains(&"127.0.0.1:1".parse().unwrap()),
            "{addresses:?}"
        );
        assert!(addresses.iter().all(|address| address.ip().is_loopback()));
    }

    #[tokio::test]
    async fn a_name_that_cannot_be_is_named() {
        // RFC 6761: "invalid." never resolves, and no DNS server is asked.
        let error = resolved("nowhere.invalid.").await.unwrap_err();
        assert!(error.to_string().contains("nowhere.invalid."), "{error}");
    }

    #[test]
    fn the_hosts_file_comes_first() {
        let mut hosts = Hosts::default();
        let file = "10.1.2.3 books other # comment\nfd00::1 books\n";
        hosts.read_hosts_conf(file.as_bytes()).unwrap();
        let books = listed(&hosts, &"books".parse().unwrap());
        assert_eq!(
            books,
            ["10.1.2.3", "fd00::1"].map(|a| a.parse::<IpAddr>().unwrap())
        );
        assert!(listed(&hosts, &"unknown".parse().unwrap()).is_empty());
    }
}
