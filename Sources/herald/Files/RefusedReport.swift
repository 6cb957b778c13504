import Foundation
import PushServer

/// Tells of lines that were refused: all in a file, if there is one, and the first on stderr.
struct RefusedReport {
    private static let shown = 10
    private let file: FileHandle?
    private let path: String?
    private var first: [RefusedLine] = []
    private var count = 0

    init(path: String?) throws(ClientError) {
        self.path = path
        guard let path else {
            file = nil
            return
        }
        // What was refused may hold tokens.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ClientError(.output, "cannot write \(path): \(String(cString: strerror(errno)))") }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    mutating func add(_ line: RefusedLine) throws {
        count += 1
        if first.count < Self.shown { first.append(line) }
        try file?.write(contentsOf: Data((try line.json() + "\n").utf8))
    }

    func summarize() {
        for line in first { Terminal.say("line \(line.line): \(line.problem)") }
        let more = count - first.count
        if more > 0 { Terminal.say("and \(more) more" + (path == nil ? "; --refused FILE writes all of them" : "")) }
        if count > 0, let path { Terminal.say("refused lines are in \(path)") }
    }
}
