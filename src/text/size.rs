//! Sizes in words.

/// How many units of 1024 there are names for.
const UNITS: [&str; 3] = ["KiB", "MiB", "GiB"];

/// What is said of a number of bytes: `512 B`, `1.5 KiB`, `20 MiB`.
pub fn size(bytes: u64) -> String {
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut unit = 0;
    let mut one: u64 = 1024;
    // Rounded, it must not come to 1024 of a unit.
    while bytes >= one * 1024 - one / 2 && unit + 1 < UNITS.len() {
        (unit, one) = (unit + 1, one * 1024);
    }
    let word = UNITS[unit];
    let tenths = (bytes.saturating_mul(10) + one / 2) / one;
    match (tenths / 10, tenths % 10) {
        (whole, part) if whole < 10 && part > 0 => format!("{whole}.{part} {word}"),
        _ => format!("{} {word}", (bytes + one / 2) / one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_shortly() {
        let cases = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (10_752, "11 KiB"),
            (1_048_575, "1 MiB"),
            (20 * 1024 * 1024, "20 MiB"),
            (5 * 1024 * 1024 * 1024, "5 GiB"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(size(bytes), expected);
        }
    }
}
