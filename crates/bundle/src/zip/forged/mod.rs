//! Archives forged for tests: one flaw each, and the code that names it.

use super::record::{Central, End, Local};
use super::sealed::{self, Headers};
use super::{Archive, Limits};

mod ends;
mod headers;
mod members;
mod names;

/// A member whose headers and surroundings can be changed at will.
struct Item {
    /// Bytes before the member that belong to none.
    gap: Vec<u8>,
    name: Vec<u8>,
    data: Vec<u8>,
    headers: Headers,
    central_name: Vec<u8>,
    local_extra: Vec<u8>,
    central_extra: Vec<u8>,
    comment: Vec<u8>,
}

struct Forged {
    items: Vec<Item>,
    before_directory: Vec<u8>,
    /// What stands between the directory and the end record.
    after_directory: Vec<u8>,
    end: End,
    tail: Vec<u8>,
}

impl Forged {
    fn new(members: &[(&[u8], &[u8])]) -> Self {
        let item = |(name, data): &(&[u8], &[u8])| Item {
            gap: Vec::new(),
            name: name.to_vec(),
            data: data.to_vec(),
            headers: Headers::new(
                u16::try_from(name.len()).unwrap(),
                data.len() as u64,
                crc32fast::hash(data),
                0,
            ),
            central_name: name.to_vec(),
            local_extra: Vec::new(),
            central_extra: Vec::new(),
            comment: Vec::new(),
        };
        Self {
            items: members.iter().map(item).collect(),
            before_directory: Vec::new(),
            after_directory: Vec::new(),
            end: sealed::end(0, 0, 0),
            tail: Vec::new(),
        }
    }

    fn members(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for item in &self.items {
            out.extend_from_slice(&item.gap);
            let headers = &item.headers;
            headers
                .local
                .emit(&item.name, &headers.local_wide, &mut out);
            out.extend_from_slice(&item.local_extra);
            out.extend_from_slice(&item.data);
        }
        out.extend_from_slice(&self.before_directory);
        out
    }

    fn directory(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for item in &self.items {
            let headers = &item.headers;
            headers
                .central
                .emit(&item.central_name, &headers.central_wide, &mut out);
            out.extend_from_slice(&item.central_extra);
            out.extend_from_slice(&item.comment);
        }
        out
    }

    /// Makes every length and offset true.
    fn settle(&mut self) {
        let mut at = 0;
        for item in &mut self.items {
            let headers = &mut item.headers;
            headers.central.offset = at + u32::try_from(item.gap.len()).unwrap();
            headers.local.extra_len += u16::try_from(item.local_extra.len()).unwrap();
            headers.central.local.extra_len += u16::try_from(item.central_extra.len()).unwrap();
            headers.central.comment_len = u16::try_from(item.comment.len()).unwrap();
            let len = Local::LEN + item.gap.len() + item.name.len() + item.data.len();
            at += u32::try_from(len).unwrap() + u32::from(headers.local.extra_len);
        }
        let (members, directory) = (self.members().len(), self.directory().len());
        self.end = sealed::end(self.items.len() as u64, directory as u64, members as u64);
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = self.members();
        out.extend(self.directory());
        out.extend_from_slice(&self.after_directory);
        self.end.emit(&mut out);
        out.extend_from_slice(&self.tail);
        out
    }
}

/// What an archive is refused for, how it departs from our form if that is all, `sealed` if it is.
fn judgement(bytes: &Vec<u8>) -> String {
    match Archive::open(bytes, &Limits::default()) {
        Err(unreadable) => unreadable.problem.code.into(),
        Ok(archive) => match (archive.problems().first(), archive.canonical_deviation()) {
            (Some(problem), _) => problem.code.into(),
            (None, Some(deviation)) => deviation.into(),
            (None, None) => "sealed".into(),
        },
    }
}

/// The judgement after one change before lengths and offsets are settled, and one after.
fn forge(before: impl Fn(&mut Forged), after: impl Fn(&mut Forged)) -> String {
    let mut forged = Forged::new(&[(b"a", b"first"), (b"b", b""), (b"c/d", b"third")]);
    before(&mut forged);
    forged.settle();
    after(&mut forged);
    judgement(&forged.bytes())
}

fn nothing(_: &mut Forged) {}

/// Changes both headers of the first member.
fn both(change: impl Fn(&mut Local)) -> String {
    forge(nothing, |forged| {
        let headers = &mut forged.items[0].headers;
        change(&mut headers.local);
        change(&mut headers.central.local);
    })
}

fn central(change: impl Fn(&mut Central)) -> String {
    forge(nothing, |forged| {
        change(&mut forged.items[0].headers.central);
    })
}

fn local(change: impl Fn(&mut Local)) -> String {
    forge(nothing, |forged| change(&mut forged.items[0].headers.local))
}

fn end(change: impl Fn(&mut End)) -> String {
    forge(nothing, |forged| change(&mut forged.end))
}

#[test]
fn what_is_not_changed_is_sealed() {
    assert_eq!(forge(nothing, nothing), "sealed");
    assert_eq!(forge(|forged| forged.items.clear(), nothing), "sealed");
}
