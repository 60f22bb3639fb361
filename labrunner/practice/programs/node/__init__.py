"""The stand-in of node: JavaScript on QuickJS, with the part of node's own library that the lessons' programs use."""
