//! Mail as it travels: a block of headers.

/// Headers that put the text among mail.
const TRANSPORT: &[&str] = &["from", "received", "return-path", "delivered-to", "sender"];
/// Headers that a program wrote, not a person who begins a memo with "From:".
const MACHINE: &[&str] = &[
    "date",
    "message-id",
    "mime-version",
    "received",
    "content-type",
];

/// Whether the text begins with the headers of a mail.
pub(super) fn is_mail(text: &str) -> bool {
    let (mut transport, mut machine) = (false, false);
    for line in text.lines().take_while(|line| !line.is_empty()) {
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            return false;
        };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return false;
        }
        let name = name.to_ascii_lowercase();
        transport |= TRANSPORT.contains(&name.as_str());
        machine |= MACHINE.contains(&name.as_str()) && !value.is_empty();
        if transport && machine {
            return true;
        }
    }
    false
}

/// Whether the text begins as a folder of mails does.
pub(super) fn is_mailbox(text: &str) -> bool {
    let Some((first, rest)) = text.split_once('\n') else {
        return false;
    };
    first.starts_with("From ") && is_mail(rest)
}
