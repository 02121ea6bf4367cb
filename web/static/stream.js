// The live regions of a page; see web/stream.
