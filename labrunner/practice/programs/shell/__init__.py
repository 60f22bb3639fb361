"""The shells of practice containers: busybox ash, dash and bash, one language with three ways to speak."""
