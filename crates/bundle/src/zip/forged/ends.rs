use super::*;
use crate::zip::record::{End64, Locator, Wide};

#[test]
fn bytes_that_belong_to_nothing() {
    let stray = || b"stray".to_vec();
    let before = |change: &dyn Fn(&mut Forged)| forge(change, nothing);
    let after = |change: &dyn Fn(&mut Forged)| forge(nothing, change);
    assert_eq!(
        before(&|forged| forged.items[0].gap = stray()),
        "zip_leading_bytes"
    );
    assert_eq!(
        after(&|forged| forged.items[0].gap = stray()),
        "zip_leading_bytes"
    );
    assert_eq!(before(&|forged| forged.items[1].gap = stray()), "zip_gap");
    assert_eq!(
        before(&|forged| forged.before_directory = stray()),
        "zip_gap"
    );
    assert_eq!(after(&|forged| forged.after_directory = stray()), "zip_gap");
    assert_eq!(after(&|forged| forged.tail = stray()), "zip_trailing_bytes");
    let comment = |forged: &mut Forged| (forged.tail, forged.end.comment_len) = (stray(), 5);
    assert_eq!(after(&comment), "zip_comment");
    assert_eq!(
        before(&|forged| forged.items[2].comment = stray()),
        "zip_comment"
    );
    let no_members = |forged: &mut Forged| {
        forged.items.clear();
        forged.before_directory = stray();
    };
    assert_eq!(before(&no_members), "zip_leading_bytes");
    // A block that would give the member another name in some programs.
    let other_name = [b"\x75\x70\x05\x00".as_slice(), b"\x01crc!"].concat();
    assert_eq!(
        before(&|forged| forged.items[0].central_extra = other_name.clone()),
        "zip_extra"
    );
    assert_eq!(
        before(&|forged| forged.items[0].local_extra = other_name.clone()),
        "zip_extra"
    );
    assert_eq!(
        before(&|forged| forged.items[0].local_extra = vec![0; 300]),
        "zip_extra"
    );
}

#[test]
fn an_end_record_that_lies() {
    assert_eq!(end(|end| end.disk = 1), "zip_disk");
    assert_eq!(end(|end| end.directory_disk = 1), "zip_disk");
    assert_eq!(end(|end| end.entries_here = 2), "zip_count");
    assert_eq!(
        end(|end| (end.entries, end.entries_here) = (2, 2)),
        "zip_count"
    );
    assert_eq!(end(|end| end.directory_size += 1), "zip_malformed");
    assert_eq!(end(|end| end.directory_size -= 1), "zip_malformed");
    assert_eq!(end(|end| end.directory_offset -= 1), "zip_leading_bytes");
    assert_eq!(end(|end| end.directory_offset += 1), "zip_malformed");
    let marker = |end: &mut End| (end.entries, end.entries_here) = (u16::MAX, u16::MAX);
    assert_eq!(end(marker), "zip_zip64");
}

#[test]
fn zip64_that_nothing_needs() {
    let sizes = Wide {
        sizes: Some((5, 5)),
        offset: None,
    };
    let widen = |header: &mut Local| {
        (header.size, header.compressed, header.extra_len) = (u32::MAX, u32::MAX, 20);
    };
    let wide = |forged: &mut Forged| {
        let headers = &mut forged.items[0].headers;
        widen(&mut headers.local);
        widen(&mut headers.central.local);
        (headers.local_wide, headers.central_wide) = (sizes.clone(), sizes.clone());
    };
    assert_eq!(forge(wide, nothing), "zip_zip64");
    let offset = |forged: &mut Forged| {
        let headers = &mut forged.items[0].headers;
        headers.central.offset = u32::MAX;
        headers.central.local.extra_len = 12;
        headers.central_wide.offset = Some(0);
        forged.end.directory_size += 12;
    };
    assert_eq!(forge(nothing, offset), "zip_zip64");
    let empty = |forged: &mut Forged| forged.items[0].local_extra = vec![1, 0, 0, 0];
    assert_eq!(forge(empty, nothing), "zip_zip64");
    let marker = |header: &mut Local| (header.size, header.compressed) = (u32::MAX, u32::MAX);
    assert_eq!(both(marker), "zip_zip64");
    let end_record = |forged: &mut Forged| {
        let (size, offset) = (forged.end.directory_size, forged.end.directory_offset);
        let (mut end64, mut locator) = sealed::end64(1 << 20, size.into(), offset.into()).unwrap();
        (end64.entries, end64.entries_here) = (3, 3);
        locator.end64_offset = u64::from(size) + u64::from(offset);
        end64.emit(&mut forged.after_directory);
        locator.emit(&mut forged.after_directory);
    };
    assert_eq!(forge(nothing, end_record), "zip_zip64");
}

#[test]
fn zip64_end_records_that_lie() {
    let many = |change: &dyn Fn(&mut End64, &mut Locator, &mut End)| {
        let names: Vec<String> = (0..0xFFFF).map(|n| format!("{n:05}")).collect();
        let members: Vec<(&[u8], &[u8])> = names
            .iter()
            .map(|name| (name.as_bytes(), [].as_slice()))
            .collect();
        let mut forged = Forged::new(&members);
        forged.settle();
        let (size, offset) = (forged.end.directory_size, forged.end.directory_offset);
        let (mut end64, mut locator) = sealed::end64(0xFFFF, size.into(), offset.into()).unwrap();
        change(&mut end64, &mut locator, &mut forged.end);
        end64.emit(&mut forged.after_directory);
        locator.emit(&mut forged.after_directory);
        judgement(&forged.bytes())
    };
    assert_eq!(many(&|_, _, _| ()), "sealed");
    assert_eq!(
        many(&|end64, _, _| end64.made_by = 45),
        "the ZIP64 end record has other versions"
    );
    assert_eq!(many(&|end64, _, _| end64.record_len += 1), "zip_zip64");
    assert_eq!(many(&|end64, _, _| end64.disk = 1), "zip_disk");
    assert_eq!(many(&|end64, _, _| end64.entries_here -= 1), "zip_count");
    assert_eq!(many(&|end64, _, _| end64.entries += 1), "zip_count");
    assert_eq!(many(&|_, locator, _| locator.disks = 2), "zip_disk");
    assert_eq!(
        many(&|_, locator, _| locator.end64_offset -= 1),
        "zip_zip64"
    );
    assert_eq!(
        many(&|_, _, end| end.directory_size = u32::MAX),
        "zip_zip64"
    );
    assert_eq!(many(&|_, _, end| end.entries = 7), "zip_zip64");
    assert_eq!(many(&|_, _, end| end.entries_here = 7), "zip_zip64");
}
