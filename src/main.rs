//! The `famdesk` program; everything lives in the library.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    famdesk::cli::main()
}
