#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The streams a person or a script reads.
enum Terminal {
    /// A line for people, on stderr.
    static func say(_ line: String) { try? put(line + "\n", to: STDERR_FILENO) }

    /// A line for programs, on stdout; it has left this process when this returns.
    ///
    /// - Throws: ``ClientError`` when nobody reads any more.
    static func print(_ line: String) throws(ClientError) { try put(line + "\n", to: STDOUT_FILENO) }

    /// Draws over the current line of stderr.
    static func redraw(_ line: String) { try? put("\r" + line, to: STDERR_FILENO) }

    static var stderrIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns of the terminal at stderr.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func put(_ text: String, to descriptor: Int32) throws(ClientError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw ClientError(.output, "Cannot write the output: \(String(cString: strerror(errno)))")
            }
            rest.removeFirst(written)
        }
    }
}
