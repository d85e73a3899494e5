//! Divides the screen: what is needed most keeps its place longest.

use ratatui::layout::Rect;

/// From this height on there is room for the selected component in full.
const DETAIL_FROM: u16 = 16;

/// A rule, two lines of outcomes, two of figures.
const DETAIL_HEIGHT: u16 = 5;

/// Who draws where; what has no room has no height.
pub(super) struct Layout {
    /// The process and its totals.
    pub(super) header: Rect,
    /// The titles of the columns.
    pub(super) headings: Rect,
    /// The components.
    pub(super) rows: Rect,
    /// The help, in the place of headings, rows and detail.
    pub(super) help: Rect,
    /// The selected component.
    pub(super) detail: Rect,
    /// Where one is, or what is wrong.
    pub(super) status: Rect,
    /// Keys.
    pub(super) keys: Rect,
}

impl Layout {
    pub(super) fn of(area: Rect) -> Layout {
        let detail = if area.height >= DETAIL_FROM {
            DETAIL_HEIGHT
        } else {
            0
        };
        let rows = area.height.saturating_sub(4 + detail);
        let mut next = area.y;
        let mut strip = |height: u16| {
            let height = height.min(area.bottom().saturating_sub(next));
            let strip = Rect {
                y: next,
                height,
                ..area
            };
            next += height;
            strip
        };
        let (header, headings, rows, detail) = (strip(1), strip(1), strip(rows), strip(detail));
        let help = Rect {
            height: headings.height + rows.height + detail.height,
            ..headings
        };
        Layout {
            header,
            headings,
            rows,
            help,
            detail,
            status: strip(1),
            keys: strip(1),
        }
    }

    /// Not even one row has room.
    pub(super) fn is_too_small(&self) -> bool {
        self.rows.height == 0 || self.rows.width < 12
    }
}
