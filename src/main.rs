//! The `famdesk` program; everything lives in the library.

fn main() -> std::process::ExitCode {
    famdesk::cli::main()
}
