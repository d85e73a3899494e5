//! A frame in ASCII characters alone, for terminals and locales that have no others.

use ratatui::buffer::Buffer;

/// Replaces every other character on the screen by one that comes close.
pub(super) fn translate(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let replacement = cell.symbol().chars().next().map_or(' ', ascii);
            cell.set_char(replacement);
        }
    }
}

fn ascii(c: char) -> char {
    match c {
        '\u{a0}' => ' ',
        '▲' | '↑' => '^',
        '▼' | '↓' => 'v',
        '▾' => 'v',
        '▸' => '>',
        '◆' => '+',
        '←' => '<',
        '→' => '>',
        '…' => '~',
        '─' | '–' => '-',
        '│' => '|',
        '›' => '>',
        'µ' => 'u',
        // Bars, from low to high.
        '▁' => '_',
        '▂' | '░' => '.',
        '▃' | '▒' => ':',
        '▄' => '-',
        '▅' => '=',
        '▆' | '▓' => '*',
        '▇' => '%',
        '█' => '#',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn nothing_but_ascii_is_left() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 1));
        buffer.set_string(0, 0, "▲µs – größe ▁█ 倉", Style::new());
        translate(&mut buffer);
        let line: String = buffer.content.iter().map(|cell| cell.symbol()).collect();
        assert_eq!(line.trim_end(), "^us - gr??e _# ?");
        assert!(line.is_ascii());
    }
}
