//! One message as it was read: who said what to whom, in answer to what.

use jiff::Timestamp as Moment;
use mail_parser::{
    Address, DateTime, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};
use sha2::{Digest, Sha256};

use super::mbox::Raw;
use crate::intake::foreign::{ForeignFile, ForeignPerson, Place};
use crate::intake::html;
use crate::intake::text::hex;
use crate::model::attachment::FILES_PER_COMMENT;

/// The longest id that is kept as it is, in bytes; a longer one is known by its hash.
const ID_LIMIT: usize = 200;

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mail {
    pub place: Place,
    /// Its Message-ID, or the hash of its bytes.
    pub id: String,
    /// What it answers, the first of the thread first.
    pub answers: Vec<String>,
    pub subject: String,
    pub from: Option<ForeignPerson>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    /// The bare addresses of both, in lower case.
    pub addresses: Vec<String>,
    pub sent: Option<Moment>,
    pub body: String,
    /// Its files.
    pub files: Vec<ForeignFile>,
    /// Names, sizes and kinds of those that can't be brought.
    pub attachments: Vec<String>,
    pub importance: Option<String>,
}

/// Why a message does not come in.
pub(super) struct NoMail {
    pub key: String,
    pub what: &'static str,
}

impl Mail {
    pub fn read(raw: &Raw, place: &Place) -> Result<Mail, NoMail> {
        let nothing = |what| NoMail {
            key: String::new(),
            what,
        };
        let message = MessageParser::default()
            .parse(&raw.bytes)
            .ok_or_else(|| nothing("it is empty"))?;
        let sent = sent(&message);
        let is_mail = message.from().is_some()
            || message.subject().is_some()
            || message.message_id().is_some()
            || sent.is_some();
        if !is_mail {
            return Err(nothing(
                "no mail: neither From, Subject, Date nor Message-ID",
            ));
        }
        let id = message.message_id().map(lasting_id);
        let id = id.unwrap_or_else(|| format!("sha256-{}", short_hash(&raw.bytes)));
        if let Some(what) = is_of_a_machine(&message) {
            return Err(NoMail { key: id, what });
        }
        let (to, cc) = (message.to(), message.cc());
        let addresses = to.into_iter().chain(cc).flat_map(Address::iter);
        let addresses = addresses.filter_map(|it| Some(it.address()?.trim().to_lowercase()));
        let (files, attachments) = attached(&message);
        Ok(Mail {
            place: place.clone(),
            answers: answers(&message, &id),
            id,
            subject: subject(&message),
            from: message.from().or_else(|| message.sender()).and_then(person),
            addresses: addresses.collect(),
            to: names(to),
            cc: names(cc),
            sent,
            body: body(&message),
            files,
            attachments,
            importance: importance(&message),
        })
    }
}

/// When it was sent: by its own date, or by the first server that had it.
fn sent(message: &Message<'_>) -> Option<Moment> {
    let received = message.received_all().last().and_then(|it| it.date());
    let moment = |at: DateTime| {
        let seconds = at.is_valid().then(|| at.to_timestamp())?;
        Moment::from_second(seconds).ok()
    };
    let own = message.date().cloned().and_then(moment);
    own.or_else(|| moment(received?))
}

/// Why no person wrote it, if none did.
fn is_of_a_machine(message: &Message<'_>) -> Option<&'static str> {
    let auto = message
        .header("Auto-Submitted")
        .and_then(HeaderValue::as_text);
    let kind = auto.map(|it| it.trim().to_ascii_lowercase());
    if kind.is_some_and(|it| !it.is_empty() && !it.starts_with("no")) {
        return Some("an automatic message (Auto-Submitted)");
    }
    let is_report = message.content_type().is_some_and(|it| {
        let subtype = it.subtype().unwrap_or_default();
        it.ctype().eq_ignore_ascii_case("multipart") && subtype.eq_ignore_ascii_case("report")
    });
    is_report.then_some("a delivery report")
}

/// References name the whole way, the first of the thread first; In-Reply-To the last step.
fn answers(message: &Message<'_>, own: &str) -> Vec<String> {
    let mut answers: Vec<String> = Vec::new();
    for value in [message.references(), message.in_reply_to()] {
        let ids: Vec<&str> = match value {
            HeaderValue::Text(id) => vec![id],
            HeaderValue::TextList(ids) => ids.iter().map(AsRef::as_ref).collect(),
            _ => Vec::new(),
        };
        for id in ids.into_iter().map(lasting_id) {
            if id != own && !id.is_empty() && !answers.contains(&id) {
                answers.push(id);
            }
        }
    }
    answers
}

fn lasting_id(id: &str) -> String {
    let id = id.trim();
    if id.len() <= ID_LIMIT {
        return id.to_owned();
    }
    format!("sha256-{}", short_hash(id.as_bytes()))
}

fn short_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..16])
}

/// The subject without `Re:` and its like; as it is where nothing else is left.
fn subject(message: &Message<'_>) -> String {
    let whole = message.subject().unwrap_or_default();
    let bare = message.thread_name().unwrap_or_default();
    let subject = if bare.trim().is_empty() { whole } else { bare };
    subject.trim().to_owned()
}

fn person(address: &Address<'_>) -> Option<ForeignPerson> {
    let first = address.first()?;
    let mail = first.address().map(|it| it.trim().to_lowercase());
    let name = first.name().map(|it| it.trim().to_owned());
    let name = name.filter(|it| !it.is_empty());
    let source_id = mail.filter(|it| !it.is_empty()).or_else(|| name.clone())?;
    Some(ForeignPerson {
        name: name.unwrap_or_else(|| source_id.clone()),
        source_id,
    })
}

/// `Ana <ana@x.test>`.
fn names(addresses: Option<&Address<'_>>) -> Vec<String> {
    let all = addresses.into_iter().flat_map(Address::iter);
    all.filter_map(|it| match (it.name(), it.address()) {
        (Some(name), Some(mail)) => Some(format!("{name} <{mail}>")),
        (one, other) => one.or(other).map(str::to_owned),
    })
    .collect()
}

/// Every part that is meant to be read, HTML as text.
fn body(message: &Message<'_>) -> String {
    let texts = message.text_bodies().filter_map(|part| match &part.body {
        PartType::Text(text) => Some(text.replace("\r\n", "\n")),
        PartType::Html(html) => Some(html::to_text(html)),
        _ => None,
    });
    let texts = texts.map(|it| it.trim_end().to_owned());
    let texts: Vec<String> = texts.filter(|it| !it.is_empty()).collect();
    texts.join("\n\n")
}

/// The files, and what is known of those that are no attachments here.
fn attached(message: &Message<'_>) -> (Vec<ForeignFile>, Vec<String>) {
    let (mut files, mut left) = (Vec::new(), Vec::new());
    for part in message.attachments() {
        match file(part).filter(|_| files.len() < FILES_PER_COMMENT) {
            Some(file) => files.push(file),
            None => left.push(attachment(part)),
        }
    }
    (files, left)
}

fn file(part: &MessagePart<'_>) -> Option<ForeignFile> {
    let name = match part.message() {
        Some(message) => format!("{}.eml", message.subject().unwrap_or("message")),
        None => part.attachment_name().unwrap_or_default().to_owned(),
    };
    ForeignFile::new(&name, part.contents().to_vec())
}

/// `name, 17231 bytes, image/png`.
fn attachment(part: &MessagePart<'_>) -> String {
    let of_message = part.message().and_then(|it| it.subject());
    let name = part.attachment_name().or(of_message).unwrap_or("(no name)");
    let kind = part.content_type().map(|it| match it.subtype() {
        Some(subtype) => format!("{}/{subtype}", it.ctype()),
        None => it.ctype().to_owned(),
    });
    let size = format!("{} bytes", part.len());
    let parts = [Some(name.to_owned()), Some(size), kind];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `1 (Highest)` is `1`.
fn importance(message: &Message<'_>) -> Option<String> {
    let header = |name: &'static str| message.header(name).and_then(HeaderValue::as_text);
    let word = header("X-Priority").or_else(|| header("Importance"))?;
    let word = word.split_whitespace().next()?;
    Some(word.to_lowercase())
}
