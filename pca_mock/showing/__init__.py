"""How things look: HTML, lines of text, the tree of CAs, words for values."""
