//! The nearest of the words that would have been right.

/// The choice most like `word`, if any is like it enough to be worth saying: at most a third of
/// its letters differ (two letters swapped count as one).
pub fn did_you_mean<'c>(word: &str, choices: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word: Vec<char> = word.to_lowercase().chars().take(LONGEST + 1).collect();
    if word.len() > LONGEST {
        return None;
    }
    choices
        .into_iter()
        .map(|choice| (distance(&word, &choice.chars().collect::<Vec<_>>()), choice))
        .filter(|(distance, choice)| {
            let letters = choice.chars().count();
            *distance < letters && *distance <= (letters / 3).max(1)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, choice)| choice)
}

/// No name of ours comes near; longer words need not be compared.
const LONGEST: usize = 64;

/// How many letters must be added, dropped, changed or swapped with their neighbour.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let change = last[j] + usize::from(a != b);
            let mut best = change.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(from.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        let themes = ["auto", "dark", "light", "high-contrast", "monochrome"];
        assert_eq!(did_you_mean("drak", themes), Some("dark"));
        assert_eq!(did_you_mean("Dark", themes), Some("dark"));
        assert_eq!(did_you_mean("highcontrast", themes), Some("high-contrast"));
        assert_eq!(did_you_mean("lihgt", themes), Some("light"));
    }

    #[test]
    fn nothing_near_is_not_guessed() {
        assert_eq!(did_you_mean("solarized", ["auto", "dark"]), None);
        assert_eq!(did_you_mean("", ["auto", "dark"]), None);
        assert_eq!(did_you_mean(&"dark".repeat(40), ["dark"]), None);
    }
}
