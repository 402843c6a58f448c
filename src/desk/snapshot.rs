//! A family as it is now, page by page. A page ends after so many tickets or so many bytes,
//! also amid what belongs to one ticket.

use crate::model::id::{FamilyId, TicketId, UserId};
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::table::head::Head;
use crate::table::item::{Item, Query};
use crate::table::keys::{self, Scope};
use crate::table::patterns;
use crate::wire::cursor::Cursor;
use crate::wire::sync::SnapshotPage;

use super::feed::{cursor_of, no_family};
use super::scene::FamilyScope;
use super::{Desk, DeskError};

/// The most tickets of a page.
const TICKETS: usize = if cfg!(feature = "simulation") {
    12
} else {
    200
};

/// A page that holds so many bytes is full: few enough for a slow line to bring in time.
const BYTES: usize = if cfg!(feature = "simulation") {
    6 << 10
} else {
    1 << 20
};

/// How many items that belong to a ticket are read at once.
const BELOW: usize = 100;

/// Where a snapshot goes on: the cursor of its first page, and what comes next.
struct Token {
    start: Cursor,
    next: Next,
}

/// Where a page begins.
enum Next {
    /// After a sort key of the family's partition.
    Family(String),
    /// With a ticket again, and what belongs to it after a sort key of its partition; then on
    /// behind it.
    Ticket(TicketId, String),
    /// After a sort key of the person's own partition, which comes last.
    Own(String),
}

/// The rows of a page, as they are put together.
#[derive(Default)]
struct Filling {
    rows: Vec<Record>,
    bytes: usize,
}

impl Desk {
    /// One page of the family as it is now, as far as the person sees it; the last one brings
    /// what is theirs alone. Pages are read at
    /// different moments; whoever pulls from `start` afterwards has it all.
    pub async fn snapshot(
        &self,
        family_id: FamilyId,
        user_id: UserId,
        page: Option<&str>,
    ) -> Result<SnapshotPage, DeskError> {
        self.let_in(family_id, user_id).await?;
        // Read before who one is: what changes that afterwards comes with the log from here on.
        let end = self.head(family_id).await?.ok_or_else(no_family)?;
        let head = cursor_of(&end);
        let scope = self.enter(family_id, user_id).await?;
        let (token, tickets) = match page {
            Some(text) => (Token::parse(text)?, None),
            None => (
                Token {
                    start: head.clone(),
                    next: Next::Family(String::new()),
                },
                Some(self.tickets_to_work(&scope, &end).await?),
            ),
        };
        let own = self.own_position(family_id, user_id).await?;
        let mut page = Filling::default();
        let next = match (&token.next, own.is_some()) {
            (Next::Own(after), _) => self.fill_own(&scope, after, &mut page).await?,
            (of_family, has_own) => match self.fill(&scope, of_family, &mut page).await? {
                None if has_own => Some(Next::Own(String::new())),
                next => next,
            },
        };
        let mut rows = page.rows;
        if next.is_none() {
            rows.extend(
                patterns::user(self.table.as_ref(), user_id)
                    .await?
                    .map(Record::from),
            );
        }
        let rows = self.visible(&scope, rows, Record::audience).await?;
        Ok(SnapshotPage {
            next: next.map(|next| Token::of(&token.start, &next)),
            start: token.start,
            rows: rows.into(),
            head,
            own,
            tickets,
        })
    }

    /// How many live tickets there are in the queues that the person works.
    async fn tickets_to_work(&self, scope: &FamilyScope, head: &Head) -> Result<u64, DeskError> {
        let queues = patterns::queues(self.table.as_ref(), scope.family_id).await?;
        let theirs = queues
            .iter()
            .filter(|queue| scope.viewer.works_for(queue.group_id));
        Ok(theirs
            .map(|queue| u64::from(head.counts.of_queue(queue.queue_id)))
            .sum())
    }

    /// Puts together what is the family's; gives where the next page of it begins, if there is one.
    async fn fill(
        &self,
        scope: &FamilyScope,
        from: &Next,
        page: &mut Filling,
    ) -> Result<Option<Next>, DeskError> {
        let family_id = scope.family_id;
        let after = match from {
            Next::Family(after) | Next::Own(after) => after.clone(),
            Next::Ticket(ticket_id, after) => {
                let key = keys::ticket_key(family_id, *ticket_id);
                let behind = key.sk.clone();
                // Again, so that what is seen of a page is judged by what is on it.
                if let Some(item) = self.table.get(key).await? {
                    page.add(&item)?;
                }
                let left = self
                    .fill_below((family_id, *ticket_id), after, page)
                    .await?;
                if left.is_some() {
                    return Ok(left);
                }
                behind
            }
        };
        let query = Query::base(keys::family_pk(family_id)).after(after);
        let found = self.table.query(query.limit(TICKETS)).await?;
        for item in &found.items {
            if let Some(Record::Ticket(ticket)) = page.add(item)? {
                let of = (family_id, ticket.ticket_id);
                let left = self.fill_below(of, "", page).await?;
                if left.is_some() {
                    return Ok(left);
                }
            }
            if page.is_full() {
                return Ok(Some(Next::Family(item.key.sk.clone())));
            }
        }
        Ok(found.next.map(|it| Next::Family(behind_locators(it.sk))))
    }

    /// Adds what belongs to a ticket; gives where to go on once the page is full amid that.
    async fn fill_below(
        &self,
        (family_id, ticket_id): (FamilyId, TicketId),
        after: &str,
        page: &mut Filling,
    ) -> Result<Option<Next>, DeskError> {
        let mut query = Query::base(keys::ticket_pk(family_id, ticket_id)).limit(BELOW);
        if !after.is_empty() {
            query = query.after(after);
        }
        loop {
            let found = self.table.query(query.clone()).await?;
            for item in &found.items {
                page.add(item)?;
                if page.is_full() {
                    return Ok(Some(Next::Ticket(ticket_id, item.key.sk.clone())));
                }
            }
            if found.next.is_none() {
                return Ok(None);
            }
            query.start = found.next;
        }
    }

    /// Puts together what is the person's alone.
    async fn fill_own(
        &self,
        scope: &FamilyScope,
        after: &str,
        page: &mut Filling,
    ) -> Result<Option<Next>, DeskError> {
        let own = Scope::Person(scope.family_id, scope.viewer.user_id);
        let query = Query::base(own.pk()).after(after).limit(TICKETS);
        let found = self.table.query(query).await?;
        for item in &found.items {
            page.add(item)?;
        }
        Ok(found.next.map(|it| Next::Own(it.sk)))
    }
}

impl Filling {
    /// Adds an item, if it is a row; gives that.
    fn add(&mut self, item: &Item) -> Result<Option<&Record>, DeskError> {
        let Some(kind) = keys::entity_type_of(&item.key) else {
            return Ok(None);
        };
        self.rows.push(keys::record_of(item, kind)?);
        self.bytes += item.bytes();
        Ok(self.rows.last())
    }

    fn is_full(&self) -> bool {
        self.bytes >= BYTES
    }
}

/// Tells the tokens of pages that begin elsewhere than after a sort key of the family's: none
/// begins so.
const AMID: &str = "AMID~";
const OWN: &str = "OWN~";

impl Token {
    fn parse(text: &str) -> Result<Token, DeskError> {
        let parsed = text.split_once('~').and_then(|(start, next)| {
            Some(Token {
                start: start.parse().ok()?,
                next: Next::parse(next)?,
            })
        });
        parsed.ok_or_else(|| {
            Refusal::invalid("page", "it is not a page of a snapshot; start again").into()
        })
    }

    /// The token of a page of the same snapshot.
    fn of(start: &Cursor, next: &Next) -> String {
        // `#` would end a path, and `~` stands in no sort key.
        let next = match next {
            Next::Family(after) => after.clone(),
            Next::Ticket(ticket_id, after) => format!("{AMID}{ticket_id}~{after}"),
            Next::Own(after) => format!("{OWN}{after}"),
        };
        format!("{start}~{}", next.replace('#', "~"))
    }
}

impl Next {
    fn parse(text: &str) -> Option<Next> {
        let sk = |text: &str| text.replace('~', "#");
        if let Some(after) = text.strip_prefix(OWN) {
            return Some(Next::Own(sk(after)));
        }
        match text.strip_prefix(AMID) {
            Some(amid) => {
                let (ticket_id, after) = amid.split_once('~')?;
                Some(Next::Ticket(ticket_id.parse().ok()?, sk(after)))
            }
            None => Some(Next::Family(sk(text))),
        }
    }
}

/// Locators are no rows: the page that met the first of them goes on behind the last.
fn behind_locators(sk: String) -> String {
    match sk.split_once('#') {
        Some((kind @ ("EXT" | "NUM"), _)) => format!("{kind}$"),
        _ => sk,
    }
}
