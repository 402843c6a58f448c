//! Which of many short texts are meant by what is typed.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The indexes of the candidates that match, best first; equals keep their order, and an empty
/// query keeps all.
pub(super) fn rank(query: &str, candidates: &[String]) -> Vec<usize> {
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut ranked: Vec<(usize, u32)> = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let text = Utf32Str::new(candidate, &mut buffer);
        if let Some(score) = pattern.score(text, &mut matcher) {
            ranked.push((index, score));
        }
    }
    ranked.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
    ranked.into_iter().map(|(index, _)| index).collect()
}
