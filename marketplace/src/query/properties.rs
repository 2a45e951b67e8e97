//! Properties of the parameter `user`: a number of 32 bits is read, everything else is explained.

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

/// A number in decimal, with an optional sign and within 32 bits; read digit by digit.
fn number(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return None;
    }
    let value = digits.chars().try_fold(0_i128, |value, digit| {
        let digit = "0123456789".find(digit)?;
        // Long enough to tell that it is too long.
        Some((value * 10 + digit as i128).min(1 << 64))
    });
    i32::try_from(sign * value?).ok()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        vec(any::<char>(), 0..60).prop_map(String::from_iter),
        "[+-]?[0-9]{0,12}",
        " ?[0-9]{1,3}[ _.]?",
        "[+-]?0{0,40}[0-9]{1,10}",
        any::<i32>().prop_map(|number| number.to_string()),
        (i64::from(i32::MIN) - 2..=i64::from(i32::MIN) + 2).prop_map(|number| number.to_string()),
        (i64::from(i32::MAX) - 2..=i64::from(i32::MAX) + 2).prop_map(|number| number.to_string()),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn numbers_are_read_and_everything_else_is_shown_in_short(text in text()) {
        match (User::parse([text.as_str()].into_iter()), number(&text)) {
            (Ok(User(read)), Some(number)) => prop_assert_eq!(read, number),
            (Err(BadUser::NoNumber(shown)), None) if shown == text => {
                prop_assert!(shown.chars().count() <= SHOWN);
            }
            (Err(BadUser::NoNumber(shown)), None) => {
                let start = shown.strip_suffix('…').unwrap_or_default();
                prop_assert!(text.starts_with(start) && start.chars().count() == SHOWN);
            }
            (read, expected) => prop_assert!(false, "{read:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn more_than_one_is_counted(values in vec(text(), 2..9)) {
        let read = User::parse(values.iter().map(String::as_str));
        prop_assert_eq!(read, Err(BadUser::Repeated(values.len())));
    }

    #[test]
    fn a_link_keeps_the_user(number in prop_oneof![Just(1), any::<i32>()]) {
        let query = User(number).query();
        let values = query.strip_prefix("?user=");
        prop_assert_eq!(User::parse(values.into_iter()), Ok(User(number)));
    }
}
