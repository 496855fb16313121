# How release binaries are built; sourced by ./jarvis and by the benchmarks, whose bare routes are built alike.

# Exclusive access to memory is checked while the tests run, which are built for that; release binaries spare its cost, a tenth of what a
# streamed token takes.
RELEASE=(-c release -Xswiftc -enforce-exclusivity=unchecked)
# Swift's own libraries become part of the binary: calls into them cost less, and the binary runs where no Swift is installed. Toolchains
# that some distributions pack lack them in that form.
if [ -d "$(dirname "$(readlink -f "$(command -v swift)")")/../lib/swift_static" ]; then RELEASE+=(--static-swift-stdlib); fi
