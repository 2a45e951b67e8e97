//! Which requests have spans, as `OTEL_TRACES_SAMPLER` says.

use crate::trace::TraceContext;

/// Trace ids are drawn from this many, as far as sampling looks at them.
const IDS: u64 = 1 << 63;

/// A part of all traces, and whether a caller's choice goes before it.
///
/// | `OTEL_TRACES_SAMPLER` | traces with spans |
/// | --- | --- |
/// | `always_on`, `always_off` | all, none |
/// | `traceidratio` | the part of them that `OTEL_TRACES_SAMPLER_ARG` says, 0 to 1; else all |
/// | `parentbased_…` of these | the caller's choice; of traces that begin here, as above |
///
/// Without the variable it is `parentbased_always_on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampler {
    follows_caller: bool,
    /// Ids below it are sampled.
    below: u64,
}

/// No sampler has this name, or its argument is not a part of 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    Name,
    Argument,
}

impl Sampler {
    /// The sampler of this name; `argument` is the part of `traceidratio`.
    pub(super) fn read(name: &str, argument: Option<&str>) -> Result<Self, Unknown> {
        let (follows_caller, rule) = match name.strip_prefix("parentbased_") {
            Some(rule) => (true, rule),
            None => (false, name),
        };
        let part = match rule {
            "always_on" => 1.0,
            "always_off" => 0.0,
            "traceidratio" => match argument.map(str::parse) {
                None => 1.0,
                Some(Ok(part)) if (0.0..=1.0).contains(&part) => part,
                Some(_) => return Err(Unknown::Argument),
            },
            _ => return Err(Unknown::Name),
        };
        Ok(Self {
            follows_caller,
            below: (part * IDS as f64) as u64,
        })
    }

    /// Whether a request has spans.
    pub(super) fn samples(self, context: TraceContext) -> bool {
        if self.follows_caller && context.parent_id != 0 {
            return context.is_sampled();
        }
        // The part of the id that every OpenTelemetry library looks at: all services that a
        // trace passes through choose the same.
        (context.trace_id as u64) >> 1 < self.below
    }
}

impl Default for Sampler {
    fn default() -> Self {
        Self {
            follows_caller: true,
            below: IDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const UNSAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

    /// What becomes of a request whose caller sampled, whose caller did not, and of one without.
    fn choices(name: &str) -> [bool; 3] {
        let sampler = Sampler::read(name, None).unwrap();
        [Some(SAMPLED), Some(UNSAMPLED), None]
            .map(|header| sampler.samples(TraceContext::of_request(header)))
    }

    #[test]
    fn each_name_chooses_as_specified() {
        let cases = [
            ("always_on", [true, true, true]),
            ("always_off", [false, false, false]),
            ("traceidratio", [true, true, true]),
            ("parentbased_always_on", [true, false, true]),
            ("parentbased_always_off", [true, false, false]),
            ("parentbased_traceidratio", [true, false, true]),
        ];
        for (name, expected) in cases {
            assert_eq!(choices(name), expected, "{name}");
        }
        let default = Sampler::read("parentbased_always_on", None).unwrap();
        assert_eq!(Sampler::default(), default);
    }

    #[test]
    fn a_ratio_samples_that_part_of_the_ids() {
        // The sample's lower half is a3ce…, which is 0.64 of the way to the last id.
        for (argument, sampled) in [("0", false), ("0.63", false), ("0.65", true), ("1", true)] {
            let sampler = Sampler::read("traceidratio", Some(argument)).unwrap();
            let context = TraceContext::of_request(Some(UNSAMPLED));
            assert_eq!(sampler.samples(context), sampled, "{argument}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for name in ["", "on", "parentbased_", "jaeger_remote", "ALWAYS_ON"] {
            assert_eq!(Sampler::read(name, None), Err(Unknown::Name), "{name}");
        }
        for argument in ["", "half", "-0.1", "1.1", "NaN"] {
            let sampler = Sampler::read("traceidratio", Some(argument));
            assert_eq!(sampler, Err(Unknown::Argument), "{argument}");
        }
    }
}
