//! Calls over HTTP, byte by byte: faults and replicas show nowhere else.

use std::io::{Read, Write};
use std::net::TcpStream;

use ecs_rollout_simulator::Simulator;
use serde_json::{Value, json};

/// Status and body of an answer; nothing when the connection was closed without one.
pub(crate) fn send(simulator: &Simulator, head: &str, body: &str) -> Option<(u16, String, String)> {
    let address = simulator.endpoint().replace("http://", "");
    let mut stream = TcpStream::connect(&address).expect("it listens");
    let length = body.len();
    let text = format!("{head}Host: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(text.as_bytes()).expect("it reads");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, head.to_ascii_lowercase(), body.to_owned()))
}

pub(crate) fn post(simulator: &Simulator, operation: &str, input: &Value) -> Option<(u16, String, String)> {
    let head = format!(
        "POST / HTTP/1.1\r\nX-Amz-Target: AmazonEC2ContainerServiceV20141113.{operation}\r\nAuthorization: AWS4-HMAC\r\n"
    );
    send(simulator, &head, &input.to_string())
}

pub(crate) fn describe(simulator: &Simulator) -> Option<(u16, String, String)> {
    post(simulator, "DescribeServices", &json!({ "cluster": "prod", "services": ["api"] }))
}

/// The answer to a call that is answered in JSON.
pub(crate) fn asked(simulator: &Simulator, operation: &str, input: Value) -> Value {
    let (_, _, body) = post(simulator, operation, &input).expect("an answer");
    serde_json::from_str(&body).expect("JSON")
}
