//! Checks one file and says what it took: a process of its own, so that its peak of memory is that of the check.

use std::path::Path;
use std::process::ExitCode;

use bundle::verify::{InTurn, Silent, verify};
use support::file::OnDisk;
use support::kit::Kit;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(kit), Some(file)) = (arguments.next(), arguments.next()) else {
        return ExitCode::from(2);
    };
    let kit = Kit::load(Path::new(&kit));
    let Ok(source) = OnDisk::open(Path::new(&file)) else {
        return ExitCode::from(3);
    };
    let Ok(report) = verify(&source, &kit.receiver(), &InTurn, &Silent) else {
        return ExitCode::from(4);
    };
    let code = report.code.as_deref().unwrap_or("none");
    let code = code.split(':').next().unwrap_or_default();
    // The whole report, as it is shown, counts too.
    let shown = report.to_value().to_canonical().len();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap_or("0");
    let line = format!("{} {code} {peak} {shown}\n", report.accepted);
    match std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(5),
    }
}
