//! One write per frame: what is drawn is gathered and sent whole, inside synchronized output, so
//! that a terminal never shows half a frame.

use std::cell::RefCell;
use std::io::{self, Write, stdout};
use std::rc::Rc;

/// Gathers a frame. Flushing does nothing; [`send`](FrameWriter::send) does. Clones gather into
/// the same frame: one is the drawing's, one is the loop's.
#[derive(Clone, Default)]
pub struct FrameWriter {
    gathered: Rc<RefCell<Vec<u8>>>,
}

/// "Begin synchronized update" and its end (DEC private mode 2026); other terminals ignore them.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// What a frame that shows nothing new still says.
const HIDE_CURSOR: &[u8] = b"\x1b[?25l";

impl FrameWriter {
    /// Sends what was gathered as one frame. A frame that changes nothing sends nothing.
    pub fn send(&self) -> io::Result<()> {
        let mut gathered = self.gathered.borrow_mut();
        if gathered.is_empty() || *gathered == HIDE_CURSOR {
            gathered.clear();
            return Ok(());
        }
        let mut frame = Vec::with_capacity(gathered.len() + BEGIN.len() + END.len());
        frame.extend_from_slice(BEGIN);
        frame.append(&mut gathered);
        frame.extend_from_slice(END);
        let mut out = stdout().lock();
        out.write_all(&frame)?;
        out.flush()
    }
}

impl Write for FrameWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
