"""The stand-in of nginx: a reader of its configuration language and a server of files that obeys it."""
