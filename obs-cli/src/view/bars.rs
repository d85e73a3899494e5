//! Little bars: a line of them in a table, or a chart of several lines.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// From nearly nothing to a full cell, in eighths.
const EIGHTHS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// A line of bars, one per height, as wide as told: the newest stands on the right, the highest is full.
pub(super) fn line(heights: &[f64], width: usize) -> String {
    let heights = &heights[heights.len().saturating_sub(width)..];
    let highest = heights.iter().copied().fold(0.0, f64::max);
    let mut line = " ".repeat(width - heights.len());
    for height in heights {
        line.push_str(bar(*height, highest, 8));
    }
    line
}

/// A bar of at most eight eighths; what is not zero is not nothing.
fn bar(height: f64, highest: f64, full: usize) -> &'static str {
    let eighths = eighths(height, highest, full);
    match eighths {
        0 => " ",
        eighths => EIGHTHS[eighths.min(8) - 1],
    }
}

fn eighths(height: f64, highest: f64, full: usize) -> usize {
    if full == 0 || height.is_nan() || height <= 0.0 || !highest.is_finite() {
        return 0;
    }
    // Truncation is what is wanted: a bar shows what is reached.
    ((height / highest * full as f64) as usize).clamp(1, full)
}

/// A chart of several lines, the newest on the right. Returns the largest height that is on it.
pub(super) fn chart(buffer: &mut Buffer, area: Rect, heights: &[f64], style: Style) -> f64 {
    let width = usize::from(area.width);
    let heights = squeezed(heights, width);
    let highest = heights.iter().copied().fold(0.0, f64::max);
    let full = usize::from(area.height) * 8;
    let left = area.right()
        - u16::try_from(heights.len())
            .unwrap_or(area.width)
            .min(area.width);
    for (x, height) in (left..area.right()).zip(&heights) {
        let eighths = eighths(*height, highest, full);
        for (line, y) in (area.top()..area.bottom()).rev().enumerate() {
            let here = eighths.saturating_sub(line * 8).min(8);
            if here > 0 {
                buffer.set_string(x, y, EIGHTHS[here - 1], style);
            }
        }
    }
    highest
}

/// As many heights as there is room for: of those that share a column the highest is shown.
fn squeezed(heights: &[f64], width: usize) -> Vec<f64> {
    if width == 0 {
        return Vec::new();
    }
    let share = heights.len().div_ceil(width).max(1);
    // From the newest on, so that a column keeps its steps from frame to frame as long as it can.
    let mut columns: Vec<f64> = heights
        .rchunks(share)
        .map(|heights| heights.iter().copied().fold(f64::MIN, f64::max))
        .collect();
    columns.reverse();
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_stand_on_the_right_and_the_highest_is_full() {
        assert_eq!(line(&[0.0, 1.0, 4.0, 8.0], 6), "   ▁▄█");
        assert_eq!(line(&[9.0, 1.0, 8.0], 2), "▁█");
        assert_eq!(line(&[0.0, 0.001, 100.0], 3), " ▁█");
    }

    #[test]
    fn what_is_no_height_is_no_bar() {
        assert_eq!(line(&[f64::NAN, -1.0, 0.0], 3), "   ");
        assert_eq!(line(&[f64::INFINITY, 1.0], 2), "  ");
        assert_eq!(line(&[], 3), "   ");
        assert_eq!(line(&[1.0], 0), "");
    }

    #[test]
    fn chart_fills_lines_from_below() {
        let area = Rect::new(0, 0, 3, 2);
        let mut buffer = Buffer::empty(area);
        let highest = chart(&mut buffer, area, &[4.0, 8.0, 12.0, 16.0], Style::new());
        let line = |y| -> String { (0..3).map(|x| buffer[(x, y)].symbol()).collect() };
        // Two steps share a column.
        assert_eq!(
            (highest, line(0), line(1)),
            (16.0, "  █".to_owned(), " ██".to_owned())
        );
    }
}
