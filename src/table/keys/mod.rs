//! What every key of the table looks like: typed ids in, keys out, in one place.
//!
//! Prefixes end in `#`, so that none is the beginning of another. Ids are UUIDs and hold no `#`;
//! what comes from outside is encoded ([`encoded`]).

mod items;

use crate::model::audit::AuditRecord;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{
    AttachmentId, CommandId, CommentId, DeviceId, FamilyId, GroupId, KeyId, QueueId, SecretId,
    SessionId, TicketId, UserId, WebhookId,
};
use crate::model::number::TicketNumber;
use crate::model::participant::ParticipantRole;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::Status;
use crate::model::ticket::{Ticket, TimerKind};

use super::item::Key;

pub use items::{
    Locator, Timer, audit_of, child_item, email_item, ext_item, head_item, head_of, item_of,
    located, log_item, number_item, read, record_of, timer_item, written,
};

/// Whose log and sequence: each is gapless in itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    Family(FamilyId),
    /// A user outside of any family.
    User(UserId),
    /// What is one person's alone in a family: nobody else ever receives it, admins included.
    Person(FamilyId, UserId),
}

impl Scope {
    /// The partition of the scope itself.
    pub fn pk(self) -> String {
        match self {
            Scope::Family(family) => family_pk(family),
            Scope::User(user) => user_pk(user),
            Scope::Person(family, user) => format!("FAMILY#{family}#USER#{user}"),
        }
    }

    /// Whose log holds what happens to an entity.
    pub fn of(family: FamilyId, entity: &EntityKey) -> Scope {
        match entity {
            EntityKey::User(user) => Scope::User(*user),
            EntityKey::ReadMarker(_, user) => Scope::Person(family, *user),
            EntityKey::Family(_)
            | EntityKey::Membership(_)
            | EntityKey::Group(_)
            | EntityKey::GroupMembership(..)
            | EntityKey::Queue(_)
            | EntityKey::Ticket(_)
            | EntityKey::Description(_)
            | EntityKey::Participant(..)
            | EntityKey::Comment(..)
            | EntityKey::Attachment(..)
            | EntityKey::Webhook(_) => Scope::Family(family),
        }
    }

    /// The family that it is in; none for a user, who belongs to none.
    pub fn family(self) -> Option<FamilyId> {
        match self {
            Scope::Family(family) | Scope::Person(family, _) => Some(family),
            Scope::User(_) => None,
        }
    }
}

/// `FAMILY#f`: what belongs to the family and is read with it.
pub fn family_pk(family: FamilyId) -> String {
    format!("FAMILY#{family}")
}

/// What every partition of a user begins with.
const USERS: &str = "USER#";

/// `USER#u`.
pub fn user_pk(user: UserId) -> String {
    format!("{USERS}{user}")
}

/// `FAMILY#f#TICKET#t`: what belongs to one ticket.
pub fn ticket_pk(family: FamilyId, ticket: TicketId) -> String {
    format!("FAMILY#{family}#TICKET#{ticket}")
}

/// `FAMILY#f#DEVICE#d`.
pub fn device_pk(family: FamilyId, device: DeviceId) -> String {
    format!("FAMILY#{family}#DEVICE#{device}")
}

/// `...#LOG`: append-only.
pub fn log_pk(scope: Scope) -> String {
    format!("{}#LOG", scope.pk())
}

/// `FAMILY#f#TIMER`.
pub fn timer_pk(family: FamilyId) -> String {
    format!("FAMILY#{family}#TIMER")
}

/// The key of any entity. The partition comes from the family that was asked about, whatever the
/// entity says of itself; only a user stands outside of it.
pub fn key_of(family: FamilyId, entity: &EntityKey) -> Key {
    match *entity {
        EntityKey::User(user) => user_key(user),
        EntityKey::Family(_) => family_key(family),
        EntityKey::Membership(user) => member_key(family, user),
        EntityKey::Group(group) => group_key(family, group),
        EntityKey::GroupMembership(group, user) => group_member_key(family, group, user),
        EntityKey::Queue(queue) => queue_key(family, queue),
        EntityKey::Ticket(ticket) => ticket_key(family, ticket),
        EntityKey::Description(ticket) => body_key(family, ticket),
        EntityKey::Participant(ticket, role, user) => participant_key((family, ticket), role, user),
        EntityKey::Comment(ticket, comment) => comment_key(family, ticket, comment),
        EntityKey::Attachment(ticket, attachment) => attachment_key(family, ticket, attachment),
        EntityKey::ReadMarker(ticket, user) => read_marker_key(family, user, ticket),
        EntityKey::Webhook(webhook) => webhook_key(family, webhook),
    }
}

pub fn family_key(family: FamilyId) -> Key {
    Key::new(family_pk(family), "META")
}

/// Sequence and counters of a log.
pub fn head_key(scope: Scope) -> Key {
    Key::new(scope.pk(), "SEQ")
}

pub fn member_key(family: FamilyId, user: UserId) -> Key {
    Key::new(family_pk(family), format!("{MEMBERS}{user}"))
}

pub fn group_key(family: FamilyId, group: GroupId) -> Key {
    Key::new(family_pk(family), format!("{GROUPS}{group}#META"))
}

pub fn group_member_key(family: FamilyId, group: GroupId, user: UserId) -> Key {
    Key::new(
        family_pk(family),
        format!("{}{user}", group_members_prefix(group)),
    )
}

pub fn queue_key(family: FamilyId, queue: QueueId) -> Key {
    Key::new(family_pk(family), format!("{QUEUES}{queue}"))
}

pub fn ticket_key(family: FamilyId, ticket: TicketId) -> Key {
    Key::new(family_pk(family), format!("{TICKETS}{ticket}"))
}

/// The locator of a ticket by its number. The prefix is left out: a family counts on when it
/// changes its prefix.
pub fn number_key(family: FamilyId, number: &TicketNumber) -> Key {
    Key::new(
        family_pk(family),
        format!("NUM#{:04}#{:06}", number.year, number.count),
    )
}

/// The locator of what came from another system, by that system's own id.
pub fn ext_key(family: FamilyId, system: &str, id: &str) -> Key {
    Key::new(
        family_pk(family),
        format!("EXT#{}#{}", encoded(system), encoded(id)),
    )
}

pub fn body_key(family: FamilyId, ticket: TicketId) -> Key {
    Key::new(ticket_pk(family, ticket), "BODY")
}

pub fn comment_key(family: FamilyId, ticket: TicketId, comment: CommentId) -> Key {
    Key::new(ticket_pk(family, ticket), format!("{COMMENTS}{comment}"))
}

pub fn attachment_key(family: FamilyId, ticket: TicketId, attachment: AttachmentId) -> Key {
    Key::new(
        ticket_pk(family, ticket),
        format!("{ATTACHMENTS}{attachment}"),
    )
}

pub fn participant_key(
    (family, ticket): (FamilyId, TicketId),
    role: ParticipantRole,
    user: UserId,
) -> Key {
    Key::new(
        ticket_pk(family, ticket),
        format!("{PARTICIPANTS}{role}#{user}"),
    )
}

/// Someone's marker in a ticket, in their own partition of the family.
pub fn read_marker_key(family: FamilyId, user: UserId, ticket: TicketId) -> Key {
    Key::new(
        Scope::Person(family, user).pk(),
        format!("{READ_MARKERS}{ticket}"),
    )
}

pub fn webhook_key(family: FamilyId, webhook: WebhookId) -> Key {
    Key::new(family_pk(family), format!("{WEBHOOKS}{webhook}"))
}

/// `FAMILY#f#WEBHOOK#w`: what is kept for a webhook and is no part of the family's history.
pub fn webhook_pk(family: FamilyId, webhook: WebhookId) -> String {
    format!("FAMILY#{family}#WEBHOOK#{webhook}")
}

/// How far the family's log has been gone through for a webhook, and how it is doing.
pub fn webhook_state_key(family: FamilyId, webhook: WebhookId) -> Key {
    Key::new(webhook_pk(family, webhook), "STATE")
}

/// Where in the family's log a webhook was turned on last, written with that.
pub fn webhook_start_key(family: FamilyId, webhook: WebhookId) -> Key {
    Key::new(webhook_pk(family, webhook), START)
}

pub fn webhook_secret_key((family, webhook): (FamilyId, WebhookId), secret: SecretId) -> Key {
    Key::new(webhook_pk(family, webhook), format!("SECRET#{secret}"))
}

/// A delivery by its number among the webhook's own: one that waits, or one that is done with.
pub fn delivery_key(
    (family, webhook): (FamilyId, WebhookId),
    number: i64,
    is_waiting: bool,
) -> Key {
    Key::new(webhook_pk(family, webhook), delivery_sk(number, is_waiting))
}

/// `WAITING#n12` or `DONE#n12`.
pub fn delivery_sk(number: i64, is_waiting: bool) -> String {
    let prefix = if is_waiting { WAITING } else { DONE };
    format!("{prefix}{}", n12(number))
}

/// The locator, beside a ticket, of a ticket whose parent it is.
pub fn child_key(family: FamilyId, parent: TicketId, child: TicketId) -> Key {
    Key::new(ticket_pk(family, parent), format!("{CHILDREN}{child}"))
}

/// `FAMILY#f#BLOB#h`: what is known of a blob in a family, by its SHA-256.
pub fn blob_pk(family: FamilyId, sha256: &str) -> String {
    format!("FAMILY#{family}#BLOB#{}", encoded(sha256))
}

/// That an entity speaks of a blob, or did once: its history does still.
pub fn blob_ref_key(family: FamilyId, sha256: &str, entity: &EntityKey) -> Key {
    let (kind, id) = (entity.entity_type(), entity.entity_id());
    Key::new(blob_pk(family, sha256), format!("{BLOB_REFS}{kind}#{id}"))
}

/// That someone has sent a blob to the family, and so may speak of it.
pub fn upload_key(family: FamilyId, sha256: &str, user: UserId) -> Key {
    Key::new(blob_pk(family, sha256), format!("{UPLOADS}{user}"))
}

/// One record of a log, by its number there.
pub fn log_key(scope: Scope, seq: i64) -> Key {
    Key::new(log_pk(scope), log_sk(seq))
}

/// `SEQ#nnnnnnnnnnnn`.
pub fn log_sk(seq: i64) -> String {
    format!("SEQ#{}", n12(seq))
}

/// The number of a record of a log, by its key.
pub fn seq_of(key: &Key) -> Option<i64> {
    key.sk.strip_prefix("SEQ#")?.parse().ok()
}

pub fn timer_key(family: FamilyId, (at, kind): (Timestamp, TimerKind), ticket: TicketId) -> Key {
    Key::new(timer_pk(family), format!("{}#{kind}#{ticket}", t10(at)))
}

/// Where it is remembered that a command was seen, and what was answered.
pub fn op_key(scope: Scope, command: CommandId) -> Key {
    Key::new(format!("{}#OP", scope.pk()), format!("OP#{command}"))
}

pub fn device_key(family: FamilyId, device: DeviceId) -> Key {
    Key::new(device_pk(family, device), "META")
}

/// The verdict on one command of a device, by the device's own count.
pub fn result_key(family: FamilyId, device: DeviceId, cseq: i64) -> Key {
    Key::new(device_pk(family, device), format!("{RESULTS}{}", n12(cseq)))
}

pub fn user_key(user: UserId) -> Key {
    Key::new(user_pk(user), "META")
}

/// The locator of a user by e-mail address, whose case doesn't matter.
pub fn email_key(email: &str) -> Key {
    let email = encoded(&email.trim().to_lowercase());
    Key::new(format!("{EMAILS}{email}"), "META")
}

/// How somebody's password is checked.
pub fn credential_key(user: UserId) -> Key {
    Key::new(user_pk(user), "CREDENTIAL")
}

/// A device that somebody is logged in on.
pub fn session_key(user: UserId, session: SessionId) -> Key {
    Key::new(user_pk(user), format!("{SESSIONS}{session}"))
}

pub fn api_key_key(user: UserId, key: KeyId) -> Key {
    Key::new(user_pk(user), format!("{API_KEYS}{key}"))
}

/// The one-time code that is open for somebody.
pub fn code_key(user: UserId) -> Key {
    Key::new(user_pk(user), "CODE")
}

/// What a token or one-time code stands for, by its SHA-256 in hexadecimal.
pub fn token_key(hash: &str) -> Key {
    Key::new(format!("TOKEN#{hash}"), "META")
}

/// Who somebody is by the number of their login on the server's machine.
pub fn uid_key(uid: u32) -> Key {
    Key::new(format!("UID#{uid}"), "META")
}

/// That a user has, or is to have, a login of their own.
pub fn account_key(user: UserId) -> Key {
    Key::new(STORE, format!("{ACCOUNTS}{user}"))
}

/// The store's own name.
pub fn store_key() -> Key {
    Key::new(STORE, "META")
}

/// Who owns the store, on the bundled backend.
pub fn store_owner_key() -> Key {
    Key::new(STORE, "OWNER")
}

/// That everything which speaks of a blob is noted beside it.
pub fn store_blobs_key() -> Key {
    Key::new(STORE, "BLOBS")
}

/// That a family is in this store; time acts in each of them.
pub fn store_family_key(family: FamilyId) -> Key {
    Key::new(STORE, format!("{STORE_FAMILIES}{family}"))
}

/// The partition of what concerns the store as a whole.
pub const STORE: &str = "STORE";
/// The families of the store (partition [`STORE`]).
pub const STORE_FAMILIES: &str = "FAMILY#";

/// The users with a login of their own (partition [`STORE`]).
pub const ACCOUNTS: &str = "ACCOUNT#";
/// The devices that somebody is logged in on (partition [`user_pk`]).
pub const SESSIONS: &str = "SESSION#";
/// Somebody's API keys (partition [`user_pk`]).
pub const API_KEYS: &str = "KEY#";

/// What kind of entity stands under a key of the partitions of a [`Scope`] and [`ticket_pk`];
/// none for locators, counters and whatever else stands there.
pub fn entity_type_of(key: &Key) -> Option<EntityType> {
    let mut parts = key.sk.split('#');
    Some(match (parts.next()?, parts.nth(1)) {
        ("META", None) if key.pk.starts_with(USERS) => EntityType::User,
        ("META", None) => EntityType::Family,
        ("MEMBER", None) => EntityType::Membership,
        ("GROUP", Some("META")) => EntityType::Group,
        ("GROUP", Some("MEMBER")) => EntityType::GroupMembership,
        ("QUEUE", None) => EntityType::Queue,
        ("WEBHOOK", None) => EntityType::Webhook,
        ("TICKET", None) => EntityType::Ticket,
        ("BODY", None) => EntityType::Description,
        ("COMMENT", None) => EntityType::Comment,
        ("ATTACHMENT", None) => EntityType::Attachment,
        ("READ", None) => EntityType::ReadMarker,
        ("PARTICIPANT", Some(_)) => EntityType::Participant,
        _ => return None,
    })
}

/// All memberships of a family (partition [`family_pk`]).
pub const MEMBERS: &str = "MEMBER#";
/// All groups of a family, each followed by its members (partition [`family_pk`]).
pub const GROUPS: &str = "GROUP#";
/// All queues of a family (partition [`family_pk`]).
pub const QUEUES: &str = "QUEUE#";
/// All tickets of a family, deleted ones too (partition [`family_pk`]).
pub const TICKETS: &str = "TICKET#";
/// All webhooks of a family, deleted ones too (partition [`family_pk`]).
pub const WEBHOOKS: &str = "WEBHOOK#";
/// Where a webhook was turned on last (partition [`webhook_pk`]).
pub const START: &str = "START";
/// What waits to be delivered (partition [`webhook_pk`]).
pub const WAITING: &str = "WAITING#";
/// What was delivered or given up (partition [`webhook_pk`]).
pub const DONE: &str = "DONE#";
/// All comments of a ticket (partition [`ticket_pk`]).
pub const COMMENTS: &str = "COMMENT#";
/// All attachments of a ticket and its comments (partition [`ticket_pk`]).
pub const ATTACHMENTS: &str = "ATTACHMENT#";
/// All participants of a ticket (partition [`ticket_pk`]).
pub const PARTICIPANTS: &str = "PARTICIPANT#";
/// The markers of one person in tickets (partition of [`Scope::Person`]).
pub const READ_MARKERS: &str = "READ#";
/// The locators of a ticket's children (partition [`ticket_pk`]).
pub const CHILDREN: &str = "CHILD#";
/// What speaks of a blob (partition [`blob_pk`]).
pub const BLOB_REFS: &str = "REF#";
/// Who has sent a blob (partition [`blob_pk`]).
pub const UPLOADS: &str = "UPLOAD#";
/// The verdicts on a device's commands (partition [`device_pk`]).
pub const RESULTS: &str = "RESULT#";

/// One group and its members (partition [`family_pk`]).
pub fn group_prefix(group: GroupId) -> String {
    format!("{GROUPS}{group}#")
}

/// Whether, among groups and those who are in them, it is a group.
pub fn is_group(key: &Key) -> bool {
    key.sk.ends_with("#META")
}

/// The memberships of one group (partition [`family_pk`]).
pub fn group_members_prefix(group: GroupId) -> String {
    format!("{GROUPS}{group}#MEMBER#")
}

/// How the partitions of locators by e-mail address begin.
pub const EMAILS: &str = "EMAIL#";

/// The verdicts after the given count of a device sort behind this.
pub fn result_sk(cseq: i64) -> String {
    format!("{RESULTS}{}", n12(cseq))
}

/// The end of what is due at the given moment: timers of that moment sort before it.
pub fn timers_until(at: Timestamp) -> String {
    format!("{}$", t10(at))
}

/// gsi1 of memberships: the families of a user.
pub fn membership_place(family: FamilyId, user: UserId, status: &str) -> Key {
    Key::new(user_pk(user), format!("FAMILY#{family}#STATUS#{status}"))
}

/// gsi2 partition: the tickets of a family by status, severity and creation.
pub fn tickets_pk(family: FamilyId) -> String {
    format!("FAMILY#{family}#TICKETS")
}

/// gsi3 partition: the tickets of a queue by creation.
pub fn queue_tickets_pk(family: FamilyId, queue: QueueId) -> String {
    format!("FAMILY#{family}#QUEUE#{queue}")
}

/// gsi1 partition: the open tickets of a person.
pub fn assignee_pk(family: FamilyId, user: UserId) -> String {
    format!("FAMILY#{family}#ASSIGNEE#{user}")
}

/// gsi1 partition: the tickets that a person takes part in.
pub fn participations_pk(family: FamilyId, user: UserId) -> String {
    format!("FAMILY#{family}#PARTICIPANT#{user}")
}

/// gsi1 place of a participant.
pub fn participation_place(
    (family, ticket): (FamilyId, TicketId),
    role: ParticipantRole,
    user: UserId,
) -> Key {
    Key::new(
        participations_pk(family, user),
        format!("TICKET#{ticket}#ROLE#{role}"),
    )
}

/// Tickets of a status, in [`tickets_pk`] and [`assignee_pk`].
pub fn status_prefix(status: Status) -> String {
    format!("STATUS#{status}#")
}

/// Tickets of a status and severity, in [`tickets_pk`] and [`assignee_pk`].
pub fn severity_prefix(status: Status, severity: Severity) -> String {
    format!("STATUS#{status}#SEV#{:02}#", severity.tenths())
}

/// `STATUS#s#SEV#nn#CREATED#t10#ID#t`.
fn gravity_sk(ticket: &Ticket) -> String {
    severity_prefix(ticket.status, ticket.severity) + &created_sk(ticket)
}

/// `CREATED#t10#ID#t`.
fn created_sk(ticket: &Ticket) -> String {
    format!(
        "CREATED#{}#ID#{}",
        t10(ticket.common.creation_date),
        ticket.ticket_id
    )
}

/// gsi2 partition: the log by entity.
pub fn audit_pk(scope: Scope) -> String {
    format!("{}#AUDIT", scope.pk())
}

/// The log records of one entity, in [`audit_pk`].
pub fn audit_prefix(entity: &EntityKey) -> String {
    format!("AUDIT#{}#{}#", entity.entity_type(), entity.entity_id())
}

/// Those of a ticket with all that belongs to it, in [`audit_pk`], in their order there.
pub fn audit_prefixes_of_ticket(ticket_id: TicketId) -> [String; 5] {
    [
        format!("AUDIT#{}#{ticket_id}/", EntityType::Attachment),
        format!("AUDIT#{}#{ticket_id}/", EntityType::Comment),
        audit_prefix(&EntityKey::Description(ticket_id)),
        format!("AUDIT#{}#{ticket_id}/", EntityType::Participant),
        audit_prefix(&EntityKey::Ticket(ticket_id)),
    ]
}

/// gsi2 place of a log record.
pub fn audit_place(scope: Scope, record: &AuditRecord) -> Key {
    Key::new(
        audit_pk(scope),
        format!(
            "{}TS#{}#SEQ#{}#ACTION#{}",
            audit_prefix(&record.entity),
            t10(record.time),
            n12(record.seq),
            record.action
        ),
    )
}

/// Epoch seconds in ten digits. What lies outside of 1970..2286 sorts at that end.
pub fn t10(at: Timestamp) -> String {
    format!("{:010}", at.0.clamp(0, 9_999_999_999))
}

/// A sequence number in twelve digits.
pub fn n12(n: i64) -> String {
    format!("{:012}", n.clamp(0, 999_999_999_999))
}

/// Text from outside, made fit to stand in a key: what is none of `[A-Za-z0-9._:-]` is
/// percent-encoded, so that no `#` gets in and no two texts come out alike.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b':' | b'-' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const F: FamilyId = FamilyId(Uuid::from_u128(1));

    #[test]
    fn nothing_from_outside_gets_a_separator_into_a_key() {
        assert_eq!(encoded("ALOY-464:b.c_d"), "ALOY-464:b.c_d");
        assert_eq!(encoded("a#b%c é"), "a%23b%25c%20%C3%A9");
        let key = ext_key(F, "ji#ra", "x#y");
        assert_eq!(key.sk, "EXT#ji%23ra#x%23y");
        assert_eq!(email_key(" Ana@Example.org ").pk, "EMAIL#ana%40example.org");
    }

    #[test]
    fn numbers_and_times_sort_as_text() {
        assert!(log_sk(9) < log_sk(10));
        assert!(t10(Timestamp(999_999_999)) < t10(Timestamp(1_000_000_000)));
        assert_eq!(t10(Timestamp(-5)), "0000000000");
        let half = severity_prefix(Status::Open, Severity::Sev2_5);
        let two = severity_prefix(Status::Open, Severity::Sev2);
        assert!(two < half && !half.starts_with(&two));
    }

    #[test]
    fn what_is_due_now_sorts_before_the_end_of_what_is_due() {
        let ticket = TicketId(Uuid::from_u128(2));
        let sk = |at| timer_key(F, (Timestamp(at), TimerKind::Wake), ticket).sk;
        let end = timers_until(Timestamp(100));
        assert!(sk(99) < end && sk(100) < end && sk(101) > end);
    }
}
