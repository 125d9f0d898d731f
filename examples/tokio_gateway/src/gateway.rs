//! The gateway. POST of a JSON body: admitted or 503, read whole, parsed on the blocking pool, an upstream's pause,
//! an answer with the body's digest and its first bytes. Nothing is kept between requests. GET /health answers
//! "ok", GET /memory what the gate knows.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::body::{Bytes, HttpBody};
use hyper::header::{HeaderValue, RETRY_AFTER};
use hyper::service::{make_service_fn, service_fn};
use hyper::{Body, Method, Request, Response, Server, StatusCode};
use serde_json::{json, Value};

use crate::gate::{Busy, Gate};
use crate::options::{Options, USAGE};

type Answer = Result<Response<Body>, Box<dyn std::error::Error>>;

/// What a body without Content-Length is taken for.
const UNKNOWN_BODY_BYTES: u64 = 1 << 20;
/// A request that has to wait asks this often, and gives up in the end: by then its client has better to ask again.
const ASK_EVERY: Duration = Duration::from_millis(10);
const MOST_QUESTIONS: u32 = 50;

/// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf29ce484222325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100000001b3))
}

fn count_values(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count_values).sum(),
        Value::Object(fields) => fields.values().map(count_values).sum(),
        _ => 0,
    }
}

/// Body and document die here, on a thread that allocated neither of them.
fn describe(body: Bytes, document: Value) -> String {
    const PART_BYTES: usize = 1024;
    let part = String::from_utf8_lossy(&body[..body.len().min(PART_BYTES)]).into_owned();
    json!({
        "bytes": body.len(),
        "digest": format!("{:016x}", digest(&body)),
        "values": count_values(&document),
        "part": part,
    })
    .to_string()
}

fn answer(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

fn busy() -> Response<Body> {
    let mut response = answer(StatusCode::SERVICE_UNAVAILABLE, "busy\n".to_string());
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// `None`: too busy for this request.
async fn admit<G: Gate>(body_bytes: usize) -> Option<G::Pass> {
    for _ in 0..MOST_QUESTIONS {
        match G::admit(body_bytes) {
            Ok(pass) => return Some(pass),
            Err(Busy::ForLong) => return None,
            Err(Busy::Now) => tokio::time::sleep(ASK_EVERY).await,
        }
    }
    None
}

async fn complete<G: Gate>(body: Body, pause: Duration) -> Answer {
    // Before anything of the body is read.
    let expected = body.size_hint().upper().unwrap_or(UNKNOWN_BODY_BYTES);
    let _pass = match admit::<G>(expected.try_into().unwrap_or(usize::MAX)).await {
        Some(pass) => pass,
        None => return Ok(busy()),
    };
    let bytes = hyper::body::to_bytes(body).await?;
    let text = bytes.clone();
    let parse = move || {
        let _scope = G::scope("parse");
        serde_json::from_slice(&text)
    };
    let document = match tokio::task::spawn_blocking(parse).await? {
        Ok(document) => document,
        Err(reason) => return Ok(answer(StatusCode::BAD_REQUEST, format!("{reason}\n"))),
    };
    tokio::time::sleep(pause).await;
    let text = tokio::task::spawn_blocking(move || {
        let _scope = G::scope("describe");
        describe(bytes, document)
    });
    Ok(answer(StatusCode::OK, text.await?))
}

fn show<G: Gate>(path: &str) -> Response<Body> {
    match path {
        "/memory" => match G::figures() {
            Some(figures) => answer(StatusCode::OK, figures),
            None => answer(StatusCode::NOT_FOUND, "no figures\n".to_string()),
        },
        _ => answer(StatusCode::OK, "ok\n".to_string()),
    }
}

async fn serve<G: Gate>(request: Request<Body>, pause: Duration) -> Result<Response<Body>, Infallible> {
    if request.method() != Method::POST {
        return Ok(show::<G>(request.uri().path()));
    }
    let answered = complete::<G>(request.into_body(), pause).await;
    Ok(answered.unwrap_or_else(|reason| answer(StatusCode::INTERNAL_SERVER_ERROR, format!("{reason}\n"))))
}

async fn listen<G: Gate>(options: Options) -> Result<(), hyper::Error> {
    let service = make_service_fn(move |_| async move {
        Ok::<_, Infallible>(service_fn(move |request| serve::<G>(request, options.pause)))
    });
    let mut server = Server::try_bind(&SocketAddr::from(([127, 0, 0, 1], options.port)))?;
    if let Some(bytes) = G::READ_AHEAD_BYTES {
        server = server.http1_max_buf_size(bytes);
    }
    let server = server.serve(service);
    println!("listening on {}", server.local_addr());
    server.await
}

/// Until it is killed.
pub fn run<G: Gate>() {
    let options = Options::parse(std::env::args().skip(1)).unwrap_or_else(|reason| {
        eprintln!("tokio_gateway: {reason}\n{USAGE}");
        std::process::exit(2);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(options.workers)
        .max_blocking_threads(options.blocking_threads)
        .enable_all()
        .build()
        .expect("a runtime");
    if let Err(reason) = runtime.block_on(listen::<G>(options)) {
        eprintln!("tokio_gateway: {reason}");
        std::process::exit(1);
    }
}
