//! Properties of the list of hosts: what is written right is read, everything else is one line.

use std::net::Ipv4Addr;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// No file of failing cases: a case that has failed becomes a test with a name.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The port of an entry that has none.
const DEFAULT: u16 = 50051;

/// An entry, and what it is.
fn entry() -> impl Strategy<Value = (String, Target)> {
    let label = "[a-z][a-z0-9_]{0,8}(-[a-z0-9]{1,3})?";
    let name = (vec(label, 1..5), "\\.?").prop_map(|(labels, dot)| labels.join(".") + &dot);
    let host = prop_oneof![
        name.prop_map(|name| (name.clone(), Host::Name(Name::from_str(&name).unwrap()))),
        any::<Ipv4Addr>().prop_map(|it| (it.to_string(), Host::Address(it.into()))),
        any::<Ipv6Addr>().prop_map(|it| (format!("[{it}]"), Host::Address(it.into()))),
    ];
    let with_port = (host, proptest::option::of(1..=u16::MAX)).prop_map(|((text, host), port)| {
        let text = port.map_or(text.clone(), |port| format!("{text}:{port}"));
        let port = port.unwrap_or(DEFAULT);
        (text, Target { host, port })
    });
    let bare = any::<Ipv6Addr>().prop_map(|it| {
        let host = Host::Address(it.into());
        let port = DEFAULT;
        (it.to_string(), Target { host, port })
    });
    let entry = prop_oneof![4 => with_port, 1 => bare];
    (" {0,2}", entry, " {0,2}")
        .prop_map(|(before, (text, target), after)| (format!("{before}{text}{after}"), target))
}

fn check(list: &str) -> Result<(), TestCaseError> {
    match parse(list, DEFAULT) {
        Ok(targets) => {
            prop_assert_eq!(targets.len(), list.split(',').count());
            for Target { host, port } in targets {
                prop_assert_ne!(port, 0);
                if let Host::Name(name) = host {
                    let name = name.to_string();
                    prop_assert!(
                        name.contains(|c: char| c.is_ascii_alphabetic() || "-_".contains(c)),
                        "{name}"
                    );
                    prop_assert!(name.is_ascii() && name.len() <= 255, "{name}");
                }
            }
        }
        Err(error) => {
            let line = error.to_string();
            prop_assert!(line.starts_with("RECOMMENDATIONS_HOST"), "{line}");
            prop_assert!(!line.contains(char::is_control), "{line:?}");
            let named = list.split(',').any(|entry| entry.trim() == error.entry);
            prop_assert!(named, "{line} is about no entry of {list:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text(list in vec(any::<char>(), 0..20)) {
        check(&String::from_iter(list))?;
    }

    #[test]
    fn anything_that_looks_like_hosts(list in "[a-z0-9.:,\\[\\]_/ -]{0,40}") {
        check(&list)?;
    }

    #[test]
    fn anything_that_looks_like_a_port(list in "([a-z1.]{0,3}|\\[[1:]{2,4}\\]):(0{0,2}[0-9]{0,6}|.{0,3})") {
        check(&list)?;
    }

    #[test]
    fn what_is_written_right_is_read(entries in vec(entry(), 1..6)) {
        let (texts, targets): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        prop_assert_eq!(parse(&texts.join(","), DEFAULT), Ok(targets));
    }
}
