//! A heatmap: time from left to right, sizes from below to above, the more observations the denser.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// From nothing to the most of all.
const SHADES: [&str; 5] = [" ", "░", "▒", "▓", "█"];

/// What a line of a heatmap stands for.
#[derive(Debug, PartialEq)]
struct Line {
    /// The upper bound of the largest bucket in it; none above all bounds.
    bound: Option<f64>,
    /// Observations per column.
    counts: Vec<u64>,
}

/// Draws a heatmap with the bounds in front of the lines, written by `say`. Says how many observations the densest place
/// has.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    bounds: &[f64],
    steps: &[Vec<u64>],
    (ink, quiet): (Style, Style),
    say: impl Fn(f64) -> String,
) -> u64 {
    let scale = 9.min(area.width);
    let body = Rect {
        x: area.x + scale,
        width: area.width - scale,
        ..area
    };
    let lines = lines(bounds, steps, body.width.into(), body.height.into());
    let most = lines
        .iter()
        .flat_map(|line| &line.counts)
        .copied()
        .max()
        .unwrap_or_default();
    // Where there is room, a line is drawn several times, with one label.
    let times = usize::from(body.height)
        .checked_div(lines.len())
        .unwrap_or(1)
        .max(1);
    let places = lines
        .iter()
        .flat_map(|line| (0..times).map(move |time| (time, line)));
    for ((time, line), y) in places.zip((body.top()..body.bottom()).rev()) {
        let label = match line.bound {
            _ if time > 0 => String::new(),
            Some(bound) => say(bound),
            None => format!(
                ">{}",
                bounds.last().map_or_else(String::new, |&last| say(last))
            ),
        };
        let label = format!(
            "{label:>width$} ",
            width = usize::from(scale.saturating_sub(1))
        );
        buffer.set_stringn(area.x, y, label, scale.into(), quiet);
        let columns = u16::try_from(line.counts.len()).unwrap_or(body.width);
        let left = body.right() - columns.min(body.width);
        for (x, &count) in (left..body.right()).zip(&line.counts) {
            buffer.set_string(x, y, shade(count, most), ink);
        }
    }
    most
}

/// Any observation shows; the steps between are by the square root, so that rare ones are told apart.
fn shade(count: u64, most: u64) -> &'static str {
    if count == 0 {
        return SHADES[0];
    }
    let share = (count as f64 / most as f64).sqrt();
    // Truncation is what is wanted: the full shade is for the most of all.
    SHADES[(1.0 + share * 3.0) as usize]
}

/// The lines that have room, the smallest sizes first: buckets without observations at both ends are left out, neighbours
/// share a line where there are too many.
fn lines(bounds: &[f64], steps: &[Vec<u64>], width: usize, height: usize) -> Vec<Line> {
    let columns = columns(steps, width);
    let is_used = |bucket: &usize| columns.iter().any(|column| column[*bucket] > 0);
    let used: Vec<usize> = (0..=bounds.len()).filter(is_used).collect();
    let (Some(&first), Some(&last)) = (used.first(), used.last()) else {
        return Vec::new();
    };
    if height == 0 {
        return Vec::new();
    }
    let buckets: Vec<usize> = (first..=last).collect();
    let share = buckets.len().div_ceil(height).max(1);
    buckets
        .chunks(share)
        .map(|buckets| Line {
            bound: buckets
                .last()
                .and_then(|&bucket| bounds.get(bucket))
                .copied(),
            counts: columns
                .iter()
                .map(|column| buckets.iter().map(|&bucket| column[bucket]).sum())
                .collect(),
        })
        .collect()
}

/// As many columns as there is room for: neighbouring steps share one where there are too many.
fn columns(steps: &[Vec<u64>], width: usize) -> Vec<Vec<u64>> {
    if width == 0 {
        return Vec::new();
    }
    let share = steps.len().div_ceil(width).max(1);
    let mut columns: Vec<Vec<u64>> = steps
        .rchunks(share)
        .map(|steps| {
            let mut sum = vec![0; steps.first().map_or(0, Vec::len)];
            for step in steps {
                for (sum, more) in sum.iter_mut().zip(step) {
                    *sum += more;
                }
            }
            sum
        })
        .collect();
    columns.reverse();
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: [f64; 4] = [1.0, 2.0, 4.0, 8.0];

    fn line(bound: Option<f64>, counts: &[u64]) -> Line {
        Line {
            bound,
            counts: counts.to_vec(),
        }
    }

    #[test]
    fn buckets_without_observations_at_the_ends_are_left_out() {
        let steps = [vec![0, 1, 0, 2, 0], vec![0, 0, 0, 3, 0]];
        assert_eq!(
            lines(&BOUNDS, &steps, 10, 10),
            [
                line(Some(2.0), &[1, 0]),
                line(Some(4.0), &[0, 0]),
                line(Some(8.0), &[2, 3])
            ]
        );
    }

    #[test]
    fn neighbours_share_lines_and_columns_where_there_are_too_many() {
        let steps = [
            vec![1, 2, 3, 4, 5],
            vec![1, 0, 0, 0, 0],
            vec![1, 1, 1, 1, 1],
        ];
        assert_eq!(
            lines(&BOUNDS, &steps, 2, 3),
            [
                line(Some(2.0), &[3, 3]),
                line(Some(8.0), &[7, 2]),
                line(None, &[5, 1])
            ]
        );
    }

    #[test]
    fn nothing_observed_draws_nothing() {
        assert_eq!(lines(&BOUNDS, &[vec![0; 5]], 10, 10), []);
        assert_eq!(lines(&BOUNDS, &[], 10, 10), []);
        assert_eq!(lines(&BOUNDS, &[vec![1; 5]], 0, 0), []);
    }

    #[test]
    fn every_observation_shows_and_the_most_are_densest() {
        assert_eq!(shade(0, 100), " ");
        assert_eq!(shade(1, 1_000_000), "░");
        assert_eq!(shade(50, 100), "▓");
        assert_eq!(shade(100, 100), "█");
    }
}
