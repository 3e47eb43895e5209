use super::*;

#[test]
fn headers_that_both_say_something_odd() {
    assert_eq!(both(|header| header.flags |= 1), "zip_encrypted");
    assert_eq!(both(|header| header.flags |= 1 << 6), "zip_encrypted");
    assert_eq!(both(|header| header.flags |= 1 << 3), "zip_descriptor");
    assert_eq!(both(|header| header.flags |= 1 << 1), "zip_flags");
    assert_eq!(both(|header| header.method = 12), "zip_method");
    assert_eq!(both(|header| header.needed = 63), "zip_method");
    assert_eq!(both(|header| header.size += 1), "zip_size");
    assert_eq!(both(|header| header.compressed -= 1), "zip_size");
    assert_eq!(both(|header| header.compressed += 1), "zip_size");
    let bomb = both(|header| (header.method, header.size) = (8, 1 << 21));
    assert_eq!(bomb, "zip_bomb");
    let small = both(|header| (header.method, header.size) = (8, 1 << 20));
    assert_eq!(small, "a: method");
    assert_eq!(both(|header| header.flags |= 1 << 11), "a: flags");
    assert_eq!(both(|header| header.time = 7), "a: time");
    assert_eq!(both(|header| header.date += 1), "a: date");
    assert_eq!(both(|header| header.needed = 10), "a: directory entry");
}

#[test]
fn a_directory_entry_that_says_something_odd() {
    assert_eq!(central(|entry| entry.disk = 1), "zip_disk");
    assert_eq!(
        central(|entry| entry.external = 0o120_777 << 16),
        "zip_special_file"
    );
    assert_eq!(central(|entry| entry.external |= 0x10), "zip_special_file");
    assert_eq!(
        central(|entry| entry.external = 0o600 << 16),
        "a: external attributes"
    );
    assert_eq!(
        central(|entry| entry.internal = 1),
        "a: internal attributes"
    );
    assert_eq!(central(|entry| entry.made_by = 20), "a: version made by");
    assert_eq!(central(|entry| entry.offset += 1), "zip_leading_bytes");
    assert_eq!(central(|entry| entry.local.name_len += 1), "zip_malformed");
    assert_eq!(central(|entry| entry.comment_len = 9), "zip_malformed");
}

#[test]
fn headers_that_contradict_each_other() {
    let changes: [fn(&mut Local); 9] = [
        |header| header.needed = 45,
        |header| header.flags = 1 << 11,
        |header| header.method = 8,
        |header| header.time = 1,
        |header| header.date = 0,
        |header| header.crc32 ^= 1,
        |header| header.compressed += 1,
        |header| header.size += 1,
        |header| header.name_len += 1,
    ];
    for change in changes {
        assert_eq!(local(change), "zip_header_mismatch");
    }
    let other_name = forge(nothing, |forged| forged.items[0].name = b"x".to_vec());
    assert_eq!(other_name, "zip_header_mismatch");
    let elsewhere = forge(nothing, |forged| {
        forged.items[1].headers.central.offset += 3;
    });
    assert_eq!(elsewhere, "zip_gap");
    let shared = forge(nothing, |forged| forged.items[1].headers.central.offset = 0);
    assert_eq!(shared, "zip_overlap");
    let behind = forge(nothing, |forged| {
        let large = &mut forged.items[2].headers.central;
        (large.local.size, large.local.compressed) = (1 << 30, 1 << 30);
    });
    assert_eq!(behind, "zip_header_mismatch");
}
