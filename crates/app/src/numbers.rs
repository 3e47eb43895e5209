//! Numbers of items as people type them.

use vault::Project;

use crate::error::AppError;
use crate::fault::Fault;

/// `43`, `#43`, or the number with the case's reference, short name or word before it: `REF-0043`. With the reference of
/// another case it is refused: there it is another item.
pub fn item_number(project: &Project, text: &str) -> Result<u64, AppError> {
    let text = text.trim();
    let (prefix, digits) = match text.rsplit_once('-') {
        Some((prefix, digits)) => (prefix, digits),
        None => ("", text.strip_prefix('#').unwrap_or(text)),
    };
    let number = Some(digits)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .filter(|number| *number >= 1);
    let own = [&project.reference, &project.name, &project.word];
    let known = prefix.is_empty() && text.bytes().next() != Some(b'-')
        || ["ref", "item"].contains(&prefix.to_lowercase().as_str())
        || own
            .iter()
            .any(|own| !own.is_empty() && own.to_lowercase() == prefix.to_lowercase());
    match number {
        Some(number) if known => Ok(number),
        Some(_) => Err(Fault::Usage
            .error()
            .saying(format!("{text:?} is no item of this case."))
            .advising("Write the number alone, as 43, or choose the case with --project.")),
        None => Err(Fault::Usage
            .error()
            .saying(format!("{text:?} is no number of an item."))
            .advising("Write it as 43, #43, or with the case's reference before it.")),
    }
}

/// The number of an item as people read it, and may type it: with the case's reference, if it has one.
pub fn item_label(project: &Project, item: u64) -> String {
    match project.reference.as_str() {
        "" => format!("#{item}"),
        reference => format!("{reference}-{item:04}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_several_forms() {
        let project = Project {
            id: String::new(),
            name: "bridge".to_owned(),
            title: String::new(),
            reference: "HB-2026/014".to_owned(),
            word: "case".to_owned(),
            language: String::new(),
            created_utc: String::new(),
            closed_utc: None,
        };
        for good in [
            "43",
            " 43 ",
            "#43",
            "0043",
            "HB-2026/014-0043",
            "hb-2026/014-43",
            "bridge-43",
            "REF-0043",
        ] {
            assert_eq!(item_number(&project, good).unwrap(), 43, "{good}");
        }
        for item in [1, 43, 123_456] {
            let label = item_label(&project, item);
            assert_eq!(item_number(&project, &label).unwrap(), item);
        }
        assert_eq!(item_label(&project, 43), "HB-2026/014-0043");
        for bad in [
            "",
            "0",
            "#",
            "-43",
            "4 3",
            "four",
            "HB-2026/015-0043",
            "tunnel-43",
            "43.0",
            "+43",
            "99999999999999999999999",
        ] {
            assert_eq!(
                item_number(&project, bad).unwrap_err().code,
                "usage",
                "{bad}"
            );
        }
    }
}
