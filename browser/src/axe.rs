//! The audit of axe-core, the accessibility engine of Deque: its rules, run in the page.

use serde::Deserialize;

/// Calls it; its source goes before.
const CALL: &str = include_str!("axe.js");

/// What it has found.
#[derive(Clone, Debug, Deserialize)]
pub struct Findings {
    /// How many rules had something to look at, and found it right.
    rules: usize,
    violations: Vec<Violation>,
}

/// A rule that the page breaks.
#[derive(Clone, Debug, Deserialize)]
struct Violation {
    id: String,
    help: String,
    /// The elements that break it, as CSS selectors.
    places: Vec<String>,
}

/// The script that runs the audit, out of axe-core's own source.
pub fn script(source: &str) -> String {
    format!("{source}\n{CALL}")
}

impl Findings {
    /// No rule is broken, and there was an audit at all.
    ///
    /// # Errors
    /// With the rules that are broken and where.
    pub fn check(&self) -> Result<(), String> {
        if !self.violations.is_empty() {
            let violations = self.violations.iter().map(Violation::describe);
            return Err(violations.collect::<Vec<_>>().join("; "));
        }
        if self.rules == 0 {
            return Err("the audit looked at nothing".to_owned());
        }
        Ok(())
    }
}

impl Violation {
    fn describe(&self) -> String {
        format!("{} ({}) at {}", self.id, self.help, self.places.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violations_are_named_with_their_places_and_no_audit_is_no_success() {
        let violation = Violation {
            id: "html-has-lang".to_owned(),
            help: "<html> element must have a lang attribute".to_owned(),
            places: vec!["html".to_owned()],
        };
        let findings = |rules, violations| Findings { rules, violations };
        assert_eq!(findings(20, vec![]).check(), Ok(()));
        let why = findings(20, vec![violation]).check().unwrap_err();
        let expected = "html-has-lang (<html> element must have a lang attribute) at html";
        assert_eq!(why, expected);
        assert!(findings(0, vec![]).check().is_err());
    }
}
