//! Which question an answer is to: each names the question that it answers, so that whoever asked
//! can tell it from one that something on the way has kept.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

use crate::wire::session::QUESTION;

/// The longest name of a question, in bytes.
const LONGEST: usize = 64;

/// Gives the answer the name of its question, where that has one.
pub async fn name(request: Request, next: Next) -> Response {
    let question = request.headers().get(QUESTION).cloned();
    let mut response = next.run(request).await;
    if let Some(question) = question.filter(|it| it.len() <= LONGEST) {
        response.headers_mut().insert(QUESTION, question);
    }
    response
}
