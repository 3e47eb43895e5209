use super::*;

#[derive(Default)]
struct Counted(u64);

impl Sink for Counted {
    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0 += bytes.len() as u64;
        Ok(())
    }

    fn hole(&mut self, length: u64) -> io::Result<()> {
        self.0 += length;
        Ok(())
    }

    fn restart(&mut self) -> io::Result<()> {
        self.0 = 0;
        Ok(())
    }
}

/// A walk never leads there, but some file systems are as bad as the kernel's: they tell a wrong length.
#[test]
fn a_length_that_is_not_true_is_noticed() {
    for (path, told, expected) in [
        ("/proc/version", 0, Change::Grew),
        ("/sys/kernel/uevent_seqnum", 4096, Change::Shrank),
    ] {
        let place = Place::dropped(path.into());
        match open(&place) {
            Ok(file) if file.size() == told => {}
            _ => {
                println!("SKIPPED source::read::a_length_that_is_not_true_is_noticed: no {path}");
                continue;
            }
        }
        let error = read(&place, &mut Counted::default(), &mut |_| true).unwrap_err();
        let Problem::Changed(change) = error.problem else {
            panic!("{error}")
        };
        assert_eq!(change, expected);
    }
}
