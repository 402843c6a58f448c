//! Which panes are visible at a size, and how large: shared by the step and the drawing, so that
//! moving by pages and drawing mean the same rows.

use super::state::Pane;

/// The size of the screen, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    pub width: u16,
    pub height: u16,
}

/// The smallest screen that shows anything but a request for a larger one.
pub const SMALLEST: Size = Size {
    width: 40,
    height: 12,
};

/// From how many columns on things stand side by side (settings `screen.wide_at` and
/// `screen.narrow_below`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Widths {
    pub wide_at: u16,
    pub narrow_below: u16,
}

impl Default for Widths {
    fn default() -> Widths {
        Widths {
            wide_at: 140,
            narrow_below: 100,
        }
    }
}

/// How the panes of the desk stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// Families and queues, the list, and the thread at the right.
    Wide,
    /// Families and queues beside the list; the thread below the list while it is open.
    Middle { thread: bool },
    /// One pane at a time, under a breadcrumb.
    Narrow(Pane),
    /// Too small for anything.
    TooSmall,
}

/// A rectangle of cells; what a pane has, its border included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
}

/// Where everything of the desk stands. A pane that is not visible has no area. Areas include
/// borders; the inside is one cell less on each side, but see [`Layout::list_rows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub arrangement: Arrangement,
    /// The title line.
    pub title: Area,
    /// Between title and status line.
    pub body: Area,
    /// The breadcrumb line of a narrow screen.
    pub breadcrumb: Option<Area>,
    pub families: Option<Area>,
    pub queues: Option<Area>,
    /// The row of severities; shares its upper border line with the pane.
    pub strip: Option<Area>,
    pub list: Option<Area>,
    pub thread: Option<Area>,
    /// Status and hints share the last line.
    pub status: Area,
}

/// The columns of families and queues,
const SIDE: u16 = 24;
/// and those on a screen of so many columns, where there is room for whole names.
const ROOMY: (u16, u16) = (34, 180);
/// The most rows that families take, borders included.
const FAMILIES_ROWS: u16 = 8;

/// Works out where everything stands.
///
/// `families` is how many families there are; the pane is as high as it must be.
pub fn lay_out(size: Size, widths: Widths, focus: (Pane, bool), families: usize) -> Layout {
    let (pane, thread_open) = focus;
    let arrangement = arrange(size, widths, pane, thread_open);
    let line = |y: u16| Area {
        x: 0,
        y,
        width: size.width,
        height: 1,
    };
    let body = Area {
        x: 0,
        y: 1,
        width: size.width,
        height: size.height.saturating_sub(2),
    };
    let mut layout = Layout {
        arrangement,
        title: line(0),
        body,
        breadcrumb: None,
        families: None,
        queues: None,
        strip: None,
        list: None,
        thread: None,
        status: line(size.height.saturating_sub(1)),
    };
    match arrangement {
        Arrangement::TooSmall => {}
        Arrangement::Narrow(pane) => layout.one_pane(pane),
        Arrangement::Middle { thread } => {
            let (side, main) = body.split_left(SIDE);
            layout.side(side, families);
            if thread {
                let (above, below) = main.split_top(main.height * 2 / 5);
                layout.list_column(above);
                layout.thread = Some(below);
            } else {
                layout.list_column(main);
            }
        }
        Arrangement::Wide => {
            let (roomy, from) = ROOMY;
            let side = if size.width < from { SIDE } else { roomy };
            let (side, main) = body.split_left(side);
            let (middle, right) = main.split_left(main.width / 2);
            layout.side(side, families);
            layout.list_column(middle);
            layout.thread = Some(right);
        }
    }
    layout
}

fn arrange(size: Size, widths: Widths, pane: Pane, thread: bool) -> Arrangement {
    if size.width < SMALLEST.width || size.height < SMALLEST.height {
        Arrangement::TooSmall
    } else if size.width < widths.narrow_below {
        Arrangement::Narrow(pane)
    } else if size.width < widths.wide_at {
        Arrangement::Middle { thread }
    } else {
        Arrangement::Wide
    }
}

impl Layout {
    fn one_pane(&mut self, pane: Pane) {
        let (crumb, rest) = self.body.split_top(1);
        self.breadcrumb = Some(crumb);
        match pane {
            Pane::Families => self.families = Some(rest),
            Pane::Queues => self.queues = Some(rest),
            Pane::List | Pane::Strip => self.list_column(rest),
            Pane::Thread => self.thread = Some(rest),
        }
    }

    fn side(&mut self, side: Area, families: usize) {
        let wanted = u16::try_from(families)
            .unwrap_or(u16::MAX)
            .saturating_add(2);
        let (above, below) = side.split_top(wanted.clamp(3, FAMILIES_ROWS));
        self.families = Some(above);
        self.queues = Some(below);
    }

    fn list_column(&mut self, column: Area) {
        let (strip, list) = column.split_top(2);
        self.strip = Some(strip);
        self.list = Some(list);
    }

    /// How many tickets the list shows at once.
    pub fn list_rows(&self) -> usize {
        inside_rows(self.list)
    }

    /// How many families are visible at once.
    pub fn family_rows(&self) -> usize {
        inside_rows(self.families)
    }

    /// How many lines of the queues pane are visible at once.
    pub fn queue_rows(&self) -> usize {
        inside_rows(self.queues)
    }

    /// How many lines of the thread are visible at once.
    pub fn thread_rows(&self) -> usize {
        inside_rows(self.thread)
    }

    /// The columns inside the thread's borders.
    pub fn thread_columns(&self) -> usize {
        self.thread
            .map_or(0, |area| usize::from(area.width.saturating_sub(2)))
    }

    /// Whether a pane is on the screen.
    pub fn shows(&self, pane: Pane) -> bool {
        match pane {
            Pane::Families => self.families.is_some(),
            Pane::Queues => self.queues.is_some(),
            Pane::List => self.list.is_some(),
            Pane::Thread => self.thread.is_some(),
            Pane::Strip => self.strip.is_some(),
        }
    }
}

fn inside_rows(area: Option<Area>) -> usize {
    area.map_or(0, |area| usize::from(area.height.saturating_sub(2)))
}

impl Area {
    /// Whether a cell lies in it.
    pub fn holds(self, x: u16, y: u16) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }

    fn split_left(self, width: u16) -> (Area, Area) {
        let width = width.min(self.width);
        let left = Area { width, ..self };
        let right = Area {
            x: self.x + width,
            width: self.width - width,
            ..self
        };
        (left, right)
    }

    pub(super) fn split_top(self, height: u16) -> (Area, Area) {
        let height = height.min(self.height);
        let above = Area { height, ..self };
        let below = Area {
            y: self.y + height,
            height: self.height - height,
            ..self
        };
        (above, below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(width: u16, height: u16, focus: Pane, thread: bool) -> Layout {
        lay_out(
            Size { width, height },
            Widths::default(),
            (focus, thread),
            3,
        )
    }

    #[test]
    fn the_width_decides_what_stands_side_by_side() {
        assert_eq!(
            at(140, 40, Pane::List, false).arrangement,
            Arrangement::Wide
        );
        let middle = at(139, 40, Pane::List, false);
        assert!(middle.shows(Pane::List) && !middle.shows(Pane::Thread));
        assert!(at(100, 40, Pane::List, true).shows(Pane::Thread));
        let narrow = at(99, 40, Pane::Thread, true);
        assert!(narrow.shows(Pane::Thread) && !narrow.shows(Pane::List));
        assert!(narrow.breadcrumb.is_some());
        for (width, height) in [(39, 40), (80, 11)] {
            let layout = at(width, height, Pane::List, false);
            assert_eq!(layout.arrangement, Arrangement::TooSmall);
            assert_eq!(layout.list_rows(), 0);
        }
    }

    #[test]
    fn areas_fill_the_body_and_never_overlap() {
        for width in [40, 80, 100, 120, 140, 220] {
            for thread in [false, true] {
                let layout = at(width, 40, Pane::List, thread);
                let cells: u32 = [
                    layout.breadcrumb,
                    layout.families,
                    layout.queues,
                    layout.strip,
                    layout.list,
                    layout.thread,
                ]
                .into_iter()
                .flatten()
                .map(|area| u32::from(area.width) * u32::from(area.height))
                .sum();
                let body = u32::from(layout.body.width) * u32::from(layout.body.height);
                assert_eq!(cells, body, "{width} {thread}");
            }
        }
    }
}
