//! What travels between client and server: request and reply shapes, problems, cursors.
