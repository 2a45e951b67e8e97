//! Properties of the parser: what it prints it reads, and it reads nothing that the standard forbids.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// No file of failing cases: a case that has failed becomes a test with a name.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Whether the standard allows a header, read off its grammar field by field.
fn allowed(header: &str) -> bool {
    let fields: Vec<&str> = header.splitn(5, '-').collect();
    let [version, trace_id, span_id, flags, more @ ..] = fields.as_slice() else {
        return false;
    };
    let lower_hex = |field: &str, length| {
        let digit = |character| matches!(character, '0'..='9' | 'a'..='f');
        field.len() == length && field.chars().all(digit)
    };
    let not_zero = |field: &str| field.chars().any(|digit| digit != '0');
    lower_hex(version, 2)
        && *version != "ff"
        && lower_hex(trace_id, 32)
        && not_zero(trace_id)
        && lower_hex(span_id, 16)
        && not_zero(span_id)
        && lower_hex(flags, 2)
        && (more.is_empty() || *version != "00")
}

fn context() -> impl Strategy<Value = TraceContext> {
    (1..=u128::MAX, 1..=u64::MAX, 0..=1_u8).prop_map(|(trace_id, span_id, flags)| TraceContext {
        trace_id,
        span_id,
        parent_id: 0,
        flags,
    })
}

/// Something with the shape of a header, its ids often zero.
fn shaped() -> impl Strategy<Value = String> {
    let trace_id = prop_oneof!["[0-9a-f]{32}", "0{31}[01]", "[0-9a-f]{31}[gF]?[0-9a-f]?"];
    let span_id = prop_oneof!["[0-9a-f]{16}", "0{15}[01]", "[0-9a-f]{15}[gF]?[0-9a-f]?"];
    let version = prop_oneof!["00", "[f0][f0]", "[0-9a-f]{2}"];
    (version, trace_id, span_id, "[0-9a-f]{2}", "(-.{0,5})?").prop_map(
        |(version, trace_id, span_id, flags, more)| {
            format!("{version}-{trace_id}-{span_id}-{flags}{more}")
        },
    )
}

fn check(header: &str) -> Result<(), TestCaseError> {
    match header.parse::<TraceContext>() {
        Ok(context) => {
            prop_assert!(allowed(header), "{header:?} was accepted");
            prop_assert_eq!(&context.to_string()[3..52], &header[3..52]);
            prop_assert!(context.flags <= 1);
        }
        Err(Malformed) => prop_assert!(!allowed(header), "{header:?} was refused"),
    }
    // What a request makes of it is always a context that the next service can read.
    let request = TraceContext::of_request(Some(header));
    prop_assert!(allowed(&request.to_string()));
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_printed_is_read(context in context()) {
        prop_assert!(allowed(&context.to_string()));
        prop_assert_eq!(context.to_string().parse(), Ok(context));
    }

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..80)) {
        check(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn anything_with_the_shape_of_a_header(header in shaped()) {
        check(&header)?;
    }

    #[test]
    fn one_character_changed(context in context(), at in any::<Index>(), new in any::<char>()) {
        let mut header: Vec<char> = context.to_string().chars().collect();
        *at.get_mut(&mut header) = new;
        check(&header.into_iter().collect::<String>())?;
    }
}
