//! What leaves the program: answers on standard output, everything else on standard error.
//!
//! People get text, programs get exactly one JSON document. Nothing that came from outside reaches a terminal with
//! control characters in it: a [`Page`] and the lines of an error replace them.

pub mod capture;
pub mod checkup;
pub mod inspection;
pub mod item;
pub mod keys;
mod page;
pub mod report;
pub mod sealing;
pub mod search;

use std::io::{self, ErrorKind, IsTerminal, Write, stderr, stdin, stdout};
use std::sync::Mutex;

use app::AppError;
use bundle::canon::{Object, Value};
use bundle::format::text::{clean, clean_lines, is_forbidden};

pub use page::{Page, Tone, bytes, time};

/// Where answers, problems and hints go.
#[derive(Debug)]
pub struct Output {
    json: bool,
    quiet: bool,
    colour: bool,
    /// One answer only: an error that comes after it on another thread is not said.
    spoken: Mutex<bool>,
}

impl Output {
    pub fn new(json: bool, quiet: bool) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let spoken = Mutex::new(false);
        Self {
            json,
            quiet,
            colour: !plain && stdout().is_terminal(),
            spoken,
        }
    }

    /// Shows the one answer of a command.
    pub fn show(
        &self,
        value: impl FnOnce() -> Value,
        people: impl FnOnce(&mut Page),
    ) -> Result<(), AppError> {
        let text = if self.json {
            document(&value())
        } else {
            let mut page = Page::new(self.colour);
            people(&mut page);
            page.into_text()
        };
        match self.spoken.lock() {
            Ok(mut spoken) if !*spoken => *spoken = true,
            _ => return Ok(()),
        }
        write_all(&mut stdout(), &text).map_err(|error| {
            // The answer did not get out, so the error may.
            if let Ok(mut spoken) = self.spoken.lock() {
                *spoken = false;
            }
            AppError::from(error).at("standard output")
        })
    }

    /// Shows one line of many, at once: each is an acknowledgement of its own.
    pub fn line(value: &Value) -> Result<(), AppError> {
        write_all(&mut stdout(), &document(value))
            .map_err(|error| AppError::from(error).at("standard output"))
    }

    /// Writes a line of a log. Where it cannot be written there is nobody to tell.
    pub fn log(line: &str) {
        let _ = write_all(&mut stderr(), &format!("{}\n", clean(line.as_bytes()).text));
    }

    /// Says why there is no answer.
    pub fn error(&self, error: &AppError) {
        match self.spoken.lock() {
            Ok(mut spoken) if !*spoken => *spoken = true,
            _ => return,
        }
        // Where this cannot be written there is nobody left to tell; the exit status says it.
        let _ = if self.json {
            let place = error.place.as_deref();
            let error = Object::new()
                .with("code", error.code)
                .with("message", error.message.as_str())
                .with("place", place)
                .with("next", error.next.as_str());
            write_all(
                &mut stdout(),
                &document(&Object::new().with("error", error).into()),
            )
        } else {
            let place = error.place.as_deref();
            let lines = [
                (
                    format!("error[{}]", error.code),
                    Some(error.message.as_str()),
                ),
                ("  at".to_owned(), place),
                ("  next".to_owned(), Some(error.next.as_str())),
            ];
            let mut text = String::new();
            for (name, said) in lines {
                if let Some(said) = said {
                    text.extend([&name, ": ", &clean(said.as_bytes()).text, "\n"]);
                }
            }
            write_all(&mut stderr(), &text)
        };
    }

    /// Asks a person, who must be there at a terminal, and says whether they wrote yes; none if nobody is there.
    pub fn ask(&self, question: &str) -> Result<Option<bool>, AppError> {
        if self.json || !stdin().is_terminal() || !stderr().is_terminal() {
            return Ok(None);
        }
        let mut answer = String::new();
        let asked = write_all(&mut stderr(), &format!("{question} Write yes: "))
            .and_then(|()| stdin().read_line(&mut answer));
        asked.map_err(|error| AppError::from(error).at("the terminal"))?;
        Ok(Some(answer.trim().eq_ignore_ascii_case("yes")))
    }

    /// Says what may help, to people.
    pub fn hint(&self, text: &str) {
        if !self.quiet && !self.json {
            let _ = write_all(&mut stderr(), &format!("hint: {text}\n"));
        }
    }
}

/// Bytes for a program or a file, as they are; a terminal gets them made safe.
pub fn plain(bytes: &[u8]) -> Result<(), AppError> {
    let mut out = stdout();
    let result = if out.is_terminal() {
        write_all(&mut out, &clean_lines(bytes).text)
    } else {
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    };
    result.map_err(|error| AppError::from(error).at("standard output"))
}

/// One JSON document with a line end. On a terminal, characters that could steer it are escaped.
fn document(value: &Value) -> String {
    let text = String::from_utf8(value.to_canonical()).unwrap_or_default();
    let mut text = if stdout().is_terminal() {
        escaped(&text)
    } else {
        text
    };
    text.push('\n');
    text
}

fn escaped(json: &str) -> String {
    let escape = |c: char| match c {
        _ if is_forbidden(c) => format!("\\u{:04x}", u32::from(c)),
        _ => c.to_string(),
    };
    json.chars().map(escape).collect()
}

/// Writes all of it. A reader that went away has what it wanted.
fn write_all(to: &mut dyn Write, text: &str) -> io::Result<()> {
    let result = to.write_all(text.as_bytes()).and_then(|()| to.flush());
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_of_a_document_steers_a_terminal() {
        let value = Value::from("a\u{1b}[2J\u{9b}31m\u{202e}é");
        let text = String::from_utf8(value.to_canonical()).unwrap();
        let safe = escaped(&text);
        assert!(!safe.chars().any(is_forbidden));
        assert_eq!(Value::parse(safe.as_bytes()).unwrap(), value);
    }
}
