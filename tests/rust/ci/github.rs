//! GitHub as a job sees it: its runner, which obeys lines of the log, and its API of deployments.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// The lines of a log that GitHub's runner obeys, as its source (`ActionCommandManager`) reads them: one that begins with `::`, or with
/// `##[` anywhere; after `stop-commands` none but its token.
pub(crate) fn obeyed(log: &str) -> Vec<String> {
    let mut token: Option<String> = None;
    let mut all = Vec::new();
    for line in log.lines() {
        let begun = line.trim_start();
        let is_command = begun.strip_prefix("::").is_some_and(|rest| rest.contains("::"));
        match &token {
            Some(end) if begun == format!("::{end}::") => token = None,
            Some(_) => {}
            None if begun.starts_with("::stop-commands::") => {
                token = begun.strip_prefix("::stop-commands::").map(str::to_owned)
            }
            None if is_command || line.contains("##[") => all.push(begun.to_owned()),
            None => {}
        }
    }
    assert_eq!(token, None, "nothing that comes after is obeyed:\n{log}");
    all
}

/// A request that the API got.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) token: String,
    pub(crate) body: Value,
}

/// The API on a port of this machine.
pub(crate) struct Api {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Api {
    /// It answers with this status.
    pub(crate) fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                seen.lock().unwrap().push(answer(stream.unwrap(), status));
            }
        });
        Self { url, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}

fn answer(mut stream: TcpStream, status: u16) -> Request {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut next = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let line = next().trim_end_matches(" HTTP/1.1").to_owned();
    let (mut token, mut length) = (String::new(), 0);
    loop {
        let header = next();
        match header.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => token = value.to_owned(),
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let text = json!({"id": 42, "message": "no"}).to_string();
    let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", text.len());
    stream.write_all((head + &text).as_bytes()).unwrap();
    Request { line, token, body: serde_json::from_slice(&body).unwrap() }
}
