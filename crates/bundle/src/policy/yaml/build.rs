use std::collections::BTreeMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

use super::error::short;
use super::{
    Extent, Kind, MAX_NODES, MAX_TEXT, Map, Node, Place, Remark, YamlError, YamlErrorKind as Error,
    scalar,
};
use crate::canon::MAX_DEPTH;

/// Reads one document to the end of the text.
pub(super) fn document(text: &str) -> Result<Node, YamlError> {
    let mut build = Build {
        parser: Parser::new_from_str(text),
        anchors: BTreeMap::new(),
        nodes: 0,
        bytes: 0,
    };
    let mut root = None;
    loop {
        let (event, place) = build.next()?;
        match event {
            Event::StreamEnd => break,
            Event::DocumentStart(_) if root.is_some() => {
                return Err(Error::SeveralDocuments.at(place));
            }
            Event::DocumentStart(_) => {
                let (event, place) = build.next()?;
                root = Some(build.value(event, place, 0)?);
            }
            _ => {}
        }
    }
    let empty = Node {
        kind: Kind::Null,
        place: Place { line: 1, column: 1 },
        extent: Extent::default(),
    };
    Ok(root.map_or(empty, Rc::unwrap_or_clone))
}

struct Build<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: BTreeMap<usize, Rc<Node>>,
    /// Values and text so far, aliases written out.
    nodes: usize,
    bytes: usize,
}

impl<'a> Build<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Place), YamlError> {
        match self.parser.next_event() {
            Some(Ok((event, Span { start, .. }))) => Ok((
                event,
                Place {
                    line: start.line(),
                    column: start.col() + 1,
                },
            )),
            Some(Err(e)) => {
                let place = Place {
                    line: e.marker().line(),
                    column: e.marker().col() + 1,
                };
                Err(Error::Syntax(e.info().to_owned()).at(place))
            }
            None => Ok((Event::StreamEnd, Place { line: 1, column: 1 })),
        }
    }

    /// A node that stands where a value is wanted.
    fn value(
        &mut self,
        event: Event<'a>,
        place: Place,
        depth: usize,
    ) -> Result<Rc<Node>, YamlError> {
        let node = self.node(event, place, depth)?;
        if matches!(node.kind, Kind::Merge | Kind::Equals) {
            Err(node.not_a_value())
        } else {
            Ok(node)
        }
    }

    fn node(
        &mut self,
        event: Event<'a>,
        place: Place,
        depth: usize,
    ) -> Result<Rc<Node>, YamlError> {
        let (kind, anchor) = match event {
            Event::Alias(anchor) => return self.alias(anchor, place, depth),
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1, text.len(), place)?;
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
            let (event, place) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(items);
            }
            items.push(self.value(event, place, depth)?);
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Map, YamlError> {
        let mut own = Map::default();
        let mut merged = BTreeMap::new();
        let mut merges = 0;
        loop {
            let (event, place) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let key = self.node(event, place, depth)?;
            let (event, value_place) = self.next()?;
            let value = self.value(event, value_place, depth)?;
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
