//! What people do, by dice, with what they see on their own machine.

use std::collections::BTreeSet;

use famdesk::model::attachment::NewAttachment;
use famdesk::model::command::{Base, CommandBody, MembershipField, NewComment};
use famdesk::model::comment::Channel;
use famdesk::model::entity::EntityKey;
use famdesk::model::id::{AttachmentId, CommentId, TicketId, UserId};
use famdesk::model::long_text::LongText;
use famdesk::model::membership::Role;
use famdesk::model::participant::ParticipantRole;
use famdesk::model::severity::Severity;
use famdesk::model::source::{DAY, Source};
use famdesk::model::status::Stage;
use famdesk::model::ticket::{NewTicket, Ticket, TicketField};
use famdesk::replica::view::{FileRow, Thread};

use crate::client::Client;
use crate::dice::Dice;
use crate::given::{Given, Mark};
use crate::world::{Family, World};

/// Who acts, on what machine, with what dice.
pub struct Act<'a> {
    pub client: &'a Client,
    pub family: &'a Family,
    pub given: &'a mut Given,
    pub dice: &'a mut Dice,
}

impl Act<'_> {
    /// A command that somebody might give here and now.
    pub async fn command(mut self) -> Option<CommandBody> {
        if self.dice.once_in(8) {
            return self.about_people();
        }
        let mut tickets = self.client.tickets(self.family.id).await;
        if self.dice.once_in(2) {
            // They meet where most is going on.
            tickets.truncate(2);
        }
        let row = self.dice.pick(&tickets);
        let thread = match row {
            Some(row) if !self.dice.once_in(5) => self.client.thread(row.ticket_id).await,
            _ => None,
        };
        match thread {
            Some(thread) if self.dice.once_in(12) => self.about_files(&thread).await,
            Some(thread) => self.about(&thread),
            None => Some(self.new_ticket()),
        }
    }

    /// A command that changes what somebody else may see.
    pub async fn around(self, user_id: UserId) -> Option<CommandBody> {
        // The one who owns the store stays: whoever looks at the end whether all is well needs one
        // who sees it all.
        if self.dice.once_in(5) && user_id != self.family.people[0] {
            return Some(CommandBody::MembershipRemove { user_id });
        }
        let tickets = self.client.tickets(self.family.id).await;
        let ticket_id = self.dice.pick(&tickets)?.ticket_id;
        let role = ParticipantRole::Cc;
        Some(match self.dice.roll(3) {
            0 => CommandBody::ParticipantAdd {
                ticket_id,
                user_id,
                role,
            },
            1 => CommandBody::ParticipantRemove {
                ticket_id,
                user_id,
                role,
            },
            _ => CommandBody::TicketSet {
                ticket_id,
                set: TicketField::QueueId(*self.dice.pick(&self.family.queues)?),
                base: None,
            },
        })
    }

    fn new_ticket(&mut self) -> CommandBody {
        let ticket_id = World::new_ticket_id(self.client);
        let description = self
            .dice
            .once_in(2)
            .then(|| self.text(self.mark(ticket_id)));
        let new = NewTicket {
            ticket_id,
            queue_id: *self.dice.pick(&self.family.queues).expect("queues"),
            title: format!("thing {}", self.dice.roll(1000)),
            description,
            severity: self.dice.pick(&Severity::ALL).copied(),
            requested_by: None,
            assigned_to: None,
            category: None,
            due_date: None,
            tags: BTreeSet::new(),
            parent_ticket: None,
            source: Channel::Screen,
        };
        CommandBody::TicketCreate(Box::new(new))
    }

    fn about(&mut self, thread: &Thread) -> Option<CommandBody> {
        let ticket = &thread.ticket;
        let ticket_id = ticket.ticket_id;
        let tag = format!("tag{}", self.dice.roll(4));
        Some(match self.dice.roll(20) {
            0..=4 => self.comment(ticket_id),
            5..=9 => self.set(ticket),
            10 => CommandBody::TicketTag { ticket_id, tag },
            11 => CommandBody::TicketUntag { ticket_id, tag },
            12 => CommandBody::TicketResolve { ticket_id },
            14 if self.dice.once_in(2) => CommandBody::TicketReopen { ticket_id },
            14 => CommandBody::TicketClose { ticket_id },
            13 | 15 => CommandBody::TicketDescribe {
                ticket_id,
                description: self.text(self.mark(ticket_id)),
                base: Some(Base {
                    version: thread.ticket.common.version,
                    value: LongText::Inline(thread.description.clone().unwrap_or_default()),
                }),
            },
            16 => CommandBody::TicketSet {
                ticket_id,
                set: TicketField::QueueId(*self.dice.pick(&self.family.queues)?),
                base: None,
            },
            17 => {
                let user_id = *self.dice.pick(&self.family.people)?;
                let role = ParticipantRole::Cc;
                match self.dice.once_in(2) {
                    true => CommandBody::ParticipantAdd {
                        ticket_id,
                        user_id,
                        role,
                    },
                    false => CommandBody::ParticipantRemove {
                        ticket_id,
                        user_id,
                        role,
                    },
                }
            }
            18 => {
                let mine = |it: &&_| -> bool {
                    let row: &famdesk::replica::view::CommentRow = it;
                    row.author_id == self.client.seat.me
                };
                let comment = thread.comments.iter().find(mine)?;
                let mark = Mark {
                    note: comment.internal.is_some().then_some(comment.comment_id),
                    ..self.mark(ticket_id)
                };
                CommandBody::CommentEdit {
                    ticket_id,
                    comment_id: comment.comment_id,
                    base: Some(Base::exactly(LongText::Inline(comment.body.clone()))),
                    comment_body: self.text(mark),
                }
            }
            _ => {
                let comment = self.dice.pick(&thread.comments);
                match comment {
                    Some(it) => {
                        CommandBody::EntityDelete(EntityKey::Comment(ticket_id, it.comment_id))
                    }
                    None if self.dice.once_in(3) => {
                        CommandBody::EntityDelete(EntityKey::Ticket(ticket_id))
                    }
                    None => return None,
                }
            }
        })
    }

    fn comment(&mut self, ticket_id: TicketId) -> CommandBody {
        let comment_id = CommentId(self.client.source().fresh());
        let internal = self.dice.once_in(4);
        let mark = Mark {
            note: internal.then_some(comment_id),
            ..self.mark(ticket_id)
        };
        CommandBody::CommentAdd(NewComment {
            ticket_id,
            comment_id,
            comment_body: self.text(mark),
            reply_to: None,
            internal,
            channel: Channel::Screen,
        })
    }

    /// Fetches a file, removes one, or attaches another to the ticket or to a comment.
    async fn about_files(&mut self, thread: &Thread) -> Option<CommandBody> {
        let ticket_id = thread.ticket.ticket_id;
        let on_comments = thread.comments.iter().flat_map(|it| &it.files);
        let files: Vec<&FileRow> = thread.files.iter().chain(on_comments).collect();
        let station = self.client.station();
        match (self.dice.pick(&files), self.dice.roll(4)) {
            (Some(row), 0) => {
                // It may have gone out of sight meanwhile.
                let _ = station.fetch_file(self.family.id, &row.file).await;
                return None;
            }
            (Some(row), 1) => return Some(CommandBody::EntityDelete(row.key())),
            _ => {}
        }
        let comment = match self.dice.once_in(2) {
            true => self.dice.pick(&thread.comments),
            false => None,
        };
        let internal = comment.filter(|it| it.internal.is_some());
        let mark = self.given.mark(Mark {
            note: internal.map(|it| it.comment_id),
            ..self.mark(ticket_id)
        });
        let bytes = format!("the file {mark}").into_bytes();
        let kept = station.keep_file(&format!("{mark}.txt"), bytes).await;
        Some(CommandBody::AttachmentAdd(NewAttachment {
            ticket_id,
            attachment_id: AttachmentId(self.client.source().fresh()),
            comment_id: comment.map(|it| it.comment_id),
            file: kept.expect("kept"),
        }))
    }

    /// Sets a field that must not be overwritten unseen, saying what it was.
    fn set(&mut self, ticket: &Ticket) -> CommandBody {
        let set = match self.dice.roll(6) {
            0 | 1 => TicketField::Title(format!("title {}", self.dice.roll(1000))),
            2 => TicketField::Severity(*self.dice.pick(&Severity::ALL).expect("severities")),
            3 => TicketField::Stage(*self.dice.pick(Stage::ALL).expect("stages")),
            4 => TicketField::AssignedTo(self.dice.pick(&self.family.people).copied()),
            _ => {
                let days = i64::try_from(self.dice.roll(9)).expect("few");
                let due = self.client.source().now().plus(days * DAY);
                TicketField::DueDate(Some(due))
            }
        };
        let base = Base {
            version: ticket.common.version,
            value: set.current(ticket),
        };
        CommandBody::TicketSet {
            ticket_id: ticket.ticket_id,
            set,
            base: Some(base),
        }
    }

    fn about_people(&mut self) -> Option<CommandBody> {
        let user_id: UserId = *self.dice.pick(&self.family.people[1..])?;
        let group_id = *self.dice.pick(&self.family.groups)?;
        Some(match self.dice.roll(8) {
            0..=2 => CommandBody::GroupMembershipAdd {
                group_id,
                user_id,
                is_admin: self.dice.once_in(4),
            },
            3 | 4 => CommandBody::GroupMembershipRemove { group_id, user_id },
            5 => CommandBody::MembershipSet {
                user_id,
                set: MembershipField::Role(*self.dice.pick(Role::ALL)?),
            },
            6 => CommandBody::MembershipSet {
                user_id,
                set: MembershipField::IsAdmin(self.dice.once_in(3)),
            },
            _ => match self.dice.roll(3) {
                0 => CommandBody::MembershipRemove { user_id },
                1 => CommandBody::MembershipInvite {
                    user_id,
                    display_name: "again".to_owned(),
                    role: *self.dice.pick(Role::ALL)?,
                },
                _ => CommandBody::MembershipAccept {},
            },
        })
    }

    fn mark(&self, ticket_id: TicketId) -> Mark {
        Mark {
            author: self.client.seat.me,
            ticket_id,
            note: None,
        }
    }

    /// A text with a word in it that stands nowhere else; sometimes too long for a command.
    fn text(&mut self, mark: Mark) -> LongText {
        let mark = self.given.mark(mark);
        let long = match self.dice.once_in(12) {
            true => " and so on".repeat(900),
            false => String::new(),
        };
        LongText::from(format!("said {mark} so{long} {mark}").as_str())
    }
}
