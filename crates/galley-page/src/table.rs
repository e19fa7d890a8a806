//! Where the writer of a body stands in a table. Tables do not nest.

use pulldown_cmark::Alignment;

/// The table that is being written.
#[derive(Default)]
pub(crate) struct Table {
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
    has_body: bool,
}

impl Table {
    pub(crate) fn start(&mut self, alignments: Vec<Alignment>, out: &mut String) {
        *self = Self { alignments, ..Self::default() };
        out.push_str("<div class=\"table\"><table>");
    }

    pub(crate) fn start_head(&mut self) {
        (self.in_head, self.column) = (true, 0);
    }

    pub(crate) fn start_row(&mut self, out: &mut String) {
        if !self.has_body {
            out.push_str("<tbody>");
        }
        (self.in_head, self.has_body, self.column) = (false, true, 0);
    }

    /// Writes a cell's start and gives its end.
    pub(crate) fn start_cell(&mut self, out: &mut String) -> &'static str {
        let class = match self.alignments.get(self.column) {
            Some(Alignment::Left) => " class=\"left\"",
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            _ => "",
        };
        self.column += 1;
        let (start, end) = if self.in_head { ("<th scope=\"col\"", "</th>") } else { ("<td", "</td>") };
        out.push_str(start);
        out.push_str(class);
        out.push('>');
        end
    }

    pub(crate) fn end(&self) -> &'static str {
        if self.has_body { "</tbody></table></div>" } else { "</table></div>" }
    }
}
