//! Counted things in words.

/// `1 ticket`, `2 tickets`, `1,499 tickets`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    match n {
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(n)),
    }
}

/// `n` with a comma between thousands.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `Ana`, `Ana and Ben`, `Ana, Ben and 3 more`.
pub fn some_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, two] => format!("{one} and {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_alone_and_the_rest_are_many() {
        assert_eq!(count(0, "ticket", "tickets"), "0 tickets");
        assert_eq!(count(1, "ticket", "tickets"), "1 ticket");
        assert_eq!(count(1_499, "reply", "replies"), "1,499 replies");
    }

    #[test]
    fn thousands_are_grouped() {
        let cases = [
            (7, "7"),
            (999, "999"),
            (1_000, "1,000"),
            (12_345_678, "12,345,678"),
        ];
        for (n, words) in cases {
            assert_eq!(grouped(n), words);
        }
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }
}
