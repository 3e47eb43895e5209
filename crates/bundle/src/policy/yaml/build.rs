use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput, Tag};

use super::error::short;
use super::source::Source;
use super::{
    Extent, Kind, MAX_NODES, MAX_TEXT, Map, Node, Place, Remark, YamlError, YamlErrorKind as Error,
    scalar,
};
use crate::canon::MAX_DEPTH;

/// Reads one document to the end of the text.
pub(super) fn document(source: &Source) -> Result<Node, YamlError> {
    let mut build = Build {
        source,
        parser: Parser::new_from_str(&source.text),
        anchors: BTreeMap::new(),
        nodes: 0,
        bytes: 0,
    };
    let mut root = None;
    loop {
        let (event, span) = build.next()?;
        match event {
            Event::StreamEnd => break,
            Event::DocumentStart(_) if root.is_some() => {
                return Err(Error::SeveralDocuments.at(build.place(span.start)));
            }
            Event::DocumentStart(_) => {
                let next = build.next()?;
                root = Some(build.value(next, 0)?);
            }
            _ => {}
        }
    }
    if !build.anchors.is_empty() {
        source.check_anchors()?;
    }
    let empty = Node {
        kind: Kind::Null,
        place: Place { line: 1, column: 1 },
        extent: Extent::default(),
    };
    Ok(root.map_or(empty, Rc::unwrap_or_clone))
}

struct Build<'a> {
    source: &'a Source,
    parser: Parser<'a, StrInput<'a>>,
    anchors: BTreeMap<usize, Rc<Node>>,
    /// Values and text so far, aliases written out.
    nodes: usize,
    bytes: usize,
}

impl<'a> Build<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), YamlError> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(e)) => Err(Error::Syntax(e.info().to_owned()).at(self.place(*e.marker()))),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    /// A place in the file; what the parser finds after its end is at its end.
    fn place(&self, marker: Marker) -> Place {
        Place {
            line: marker.line(),
            column: marker.col() + 1,
        }
        .min(self.source.end)
    }

    /// A node that stands where a value is wanted.
    fn value(&mut self, next: (Event<'a>, Span), depth: usize) -> Result<Rc<Node>, YamlError> {
        let node = self.node(next, depth)?;
        if matches!(node.kind, Kind::Merge | Kind::Equals) {
            Err(node.not_a_value())
        } else {
            Ok(node)
        }
    }

    fn node(
        &mut self,
        (event, span): (Event<'a>, Span),
        depth: usize,
    ) -> Result<Rc<Node>, YamlError> {
        let place = self.place(span.start);
        let (kind, anchor) = match event {
            Event::Alias(anchor) => return self.alias(anchor, place, depth),
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1, text.len(), place)?;
                let text = self.text(text, style, span).map_err(|e| e.at(place))?;
                let kind = match (tag.as_deref(), style) {
                    (Some(tag), _) => core_tag(tag).and_then(|tag| scalar::tagged(tag, &text)),
                    (None, ScalarStyle::Plain) => scalar::plain(&text),
                    (None, _) => Ok(Kind::Text(text.into_owned())),
                };
                (kind.map_err(|e| e.at(place))?, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.enter(tag.as_deref(), "seq", place, depth)?;
                (Kind::List(self.items(depth + 1)?), anchor)
            }
            Event::MappingStart(anchor, tag) => {
                self.enter(tag.as_deref(), "map", place, depth)?;
                (Kind::Map(self.entries(depth + 1)?), anchor)
            }
            _ => return Err(Error::Syntax("a value was expected".to_owned()).at(place)),
        };
        let node = Rc::new(Node {
            extent: extent(&kind),
            kind,
            place,
        });
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        Ok(node)
    }

    /// The text of a scalar as PyYAML has it.
    fn text(
        &self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        span: Span,
    ) -> Result<Cow<'a, str>, Error> {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        match self.source.open_end {
            // Inside brackets PyYAML takes a leading `?` or `:` for itself.
            _ if style == ScalarStyle::Plain && text.starts_with(['?', ':']) => {
                Err(Error::Ambiguous(text.into_owned()))
            }
            // The line break that was added to the file is no part of the text.
            Some(end) if block && span.end.index() > end => {
                if self.source.blank_end {
                    return Err(Error::BlankEnd);
                }
                Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned().into())
            }
            _ => Ok(text),
        }
    }

    fn alias(&mut self, anchor: usize, place: Place, depth: usize) -> Result<Rc<Node>, YamlError> {
        // The parser knows the name, so a value that is not there is one that is not finished.
        let node = self
            .anchors
            .get(&anchor)
            .cloned()
            .ok_or_else(|| Error::ContainsItself.at(place))?;
        if depth + node.extent.height > MAX_DEPTH {
            return Err(Error::TooDeep.at(place));
        }
        self.count(node.extent.nodes, node.extent.bytes, place)?;
        Ok(node)
    }

    fn enter(
        &mut self,
        tag: Option<&Tag>,
        own: &str,
        place: Place,
        depth: usize,
    ) -> Result<(), YamlError> {
        if depth >= MAX_DEPTH {
            return Err(Error::TooDeep.at(place));
        }
        if let Some(tag) = tag.filter(|tag| core_tag(tag).ok() != Some(own)) {
            return Err(Error::Tag(tag.to_string()).at(place));
        }
        self.count(1, 0, place)
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Rc<Node>>, YamlError> {
        let mut items = Vec::new();
        loop {
            let next = self.next()?;
            if next.0 == Event::SequenceEnd {
                return Ok(items);
            }
            items.push(self.value(next, depth)?);
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Map, YamlError> {
        let mut own = Map::default();
        let mut merged = BTreeMap::new();
        let mut merges = 0;
        loop {
            let next = self.next()?;
            if next.0 == Event::MappingEnd {
                break;
            }
            let place = self.place(next.1.start);
            let key = self.node(next, depth)?;
            let next = self.next()?;
            let value_place = self.place(next.1.start);
            let value = self.value(next, depth)?;
            let (name, twice) = match &key.kind {
                Kind::Merge => {
                    self.merge(&value, value_place, &mut merged)?;
                    merges += 1;
                    ("<<", merges > 1)
                }
                Kind::Equals => ("=", own.entries.insert("=".to_owned(), value).is_some()),
                Kind::Text(text) => (
                    text.as_str(),
                    own.entries.insert(text.clone(), value).is_some(),
                ),
                _ => return Err(Error::KeyNotText(key.noun()).at(place)),
            };
            if twice {
                own.twice.push(Remark {
                    place,
                    key: short(name),
                });
            }
        }
        // What stands in the mapping itself goes before what is merged into it.
        for (key, node) in merged {
            own.entries.entry(key).or_insert(node);
        }
        Ok(own)
    }

    /// Adds the entries that `<<` brings; in a list, the first mapping that has a key gives its value.
    fn merge(
        &mut self,
        value: &Node,
        place: Place,
        merged: &mut BTreeMap<String, Rc<Node>>,
    ) -> Result<(), YamlError> {
        let sources: Vec<&Node> = match &value.kind {
            Kind::List(items) => items.iter().rev().map(AsRef::as_ref).collect(),
            _ => vec![value],
        };
        for source in sources {
            let Kind::Map(map) = &source.kind else {
                return Err(Error::BadMerge.at(place));
            };
            self.count(source.extent.nodes, source.extent.bytes, place)?;
            merged.extend(
                map.entries
                    .iter()
                    .map(|(key, node)| (key.clone(), Rc::clone(node))),
            );
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize, bytes: usize, place: Place) -> Result<(), YamlError> {
        self.nodes = self.nodes.saturating_add(nodes);
        self.bytes = self.bytes.saturating_add(bytes);
        if self.nodes > MAX_NODES || self.bytes > MAX_TEXT {
            Err(Error::TooManyValues.at(place))
        } else {
            Ok(())
        }
    }
}

fn extent(kind: &Kind) -> Extent {
    match kind {
        Kind::Text(text) | Kind::Date(text) => Extent {
            nodes: 1,
            bytes: text.len(),
            height: 0,
        },
        Kind::List(items) => Extent::above(items.iter()),
        Kind::Map(map) => {
            let values = Extent::above(map.entries.values());
            let keys: usize = map.entries.keys().map(String::len).sum();
            Extent {
                nodes: values.nodes.saturating_add(map.entries.len()),
                bytes: values.bytes.saturating_add(keys),
                ..values
            }
        }
        _ => Extent {
            nodes: 1,
            bytes: 0,
            height: 0,
        },
    }
}

/// The name of a tag such as `!!str`; any other tag is refused.
fn core_tag(tag: &Tag) -> Result<&str, Error> {
    if tag.is_yaml_core_schema() {
        Ok(&tag.suffix)
    } else {
        Err(Error::Tag(tag.to_string()))
    }
}
