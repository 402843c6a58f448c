//! Words on screen: width, wrapping, grapheme-safe cutting, and making hostile text safe to draw.
