//! What people gave, and the marked words they wrote, so that it can be asked later what became of
//! them.

use std::collections::{BTreeMap, BTreeSet};

use famdesk::model::command::CommandBody;
use famdesk::model::id::{CommandId, CommentId, TicketId, UserId};

/// Everything that was taken on some machine.
#[derive(Default)]
pub struct Given {
    pub commands: BTreeMap<CommandId, (UserId, CommandBody)>,
    /// By client: the comments written on that machine, or on the one that it is a copy of.
    comments: BTreeMap<usize, Vec<(TicketId, CommentId, CommandId)>>,
    pub marks: Vec<Mark>,
    /// What asked for what was so already, and of which a server that went back has lost the receipt
    /// and nothing else. Nobody can notice that, nor miss it.
    pub changed_nothing: BTreeSet<CommandId>,
}

/// A word that stands in one text alone.
#[derive(Debug, Clone)]
pub struct Mark {
    pub author: UserId,
    pub ticket_id: TicketId,
    /// The internal comment that it is in, if it is in one.
    pub note: Option<CommentId>,
}

impl Given {
    /// A word for a text that is about to be written.
    pub fn mark(&mut self, mark: Mark) -> String {
        self.marks.push(mark);
        word(self.marks.len() - 1)
    }

    pub fn took(&mut self, client: usize, me: UserId, command_id: CommandId, body: &CommandBody) {
        // An internal one may come out of its author's own sight.
        if let CommandBody::CommentAdd(new) = body
            && !new.internal
        {
            let written = (new.ticket_id, new.comment_id, command_id);
            self.comments.entry(client).or_default().push(written);
        }
        self.commands.insert(command_id, (me, body.clone()));
    }

    pub fn comments_of(&self, client: usize) -> &[(TicketId, CommentId, CommandId)] {
        self.comments.get(&client).map_or(&[], Vec::as_slice)
    }

    /// Who has a copy of a machine has what was given on it.
    pub fn copied(&mut self, original: usize, copy: usize) {
        let all = self.comments_of(original).to_vec();
        self.comments.insert(copy, all);
    }

    /// The marks that stand in some bytes.
    pub fn marks_in(&self, bytes: &[u8]) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for at in memchr::memmem::find_iter(bytes, b"zq") {
            let rest = &bytes[at + 2..];
            let digits = rest.iter().take_while(|it| it.is_ascii_digit()).count();
            if rest[digits..].starts_with(b"qz") {
                let number = String::from_utf8_lossy(&rest[..digits]);
                found.extend(number.parse::<usize>().ok());
            }
        }
        found
    }
}

fn word(number: usize) -> String {
    format!("zq{number}qz")
}
