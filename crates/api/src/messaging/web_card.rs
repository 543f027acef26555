//! The object inside the content of a `WEBCARD` message (`cec_07_0105`).

use serde::{Deserialize, Serialize};

use crate::field::{self, FieldError};
use crate::{Redacted, Text};

/// A card, serialised into the `content` string of a message with `mediaType` `WEBCARD`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebCard {
    /// Headline.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "Your order"))]
    pub title: Option<Redacted>,
    /// What the card says.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "Two chairs"))]
    pub description: Option<Redacted>,
    /// File id of the picture; mandatory if there is no `redirectUrl`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub media_file_id: Option<Text>,
    /// The picture's type: `img`, `img/png` or `img/jpg`; empty means JPEG.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "img/png"))]
    pub media_file_type: Option<Text>,
    /// Where a click leads; mandatory if there is no `mediaFileId`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "https://shop.example/orders/7"))]
    pub redirect_url: Option<Redacted>,
}

impl WebCard {
    /// Reads the card out of a message's content and checks it. Every fault is one of the field `content`.
    pub fn from_content(content: &str) -> Result<Self, FieldError> {
        let card: Self = serde_json::from_str(content)
            .map_err(|_| FieldError::invalid("content", "must be a card: a JSON object as a string"))?;
        if field::optional(card.media_file_id.as_deref()).is_none()
            && field::optional(card.redirect_url.as_deref()).is_none()
        {
            return Err(FieldError::invalid("content", "must have a `redirectUrl` or a `mediaFileId`"));
        }
        match field::optional(card.media_file_type.as_deref()) {
            None | Some("img" | "img/png" | "img/jpg") => Ok(card),
            Some(_) => {
                Err(FieldError::invalid("content", "must have a `mediaFileType` of img, img/png or img/jpg"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_needs_somewhere_to_lead_or_something_to_show() {
        let linked = WebCard::from_content(r#"{"title":"T","redirectUrl":"https://shop.example"}"#).unwrap();
        assert_eq!(linked.title, Some("T".into()));
        assert!(WebCard::from_content(r#"{"title":"T","redirectUrl":""}"#).is_err());
        assert!(WebCard::from_content(r#"{"mediaFileId":"1","mediaFileType":"exe"}"#).is_err());
        assert!(WebCard::from_content("no card").is_err());
    }
}
