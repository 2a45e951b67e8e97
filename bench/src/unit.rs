//! What values count, and how they are shown.

/// What a value counts. Values are in the base unit; a table shows them in a handier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// How many.
    Count,
    /// How many a second.
    PerSecond,
    /// One value by another.
    Ratio,
    /// Seconds.
    Seconds,
    /// Bytes on disk or on the way; shown as kB and MB of 1000.
    Bytes,
    /// Bytes of memory; shown as MiB.
    Memory,
}

impl Unit {
    /// The base unit's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::PerSecond => "1/s",
            Self::Ratio => "ratio",
            Self::Seconds => "s",
            Self::Bytes | Self::Memory => "bytes",
        }
    }

    /// A value for people.
    #[must_use]
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Count => grouped(value),
            Self::PerSecond => format!("{}/s", grouped(value)),
            Self::Ratio if value < 10.0 => format!("{value:.3}"),
            Self::Ratio => format!("{value:.1}"),
            Self::Seconds if value < 0.1 => format!("{:.2} ms", value * 1e3),
            Self::Seconds => format!("{value:.2} s"),
            Self::Bytes if value < 1e6 => format!("{:.1} kB", value / 1e3),
            Self::Bytes => format!("{:.2} MB", value / 1e6),
            Self::Memory => format!("{:.2} MiB", value / f64::from(1 << 20)),
        }
    }
}

/// A whole number with a comma at every third digit.
#[must_use]
pub fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_for_people() {
        let cases = [
            (Unit::PerSecond, 16_800.4, "16,800/s"),
            (Unit::Count, 999.0, "999"),
            (Unit::Count, 1_000_000.0, "1,000,000"),
            (Unit::Seconds, 0.000_99, "0.99 ms"),
            (Unit::Seconds, 0.47, "0.47 s"),
            (Unit::Bytes, 5_400_000.0, "5.40 MB"),
            (Unit::Bytes, 900.0, "0.9 kB"),
            (Unit::Memory, 20_971_520.0, "20.00 MiB"),
            (Unit::Ratio, 0.604, "0.604"),
            (Unit::Ratio, 25.04, "25.0"),
        ];
        for (unit, value, expected) in cases {
            assert_eq!(unit.show(value), expected);
        }
    }
}
