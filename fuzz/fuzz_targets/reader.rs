//! An archive has one reading or none, and every member of a sound one can be read within its declared size.
#![no_main]

use std::io::Read;

use bundle::zip::{Archive, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(archive) = Archive::open(data, &Limits::default()) else {
        return;
    };
    let sound = archive.problems().is_empty();
    for entry in archive.entries().iter().take(64) {
        let mut read = 0;
        let mut buffer = [0; 4096];
        let mut reader = archive.reader(entry);
        while let Ok(got @ 1..) = reader.read(&mut buffer) {
            read += got as u64;
            assert!(read <= entry.size, "more than was declared");
        }
        if sound {
            assert!(entry.sound());
            let found = archive.find_name(&entry.name).expect("it is there");
            assert_eq!(found.data_offset(), entry.data_offset());
            assert!(entry.data_offset() + entry.compressed <= data.len() as u64);
        }
    }
});
