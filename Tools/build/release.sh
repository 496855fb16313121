# How release binaries are built; sourced by ./jarvis and by the benchmarks, whose bare routes are built alike.

# Exclusive access to memory is checked while the tests run, which are built for that; release binaries spare its cost, a tenth of what a
# streamed token takes.
RELEASE=(-c release -Xswiftc -enforce-exclusivity=unchecked)
# Swift's own libraries become part of the binary: calls into them cost less, and the binary runs where no Swift is installed. Toolchains
# that some distributions pack lack them in that form.
if [ -d "$(dirname "$(readlink -f "$(command -v swift)")")/../lib/swift_static" ]; then RELEASE+=(--static-swift-stdlib); fi
# Where the C library knows packed relocations (glibc since 2.36: Debian 12, Ubuntu 23.04), an idle server needs 4 MB less. The binary
# asks for such a library then. Of the linkers that come with Swift, only lld makes them.
glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || glibc=
if [ -x "$(dirname "$(readlink -f "$(command -v swift)")")/ld.lld" ] && printf '%s\n' "glibc 2.36" "$glibc" | sort -VC; then
  RELEASE+=(-Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs)
fi
