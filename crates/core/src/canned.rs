//! What is filled into canned replies: `{{customer.name}}`, or with words for where it is missing,
//! `{{customer.name|there}}`.
//!
//! What is filled in is plain text: nothing in it is looked at again, whatever a customer calls themselves.

use std::collections::BTreeMap;

/// What can be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variable<'t> {
    CustomerName,
    AgentNickname,
    QueueName,
    ConversationId,
    Attribute(&'t str),
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'t> {
    Plain(&'t str),
    Variable { variable: Variable<'t>, otherwise: &'t str },
}

/// Why a text cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A `{{` without its `}}`.
    #[error("`{{{{` without `}}}}` after it")]
    Unclosed,
    /// There is no such variable.
    #[error(
        "there is no `{{{{{0}}}}}`; there are customer.name, agent.nickname, queue.name, conversation.id and attributes.KEY"
    )]
    Unknown(String),
    /// A `{{` within another.
    #[error("`{{{{` within another")]
    Nested,
}

/// What is known when a text is filled in; what is empty counts as missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Values<'a> {
    /// The customer's name.
    pub customer_name: &'a str,
    /// The agent's name as customers see it.
    pub agent_nickname: &'a str,
    /// The name of the queue that the conversation waits in, or came through.
    pub queue_name: &'a str,
    /// The conversation's id, as the customer's interfaces name it (`callId`).
    pub conversation_id: &'a str,
    /// The conversation's attributes.
    pub attributes: Option<&'a BTreeMap<String, String>>,
}

impl<'a> Values<'a> {
    fn get(&self, variable: Variable<'_>) -> &'a str {
        match variable {
            Variable::CustomerName => self.customer_name,
            Variable::AgentNickname => self.agent_nickname,
            Variable::QueueName => self.queue_name,
            Variable::ConversationId => self.conversation_id,
            Variable::Attribute(key) => {
                self.attributes.and_then(|attributes| attributes.get(key)).map_or("", String::as_str)
            }
        }
    }
}

/// Refuses a text that could not be filled in.
pub fn check_text(text: &str) -> Result<(), TemplateError> {
    parse(text).map(drop)
}

/// Fills a text in. One that [`check_text`] would refuse is given back as it is.
pub fn render(text: &str, values: &Values<'_>) -> String {
    let Ok(pieces) = parse(text) else { return text.to_owned() };
    let words = pieces.iter().map(|piece| match *piece {
        Piece::Plain(plain) => plain,
        Piece::Variable { variable, otherwise } => match values.get(variable) {
            "" => otherwise,
            value => value,
        },
    });
    words.collect()
}

fn parse(text: &str) -> Result<Vec<Piece<'_>>, TemplateError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((plain, opened)) = rest.split_once("{{") {
        let (inner, after) = opened.split_once("}}").ok_or(TemplateError::Unclosed)?;
        if inner.contains("{{") {
            return Err(TemplateError::Nested);
        }
        let (name, otherwise) = inner.split_once('|').unwrap_or((inner, ""));
        let variable = variable(name.trim()).ok_or_else(|| TemplateError::Unknown(name.trim().to_owned()))?;
        pieces.extend([Piece::Plain(plain), Piece::Variable { variable, otherwise: otherwise.trim() }]);
        rest = after;
    }
    pieces.push(Piece::Plain(rest));
    Ok(pieces)
}

fn variable(name: &str) -> Option<Variable<'_>> {
    Some(match name {
        "customer.name" => Variable::CustomerName,
        "agent.nickname" => Variable::AgentNickname,
        "queue.name" => Variable::QueueName,
        "conversation.id" => Variable::ConversationId,
        _ => Variable::Attribute(name.strip_prefix("attributes.").filter(|key| !key.is_empty())?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_known_is_filled_in_and_what_is_missing_takes_its_default() {
        let attributes = BTreeMap::from([("order no".to_owned(), "4711".to_owned())]);
        let values = Values {
            customer_name: "Ann",
            agent_nickname: "Alex",
            queue_name: "",
            conversation_id: "1-2",
            attributes: Some(&attributes),
        };
        let filled = |text: &str| render(text, &values);
        assert_eq!(filled("Hello {{customer.name}}, {{ agent.nickname }} here."), "Hello Ann, Alex here.");
        assert_eq!(filled("{{queue.name|the shop}} ({{conversation.id}})"), "the shop (1-2)");
        assert_eq!(filled("[{{queue.name}}{{attributes.size}}]"), "[]");
        assert_eq!(filled("Order {{attributes.order no|unknown}}"), "Order 4711");
        assert_eq!(filled("a | b } c { {{customer.name|x|y}}"), "a | b } c { Ann");
        assert_eq!(filled("{{attributes.x|a|b}}"), "a|b");
    }

    #[test]
    fn what_cannot_be_filled_in_is_refused() {
        assert_eq!(check_text("Hello {{customer.name"), Err(TemplateError::Unclosed));
        assert_eq!(check_text("{{customer.age|42}}"), Err(TemplateError::Unknown("customer.age".to_owned())));
        assert_eq!(check_text("{{}}"), Err(TemplateError::Unknown(String::new())));
        assert_eq!(check_text("{{attributes.}}"), Err(TemplateError::Unknown("attributes.".to_owned())));
        assert_eq!(check_text("{{customer.name|{{agent.nickname}}}}"), Err(TemplateError::Nested));
        assert_eq!(
            check_text("{{Customer.Name}}").unwrap_err().to_string(),
            "there is no `{{Customer.Name}}`; there are customer.name, agent.nickname, queue.name, conversation.id \
             and attributes.KEY"
        );
        assert_eq!(check_text("no }} harm } in { these |"), Ok(()));
    }

    #[test]
    fn what_a_customer_calls_themselves_is_never_looked_at_again() {
        let values =
            Values { customer_name: "{{agent.nickname}}", agent_nickname: "Alex", ..Values::default() };
        assert_eq!(render("{{customer.name}}", &values), "{{agent.nickname}}");
        let values = Values { customer_name: "{{", agent_nickname: "}}", ..Values::default() };
        assert_eq!(render("{{customer.name}}queue.name{{agent.nickname}}", &values), "{{queue.name}}");
    }

    proptest! {
        #[test]
        fn no_text_and_no_value_breaks_it(text in "[{}|a-z. ]{0,40}", name in "[{}|a-z. ]{0,20}") {
            let values = Values { customer_name: &name, ..Values::default() };
            let filled = render(&text, &values);
            if check_text(&text).is_err() || !text.contains("{{") {
                prop_assert_eq!(filled, text);
            }
        }

        #[test]
        fn a_name_comes_out_as_it_went_in(before in "[^{]{0,20}", name in ".{1,20}", after in "[^{]{0,20}") {
            let values = Values { customer_name: &name, ..Values::default() };
            let text = format!("{before}{{{{customer.name|x}}}}{after}");
            prop_assert_eq!(render(&text, &values), format!("{before}{name}{after}"));
        }
    }
}
