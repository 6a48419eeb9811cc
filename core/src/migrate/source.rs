//! A file's lines, and changes to it that leave all else as it is.

use std::ops::Range;

use super::yaml::{Kind, Node};

/// A file with the places of its lines.
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    starts: Vec<usize>,
}

/// A change: what stands in a range becomes another text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

impl<'a> Source<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The line of a byte, from 0.
    pub(crate) fn line_at(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// Where a line begins; the end of the file after the last one.
    pub(crate) fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.text.len())
    }

    /// A line without its end.
    pub(crate) fn line(&self, line: usize) -> &'a str {
        self.text[self.start(line)..self.start(line + 1)].trim_end_matches(['\n', '\r'])
    }

    /// Line and column of a byte, from 1.
    pub(crate) fn place(&self, byte: usize) -> (usize, usize) {
        let line = self.line_at(byte);
        (line + 1, self.text[self.start(line)..byte].chars().count() + 1)
    }

    /// The last line of a node, from 0.
    pub(crate) fn last_line(&self, node: &Node) -> usize {
        let last = match &node.kind {
            Kind::List(list) => list.last(),
            Kind::Map(map) => map.last().map(|(key, value)| if self.is_nothing(value) { key } else { value }),
            _ => None,
        };
        match last {
            Some(last) if !self.is_flow(node) => self.last_line(last),
            _ => self.line_at(self.end(node).saturating_sub(1).max(node.text.start)),
        }
    }

    /// Where the text of a scalar or a flow ends.
    pub(crate) fn end(&self, node: &Node) -> usize {
        let text = &self.text[node.text.clone()];
        let is_block = matches!(node.kind, Kind::Scalar { is_block: true, .. });
        match text.chars().next().filter(|_| !is_block) {
            // The parser may count a comment behind a quoted scalar to it.
            Some(quote @ ('\'' | '"')) => node.text.start + quoted(text, quote),
            _ => node.text.start + text.trim_end().len(),
        }
    }

    /// Whether a list or a map is written in brackets.
    pub(crate) fn is_flow(&self, node: &Node) -> bool {
        !matches!(node.kind, Kind::Scalar { .. }) && self.text[node.text.start..].starts_with(['{', '['])
    }

    fn is_nothing(&self, node: &Node) -> bool {
        node.scalar() == Some("") && self.text[node.text.clone()].trim().is_empty()
    }

    /// The comments in these lines, without those inside of block scalars.
    pub(crate) fn comments(&self, node: &Node, lines: Range<usize>) -> Vec<String> {
        let mut leaves = Vec::new();
        leaves_of(node, &mut leaves);
        let blocks: Vec<Range<usize>> = leaves
            .iter()
            .filter(|leaf| matches!(leaf.kind, Kind::Scalar { is_block: true, .. }))
            .map(|leaf| self.line_at(leaf.text.start)..self.last_line(leaf) + 1)
            .collect();
        let mut comments = Vec::new();
        for number in lines.filter(|number| !blocks.iter().any(|block| block.contains(number))) {
            let line = self.line(number);
            let behind =
                leaves.iter().filter(|leaf| self.line_at(self.end(leaf)) == number).map(|leaf| self.end(leaf)).max();
            let rest = match behind {
                Some(end) => &self.text[end..self.start(number) + line.len()],
                None => line,
            };
            // Behind a key that opens a block.
            let comment = rest.find('#').filter(|at| rest[..*at].chars().all(|c| c.is_whitespace() || c == ':'));
            comments.extend(comment.map(|at| rest[at..].trim_end().to_owned()));
        }
        comments
    }
}

/// How long a quoted scalar at the begin of a text is.
fn quoted(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if quote == '"' => _ = chars.next(),
            _ if c == quote && quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote) => {
                _ = chars.next()
            }
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.trim_end().len()
}

/// The scalars of a node, its keys among them.
fn leaves_of<'a>(node: &'a Node, leaves: &mut Vec<&'a Node>) {
    match &node.kind {
        Kind::List(list) => list.iter().for_each(|one| leaves_of(one, leaves)),
        Kind::Map(map) => map.iter().for_each(|(key, value)| {
            leaves_of(key, leaves);
            leaves_of(value, leaves);
        }),
        _ => leaves.push(node),
    }
}

/// The text with all changes, which do not overlap.
pub(crate) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let (mut written, mut at) = (String::new(), 0);
    for edit in edits.into_iter() {
        if edit.range.start < at {
            continue;
        }
        written.push_str(&text[at..edit.range.start]);
        written.push_str(&edit.text);
        at = edit.range.end;
    }
    written.push_str(&text[at..]);
    written
}

#[cfg(test)]
mod tests {
    use super::super::yaml::read;
    use super::*;

    #[test]
    fn comments_and_last_lines_are_found() {
        let text = "with: # a\n  # b\n  x: 'y # no' # c\n  z: |\n    # in the text\n    w\n\nnext: 1\n";
        let (root, source) = (read("f", text).unwrap(), Source::new(text));
        let with = root.get("with").unwrap();
        assert_eq!(source.last_line(with), 5);
        assert_eq!(source.comments(&root, 0..6), ["# a", "# b", "# c"]);
        assert_eq!(source.place(text.find("next").unwrap()), (8, 1));
    }

    #[test]
    fn changes_leave_the_rest() {
        let edit = |range, text: &str| Edit { range, text: text.to_owned() };
        assert_eq!(apply("abcdef", vec![edit(4..5, "X"), edit(1..2, ""), edit(6..6, "!")]), "acdXf!");
    }
}
