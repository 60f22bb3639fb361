"""Images on disk: root-filesystem trees, layers as tar files, content-addressed blobs, names, archives."""
