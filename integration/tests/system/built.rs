//! The programs as cargo built them beside a test. bench's tests have this file, too.

use std::{env, fs, path::PathBuf, process::Command};

/// The program as cargo built it; builds it first where only one package's tests were asked for.
pub fn built(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    let program = profile.join(name);
    if !fs::exists(&program).unwrap() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--workspace", "--bins"]);
        if profile.file_name().is_some_and(|name| name == "release") {
            cargo.arg("--release");
        }
        let built = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status();
        assert!(built.unwrap().success(), "{cargo:?}");
    }
    program
}
