#!/bin/sh
# rustdoc that writes JSON. The variable is set for rustdoc alone: build scripts look at it, and would compile all crates again.
RUSTC_BOOTSTRAP=1 exec rustdoc "$@"
