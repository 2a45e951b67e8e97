//! Figures as a table: a line each, columns aligned.

use crate::figures::{Figure, Target};

const HEAD: [&str; 5] = ["figure", "median", "spread", "target", ""];

/// The table, with a line of heads.
#[must_use]
pub fn table(figures: &[Figure]) -> String {
    let rows: Vec<_> = std::iter::once(HEAD.map(str::to_owned))
        .chain(figures.iter().map(row))
        .collect();
    // The reason of what was skipped runs over the columns.
    let mut widths = [0; 5];
    for row in &rows {
        let skipped = row[1].starts_with(SKIPPED);
        for (width, cell) in widths.iter_mut().zip(row) {
            if !(skipped && cell.starts_with(SKIPPED)) {
                *width = (*width).max(cell.chars().count());
            }
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (index, (cell, width)) in row.iter().zip(widths).enumerate() {
            // Names and results to the left, numbers to the right.
            let cell = match index {
                0 => format!("{cell:<width$}"),
                4 => format!("  {cell}"),
                _ => format!("  {cell:>width$}"),
            };
            line.push_str(&cell);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

const SKIPPED: &str = "skipped: ";

fn row(figure: &Figure) -> [String; 5] {
    let name = figure.name.clone();
    let show = |value| figure.unit.show(value);
    let summary = match figure.summary() {
        Ok(summary) => summary,
        Err(why) => {
            let why = format!("{SKIPPED}{why}");
            return [name, why, String::new(), String::new(), String::new()];
        }
    };
    let spread = if summary.min == summary.max {
        String::new()
    } else {
        format!("{} to {}", show(summary.min), show(summary.max))
    };
    let target = match figure.target {
        Some(Target::AtLeast(value)) => format!(">= {}", show(value)),
        Some(Target::AtMost(value)) => format!("<= {}", show(value)),
        None => String::new(),
    };
    let result = match figure.met() {
        Some(true) => "met",
        Some(false) => "not met",
        None => "",
    };
    [
        name,
        show(summary.median),
        spread,
        target,
        result.to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Unit;

    #[test]
    fn columns_are_aligned_and_results_said() {
        let figures = [
            Figure::new("speed", Unit::PerSecond, vec![900.0, 12_000.0, 1_000.0])
                .to_reach(Target::AtLeast(2_000.0)),
            Figure::new("size of it", Unit::Bytes, vec![1e6]).to_reach(Target::AtMost(2e6)),
            Figure::skipped("weight", "there is no scale in this house at all"),
        ];
        let expected = "\
figure       median             spread      target
speed       1,000/s  900/s to 12,000/s  >= 2,000/s  not met
size of it  1.00 MB                     <= 2.00 MB  met
weight      skipped: there is no scale in this house at all
";
        assert_eq!(table(&figures), expected);
    }
}
