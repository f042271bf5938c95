//! Tables and lists of a web page's source: `<td>noncestr</td><td>…</td>`.
//!
//! In: a text. Out: the text with each row of cells as a line, `name: value` where there are two and
//! tabs between more, and where the lines of the text ended, so that a value still names its own. What is
//! outside of tables stays as it is, and so does a row with code in it.

/// No row is longer.
const LARGEST: usize = 1 << 16;
/// No tag is longer.
const LONGEST: usize = 512;

/// What the cells of a rendered table do not have, and those in a template or in code do.
const CODE: [char; 5] = ['\'', '`', '{', '}', '\\'];

const ENTITIES: [(&str, &str); 6] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&nbsp;", " "),
    // The last: `&amp;lt;` is `&lt;`.
    ("&amp;", "&"),
];

/// The next of something at or after a place that only grows: each byte is looked at once, however many
/// rows a text begins.
struct Next<F> {
    /// Where the last one was found, which is after `from`.
    at: Option<usize>,
    find: F,
}

impl<F: Fn(usize) -> Option<usize>> Next<F> {
    fn new(find: F) -> Self {
        Self { at: Some(0), find }
    }

    /// Where the next one is.
    fn from(&mut self, from: usize) -> Option<usize> {
        if self.at.is_some_and(|at| at <= from) {
            self.at = (self.find)(from);
        }
        self.at
    }
}

/// The text with the rows of its tables as lines; nothing if it has none.
pub(super) fn rows(text: &str) -> Option<(String, Vec<usize>)> {
    let bytes = text.as_bytes();
    let of_name = |name: &'static str| {
        Next::new(move |from| {
            let mut marks = memchr::memchr_iter(b'<', &bytes[from..]).map(|at| from + at);
            marks.find_map(|at| {
                let tag = bytes.get(at..at + name.len())?;
                tag.eq_ignore_ascii_case(name.as_bytes()).then_some(at + name.len())
            })
        })
    };
    let mut ends = [("tr", of_name("</tr>")), ("dl", of_name("</dl>"))];
    let mut code = Next::new(|from| text[from..].find(CODE).map(|at| from + at));
    let mut script = Next::new(|from| text[from..].find("<script").map(|at| from + at));
    let mut out: Option<(String, Vec<usize>)> = None;
    let mut done = 0;
    for start in memchr::memchr_iter(b'<', bytes) {
        if start < done {
            continue;
        }
        let of_start = ends.iter_mut().find(|(name, _)| is_tag(&text[start..], name));
        let Some(end) = of_start.and_then(|(_, end)| end.from(start)) else { continue };
        let is_code = [code.from(start), script.from(start)].into_iter().flatten().any(|at| at < end);
        if is_code || end - start > LARGEST {
            continue;
        }
        let (out, breaks) = out.get_or_insert_with(|| (String::with_capacity(text.len()), Vec::new()));
        let between = &text[done..start];
        // An empty line would end the table.
        if out.ends_with('\n') && between.trim().is_empty() {
            breaks.extend(std::iter::repeat_n(out.len() - 1, between.matches('\n').count()));
        } else {
            copy(between, out, breaks);
        }
        cells(&text[start..end], out);
        breaks.extend(std::iter::repeat_n(out.len() - 1, text[start..end].matches('\n').count()));
        done = end;
    }
    let (mut out, mut breaks) = out?;
    copy(&text[done..], &mut out, &mut breaks);
    Some((out, breaks))
}

/// Whether a text begins with the tag `<name …>`.
fn is_tag(text: &str, name: &str) -> bool {
    text.get(1..=name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name))
        && text[1 + name.len()..].starts_with(|c: char| c == '>' || c.is_ascii_whitespace())
}

fn copy(text: &str, out: &mut String, breaks: &mut Vec<usize>) {
    breaks.extend(text.match_indices('\n').map(|(at, _)| out.len() + at));
    out.push_str(text);
}

/// Writes a row, or the pairs of a list, as lines of their own.
fn cells(row: &str, out: &mut String) {
    let mut cells: Vec<String> = Vec::new();
    let mut cell: Option<String> = None;
    let mut rest = row;
    if !out.ends_with('\n') {
        out.push('\n');
    }
    while !rest.is_empty() {
        let (text, tag, after) = piece(rest);
        rest = after;
        if let Some(cell) = &mut cell {
            cell.push_str(text);
        }
        let name = tag.trim_start_matches('/');
        let is_cell = ["td", "th", "dt", "dd"].iter().any(|cell| name.eq_ignore_ascii_case(cell));
        if is_cell || rest.is_empty() {
            // An end tag may be missing.
            cells.extend(cell.take().map(|cell| plain(&cell)));
            cell = (is_cell && !tag.starts_with('/')).then(String::new);
        }
        if name.eq_ignore_ascii_case("dd") && tag.starts_with('/') || rest.is_empty() {
            line(&cells, out);
            cells.clear();
        }
    }
}

fn line(cells: &[String], out: &mut String) {
    match cells {
        [] => return,
        [name, value] => {
            out.push_str(name.trim_end_matches([':', '：']));
            out.push_str(": ");
            out.push_str(value);
        }
        more => out.push_str(&more.join("\t")),
    }
    out.push('\n');
}

/// The text before the next tag, the tag's name and what follows it.
fn piece(text: &str) -> (&str, &str, &str) {
    let mut from = 0;
    while let Some(at) = text[from..].find('<').map(|at| from + at) {
        let tag = &text[at + 1..];
        let is_tag = tag.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic());
        if let Some(end) = tag.find('>').filter(|end| is_tag && *end <= LONGEST) {
            let name = tag[..end].split_ascii_whitespace().next().unwrap_or_default();
            return (&text[..at], name, &tag[end + 1..]);
        }
        from = at + 1;
    }
    (text, "", "")
}

fn plain(cell: &str) -> String {
    let cell = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    if !cell.contains('&') {
        return cell;
    }
    ENTITIES.iter().fold(cell, |cell, (entity, meant)| cell.replace(entity, meant))
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_row_of_two_cells_is_a_name_and_a_value() {
        let text = "a\n<table><tr><th>key<td>v<b>1</b>&amp;2</td></tr>\n<TR class=x><td>x</td>\n<td>y</td></TR></table>\nz\n";
        let (lines, breaks) = rows(text).expect("a table");
        assert_eq!(lines, "a\n<table>\nkey: v1&2\nx: y\n</table>\nz\n");
        let line_of = |part: &str| {
            let at = lines.find(part).expect("a part");
            breaks.partition_point(|end| *end < at) + 1
        };
        assert_eq!(["a", "key", "x: y", "</table>", "z"].map(line_of), [1, 2, 3, 4, 5]);
        let (list, _) = rows("<dl><dt>k</dt><dd>v</dd><dt>l</dt><dd>w</dd></dl>").expect("a list");
        assert_eq!(list, "\nk: v\nl: w\n");
    }

    #[test]
    fn a_script_and_a_text_without_rows_stay() {
        for text in [
            "<p>if (a < b) { wx.config({}) }</p>",
            "<tr><td><script>a < b</script></td></tr>",
            "'<tr><td>nonceStr</td><td>' + nonce + '</td></tr>'",
            "<tr",
            "<tr><td>",
        ] {
            assert!(rows(text).is_none(), "{text}");
        }
    }
}
