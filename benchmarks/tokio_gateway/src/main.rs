//! A gateway that knows nothing of memgov: tokio, hyper and serde_json as they come, the system's allocator.
//!
//! POST of a JSON body: read whole, parsed on the blocking pool, an upstream's pause, an answer with the
//! body's digest and its first bytes. Nothing is kept between requests, nothing is refused: what memory it
//! needs is the allocator's business and the load's. GET /health answers "ok".

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::body::Bytes;
use hyper::service::{make_service_fn, service_fn};
use hyper::{Body, Method, Request, Response, Server, StatusCode};
use serde_json::{json, Value};

const USAGE: &str = "usage: tokio_gateway [--port N] [--pause-ms N] [--workers N] [--blocking-threads N]";

#[derive(Clone, Copy)]
struct Options {
    port: u16,
    pause: Duration,
    workers: usize,
    blocking_threads: usize,
}

impl Options {
    /// 148 threads, as in the front end whose memory set memgov off: 2 runtime threads and a full blocking pool.
    const DEFAULT: Options =
        Options { port: 0, pause: Duration::from_millis(50), workers: 2, blocking_threads: 146 };

    fn parse(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = Options::DEFAULT;
        while let Some(name) = words.next() {
            let word = words.next().ok_or_else(|| format!("{name}: a number is missing"))?;
            let number: u16 =
                word.parse().map_err(|_| format!("{name}: '{word}' is not a number from 0 to 65535"))?;
            match name.as_str() {
                "--port" => options.port = number,
                "--pause-ms" => options.pause = Duration::from_millis(number.into()),
                "--workers" => options.workers = usize::from(number).max(1),
                "--blocking-threads" => options.blocking_threads = usize::from(number).max(1),
                _ => return Err(format!("unknown option '{name}'")),
            }
        }
        Ok(options)
    }
}

/// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf29ce484222325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100000001b3)
    })
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

async fn complete(body: Body, pause: Duration) -> Result<Response<Body>, Box<dyn std::error::Error>> {
    let bytes = hyper::body::to_bytes(body).await?;
    let text = bytes.clone();
    let document = match tokio::task::spawn_blocking(move || serde_json::from_slice(&text)).await? {
        Ok(document) => document,
        Err(reason) => return Ok(answer(StatusCode::BAD_REQUEST, format!("{reason}\n"))),
    };
    tokio::time::sleep(pause).await;
    let text = tokio::task::spawn_blocking(move || describe(bytes, document)).await?;
    Ok(answer(StatusCode::OK, text))
}

async fn serve(request: Request<Body>, pause: Duration) -> Result<Response<Body>, Infallible> {
    if request.method() != Method::POST {
        return Ok(answer(StatusCode::OK, "ok\n".to_string()));
    }
    let answered = complete(request.into_body(), pause).await;
    Ok(answered.unwrap_or_else(|reason| answer(StatusCode::INTERNAL_SERVER_ERROR, format!("{reason}\n"))))
}

async fn listen(options: Options) -> Result<(), hyper::Error> {
    let service = make_service_fn(move |_| async move {
        Ok::<_, Infallible>(service_fn(move |request| serve(request, options.pause)))
    });
    let server = Server::try_bind(&SocketAddr::from(([127, 0, 0, 1], options.port)))?.serve(service);
    println!("listening on {}", server.local_addr());
    server.await
}

fn main() {
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
    if let Err(reason) = runtime.block_on(listen(options)) {
        eprintln!("tokio_gateway: {reason}");
        std::process::exit(1);
    }
}
