//! A page as a tree, with the lines that its elements begin in.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use html5ever::interface::ElemName;
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, LocalName, Namespace, ParseOpts, QualName, parse_document};

use super::ReadError;

/// Deepest nesting that is followed. Pages that people write have some thirty levels; the time that a page takes grows
/// with its depth.
const MAX_DEPTH: usize = 256;
/// How much of a page is read before its depth is looked at.
const CHUNK: usize = 8 << 10;

/// An element, a text, or something that holds nothing of interest.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Its name; empty for a text.
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) children: Vec<usize>,
    /// The line that it begins in.
    pub(super) line: usize,
    parent: Option<usize>,
    depth: usize,
}

impl Node {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// All nodes of a page; the first is the page itself.
#[derive(Debug)]
pub(super) struct Tree(Vec<Node>);

impl Tree {
    pub(super) fn node(&self, place: usize) -> &Node {
        &self.0[place]
    }
}

/// Reads a page as a browser would.
pub(super) fn parse(page: &str) -> Result<Tree, ReadError> {
    let mut parser = parse_document(Builder::default(), ParseOpts::default());
    let mut rest = page;
    while !rest.is_empty() {
        let mut end = CHUNK.min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (chunk, after) = rest.split_at(end);
        parser.process(StrTendril::from_slice(chunk));
        if parser.tokenizer.sink.sink.deepest.get() > MAX_DEPTH {
            let why = format!("the page is nested more than {MAX_DEPTH} levels deep");
            return Err(ReadError::Malformed(why));
        }
        rest = after;
    }
    let tree = parser.finish();
    if tree.0.iter().any(|node| node.depth > MAX_DEPTH) {
        let why = format!("the page is nested more than {MAX_DEPTH} levels deep");
        return Err(ReadError::Malformed(why));
    }
    Ok(tree)
}

/// A node while the page is read.
#[derive(Clone)]
struct Handle {
    place: usize,
    name: Rc<QualName>,
}

struct Builder {
    nodes: RefCell<Vec<Node>>,
    line: Cell<usize>,
    deepest: Cell<usize>,
}

impl Default for Builder {
    fn default() -> Self {
        Self { nodes: RefCell::new(vec![Node::default()]), line: Cell::new(1), deepest: Cell::new(0) }
    }
}

impl Builder {
    fn add(&self, node: Node) -> usize {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node { line: self.line.get(), ..node });
        nodes.len() - 1
    }

    fn handle(&self, node: Node, name: QualName) -> Handle {
        Handle { place: self.add(node), name: Rc::new(name) }
    }

    fn nothing(&self) -> Handle {
        self.handle(Node::default(), nameless())
    }

    fn detach(&self, place: usize) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(parent) = nodes[place].parent.take() {
            nodes[parent].children.retain(|child| *child != place);
        }
    }

    /// Puts a node or a text among the children of a parent, at a place or behind all of them.
    fn insert(&self, parent: usize, before: Option<usize>, child: NodeOrText<Handle>) {
        let child = match child {
            NodeOrText::AppendText(text) => {
                let mut nodes = self.nodes.borrow_mut();
                let neighbour = match before {
                    None => nodes[parent].children.last().copied(),
                    Some(place) => {
                        place.checked_sub(1).and_then(|it| nodes[parent].children.get(it).copied())
                    }
                };
                if let Some(neighbour) = neighbour.filter(|it| !nodes[*it].text.is_empty()) {
                    nodes[neighbour].text.push_str(&text);
                    return;
                }
                drop(nodes);
                self.add(Node { text: text.to_string(), ..Node::default() })
            }
            NodeOrText::AppendNode(handle) => {
                self.detach(handle.place);
                handle.place
            }
        };
        let mut nodes = self.nodes.borrow_mut();
        let depth = nodes[parent].depth + 1;
        nodes[child].parent = Some(parent);
        nodes[child].depth = depth;
        self.deepest.set(self.deepest.get().max(depth));
        let children = &mut nodes[parent].children;
        let place = before.unwrap_or(children.len()).min(children.len());
        children.insert(place, child);
    }
}

fn nameless() -> QualName {
    QualName::new(None, Namespace::default(), LocalName::default())
}

/// The name of an element while the page is read.
#[derive(Debug)]
struct Name<'a>(&'a QualName);

impl ElemName for Name<'_> {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl TreeSink for Builder {
    type Handle = Handle;
    type Output = Tree;
    type ElemName<'a> = Name<'a>;

    fn finish(self) -> Tree {
        let mut nodes = self.nodes.into_inner();
        // Subtrees that were moved are deeper, or less deep, than where they were made.
        let mut waiting = vec![(0, 0)];
        while let Some((place, depth)) = waiting.pop() {
            nodes[place].depth = depth;
            waiting.extend(nodes[place].children.iter().map(|child| (*child, depth + 1)));
        }
        Tree(nodes)
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle { place: 0, name: Rc::new(nameless()) }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> Name<'a> {
        Name(&target.name)
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Handle {
        let attributes = attributes.into_iter().map(|it| (it.name.local.to_string(), it.value.to_string()));
        let node = Node { name: name.local.to_string(), attributes: attributes.collect(), ..Node::default() };
        self.handle(node, name)
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        self.nothing()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.nothing()
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.insert(parent.place, None, child);
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        let has_parent = self.nodes.borrow()[element.place].parent.is_some();
        if has_parent { self.append_before_sibling(element, child) } else { self.append(previous, child) }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, left: &Handle, right: &Handle) -> bool {
        left.place == right.place
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(handle) = &child {
            self.detach(handle.place);
        }
        let place = {
            let nodes = self.nodes.borrow();
            nodes[sibling.place].parent.map(|parent| {
                let children = &nodes[parent].children;
                (parent, children.iter().position(|it| *it == sibling.place).unwrap_or(children.len()))
            })
        };
        if let Some((parent, place)) = place {
            self.insert(parent, Some(place), child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Attribute>) {
        let mut nodes = self.nodes.borrow_mut();
        let node = &mut nodes[target.place];
        for attribute in attributes {
            let name = attribute.name.local.to_string();
            if node.attribute(&name).is_none() {
                node.attributes.push((name, attribute.value.to_string()));
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.place);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut nodes = self.nodes.borrow_mut();
        let children = std::mem::take(&mut nodes[node.place].children);
        let depth = nodes[new_parent.place].depth + 1;
        for child in &children {
            nodes[*child].parent = Some(new_parent.place);
            nodes[*child].depth = depth;
        }
        nodes[new_parent.place].children.extend(children);
    }

    fn set_current_line(&self, line: u64) {
        self.line.set(usize::try_from(line).unwrap_or(usize::MAX));
    }
}
