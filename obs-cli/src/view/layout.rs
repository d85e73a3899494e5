//! Divides the screen: what is needed most keeps its place longest.

use ratatui::layout::Rect;

use super::trace;
use crate::state::{Page, State};

/// From this height on there is room for what is selected in full.
const DETAIL_FROM: u16 = 16;

/// Of a component: a rule, two lines of outcomes, two of figures.
const COMPONENT_HEIGHT: u16 = 5;

/// Of a metric: a rule, its help, a chart and what stands below it.
const CHART_AT_LEAST: u16 = 7;

/// Who draws where; what has no room has no height.
pub(super) struct Layout {
    /// The process and its totals.
    pub(super) header: Rect,
    /// The titles of the columns.
    pub(super) headings: Rect,
    /// The components or metrics.
    pub(super) rows: Rect,
    /// The help, in the place of headings, rows and detail.
    pub(super) help: Rect,
    /// What is selected.
    pub(super) detail: Rect,
    /// Where one is, or what is wrong.
    pub(super) status: Rect,
    /// Keys.
    pub(super) keys: Rect,
    too_small: bool,
}

impl Layout {
    pub(super) fn of(area: Rect, state: &State) -> Layout {
        let body = area.height.saturating_sub(4);
        let (headings, detail) = match state.page {
            _ if state.zoomed && body > 0 => (0, body + 1),
            Page::Trace(_) if area.height < DETAIL_FROM => (trace::HEADINGS, 0),
            Page::Trace(_) => (trace::HEADINGS, (body / 3).max(CHART_AT_LEAST)),
            _ if area.height < DETAIL_FROM => (1, 0),
            Page::Components | Page::Traces | Page::Open => (1, COMPONENT_HEIGHT),
            _ => (1, (body * 2 / 5).max(CHART_AT_LEAST)),
        };
        let rows = (body + 1).saturating_sub(headings + detail);
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
        let (header, headings, rows, detail) =
            (strip(1), strip(headings), strip(rows), strip(detail));
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
            // Not even one row has room.
            too_small: rows.height + detail.height == 0 || area.width < 12,
        }
    }

    pub(super) fn is_too_small(&self) -> bool {
        self.too_small
    }
}
