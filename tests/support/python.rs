//! Calling the Python programs in `tests/compat/`.

use std::io::Write;
use std::process::{Command, Stdio};

/// Runs `python3` with a program of `tests/compat/` and gives it `input`; what it prints.
///
/// # Panics
/// If it cannot be run, or ends with another status than 0.
pub fn run(program: &str, arguments: &[&str], input: String) -> String {
    let path = super::tests().join("compat").join(program);
    let mut command = Command::new("python3");
    command.arg(path).args(arguments);
    output(command, input)
}

/// The same with the text of a program.
///
/// # Panics
/// Likewise.
pub fn code(program: &str, input: String) -> String {
    let mut command = Command::new("python3");
    command.args(["-c", program]);
    output(command, input)
}

fn output(mut command: Command, input: String) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 is in the path");
    let mut stdin = child.stdin.take().expect("a pipe");
    // From another thread: the program answers while it is still being asked.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let ended = child.wait_with_output().expect("its output");
    let _ = writer.join();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (output, complaint) = (text(&ended.stdout), text(&ended.stderr));
    assert!(
        ended.status.success(),
        "{:?}\n{output}\n{complaint}",
        ended.status
    );
    output
}

/// Demands the two packages that the reference's rules need.
///
/// # Panics
/// If one is missing.
pub fn demand_packages() {
    let ended = Command::new("python3")
        .args(["-c", "import yaml, cryptography"])
        .output()
        .expect("python3 is in the path");
    assert!(
        ended.status.success(),
        "python3 lacks PyYAML or cryptography: run scripts/test.sh, which makes a virtual environment with both, or \
         `pip install PyYAML cryptography`\n{}",
        String::from_utf8_lossy(&ended.stderr)
    );
}
