//! `documents.jsonl`: a view over the carried CAPTURE events, one line each.

use crate::format::event::Event;
use crate::format::kind::EventType;

/// Appends the line of a CAPTURE whose `content` is carried; nothing for other events.
pub fn write_line(event: &Event, out: &mut Vec<u8>) -> bool {
    let (EventType::Capture, Some(content)) = (&event.kind, &event.content) else {
        return false;
    };
    out.extend_from_slice(format!("{{\"capture\":\"{}\",\"content\":", event.hash).as_bytes());
    out.extend_from_slice(content.as_bytes());
    out.extend_from_slice(format!(",\"seq\":{}", event.payload.seq).as_bytes());
    if let Some(source) = &event.source {
        out.extend_from_slice(b",\"source\":");
        out.extend_from_slice(source.as_bytes());
    }
    out.extend_from_slice(b"}\n");
    true
}
