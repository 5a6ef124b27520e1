"""How a use of each kind is served: files, threads, upstreams."""
