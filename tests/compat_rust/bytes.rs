//! Changes to the bytes of a file, by somebody who knows where the headers stand.

use support::random::Random;

/// What a header field is set to.
const VALUES: [u32; 12] = [
    0,
    1,
    2,
    8,
    20,
    45,
    0x21,
    0x800,
    0x7FFF,
    0xFFFF,
    0xFFFF_FFFE,
    0xFFFF_FFFF,
];

/// One random change; says which.
pub fn change(file: &mut Vec<u8>, random: &mut Random) -> &'static str {
    let len = file.len();
    let at = random.below(len);
    match random.below(10) {
        0 => {
            file[at] ^= 1 << random.below(8);
            "bit"
        }
        1 => {
            file[at] = random.bytes(1)[0];
            "byte"
        }
        2 => {
            file.truncate(at);
            "cut short"
        }
        3 => {
            let some = 1 + random.below(40);
            file.splice(at..at, random.bytes(some));
            "insertion"
        }
        4 => {
            file.drain(at..(at + 1 + random.below(40)).min(len));
            "deletion"
        }
        5 => {
            let piece = file[at..(at + random.below(200)).min(len)].to_vec();
            let to = random.below(len);
            file.splice(to..to, piece);
            "repetition"
        }
        6 => {
            file.extend(random.bytes(30));
            "appendix"
        }
        7 => {
            let mut start = random.bytes(30);
            start.append(file);
            *file = start;
            "prefix"
        }
        _ => header(file, random),
    }
}

/// Sets a field of a header to a value that hurts.
fn header(file: &mut [u8], random: &mut Random) -> &'static str {
    let (signature, len, what): (&[u8], _, _) = random.one_of(&[
        (b"PK\x03\x04".as_slice(), 30, "own header"),
        (b"PK\x01\x02".as_slice(), 46, "directory entry"),
        (b"PK\x05\x06".as_slice(), 22, "end record"),
    ]);
    let places: Vec<usize> = file
        .windows(4)
        .enumerate()
        .filter(|(_, window)| *window == signature)
        .map(|(at, _)| at)
        .collect();
    if places.is_empty() {
        return "nothing";
    }
    let at = random.pick(&places) + 4 + 2 * random.below((len - 4) / 2);
    let wide = random.once_in(2);
    let width = if wide { 4 } else { 2 };
    if at + width > file.len() {
        return "nothing";
    }
    let value = random.pick(&VALUES).to_le_bytes();
    file[at..at + width].copy_from_slice(&value[..width]);
    what
}
