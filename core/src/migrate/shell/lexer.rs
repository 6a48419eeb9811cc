//! The commands of a shell script, with the places of their words. Only as much of a shell as its commands need.

use std::ops::Range;

use super::super::text;

/// A command with its words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Command {
    pub(crate) words: Vec<Word>,
    /// From the first word to the last.
    pub(crate) range: Range<usize>,
    /// Whether something reads what it writes: a file, a pipe or a variable.
    pub(crate) is_read: bool,
    /// The file that its output goes to.
    pub(crate) output: Option<String>,
    /// Whether it gets its input from the command before it.
    pub(crate) is_piped: bool,
    /// Whether a redirection stands between its words.
    pub(crate) is_mixed: bool,
}

/// A word, with its variables.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
}

/// What may stand before a command.
const BEFORE: [&str; 12] = ["if", "then", "else", "elif", "do", "while", "until", "!", "time", "{", "exec", "sudo"];

/// The commands of a script, in their order; those in `$(…)` before the one that they are part of.
pub(crate) fn commands(script: &str) -> Vec<Command> {
    let mut lexer = Lexer { script, found: Vec::new() };
    lexer.list(0..script.len(), false);
    lexer.found
}

struct Lexer<'a> {
    script: &'a str,
    found: Vec<Command>,
}

/// The command that is being read.
#[derive(Default)]
struct Open {
    words: Vec<Word>,
    output: Option<String>,
    redirected: Vec<usize>,
    is_piped: bool,
}

impl Lexer<'_> {
    fn byte(&self, at: usize, end: usize) -> Option<u8> {
        (at < end).then(|| self.script.as_bytes()[at])
    }

    fn list(&mut self, range: Range<usize>, is_read: bool) {
        let (mut at, end) = (range.start, range.end);
        let mut open = Open::default();
        let mut documents: Vec<String> = Vec::new();
        while let Some(byte) = self.byte(at, end) {
            match byte {
                b' ' | b'\t' | b'\r' => at += 1,
                b'\\' if matches!(self.byte(at + 1, end), Some(b'\n')) => at += 2,
                b'\\' if self.script[at..end].starts_with("\\\r\n") => at += 3,
                b'#' => at += self.script[at..end].find('\n').unwrap_or(end - at),
                b'\n' => {
                    self.close(std::mem::take(&mut open), is_read);
                    at += 1;
                    for mark in documents.drain(..) {
                        at = after_document(self.script, at, end, &mark);
                    }
                }
                b';' | b'&' | b'(' | b')' if !self.script[at..end].starts_with("&>") => {
                    self.close(std::mem::take(&mut open), is_read);
                    at += 1;
                }
                b'|' => {
                    let is_or = self.byte(at + 1, end) == Some(b'|');
                    self.close(std::mem::take(&mut open), is_read || !is_or);
                    at += if is_or { 2 } else { 1 };
                    open.is_piped = !is_or;
                }
                _ => match self.redirection(at, end) {
                    Some(after) => {
                        let operator = self.script[at..after].to_owned();
                        let blank =
                            self.script[after..end].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                        let (word, next) = self.word(after + blank, end);
                        if operator.starts_with("<<") && operator != "<<<" {
                            documents.push(text::shown(&word.text));
                        } else if operator.contains('>') && !operator.starts_with('2') && !word.text.starts_with('&') {
                            open.output = Some(word.text);
                        }
                        open.redirected.push(at);
                        at = next.max(after);
                    }
                    None => {
                        let (word, next) = self.word(at, end);
                        open.words.push(word);
                        at = next.max(at + 1);
                    }
                },
            }
        }
        self.close(open, is_read);
    }

    /// Where an operator such as `2>` ends.
    fn redirection(&self, at: usize, end: usize) -> Option<usize> {
        let rest = &self.script[at..end];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let rest = &rest[digits..];
        let operators = ["&>>", "&>", ">>", ">|", ">&", "<<<", "<<-", "<<", "<&", ">", "<"];
        let operator = operators.into_iter().find(|operator| rest.starts_with(operator))?;
        // `>&1` has its target in the operator.
        let length = if operator.ends_with('&') { operator.len() - 1 } else { operator.len() };
        Some(at + digits + length)
    }

    fn word(&mut self, start: usize, end: usize) -> (Word, usize) {
        let (mut at, mut written) = (start, String::new());
        let mut is_quoted = false;
        while let Some(byte) = self.byte(at, end) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'|' | b'(' | b')' if !is_quoted => break,
                b'&' if !is_quoted && at > start => break,
                b'>' | b'<' if !is_quoted => break,
                b'\\' if self.byte(at + 1, end) == Some(b'\n') => {
                    if !is_quoted {
                        break;
                    }
                    at += 2;
                }
                b'\\' => {
                    let next = self.script[at + 1..end].chars().next();
                    if is_quoted && !matches!(next, Some('"' | '\\' | '$' | '`')) {
                        written.push('\\');
                    }
                    written.extend(next);
                    at += 1 + next.map_or(0, char::len_utf8);
                }
                b'\'' if !is_quoted => {
                    let length = self.script[at + 1..end].find('\'').unwrap_or(end - at - 1);
                    written.push_str(&self.script[at + 1..at + 1 + length]);
                    at = (at + length + 2).min(end);
                }
                b'"' => {
                    is_quoted = !is_quoted;
                    at += 1;
                }
                b'$' | b'`' => {
                    let after = self.variable(at, end);
                    match after > at + 1 {
                        true => written.push_str(&text::variable(&self.script[at..after])),
                        false => written.push_str(&self.script[at..after]),
                    }
                    at = after;
                }
                _ => {
                    let c = self.script[at..end].chars().next().unwrap_or_default();
                    written.push(c);
                    at += c.len_utf8().max(1);
                }
            }
        }
        (Word { text: written, range: start..at }, at)
    }

    /// Where a variable ends. The commands in it are found, too.
    fn variable(&mut self, at: usize, end: usize) -> usize {
        let rest = &self.script[at..end];
        if rest.starts_with("${{") {
            return rest.find("}}").map_or(end, |length| at + length + 2);
        }
        if rest.starts_with("$(") {
            let after = matching(self.script, at + 1, end, (b'(', b')'));
            if !rest.starts_with("$((") {
                self.list(at + 2..after.saturating_sub(1).max(at + 2), true);
            }
            return after;
        }
        if rest.starts_with("${") {
            return matching(self.script, at + 1, end, (b'{', b'}'));
        }
        if let Some(inner) = rest.strip_prefix('`') {
            return inner.find('`').map_or(end, |length| at + length + 2);
        }
        let name = rest[1..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        match rest[1..].bytes().next() {
            Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'!' | b'$') => at + 2,
            _ => at + 1 + name,
        }
    }

    fn close(&mut self, open: Open, is_read: bool) {
        let is_assignment = |text: &str| {
            text.split_once('=').is_some_and(|(name, _)| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            })
        };
        let is_before = |word: &&Word| BEFORE.contains(&word.text.as_str()) || is_assignment(&word.text);
        let words: Vec<Word> = open.words.iter().skip_while(is_before).cloned().collect();
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
        let range = first.range.start..last.range.end;
        let is_file = open.output.as_deref().is_some_and(|file| file != "/dev/null");
        self.found.push(Command {
            is_mixed: open.redirected.iter().any(|at| range.contains(at)),
            is_read: is_read || is_file,
            output: open.output,
            is_piped: open.is_piped,
            range,
            words,
        });
    }
}

/// Where a bracket that opens at a place is closed, quotes left out.
fn matching(script: &str, at: usize, end: usize, (open, close): (u8, u8)) -> usize {
    let (mut depth, mut quote, mut place) = (0, None, at);
    let bytes = script.as_bytes();
    while place < end {
        let byte = bytes[place];
        match quote {
            Some(mark) if byte == mark => quote = None,
            Some(_) => {}
            None if byte == b'\'' || byte == b'"' => quote = Some(byte),
            None if byte == b'\\' => place += 1,
            None if byte == open => depth += 1,
            None if byte == close => {
                depth -= 1;
                if depth == 0 {
                    return place + 1;
                }
            }
            None => {}
        }
        place += 1;
    }
    end
}

/// Where the lines of a here-document end.
fn after_document(script: &str, at: usize, end: usize, mark: &str) -> usize {
    let mut place = at;
    for line in script[at..end].split_inclusive('\n') {
        place += line.len();
        if line.trim() == mark {
            return place;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(script: &str) -> Vec<(Vec<String>, bool)> {
        let shown = |command: &Command| command.words.iter().map(|word| text::shown(&word.text)).collect();
        commands(script).iter().map(|command| (shown(command), command.is_read)).collect()
    }

    #[test]
    fn commands_are_found_with_their_words() {
        for (script, expected) in [
            ("a b 'c d' \"e $F\" # no\n", vec![(vec!["a", "b", "c d", "e $F"], false)]),
            ("a \\\n  --b \"${C}\" && d > /dev/null", vec![(vec!["a", "--b", "${C}"], false), (vec!["d"], false)]),
            ("X=$(a b --q 'c[0]') ; e", vec![(vec!["a", "b", "--q", "c[0]"], true), (vec!["e"], false)]),
            ("a | b", vec![(vec!["a"], true), (vec!["b"], false)]),
            ("a || exit 1", vec![(vec!["a"], false), (vec!["exit", "1"], false)]),
            ("a > f.json 2>&1", vec![(vec!["a"], true)]),
            (
                "if a; then\n  b ${{ env.X }}-y\nfi",
                vec![(vec!["a"], false), (vec!["b", "${{ env.X }}-y"], false), (vec!["fi"], false)],
            ),
            ("cat <<EOF > f\na b\nEOF\nc", vec![(vec!["cat"], true), (vec!["c"], false)]),
            ("REGION=x sudo a \"it's\"", vec![(vec!["a", "it's"], false)]),
            ("a '[{\"b\":\"c\"}]' $((1 + 2))", vec![(vec!["a", "[{\"b\":\"c\"}]", "$((1 + 2))"], false)]),
            ("a \"$(b \"c d\")\"", vec![(vec!["b", "c d"], true), (vec!["a", "$(b \"c d\")"], false)]),
        ] {
            let expected: Vec<(Vec<String>, bool)> = expected
                .into_iter()
                .map(|(words, is_read)| (words.into_iter().map(str::to_owned).collect(), is_read))
                .collect();
            assert_eq!(found(script), expected, "{script}");
        }
    }

    #[test]
    fn any_text_is_read_to_its_end() {
        for script in
            ["\"", "'", "$(", "${", "`", "a <<", "\\", "${{", "a >", "$", "ü $ü 'ü", "a\\ü", "&", "2>", "((", "))"]
        {
            commands(script);
        }
    }
}
