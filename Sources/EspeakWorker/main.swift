import EspeakProtocol
import Glibc

// jarvis-espeak: reads texts from the socket that is its standard input, and answers with their phonemes or sound.
//
// The server starts it and talks to it, see Frame. It isolates espeak-ng from the server: whatever a hostile text does to that library,
// in memory or in time, ends only this process.

guard Containment.hasOwner else {
    print(
        """
        jarvis-espeak speaks for jarvis-bridges, which starts it when it is needed; it does nothing by itself.
        It is linked with espeak-ng, GPL-3.0-or-later: see NOTICE.
        """)
    exit(64)
}
Containment.enter()
var worker = Worker(dataDirectory: CommandLine.arguments.dropFirst().first)
worker.run()
