//! What is told of requests: a line in the log and a few numbers, and nothing of what is in them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue};
use http_body::Body as _;
use uuid::Uuid;

use super::access::Connection;
use super::push::Decided;
use super::reply::Failure;
use crate::desk::Sent;
use crate::wire::problem::Problem;

/// The header that names a request, as the log does.
const REQUEST_ID: &str = "x-request-id";

/// Upper ends of the latencies that are counted apart, in milliseconds.
const BUCKETS: [u64; 9] = [1, 5, 10, 25, 50, 100, 500, 2_500, 10_000];

/// What is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<Series, u64>>,
    routes: Mutex<BTreeMap<(MethodName, String), PerRoute>>,
    applied: AtomicU64,
    rejected: AtomicU64,
    /// Connections that are open now.
    connections: AtomicU64,
}

/// A method's name.
type MethodName = String;

/// Requests that are counted together.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Series {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Default)]
struct PerRoute {
    /// One for each of [`BUCKETS`], not summed up, and one for what took longer.
    latencies: [u64; BUCKETS.len() + 1],
    took: Duration,
    bytes_in: u64,
    bytes_out: u64,
}

/// Names a request, counts it and logs it.
pub async fn watch(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = Uuid::new_v4().simple().to_string();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let connection = request.extensions().get::<Connection>();
    let from = connection.map_or_else(String::new, |it| it.peer.place());
    let bytes_in = length(request.headers());
    let mut response = named(next.run(request).await, &id);
    let took = begun.elapsed();
    let bytes_out = response.body().size_hint().exact().unwrap_or_default();
    if let Some(Decided { applied, rejected }) = response.extensions_mut().remove() {
        metrics.applied.fetch_add(applied, Ordering::Relaxed);
        metrics.rejected.fetch_add(rejected, Ordering::Relaxed);
    }
    let status = response.status().as_u16();
    tracing::info!(
        request = id,
        method = method.as_str(),
        route,
        status,
        from,
        micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        bytes_in,
        bytes_out,
        "request"
    );
    metrics.count(
        Series {
            method: method.to_string(),
            route,
            status,
        },
        took,
        (bytes_in, bytes_out),
    );
    response
}

/// The response with the request's name, also where it is a problem.
fn named(mut response: Response, id: &str) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let instance = Some(id.to_owned());
        let named = Problem {
            instance,
            ..problem
        };
        response = Failure::from(named).into_response();
        response.extensions_mut().remove::<Problem>();
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn length(headers: &HeaderMap) -> u64 {
    let value = headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    value.and_then(|text| text.parse().ok()).unwrap_or_default()
}

impl Metrics {
    /// Notes that a connection was opened; it counts until what this gives is dropped.
    pub fn connected(self: &Arc<Metrics>) -> Connected {
        self.connections.fetch_add(1, Ordering::Relaxed);
        Connected(Arc::clone(self))
    }

    fn count(&self, series: Series, took: Duration, (bytes_in, bytes_out): (u64, u64)) {
        let name = (series.method.clone(), series.route.clone());
        {
            let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
            let route = routes.entry(name).or_default();
            let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            let bucket = BUCKETS.iter().position(|end| millis < *end);
            route.latencies[bucket.unwrap_or(BUCKETS.len())] += 1;
            route.took += took;
            route.bytes_in += bytes_in;
            route.bytes_out += bytes_out;
        }
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry(series).or_default() += 1;
    }

    /// Everything in the text format of Prometheus.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a text can't fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "# HELP famdesk_requests_total Requests by route and status."
        )?;
        writeln!(out, "# TYPE famdesk_requests_total counter")?;
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for (series, count) in requests.iter() {
            let Series {
                method,
                route,
                status,
            } = series;
            writeln!(
                out,
                "famdesk_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
            )?;
        }
        drop(requests);
        self.write_routes(out)?;
        writeln!(
            out,
            "# HELP famdesk_commands_total Commands by what became of them."
        )?;
        writeln!(out, "# TYPE famdesk_commands_total counter")?;
        for (outcome, count) in [("applied", &self.applied), ("rejected", &self.rejected)] {
            let count = count.load(Ordering::Relaxed);
            writeln!(
                out,
                "famdesk_commands_total{{outcome=\"{outcome}\"}} {count}"
            )?;
        }
        writeln!(out, "# HELP famdesk_connections Connections that are open.")?;
        writeln!(out, "# TYPE famdesk_connections gauge")?;
        let open = self.connections.load(Ordering::Relaxed);
        writeln!(out, "famdesk_connections {open}")
    }

    /// What was sent out, in the same format.
    pub fn text_of_sent(sent: &Sent) -> String {
        let mut text = String::new();
        // Writing to a text can't fail.
        let _ = write_sent(&mut text, sent);
        text
    }

    fn write_routes(&self, out: &mut String) -> std::fmt::Result {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let name = "famdesk_request_seconds";
        writeln!(out, "# HELP {name} How long requests took.")?;
        writeln!(out, "# TYPE {name} histogram")?;
        for ((method, route), it) in routes.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\"");
            let mut so_far = 0;
            for (end, count) in BUCKETS.iter().zip(it.latencies) {
                so_far += count;
                #[expect(clippy::cast_precision_loss, reason = "a handful of small constants")]
                let seconds = *end as f64 / 1000.0;
                writeln!(out, "{name}_bucket{{{labels},le=\"{seconds}\"}} {so_far}")?;
            }
            so_far += it.latencies[BUCKETS.len()];
            writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {so_far}")?;
            writeln!(out, "{name}_sum{{{labels}}} {}", it.took.as_secs_f64())?;
            writeln!(out, "{name}_count{{{labels}}} {so_far}")?;
        }
        for (name, help, of) in [
            ("famdesk_request_bytes_total", "Bytes of requests.", 0),
            (
                "famdesk_response_bytes_total",
                "Bytes of replies that have a length.",
                1,
            ),
        ] {
            writeln!(out, "# HELP {name} {help}")?;
            writeln!(out, "# TYPE {name} counter")?;
            for ((method, route), it) in routes.iter() {
                let bytes = if of == 0 { it.bytes_in } else { it.bytes_out };
                writeln!(
                    out,
                    "{name}{{method=\"{method}\",route=\"{route}\"}} {bytes}"
                )?;
            }
        }
        Ok(())
    }
}

fn write_sent(out: &mut String, sent: &Sent) -> std::fmt::Result {
    let name = "famdesk_webhook_attempts_total";
    writeln!(
        out,
        "# HELP {name} Tries to tell webhooks, by what came of them."
    )?;
    writeln!(out, "# TYPE {name} counter")?;
    for (outcome, count) in [("delivered", &sent.delivered), ("failed", &sent.failed)] {
        let count = count.load(Ordering::Relaxed);
        writeln!(out, "{name}{{outcome=\"{outcome}\"}} {count}")?;
    }
    if !sent.has_broker.load(Ordering::Relaxed) {
        return Ok(());
    }
    let name = "famdesk_mqtt_events_total";
    writeln!(out, "# HELP {name} Events published at the MQTT broker.")?;
    writeln!(out, "# TYPE {name} counter")?;
    writeln!(out, "{name} {}", sent.published.load(Ordering::Relaxed))?;
    let name = "famdesk_mqtt_connected";
    writeln!(out, "# HELP {name} Whether the MQTT broker is reached.")?;
    writeln!(out, "# TYPE {name} gauge")?;
    let reached = sent.broker_reached.load(Ordering::Relaxed);
    writeln!(out, "{name} {}", u8::from(reached))
}

/// A connection that is open.
pub struct Connected(Arc<Metrics>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_by_route_and_a_histogram_sums_up() {
        let metrics = Metrics::default();
        for (status, millis) in [(200, 3), (200, 30), (404, 20_000)] {
            let series = Series {
                method: "GET".to_owned(),
                route: "/v1/families/{family}/log".to_owned(),
                status,
            };
            metrics.count(series, Duration::from_millis(millis), (0, 100));
        }
        let text = metrics.text();
        let labels = "method=\"GET\",route=\"/v1/families/{family}/log\"";
        for line in [
            format!("famdesk_requests_total{{{labels},status=\"200\"}} 2"),
            format!("famdesk_request_seconds_bucket{{{labels},le=\"0.005\"}} 1"),
            format!("famdesk_request_seconds_bucket{{{labels},le=\"10\"}} 2"),
            format!("famdesk_request_seconds_bucket{{{labels},le=\"+Inf\"}} 3"),
            format!("famdesk_request_seconds_count{{{labels}}} 3"),
            format!("famdesk_response_bytes_total{{{labels}}} 300"),
        ] {
            assert!(text.lines().any(|it| it == line), "{line}\n{text}");
        }
    }
}
