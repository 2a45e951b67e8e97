//! A figure: what was measured, in rounds, and what it has to reach.

use serde::{Serialize, Serializer, ser::SerializeMap};

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

/// What a figure has to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

impl Target {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(target) => value >= target,
            Self::AtMost(target) => value <= target,
        }
    }
}

/// A figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What is measured.
    pub name: String,
    /// What a value counts.
    pub unit: Unit,
    /// A value a round, or why there is none.
    pub rounds: Result<Vec<f64>, String>,
    /// What the median has to reach.
    pub target: Option<Target>,
}

impl Figure {
    /// A figure with a value a round, of which there is at least one.
    #[must_use]
    pub fn new(name: impl Into<String>, unit: Unit, rounds: Vec<f64>) -> Self {
        Self {
            name: name.into(),
            unit,
            rounds: if rounds.is_empty() {
                Err("it had no round".to_owned())
            } else {
                Ok(rounds)
            },
            target: None,
        }
    }

    /// A figure that could not be measured here, and why.
    #[must_use]
    pub fn skipped(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            unit: Unit::Count,
            rounds: Err(why.into()),
            target: None,
        }
    }

    /// With a target.
    #[must_use]
    pub fn to_reach(self, target: Target) -> Self {
        Self {
            target: Some(target),
            ..self
        }
    }

    /// Median, least and greatest value.
    #[must_use]
    pub fn summary(&self) -> Option<Summary> {
        let mut sorted = self.rounds.clone().ok()?;
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        } else {
            sorted[middle]
        };
        Some(Summary { median, min, max })
    }

    /// Whether it reaches its target; `None` without a target or without a value.
    #[must_use]
    pub fn met(&self) -> Option<bool> {
        Some(self.target?.is_met(self.summary()?.median))
    }
}

/// What the rounds of a figure say together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The middle value, or the middle of the two.
    pub median: f64,
    /// The least value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        match (&self.rounds, self.summary()) {
            (Ok(rounds), Some(summary)) => {
                map.serialize_entry("unit", self.unit.name())?;
                map.serialize_entry("rounds", rounds)?;
                map.serialize_entry("median", &summary.median)?;
                map.serialize_entry("min", &summary.min)?;
                map.serialize_entry("max", &summary.max)?;
            }
            (Err(why), _) => map.serialize_entry("skipped", why)?,
            (Ok(_), None) => {}
        }
        match self.target {
            Some(Target::AtLeast(value)) => map.serialize_entry("atLeast", &value)?,
            Some(Target::AtMost(value)) => map.serialize_entry("atMost", &value)?,
            None => {}
        }
        if let Some(met) = self.met() {
            map.serialize_entry("met", &met)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_median_is_in_the_middle() {
        let median = |rounds: &[f64]| {
            let figure = Figure::new("a", Unit::Ratio, rounds.to_vec());
            figure.summary().unwrap().median
        };
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(&[7.0]), 7.0);
    }

    #[test]
    fn a_target_is_a_bound_from_below_or_above() {
        let figure = Figure::new("a", Unit::Ratio, vec![0.5, 0.6, 0.9]);
        let met = |target| figure.clone().to_reach(target).met();
        assert_eq!(met(Target::AtLeast(0.6)), Some(true));
        assert_eq!(met(Target::AtLeast(0.61)), Some(false));
        assert_eq!(met(Target::AtMost(0.6)), Some(true));
        assert_eq!(met(Target::AtMost(0.59)), Some(false));
        assert_eq!(figure.met(), None);
        let skipped = Figure::skipped("a", "why");
        assert_eq!(skipped.to_reach(Target::AtMost(1.0)).met(), None);
    }

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

    #[test]
    fn json_has_every_round() {
        let figure = Figure::new("a", Unit::Seconds, vec![2.0, 1.0]);
        let actual = serde_json::to_value(figure.to_reach(Target::AtMost(1.0))).unwrap();
        let expected = json!({
            "name": "a", "unit": "s", "rounds": [2.0, 1.0],
            "median": 1.5, "min": 1.0, "max": 2.0, "atMost": 1.0, "met": false,
        });
        assert_eq!(actual, expected);
        let skipped = serde_json::to_value(Figure::skipped("a", "why")).unwrap();
        assert_eq!(skipped, json!({ "name": "a", "skipped": "why" }));
    }
}
