//! A pseudo-terminal, by `script` of util-linux, and what it shows.

use std::io::{Read, Write};
use std::process::{Child, Stdio};

use super::program::Program;

/// The program on a terminal.
pub(crate) struct Terminal {
    script: Child,
    screen: vt100::Parser,
    bytes: Vec<u8>,
}

impl Terminal {
    /// Starts it, 24 lines high.
    pub(crate) fn start(program: Program, line: &str, columns: u16) -> Self {
        let run = format!("stty cols {columns} rows 24; exec {} {line}", env!("CARGO_BIN_EXE_ecs-rollout"));
        let mut script = program.under("script");
        script.env("SHELL", "/bin/sh").stdin(Stdio::piped()).stdout(Stdio::piped());
        if !program.has("TERM") {
            script.env("TERM", "xterm-256color");
        }
        let script = script.args(["--quiet", "--return", "--flush", "--command", &run, "/dev/null"]).spawn().unwrap();
        Self { script, screen: vt100::Parser::new(24, columns, 0), bytes: Vec::new() }
    }

    /// Reads until it shows this.
    pub(crate) fn until(&mut self, text: &str) {
        while !self.screen.screen().contents().replace('\n', "").contains(text) {
            assert!(self.read(), "the program has ended without {text:?}:\n{}", self.screen());
        }
    }

    fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let count = self.script.stdout.as_mut().unwrap().read(&mut buffer).unwrap_or_default();
        self.screen.process(&buffer[..count]);
        self.bytes.extend(&buffer[..count]);
        count > 0
    }

    pub(crate) fn write(&mut self, text: &str) {
        let stdin = self.script.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()).unwrap();
    }

    /// What it shows, without what differs each time: the turning sign and the time.
    pub(crate) fn screen(&self) -> String {
        let screen = self.screen.screen();
        let rows: Vec<String> = screen.rows(0, screen.size().1).map(|row| row.trim_end().to_owned()).collect();
        let shown = rows.join("\n");
        let is_turning = |c: char| ('\u{2800}'..='\u{28ff}').contains(&c);
        let still: String = shown.chars().map(|c| if is_turning(c) { '*' } else { c }).collect();
        let lines = still.lines().map(|line| match line.strip_prefix('*').and_then(|rest| rest.rsplit_once("  ")) {
            Some((title, _)) => format!("*{title}  TIME"),
            None => line.trim_end().to_owned(),
        });
        lines.map(|line| line + "\n").collect::<String>().trim_end().to_owned() + "\n"
    }

    /// All that was written to it.
    pub(crate) fn bytes(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Reads to the end, and returns the exit code.
    pub(crate) fn end(&mut self) -> i32 {
        while self.read() {}
        self.script.wait().unwrap().code().unwrap()
    }
}
