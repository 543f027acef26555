//! The closed lists of the family, with their exact names.

use crate::named::named;

named! {
    /// What a message does to the session (`controlType`; send `cec_07_0105`, poll `cec_07_0108`).
    ///
    /// Up come all six. Down go `CHAT`, `DISCONNECT` and, where asked for, `READ`.
    #[derive(Default)]
    ControlType {
        /// Opens a session with the robot or a queue. Sent again for a live session, it changes nothing.
        Connect = "CONNECT",
        /// A message; what a client takes an entry without a control type for.
        #[default]
        Chat = "CHAT",
        /// Asks for a human.
        Trans2Agent = "TRANS2AGENT",
        /// The sender is typing.
        Input = "INPUT",
        /// Ends the session.
        Disconnect = "DISCONNECT",
        /// Says which messages were read: their ids, joined by commas.
        Read = "READ",
    }
}

named! {
    /// What a message's content is (`mediaType`; send `cec_07_0105` and `cec_07_2216`, poll `cec_07_0108`).
    MediaType {
        /// Text.
        Text = "TEXT",
        /// An image: its file id.
        Image = "IMAGE",
        /// A sound: its file id.
        Audio = "AUDIO",
        /// A film: its file id.
        Video = "VIDEO",
        /// A file: `fileName,fileSize,fileId,fileType`. Up only.
        File = "FILE",
        /// An image sent as a file: `fileId,fileType`. Up only.
        FileImage = "FILE_IMAGE",
        /// A film or a sound sent as a file: `fileId,fileType`. Up only.
        FileVideo = "FILE_VIDEO",
        /// A card: a JSON object as a string, see [`WebCard`](super::web_card::WebCard). Up only.
        WebCard = "WEBCARD",
        /// A place: `latitude/longitude/description`.
        Locate = "LOCATE",
        /// A document: its file id. Down only.
        Document = "DOCUMENT",
    }
}

impl MediaType {
    /// Whether a customer may send it; only `DOCUMENT` goes one way.
    pub const fn may_go_up(self) -> bool {
        !matches!(self, Self::Document)
    }

    /// Whether it may stand in a down-link message (`cec_07_0108`).
    pub const fn may_go_down(self) -> bool {
        !matches!(self, Self::File | Self::FileImage | Self::FileVideo | Self::WebCard)
    }
}

named! {
    /// Who wrote a message (`sourceType`).
    #[derive(Default)]
    SourceType {
        /// The customer, in what they send.
        Customer = "CUSTOMER",
        /// The customer, in history (`cec_07_0104`).
        User = "USER",
        /// An agent.
        Agent = "AGENT",
        /// The robot.
        Robot = "ROBOT",
        /// The server itself; what a client takes an entry without a source for.
        #[default]
        System = "SYSTEM",
    }
}

named! {
    /// How the customer is asked for a rating (`surveyType`; `cec_07_0113`).
    SurveyType {
        /// On the web page.
        Web = "WEB",
        /// Not at all.
        No = "NO",
    }
}

named! {
    /// One question of the survey (`satisfactionQuestion`; `cec_07_0113`).
    SurveyQuestion {
        /// Was the matter solved at first contact?
        Fcr = "FCR",
        /// Would the customer recommend the company?
        Nps = "NPS",
        /// How satisfied is the customer?
        Csat = "CSAT",
    }
}

named! {
    /// The robot's gender, which clients choose its picture by (`robotGender`).
    RobotGender {
        /// Male.
        Male = "MALE",
        /// Female.
        Female = "FEMALE",
    }
}

named! {
    /// The types that a customer may upload (`fileType`; `cec_07_0111`).
    UploadFileType {
        /// JPEG image.
        Jpg = "jpg",
        /// JPEG image, long spelling.
        Jpeg = "jpeg",
        /// PNG image.
        Png = "png",
        /// Windows bitmap.
        Bmp = "bmp",
        /// Windows bitmap, as older pages misspell it.
        Bpm = "bpm",
        /// MP3 sound.
        Mp3 = "mp3",
        /// AAC sound.
        Aac = "aac",
        /// MP4 film.
        Mp4 = "mp4",
        /// Plain text.
        Txt = "txt",
        /// Comma-separated values.
        Csv = "csv",
    }
}

named! {
    /// The types that a customer may download (`fileType`; `cec_07_0109`).
    DownloadFileType {
        /// JPEG image.
        Jpg = "jpg",
        /// JPEG image, long spelling.
        Jpeg = "jpeg",
        /// PNG image.
        Png = "png",
        /// Windows bitmap.
        Bmp = "bmp",
        /// Windows bitmap, as older pages misspell it.
        Bpm = "bpm",
        /// MP3 sound.
        Mp3 = "mp3",
        /// AAC sound.
        Aac = "aac",
        /// MP4 film.
        Mp4 = "mp4",
        /// Plain text.
        Txt = "txt",
        /// Comma-separated values.
        Csv = "csv",
        /// Rich text of the media library.
        RichText = "richtext",
        /// Word document, old format.
        Doc = "doc",
        /// Word document.
        Docx = "docx",
        /// PDF document.
        Pdf = "pdf",
        /// ZIP archive.
        Zip = "zip",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::named::Named;

    #[test]
    fn names_are_the_same_in_json_and_in_text() {
        for control in ControlType::ALL {
            assert_eq!(serde_json::to_value(control).unwrap(), control.as_str());
            assert_eq!(control.as_str().parse(), Ok(*control));
        }
        for media in MediaType::ALL {
            assert_eq!(serde_json::to_value(media).unwrap(), media.as_str());
            assert_eq!(media.as_str().parse(), Ok(*media));
        }
    }

    #[test]
    fn names_are_compared_exactly() {
        let refusal = "connect".parse::<ControlType>().unwrap_err();
        assert_eq!(refusal.to_string(), "must be one of CONNECT, CHAT, TRANS2AGENT, INPUT, DISCONNECT, READ");
    }

    #[test]
    fn each_direction_has_its_media_types() {
        assert!(!MediaType::Document.may_go_up());
        assert!(MediaType::Document.may_go_down() && !MediaType::WebCard.may_go_down());
    }
}
