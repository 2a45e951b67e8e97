//! A figure: what was measured, in rounds, and what it has to reach.

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::unit::Unit;

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
    /// What was measured, or why nothing was.
    measured: Result<Measured, String>,
    /// What the median has to reach.
    pub target: Option<Target>,
}

/// A value a round, and what they say together.
#[derive(Clone, Debug)]
struct Measured {
    rounds: Vec<f64>,
    summary: Summary,
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

impl Figure {
    /// A figure with a value a round, of which there is at least one.
    #[must_use]
    pub fn new(name: impl Into<String>, unit: Unit, rounds: Vec<f64>) -> Self {
        let measured = match Summary::of(&rounds) {
            Some(summary) => Ok(Measured { rounds, summary }),
            None => Err("it had no round".to_owned()),
        };
        Self {
            name: name.into(),
            unit,
            measured,
            target: None,
        }
    }

    /// A figure that could not be measured here, and why.
    #[must_use]
    pub fn skipped(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            unit: Unit::Count,
            measured: Err(why.into()),
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
    ///
    /// # Errors
    /// With the reason, where nothing was measured.
    pub fn summary(&self) -> Result<Summary, &str> {
        let measured = self.measured.as_ref();
        measured.map(|it| it.summary).map_err(String::as_str)
    }

    /// Whether it reaches its target; `None` without a target or without a value.
    #[must_use]
    pub fn met(&self) -> Option<bool> {
        Some(self.target?.is_met(self.summary().ok()?.median))
    }
}

impl Summary {
    /// That of these values; `None` without any.
    fn of(rounds: &[f64]) -> Option<Self> {
        let mut sorted = rounds.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        } else {
            sorted[middle]
        };
        Some(Self { median, min, max })
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        match &self.measured {
            Ok(Measured { rounds, summary }) => {
                map.serialize_entry("unit", self.unit.name())?;
                map.serialize_entry("rounds", rounds)?;
                map.serialize_entry("median", &summary.median)?;
                map.serialize_entry("min", &summary.min)?;
                map.serialize_entry("max", &summary.max)?;
            }
            Err(why) => map.serialize_entry("skipped", why)?,
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
