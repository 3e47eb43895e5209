//! A line of the record has one form: what is read of it is written as the same bytes.
#![no_main]

use bundle::format::body::{Fact, Withdrawal, aux_digests};
use bundle::format::document;
use bundle::format::line::Line;
use bundle::format::op::DeltaWriter;
use bundle::format::seal::{Pins, Sealed, Wishes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(line) = Line::parse(data) else {
        return;
    };
    let mut written = Vec::new();
    line.event.write_line(&mut written);
    assert_eq!(written.strip_suffix(b"\n"), Some(data));
    assert_eq!(Line::from_event(line.event.clone()).as_ref(), Ok(&line));
    let mut out = Vec::new();
    document::write_line(&line.event, &mut out);
    if let Some(content) = line.content() {
        let _ = (aux_digests(content), Withdrawal::read(content));
        let _ = (Pins::read(content), Sealed::read(content));
        if let Ok(Some(fact)) = Fact::read(&line.event.kind, content) {
            DeltaWriter::new().write(&line, &fact, None, &mut out);
        }
    }
    if let Some(source) = line.source() {
        let _ = Wishes::read(source);
    }
});
