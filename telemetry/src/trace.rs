//! W3C Trace Context (<https://www.w3.org/TR/trace-context/>), as much as a service needs to
//! join its log lines with those of its caller and its callees.

use std::fmt;
use std::str::FromStr;

/// The header, and the gRPC metadata key, that carries the context.
pub const HEADER: &str = "traceparent";

/// The flag that says that spans of this trace are recorded.
const SAMPLED: u8 = 1;

/// Which trace a request belongs to and which span of it this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    pub(crate) trace_id: u128,
    pub(crate) span_id: u64,
    /// The span that this one is part of; 0, which is no id, where that is not known.
    pub(crate) parent_id: u64,
    flags: u8,
}

/// The header holds no trace context that can be used; the standard says to start a new trace.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a W3C traceparent")]
pub struct Malformed;

impl TraceContext {
    /// Starts a trace.
    #[must_use]
    pub fn start() -> Self {
        Self {
            // Zero is not an id.
            trace_id: rand::random::<u128>().max(1),
            span_id: rand::random::<u64>().max(1),
            parent_id: 0,
            flags: 0,
        }
    }

    /// The context of a request: a span of the caller's trace where `header` holds one, of a new
    /// trace otherwise.
    #[must_use]
    pub fn of_request(header: Option<&str>) -> Self {
        header
            .and_then(|value| value.parse::<Self>().ok())
            .map_or_else(Self::start, Self::child)
    }

    /// A new span of the same trace.
    #[must_use]
    pub fn child(self) -> Self {
        Self {
            span_id: rand::random::<u64>().max(1),
            parent_id: self.span_id,
            ..self
        }
    }

    /// Whether spans of this trace are recorded, by whoever takes part in it.
    #[must_use]
    pub fn is_sampled(self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// The same span, recorded or not.
    pub(crate) fn with_sampled(self, sampled: bool) -> Self {
        let flags = if sampled { SAMPLED } else { 0 };
        Self { flags, ..self }
    }

    /// The id that all log lines of a trace share, as 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(self) -> TraceId {
        TraceId(self.trace_id)
    }
}

impl FromStr for TraceContext {
    type Err = Malformed;

    fn from_str(value: &str) -> Result<Self, Malformed> {
        let bytes = value.as_bytes();
        let hex = |from: usize, to: usize| {
            let digits = bytes.get(from..to).ok_or(Malformed)?;
            digits.iter().try_fold(0_u128, |number, digit| match digit {
                b'0'..=b'9' => Ok(number << 4 | u128::from(digit - b'0')),
                b'a'..=b'f' => Ok(number << 4 | u128::from(digit - b'a' + 10)),
                _ => Err(Malformed),
            })
        };
        let dash = |at: usize| bytes.get(at) == Some(&b'-');

        let (version, trace_id) = (hex(0, 2)?, hex(3, 35)?);
        let (span_id, flags) = (hex(36, 52)? as u64, hex(53, 55)? as u8);
        // A later version may append fields; version 0 has none, and 255 is not a version.
        let length = match version {
            0 => bytes.len() == 55,
            255 => false,
            _ => bytes.len() == 55 || dash(55),
        };
        if length && dash(2) && dash(35) && dash(52) && trace_id != 0 && span_id != 0 {
            Ok(Self {
                trace_id,
                span_id,
                parent_id: 0,
                // The one flag that version 0 defines.
                flags: flags & SAMPLED,
            })
        } else {
            Err(Malformed)
        }
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            trace_id,
            span_id,
            flags,
            ..
        } = self;
        write!(f, "00-{trace_id:032x}-{span_id:016x}-{flags:02x}")
    }
}

/// A trace's id; prints as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceId(u128);

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn the_standards_sample_is_read_and_printed() {
        let context: TraceContext = SAMPLE.parse().unwrap();
        assert_eq!(context.to_string(), SAMPLE);
        assert_eq!(
            context.trace_id().to_string(),
            "4bf92f3577b34da6a3ce929d0e0e4736"
        );
    }

    #[test]
    fn a_request_is_a_new_span_of_its_callers_trace() {
        let caller: TraceContext = SAMPLE.parse().unwrap();
        let request = TraceContext::of_request(Some(SAMPLE));
        assert_eq!(request.trace_id(), caller.trace_id());
        assert_ne!(request.span_id, caller.span_id);
        assert_eq!(request.parent_id, caller.span_id);
        assert_eq!(request.flags, caller.flags);
    }

    #[test]
    fn a_request_without_a_usable_header_starts_a_trace() {
        let (first, second) = (
            TraceContext::of_request(None),
            TraceContext::of_request(Some("?")),
        );
        assert_ne!(first.trace_id(), second.trace_id());
        assert_eq!(first.to_string().parse(), Ok(first));
    }

    #[test]
    fn the_callers_choice_to_sample_is_kept() {
        for (flags, sampled) in [("01", true), ("00", false), ("ff", true), ("fe", false)] {
            let header = SAMPLE.replace("-01", &format!("-{flags}"));
            let request = TraceContext::of_request(Some(&header));
            assert_eq!(request.is_sampled(), sampled, "{header}");
            let header = request.with_sampled(!sampled).to_string();
            assert!(
                header.ends_with(if sampled { "-00" } else { "-01" }),
                "{header}"
            );
        }
        assert!(!TraceContext::start().is_sampled());
    }

    #[test]
    fn later_versions_may_have_more_fields() {
        let later = SAMPLE.replacen("00-", "cc-", 1);
        assert!(later.parse::<TraceContext>().is_ok());
        assert!(format!("{later}-more").parse::<TraceContext>().is_ok());
        assert!(format!("{later}more").parse::<TraceContext>().is_err());
    }

    #[test]
    fn what_the_standard_forbids_is_refused() {
        let zero_trace = SAMPLE.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32));
        let zero_span = SAMPLE.replace("00f067aa0ba902b7", &"0".repeat(16));
        let bad = [
            "",
            "00",
            &SAMPLE[1..],
            &SAMPLE[..54],
            &format!("{SAMPLE}-more"),
            &SAMPLE.to_uppercase(),
            &SAMPLE.replacen("00-", "ff-", 1),
            &SAMPLE.replace('-', "_"),
            &SAMPLE.replace('4', "é"),
            &zero_trace,
            &zero_span,
        ];
        for header in bad {
            assert_eq!(header.parse::<TraceContext>(), Err(Malformed), "{header}");
        }
    }
}
