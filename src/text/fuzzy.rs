//! Ranking short candidates by how well they match what was typed: palette, pickers, completion.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The candidates that match `query`, best first, as index and score (more is better).
///
/// Every word of the query must match, its letters in order though not together. Case counts
/// only in words that have capitals, accents only in words that have them. Equals keep their
/// order, and an empty query keeps all.
pub fn rank(query: &str, candidates: &[impl AsRef<str>]) -> Vec<(usize, u32)> {
    let pattern = pattern(query);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut ranked = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let candidate = Utf32Str::new(candidate.as_ref(), &mut buffer);
        if let Some(score) = pattern.score(candidate, &mut matcher) {
            ranked.push((index, score));
        }
    }
    ranked.sort_by_key(|(_, score)| Reverse(*score));
    ranked
}

/// Which grapheme clusters of `candidate`, counted from 0, the query matched; for highlighting.
pub fn matched(query: &str, candidate: &str) -> Vec<usize> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let candidate = Utf32Str::new(candidate, &mut buffer);
    let mut found = Vec::new();
    if pattern(query)
        .indices(candidate, &mut matcher, &mut found)
        .is_none()
    {
        return Vec::new();
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|index| index as usize).collect()
}

fn pattern(query: &str) -> Pattern {
    Pattern::new(
        query,
        CaseMatching::Smart,
        Normalization::Smart,
        AtomKind::Fuzzy,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked<'a>(query: &str, candidates: &[&'a str]) -> Vec<&'a str> {
        rank(query, candidates)
            .into_iter()
            .map(|(index, _)| candidates[index])
            .collect()
    }

    #[test]
    fn the_better_match_comes_first_and_the_rest_goes() {
        let actions = [
            "Reopen ticket",
            "Resolve ticket",
            "Assign to me",
            "Close ticket",
        ];
        assert_eq!(ranked("res", &actions)[0], "Resolve ticket");
        assert_eq!(ranked("tick clo", &actions), ["Close ticket"]);
        assert!(ranked("xyz", &actions).is_empty());
    }

    #[test]
    fn nothing_typed_keeps_all_in_order() {
        let queues = ["IT", "Kitchen", "Attic"];
        assert_eq!(ranked("", &queues), queues);
        assert_eq!(ranked("  ", &queues), queues);
    }

    #[test]
    fn equals_keep_their_order() {
        assert_eq!(
            rank("ana", &["ana", "bob", "ana"])
                .iter()
                .map(|(i, _)| *i)
                .collect::<Vec<_>>(),
            [0, 2]
        );
    }

    #[test]
    fn case_and_accents_count_only_when_typed() {
        assert_eq!(ranked("jose", &["José"]), ["José"]);
        assert!(ranked("IT", &["kitchen"]).is_empty());
    }

    #[test]
    fn says_what_to_highlight() {
        assert_eq!(matched("rt", "Resolve ticket"), [0, 8]);
        assert!(matched("zz", "Resolve ticket").is_empty());
    }
}
