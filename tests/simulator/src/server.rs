//! Decides how calls come in: those of AWS on `/`, the simulator's own pages under `/_simulator`.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::api::ApiError;
use crate::control::{Control, Reply};
use crate::elsewhere::Signature;
use crate::registry;
use crate::wire::{self, Call};

const JSON: &str = "application/x-amz-json-1.1";

/// The control, shared with the server's thread. A panic in one call must not end all others.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Control>>);

impl Shared {
    pub(crate) fn new(control: Control) -> Shared {
        Shared(Arc::new(Mutex::new(control)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Control> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread that serves until it is stopped or this is dropped.
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    running: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Server {
    pub(crate) fn start(addr: SocketAddr, shared: Shared) -> io::Result<Server> {
        let listener = TcpListener::bind(addr)?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _entered = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let serve = move || {
            runtime.block_on(async move {
                tokio::select! {
                    () = accept(listener, shared) => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("ecs-simulator".to_owned()).spawn(serve)?;
        Ok(Server { addr, running: Mutex::new(Some((stop, thread))) })
    }

    pub(crate) fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, thread)) = running {
            drop(stop);
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn accept(listener: tokio::net::TcpListener, shared: Shared) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, for instance: it may be better in a moment.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let shared = shared.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| respond(request, shared.clone()));
            // An error here is a caller that went away, or our own `Closed`.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Given to hyper in place of an answer: it closes the connection.
#[derive(Debug, thiserror::Error)]
#[error("closed without an answer")]
struct Closed;

async fn respond(request: Request<Incoming>, shared: Shared) -> Result<Response<Full<Bytes>>, Closed> {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return Err(Closed) };
    let body = body.to_bytes();
    if let Some(page) = head.uri.path().strip_prefix("/_simulator") {
        return Ok(admin(&head.method, page, &body, &shared));
    }
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(path) = head.uri.path().strip_prefix("/v2/").or(Some("").filter(|_| head.uri.path() == "/v2")) {
        let (query, media) = (head.uri.query().unwrap_or_default(), header("content-type").unwrap_or_default());
        let authorization = header("authorization");
        let asked = registry::Asked { method: &head.method, path, query, authorization, media, body: &body };
        return Ok(pulled(&head.method, shared.lock().registry(&asked)));
    }
    let target = header("x-amz-target").unwrap_or_default();
    let signed = head.headers.contains_key(AUTHORIZATION);
    let at = shared.lock().clock().now().as_secs_f64();
    let of_s3 = wire::read_object(head.method.as_str(), head.uri.path(), header("authorization").unwrap_or_default());
    let call = match of_s3.map_or_else(|| check(&head, target, signed, &body), Ok) {
        Ok(call) => call,
        Err(error) => {
            let input = serde_json::from_slice(&body).unwrap_or(Value::Null);
            let routed =
                wire::route(head.method.as_str(), head.uri.path()).map(|(service, operation, _)| (service, operation));
            let named = routed.or_else(|| wire::target(target)).unwrap_or(("ecs", target));
            return write(named, shared.lock().refuse(at, named, &input, &error));
        }
    };
    let named = (call.service, call.operation.as_str());
    let signature = header("authorization").and_then(Signature::read);
    let (delay, clock) = {
        let mut control = shared.lock();
        let delay = control.called(signature.as_ref()).delay(&call.operation, &call.input);
        (delay, control.clock())
    };
    if delay > 0.0 {
        clock.sleep(Duration::try_from_secs_f64(delay).unwrap_or_default()).await;
    }
    let mut control = shared.lock();
    let reply = match named {
        ("sts", "AssumeRole") => {
            let accounts = control.accounts();
            control.called(signature.as_ref()).assume_role(at, &accounts, &call.input)
        }
        _ => control.called(signature.as_ref()).request(at, named, &call.input),
    };
    drop(control);
    write(named, reply)
}

fn write((service, operation): (&str, &str), reply: Reply) -> Result<Response<Full<Bytes>>, Closed> {
    match reply {
        Reply::Json(status, value) if service == "s3" => {
            // S3 has statuses of its own, and to HEAD no body.
            let status = if status == 400 && value["__type"] == "AccessDeniedException" { 403 } else { status };
            let text = if operation == "HeadObject" { String::new() } else { wire::object(status, &value) };
            let mut response = answer(status, "application/xml", text);
            if let (301, Some(Ok(region))) = (status, value["message"].as_str().map(HeaderValue::from_str)) {
                response.headers_mut().insert("x-amz-bucket-region", region);
            }
            Ok(response)
        }
        Reply::Json(status, value) if wire::is_query(service) => {
            Ok(answer(status, "text/xml", wire::xml(service, operation, status, &value)))
        }
        Reply::Json(status, value) => Ok(answer(status, JSON, value.to_string())),
        Reply::Foreign { status, headers, text } => {
            let named =
                |response: hyper::http::response::Builder, (name, value)| response.header::<&str, String>(name, value);
            let response = headers.into_iter().fold(Response::builder().status(status), named);
            Ok(response.body(Full::new(Bytes::from(text))).unwrap_or_default())
        }
        Reply::Nothing => Err(Closed),
    }
}

/// A well-formed call.
fn check(head: &Parts, target: &str, signed: bool, body: &[u8]) -> Result<Call, ApiError> {
    let routed = wire::read_route(head.method.as_str(), head.uri.path(), head.uri.query().unwrap_or_default(), body);
    if routed.is_none() && head.method != Method::POST {
        let text = format!("No operation is known as `{target}`.");
        return Err(ApiError::new("UnknownOperationException", text).with_status(404));
    }
    if !signed {
        return Err(
            ApiError::new("MissingAuthenticationTokenException", "Missing Authentication Token").with_status(403)
        );
    }
    routed.unwrap_or_else(|| wire::read(target, body))
}

/// An answer of the registry; that to HEAD has the length of the body, and not the body.
fn pulled(method: &Method, found: registry::Answer) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(found.status).header("content-length", found.body.len());
    for (name, value) in found.headers {
        response = response.header(name, value);
    }
    let body = if method == Method::HEAD { Bytes::new() } else { found.body };
    response.body(Full::new(body)).unwrap_or_default()
}

fn answer(status: u16, kind: &str, text: String) -> Response<Full<Bytes>> {
    let id = format!("{:08x}-0000-4000-8000-{:012x}", fastrand::u32(..), fastrand::u64(..) >> 16);
    let response = Response::builder().status(status).header(CONTENT_TYPE, kind).header("x-amzn-RequestId", id);
    response.body(Full::new(Bytes::from(text))).unwrap_or_default()
}

fn admin(method: &Method, page: &str, body: &[u8], shared: &Shared) -> Response<Full<Bytes>> {
    let (status, value) = match admin_page(method, page.trim_end_matches('/'), body, shared) {
        Ok(value) => (200, value),
        Err((status, text)) => (status, json!({ "error": text })),
    };
    answer(status, "application/json", value.to_string())
}

fn admin_page(method: &Method, page: &str, body: &[u8], shared: &Shared) -> Result<Value, (u16, String)> {
    let sent = || serde_json::from_slice::<Value>(body).map_err(|error| (400, error.to_string()));
    let mut control = shared.lock();
    let clock = control.clock();
    match (method.as_str(), page) {
        ("POST", "") => {
            control.add(&sent()?).map_err(|error| (400, error.to_string()))?;
            Ok(json!({}))
        }
        ("GET", "/calls") => Ok(control.calls()),
        ("GET", "/invocations") => Ok(control.invocations()),
        ("GET", "/deployments") => Ok(control.deployments()),
        ("GET", "/clock") => Ok(json!({ "now": clock.now().as_secs_f64(), "speed": clock.speed() })),
        ("POST", "/clock") => {
            let sent = sent()?;
            let seconds = sent.get("advance").and_then(Value::as_f64).filter(|seconds| *seconds <= 1e9);
            let step = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            clock.advance(step.ok_or((400, "advance: expected seconds from 0 to 1e9".to_owned()))?);
            Ok(json!({ "now": clock.now().as_secs_f64(), "speed": clock.speed() }))
        }
        _ => Err((404, format!("no such page: {method} /_simulator{page}"))),
    }
}
